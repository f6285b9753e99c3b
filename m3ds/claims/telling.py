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
                r")?(?:has|had|was|is|reports?|reported|complain\w*|presents?|presented|suffer\w*|"
                r"fell|sustained|noticed|describes?|described|felt|denies|gives|recalls?|remembers|"
                r"came|underwent|takes|took|smokes?|experience\w*|developed|known|mentions?|"
                r"mentioned|attended|referred|who|whose|injured|tripped|slipped|twisted|jammed|"
                r"bumped|banged|hurt|sprained|crushed|states|noted|with (?:a )?(?:history|known|"
                r"pain|fever|cough|diabetes))"
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
                r"(?:father|mother|sister|brother|sibling|aunt|uncle|grandmother|grandfather|"
                r"parent|daughter|son)s?\b(?! cell)|(?:his|her|affected|first-degree|male|female|"
                r"no) relatives?|a relative|relatives (?:affected|had|have|with|who|of (?:his|her|"
                r"the patient))"
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
                r"(?:previous|prior|earlier|preceding|last|former|baseline|outside(?! (?:the|this|"
                r"our|its)\b)|initial|index) (?:\w+ ){0,2}?(?:films?|images?|stud(?:y|ies)|scans?|"
                r"examinations?|exams?|radiographs?|x-rays?|ultrasounds?|sonograms?|colonoscop\w+|"
                r"endoscop\w+|mammogra\w+|photographs?|photos?|visits?|biops\w+|surger\w+|"
                r"operations?|treatments?|investigations?|imaging|reports?|dermoscop\w+|"
                r"screenings?|assessments?|appointments?|checks?|polypectom\w+|injur\w+|fractures?|"
                r"reading|infections?)"
            ),
            (
                r"(?:(?<!short-)(?<!short )interval|new since|newly|in the interim|serial|"
                r"follow-up (?:shows|film|image|study|scan) ?(?:shows|confirms)?) (?:change|growth|"
                r"increase|decrease|enlargement|development|progression|improvement|healing|"
                r"appeared|developed|images|films|imaging|worsening|resolution)"
            ),
            (
                r"(?<!must )(?<!to )(?:has|have)(?! not been noticed) (?:since |clearly |slightly "
                r"|markedly |steadily |now |not |recently |slowly |rapidly |gradually |"
                r"been )*(?:grown(?! (?:out|from|up|into|together))|enlarged|widened|(?:increased|"
                r"decreased)(?! (?:density|echogenicity|opacity|brightness|contrast|attenuation|"
                r"intensity|pigment\w*|transparency|radiodensity|lucency)\b)|progressed|regressed|"
                r"shrunk|healed|worsened|improved|doubled|been stable|stable|unchanged|thickened|"
                r"lengthened|growing|enlarging|darkened|present for|noticed|removed|excised|"
                r"treated)|(?:has|have) (?:since|now|recently|slowly|rapidly|gradually|steadily|"
                r"newly|not) (?:appeared|remained|changed|evolved|spread|resolved|developed|"
                r"become)|(?:has|have) (?:appeared|remained|changed|evolved|spread|resolved|"
                r"developed|become) (?:[\w-]+ )?(?:since|over|within|in (?:the|recent)|between|"
                r"from)"
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
                r"(?:status[\s-]post|s/p|post-?op|patient (?:is )?(?:limping|coughing|wheezing|"
                r"febrile)|screening after|(?:the|a) (?:boy|girl|child|man|woman|patient|lady|"
                r"player)'s (?:tumble|fall|accident|injury|jump|crash|stumble|cough|pain|symptoms)|"
                r"post-?operative|postoperatively|post-?surgical|(?<!histology )after (?:surgery|"
                r"chemotherapy|radiotherapy|treatment|resection|an? (?:fall|punch|blow|kick|knock|"
                r"crash|stumble|jump)|an accident|a road|an injury|falling|trauma|being|removal|"
                r"a blow|a twist|direct|high-energy|hormone|biopsy|\w+ therapy|slipping|"
                r"a collision|the accident|a car|a motor\w*)|previously (?:treated|resected|"
                r"removed|biopsied|diagnosed|known|documented|noted|described|seen|excised|"
                r"operated)|already (?:treated|operated|biopsied)|recently (?:treated|diagnosed|"
                r"operated|noticed|injured)|biopsy[\s-](?:proven|confirmed)|was biopsied|"
                r"histologically (?:proven|confirmed)|biopsy (?:showed|confirmed|proved|has|had)|"
                r"known (?:to have|case|diabetic|diabetes|carcinoma|cancer|primary|hypertension|"
                r"malignancy|thyroid|hashimoto|patient|risk)|on (?:insulin|warfarin|steroids|"
                r"anticoag\w+|levothyroxine|antibiotics|medication|treatment)|"
                r"receiving (?:\w+ )?(?:treatment|therapy)|under (?:treatment|surveillance)|"
                r"surveillance (?:colonoscopy|examination|endoscopy|imaging) ?(?:for|after|in)?|"
                r"screening (?:colonoscopy|examination|programme|program|mammogra\w+|test)|"
                r"referred (?:for|with|by|because|after|following|from)|admitted (?:with|for|to)|"
                r"presented (?:with|to|after|at)(?! (?:an? |the )?(?:[\w-]+ )?(?:film|image|"
                r"picture|radiograph|x-ray|scan|photo\w*|frame|examiners))|presenting (?:with|to|"
                r"after|complaint)|complain(?:t|ts|ed|ing|s) of|emergency department|"
                r"casualty department|sent (?:in )?by|family doctor|general practitioner)"
            ),
            (
                r"(?:fell|fallen|tripped|slipped|knocked|struck(?! (?:off|out))|crush(?:ed)? (?:by|"
                r"in|under)|twisted (?:his|her|the|an?)|came off|collided|assault\w*|punched|"
                r"kicked|fall (?:from|on|onto|off|at|down)|a fall\b|falls? (?:at home|from)|"
                r"car (?:accident|crash)|road (?:traffic )?accident|traffic accident|motor(?:cycle|"
                r"bike|[\s-]vehicle)\w*|bicycle|sports? (?:injury|accident)|football (?:match|game|"
                r"injury)|skiing|outstretched hand|foosh|blunt (?:trauma|force)|"
                r"mechanism of injury|witnessed|recent (?:trauma|injury|fall|accident|surgery|"
                r"biopsy|infection|travel|sunburn)|following (?:a |an )?(?:\w+ )?(?:trauma|injury|"
                r"fall|accident|collision|surgery|blow|treatment)|work(?:place)? accident|gunshot|"
                r"stab)"
            ),
            (
                r"(?:tsh|crp|esr|psa|hba1c|cea|ca[\s-]?(?:125|15-3|19-9)|haemoglobin|hemoglobin|"
                r"white (?:blood )?(?:cell )?count|wbc|leu[ck]ocyt\w+|calcitonin|reference range|"
                r"thyroglobulin|troponin|d-dimer|creatinine|serum|blood (?:tests?|sugar|glucose|"
                r"count|pressure|cultures?)|laborator\w+|lab (?:values?|results?|tests?)|"
                r"stool test|faecal (?:occult|immuno\w+)|fit test|fobt|sputum (?:culture|smear|"
                r"test)|tumou?r markers?|thyroid function|brca\w*|gene(?:tic)? (?:test\w*|"
                r"mutation)|hypertensi(?:on|ve)|hypothyroid\w*|hyperthyroid\w*|euthyroid|(?:has|"
                r"with(?! diabetes the\b)|known|type [12i]+|controlled|dependent|long-?standing|"
                r"history of|for) diabetes(?! (?:is|leaves|would))|diabetic (?:patient|for|man|"
                r"woman)|tuberculin|mantoux|oxygen saturation|spirometry|visual acuity|"
                r"intraocular pressure of|glucose|cholesterol|blood tests?)"
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
                r"presenting complaint|compared (?:with|to) \d{4}|known (?:[\w-]+ )?(?:carcinoma|"
                r"cancer|tumour|metastas[ei]s)|(?:on|at) follow-?up|follow-?up (?:showed|shows|"
                r"(?:imaging|images) (?:shows?|showed|ha[sd]|have|from|after)|has shown)|"
                r"had (?:shrunk|grown|enlarged|increased|decreased|changed|widened|healed)|(?:has|"
                r"have) been (?:bleeding|growing|itching|painful|changing|enlarging)|"
                r"an old (?:injury|fracture|film|scan|image)|old (?:films?|images?|scans?|studies|"
                r"radiographs)|an(?:a)?emi[ac]|indication(?: is| was|:| for)|indicated for|(?:was|"
                r"been) performed (?:for|because)|requested by|asbestos|worked (?:as|in|with)|"
                r"(?:the|this) (?:referral|requisition|request(?: form| card)?|clinical (?:note|"
                r"request|information)s?|notes?) (?:mentions?|states?|says?|gives?|reads?|speaks?|"
                r"notes?|tells?|asks?|describes?|reports?|lists?)|on record"
                r"|(?<!are )(?:said|reported|stated) to have|known to have (?:had|been)|dat(?:es|"
                r"ing) (?:from|back)|the (?:evening|night|day|week|morning) before|"
                r"known for (?:many |some )?years|an? (?:stumble|slip|trip|tumble) (?:on|over|down|"
                r"off|in|while)|palpated|referring (?:physician|clinician|doctor|team)|"
                r"serial (?:studies|films|images|imaging|examinations|scans)|(?:growth|enlargement|"
                r"increase) (?:has been|was|is) (?:documented|noted|recorded|observed|reported)|"
                r"change has been (?:documented|recorded)|(?:radiation|sun) exposure|cough\w*|"
                r"haemoptysis|hoarse\w*|itch(?:es|ing|y)?|pruritus|dyspnoea|dysphagia|weight loss|"
                r"night sweats|rectal bleeding|fevers?|febrile|chief complaint|"
                r"clinically (?:palpable|suspected|evident|known|apparent|tender)|on palpation|"
                r"at palpation|physical examination|felt by|irradiat\w+|in childhood|(?:of|for|in|"
                r"by) this (?:\w+ )?patient(?!'s (?:scan|image|film|picture|photograph|radiograph|"
                r"frame))"
            ),
        )
    )
    + r"(?!\w)"
)
_OTHER_SENSE = re.compile(
    r"\b(?:serum-like|(?:indicat\w+|suggest\w*|means?|point\w* to|favou?rs?|speaks? for|"
    r"in keeping with|consistent with) (?:an? )?(?:recent|acute|fresh) injury|(?:the|"
    r"its) (?:\w+ )?cup (?:has grown|is enlarged)|merely bruised|the subject (?:is|of the|matter)|"
    r"routine (?:control|review|check-?up|screening) (?:is|will|would|suffices|remains)|"
    r"(?:grey(?: level)?|density|brightness|contour|outline|echogenicity) (?:is|are|"
    r"remains?) (?:essentially |largely )?unchanged(?! since)|natural history|life history|"
    r"history taking|tracer|an indication for (?:\w+ )?(?:excision|biopsy|surgery|removal|"
    r"aspiration|treatment)|a relative of (?:it|this|the)|they fall on|(?:joint|head|plate|"
    r"epiphysis) ha(?:s|ve)(?:n't| not) slipped|as for diabetes|falls on(?:to)? (?:the|"
    r"an) outstretched hands?|slipped into|for diabetes(?=,)|light falls?|(?<=\bthat )has slipped|"
    r"slipped (?:joint|disc|epiphys\w+|cap)|grown (?:thick|stiff)|parent (?:vessel|artery|bone)|"
    r"daughter (?:nodule|lesion|vessel|spot|polyp|focus)s?|shadows? falls?|falls? (?:down the list|"
    r"within|in|into|short|outside|under|below|on the|off|towards|to the)|a fall in|fall-?off"
    r"|punched[ -]out|(?:is|are) what one sees after|(?:is|are) seen after (?:direct|indirect)|"
    r"striking|struck (?:me|us|by (?:its|the|this|how))|the patient (?:is|was|"
    r"has been) (?:\w+ly )?(?:turned|rotated|positioned|tilted|upright|supine|prone|facing|"
    r"centred)|relatives? (?:sparing)|stable (?:appearance|position|view)|(?:from|by) (?:raised|"
    r"high|elevated) blood (?:sugar|glucose|pressure)|(?:raised|high|elevated) blood (?:sugar|"
    r"glucose|pressure)(?: [\w-]+){0,3} (?:leaves|damages|harms|affects|injures)|"
    r"on examination of the (?:image|film|picture|frame)|examination of this (?:image|film)|"
    r"playing a role|hypertensi(?:on|ve) retinopathy|hypertensive change\b|the average (?:person|"
    r"patient|adult)|the (?:toddler|nursemaid)'s (?:complaint|elbow|fracture)|(?:the (?:young|old|"
    r"elderly)|those|people|children|adults) who fall \w*|[\w-]+[\s-]year[\s-]old (?:women|men|"
    r"children|people|adults)|(?:rim|border|ring) has shrunk)\b"
)


def without_other_senses(low: str) -> str:
    """`low` with what only sounds like a story blanked out, each place where it was."""
    return _OTHER_SENSE.sub(lambda match: "_" * len(match.group()), low)
