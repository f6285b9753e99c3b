"""The nouns of a clause: the outlined thing, a feature of it, or something else in sight."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from m3ds.claims.words import FEATURE, nouns, structures
from m3ds.schema.case import Case


class Noun(NamedTuple):
    """A known noun of a clause; `inner` where a preposition leads it in."""

    start: int
    end: int
    is_target: bool
    inner: bool


_VERB = (
    r"is|are|was|were|be|been|has|have|had|shows?|shown|seen|sees|notices|finds|displays?|lies|lie|"
    r"sits?|occup\w+|fills?"
    r"|covers?|contains?|demonstrates?|reveals?|exhibits?|appears?|presents?|"
    r"measures?|takes?|looks?"
    r"|and|or|that|which|it|they|there|centres"
)

# What an article begins after the place is no longer led in: "at the upper left a bright spot".
_ARTICLE = r"an?|the|some|several|there|we|one(?= \w+ \w+ (?:is|are))"

_LED_IN = re.compile(
    r"(?:(?:^|[\s(,:])(?:of|in|on|at|to|from|by|with|without|within|into|near|along|above|below"
    r"|beneath|beside|behind|around|against|than|over|under|across|between|through|towards?"
    r"|beyond|despite|inside|outside|up|down|including|alongside|next to|relative to|like|per|as|"
    r"for|vs|versus"
    r"|resembles?|about|adjacent to|from the)"
    # At the start, or after an article, these are adjectives: "adjacent ribs are intact".
    r"|(?<!\bthe)(?<!\ban)(?<!^)\s(?:adjacent|adjoining|overlying|abutting|facing))\s+"
    rf"(?:(?!(?:{_VERB})\b)[\w'-]+\s+)?(?:(?!(?:{_VERB}|{_ARTICLE})\b)[\w'-]+\s+){{0,3}}$"
)

# "A lesion that fills almost the entire image".
_FILLED = re.compile(
    r"\b(?:fills?|covers?|occup(?:y|ies)|takes? up)\s+(?:almost |nearly )?(?:the )?(?:entire|"
    r"whole) $"
)

_LEDS = re.compile(
    r"(?:^|[\s(,])(?:of|in|on|at|to|from|by|with|without|within|into|near|along|above|below|"
    r"beneath|beside|behind|around|against|than|over|under|across|between|through|towards?|beyond|"
    r"outside|inside|like|as|for|about|round)\s+$"
)

_PRONOUN = (
    r"it|this one(?= (?:in|at|is|here|has|lies))|they|itself|there is one|both(?! "
    r"(?:the|ends?|angles?|sides?|lungs?|bones?|lobes?|halves))|"
    r"(?:this|these|(?<!\w\s)(?<!,\s)that|which)(?=\s+(?:is|are|was|were|has|have|lies?|sits?|"
    r"occup\w+|measures?"
    r"|covers?|takes?|appears?|looks?|fills?))|(?:large|bigg|small|dark|bright)er(?! (?!of\b|one\b|"
    r"is\b|are\b|has\b|lies\b|sits\b|measures\b|shows\b)\w)|(?:large|bigg|small)est|each|"
    r"neither(?= (?:is|of them))|all(?= (?:are|of them|share|three|four))"
    r"|one(?= (?:only|is|lies))|together|the two|the three|the four|the pair(?! of)"
)


@lru_cache(maxsize=64)
def _pattern(targets: str, others: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:(?P<compound>[a-z]+al[\s)-]+(?={_named(targets)})|"
        r"joint (?=centre|midpoint|area|share|extent))"
        # A growth plate is no growth.
        rf"|(?!growth (?:plate|zone|centre|line))(?P<target>{targets}|{FEATURE}|{_PRONOUN})(?!\w)|"
        rf"(?P<other>{others})(?!\w)(?!-(?:like|shaped)\b))"
    )


@lru_cache(maxsize=64)
def _compounded(targets: str) -> re.Pattern[str]:
    """What follows a noun that only says which target is meant: "lung nodule"."""
    return re.compile(rf"[\s)-]+{_named(targets)}")


def _named(targets: str) -> str:
    # "Joints without abnormality" is no compound.
    word = (
        r"(?!(?:without|with|of|in|and|or|no|nor|has|have|is|are|shows?|free|lacks?|at|on|"
        r"near)\b)[a-z]+"
    )
    return rf"(?:{word}[\s-])?{targets}(?!\w)"


# "A strip of skin", "an area of normal lung" is what it consists of.
_TISSUE = re.compile(
    r"(?:(?:strip|band)s? of (?:the )?(?:skin|mucosa|tissue)|"
    r"[a-z]+ of (?:normal|healthy|ordinary|unaffected|uninvolved) (?:skin|mucosa|tissue|lung|gland|"
    r"parenchyma|bone|retina|muscle|fat|wall)\b)"
)


_FAR = 80
"""Characters that a preposition and four words take at most."""


@lru_cache(maxsize=1024)
def found_nouns(targets: str, others: str, low: str) -> tuple[Noun, ...]:
    """The nouns of a clause that fit either pattern; those that only qualify a target are none."""
    found = []
    for match in _pattern(targets, others).finditer(low):
        if (
            match["compound"]
            or _TISSUE.match(low, match.start())
            or (match["other"] and _compounded(targets).match(low, match.end()))
        ):
            continue
        # "Against the skin around it looks pale": a pronoun is led in by what stands before it.
        by_itself = match.group() in {"it", "they"}
        led_in, near = (_LEDS, 12) if by_itself else (_LED_IN, _FAR)
        inner = (
            led_in.search(low, max(0, match.start() - near), match.start()) is not None
            or _FILLED.search(low, 0, match.start()) is not None
        )
        found.append(Noun(match.start(), match.end(), match["target"] is not None, inner))
    return tuple(found)


def known_nouns(case: Case, low: str) -> tuple[Noun, ...]:
    """The nouns of a clause that mean the outlined thing, a feature of it, or something else."""
    return found_nouns(nouns(case), structures(case), low)
