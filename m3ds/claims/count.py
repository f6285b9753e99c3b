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
from m3ds.claims.number_words import (
    ASIDE,
    NOT_COUNT,
    NUMBERING,
    WORD,
    agrees,
    bounds_of,
    numbers_of,
)
from m3ds.claims.polarity import is_common, is_denied, is_supposed, is_usual
from m3ds.claims.shares import NUMBER_WORDS
from m3ds.claims.stated import speaks_of_this, stated
from m3ds.claims.subject import subject
from m3ds.claims.text import ABOUT_IMAGE, BODY, Clause, Text, every_clause, words
from m3ds.claims.words import FEATURE, any_of, counted
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

# Several, by the plural alone.
_PLURAL = re.compile(
    r"(?:^|[,:]\s*)(?:(?!no\b|the\b|these\b|those\b|such\b|neither\b|if\b|its\b|"
    r"without\b)[\w-]+\s+){0,3}?(?P<many>(?:lesions|nodules|masses|polyps|fractures|breaks|tumours|"
    r"plaques|growths|elevations))\s+(?:are|were)\s+(?:clearly\s+|also\s+)?(?:seen|present|visible|"
    r"noted|scattered|identified|found|distributed|evident|demonstrated|captured|spread)"
)


def check_count(case: Case, text: Text) -> Iterator[Failure]:
    """Numbers of regions agree with the measured count; none is denied or made up."""
    if case.mask_kind == "anatomy":
        yield from without_vessels(text)
    n = 0 if case.is_negative else case.facts.n_regions
    if n is None:
        return
    others = other_meanings(case)
    argued = {clause for clause, _ in stated(case, text)}
    for clause in every_clause(text, *BODY):
        low, step = clause.low, clause.sentence.step
        general = is_supposed(low) or (step not in ABOUT_IMAGE and is_common(low))
        if given := _given_number(case, step, low, n):
            yield _failure(clause, n, given)
            continue
        if step == "reasoning" and not (speaks_of_this(case, low) or clause in argued):
            if found := _wrong_first(case, low, n):
                yield _failure(clause, n, found)
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
        found = found or _wrong_number(case, clause, n)
        if step == "reasoning":
            found = found or _wrong_first(case, low, n)
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
    r"^\s*(?:in\s+the\s+\w+,\s+)?(?:with\s+(?P<only>only\s+|just\s+)?|it\s+consists\s+of\s+)?"
    r"(?:each\s+of\s+the\s+|all\s+|the\s+|an?\s+(?:group|cluster)\s+of\s+|as\s+many\s+as\s+)?"
    rf"(?P<count>{any_of(NUMBER_WORDS)}|\d{{1,2}})\s+"
    r"(?:(?!(?:of|in|more|the|an?|this|these|may|cannot|can|halves|colours?|features?|signs?|"
    r"things|findings?|fragments|bones|thirds|quarters|support|border|mark|"
    r"prove)\b)[\w-]+\s+){0,3}?"
)


@lru_cache(maxsize=64)
def _numbered(thing: str) -> re.Pattern[str]:
    return re.compile(rf"{_NUMBERED}(?:{thing}|sites|spots|levels|places|regions|foci|zones)\b")


def _wrong_first(case: Case, low: str, n: int) -> str:
    """The number of outlined things that a clause begins with, where that is not theirs."""
    if not n or is_supposed(low) or is_usual(low):
        return ""
    first = _numbered(counted(case)).match(low)
    if first is None or (n > 1 and first["count"] in {"one", "1"} and not first["only"]):
        return ""
    return "" if agrees(bounds_of(first["count"]), n) else first.group()


@lru_cache(maxsize=64)
def _given(thing: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?P<lead>these|those|given|the)\s+(?P<count>{any_of(NUMBER_WORDS)}|\d{{1,2}})\s+"
        r"(?!(?:mm|cm|per|o)\b|%)"
        rf"(?:(?!(?:of|in|and|or|that|which|features?|signs?|kinds?|"
        rf"types?)\b)[\w-]+,?\s+){{0,3}}?{thing}\b"
    )


_SHOWN = re.compile(r"\s+(?:shown|seen|here|visible|of this|in (?:the|this))\b")
_GIVING = frozenset({"these", "those", "given", "the"})


def _given_number(case: Case, step: str, low: str, n: int) -> str:
    """A number that is taken for granted: "one would not take these three lesions for moles"."""
    told = n and not words(low).isdisjoint(_GIVING)
    found = _given(counted(case)).search(low) if told else None
    if found is None or agrees(bounds_of(found["count"]), n):
        return ""
    # "The one near the top", "the two upper ones": some of them.
    some = found["count"] in {"one", "1"} or bounds_of(found["count"])[1] < n
    # "The two lesions most often confused": of such cases.
    of_cases = found["lead"] == "the" and step == "reasoning" and not _SHOWN.match(low, found.end())
    return "" if some or of_cases else found.group()


# A number ahead of the clause's own subject: "three brown spots are visible".
_HEAD_NUMBER = re.compile(
    rf"(?:^|[\s(,:])(?P<count>{WORD})\b{NOT_COUNT}(?:\s+(?!(?:of|in|on|with|and|or|to|by|for|"
    r"from|"
    rf"is|are|that|which|one|two|three)\b)[\w-]+,?){{0,4}}\s+$"
)
_FEATURE = re.compile(rf"(?!areas?\b|densities\b){FEATURE}")
_IN_PIECES = frozenset({"diffuse nodule", "emphysema", "fibrosis"})
"""What is outlined of these is an area, of which one holds any number of opacities."""


def _head_number(case: Case, low: str) -> tuple[str, int, int] | None:
    """The number that stands ahead of a clause's subject, where that is the outlined thing."""
    if subject(case, low) != "target":
        return None
    head = next((n for n in known_nouns(case, low) if not n.inner and n.is_target), None)
    if head is None or low[head.start : head.end] in {"it", "they"}:
        return None
    # In ultrasound shadows fall from its edges.
    if case.modality == "ultrasound" and low.startswith("shadow", head.start):
        return None
    if _FEATURE.fullmatch(low, head.start, head.end):
        return None
    found = _HEAD_NUMBER.search(low, 0, head.start)
    return (found["count"], found.start("count"), head.end) if found else None


def _wrong_number(case: Case, clause: Clause, n: int) -> str:
    low = ASIDE.sub("", clause.low) if "(" in clause.low else clause.low
    if "0" in low or "zero" in low:
        low = _NONE_BESIDES.sub("", low)
    if words(low).isdisjoint(NUMBERING):
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
        and not (
            _ENUMERATED.search(clause.low if n > 1 else _EACH.sub("", clause.low))
            and not _ONLY.search(low, 0, head[1])
        )
        and not _INNER_TO.match(low, head[2])
        and not (head[0] == "both" and _ONE_AND_ANOTHER.match(low, head[1]))
        and not agrees(bounds_of(head[0]), n)
    ):
        return low[head[1] : head[2]]
    for match in numbers_of(counted(case), low):
        group, word = next((k, v) for k, v in match.groupdict().items() if v)
        start = match.start(group)
        if group == "tally" and subject(case, low) == "other":
            continue
        if group in {"tally", "them", "front", "site"} and _of_others(case, low, start):
            continue
        if group == "places" and case.target != "fracture" and _EDGED.search(low):
            continue
        if group == "after" and word in {"isolated", "scattered", "both"}:
            continue
        if group in {"tally", "front", "seen"} and word in {"1", "isolated", "scattered", "both"}:
            continue
        if group == "seen" and word == "one" and n > 1:
            continue
        bounds = (
            (1, 1) if group == "alone" else (2, math.inf) if group == "multi" else bounds_of(word)
        )
        if is_denied(low, start, match.end()) or re.search(
            r"\b(?:one in|more than|up to|or|another)\s+"
            r"$",
            low[:start],
        ):
            continue
        if _RIBS.search(low, 0, start) and low.startswith(" to ", match.end(group)):
            continue
        # "In contrast to the rim of many moles": such cases in general.
        if word in {"many", "several", "numerous"} and _OF_CASES.search(low, 0, start):
            continue
        if n > 1 and word == "one" and _PARTS_OF.search(low, 0, start):
            continue
        if n > 1 and bounds == (1, 1) and _ONE_EACH.search(clause.sentence.low):
            continue
        if _INNER_TO.match(low, match.end()) or (
            _EDGES.search(match.group()) and _FACING.match(low, match.end())
        ):
            continue
        if n > 1 and bounds == (1, 1) and _ENUMERATED.search(clause.sentence.low):
            continue
        if many and re.search(r"opacit|nodul|spot|dot|marking", match.group()):
            continue
        if not agrees(bounds, n):
            return match.group().strip()
    return _wrong_plural(clause, n)


def _wrong_plural(clause: Clause, n: int) -> str:
    low = clause.low
    if n == 1 and clause.sentence.step == "analysis":
        found = _PLURAL.search(low)
        if found and not is_denied(low, found.start("many"), found.end("many")):
            return found.group().strip()
    return ""


_ALONE_AHEAD = re.compile(r"(?:^|[,:;]\s*)(?:[\w-]+\s+){0,2}[\w-]+s\s*[,:]\s*(?:\w+\s+)*$")


def _of_others(case: Case, low: str, start: int) -> bool:
    """Whether a number at `start` is of other things, named ahead: "carpal arcs, three of them"."""
    ahead = [
        noun
        for noun in known_nouns(case, low[:start])
        if not (noun.inner or _FEATURE.fullmatch(low, noun.start, noun.end))
    ]
    if any(noun.is_target for noun in ahead):
        return False
    several = any(low[noun.start : noun.end].endswith(("s", "hair")) for noun in ahead)
    return several or _ALONE_AHEAD.search(low, 0, start) is not None


# "0 satellite lesions".
_NONE_BESIDES = re.compile(
    r"\b(?:0|zero)\s+(?:satellite|second|further|other|additional|daughter|more)\b[^,;.]*"
)
_OF_CASES = re.compile(
    r"\b(?:contrast to|unlike|typical of|seen in|common to|shared by|like|(?:rim|edge|look|pattern|"
    r"picture|border|feature|habit|trait)s? of)\s+$"
)
# "Left: one mass", "one large polyp and one small".
_ONE_EACH = re.compile(
    r"^\s*(?:the\s+)?(?:left|right|upper|lower|top|bottom)(?:\s+(?:half|side|part|left|right))?:|"
    r"\bone\b[^,;.]*?\band\s+one\b|\b(?:looks?\s+like\s+one|at\s+first\s+(?:sight|"
    r"glance)\b[^;.]*\b(?:but|in\s+fact|two))\b"
)
_PARTS_OF = re.compile(r"\b(?:parts?|signs?|effects?|results?|expressions?) of\s+$")
# "One stands alone in the corner, the other ...", "calcifications of this kind".
_ENUMERATED_ALONE = re.compile(
    r"\b(?:the other|calcif\w+|cysts?|echoes|dots?|globules?|vessels?|hairs?|nodes?|other|"
    r"features?|signs?|cases?|images?|reasons?)\b"
)
_ENUMERATED = re.compile(
    r"\b(?:the other|another|others?|second|largest|larger|smaller|smallest|each|"
    r"respectively|in one(?! (?:place|site|spot|location|only)\b)|one of|the only one of"
    r"|of them|either|rather than|not a|than a|per)\b"
)


# "Three spots, each round": where there is one, that tells no two apart.
_EACH = re.compile(r"\beach\b(?! other)")


# "Both the region and its place point to the elbow".
_ONE_AND_ANOTHER = re.compile(r"both(?:\s+(?!and\b)[\w-]+){0,5}?\s+[\w-]+(?<!s)(?:\s+\w+)?\s+and\b")
_ONLY = re.compile(r"\b(?:only|just|merely|exactly|but)\s+$")
_EDGED = re.compile(
    r"\b(?:borders?|margins?|outlines?|contours?|edges?|rims?|boundary|indented|notch\w*|lobul\w+|"
    r"calcif\w+)\b"
)
# "Ribs one to ten".
_RIBS = re.compile(r"\b(?:ribs|rays|digits|fingers)\s+$")
# "Two steps face each other", "three growth lines".
_EDGES = re.compile(r"\b(?:steps?|ends?|edges?|fragments?|margins?|growth)\b")
_FACING = re.compile(
    r"[^.;:]{0,40}?\b(?:face|facing) each other\b|(?<=growth)\s+(?:plates?|lines?|zones?)\b"
)
# What is numbered lies inside the outlined thing, or is a part of it.
_INNER_TO = re.compile(
    r"\s+inside (?:do|does|are|is)\b|\s+(?:[\w-]+\s+){0,2}?(?:(?:within|inside) (?:it|its|(?:the|"
    r"this) (?:[\w-]+ )?(?:lesion|nodule|mass|polyp|tumour|area|zone|opacity))|in its|"
    r"in the (?:lesion|nodule|mass|polyp)|of the (?:lesion|nodule|mass)|per)\b"
)
