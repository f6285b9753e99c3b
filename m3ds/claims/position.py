"""Positions given as a share of width or height, or as on a clock face."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from m3ds.claims.shares import Share, shares
from m3ds.claims.text import Clause
from m3ds.claims.words import IMAGE
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import POSITION_SLACK

Axis = Literal["x", "y"]


class Claim(NamedTuple):
    """What a text says of the centroid: on `axis` (0 to 1 from left or top) within [low, high]."""

    code: str
    axis: Axis
    low: float
    high: float
    start: int
    end: int
    words: str
    slack: float | None = None


_EDGE = r"(?:left|right|top|bottom|upper|lower)(?:-hand)?"
_OF_AXIS = re.compile(
    r"^\s*(?:of|along|in|through)?\s*(?:the\s+|its\s+|that\s+)?(?:(?:image|picture|frame|film|"
    r"radiograph|photograph|scan)(?:'s)?\s+)?(?:(?P<axis>width|height|depth|"
    r"breadth)(?!\s+(?:being\s+|is\s+)?(?:(?:left|remaining|free)\s+(?:below|beneath|under|above)|"
    r"short\s+of)\b)"
    rf"(?!\s+of\s+(?:the|its)\s+(?!(?:\w+\s+)?{IMAGE}))"
    r"|way\s+(?:in\s+)?(?P<way>down|up|across|along|over|in|from|to))\b"
)
_PLAIN_WAY = re.compile(r"^\s*(?P<way>down|across|up)\b(?!\s+to\b)")
_FROM = re.compile(
    rf"^[^,;.%]{{0,28}}?\bfrom\s+(?:the\s+|its\s+)?(?:(?:image|picture|frame)(?:'s)?\s+)?"
    rf"(?P<edge>{_EDGE}|that|this)\b"
)
_FROM_EDGE = re.compile(
    rf"^\s*(?:in\s+)?from\s+(?:the\s+)?(?P<edge>{_EDGE})\b(?!\s+(?:lobe|lung|side of "
    r"the (?:neck|chest)))"
)
_SIDE_BEFORE = re.compile(r"\b(left|right|top|bottom|upper|lower)\b")
_OFFSET = re.compile(
    r"\b(?:above|below|right|left|off|beyond|away|from)\b(?:[^,;]{0,25})\bby\s+(?:about\s+|"
    r"roughly\s+)?$|\bby\s+(?:about\s+|roughly\s+|some\s+)?$|\b(?:to\s+)?within\s+(?:about\s+)?$"
)
_LENGTH = re.compile(
    r"\b(?:gap|(?:nearest|closest|next) (?:edge|border|margin)|diameter|length|long|wide|tall|"
    r"calibre|spans?|spanning|extends? over|measures?|stretch\w*|width|height)\b[^,;]{0,25}$"
)
_FROM_AHEAD = re.compile(
    r"\bfrom\s+(?:the|its)\s+(?P<edge>left|right|top|bottom|upper|lower)(?:\s+(?:edge|border|"
    r"margin))?(?:\s+of\s+the\s+(?:image|picture|frame|film))?(?:,?\s+(?:it|they|its\s+(?:centre|"
    r"middle)))?\s+(?:is|are|lies|lie|of|being|measures|amounts\s+to)\b[^,;]{0,12}$"
)
# "Some 7 % of the width to the right of the midline": an offset.
_TO_THE_SIDE = re.compile(
    r"\s*(?:of\s+)?(?:the\s+|its\s+)?(?:(?:image|picture|frame)(?:'s)?\s+)?(?:width|height)\s+"
    r"(?:too\s+(?:low|high|far)|to\s+the\s+(?:left|right)\s+of|"
    r"to\s+its\s+(?:left|right)|above|below|under|beneath|over|left\s+of|"
    r"right\s+of|off)\b"
)
# "Centre, 3 % of the width to the right".
_ASIDE = re.compile(
    r"\s*of\s+(?:the|its)\s+(?:width|height)\s+to\s+the\s+(?:left|right)(?=\s*(?:$|[,.;)]))"
)
_SMALL = 0.25
_SHIFTED = re.compile(
    r"\b(?:shift|shifted|offset|displacement|deviation)(?:\s+[\w-]+){0,5}?\s+(?:of|"
    r"by|is|amounts\s+to)\s+(?:some\s+|about\s+)?$"
)
_HALF_HEIGHT = re.compile(r"[\s-]+(?:height|depth|width|way)\b")
_CLOCK = re.compile(
    r"\b(?P<hour>1[0-2]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s*"
    r"(?:o'?\s?clock)\b(?P<tail>[^.;]{0,60})"
)
_HOURS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_WAY_SLACK, _WORDS_SLACK = 0.07, 0.13


def positions(low: str, before: str) -> Iterator[Claim]:
    """Every stated share of width or height; `before` is what the sentence said ahead."""
    for share in shares(low):
        tail = low[share.end : share.end + 70]
        if (
            _OFFSET.search(low[: share.start])
            or _SHIFTED.search(low, 0, share.start)
            or _TO_THE_SIDE.match(tail)
            or (share.value <= _SMALL and _ASIDE.match(tail))
            or share.words.startswith("within")
            or _LENGTH.search(low[: share.start])
            or (share.words.endswith("half") and _HALF_HEIGHT.match(tail))
        ):
            continue
        found = _OF_AXIS.match(tail)
        plain = None if found else _PLAIN_WAY.match(tail)
        edge = _FROM.match(tail) if found else _FROM_EDGE.match(tail)
        if not (found or plain or edge):
            continue
        way = (found["way"] if found else plain["way"] if plain else "") or ""
        size = (found["axis"] if found else "") or ""
        ahead = _FROM_AHEAD.search(low[: share.start])
        name = edge["edge"] if edge else ahead["edge"] if ahead else ""
        if name in {"that", "this"}:
            last = _SIDE_BEFORE.findall(before + low[: share.start])
            name = last[-1] if last else ""
        axis, flipped = _axis(way, size, name)
        if axis is None:
            continue
        yield _claim(share, axis, flipped, precise=bool(edge and size))
    yield from _clock(low)


def _axis(way: str, size: str, edge: str) -> tuple[Axis | None, bool]:
    if edge in {"left", "right"}:
        return "x", edge == "right"
    if edge in {"top", "bottom", "upper", "lower"}:
        return "y", edge in {"bottom", "lower"}
    if way in {"down", "up"} or size in {"height", "depth"}:
        return "y", way == "up"
    if way in {"across", "over"} or size in {"width", "breadth"}:
        return "x", False
    return None, False


def _claim(share: Share, axis: Axis, flipped: bool, *, precise: bool) -> Claim:
    slack = (
        POSITION_SLACK + 1e-9
        if precise and share.in_per_cent
        else _WAY_SLACK
        if share.in_per_cent
        else _WORDS_SLACK
    )
    value = 1 - share.value if flipped else share.value
    return Claim(
        "position", axis, value - slack, value + slack, share.start, share.end, share.words, 0.0
    )


def _clock(low: str) -> Iterator[Claim]:
    """As on a clock face laid over the image; a breast or a disc has a clock face of its own."""
    for match in _CLOCK.finditer(low) if "clock" in low else ():
        if not re.search(
            r"\b(?:image|frame|picture|field|view|screen|photograph)\b", match["tail"]
        ):
            continue
        word = match["hour"]
        hour = _HOURS.index(word) + 1 if word in _HOURS else int(word)
        x, y = math.sin(math.pi * hour / 6), -math.cos(math.pi * hour / 6)
        for axis, value in (("x", x), ("y", y)):
            if abs(value) > 0.4:
                bounds = (0.0, 0.5) if value < 0 else (0.5, 1.0)
                code = "side" if axis == "x" else "quadrant"
                span = (match.start(), match.end("hour"))
                yield Claim(code, "x" if axis == "x" else "y", *bounds, *span, match.group()[:20])


def misplaced(code: str, words: str, clause: Clause, x: float, y: float) -> Failure:
    """That `words` say another place than the centroid at `x` and `y`, shares of the image."""
    return Failure(
        code=code,
        step=clause.sentence.step,
        sentence=clause.sentence.text,
        expected=f"centroid at {100 * x:.0f} % of the width and {100 * y:.0f} % of the height",
        claimed=words,
    )
