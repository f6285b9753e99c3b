"""Words that betray that label, outline, measurements or a prompt were at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.alternatives import gathered
from m3ds.claims.text import PARTS, Text, sentences
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_ANSWER = (
    r"(?:diagnos[ie]s|labels?|answers?|annotations?|class(?:es)?|class labels?|"
    r"categor(?:y|ies)|ground[ -]?truth|outlines?|contours?|polygons?|box(?:es)?|"
    r"masks?|segmentations?"
    r"|delineations?|findings list|classification|verdict|solution|key|tag|metadata|"
    r"caption|target|result)"
)
_TOLD = (
    r"(?:given|provided|supplied|stated|specified|known|assigned|reference|correct|"
    r"true|gold|golden|gold[ -]standard|expected|accompanying|pre-?assigned|official|"
    r"attached|recorded"
    r"|ground[ -]truth|predefined|pre-?defined|pre-?specified|established|confirmed|"
    r"actual|registered|listed|preset|intended|target|real|documented|input|"
    r"hidden|dataset'?s?)"
)
_SOURCE = (
    r"(?:ground[ -]?truth|labels?|annotations?|annotators?|metadata|prompt|"
    r"segmentations?|segmentation masks?|masks?|polygons?|bounding box(?:es)?|dataset|"
    r"data set|data ?base|file ?names?|csv|json"
    r"|facts|instructions?|input|answer key|answer|key|reference standard|reference|"
    r"gold standard|coordinates|measurements? (?:given|provided|supplied)|caption|"
    r"task|record|registry|challenge)"
)
_FIGURES = (
    r"(?:measurements?|figures?|values?|numbers|data|coordinates|area|size|centroid|position|"
    r"dimensions?|share|percentage|facts|information|details)"
)
_MATERIAL = r"(?:material|file|data|record|sheet|documents?|information|notes?|form|list)"
_LEAKS = re.compile(
    r"\b"
    + gathered(
        *(
            r"ground[ -]?truth\w*",
            (
                rf"{_TOLD}[ -](?:the |a )?(?:standard |reference |class |image |"
                r"image-level |overall )?(?:diagnos[ie]s|labels?|answers?|annotations?|classes|"
                r"class(?! of)|categor(?:y|ies)|"
                r"(?<!expected )(?<!actual )(?<!real )(?<!true )outlines?|polygons?|box(?:es)?|"
                r"masks?|segmentations?|delineations?|tag|classification|metadata|contour line)"
            ),
            (
                rf"{_ANSWER} (?:(?:is|was|were|are|has been|have been|had been|as|that "
                r"(?:was|is|were|had been|has been)|which (?:was|is|were)|i (?:was|am|"
                r"have been)|we (?:were|are)|i (?:was|am|have been)|already|here|to hand|"
                r"at hand) )*(?:already )?(?:given|provided|supplied|stated|specified|"
                r"known|assigned|attached|told|shown to|handed|recorded|listed|drawn|"
                r"marked|furnished|disclosed|revealed|indicated in|fed|includes?d? with|"
                r"included with|accompan\w+|delivered|passed|in (?:the|our) (?:file|"
                r"dataset|record|prompt))"
            ),
            (
                r"as (?:was |has been |is |already )?(?:given|provided|labell?ed|"
                r"annotated|instructed|prompted|outlined (?:by|in|for)|marked (?:by|in|up|"
                r"on|for)|indicated (?:by|in) (?:the )?(?:label\w*|annotat\w+|outline|"
                r"mask|prompt|question|file\w*|metadata|box|polygon)|specified (?:in|by)|"
                r"stated in|told|tagged|coded in|recorded in|listed in|drawn|delineated "
                r"(?:by|in))"
            ),
            (
                r"(?:is|are|was|were|been|be|being|had been|i was|have been) (?:labell?ed|"
                r"annotated|tagged|pre-?labell?ed)"
            ),
            (
                r"(?:according to|based on|as per|per|following|follows?|matches|matching|"
                r"match|consistent with|in line with|in keeping with|in accordance with|"
                r"agree(?:s|ing)? with|in agreement with|confirm(?:s|ed) by|confirmed in|"
                r"supported by|guided by|from|by|given|via|using|with|in|taken from|"
                r"relying on|relies on|corresponds? to|read off|copied from|dictated by|"
                r"knowing|echoes|reflects|lies inside|inside|within|outside|of) (?:the|"
                rf"its|this|that|my|our|your|an?) (?:\w+ ){{0,2}}?(?:{_TOLD} "
                rf")?(?:{_SOURCE})(?! (?:of (?:the )?(?:side|left|right)|marker|letter|"
                r"point|range|level|vessel|tissue|structure|plane|line|echo\w*|value))"
            ),
            (
                r"(?<!side )(?<!image )(?<!the side )(?:the|this|that|my|our|its|assigned|"
                r"image-level|correct|dataset|case|class) (?:class )?(?:label|annotation|"
                r"annotator|labelling|labeling|annotations)(?:'?s)?(?! (?:visible|in the "
                r"corner|at the|burnt|burned|on the (?:screen|film|left|right)|text|"
                r"letters?|markers?))"
            ),
            # A shadow masks the tissue behind it, and may mask it: the verb betrays nothing.
            (
                r"masks(?! (?:the|an?|any|its|it|this|these|what|some|most|parts?|all|deeper"
                r"|underlying|adjacent|neighbou?ring|tissues?|structures?|details?|or|and|out)\b)"
            ),
            r"(?:in|inside|outside|within|of|from|by|with|on) (?:the |both |these )?masks",
            r"(?:image|file|picture|photo|scan)'s (?:tag|label|caption|name|annotation)",
            (
                r"(?<!\bto )(?<!\bmay )(?<!\bcan )(?<!\bmight )(?<!\bcould )(?<!\bnot "
                r")(?<!would )(?<!will )(?<!partly )(?<!octagonal )(?<!endoscope )(?<!endoscopic )"
                r"(?<!circular )(?<!round )(?<!black )(?<!camera )mask(?! (?:the|any|deeper|"
                r"subtle|a|it|"
                r"small|underlying|fine|an|some|parts|details?)\b)"
            ),
            r"masked (?:area|region|image|pixels)",
            # The sources by name; "fives" is also a number.
            (
                r"kvasir(?:-seg)?|fracatlas|tn3k|chestx-?det|isbi[ -]?2016|isic|busi (?:dataset|"
                r"data|label|image)s?"
            ),
            r"segmentation\w*|segmented (?:area|region|lesion|part|contour|outline|object)",
            (
                r"bounding[ -]?box(?:es)?|bounding polygon|polygon(?:s|al outline| "
                r"vertices| annotation)?(?! (?:shape|shaped|cells))"
            ),
            (
                r"(?:red|green|yellow|blue|coloured|dashed|(?<!ly )drawn|overlaid|superimposed) "
                r"(?:box|contour|outline|overlay|boundary|circle|rectangle|line (?:drawn|"
                r"around))"
            ),
            (
                r"(?:highlighted|(?<!ly )(?<!well )(?<!ill )(?<!well-)(?<!ill-)outlined|"
                r"(?<!ly )marked|annotated|delineated|circled|boxed|pre-?marked|labell?ed|"
                r"indicated|flagged) (?:region|area|lesion|contour|spot|part|zone|structure|"
                r"pixels?|nodule|mass|object|polyp|opacity)s?"
            ),
            (
                r"(?:box|rectangle|outline|contour|line|circle|polygon|overlay|frame|arrow|"
                r"mask)s? (?:that |which )?(?:came |comes |was (?:sent |supplied )|stored |saved |"
                r"shipped )with (?:the|this) (?:image|picture|film|scan|photo\w*)|(?:outlined|"
                r"marked|indicated|circled) (?:for|to) (?:me|us)|gt ?[=:]|stated beforehand|"
                r"(?:provided|supplied) (?:contour|outline|box|mask|polygon|segmentation|region)|"
                r"the box (?:points|shows|lies|sits|covers|surrounds|marks|encloses)|(?:box|"
                r"rectangle|outline|contour|line|circle|polygon|overlay|frame|"
                r"arrow)s? (?!(?:that is |which is )?drawn (?:with compasses|(?:smoothly|"
                r"evenly)(?! around)))(?:that (?:was|is|were) |which (?:was|is|were) )?(?:drawn|"
                r"delivered|supplied|provided|given|placed|overlaid|superimposed|marked|attached|"
                r"accompanying|handed)(?: (?:around|on|with|by|for|to|over|in))?"
            ),
            (
                r"(?:the|a|this) hint(?! (?:of|lighter|darker|brighter|paler|larger|smaller|above|"
                r"below|left|right|low|high|off|to the)\b)|hints? (?:given|provided|supplied)|"
                r"(?:given|marked|outlined|supplied|provided|pre-drawn|drawn|selected|annotated|"
                r"defined) regions? of interest|regions? of interest (?:given|marked|outlined|"
                r"supplied|provided|selected|annotated|defined|drawn)|rois?|overlay(?! of (?:bone|"
                r"rib|tissue|soft))"
            ),
            (
                r"(?:measured|given|provided|supplied|these|listed) (?:facts|measurements|values|"
                r"coordinates|numbers)|(?<!just )(?<!only )the facts|just the facts (?:that|which|"
                r"given|i|we|as)|facts (?:show|state|say|list|given|provided)|centroid_[xy]|"
                r"centroid (?:is|of|at) \W?0?\.\d|pixel (?:count|coordinates|values)"
            ),
            (
                rf"{_FIGURES} (?:that |which )?(?:(?:i|we) (?:received|got|(?:was|were|am|are|had "
                r"been|have been) (?:given|handed|told|sent))|(?:(?:was|were|is|are|have been|"
                r"has been|had been) )?(?:provided|supplied|given|passed(?: on)?|handed(?: over)?|"
                r"furnished|communicated|disclosed|reported|sent|delivered) (?:to (?:me|us)|(?:for|"
                r"with) (?:this|the) (?:case|image|sample|picture|film|scan|photo\w*|study)))|"
                r"answer (?:that |which )?(?:has been|was|is) indicated for|(?:presented|shown|"
                r"sent|supplied|delivered|came) (?:to (?:me|us) )?(?:together |"
                r"along )?with the (?:information|note|statement|remark) that|"
                rf"(?:supplied|provided|accompanying|attached) {_FIGURES}|"
                r"(?:list|table|sheet) of (?:the )?(?:measurements?|figures|values|facts)|"
                r"(?:revealed|disclosed|made known|passed on|given away) to (?:me|us)|(?:name|"
                r"marking|mark|outcome|result|finding) (?:that |which )?(?:came|comes|"
                r"was sent) (?:along )?with (?:the|this) (?:image|picture|film|scan|photo\w*|"
                r"frame)|(?:given|told|handed|sent) (?:that|the|this) (?:outcome|diagnosis|result|"
                r"answer|name)|(?:from|by|in|on) the (?:case sheet|answer sheet|work ?sheet)"
            ),
            r"area[ _]fraction (?:is |of |= ?)?(?:about |roughly )?0?\.\d+|area_fraction|n_regions",
            (
                rf"boxed (?:in|on|up|by|for)|{_MATERIAL} (?:i|we) (?:received|was given|were "
                r"given|got|had|was handed|could consult|consulted)|(?:tracing|outline|"
                r"drawing|contour|sketch|reading|delineation|trace) (?:i|we|that i|that we|"
                r"which i) (?:could|was|were|had|have|received|got)\b"
            ),
            (
                r"(?:outline|label|annotation|mask|contour|region|ground)s? (?:file|layer|image|"
                r"channel|list)|class name|(?:the|this|that|its) (?:folder|directory|file|path|"
                r"sub-?folder|filename)(?:'s)?(?: name| in which| it| that| says| already| title|"
                r" itself| from| tells| reads)\b|(?:folder|directory|file) name|name of (?:the|"
                r"this|its) (?:file|folder|directory)"
            ),
            (
                r"(?:the|its) reference (?:only |merely |itself |already |also )?(?:asks|says|"
                r"lists|names|states|gives|calls|tells|counts|shows|contains|has|reads|speaks)"
            ),
            (
                r"(?:arrived|came|comes|delivered|sent|supplied|provided|filed|stored|"
                r"labelled) (?:together |along )?with (?:the|a|its|an) (?:\w+ )?(?:classification|"
                r"class|category|tag|label|note|caption|code|answer|diagnosis|annotation)|"
                r"(?<!be )(?:filed|stored|archived|catalogued|registered|listed|sorted|indexed|"
                r"kept) (?:under|as(?! far\b)|among)\b|(?:category|class|heading|"
                r"name) under which (?:this|the) (?:image|case|picture|film|scan|sample|"
                r"photograph) (?:was|is|has been) (?:filed|stored|listed|kept|archived)|(?:under|"
                r"in) (?:the|its) (?:category|class|folder|directory) "
            ),
            (
                r"eccentricity(?! of)|solidity|(?:irregularity|contrast|eccentricity|"
                r"solidity|extent) (?:value|score|of -?0?\.\d+)"
            ),
            (
                r"(?:we|i|you|one) (?:know(?! (?:of|that such|nothing|no)\b)|are told|am told|"
                r"was told|were told|have been told|had been told|(?:am|was|were|are|(?:have |had |"
                r"has )?been) given(?! (?:an?|this|the) (?:[\w-]+ )?(?:image|picture|photograph|"
                r"photo|film|scan|radiograph|frame|view)\b)|know in advance|was informed|"
                r"were informed|am informed|already know|was asked to (?:conclude|explain|justify|"
                r"write)|were asked to|was handed|was supplied|was provided|am provided|"
                r"was instructed|was shown the)|(?:told|informed|instructed|asked|"
                r"prompted) (?:that|to (?:justify|explain|conclude|describe))|knowing (?:the|"
                r"that (?:the|it|this)|in advance|beforehand)|(?<!at a place )known in advance|"
                r"told in advance|known beforehand|i was told"
            ),
            (
                r"(?:the|this|your|my|user'?s?) (?:prompt|instructions?|system message|"
                r"user)(?:'?s)?\b|task description|marked as (?:benign|malignant|normal)|"
                r"in the data(?! of)|diagnosis (?:field|column|entry|code|line)|(?:lists?|listed|"
                r"files?|filed|books?) (?:this|the) (?:image|case|picture) (?:under|as|among)|"
                r"(?:the|this|your|user'?s?) (?:task|query|request|question) (?:says|states|asks|"
                r"mentions|gives|names|tells|already|specif\w+|indicates|provides|wants|itself|"
                r"requires|requests|is to)\b|(?:in|by|from|per) (?:the|this|your) (?:task|query|"
                r"request|question)\b(?! of)"
            ),
            (
                r"(?:matches|matching|fits|fitting|agrees with|agreeing with|confirms|"
                r"confirming|in line with|consistent with|identical to|which is also|"
                r"equals|reproduces|corroborates|reflecting) (?:the|what|that|my) (?:\w+ "
                r")?(?:given|provided|known|stated|expected|assigned|reference|supplied|"
                r"official|correct|recorded|told|diagnosis (?:i|we|that)|was (?:given|"
                r"told))"
            ),
            (
                r"(?<!not the )(?:correct|expected|right|true|desired|official|reference|model|"
                r"intended) (?:answer|label|diagnosis|class|category|response|output|"
                r"reading is)"
            ),
            (
                r"(?:file|folder|directory)(?: from which [\w ]{1,30})? (?:bears|carries|holds|"
                r"gives)|(?:expert|reader|annotator|radiologist|pathologist|"
                r"specialist)'?s?'? (?:outline|contour|tracing|delineation|segmentation)|"
                r"(?:disease|diagnosis|name|label|class) was (?:given|supplied|provided|"
                r"delivered) (?:along )?with|given (?:contour|outline|polygon|box|mask|label)|"
                r"answer (?:stored|kept|filed|saved)|(?<!the )(?<!my )(?<!final )(?:label|answer|"
                r"class label) (?:is|reads|says|states|was|being)(?! not)|(?:data ?set|data ?base|"
                r"file ?name|metadata|spreadsheet|csv|answer key|answer sheet|key|"
                r"reference standard|the record|gold standard|challenge|benchmark|training (?:data|"
                r"set|example|label))(?:'s)? (?:says|states|lists|gives|classif\w+|labels?|"
                r"confirms?|indicates?|records?|assigns?|calls?|shows|has|identifies|tells|reports|"
                r"names|entry|field)"
            ),
            (
                r"(?:in|from|of|for) (?:the|this|our) (?:data ?set|database|answer key|"
                r"training set|metadata|ground|test set|annotation\w*|label\w*|file ?name|"
                r"reference standard)|file ?name|data ?set|answer key|gold[ -]standard "
                r"(?:label|annotation|diagnosis|reading)|image-level label|metadata"
            ),
            (
                r"annotat(?:or|ors|ed|ion file|ion)(?:'s)?\b(?! (?:text|in the corner|"
                r"burn|letters|marks? at))|pre-?annotated|labell?ed as|labell?ed "
                r"(?:benign|malignant|normal|by)|coded as (?:benign|malignant|class)|"
                r"label (?:given|provided|assigned|supplied|attached)|(?<!suitable "
                r")(?<!appropriate )"
                r"(?<!fitting )(?<!apt )(?<!better )(?<!best )(?<!good )label for|by the label"
            ),
            (
                r"reference (?:outline|contour|polygon|annotation|standard|label|"
                r"diagnosis|reading|mask|box|segmentation|delineation)"
            ),
            (
                r"(?:outline|contour|annotation|mask|label|diagnosis|answer)s? (?:that "
                r")?(?:accompan\w+|comes? with|came with|supplied|provided|attached|"
                r"handed)"
            ),
        )
    )
    + r"(?!\w)"
)


# Without one of these, nothing can leak: the dear pattern need not look.
_HINT = re.compile(
    r"\b"
    + gathered(
        r"hint|prelabel|unlabel|subfolder|label|annot|mask|segment|truth|polygon|box|outline|"
        r"contour|delineat|given|provided|supplied"
        r"|told|folder|directory|path|received|consult|stored|archiv|catalogu|registered"
        r"|sorted|indexed|kept|arrived|tracing|drawing|sketch|trace|know|prompt|instruct|task|"
        r"question|data|file|meta|reference|standard|overlay|roi"
        r"|regions? of interest|highlight|marked|indicated|answer|fact|centroid|eccentric|"
        r"solidity|n_regions"
        r"|area[ _]fraction|irregularity|categor|class|diagnos|key|coordinates|"
        r"pixel|circled|caption"
        r"|red |green |yellow |blue |coloured |dashed |drawn |solution|expected|"
        r"correct|tag|coded|flagged"
        r"|kvasir|fracatlas|tn3k|chestx|isbi|isic|busi"
        r"|asked|informed|request|query|user|record|option|target|verdict|handed|"
        r"official|benchmark|challenge|to me|to us|measurement|case sheet|accompanying|attached|"
        r"came |comes |sent |information that"
    )
)


# "The lower edge is covered by a label" tells of what sticks on the film.
_ENDS = re.compile(r"\s*(?:$|[.,;:])")
_NO_MARKS = re.compile(
    r"\bnot annotated$|\b(?:every|any|all|none|most)\b[^.;,]{0,40}\b(?:i|we|you|one) know$|"
    r"\b(?:no|without|free of)\s+(?:any\s+)?(?:annotations?)$"
)
# "A model answer would run as follows".
_TEACHING = re.compile(r"\ba model answer (?:would run|runs|reads) as follows\b")
_STUCK_ON = re.compile(r"\b(?:covered|hidden|obscured|overlaid|crossed|interrupted|cut off)\s+$")


def check_leakage(case: Case, text: Text) -> Iterator[Failure]:
    """No sentence betrays that label, mask or measurements were at hand.

    A share of the image is a finding like any other and betrays nothing.
    """
    del case
    for sentence in sentences(text, *PARTS):
        if not _HINT.search(sentence.low):
            continue
        for match in _LEAKS.finditer(_TEACHING.sub("", sentence.low)):
            stuck_on = match.group().endswith("label")
            if stuck_on and _STUCK_ON.search(sentence.low, 0, match.start()):
                continue
            if _NO_MARKS.search(sentence.low, 0, match.end()) and _ENDS.match(
                sentence.low, match.end()
            ):
                continue
            yield Failure(
                code="leakage",
                step=sentence.step,
                sentence=sentence.text,
                expected="what the image itself shows",
                claimed=match.group(),
            )
