"""Sizes and numbers that a text claims, against measured area and count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.text import IMAGE, REGION, any_of, is_negated, particular
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps
from m3ds.schema.vocabulary import (
    COUNT_RANGES,
    NUMBERS,
    SIZE,
    count_agrees,
    percent_agrees,
)

_SHARE = re.compile(
    r"(?P<bound>(?:less than|under|below|more than|over|above|at least|at most)\s+)?"
    r"(?:(?P<value>\d+(?:\.\d+)?)\s*(?:%|per\s?cent)"
    r"|(?:an?\s+|one[\s-]+)(?P<part>half|third|quarter|fifth|tenth)"
    r"|(?:about|nearly|almost|roughly|approximately|than|covers?|fills?|occup(?:y|ies)|up)\s+"
    r"(?P<half>half))\s+of\s+"
    rf"(?:the|this)\s+(?:whole\s+|total\s+|entire\s+|visible\s+)?{IMAGE}(?:['’]s)?"
    r"(?!['’]?s?\s*(?:width|height))",
    re.IGNORECASE,
)
_PARTS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}

_SIZE_WORD = any_of((*SIZE.words, *SIZE.aliases))
_SIZE = re.compile(
    rf"\b(?P<attribute>{_SIZE_WORD})\b(?:,?\s+(?:and\s+)?(?!in\b|of\b)[\w-]+){{0,3}}?\s+{REGION}\b"
    rf"|\b{REGION}\s+(?:is|are|appears?|looks?)\s+(?:rather\s+|fairly\s+|quite\s+|relatively\s+)?"
    rf"(?P<predicate>{_SIZE_WORD})\b(?!\s+(?:contrast|amount|degree|number))"
    rf"|\b(?P<measure>{_SIZE_WORD})\s+in\s+(?:overall\s+)?size\b"
    rf"|\bof\s+(?P<kind>{_SIZE_WORD})\s+size\b"
    rf"|\b(?:it|this)\s+is\s+(?P<pronoun>{_SIZE_WORD})\b(?!\s+[a-z])",
    re.IGNORECASE,
)

_COUNT_WORD = any_of((*COUNT_RANGES, *NUMBERS[1:]))
_COUNT = re.compile(
    rf"(?<!than )\b(?P<count>{_COUNT_WORD}|\d{{1,3}})\b"
    r"(?!\s*(?:%|per\s?cent|mm|cm|px|of\b|side|half|third))"
    rf"(?:,?\s+(?:and\s+)?(?!of\b|in\b|on\b|the\b|is\b|are\b|with\b)[\w-]+){{0,4}}?\s+{REGION}\b",
    re.IGNORECASE,
)


def check_area(case: Case, steps: Steps) -> Iterator[Failure]:
    """Shares of the image agree with the area fraction."""
    area = case.facts.area_fraction
    if area is None:
        return
    for sentence in particular(steps):
        for match in _SHARE.finditer(sentence.text):
            if not _share_agrees(match, area):
                yield Failure(
                    code="size",
                    step=sentence.step,
                    sentence=sentence.text,
                    expected=f"{100 * area:.2f} % of the image",
                    claimed=match.group(),
                )


def _share_agrees(match: re.Match[str], area: float) -> bool:
    bound = (match["bound"] or "").lower().strip()
    value = match["value"]
    fraction = float(value) / 100 if value else _PARTS[(match["part"] or "half").lower()]
    if bound in {"less than", "under", "below", "at most"}:
        return area <= 1.05 * fraction
    if bound:
        return area >= 0.95 * fraction
    if value:
        return percent_agrees(value, area)
    return abs(fraction - area) <= 0.2 * fraction


def check_size(case: Case, steps: Steps) -> Iterator[Failure]:
    """Size words agree with the area fraction; vessels have no size in that sense."""
    area = case.facts.area_fraction
    if area is None or case.mask_kind == "anatomy":
        return
    for sentence in particular(steps):
        for match in _SIZE.finditer(sentence.text):
            word = next(group for group in match.groupdict().values() if group)
            if is_negated(sentence.text, *match.span()) or SIZE.agrees(word, area):
                continue
            yield Failure(
                code="size",
                step=sentence.step,
                sentence=sentence.text,
                expected=f"{SIZE.word(area)} ({100 * area:.2f} % of the image)",
                claimed=word,
            )


def check_count(case: Case, steps: Steps) -> Iterator[Failure]:
    """Numbers of regions agree with the measured count."""
    n = case.facts.n_regions
    if n is None:
        return
    for sentence in particular(steps):
        for match in _COUNT.finditer(sentence.text):
            word = " ".join(match["count"].lower().split())
            if is_negated(sentence.text, *match.span()) or count_agrees(word, n):
                continue
            yield Failure(
                code="count",
                step=sentence.step,
                sentence=sentence.text,
                expected=str(n),
                claimed=match.group(),
            )
