"""Fractions as a text writes them: per cent, decimals, "a twelfth", "7 to 8 %", "most of"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from m3ds.claims.words import IMAGE, any_of

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ("ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TEENS = (
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
NUMBER_WORDS = {
    **{word: k for k, word in enumerate(_UNITS, 1)},
    **{word: k for k, word in enumerate(_TEENS, 11)},
    **{word: 10 * k for k, word in enumerate(_TENS, 1)},
    **{f"{t} {u}": 10 * i + k for i, t in enumerate(_TENS[1:], 2) for k, u in enumerate(_UNITS, 1)},
    **dict.fromkeys(("hundred", "a hundred", "one hundred"), 100),
}
_ORDINALS = (
    *("half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth", "twentieth"),
)
PARTS = {
    **{word: 1 / k for k, word in enumerate(_ORDINALS, 2)},
    "fourth": 1 / 4,
    "twenty fifth": 1 / 25,
    "thirtieth": 1 / 30,
    "fortieth": 1 / 40,
    "fiftieth": 1 / 50,
    "sixtieth": 1 / 60,
    "hundredth": 1 / 100,
    "two hundredth": 1 / 200,
    "three hundredth": 1 / 300,
    "five hundredth": 1 / 500,
    "thousandth": 1 / 1000,
}
_PER_CENT = r"(?:%|per\s?cent(?:age)?|pct|hundredths)"
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|{any_of(NUMBER_WORDS)})(?:-odd)?"
_PART = any_of(PARTS)
_AND_HALF = r"\s+and\s+a\s+half"
_BOUND = (
    r"(?:(?P<under>(?:well |just |far |slightly |a little |somewhat |fractionally )?(?:no|"
    r"not) (?:more|larger|bigger|greater) than|(?:well |far )?(?:less|smaller|lower) than|(?:well |"
    r"far )?(?:under|below)|(?:(?:does|do|did|will) not (?:exceed|reach)|not (?:exceeding|"
    r"reaching)|without reaching)(?: about| even)?|at most|up to|≤|not even|only a fraction over|"
    r"within|<)"
    r"|(?P<scant>(?:hardly|barely|scarcely|little|not much|not a lot|only a little) "
    r"(?:more|larger|bigger|greater) than)"
    r"|(?P<over>(?:well |far )?(?:more|larger|greater|bigger) than|(?:well |far )?(?:over|above|"
    r"exceeding)|exceeds|at least|(?:no|not) (?:less|fewer|smaller) than|upwards of|≥|>)"
    r"|(?P<barely_over>(?:just|slightly|a little|marginally|somewhat|a bit|a shade|fractionally|"
    r"a fraction) (?:more than|over|above))"
    r"|(?P<barely_under>(?:just|slightly|a little|marginally|somewhat|a bit|a shade|fractionally|"
    r"a fraction) (?:less than|under|below|short of)|not quite|nearly|almost|barely|scarcely|"
    r"hardly|close to)"
    r"|(?P<about>about|around|some|roughly|approximately|approx\.?|circa|ca\.?|~|≈|or so|"
    r"of the order of|in the region of|something like|an estimated|perhaps|maybe|near|"
    r"in the neighbourhood of|on the order of))"
)
SHARE = re.compile(
    rf"(?<!\w)(?:(?:{_BOUND})\s*)?(?:(?<!\w)(?:a |an |only |just |the |its ))?"
    rf"(?:(?<![\w.,])(?P<first>\d+(?:[.,]\d+)?)\s*{_PER_CENT}?\s*(?:to|-|–|and|or)\s*"
    rf"(?P<last>\d+(?:[.,]\d+)?)\s*{_PER_CENT}"
    rf"|(?<![\w.,])(?P<low>{any_of(NUMBER_WORDS)})(?P<low_half>{_AND_HALF})?\s*"
    rf"(?:{_PER_CENT}\s*)?(?:to|and|or)\s+"
    rf"(?P<high>{any_of(NUMBER_WORDS)})(?P<high_half>{_AND_HALF})?\s*{_PER_CENT}"
    r"|(?<![\w.,])(?:(?P<tenths>two|three|four|five|six|seven|eight|nine)\s+|an?\s+|one\s+)?"
    rf"(?P<portion>{_PART})s?\s+(?:of\s+)?(?:(?:an?|one)\s+)?"
    r"per\s?cent"
    rf"|(?<![\w.,])(?P<value>{_NUMBER})(?P<and_half>{_AND_HALF})?"
    rf"(?:\s*(?:±|\+/-)\s*\d+(?:[.,]\d+)?)?\s*{_PER_CENT}"
    r"|(?<![\w.,])(?P<decimal>0?\.\d+)(?![\w%])"
    r"|(?<![\w.,/])(?P<top>\d{1,2})/(?P<bottom>[2-9]|[1-9]\d{1,2})(?![\w/])"
    rf"|(?<![\w-])(?P<many>two|three|four|five|six|seven|nine)[\s-]+(?P<parts>{_PART})s\b"
    rf"|(?<![\w-])(?:one|1|an?|single)[\s-]+(?:single |full |whole |good )?(?P<part>{_PART})\b(?!s)"
    r"|(?<![\w-])(?P<half>half)\b"
    rf"|(?<![\w-])(?P<hundredth>per\s?cent)(?P<more>{_AND_HALF})?\b)"
    # "Three quarters of a tenth".
    rf"(?:\s+(?:of\s+)?(?:an?|one)\s+(?P<of>{_PART})\b)?"
)
_HINT = re.compile(rf"\b(?:\d|per\s?cent|hundredths|{any_of(PARTS)})")
_LIMITS = {
    "under": (0.0, 1.1),
    "scant": (0.5, 1.6),
    "over": (0.95, 99.0),
    "barely_over": (0.95, 1.6),
    "barely_under": (0.6, 1.35),
}


class Share(NamedTuple):
    """A fraction that a text states, and between which values a measured one agrees with it."""

    start: int
    end: int
    words: str
    value: float
    low: float
    high: float
    in_per_cent: bool


_SOME = ("few ", "several ", "many ", "some ", "couple of ")


def shares(low: str) -> Iterator[Share]:
    """Every fraction in a clause, whatever it is a fraction of."""
    if not _HINT.search(low):
        return
    for match in SHARE.finditer(low):
        if match["hundredth"] and low[: match.start("hundredth")].endswith(_SOME):
            continue
        if match["first"] or match["low"]:
            of = PARTS[_spaced(match["of"])] if match["of"] else 1
            first = (
                of * (_number(match["first"] or match["low"]) + 0.5 * bool(match["low_half"])) / 100
            )
            last = (
                of
                * (_number(match["last"] or match["high"]) + 0.5 * bool(match["high_half"]))
                / 100
            )
            if first < last <= 1:
                bounds = (0.85 * first, 1.15 * last)
                middle = (first + last) / 2
                yield Share(match.start(), match.end(), match.group(), middle, *bounds, True)
            continue
        value = _value(match) * (PARTS[_spaced(match["of"])] if match["of"] else 1)
        if 0 <= value <= 1:
            exact = _exact(match, value)
            bounds = _bounds(match, value, exact)
            per_cent = match["value"] is not None
            yield Share(match.start(), match.end(), match.group().strip(), value, *bounds, per_cent)


def _value(match: re.Match[str]) -> float:
    if match["portion"]:
        many = NUMBER_WORDS.get(match["tenths"] or "", 1)
        return many * PARTS[_spaced(match["portion"])] / 100
    if match["value"]:
        return (_number(match["value"]) + (0.5 if match["and_half"] else 0)) / 100
    if match["decimal"]:
        return float(match["decimal"])
    if match["top"]:
        return int(match["top"]) / int(match["bottom"])
    if match["many"]:
        return NUMBER_WORDS[match["many"]] * PARTS[_spaced(match["parts"])]
    if match["hundredth"]:
        return 0.015 if match["more"] else 0.01
    return PARTS[_spaced(match["part"] or "half")]


def _bounds(match: re.Match[str], value: float, exact: bool) -> tuple[float, float]:
    for name, (low, high) in _LIMITS.items():
        if match[name]:
            return low * value, high * value
    # As a text gives more digits it is held closer to them; "about" and fractions in words are not.
    slack = (0.25 if exact else 0.35) if match["about"] else 0.25
    decimals = exact and "." in match["value"].replace(",", ".")
    if exact and (decimals or not match["about"]):
        digits = match["value"].replace(".", "").replace(",", "").lstrip("0")
        slack = {0: 0.15, 1: 0.15, 2: 0.08}.get(len(digits), 0.04)
        unit = 0.5 * 10.0 ** -(2 + len(match["value"].replace(",", ".").partition(".")[2]))
        return value - max(unit, slack * value), value + max(unit, slack * value / (1 - slack))
    return value * (1 - slack), value * (1 + slack) / (1 - slack / 2)


def _exact(match: re.Match[str], value: float) -> bool:
    return match["value"] is not None and match["value"][0].isdigit() and value > 0


def _number(words: str) -> float:
    spaced = _spaced(words.removesuffix("-odd"))
    return (
        float(NUMBER_WORDS[spaced]) if spaced in NUMBER_WORDS else float(spaced.replace(",", "."))
    )


def _spaced(words: str) -> str:
    return re.sub(r"[\s-]+", " ", words)


MOST = re.compile(
    r"\b(?=[amtenvp])(?<!% of )(?<!cent of )(?<!part of )(?<!\bof )(?:(?P<most>most|the majority|"
    r"the (?:greater|larger) part|the bulk)"
    r"|(?P<all>(?:almost|nearly|virtually|practically|essentially) (?:all|the (?:whole|entire))"
    r"|the (?:whole|entire|full)|all))\s+(?:of\s+)?(?:the\s+|this\s+)?(?:visible\s+|available\s+"
    rf"|whole\s+|entire\s+)?{IMAGE}\b"
)
"""What says without a number that the image is filled."""
FILLING = frozenset({"most", "majority", "part", "bulk", "all", "whole", "entire", "full"})
"""Words of which `MOST` needs one."""
