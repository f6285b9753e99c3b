"""Denials of what the mask has, and claims of what a negative has not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.nouns import known_nouns
from m3ds.claims.polarity import is_denied, is_supposed
from m3ds.claims.text import ABOUT_IMAGE, Clause, Text, every_clause
from m3ds.claims.words import IMAGE, any_of, phrase, plurals
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_ORGANS = {
    "fracture": r"bones?|bony|cortex|skeleton|hand|leg|hip|shoulder|wrist|elbow|forearm",
    "finding": r"lungs?|lung fields?|chest",
    "nodule": r"thyroid|gland|lobes?|parenchyma|tissue",
    "tumor": r"breast|glandular|fibroglandular|parenchyma|tissue",
    "polyp": r"mucosa|colon|bowel",
    "lesion": r"skin",
}
"""Of what a text may speak as a whole when it denies what is outlined there."""


_IMAGE = re.compile(IMAGE)


def of_another_part(case: Case, low: str) -> bool:
    """Whether a clause speaks of something in sight that is not the organ looked at."""
    head = next((noun for noun in known_nouns(case, low) if not noun.inner), None)
    if head is None or head.is_target or _IMAGE.fullmatch(low, head.start, head.end):
        return False
    organ = _ORGANS.get(case.target, "image")
    whole = (
        rf"(?:the|this|both|no|neither|lungs? and|an?|normal|in|\s)*\s*(?:{organ})\b(?!\s+joint)"
    )
    apex = r"(?!\s+(?:apex|apices|base|edge|markings?))"
    return re.match(whole + apex, low) is None


def _is_own(case: Case, part: str) -> bool:
    """Whether a part of the body is the one that is looked at, or that the label names."""
    return any(word in part for word in (case.anatomy.lower(), *case.diagnosis.lower().split()))


# "No fracture of the ulna" denies one elsewhere; "no nodule in the gland" denies them all.
_OF_A_PART = re.compile(
    r"\s+(?:of|in|at|along|to) (?:(?:the|its|their|this|that|an?) (?!(?:[\w-]+ )?(?:bones?|bony|"
    r"cortex|"
    rf"gland|thyroid|breast|parenchyma|skin|mucosa|colon|bowel|lungs?|fields?|chest|thorax|retina|"
    rf"cortical|{IMAGE})\b)[\w-]+|it\b)"
    r"|\s+(?:of|in|at|through) (?:the|an?|any)(?: of the)? (?:growth plates?|(?:meta)?(?:carpal|"
    r"tarsal) bones?)\b"
)
_ANYWHERE = re.compile(
    r"\b(?:here |there )?(?:or|and|nor) (?:elsewhere|anywhere(?: else)?|(?:any )?other (?:\w+ "
    r")?\w+)\b"
    r"|\b(?:including|both in|neither in)\b.*"
)
_PART_OF_IMAGE = re.compile(
    r"\b(?:elsewhere|outside|otherwise|beyond|remaining|remainder|rest of|other than|apart from"
    r"|aside from|besides|save for|but for|(?:inner|outer) (?:side|cortex|border)|far (?:side|half|"
    r"end|edge|corner|part|third|cortex)|except|opposite|contralateral|isthmus|surround\w*|around|"
    r"adjacent|neighbouring"
    r"|background|the other|either side|left|right|upper|lower|above|below|top|bottom|"
    r"further|second|third|else"
    r"|fourth|fifth|sixth|seventh|eighth|additional|another|other|visible part|included (?:part|"
    r"portion)s?|deeper|superficial|peripheral\w*|away from|to speak of"
    r"|at the margins?|companion|satellite|second)\b"
)
_THINGS = {
    "fracture": (
        "fracture",
        "fracture line",
        "break",
        "cortical break",
        "cortical interruption",
        "bony injury",
        "discontinuity",
        "interruption",
        "disruption",
        "cortical disruption",
        "cortical step",
        "cortical discontinuity",
    ),
    "lesion": ("lesion", "pigmented lesion", "skin lesion", "mole", "naevus"),
    "polyp": (
        "polyp",
        "polypoid lesion",
        "growth",
        "polypoid elevation",
        "elevation",
        "mucosal elevation",
        "protrusion",
    ),
    "tumor": ("tumour", "mass", "nodule", "solid mass", "tumor"),
    "nodule": ("nodule", "mass", "tumour"),
}


def _own_words(diagnosis: str) -> tuple[str, ...]:
    rounded = ("opacity", "focal opacity", "opacities")
    return (
        (diagnosis, *rounded) if diagnosis in {"mass", "nodule", "consolidation"} else (diagnosis,)
    )


@lru_cache(maxsize=64)
def _things(target: str, diagnosis: str) -> str:
    own = _THINGS.get(target, _own_words(diagnosis) if target == "finding" else (target,))
    words = ("lesion", "abnormality", "focal lesion", "focal abnormality", *own)
    return any_of(plurals(words) | {"pathology"})


@lru_cache(maxsize=64)
def _own(target: str, diagnosis: str) -> re.Pattern[str]:
    return re.compile(rf"\b{_things(target, diagnosis)}\b")


def denied_things(case: Case) -> re.Pattern[str]:
    """What may not be denied where the mask has it: the outlined thing, or any lesion."""
    return _own(case.target, case.diagnosis)


@lru_cache(maxsize=64)
def _denials(target: str, anatomy: str, diagnosis: str) -> re.Pattern[str]:
    thing = _things(target, diagnosis)
    plain = (
        r"focal|visible|definite|suspicious|discrete|clear|obvious|evident|such|solid|"
        r"true|convincing|discernible|acute|space-occupying|identifiable|significant"
    )
    plain = rf"(?:(?:{plain}|pleural|pulmonary|{re.escape(anatomy)})\s+){{0,2}}"
    verb = r"(?:is|are|was|were|can|could)"
    seen = (
        r"(?:seen|visible|present|found|identified|detected|discerned|demonstrated|"
        r"evident|appreciated|apparent|recogni[sz]ed|noted|made out|observed|recogni[sz]able|"
        r"discernible|detectable|distinguished|distinguishable|delineated|traced)"
    )
    return re.compile(
        r"(?:\b(?:no|zero|not\s+a\s+single|neither(?=[^.;]{0,40}\bnor\b)|without(?:\s+(?:any|"
        r"an?))?|free\s+(?:of|from)(?:\s+any)?|devoid\s+of(?:\s+any)?"
        r"|(?:no\s+(?:evidence|signs?|trace|indication|suggestion)|absence|"
        r"lack)\s+of(?:\s+(?:any|an?|the))?"
        r"|(?:fail(?:s|ed)? to|(?:do|does|did|can)(?:n't|not| not))\s+(?:show|see|"
        r"find|reveal|demonstrate|identify|contain|detect|make out)(?:\s+(?:any|an?))?"
        rf"|there\s+{verb}(?:n't|\s+not)\s+(?:any|an?))\s+{plain}(?:(?:focus|area|site|zone|point|"
        rf"trace)\s+of\s+(?:an?\s+)?)?(?P<thing>{thing}))\b(?!-)"
        r"(?!\s+(?:effect|lines?\b|fragments?|gap|(?:that )?(?:eats|destroys|weakens|erodes)\b|"
        r"of (?:\w+ )?(?:type|kind|nature)))"
        rf"|\b{thing}\s+(?:{verb}\s+absent|(?:{verb}(?:n't|\s*not)|can't|cannot)\s+"
        rf"(?:be\s+)?{seen})\b(?!\s+(?:to|as|in full|in its|entirely|completely|well|clearly)\b)"
    )


_IN_LUNG = frozenset(
    {"mass", "nodule", "diffuse nodule", "consolidation", "atelectasis", "fibrosis", "emphysema"}
)
_CLEAR_LUNGS = re.compile(
    r"^\s*(?:both\s+|the\s+)*lungs?(?:\s+fields?)?\s+(?:is|are|appears?|looks?)\s+(?:entirely\s+|"
    r"completely\s+|both\s+)?(?:clear|normal|unremarkable|free)\s*[.,;]?\s*$"
)


# "The base shows no fracture".
_PART_SHOWS = re.compile(
    r"^\s*(?:the|its) (?:base|head|neck|tip|tuft|shaft|(?:inner|outer|far|near|other) side) "
    r"(?:shows?|has|is|bears|remains)\b"
)


_WHOLE = re.compile(rf"\b(?:any|whole|entire|{IMAGE})\b")
_NEAR = re.compile(
    r"\b(?:nearby|(?:next to|beside) (?:it|them)|(?:its|the) neighbour|higher up|lower down|"
    r"(?:save|but) this)\b"
)


def denial(case: Case, clause: Clause) -> str:
    """What denies the very thing that is outlined, and not a further one or one elsewhere."""
    low = clause.low
    if case.target == "finding" and case.diagnosis in _IN_LUNG and _CLEAR_LUNGS.match(low):
        return low.strip()
    if case.target == "fracture" and _PART_SHOWS.match(low) and not _WHOLE.search(low):
        return ""
    for match in _denials(case.target, case.anatomy, case.diagnosis).finditer(low):
        if match["thing"] is None and _FEATURE_OF.search(low, 0, match.start()):
            continue
        doubted = _DOUBTED.search(low, match.end()) is not None
        if _UNSAID.search(low, 0, match.start()) or _JUDGES.search(low, 0, match.start()):
            continue
        everywhere = "anywhere" in low[match.end() :]
        said = "" if everywhere else _ANYWHERE.sub("", clause.before + low)
        part = _OF_A_PART.match(low, match.end())
        of_a_part = part is not None and not _is_own(case, part.group())
        ahead = _PART_AHEAD.search(low, 0, match.start() + 1) if match["thing"] is None else None
        if case.target == "fracture" and ahead and not _is_own(case, ahead["part"]):
            continue
        if not doubted and not of_a_part and not (_PART_OF_IMAGE.search(said) or _NEAR.search(low)):
            return match.group()
    return ""


# "A wrist fracture is not seen" denies none of the finger.
_PART_AHEAD = re.compile(
    r"\ban?\s+(?P<part>wrist|hand|finger|forearm|elbow|humer\w+|shoulder|clavic\w+|rib|hip|knee|"
    r"ankle|foot|leg)\s+\w?$"
)
# "The smooth edge of a benign nodule is not seen" denies the edge.
_FEATURE_OF = re.compile(
    r"(?<!presence )(?<!evidence )(?<!sign )(?<!signs )(?<!trace )\bof (?:an?|the|such an?) "
    r"(?:[\w-]+ ){0,2}$"
)
# "A fracture rather than no fracture", "against 'no fracture' stands the step".
_UNSAID = re.compile(r"\b(?:rather than|instead of|not|against)\s+['\"]?$")
# "Size alone condemns no lesion".
_JUDGES = re.compile(
    r"\b(?:size|form|shape|colou?r|edge|margin|contrast|number|position)\b[^.;]*?"
    r"\b(?:condemns?|acquits?|makes?|proves?|spares?)\s+$"
)
# "A breast without a lesion is out of question": the denial itself is denied.
_DOUBTED = re.compile(
    r"\b(?:cannot|can't|can not|could not|can(?= be (?:discarded|excluded|ruled out|dismissed|set "
    r"aside))|is|are|seems?|appears?|would be|must be|has been)\s+"
    r"(?:(?:be|entirely|wholly|fully|safely|completely|less|very|most|rather|therefore|thus)\s+)*"
    r"(?:excluded|ruled out|likely|unlikely|out of (?:the )?question|improbable|dismissed|"
    r"discarded|implausible|set aside|refuted|doubtful)\b"
)
_SHOWN = (
    r"(?:(?:is|are)\s+(?:clearly\s+|also\s+|thus\s+)?(?:seen|visible|present|noted|"
    r"found|located|evident|identified|demonstrated"
    r"|apparent|shown|appreciated)|lies?|sits?|occup\w+|fills?|covers?|measures?|"
    r"arises?|stands?\s+out|can\s+be\s+(?:seen|made\s+out))"
)


def _presences(thing: str) -> re.Pattern[str]:
    return re.compile(
        rf"\bthere\s+(?:is|are)\s+(?:(?!no\b)[\w-]+,?\s+){{0,5}}?{thing}"
        r"|\b(?:circumscribed|well-defined|discrete|focal|rounded)\s+(?:[\w-]+\s+){0,2}?(?:area|"
        rf"structure|focus|spot|shadow|body)\s+(?:[\w-]+\s+){{0,2}}?{_SHOWN}\b"
        rf"|\b(?:(?!no\b)[\w-]+,?\s+){{0,4}}?{thing}\s+(?:[\w%-]+\s+){{0,5}}?{_SHOWN}\b"
        r"|^\s*(?:an?|one|two|three|single|solitary|several|multiple|small|"
        rf"large)\s+(?:[\w-]+,?\s+){{0,4}}?{thing}"
        r"|\b(?:shows?|reveals?|demonstrates?|contains?|see|displays?|exhibits?|"
        r"depicts?|with)\s+(?:an?|one|two|three|several|multiple)\s+(?:[\w-]+,"
        rf"?\s+){{0,4}}?{thing}"
    )


_LESIONS = phrase(
    "lesion, nodule, mass, tumour, polyp, fracture, break, focal abnormality, opacity, "
    "consolidation, effusion, pneumothorax, lump, neoplasm, growth, nodular density, "
    "focal density, rounded density, round density, nodular shadow"
)
_PRESENT = _presences(
    any_of(f"{word}{ending}" for word in _LESIONS for ending in ("", "s", "es"))
    + r"\b(?!\s+(?:effect|of (?:interest|no)))"
)


def presence(clause: Clause) -> str:
    """What states that a negative has a lesion."""
    for match in _PRESENT.finditer(clause.low):
        if not is_denied(clause.low, match.end() - 1, match.end()) and not is_denied(
            clause.low, *match.span()
        ):
            return match.group().strip()
    return ""


_VESSELS = (
    r"(?:(?:retinal|blood|visible|discernible|single|recognisable|any)\s+)*(?:vessels?|"
    r"vascular tree|vasculature|arterioles(?: and venules)?)\b"
)
_NO_VESSELS = re.compile(
    rf"\b(?:no|not one|without|devoid of|(?:absence|lack) of(?: an?)?|free of) {_VESSELS}"
    r"(?! (?:(?:is|are) (?:crossed|nicked|altered|thinned|affected|straightened|compressed|"
    r"narrowed|dilated|sheathed|beaded|occluded|blocked|displaced|kinked|nipped|thickened|widened|"
    r"congested|interrupted|obscured)\b|of|with|abnorm\w+|anomal\w+|occlu\w+|wall|sheath\w*|"
    r"leak\w*|narrow\w*|crossing|chang\w+|tortuos\w+|bead\w*|cross\w*|over|in|on|at)\b)"
    rf"|(?<!new )(?<!abnormal ){_VESSELS} (?:is|are) (?:missing|absent|lacking)"
    r"(?: altogether| entirely| completely)?\s*(?:$|[.,;])"
)


_FOVEA = re.compile(r"\b(?:fovea\w*|macula\w*|avascular)\b")


def without_vessels(text: Text) -> Iterator[Failure]:
    """An eye ground shows its vessels: they are what is outlined in it."""
    for clause in every_clause(text, *ABOUT_IMAGE):
        found = _NO_VESSELS.search(clause.low)
        if found and not _FOVEA.search(clause.low) and not is_supposed(clause.low):
            yield Failure(
                code="count",
                step=clause.sentence.step,
                sentence=clause.sentence.text,
                expected="vessels",
                claimed=found.group(),
            )
