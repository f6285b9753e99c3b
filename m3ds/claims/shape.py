"""Words for shape, border and outline, against what was measured of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from m3ds.claims.bearer import INNER
from m3ds.claims.looks import BORDERS, GREAT_IRREGULARITY, OUTLINES, SHAPES
from m3ds.claims.polarity import is_denied
from m3ds.claims.scale import compiled, failure, on_scale, scale_words
from m3ds.claims.stated import stated
from m3ds.claims.text import Clause, Text
from m3ds.claims.words import any_of, phrase
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import BORDER, OUTLINE, SHAPE, roughness

_EDGE = (
    r"(?:borders?|margins?|outlines?|contours?|edges?|bound(?:ary|aries)|rims?|"
    r"circumference|perimeter|periphery|marginat\w+|bordered|margined|outlined)"
)
_SO_EDGED = r"(?:edged|walled|rimmed|bordered|margined|contoured)\b"
_HAS_EDGE = re.compile(
    rf"\b{_EDGE}\b|-{_SO_EDGED}|\bsmooth, regular (?:ellipse|oval|circle|disc)\b|\ball (?:the "
    rf"way )?round\b"
)
_SHAPE_WORDS = scale_words(SHAPES, compiled(SHAPES))
_BORDER_WORDS = scale_words(
    BORDERS,
    re.compile(
        rf"(?<![\w-])(?P<word>{any_of(BORDERS)})\b(?!-(?!{_SO_EDGED}))(?P<second>)(?!\s+"
        rf"(?!rim\b){INNER}\b)",
    ),
)
_OUTLINE_WORDS = scale_words(OUTLINES, compiled(OUTLINES))
_ASPECT = re.compile(
    r"(?<![\d.])\b(?:(?P<times>twice|(?:two|three|four|five|six|seven|eight|ten|many|several|"
    r"\d\.\d+|[2-9]|10)(?:\s+(?:or|to)\s+\w+)?\s+times)\s+(?:as\s+)?"
    r"(?:long|wide|tall|high|broad|longer|wider|taller|its (?:width|height|breadth))"
    r"|(?P<equal>(?<!times )(?<!half )(?<!twice )as (?:wide|broad|long|tall|high) as "
    r"(?:it is |they are )?(?:tall|high|wide|long|broad))"
    r"|much (?P<longer>longer than (?:it is )?(?:wide|broad)|wider than (?:it is "
    r")?(?:tall|high)))\b"
)
_TIMES = {"twice": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
          "ten": 10, "many": 5, "several": 4}  # fmt: skip


def _axes_agree(match: re.Match[str], eccentricity: float) -> bool:
    """Whether a stated ratio of the axes agrees with the measured one."""
    ratio = 1 / math.sqrt(1 - min(eccentricity, 0.999) ** 2)
    if match["equal"]:
        return ratio <= 1.45
    if match["longer"]:
        return ratio >= 1.4
    word = match["times"].split()[0]
    if word in {"many", "several"}:
        return ratio >= 2.5
    stated = _TIMES[word] if word in _TIMES else float(word)
    return 0.65 * stated <= ratio <= 1.6 * stated


def check_shape(case: Case, text: Text) -> Iterator[Failure]:
    """Words for the overall form agree with the eccentricity."""
    value = case.facts.eccentricity
    if value is None:
        return
    expected = f"{SHAPE.word(value)} ({value:.2f})"
    yield from on_scale(
        *(case, text, "shape", _SHAPE_WORDS, (value,), expected), exempt=_tells_no_form
    )
    for clause, whom in stated(case, text):
        match = _ASPECT.search(clause.low) if whom != "other" else None
        if match is None or is_denied(clause.low, *match.span()):
            continue
        if not _axes_agree(match, value):
            yield failure("shape", clause, expected, match.group())


def check_border(case: Case, text: Text) -> Iterator[Failure]:
    """Words for the border agree with its roughness; or with its irregularity, where that is great.

    The roughness takes a long region's length out of the irregularity, which is what is published.
    """
    irregularity, eccentricity = case.facts.irregularity, case.facts.eccentricity
    if irregularity is not None and eccentricity is not None:
        value = roughness(irregularity, eccentricity)
        expected = f"{BORDER.word(value)} ({value:.2f})"
        values = (value, irregularity) if irregularity > GREAT_IRREGULARITY else (value,)
        yield from on_scale(
            *(case, text, "shape", _BORDER_WORDS, values, expected),
            exempt=_tells_no_edge,
            edge=_HAS_EDGE,
        )


def check_outline(case: Case, text: Text) -> Iterator[Failure]:
    """Words for lobes and indentations agree with the solidity."""
    value = case.facts.solidity
    if value is not None:
        expected = f"{OUTLINE.word(value)} ({value:.2f})"
        yield from on_scale(
            *(case, text, "shape", _OUTLINE_WORDS, (value,), expected), exempt=_tells_no_form
        )


# "Finger-like projections into the tissue".
_FINGERS = re.compile(
    r"\s+(?:projections?|extensions?|processes|protrusions|spurs)\b(?=\s+"
    r"(?:into|in|from|at)\b)"
)
_MILDLY = re.compile(
    r"\b(?:slightly|mildly|gently|gentle|slight|mild|minimal|faintly|minimally|subtly|somewhat|"
    r"a little|a bit|partly|partially|focally|in places)\s+$"
)
# True of one of several, whatever the measure of all of them is.
_OF_ONE = frozenset(
    phrase(
        "round, rounded, circular, oval, ovoid, elliptical, lobulated, lobular, lobed, elongated"
    )
)
_ONE_OF = re.compile(
    r"\b(?:smaller|smallest|the other|second|the one|one of|(?:left|right|upper|lower) one)\b"
)


def _is_untold(case: Case, clause: Clause, match: re.Match[str]) -> bool:
    """Whether a word for form is qualified, or said of one of several."""
    if _MILDLY.search(clause.low, 0, match.start("word")):
        return True
    several = (case.facts.n_regions or 1) > 1
    return several and match["word"] in _OF_ONE and _ONE_OF.search(clause.low) is not None


def _tells_no_form(case: Case, clause: Clause, match: re.Match[str]) -> bool:
    """Whether a word tells no form of the whole."""
    fingers = _FINGERS.match(clause.low, match.end())
    return fingers is not None or _is_untold(case, clause, match)


# What one stretch of the edge is like, no measure of the whole tells.
_ONE_EDGE = re.compile(
    r"\b(?:inner|upper|lower|left|right|medial|lateral|anterior|posterior|deep|"
    rf"superficial|superior|inferior|top|bottom|nasal|temporal)\s+{_EDGE}\b|o'?\s?clock|"
    rf"\b(?:half|part|stretch|portion)\s+of\s+(?:the|its)\s+{_EDGE}\b"
)
_IN_AND_OUT = re.compile(r"\binner\b[^.;]*\bouter\b|\bouter\b[^.;]*\binner\b")


def _tells_no_edge(case: Case, clause: Clause, match: re.Match[str]) -> bool:
    """Whether a word tells of no edge, or of a stretch of one."""
    stretch = _ONE_EDGE.search(clause.low) or _IN_AND_OUT.search(clause.sentence.low)
    return stretch is not None or _is_untold(case, clause, match)
