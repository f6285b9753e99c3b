"""Sizes, places, brightness and contours told by a likeness: "a pinhead", "against the ceiling"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from m3ds.claims.position import Claim
from m3ds.claims.text import words
from m3ds.claims.words import IMAGE, any_of, phrase

_ANY = math.inf
_NTH = {
    "second": 2,
    "other": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "eighth": 8,
    "tenth": 10,
    "twentieth": 20,
    "fiftieth": 50,
    "hundredth": 100,
}
_SPECKS = any_of(
    phrase(
        "pinhead, pin head, pinprick, pin prick, pinpoint, poppy seed, sesame seed, crumb, "
        "needle point, full stop, speck, mote, fleck of dust, speck of dust, grain of dust, "
        "grain of sand, grain of salt, mere dot, tiny dot, mere point, needle tip"
    )
)
_SIZES: tuple[tuple[re.Pattern[str], tuple[float, float]], ...] = (
    # Of no extent: "no larger than a pinhead", "a mere dot on the frame".
    (
        re.compile(
            r"\b(?:size|spread|extent|share|area|large[rs]?|larger|bigger|more|a mere|merely|"
            r"small as|only)\b"
            rf"[^.;,]{{0,25}}?\b(?:of|than|as|mere|merely|only|that of)\s+(?:an?\s+)?{_SPECKS}\b"
            rf"|\ba\s+mere\s+{_SPECKS}\b"
        ),
        (0.0, 0.02),
    ),
    (
        re.compile(
            r"\b(?:hardly|barely|scarcely)\s+(?:visible|perceptible|noticeable|discernible)\s+"
            rf"(?:in|on|at)\s+(?:the|this)\s+(?:scale|size|{IMAGE})\b"
        ),
        (0.0, 0.04),
    ),
    (
        re.compile(
            r"\b(?:fills?|filling|occup(?:ies|ying)|takes up|covers?|covering)\s+(?:almost |"
            r"nearly )?(?:the|one|an?)\s+(?:whole|entire)\s+(?:hemithorax|lung|chest|breast|gland|"
            r"lobe|retina)\b"
        ),
        (0.05, 1.0),
    ),
    # Nearly all of it.
    (
        re.compile(
            r"\b(?:swallow\w*|engulf\w*|fill\w*|occup\w+|cover\w*|tak\w+|replac\w+|spread\w*|"
            r"extend\w*|swollen|stretch\w*|claim\w*|obscur\w+)\s+"
            r"(?:[\w-]+\s+){0,3}?(?:the\s+)?(?:better|greater|best|larger|major|main|biggest)\s+"
            rf"(?:part|half|share|portion)\s+of\s+(?:the|this)\s+(?:\w+\s+)?{IMAGE}\b"
            r"|\blion's share\b|\bfrom (?:edge|side|border|margin|wall|corner) to "
            rf"(?:edge|side|border|margin|wall|corner) (?:of|in|across) the {IMAGE}\b"
            r"|\b(?:swallows|fills|covers|takes(?: up)?|occupies|engulfs) (?:all|everything) but "
            r"|\b(?:almost|nearly|virtually|practically|hardly|scarcely|barely) (?:no|any|the "
            rf"whole|the entire|all of the|all the) (?:{IMAGE}|(?:wall|skin|gland|lung|tissue|"
            r"mucosa)(?: is)? left)\b"
        ),
        (0.3, 1.0),
    ),
)
_EVERY = re.compile(
    rf"\b(?:every|each)\s+(?P<nth>{any_of(_NTH)})\s+(?:pixel|part|dot)\b"
    r"|\b(?:one|a)\s+(?:pixel|part|dot)\s+(?:in|out\s+of)\s+(?:every\s+)?(?P<of>\d+|[a-z]+)\b"
    r"(?! (?:hundred|thousand))"
)
_OF = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12,
       "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
       "hundred": 100}  # fmt: skip


_SIZE_HINTS = frozenset(
    phrase(
        "pinhead, pin, pinprick, pinpoint, seed, crumb, needle, stop, speck, mote, fleck, "
        "grain, dot, point, visible, perceptible, noticeable, discernible, better, greater, "
        "best, larger, major, main, biggest, lion, edge, side, border, margin, wall, corner, "
        "everything, all, no, any, whole, entire, pixel, part"
    )
)


class Likeness(NamedTuple):
    """Words that liken a size, and the shares of the image that they may be said of."""

    start: int
    end: int
    words: str
    low: float
    high: float


def likened_sizes(low: str) -> Iterator[Likeness]:
    """Sizes told without a size word or a plain fraction."""
    if words(low).isdisjoint(_SIZE_HINTS):
        return
    for pattern, bounds in _SIZES:
        match = pattern.search(low)
        if match:
            yield Likeness(match.start(), match.end(), match.group(), *bounds)
    for match in _EVERY.finditer(low):
        word = match["of"] or ""
        parts = _NTH.get(match["nth"] or "") or _OF.get(word) or (word.isdecimal() and int(word))
        if parts:
            yield Likeness(match.start(), match.end(), match.group(), 0.65 / parts, 1.5 / parts)


_TOP_OF = (
    rf"(?:ceiling|roof|head|summit) of the {IMAGE}|(?:topmost|uppermost|top|first|first few) "
    r"rows?\b"
    rf"(?: of the {IMAGE}| of pixels)?|where the {IMAGE} (?:just |only )?(?:begins|starts)"
    r"|(?:immediately|directly|just|right|close) (?:under|beneath|below|to) the (?:transducer|"
    r"probe)"
)
_BOTTOM_OF = (
    rf"(?:floor|foot|base) of the {IMAGE}|(?:lowest|last|bottom|bottommost|lowermost) (?:few "
    r")?rows?\b"
    rf"(?: of the {IMAGE}| of pixels)?|where the {IMAGE} (?:\w+ ){{0,2}}?(?:ends|stops|runs out)"
    rf"|the {IMAGE} is about to end|strip (?:that|which) borders its (?:lower|inferior|bottom) edge"
)
_ENDS = re.compile(rf"\b(?:(?P<upper>{_TOP_OF})|(?P<lower>{_BOTTOM_OF}))")
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8,
          "tenth": 10}  # fmt: skip
_WHICH = {"first": 0, "initial": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4}
# "Within the first tenth of the distance from top to bottom".
_PART_FROM = re.compile(
    rf"\b(?P<which>{any_of(_WHICH)}|last|final|middle)\s+(?P<part>{any_of(_PARTS)})\b"
    r"(?:[^.;]{0,40}?\b(?:from|counted|counting|going|starting|reading)\s+(?:from\s+)?(?:the\s+)?"
    r"(?P<edge>left|right|top|bottom|above|below)\b"
    r"|\s+of\s+(?:the|its)\s+(?:\w+\s+)?(?P<axis>width|height|depth|breadth)\b)"
)


def likened_places(low: str) -> Iterator[Claim]:
    """Heights and sides told by the ends of the image, or by a numbered part of its extent."""
    for match in _ENDS.finditer(low):
        bounds = (0.0, 0.45) if match["upper"] else (0.55, 1.0)
        yield Claim("quadrant", "y", *bounds, *match.span(), match.group(), 0.0)
    for match in _PART_FROM.finditer(low):
        parts, edge, axis = _PARTS[match["part"]], match["edge"], match["axis"]
        which = match["which"]
        place = (
            parts - 1
            if which in {"last", "final"}
            else (parts - 1) / 2
            if which == "middle"
            else _WHICH[which]
        )
        start, end = place / parts, (place + 1) / parts
        if edge in {"right", "bottom", "below"}:
            start, end = 1 - end, 1 - start
        if start < -0.01 or end > 1.01:
            continue
        across = edge in {"left", "right"} or axis in {"width", "breadth"}
        code = "side" if across else "quadrant"
        span = (match.start(), match.end(), match.group())
        yield Claim(code, "x" if across else "y", start, end, *span, 0.08)


LIKENED_CONTRASTS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(
        phrase(
            "washed out, washed-out, bleached, lost its pigment, outshines, outshine, outshining, "
            "shines, shine, shining, glows, glowing, gleams, luminous, teeming with echoes, "
            "chalk, chalk lines, chalky, chalk-white, snow-white, milky, lit up, stands out "
            "bright, "
            "stand out bright, stands out light, stands out pale, radiant, brilliant"
        ),
        (-0.015, _ANY),
    ),
    **dict.fromkeys(
        phrase(
            "plunged in shade, in shade, dusky, murky, inky, jet black, jet-black, coal-black, "
            "pitch black, pitch-black, sombre, gloomy, stands out dark, stand out dark, "
            "sinks into shadow, lost in shadow, more transparent, "
            "lets through more of the beam, swallows the light, sooty"
        ),
        (-_ANY, 0.015),
    ),
}
LIKENED_EDGES_ROUGH = phrase(
    "maple leaf, full of recesses, full of points, bristling, bristly, thorny, prongs, spikes, "
    "sunburst, toothed, torn, saw-toothed, zigzag, zig-zag, barbed, star-like, starlike, burr-like"
)
LIKENED_EDGES_SMOOTH = phrase(
    "pebble, river pebble, billiard ball, marble, drawn with a compass, flawless curve, sleek, "
    "polished, crisp and even, knife-edge smooth"
)
LIKENED_LONG = phrase(
    "spindle, thin spindle, long spindle, ribbon, drawn-out, strung out, rod, cord"
)
