"""Words for size that a text uses, against the measured area."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.alternatives import found_apart
from m3ds.claims.area import area_of, wrong_size
from m3ds.claims.polarity import is_denied
from m3ds.claims.size_words import MEANS, TRUE_OF
from m3ds.claims.stated import stated
from m3ds.claims.subject import of_several
from m3ds.claims.text import Text, words
from m3ds.claims.words import any_of, nouns
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_WORD = any_of(MEANS)
# One word of each, for a clause without any of them tells no size.
_KEY_WORDS = frozenset(max(re.split(r"[\s-]", word), key=len) for word in MEANS)
_RANGE = re.compile(rf"\b({_WORD})[\s-]*(?:to|or|-|–)[\s-]*({_WORD})\b")
_UNSURE = {
    "little",
    "modest",
    "compact",
    "limited",
    "great",
    "considerable",
    "dominant",
    "intermediate",
    "subtle in extent",
    "minimal",
    "substantial",
    "widespread",
}
_SIZE_NOUN = (
    r"(?:size|area|extent|dimensions?|share|proportion|part|portion|fraction|amount|"
    r"calibre|footprint|volume)"
)


@lru_cache(maxsize=64)
def _sized(thing: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?P<attribute>{_WORD})\b(?:,?\s+(?:and\s+)?(?!in\b|of\b|with\b|the\b|on\b|"
        rf"than\b|but\b)[\w-]+){{0,4}}?\s+{thing}\b"
        rf"|\b(?:{thing}|it|they|which|this|that|these|one)\s+(?:(?:is|are|was|were|"
        r"appears?|looks?|remains?|seems?)\s+)(?:also\s+|rather\s+|fairly\s+|quite\s+|"
        r"relatively\s+|clearly\s+|overall\s+|of\s+|only\s+|itself\s+|together\s+)*"
        rf"(?P<predicate>{_WORD})\b(?!\s+(?:amount|degree|number|contrast|echo|and\s+dark))"
    )


# Size words that stand by no noun of the outlined thing.
_BY_ITSELF = re.compile(
    rf"\b(?P<measure>{_WORD})\s+(?:in|by)\s+(?:overall\s+|terms\s+of\s+|its\s+)?{_SIZE_NOUN}\b"
    r"|\bof\s+(?:a\s+)?(?:rather\s+|fairly\s+|quite\s+|"
    rf"very\s+)?(?P<kind>{_WORD})\s+{_SIZE_NOUN}\b"
    rf"|\b(?P<portion>{_WORD})\s+{_SIZE_NOUN}\b(?!\s+of\s+(?:fluid|blood|stool|"
    r"tissue|bowel|gas|debris|the\s+(?:margin|border|lung)))"
    rf"|\bon\s+the\s+(?P<side>{_WORD})\s+side\b"
    rf"|\b{_SIZE_NOUN}(?:\s*:|\s+(?:is|are|being|was|can be (?:called|regarded as)|"
    rf"would be called))\s+(?P<given>{_WORD})\b"
    rf"|\bregarded\s+as\s+(?P<regarded>{_WORD})\b|\bthus\s+(?P<thus>{_WORD})\b"
    rf"|(?:^|[,(.:]\s*|\bis\s+)(?:very\s+)?(?P<front>{_WORD})(?=\s*(?:[,(:.)]|$|"
    r"lesion|in\b(?!\s+(?:number|echo|contrast))))"
)


# Of diffuse nodules an area is measured, and none of the many that lie in it.
_PIECES = re.compile(r"opacit|nodul|spot|dots?\b|foci|shadows|densities|lesions")
# What lies inside the outlined thing has a size of its own.
_WITHIN = re.compile(r"\s+(?:[\w-]+\s+){0,2}?(?:within|inside|in\s+its)\b")


# Words for sizes that tell none.
_IDIOMS = re.compile(
    r"\bto a (?:\w+ )?extent\b|\bin (?:large|great|small|no small) (?:part|measure)\b|"
    r"\bplays? an? \w+ (?:part|role)\b|\bsmall wonder\b|\bby and large\b|"
    r"\ban? \w+ part of the (?:work|task|answer|problem|diagnosis)\b"
)
# "The chance of error is small".
_ABSTRACT = re.compile(
    r"\b(?:chances?|risks?|errors?|differences?|distinction|doubts?|probability|uncertainty)\b"
    r"[^,;]{0,25}$"
)
# "Sizeable for a polyp", "for a lung lesion that is large": by another measure than the image.
_OF_ITS_KIND = re.compile(
    r"\bfor\s+(?:an?|its)\s+(?:[\w-]+\s+){0,2}?(?:lesion|nodule|mass|polyp|na?evus|mole|tumour|"
    r"fracture|melanoma|kind|sort|type)\b"
)
_TOO = re.compile(r"\btoo\s+$")
_FOR = re.compile(r"\s+(?:for|to (?:be|count|pass))\b")
_ENOUGH = re.compile(
    r"\s+enough\b(?=[^.;]*\bto be (?:left|ignored|watched|missed|overlooked|removed)\b)"
)


def check_size(case: Case, text: Text) -> Iterator[Failure]:
    """Size words agree with the area fraction; vessels have no size in that sense."""
    area = area_of(case)
    if area is None or case.mask_kind == "anatomy":
        return
    several = case.facts.n_regions or 1
    pattern = _sized(nouns(case))
    for clause, whom in stated(case, text):
        if words(clause.low).isdisjoint(_KEY_WORDS):
            continue
        if whom == "other" or of_several(case, clause.low):
            continue
        if several > 1 and re.search(r"\b(?:larg|small|bigg)(?:er|est)\b", clause.low):
            continue
        for match in found_apart(pattern, _BY_ITSELF, clause.low):
            if case.diagnosis == "diffuse nodule" and _PIECES.search(match.group()):
                continue
            group, word = next((k, v) for k, v in match.groupdict().items() if v)
            if word in _UNSURE and group not in {"measure", "kind", "given", "side"}:
                continue
            if (
                clause.low[: match.start(group)].endswith(("by a ", "a very ", "by only a "))
                and group == "portion"
            ):
                continue
            if is_denied(clause.low, match.start(group), match.end(group)):
                continue
            if _OF_SPECKS.match(clause.low, match.end(group)):
                continue
            if _ABSTRACT.search(clause.low, 0, match.start(group)) or any(
                idiom.start() <= match.start(group) < idiom.end()
                for idiom in _IDIOMS.finditer(clause.low)
            ):
                continue
            # "Too large for a nodule", "small enough to be left alone": held against something.
            too = _TOO.search(clause.low, 0, match.start(group))
            if (too and _FOR.match(clause.low, match.end(group))) or _ENOUGH.match(
                clause.low, match.end(group)
            ):
                continue
            if _WITHIN.match(clause.low[match.end() :]) or _OF_ITS_KIND.search(clause.low):
                continue
            if _fits(clause.low, _spaced(word), match.span(group), area, max(1, several)):
                continue
            yield wrong_size(clause, area, word)
            break


# "Punctate echogenic foci" lie in it.
_OF_SPECKS = re.compile(
    r"\s+(?:(?!(?:with|and|of|in|containing|holding|showing|lesion|nodule|mass|polyp|mark|"
    r"spot)\b)[\w-]+\s+){0,2}?(?:foci|calcifications|dots|specks|echoes|cysts|drusen|globules|"
    r"haemorrhages)\b"
)


def _fits(low: str, word: str, span: tuple[int, int], area: float, several: int) -> bool:
    said = [word]
    for found in _RANGE.finditer(low):
        if found.start() < span[1] and span[0] < found.end():
            said = [found.group(1), found.group(2)]
    for one in said:
        bounds = TRUE_OF[MEANS[_spaced(one)]]
        # Of several, a word may mean all of them together or each of them.
        if any(bounds[0] <= value <= bounds[1] for value in (area, area / several)):
            return True
    return False


def _spaced(word: str) -> str:
    spaced = re.sub(r"[\s-]+", " ", word)
    return spaced if spaced in MEANS else re.sub(r"\s+", "-", spaced)
