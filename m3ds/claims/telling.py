"""Words that tell of a patient and not of the image: who, since when, with what complaint."""

from __future__ import annotations

import re

from m3ds.claims.alternatives import gathered
from m3ds.claims.shares import NUMBER_WORDS
from m3ds.claims.story import STORY
from m3ds.claims.words import any_of

NUMBER = rf"(?:\d\d?\d?|{any_of(NUMBER_WORDS)}|several|a few|many|some|couple of)"
UNIT = r"(?:days?|weeks?|months?|years?|hours?|decades?|fortnight|summers?|winters?|autumns?)"
_WHO = gathered(
    r"patient|woman|man|lady|gentleman|girl|boy|child|infant|toddler|teenager|"
    r"adolescent|smoker|athlete|footballer"
    r"|female|male|pensioner|worker|subject|adult|person|cyclist|skier|runner|"
    r"diabetic|mother|individual"
)
SYMPTOM = gathered(
    r"pain|painful|ache|tender(?:ness)?|fever\w*|cough\w*|dyspnoea|dyspnea|"
    r"breathless\w*|shortness of breath|haemoptysis|hemoptysis|weight loss|night "
    r"sweats"
    r"|rectal bleeding|blood in (?:the|her|his) stools?|melaena|melena|diarrhoea|"
    r"diarrhea|constipation|abdominal pain|itch\w*|pruritus|bleeding on contact|"
    r"palpable|lump felt|felt a lump|nipple discharge|hoarse\w*|dysphagia|palpitations"
    r"|blurred vision|blurr?y vision|visual (?:loss|acuity|complaints?|disturbance)|"
    r"loss of vision|floaters|headaches?|fatigue|malaise|chills|wheez\w+|chest pain|"
    r"limp\w*|numbness|unable to bear weight|bruis\w+|inability to|reduced vision|"
    r"decreased vision|discomfort"
)
TELLING = re.compile(
    r"\b"
    + gathered(
        *(
            *STORY,
            (
                rf"{NUMBER}[\s-]years?[\s-]old|aged? (?:of )?\d{{1,3}}|\d\d?\d?"
                rf"[\s-]?(?:yo|y/o|yr[\s-]old)\b|in (?:his|her|their) (?:early |mid |"
                r"late |mid-|late-|early-)?(?:\w+ties|teens)|(?:middle-aged|elderly|young|"
                r"older|adult|pregnant|post-?menopausal|premenopausal) (?:\w+ )?(?:woman|"
                r"man|lady|gentleman|female|male|patient|child|boy|girl|adult|person|"
                r"smoker)"
            ),
            (
                rf"(?<!of )(?<!in )(?:the|this|a|our) (?:\w+[\s-]){{0,3}}?{_WHO}(?:'s)? (?:\w+ly "
                rf"|already |also |once |previously "
                r")?(?:has|"
                r"had|was|is|reports?|reported|complain\w*|presents?|presented|suffer\w*|"
                r"fell|sustained|noticed|describes?|described|felt|denies|gives|recalls?|"
                r"remembers|came|underwent|takes|took|smokes?|experience\w*|developed|"
                r"known|mentions?|mentioned|attended|referred|who|whose|injured|tripped|"
                r"slipped|twisted|jammed|bumped|banged|hurt|sprained|crushed|states|noted|with "
                r"(?:a )?(?:history|known|pain|fever|"
                r"cough|diabetes))"
            ),
            (
                r"(?:he|she) (?:has|had|was|is|reports?|reported|complain\w*|presents?|"
                r"presented|suffer\w*|fell|noticed|felt|gives|underwent|takes|smokes?|"
                r"developed|denies)"
            ),
            (
                r"his|her(?! majesty)|the patient's (?:history|mother|father|sister|"
                r"brother|age|symptoms?|complaint\w*|past|family|medical|records?|blood|"
                r"doctor|gp|occupation|previous|chart|clinical)|next of kin"
            ),
            (
                r"(?:clinical|medical|family|personal|past|known|prior|surgical|drug|"
                r"occupational|patient|smoking|travel|strong|positive|long|relevant|"
                r"previous|trauma|significant) history(?! (?:is|was) (?:not|un)\w*)|"
                r"history of|h/o|hx of|anamnes\w+"
            ),
            (
                r"(?:father|mother|sister|brother|sibling|aunt|uncle|grandmother|"
                r"grandfather|parent|daughter|son)s?\b(?! cell)|(?:his|her|affected|"
                r"first-degree|"
                r"male|female|no) relatives?|a relative|relatives (?:affected|had|have|with|who|"
                r"of (?:his|"
                r"her|the patient))"
            ),
            (
                r"(?:for|over|within|during|in) (?:the )?(?:last|past|preceding|previous|"
                rf"recent) (?:{NUMBER} )?{UNIT}|{NUMBER} {UNIT} (?:ago|earlier|"
                r"previously|before|later|prior|back|after|since)|since (?:last|the "
                r"(?:last|previous|prior|earlier|preceding|examination)|childhood|birth|"
                rf"yesterday|\d{{4}}|january|february|march|april|may|june|july|august|"
                r"september|october|november|december)|last (?:week|month|year|spring|"
                r"summer|autumn|winter)|yesterday|this morning|earlier the same day|for "
                r"(?:about |some |over |at least |more than )?(?:the (?:last|past) "
                rf")?{NUMBER} (?:days|weeks|months|"
                rf"years)|(?:of|with) (?:\w+ ){{0,2}}?(?:days|weeks|months|years)['’]? "
                r"(?:duration|standing|history)|(?:day|week|month|"
                r"year)[\s-](?:history|follow)"
            ),
            (
                r"(?:compared|comparison|relative|in relation|contrasted|compare) (?:with|"
                r"to|against) (?:\w+ ){0,3}?(?:previous|prior|earlier|last|old|preceding|"
                r"former|initial|baseline|pre-?operative|past|\w+ (?:months?|"
                r"years?|weeks?))\b[^.;,]{0,25}"
            ),
            (
                r"(?:previous|prior|earlier|preceding|last|former|baseline|outside(?! (?:the|"
                r"this|our|its)\b)|"
                r"initial|index) (?:\w+ ){0,2}?(?:films?|images?|stud(?:y|ies)|scans?|"
                r"examinations?|exams?|radiographs?|x-rays?|ultrasounds?|sonograms?|"
                r"colonoscop\w+|endoscop\w+|mammogra\w+|photographs?|photos?|visits?|"
                r"biops\w+|surger\w+|operations?|treatments?|investigations?|imaging|"
                r"reports?|dermoscop\w+|screenings?|assessments?|appointments?|checks?|"
                r"polypectom\w+|injur\w+|fractures?|reading|infections?)"
            ),
            (
                r"(?:(?<!short-)(?<!short )interval|new since|newly|in the interim|serial|"
                r"follow-up (?:shows|"
                r"film|image|study|scan) ?(?:shows|confirms)?) (?:change|growth|increase|"
                r"decrease|enlargement|development|progression|improvement|healing|"
                r"appeared|developed|images|films|imaging|worsening|resolution)"
            ),
            (
                r"(?<!must )(?<!to )(?:has|have)(?! not been noticed) (?:since |clearly |slightly "
                r"|markedly |steadily |"
                r"now |not |"
                r"recently |slowly |rapidly |gradually |been )*(?:grown(?! (?:out|from|up|into|"
                r"together))|enlarged|widened|"
                r"(?:increased|decreased)(?! (?:density|echogenicity|opacity|brightness|contrast|"
                r"attenuation|intensity|pigment\w*|transparency|radiodensity|lucency)\b)|"
                r"progressed|regressed|shrunk|healed|worsened|"
                r"improved|doubled|been stable|stable|unchanged|thickened|lengthened|growing|"
                r"enlarging|darkened|"
                r"present for|noticed|removed|excised|treated)|(?:has|have) (?:since|now|"
                r"recently|slowly|rapidly|gradually|steadily|newly|not) (?:appeared|remained|"
                r"changed|evolved|spread|resolved|developed|become)|(?:has|have) (?:appeared|"
                r"remained|changed|evolved|spread|resolved|developed|become) (?:[\w-]+ )?(?:since|"
                r"over|within|in (?:the|recent)|between|from)"
            ),
            (
                r"(?:is|are|was|appears?|remains?|essentially|largely) (?:unchanged(?! by that)|"
                r"stable|larger than before|smaller than before|bigger than before|"
                r"progressive) ?(?:since|from|compared|over|in)?\b(?! (?:in (?:brightness|"
                r"density)))|unchanged (?:since|from|compared|in comparison)|than "
                r"(?:before|previously|last time|a year ago|on the (?:last|previous|"
                r"prior))"
            ),
            (
                r"(?:status[\s-]post|s/p|post-?op|"
                r"patient (?:is )?(?:limping|coughing|wheezing|febrile)|"
                r"screening after|(?:the|a) (?:boy|girl|child|man|woman|patient|lady|player)'s "
                r"(?:tumble|fall|accident|injury|jump|crash|stumble|cough|pain|symptoms)|"
                r"post-?operative|postoperatively|post-?surgical|"
                r"(?<!histology )after (?:surgery|chemotherapy|radiotherapy|treatment|resection|"
                r"an? (?:fall|punch|blow|kick|knock|crash|stumble|jump)|"
                r"an accident|a road|an injury|falling|trauma|being|removal|a blow|a "
                r"twist|direct|high-energy|hormone|biopsy|\w+ therapy|slipping|a "
                r"collision|the accident|a car|a motor\w*)|previously (?:treated|resected|"
                r"removed|biopsied|diagnosed|known|documented|noted|described|seen|"
                r"excised|operated)|already (?:treated|operated|biopsied)|recently "
                r"(?:treated|diagnosed|operated|noticed|injured)|biopsy[\s-](?:proven|"
                r"confirmed)|was biopsied|histologically (?:proven|confirmed)|biopsy "
                r"(?:showed|confirmed|proved|has|had)|known (?:to have|case|diabetic|"
                r"diabetes|carcinoma|cancer|primary|hypertension|malignancy|thyroid|"
                r"hashimoto|patient|risk)|on (?:insulin|warfarin|steroids|anticoag\w+|"
                r"levothyroxine|antibiotics|medication|treatment)|receiving (?:\w+ "
                r")?(?:treatment|therapy)|under (?:treatment|surveillance)|surveillance "
                r"(?:colonoscopy|examination|endoscopy|imaging) ?(?:for|after|in)?|"
                r"screening (?:colonoscopy|examination|programme|program|mammogra\w+|"
                r"test)|referred (?:for|with|by|because|after|following|from)|admitted "
                r"(?:with|for|to)|presented (?:with|to|after|at)(?! (?:an? |the )?(?:[\w-]+ "
                r")?(?:film|image|picture|radiograph|x-ray|scan|photo\w*|frame|examiners))|"
                r"presenting (?:with|to|"
                r"after|complaint)|complain(?:t|ts|ed|ing|s) of|emergency department|"
                r"casualty department|sent (?:in )?by|family doctor|general practitioner)"
            ),
            (
                r"(?:fell|fallen|tripped|slipped|knocked|struck(?! (?:off|out))|crush(?:ed)? "
                r"(?:by|in|"
                r"under)|twisted (?:his|her|the|an?)|came off|collided|assault\w*|punched|"
                r"kicked|fall (?:from|on|onto|off|at|down)|a fall\b|falls? (?:at home|"
                r"from)|car (?:accident|crash)|road (?:traffic )?accident|traffic "
                r"accident|motor(?:cycle|bike|[\s-]vehicle)\w*|bicycle|sports? (?:injury|"
                r"accident)|football (?:match|game|injury)|skiing|outstretched hand|foosh|"
                r"blunt (?:trauma|force)|mechanism of injury|witnessed|recent (?:trauma|"
                r"injury|fall|accident|surgery|biopsy|infection|travel|sunburn)|following "
                r"(?:a |an )?(?:\w+ )?(?:trauma|injury|fall|accident|collision|surgery|"
                r"blow|treatment)|work(?:place)? accident|gunshot|stab)"
            ),
            (
                r"(?:tsh|crp|esr|psa|hba1c|cea|ca[\s-]?(?:125|15-3|19-9)|haemoglobin|"
                r"hemoglobin|white (?:blood )?(?:cell )?count|wbc|leu[ck]ocyt\w+|"
                r"calcitonin|reference range|thyroglobulin|troponin|d-dimer|creatinine|serum|blood "
                r"(?:tests?|sugar|glucose|count|pressure|cultures?)|laborator\w+|lab "
                r"(?:values?|results?|tests?)|stool test|faecal (?:occult|immuno\w+)|fit "
                r"test|fobt|sputum (?:culture|smear|test)|tumou?r markers?|thyroid "
                r"function|brca\w*|gene(?:tic)? (?:test\w*|mutation)|hypertensi(?:on|ve)|"
                r"hypothyroid\w*|hyperthyroid\w*|euthyroid|(?:has|with(?! diabetes the\b)|known|"
                r"type [12i]+|"
                r"controlled|dependent|long-?standing|history of|for) diabetes(?! (?:is|"
                r"leaves|would))|diabetic (?:patient|for|man|woman)|tuberculin|mantoux|"
                r"oxygen saturation|spirometry|visual acuity|intraocular pressure of|"
                r"glucose|cholesterol|blood tests?)"
            ),
            (
                r"(?:smok(?:er|es|ing|ed)|pack[\s-]years?|alcohol\w*|sunburns?|sun "
                r"exposure|sunbed\w*|occupational exposure|asbestos exposure|takes? "
                r"(?:medication|aspirin)|medication|antibiotics|chemotherapy|radiotherapy|"
                r"hormone (?:replacement|therapy)|immunosuppress\w+|menopaus\w+|"
                r"pregnan\w+|lactat\w+|gravida|breastfeeding)"
            ),
            (
                r"(?:with|reports?|complains? of|due to|because of|causing|caused by|"
                r"suffering from|experienc\w+|symptomatic|asymptomatic|and|has|had|having|"
                r"is|was|severe|acute|chronic|persistent|progressive|intermittent|sudden|"
                r"mild|local|focal|new[\s-]onset|of|in|worsening|recurrent|productive|dry|"
                rf"no) (?:\w+ )?{SYMPTOM}(?! (?:of the|region))|{SYMPTOM} (?:for|since|"
                r"over|after|on|in (?:the|his|her)|and (?:swelling|fever))|symptoms?|"
                r"presenting complaint|compared (?:with|to) \d{4}|known (?:[\w-]+ "
                r")?(?:carcinoma|cancer|tumour|metastas[ei]s)|(?:on|at) follow-?up|"
                r"follow-?up (?:showed|"
                r"shows|(?:imaging|images) (?:shows?|showed|ha[sd]|have|from|after)|has shown)|"
                r"had (?:shrunk|grown|enlarged|"
                r"increased|decreased|changed|widened|healed)|(?:has|have) been "
                r"(?:bleeding|growing|itching|painful|changing|enlarging)|an old "
                r"(?:injury|fracture|film|scan|image)|"
                r"old (?:films?|images?|scans?|studies|radiographs)|an(?:a)?emi[ac]|"
                r"indication(?: is| was|:| for)|indicated for|(?:was|been) performed "
                r"(?:for|because)|requested by|asbestos|worked (?:as|in|with)|"
                r"(?:the|this) (?:referral|requisition|request(?: form| card)?|clinical (?:note|"
                r"request|information)s?|notes?) (?:mentions?|states?|says?|gives?|reads?|speaks?|"
                r"notes?|tells?|asks?|describes?|reports?|lists?)|on record"
                r"|(?<!are )(?:said|reported|"
                r"stated) to have|known to have (?:had|been)|dat(?:es|ing) (?:from|"
                r"back)|the (?:evening|night|day|week|morning) before|known for (?:many |"
                r"some )?years|an? (?:stumble|slip|trip|tumble) (?:on|over|"
                r"down|off|in|while)|palpated|referring (?:physician|clinician|doctor|team)|serial "
                r"(?:studies|films|images|imaging|examinations|scans)|(?:growth|"
                r"enlargement|increase) (?:has been|was|is) (?:documented|"
                r"noted|recorded|observed|reported)|change has been (?:documented|recorded)|"
                r"(?:radiation|sun) exposure|"
                r"cough\w*|haemoptysis|hoarse\w*|itch(?:es|ing|"
                r"y)?|pruritus|dyspnoea|dysphagia|weight loss|night sweats|rectal "
                r"bleeding|fevers?|febrile|chief complaint|clinically (?:palpable|"
                r"suspected|"
                r"evident|known|apparent|tender)|on palpation|at palpation|physical "
                r"examination|felt by|irradiat\w+|in childhood|(?:of|for|in|by) this "
                r"(?:\w+ )?patient(?!'s (?:scan|image|film|picture|photograph|radiograph|frame))"
            ),
        )
    )
    + r"(?!\w)"
)
_OTHER_SENSE = re.compile(
    r"\b(?:serum-like|(?:indicat\w+|suggest\w*|means?|point\w* to|favou?rs?|speaks? for|in "
    r"keeping with|consistent with) (?:an? )?"
    r"(?:recent|acute|fresh) injury|(?:the|its) (?:\w+ )?cup (?:has grown|is enlarged)|merely "
    r"bruised|"
    r"the subject "
    r"(?:is|of the|"
    r"matter)|routine (?:control|review|check-?up|"
    r"screening) (?:is|will|would|suffices|remains)|(?:grey(?: level)?|density|brightness|contour|"
    r"outline|"
    r"echogenicity) (?:is|are|remains?) (?:essentially |largely )?unchanged(?! since)|natural "
    r"history|life history|history taking|tracer|"
    r"an indication for (?:\w+ )?(?:excision|biopsy|surgery|removal|aspiration|treatment)|"
    r"a relative of (?:it|this|the)|they fall on|"
    r"(?:joint|head|plate|epiphysis) ha(?:s|ve)(?:n't| not) slipped|"
    r"as for diabetes|falls on(?:to)? (?:the|an) outstretched hands?|slipped into|"
    r"for diabetes(?=,)|light falls?|(?<=\bthat )has slipped|slipped (?:joint|disc|epiphys\w+|cap)|"
    r"grown (?:thick|stiff)|parent "
    r"(?:vessel|artery|bone)|daughter (?:nodule|lesion|vessel|spot|polyp|focus)s?|shadows? "
    r"falls?|falls? (?:down "
    r"the list|within|in|"
    r"into|short|outside|under|below|on the|off|towards|to the)|a fall in|fall-?off"
    r"|punched[ -]out|(?:is|are) what one sees after|(?:is|are) seen after (?:direct|indirect)|"
    r"striking|struck (?:me|us|by (?:its|the|this|how))|"
    r"the patient (?:is|was|has been) (?:\w+ly )?(?:turned|rotated|positioned|tilted|upright|"
    r"supine|"
    r"prone|facing|centred)|relatives? (?:sparing)|stable (?:appearance|position|"
    r"view)|(?:from|by) (?:raised|high|elevated) blood (?:sugar|glucose|pressure)|"
    r"(?:raised|high|elevated) blood (?:sugar|glucose|pressure)(?: [\w-]+){0,3} (?:leaves|damages|"
    r"harms|affects|injures)|"
    r"on examination "
    r"of the (?:image|film|picture|frame)|examination of this "
    r"(?:image|film)|playing a role|hypertensi(?:on|ve) retinopathy|hypertensive change\b|"
    r"the average (?:person|patient|adult)|the (?:toddler|nursemaid)'s (?:complaint|elbow|"
    r"fracture)|"
    r"(?:the (?:young|old|elderly)|those|people|children|adults) who fall \w*|"
    r"[\w-]+[\s-]year[\s-]old (?:women|men|children|people|adults)|(?:rim|border|ring) has "
    r"shrunk)\b"
)


def without_other_senses(low: str) -> str:
    """`low` with what only sounds like a story blanked out, each place where it was."""
    return _OTHER_SENSE.sub(lambda match: "_" * len(match.group()), low)
