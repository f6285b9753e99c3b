"""Numbers of regions that a text claims, and denials of what is there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.polarity import is_denied, is_general, is_supposed
from m3ds.claims.shares import NUMBER_WORDS
from m3ds.claims.subject import subject
from m3ds.claims.text import ABOUT_IMAGE, BODY, Clause, Text, every_clause
from m3ds.claims.words import any_of, counted
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(
        ("single", "solitary", "isolated", "lone", "sole", "unique", "singular", "one", "1"), (1, 1)
    ),
    **dict.fromkeys(("two", "2", "both", "paired", "twin"), (2, 2)),
    **dict.fromkeys(("a pair of", "a couple of", "pair of", "couple of", "the two"), (2, 2)),
    **dict.fromkeys(("a trio of", "trio of", "triple"), (3, 3)),
    **dict.fromkeys(
        ("multiple", "several", "a few", "various", "a number of", "plural", "many small"),
        (2, math.inf),
    ),
    **dict.fromkeys(
        ("a cluster of", "a group of", "clustered", "scattered", "a handful of"), (2, math.inf)
    ),
    **dict.fromkeys(
        ("numerous", "many", "countless", "innumerable", "dozens of", "myriad"), (4, math.inf)
    ),
    **dict.fromkeys(("a dozen",), (11, 13)),
    **{word: (k, k) for word, k in NUMBER_WORDS.items() if k > 2},
}
_WORD = rf"(?:{any_of(_RANGES)}|\d{{1,3}})"
_GAP = (
    r"(?:,?\s+(?:and\s+|to\s+)?(?!of\b|in\b|on\b|the\b|is\b|are\b|was\b|with\b|at\b|"
    r"to\b|from\b|for\b|by\b|than\b|and\b|or\b"
    r"|view|projection|side|half|third|quarter|colou?r|layer|option|feature|year|"
    r"month|week|day|hour|more\b|that\b|which\b|no\b|an?\b"
    r"|image|adjacent bone|criteri)[\w'-]+){0,5}?"
)
_NOT_COUNT = (
    r"(?!\s*(?:%|per\s?cent|mm\b|cm\b|px\b|x\b|of\b|side|half|third|quarter|fifth|"
    r"sixth|tenth|twelfth|twentieth|hundredth|"
    r"fiftieth|o'?\s?clock|way\b|/|:|\.\d|,\d|-?\s*(?:year|month|week|day)))"
)


@lru_cache(maxsize=64)
def _pattern(thing: str) -> re.Pattern[str]:
    only = r"(?:only|in number|in all|in total|in view|altogether|present|visible|seen|noted)"
    return re.compile(
        r"(?<!than )(?<![\w.,"
        rf"/-])(?P<count>{_WORD})\b{_NOT_COUNT}{_GAP}[\s-]+{thing}\b(?!-)(?! (?:or|"
        r"and) (?:two|more|several))"
        rf"|\b{thing}\s*[,(:]\s*(?:only\s+)?(?P<after>{_WORD})(?:\s+{only})?\s*(?=[,.;:)]|$)"
        rf"|(?<![\w.,/-])(?P<tally>{_WORD})\s+{only}\b(?!\s+(?:side|in|on|at|from)\b)"
        rf"|\b(?P<alone>(?:it|this|{thing})\s+(?:is|stands|"
        r"lies)\s+(?:quite\s+)?(?:single|solitary|isolated|alone|the\s+only\s+(?:one|"
        rf"{thing}))|the\s+only\s+(?:one|{thing})|stands\s+alone)\b(?!\s+(?:in|with|"
        r"that shows))"
        rf"|\bone\s+of\s+(?:the\s+)?(?P<among>{_WORD})\s+(?:such\s+)?(?:[\w-]+\s+){{0,"
        rf"2}}?(?:{thing}|sites|areas|regions|foci|spots|of them)\b"
        rf"|\ball\s+(?P<all>three|four|five|six|seven|eight|nine|ten)\b"
        r"|(?:^|[,:]\s*)(?P<front>single|solitary|multiple|multifocal|two|three|four|"
        r"five|six|seven|several|numerous)\s*(?=[,.;:]|$)"
        rf"|\b(?P<multi>multifocal|multicentric|bifocal|multilevel)\b"
        r"|\b(?:totall?ing|numbering|count(?:s|ed)? of|a total of|number (?:is|of "
        rf"lesions is|of nodules:))\s+(?P<total>{_WORD})\b(?!\s*%)"
    )


@lru_cache(maxsize=64)
def _plural(thing: str) -> re.Pattern[str]:
    return re.compile(
        r"(?:^|[,:]\s*)(?:(?!no\b|the\b|these\b|those\b|such\b|neither\b|if\b|its\b|"
        r"without\b)[\w-]+\s+){0,3}?"
        r"(?P<many>(?:lesions|nodules|masses|polyps|fractures|breaks|tumours|"
        r"opacities|plaques|growths|elevations|foci))\s+(?:are|were)\s+"
        r"(?:clearly\s+|also\s+)?(?:seen|present|visible|noted|scattered|identified|"
        r"found|distributed|evident|demonstrated|captured|spread)"
    )


def check_count(case: Case, text: Text) -> Iterator[Failure]:
    """Numbers of regions agree with the measured count; none is denied or made up."""
    n = 0 if case.is_negative else case.facts.n_regions
    if n is None:
        return
    pattern = _pattern(counted(case))
    for clause in every_clause(text, *BODY):
        low, step = clause.low, clause.sentence.step
        general = is_supposed(low) or (
            step not in ABOUT_IMAGE and is_general(clause.low, clause.sentence.low)
        )
        if general:
            continue
        if n:
            found = (
                ""
                if case.mask_kind == "anatomy" or _of_another_part(case, low)
                else _denial(case, clause)
            )
        else:
            found = _presence(case, clause)
        found = found or _wrong_number(case, pattern, clause, n)
        if found:
            yield Failure(
                code="count",
                step=step,
                sentence=clause.sentence.text,
                expected=str(n),
                claimed=found,
            )


def _wrong_number(case: Case, pattern: re.Pattern[str], clause: Clause, n: int) -> str:
    low = clause.low
    for match in pattern.finditer(low):
        group, word = next((k, v) for k, v in match.groupdict().items() if v)
        start = match.start(group)
        if group in {"tally", "after", "front"} and word in {"1", "isolated", "scattered", "both"}:
            continue
        bounds = (
            (1, 1) if group == "alone" else (2, math.inf) if group == "multi" else _bounds(word)
        )
        if is_denied(low, start, match.end()) or re.search(
            r"\b(?:more than|up to|or|another)\s+$", low[:start]
        ):
            continue
        if _is_inner(low, match):
            continue
        if n > 1 and bounds == (1, 1) and _ENUMERATED.search(clause.sentence.low):
            continue
        if not _agrees(bounds, n):
            return match.group().strip()
    if n == 1 and clause.sentence.step == "analysis":
        found = _plural("").search(low)
        if found and not is_denied(low, found.start("many"), found.end("many")):
            return found.group().strip()
    return ""


_ORGANS = re.compile(
    r"^(?:the|this|both|no|neither|lungs? and|an?|normal|in|\s)*\s*(?:thyroid|gland|"
    r"lobes?|parenchyma|breast|glandular|fibroglandular|tissue"
    r"|lungs?|lung fields?|chest|mucosa|colon|bowel|skin|bones?|bony|cortex|hand|leg|"
    r"hip|shoulder|wrist|elbow|forearm)\b"
)


def _of_another_part(case: Case, low: str) -> bool:
    """Whether a clause speaks of something in sight that is not the organ looked at."""
    if subject(case, low) != "other":
        return False
    found = _ORGANS.match(low)
    return found is None or (case.target != "fracture" and "bon" in found.group())


_ENUMERATED = re.compile(
    r"\b(?:the other|another|others?|second|largest|larger|smaller|smallest|each|"
    r"respectively|in one|one of"
    r"|of them|either|rather than|not a|than a|per)\b"
)


def _is_inner(low: str, match: re.Match[str]) -> bool:
    """Whether what is numbered lies inside the outlined thing, or is a part of it."""
    return (
        re.match(
            (
                r"\s+(?:[\w-]+\s+){0,2}?(?:within|inside|in its|in the (?:lesion|nodule|"
                r"mass|polyp)|of the (?:lesion|nodule|mass)|per)\b"
            ),
            low[match.end() :],
        )
        is not None
    )


def _bounds(word: str) -> tuple[float, float]:
    spaced = re.sub(r"[\s-]+", " ", word)
    if spaced in _RANGES:
        return _RANGES[spaced]
    return float(spaced), float(spaced)


def _agrees(bounds: tuple[float, float], n: int) -> bool:
    """Whether a number may be said of `n` regions; above ten, within a tenth."""
    slack = 0.1 * n if n > 10 and bounds[0] == bounds[1] else 0
    return bounds[0] - slack <= n <= bounds[1] + slack


_PART_OF_IMAGE = re.compile(
    r"\b(?:elsewhere|outside|otherwise|beyond|remaining|remainder|rest of|other than|apart from"
    r"|aside from|besides|except|opposite|contralateral|isthmus|surround\w*|around|"
    r"adjacent|neighbouring"
    r"|background|the other|either side|left|right|upper|lower|above|below|top|bottom|"
    r"further|second|third|else"
    r"|additional|another|other|visible part|included (?:part|portion)s?|deeper|"
    r"superficial|peripheral\w*|away from|to speak of"
    r"|at the margins?|satellite|of (?:the|its|their|this|that|it) \w+|second)\b"
)
_THINGS = {
    "fracture": (
        "fracture",
        "break",
        "cortical break",
        "cortical interruption",
        "bony injury",
        "discontinuity",
    ),
    "lesion": ("lesion", "pigmented lesion", "skin lesion", "mole", "naevus"),
    "polyp": ("polyp", "polypoid lesion", "growth", "mucosal elevation", "protrusion"),
    "tumor": ("tumour", "mass", "nodule", "solid mass", "tumor"),
    "nodule": ("nodule", "mass", "tumour"),
}


@lru_cache(maxsize=64)
def _denials(target: str, anatomy: str, diagnosis: str) -> re.Pattern[str]:
    own = _THINGS.get(target, (diagnosis,) if target == "finding" else (target,))
    thing = any_of(
        {
            w + s
            for w in ("lesion", "abnormality", "focal lesion", "focal abnormality", *own)
            for s in ("", "s", "es")
        }
        | {"abnormalities", "pathology", "focal abnormalities"}
    )
    plain = (
        r"focal|visible|definite|suspicious|discrete|clear|obvious|evident|such|solid|"
        r"true|convincing|discernible|acute|space-occupying|identifiable|significant"
    )
    plain = rf"(?:(?:{plain}|pleural|pulmonary|{re.escape(anatomy)})\s+){{0,2}}"
    verb = r"(?:is|are|was|were|can|could)"
    seen = (
        r"(?:seen|visible|present|found|identified|detected|discerned|demonstrated|"
        r"evident|appreciated|apparent|recognised|noted|made out|observed)"
    )
    return re.compile(
        r"(?:\b(?:no|zero|neither|without(?:\s+(?:any|an?))?|free\s+(?:of|"
        r"from)(?:\s+any)?|devoid\s+of(?:\s+any)?"
        r"|(?:no\s+(?:evidence|signs?|trace|indication|suggestion)|absence|"
        r"lack)\s+of(?:\s+(?:any|an?|the))?"
        r"|(?:fail(?:s|ed)? to|(?:do|does|did|can)(?:n't|not| not))\s+(?:show|see|"
        r"find|reveal|demonstrate|identify|contain|detect|make out)(?:\s+(?:any|an?))?"
        rf"|there\s+{verb}(?:n't|\s+not)\s+(?:any|"
        rf"an?))\s+{plain}(?P<thing>{thing}))\b(?!-)(?!\s+(?:effect|lines?\b))"
        rf"|\b{thing}\s+(?:{verb}\s+absent|(?:{verb}(?:n't|\s*not)|can't|cannot)\s+"
        rf"(?:be\s+)?{seen})\b(?!\s+(?:to|as|in full|in its|entirely|completely|well|clearly)\b)"
    )


def _denial(case: Case, clause: Clause) -> str:
    """What denies the very thing that is outlined, and not a further one or one elsewhere."""
    low = clause.low
    for match in _denials(case.target, case.anatomy, case.diagnosis).finditer(low):
        if not _PART_OF_IMAGE.search(clause.sentence.low):
            return match.group()
    return ""


_SHOWN = (
    r"(?:(?:is|are)\s+(?:clearly\s+|also\s+|thus\s+)?(?:seen|visible|present|noted|"
    r"found|located|evident|identified|demonstrated"
    r"|apparent|shown|appreciated)|lies?|sits?|occup\w+|fills?|covers?|measures?|"
    r"arises?|stands?\s+out)"
)


@lru_cache(maxsize=64)
def _presences(thing: str) -> re.Pattern[str]:
    return re.compile(
        rf"\bthere(?:\s+is|\s+are|'s)\s+(?:(?!no\b)[\w-]+,?\s+){{0,5}}?{thing}"
        rf"|\b(?:(?!no\b)[\w-]+,?\s+){{0,4}}?{thing}\s+(?:[\w%-]+\s+){{0,5}}?{_SHOWN}\b"
        r"|^\s*(?:an?|one|two|three|single|solitary|several|multiple|small|"
        rf"large)\s+(?:[\w-]+,?\s+){{0,4}}?{thing}"
        r"|\b(?:shows?|reveals?|demonstrates?|contains?|see|displays?|exhibits?|"
        r"depicts?|with)\s+(?:an?|one|two|three|several|multiple)\s+(?:[\w-]+,"
        rf"?\s+){{0,4}}?{thing}"
    )


def _presence(case: Case, clause: Clause) -> str:
    """What states that a negative has a lesion."""
    thing = any_of(
        w + s
        for w in (
            "lesion",
            "nodule",
            "mass",
            "tumour",
            "polyp",
            "fracture",
            "break",
            "focal abnormality",
            "opacity",
            "consolidation",
            "effusion",
            "pneumothorax",
            "lump",
            "neoplasm",
            "growth",
        )
        for s in ("", "s", "es")
    )
    for match in _presences(rf"{thing}\b(?!\s+(?:effect|of (?:interest|no)))").finditer(clause.low):
        if not is_denied(clause.low, match.end() - 1, match.end()) and not is_denied(
            clause.low, *match.span()
        ):
            return match.group().strip()
    return ""
