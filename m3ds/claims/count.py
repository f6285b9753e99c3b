"""Numbers of regions that a text claims, and denials of what is there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.company import wrong_company
from m3ds.claims.denial import denial, of_another_part, presence, without_vessels
from m3ds.claims.diagnoses import are_named, other_meanings
from m3ds.claims.nouns import known_nouns
from m3ds.claims.polarity import is_common, is_denied, is_general, is_supposed
from m3ds.claims.shares import NUMBER_WORDS
from m3ds.claims.stated import speaks_of_this
from m3ds.claims.subject import subject
from m3ds.claims.text import ABOUT_IMAGE, BODY, Clause, Text, every_clause, words
from m3ds.claims.words import FEATURE, any_of, counted
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
        (
            "multiple",
            "several",
            "more than one",
            "bilateral",
            "a few",
            "various",
            "a number of",
            "plural",
            "many small",
        ),
        (2, math.inf),
    ),
    **dict.fromkeys(
        ("a cluster of", "a group of", "clustered", "scattered", "a handful of"), (2, math.inf)
    ),
    **dict.fromkeys(
        ("numerous", "many", "countless", "innumerable", "dozens of", "myriad"), (4, math.inf)
    ),
    **dict.fromkeys(("a dozen",), (11, 13)),
    **dict.fromkeys(("half a dozen",), (5, 7)),
    **{word: (k, k) for word, k in NUMBER_WORDS.items() if k > 2},
}
_WORD = rf"(?:{any_of(_RANGES)}|\d{{1,3}})"
_GAP = (
    r"(?:,?\s+(?:and\s+|to\s+)?(?!(?:of|in|on|the|is|are|was|with|at|to|from|for|by|than|and|or|"
    r"views?|projections?|sides?|half|thirds?|quarters?|colou?rs?|layers?|options?|features?|"
    r"years?|"
    r"months?|weeks?|days?|hours?|more|that|which|no|an?|against|can|could|may|sees?|finds?|notes?|"
    rf"images?|adjacent bone|criteri\w+|{any_of(_RANGES)})\b)[\w'-]+){{0,5}}?"
)
_NOT_COUNT = (
    r"(?!\s*(?:%|per\s?cent|mm\b|cm\b|px\b|x\b|of\b|side|half|third|quarter|fifth|"
    r"sixth|tenth|twelfth|twentieth|hundredth|"
    r"fiftieth|o'?\s?clock|way\b|/|:|\.\d|,\d|-?\s*(?:year|month|week|day)))"
)


_AREAS = (
    r"(?:areas?|sites?|regions?|foci|focus|places?|zones?|patch(?:es)?|points?|spots?)\s+"
    r"(?:of|with)\s+(?:an?\s+)?"
    r"(?:[\w-]+\s+){0,2}?"
)
_ABNORMAL = (
    r"(?:opacification|lucency|transparency|consolidation|increased density|shadowing|disruption|"
    r"discontinuity|interruption|abnormality|whiteness|change|cortical break|broken bone|"
    r"damaged bone|bone damage|(?:altered|abnormal|"
    r"increased|reduced|decreased|disturbed|raised)\s+[\w-]+(?:\s+\w+)?)"
)


@lru_cache(maxsize=64)
def _pattern(thing: str) -> re.Pattern[str]:
    only = r"(?:only|in number|in all|in total|in view|altogether|present|visible|seen|noted)"
    thing = rf"(?:{thing}|{_AREAS}{thing}|{_AREAS}{_ABNORMAL}|(?:sites|levels)(?=\s*(?:$|[.,;])))"
    return re.compile(
        r"(?<!than )(?<![\w.,"
        rf"/-])(?P<count>{_WORD})\b{_NOT_COUNT}{_GAP}[\s-]+{thing}\b(?!-)(?! (?:or|"
        r"and) (?:two|more|several))"
        rf"|\b{thing}\s*[,(:]\s*(?:only\s+|at\s+least\s+|"
        rf"x\s?)?(?P<after>{_WORD})(?:\s+{only})?\s*(?=[,.;:)]|$)"
        rf"|(?<![\w.,/-])(?P<tally>{_WORD})\s+{only}\b(?!\s+(?:side|in|on|at|from)\b)"
        rf"|\b(?P<alone>(?:it|this|{thing})\s+(?:is|stands|"
        r"lies)\s+(?:quite\s+)?(?:single|solitary|isolated|alone|the\s+only\s+(?:one|"
        rf"{thing}))|the\s+only\s+(?:one|{thing})|stands\s+alone)\b(?!\s+(?:in|with|"
        r"that shows))"
        rf"|\bone\s+of\s+(?:the\s+)?(?P<among>{_WORD})\s+(?:such\s+)?(?:[\w-]+\s+){{0,"
        rf"2}}?(?:{thing}|sites|areas|regions|foci|spots|of them)\b"
        rf"|\ball\s+(?P<all>three|four|five|six|seven|eight|nine|ten)\b(?=\s*(?:$|[,.;)]|of\b|"
        rf"are\b|have\b|lie\b|look\b|show\b|share\b|were\b|(?:\w+\s+)?{thing}\b))"
        r"|(?:^|[,:]\s*)(?P<front>single|solitary|multiple|multifocal|two|three|four|"
        r"five|six|seven|eight|nine|ten|several|numerous|half a dozen)\s*(?=[,.;:]|$)"
        rf"|\bthere\s+(?:are|were)\s+(?:only\s+)?(?P<of>{_WORD})\s+of\s+(?:them|these|such)\b"
        rf"|\b(?P<multi>multifocal|multicentric|bifocal|multilevel)\b"
        r"|\b(?:in|at|over|across|into)\s+(?:just\s+|only\s+|as many as\s+|no fewer than\s+|"
        r"an?\s+)?"
        rf"(?P<places>{_WORD})\s+(?:(?:widely\s+|clearly\s+)?(?:separated?|different|distinct|"
        r"discrete|individual)\s+)?"
        r"(?:places?|sites?|spots?|locations?|points?|levels?|positions?|areas?)\b(?!\s+of\b)"
        rf"|[,:]\s*(?P<them>{_WORD})\s+of\s+(?:them|these)\b"
        r"|[,:;(]\s*(?:an?\s+)?(?P<site>single|solitary|two|three|four|five|six|seven|eight|nine|"
        r"ten)\s+(?:sites?|places?|foc(?:us|i)|areas?|regions?)\s*(?=[,.;)]|$)"
        rf"|\b(?P<sole>one)(?:\s+(?!of\b|in\b|at\b|on\b|is\b|lies\b|and\b)[\w-]+){{0,3}}\s+and\s+no\s+"
        r"(?:other|more|second)\b|\b(?P<lone>one)\s+alone\b"
        r"|\b(?:confined|limited|restricted)\s+to\s+(?:an?\s+)?(?P<confined>single|one|solitary)\s+"
        r"(?:[\w-]+\s+){0,2}?(?:fields?|areas?|sites?|regions?|spots?|foc(?:us|i)|places?)\b"
        rf"|\b(?:just|only)\s+(?P<just>{_WORD})\s+(?:areas?|sites?|regions?|spots?|places?|"
        r"foc(?:us|i))\b(?!\s+of\b)"
        rf"|\b(?P<where>{_WORD})\s+(?:places?|sites?|spots?|points?|areas?|regions?)\s+(?:where|"
        rf"at which|in "
        rf"which)\b"
        r"|\b(?P<only>one|two|three|four)\s+(?:fields?|areas?|sites?|zones?|lungs?|spots?|"
        r"places?|lesions?|foc(?:us|i)|regions?)\s+only\b(?!\s+(?:if|when|in|on|by))"
        r"|(?:[,:]\s*|\b(?:is|are)\s+)(?P<adjective>solitary|multiple|multifocal)\s+and\b"
        r"|\b(?:totall?ing|numbering|the count is|count(?:s|ed)? of|a total of|number (?:is|of "
        rf"lesions is|of nodules:))\s+(?P<total>{_WORD})\b(?!\s*%)"
    )


# Several, by the plural alone.
_PLURAL = re.compile(
    r"(?:^|[,:]\s*)(?:(?!no\b|the\b|these\b|those\b|such\b|neither\b|if\b|its\b|"
    r"without\b)[\w-]+\s+){0,3}?"
    r"(?P<many>(?:lesions|nodules|masses|polyps|fractures|breaks|tumours|"
    r"plaques|growths|elevations))\s+(?:are|were)\s+"
    r"(?:clearly\s+|also\s+)?(?:seen|present|visible|noted|scattered|identified|"
    r"found|distributed|evident|demonstrated|captured|spread)"
)


def check_count(case: Case, text: Text) -> Iterator[Failure]:
    """Numbers of regions agree with the measured count; none is denied or made up."""
    if case.mask_kind == "anatomy":
        yield from without_vessels(text)
    n = 0 if case.is_negative else case.facts.n_regions
    if n is None:
        return
    pattern = _pattern(counted(case))
    others = other_meanings(case)
    for clause in every_clause(text, *BODY):
        low, step = clause.low, clause.sentence.step
        general = is_supposed(low) or (
            step not in ABOUT_IMAGE and is_general(clause.low, clause.sentence.low)
        )
        if step == "reasoning" and not speaks_of_this(case, low):
            first = (
                None if is_supposed(low) or is_common(low) else _numbered(counted(case)).match(low)
            )
            if n and first and not _agrees(_bounds(first["count"]), n):
                yield _failure(clause, n, first.group())
            continue
        if general or are_named(others, low):
            continue
        if n:
            found = (
                ""
                if case.mask_kind == "anatomy" or of_another_part(case, low)
                else denial(case, clause)
            )
        else:
            found = presence(clause)
        found = found or _wrong_number(case, pattern, clause, n)
        of_it = case.mask_kind != "anatomy" and subject(case, low) != "other"
        if not found and of_it and not _ENUMERATED_ALONE.search(low):
            found = wrong_company(low, n)
        if found:
            yield _failure(clause, n, found)


def _failure(clause: Clause, n: int, claimed: str) -> Failure:
    return Failure(
        code="count",
        step=clause.sentence.step,
        sentence=clause.sentence.text,
        expected=str(n),
        claimed=claimed.strip(),
    )


# "Four sites are involved", "eight elevations with smooth margins": cases are not numbered.
_NUMBERED = (
    r"^\s*(?:each\s+of\s+the\s+|all\s+|the\s+|an?\s+(?:group|cluster)\s+of\s+|as\s+many\s+as\s+)?"
    rf"(?P<count>{any_of(NUMBER_WORDS)}|\d{{1,2}})\s+(?:(?!of\b|in\b|more\b)[\w-]+\s+){{0,3}}?"
)


@lru_cache(maxsize=64)
def _numbered(thing: str) -> re.Pattern[str]:
    return re.compile(rf"{_NUMBERED}(?:{thing}|sites|spots|levels|places|regions|foci)\b")


# A number ahead of the clause's own subject: "three brown spots are visible".
_HEAD_NUMBER = re.compile(
    rf"(?:^|[\s(,:])(?P<count>{_WORD})\b{_NOT_COUNT}(?:\s+(?!(?:of|in|on|with|and|or|to|by|for|"
    r"from|"
    rf"is|are|that|which)\b)[\w-]+,?){{0,4}}\s+$"
)
_FEATURE = re.compile(rf"(?!areas?\b|densities\b){FEATURE}")
_IN_PIECES = frozenset({"diffuse nodule", "emphysema", "fibrosis"})
"""What is outlined of these is an area, of which one holds any number of opacities."""


def _head_number(case: Case, low: str) -> tuple[str, int, int] | None:
    """The number that stands ahead of a clause's subject, where that is the outlined thing."""
    if subject(case, low) != "target":
        return None
    head = next((n for n in known_nouns(case, low) if not n.inner and n.is_target), None)
    if head is None or _FEATURE.fullmatch(low, head.start, head.end):
        return None
    found = _HEAD_NUMBER.search(low, 0, head.start)
    return (found["count"], found.start("count"), head.end) if found else None


def _wrong_number(case: Case, pattern: re.Pattern[str], clause: Clause, n: int) -> str:
    low = clause.low
    if words(low).isdisjoint(_NUMBERING):
        return _wrong_plural(clause, n)
    many = case.diagnosis in _IN_PIECES
    head = _head_number(case, low)
    if (
        head
        and not (
            many
            and re.search(
                r"opacit|nodul|spot|dot|marking|shadow|line",
                low[head[1] : head[2]],
            )
        )
        and not is_denied(low, head[1], head[2])
        and not (n > 1 and head[0] in {"one", "1"} and not _ONLY.search(low, 0, head[1]))
        and not (_ENUMERATED.search(clause.low) and not _ONLY.search(low, 0, head[1]))
        and not _INNER_TO.match(low, head[2])
        and not (head[0] == "both" and _ONE_AND_ANOTHER.match(low, head[1]))
        and not _agrees(_bounds(head[0]), n)
    ):
        return low[head[1] : head[2]]
    numbered = pattern.finditer(low)
    for match in numbered:
        group, word = next((k, v) for k, v in match.groupdict().items() if v)
        start = match.start(group)
        if group in {"all", "tally"} and subject(case, low) == "other":
            continue
        if group == "places" and case.target != "fracture" and _EDGED.search(low):
            continue
        if group == "after" and word in {"isolated", "scattered", "both"}:
            continue
        if group in {"tally", "front"} and word in {"1", "isolated", "scattered", "both"}:
            continue
        bounds = (
            (1, 1) if group == "alone" else (2, math.inf) if group == "multi" else _bounds(word)
        )
        if is_denied(low, start, match.end()) or re.search(
            r"\b(?:more than|up to|or|another)\s+$", low[:start]
        ):
            continue
        if _INNER_TO.match(low, match.end()):
            continue
        if (
            n > 1
            and bounds == (1, 1)
            and group not in {"sole", "lone"}
            and _ENUMERATED.search(clause.sentence.low)
        ):
            continue
        if many and re.search(r"opacit|nodul|spot|dot|marking", match.group()):
            continue
        if not _agrees(bounds, n):
            return match.group().strip()
    return _wrong_plural(clause, n)


def _wrong_plural(clause: Clause, n: int) -> str:
    low = clause.low
    if n == 1 and clause.sentence.step == "analysis":
        found = _PLURAL.search(low)
        if found and not is_denied(low, found.start("many"), found.end("many")):
            return found.group().strip()
    return ""


# "One stands alone in the corner, the other ...", "calcifications of this kind".
_ENUMERATED_ALONE = re.compile(
    r"\b(?:the other|calcif\w+|cysts?|echoes|dots?|globules?|vessels?|hairs?|nodes?|other|"
    r"features?|"
    r"signs?|cases?|images?|reasons?)\b"
)
_NUMBERING = frozenset(
    {word for phrase in _RANGES for word in re.split(r"[\s-]+", phrase)}
    | set("0123456789")
    | {
        "alone",
        "multifocal",
        "multicentric",
        "bifocal",
        "multilevel",
        "number",
        "total",
        "numbering",
    }
    | {"totalling", "totaling", "count", "counts", "counted", "only"}
) - {"a", "of", "the", "than", "more"} | {"more"}
_ENUMERATED = re.compile(
    r"\b(?:the other|another|others?|second|largest|larger|smaller|smallest|each|"
    r"respectively|in one(?! (?:place|site|spot|location|only)\b)|one of|the only one of"
    r"|of them|either|rather than|not a|than a|per)\b"
)


# "Both the region and its place point to the elbow".
_ONE_AND_ANOTHER = re.compile(r"both(?:\s+(?!and\b)[\w-]+){0,5}?\s+[\w-]+(?<!s)(?:\s+\w+)?\s+and\b")
_ONLY = re.compile(r"\b(?:only|just|merely|exactly|but)\s+$")
_EDGED = re.compile(
    r"\b(?:borders?|margins?|outlines?|contours?|edges?|rims?|boundary|indented|notch\w*|lobul\w+|"
    r"calcif\w+)\b"
)
# What is numbered lies inside the outlined thing, or is a part of it.
_INNER_TO = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?:(?:within|inside) (?:it|its|(?:the|this) (?:[\w-]+ )?(?:lesion|"
    r"nodule|"
    r"mass|polyp|tumour|area|zone|opacity))|in its|in the (?:lesion|nodule|mass|polyp)|"
    r"of the (?:lesion|nodule|mass)|per)\b"
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
