"""More of a patient's story: treatment, figures from elsewhere, what was there before."""

from __future__ import annotations

import re

_TAKEN = (
    r"(?:taken|used|prescribed|instilled|stopped|started|applied|given|added|increased|withdrawn)"
)
_DRUGS = (
    r"drops|eye drops|tablets?|pills?|medicines?|inhalers?|ointments?|creams?|insulin|metformin|"
    r"aspirin|warfarin|statins?|steroids?|latanoprost|timolol|thyroxine|levothyroxine|tamoxifen|"
    r"methotrexate|anticoagulants?|antihypertensives?|antidepressants?|beta-?blockers?|"
    r"painkillers?|analgesics?|hormones?|contraceptives?|laxatives?"
)
_FILM = (
    r"(?:films?|images?|stud(?:y|ies)|scans?|radiographs?|x-rays?|ultrasounds?|photographs?|"
    r"pictures?|examinations?|visits?|controls?|colonoscop\w+|endoscop\w+)"
)
STORY = (
    (
        r"(?:on|last|since) (?:mon|tues|wednes|thurs|fri|satur|sun)day|last night|(?:boxer|skier|"
        r"footballer|runner|worker)'s (?:punch|fall|kick|tackle|accident|injury)|"
        r"reported (?:direct )?(?:blow|fall|injury|trauma)|c-reactive|in (?:19|20)\d\d|"
        r"caught in (?:a|the) (?:\w+ ){0,2}(?:door|machine|press|gate)|(?:over|"
        r"for) (?:the )?(?:two|three|four|five|six|several|some|many|\d+) (?:days|weeks|months|"
        r"years)|unchanged since|there since|on the (?:morning|evening|day|eve) of"
    ),
    (
        r"(?:a|half a|one) (?:year|month|week|day|fortnight) (?:ago|before|earlier|previously|"
        r"back)|(?:with|by|to|for) the (?:[\w-]+ ){1,3}reported"
    ),
    (
        r"(?:the )?patient (?:cannot|can't|can no longer|was unable|is unable|says|states|tells|"
        r"claims|recalls)|(?:raised|elevated) inflammatory|sustained (?:during|in|while|after)|"
        r"(?:past|previous|prior) (?:resection|excision|removal|surgery)|tackled|(?:bled|"
        r"bleeding) (?:once|twice|repeatedly)|(?:has|had) (?:bled|doubled|tripled)|"
        r"(?:epileptic )?seizure|plaster (?:applied|removed|taken)|stool test|"
        r"unchanged [\w ]{1,20} since|(?:five|ten|two|three|\d+)-year follow-?up|stable (?:on|over|"
        r"for) (?:\w+ )?(?:photographs|images|films|years|months)|(?:could not|cannot|"
        r"couldn't) walk|(?:it|which) itched|reported by (?:the|this) patient|"
        r"after (?:the )?(?:reported )?(?:\w+ )?(?:punch|tackle|kick)\b|(?:earlier|"
        r"former) (?:resection|excision|removal|surgery|operation)|since (?:the|his|her) (?:cast|"
        r"plaster|stitches|splint)|(?:fna|biopsy|cytology|histology) (?:done|made|taken|"
        r"performed) (?:earlier|before|previously|elsewhere|last)|(?:no|without) change (?:against|"
        r"since|from|to|compared)|(?:image|film|scan|study|examination) (?:of|from) (?:19|20)\d\d|"
        r"(?:had|has) been operated|since (?:the|an|his|her) (?:accident|injury|fall|operation|"
        r"trauma)|,? (?:she|he|they|patient) (?:says?|said|told)|(?:cannot|can't|could not|"
        r"couldn't) bear weight|according to (?:the|this) (?:patient|man|woman|notes|referral|"
        r"doctor|parents)|(?:has|have)(?:n't| not) changed (?:in|over|for|since)|"
        r"(?<!the )(?<!good )(?<!best )fit (?:was|came|returned)|(?:previous|prior|earlier|last|"
        r"recent) (?:fine[\s-]needle |needle |core )?(?:aspirations?|fna\w*|cytolog\w+|punctures?|"
        r"biops\w+)|(?:months|years|weeks) of follow-?up|(?:skiing|sporting|cycling|riding|"
        r"household) (?:fall|accident|injury)|treated for (?:many |some )?(?:years|months)|"
        r"(?:cancer|carcinoma|lymphoma) (?:of|in) (?:19|20)\d\d|thyroid[\s-]stimulating hormone|"
        r"(?<!findings )(?<!everything )(?<!all )(?:within|outside|above|below) (?:the|"
        r"its) (?:reference|normal) range|hormone levels?|antibod(?:y|ies)|inflammatory markers?"
    ),
    (
        r"(?:in|of|from|for) (?:a|an|this|the) (?:[\w-]+ ){0,3}?(?:patient|woman|man|lady|"
        r"gentleman|girl|boy|child|smoker|diabetic|male|female) (?:with|who|aged|on|after|"
        r"taking|presenting|complaining|referred|known|suffering|treated|receiving|under)"
    ),
    (
        rf"(?:{_DRUGS}) (?:were|was|are|is|had been|has been|have been) (?:being )?(?:regularly |"
        rf"daily )?{_TAKEN}"
    ),
    (rf"(?:taking|uses?|using|took|on (?:long-term |daily |oral )?) ?(?:{_DRUGS})"),
    (
        r"\d\d*(?:[.,]\d+)? ?(?:mmhg|mm hg|mu/l|miu/l|µu/ml|mmol|mg/d?l|ng/ml|pg/ml|iu/l|u/ml|"
        r"g/dl|bpm|°c|kg\b)"
    ),
    (
        rf"{_FILM} (?:of|from|(?:taken|made|done)(?: in| on)?) (?:last|the previous|the "
        rf"preceding|\d{{4}}|january|february|march|"
        r"april|may|june|july|august|september|october|november|december|a year|some (?:years|"
        r"months)|(?:one|two|three|four|five|six|several) (?:years?|months?|weeks?))"
    ),
    (
        r"(?:was|were) (?:not|already|still|also|only just|barely) (?:yet )?(?:there|present|"
        r"visible|seen) "
        r"(?:on|in|at|before|then|last|a (?:year|month)|(?:two|three|several)) ?(?:the )?(?:\w+ "
        rf")?(?:{_FILM})?"
    ),
    (
        r"an? (?:\w+ )?(?:man|woman|girl|boy|lady|gentleman|farmer|worker) of "
        r"(?:\d+|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)|"
        r"an? (?!interval|period|span|time|gap|lapse)[a-z]+ of \d+ years|"
        r"(?:the|this) patient (?:worked|works|smoked|smokes|lived|lives)|"
        r"(?:the|this) patient's (?:youth|childhood|adolescence|teens|twenties|thirties)"
    ),
    (r"blood (?:on|in|with|streaking) the (?:stools?|sputum|urine|motions?)"),
    (
        r"(?:retired|employed|works?|worked|working) (?:\w+ )?(?:as an?|in an?|on a|farmer|miner|"
        r"teacher|welder|mason|builder|sailor|nurse)"
    ),
    (
        r"(?:year|month|week|day)s?[\s-]old (?:injury|trauma|fall|complaint|scan|film|"
        r"lump)"
    ),
    (
        r"(?:noticed|observed|discovered|found|felt|seen) by (?:the|his|her|their|a) (?:patient|"
        r"partner|wife|husband|mother|spouse|owner|gp|family doctor|hairdresser|"
        r"general practitioner|family|daughter|son)"
    ),
    (
        r"(?:first|last) (?:seen|noticed|noted|appeared|documented|examined|recorded) (?:in|on|at|"
        r"about|some|two|three|four|five|six|several|when|\d)"
    ),
    (
        r"for as long as (?:he|she|they|anyone) can remember|since (?:adolescence|puberty|school|"
        r"youth|pregnancy|the (?:fall|accident|injury|operation|summer|winter|spring|autumn))"
    ),
    (r"(?:heavy|former|ex-?|current|lifelong|non-?|never)[\s-]?smokers?|ex-smoker"),
    (
        r"(?:mastectomy|thyroidectomy|lobectomy|polypectomy|lumpectomy|hysterectomy|vitrectomy|"
        r"appendectomy|colectomy|radioiodine)"
    ),
    (
        r"(?:routine|annual|yearly|regular|screening) (?:check-?up|visit|appointment|screening|"
        r"control)"
    ),
    (
        r"(?:night|nightly|nocturnal|morning|joint|bone|back|chest|abdominal|wrist|hand|hip|knee|"
        r"shoulder|elbow|finger) pains?"
    ),
    (
        r"(?:was|were) (?:operated|treated|biopsied|excised|immobili[sz]ed|vaccinated|"
        r"hospitali[sz]ed|admitted)"
    ),
    (
        r"(?:the )?(?:patient|referrer|clinician|gp|doctor|surgeon)(?:'s)? (?:asks|asked|wants|"
        r"wanted|suspects|suspected|request\w*|writes|wrote|questions?)"
    ),
)
"""Each an alternative of the pattern for what no image shows."""

TIMES = re.compile(r"\b(?:last|ago|earlier|previous(?:ly)?|prior|preceding|former|past)\b")
"""Words of an earlier time: to deny a change since then makes it up no less."""
