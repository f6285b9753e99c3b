"""Sizes and numbers that a text claims, against measured area and count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.text import IMAGE, REGION, any_of, is_negated, lesion, particular
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps
from m3ds.schema.vocabulary import (
    COUNT_RANGES,
    NUMBERS,
    SIZE,
    count_agrees,
    percent_agrees,
)

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ("ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TEENS = ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen")
_NUMBER_WORDS = {
    **{word: k for k, word in enumerate(_UNITS, 1)},
    **{word: 10 * k for k, word in enumerate(_TENS, 1)},
    **{f"{t} {u}": 10 * i + k for i, t in enumerate(_TENS[1:], 2) for k, u in enumerate(_UNITS, 1)},
    **{word: k for k, word in enumerate((*_TEENS, "eighteen", "nineteen"), 11)},
    **dict.fromkeys(("hundred", "a hundred", "one hundred"), 100),
}
_SHARE = re.compile(
    r"(?P<bound>(?:(?:no|not) (?:more|less) than|less than|under|below|more than|over|above"
    r"|at least|at most)\s+)?"
    r"(?:(?P<value>\d+(?:\.\d+)?)\s*(?:%|per\s?cent)"
    rf"|(?P<words>{any_of(_NUMBER_WORDS)})\s*(?:%|per\s?cent)"
    r"|(?P<decimal>0?\.\d+)"
    r"|(?:an?\s+|one[\s-]+)(?P<part>half|third|quarter|fifth|sixth|eighth|tenth)"
    r"|(?P<many>two|three|four|five)[\s-]+(?P<parts>third|quarter|fifth|sixth|eighth|tenth)s"
    r"|(?P<top>\d{1,2})/(?P<bottom>[2-9]|[1-9]\d)"
    r"|(?(bound)|(?:^|(?:about|around|some|nearly|almost|roughly|approximately|full|covers?"
    r"|covering|fills?|filling|occup(?:y|ies|ying)|up)\s+))(?P<half>half))\s+(?:of\s+)?"
    rf"(?:the|this)\s+(?:whole\s+|total\s+|entire\s+|visible\s+)?{IMAGE}(?:['’]s)?"
    r"(?!['’]?s?\s*(?:width|height))",
    re.IGNORECASE,
)
_WHOLE_IN = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_PARTS = {name: 1 / k for name, k in _WHOLE_IN.items()}

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

_SIZE_RANGE = re.compile(rf"\b({_SIZE_WORD})\s*(?:to|-|–)\s*({_SIZE_WORD})\b", re.IGNORECASE)

_COUNT_WORD = any_of((*COUNT_RANGES, *NUMBERS[1:]))
_COUNT = re.compile(
    rf"(?<!than )\b(?P<count>{_COUNT_WORD}|\d{{1,3}})\b"
    r"(?!\s*(?:%|per\s?cent|mm|cm|px|of\b|side|half|third))"
    rf"(?:,?\s+(?:and\s+)?(?!of\b|in\b|on\b|the\b|is\b|are\b|with\b)[\w-]+){{0,4}}?\s+{REGION}\b",
    re.IGNORECASE,
)


def check_area(case: Case, steps: Steps) -> Iterator[Failure]:
    """Shares of the image agree with the area fraction."""
    area = _area(case)
    if area is None:
        return
    for sentence in particular(steps):
        for match in _SHARE.finditer(sentence.said):
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
    fraction = _fraction(match)
    if bound in {"less than", "under", "below", "at most", "no more than", "not more than"}:
        return area <= 1.05 * fraction
    if bound:
        return area >= 0.95 * fraction
    if match["value"]:
        return percent_agrees(match["value"], area)
    return abs(fraction - area) <= 0.2 * fraction


def _fraction(match: re.Match[str]) -> float:
    """The share of the image that a match of `_SHARE` states, 0 to 1."""
    if match["value"]:
        return float(match["value"]) / 100
    if match["words"]:
        return _NUMBER_WORDS[re.sub(r"[\s-]+", " ", match["words"].lower())] / 100
    if match["decimal"]:
        return float(match["decimal"])
    if match["top"]:
        return int(match["top"]) / int(match["bottom"])
    if match["many"]:
        return _NUMBER_WORDS[match["many"].lower()] * _PARTS[match["parts"].lower()]
    return _PARTS[(match["part"] or "half").lower()]


def _area(case: Case) -> float | None:
    """The share that is outlined; of a negative none, measured or not."""
    return 0.0 if case.is_negative else case.facts.area_fraction


def check_size(case: Case, steps: Steps) -> Iterator[Failure]:
    """Size words agree with the area fraction; vessels have no size in that sense."""
    area = _area(case)
    if area is None or case.mask_kind == "anatomy":
        return
    for sentence in particular(steps):
        for match in _SIZE.finditer(sentence.said):
            word = next(group for group in match.groupdict().values() if group)
            if is_negated(sentence.said, *match.span()):
                continue
            if any(SIZE.agrees(w, area) for w in _range(sentence.said, word, match)):
                continue
            yield Failure(
                code="size",
                step=sentence.step,
                sentence=sentence.text,
                expected=f"{SIZE.word(area)} ({100 * area:.2f} % of the image)",
                claimed=word,
            )


def _range(sentence: str, word: str, match: re.Match[str]) -> tuple[str, ...]:
    """The size words that belong together: both ends of "small to moderate", or `word` alone."""
    for found in _SIZE_RANGE.finditer(sentence):
        if found.start() < match.end() and match.start() < found.end():
            return found.group(1), found.group(2)
    return (word,)


def check_count(case: Case, steps: Steps) -> Iterator[Failure]:
    """Numbers of regions agree with the measured count; none is denied or made up."""
    n = 0 if case.is_negative else case.facts.n_regions
    if n is None:
        return
    for sentence in particular(steps):
        if found := _denial(case, sentence.text) if n else _presence(case, sentence.text):
            yield Failure(
                code="count",
                step=sentence.step,
                sentence=sentence.text,
                expected=str(n),
                claimed=found,
            )
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


def _denial(case: Case, text: str) -> str:
    """What denies the very thing that is outlined, and not a further one or one elsewhere."""
    for match in _denials(case.target, case.anatomy).finditer(text):
        head, tail = text[: match.start()], text[match.end() :]
        if not (_ELSEWHERE.search(text) or _PART_OF_IMAGE.search(head + tail)):
            return match.group()
    return ""


def _presence(case: Case, text: str) -> str:
    """What states that a negative has a lesion."""
    for match in _presences(case.target).finditer(text):
        if not is_negated(text, *match.span()):
            return match.group()
    return ""


_ELSEWHERE = re.compile(
    r"\b(?:elsewhere|outside|otherwise|beyond|remaining|remainder|rest of|other than|apart from"
    r"|aside from|besides|except|opposite|contralateral|isthmus|surround\w*|around|adjacent"
    r"|background|the other)\b",
    re.IGNORECASE,
)
# Of a part of the image, even the outlined thing may be denied.
_PART_OF_IMAGE = re.compile(
    r"(?:\b(?:in|on|at|to|within)\s+(?:the\s+|its\s+)?|^the\s+)(?:left|right|upper|lower|top|bottom)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)
def _denials(target: str, anatomy: str) -> re.Pattern[str]:
    thing = rf"(?:lesion|abnormality|abnormalitie|{re.escape(target)})s?"
    plain = r"(?:focal|visible|definite|suspicious|discrete|clear|obvious|evident|such"
    plain = rf"(?:{plain}|{re.escape(anatomy)})\s+)?"
    verb = r"(?:is|are|was|were|can|could)"
    return re.compile(
        rf"\b(?:no|zero|neither|without(?:\s+(?:any|an?))?|free\s+(?:of|from)(?:\s+any)?"
        r"|(?:no\s+(?:evidence|signs?|trace)|absence|lack)\s+of(?:\s+(?:any|an?|the))?"
        rf"|there\s+{verb}(?:n't|\s+not)\s+(?:any|an?))\s+{plain}{thing}\b(?!-)"
        rf"|\b{thing}\s+(?:{verb}\s+absent|(?:{verb}(?:n't|\s*not)|can't)\s+"
        r"(?:be\s+)?(?:seen|visible|present|found|identified|detected|discerned))\b"
        r"(?!\s+(?:to|as|in full|in its|entirely|completely)\b)",
        re.IGNORECASE,
    )


@lru_cache(maxsize=16)
def _presences(target: str) -> re.Pattern[str]:
    thing = lesion(target).pattern
    return re.compile(
        rf"\bthere\s+(?:is|are)\s+(?:an?|one|some)\s+(?:[\w-]+,?\s+){{0,3}}?{thing}"
        rf"|\b(?:an?|the|one|this)\s+(?:[\w-]+,?\s+){{0,3}}?{thing}\s+"
        r"(?:(?:is|are)\s+(?:clearly\s+)?(?:seen|visible|present|noted|found|located|evident)"
        r"|lies?|sits?|occup\w+|fills?|covers?|measures?)\b",
        re.IGNORECASE,
    )
