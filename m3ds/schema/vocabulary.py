"""The words for measured facts: one table of words and thresholds.

The author turns a measured value into its word, the checks ask whether a claimed word agrees with
it. Agreement is wider than naming: a text is not refused for a value on a threshold.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from functools import lru_cache

from m3ds.schema.base import Modality
from m3ds.schema.scale import Scale

VOCABULARY_VERSION = "1"


SIZE = Scale(  # area fraction of the image
    steps=(
        ("tiny", 0.005),
        ("small", 0.03),
        ("moderate", 0.12),
        ("large", 0.35),
        ("very large", math.inf),
    ),
    slack=0.25,
    relative=True,
    wide={"tiny": (0.0, 0.005), "small": (0.0, 0.03), "large": (0.12, math.inf)},
    aliases={
        "minute": "tiny",
        "very small": "tiny",
        "minuscule": "tiny",
        "moderately sized": "moderate",
        "moderate-sized": "moderate",
        "medium": "moderate",
        "medium-sized": "moderate",
        "sizeable": "large",
        "sizable": "large",
        "big": "large",
        "extensive": "large",
        "huge": "very large",
        "massive": "very large",
    },
)

SHAPE = Scale(  # eccentricity: 0.6 is an axis ratio of 0.8, 0.9 one of 0.44
    steps=(("round", 0.6), ("oval", 0.9), ("elongated", math.inf)),
    slack=0.05,
    aliases={
        "rounded": "round",
        "circular": "round",
        "spherical": "round",
        "ovoid": "oval",
        "elliptical": "oval",
        "ellipsoid": "oval",
        "ellipsoidal": "oval",
        "linear": "elongated",
        "band-like": "elongated",
        "tubular": "elongated",
        "spindle-shaped": "elongated",
    },
)

BORDER = Scale(  # roughness(), not bare irregularity: a smooth ellipse is smooth at any length
    steps=(("smooth", 0.25), ("slightly irregular", 0.6), ("irregular", math.inf)),
    slack=0.1,
    wide={"irregular": (0.25, math.inf)},
    aliases={
        "even": "smooth",
        "regular": "smooth",
        "mildly irregular": "slightly irregular",
        "uneven": "irregular",
        "jagged": "irregular",
        "ragged": "irregular",
        "spiculated": "irregular",
    },
)

OUTLINE = Scale(  # solidity
    steps=(("deeply indented", 0.8), ("lobulated", 0.92), ("convex", math.inf)),
    slack=0.03,
    wide={"lobulated": (0.0, 0.92)},
    aliases={"lobular": "lobulated", "lobed": "lobulated", "indented": "lobulated"},
)

FILLING = Scale(  # extent
    steps=(("sparse", 0.35), ("intermediate", 0.65), ("compact", math.inf)), slack=0.05
)

_DARKER = ("hypoechoic", "anechoic", "radiolucent", "lucent", "hypodense", "dimmer")
_BRIGHTER = ("hyperechoic", "denser", "radiopaque", "hyperdense", "lighter", "paler")
CONTRAST = Scale(  # mean brightness inside minus that of the ring, over 255
    steps=(
        ("markedly darker", -0.2),
        ("darker", -0.04),
        ("similar", 0.04),
        ("brighter", 0.2),
        ("markedly brighter", math.inf),
    ),
    slack=0.03,
    wide={"darker": (-math.inf, -0.04), "brighter": (0.04, math.inf)},
    aliases={
        **dict.fromkeys(_DARKER, "darker"),
        **dict.fromkeys(_BRIGHTER, "brighter"),
        **dict.fromkeys(("isoechoic", "isodense"), "similar"),
        **dict.fromkeys(("markedly hypoechoic", "much darker"), "markedly darker"),
        **dict.fromkeys(("markedly hyperechoic", "much lighter"), "markedly brighter"),
        "much brighter": "markedly brighter",
    },
)

_PLAIN = ("much darker", "darker", "similar in brightness", "lighter", "much lighter")
CONTRAST_TERMS: Mapping[Modality, tuple[str, ...]] = {
    "ultrasound": (
        *("markedly hypoechoic", "hypoechoic"),
        *("isoechoic", "hyperechoic", "markedly hyperechoic"),
    ),
    "x-ray": ("much darker", "darker", "similar in brightness", "brighter", "much brighter"),
    "dermoscopy": _PLAIN,
    "endoscopy": _PLAIN,
    "fundus": _PLAIN,
}
"""Each modality's own terms for the words of `CONTRAST`, in its order."""

MODALITY_WORDS: Mapping[Modality, tuple[str, ...]] = {
    "x-ray": ("x-ray", "x ray", "radiograph", "radiography", "radiographic", "plain film"),
    "dermoscopy": ("dermoscopy", "dermoscopic", "dermatoscopy", "dermatoscopic", "dermoscope"),
    "endoscopy": ("endoscopy", "endoscopic", "colonoscopy", "colonoscopic", "endoscope"),
    "ultrasound": ("ultrasound", "ultrasonography", "sonography", "sonogram", "sonographic"),
    "fundus": ("fundus", "fundoscopy", "funduscopic", "ophthalmoscopy"),
}

COLOURS: Mapping[str, tuple[str, ...]] = {
    "black": ("dark brown", "grey", "blue-grey"),
    "white": ("grey", "tan", "yellow", "pink"),
    "grey": ("black", "white", "blue-grey", "brown", "tan", "green"),
    "blue-grey": ("grey", "black"),
    "dark brown": ("black", "brown", "reddish brown"),
    "brown": ("dark brown", "light brown", "reddish brown", "tan", "grey"),
    "light brown": ("brown", "tan", "reddish brown", "orange", "pink"),
    "reddish brown": ("brown", "dark brown", "red", "light brown", "orange"),
    "tan": ("light brown", "pink", "yellow", "brown", "white", "grey", "orange"),
    "pink": ("red", "tan", "light brown", "white", "orange"),
    "red": ("pink", "reddish brown", "orange"),
    "orange": ("red", "yellow", "tan", "reddish brown", "light brown", "pink"),
    "yellow": ("tan", "orange", "white", "green"),
    "green": ("grey", "yellow"),
}
"""Each colour word, with the words that a reader may use for the same sight."""

_COLUMNS, _ROWS = ("left", "centre", "right"), ("upper", "centre", "lower")
PLACES: tuple[str, ...] = tuple(
    "centre" if (row, column) == ("centre", "centre") else f"{row} {column}"
    for row in _ROWS
    for column in _COLUMNS
)
"""Nine cells of the image in thirds, in image terms, row by row from the upper left."""
SIDE_SLACK = 0.05
CENTRE_BOUNDS = (0.25, 0.75)
POSITION_SLACK = 0.03

NUMBERS: tuple[str, ...] = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
COUNT_RANGES: Mapping[str, tuple[int, float]] = {
    "single": (1, 1),
    "solitary": (1, 1),
    "isolated": (1, 1),
    "a pair of": (2, 2),
    "both": (2, 2),
    "a few": (2, math.inf),
    "multiple": (2, math.inf),
    "several": (2, math.inf),
    "numerous": (4, math.inf),
    "many": (4, math.inf),
}


def roughness(irregularity: float, eccentricity: float) -> float:
    """How much rougher a border is than that of an ellipse equally long; 0 is as smooth.

    Both are perimeter² over 4π area; the ellipse's perimeter by Ramanujan's second formula (1914).
    """
    minor = math.sqrt(1 - min(eccentricity, 0.9995) ** 2)
    h = ((1 - minor) / (1 + minor)) ** 2
    perimeter = math.pi * (1 + minor) * (1 + 3 * h / (10 + math.sqrt(4 - 3 * h)))
    ellipse = perimeter**2 / (4 * math.pi**2 * minor)
    return max(0.0, (1 + irregularity) / ellipse - 1)


def place_word(x: float, y: float) -> str:
    """The place of a centroid given as fractions of width and height from the upper left."""
    column, row = (min(2, int(3 * value)) for value in (x, y))
    return PLACES[3 * row + column]


def side_agrees(side: str, position: float, *, slack: float = SIDE_SLACK) -> bool:
    """Whether a position (0 to 1 from left or top) may be called `left`/`upper` and so on.

    A side is wrong only if the centroid lies on the other half; `centre` has bounds of its own.
    """
    if side == "centre":
        return CENTRE_BOUNDS[0] <= position <= CENTRE_BOUNDS[1]
    return position <= 0.5 + slack if side in {"left", "upper"} else position >= 0.5 - slack


def count_word(n: int) -> str:
    """The number as a word up to twelve, then in digits."""
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else str(n)


def count_agrees(claim: str, n: int) -> bool:
    """Whether a count word or number may be said of `n` regions; above ten, within a tenth."""
    word = claim.lower().strip()
    if word in COUNT_RANGES:
        low, high = COUNT_RANGES[word]
        return low <= n <= high
    claimed = int(word) if word.isdecimal() else NUMBERS.index(word)
    return abs(claimed - n) <= (0.1 * n if n > 10 else 0)


def percent_text(fraction: float) -> str:
    """A fraction in per cent with two significant digits, at most two decimals."""
    percent = 100 * fraction
    if percent < 0.01:
        return "less than 0.01"
    return f"{percent:.0f}" if percent >= 9.95 else f"{percent:.{1 if percent >= 0.995 else 2}f}"


def percent_agrees(claim: str, fraction: float) -> bool:
    """Whether a claimed percentage, as written, agrees with a measured fraction.

    The more digits a text gives, the closer it is held to them: half a unit of the last digit in
    any case, and 15 %, 6 % or 2.5 % of the value for one, two or more significant digits.
    """
    claimed, measured = float(claim), 100 * fraction
    decimals = len(claim.partition(".")[2])
    digits = len(claim.replace(".", "").lstrip("0").rstrip("" if decimals else "0"))
    share = {0: 0.15, 1: 0.15, 2: 0.06}.get(digits, 0.025)
    return abs(claimed - measured) <= max(0.5 * 10.0**-decimals, share * measured) + 1e-9


def contrast_term(modality: Modality, contrast: float) -> str:
    """The modality's own term for a measured contrast."""
    return CONTRAST_TERMS[modality][CONTRAST.words.index(CONTRAST.word(contrast))]


def colour_agrees(claim: str, measured: str) -> bool:
    """Whether a claimed colour word may be used for a region of the measured colour word."""
    return claim == measured or claim in COLOURS.get(measured, ())


def colour_word(red: float, green: float, blue: float) -> str:
    """The word for a mean colour, from its hue, saturation and value (channels 0 to 255)."""
    high, low = max(red, green, blue), min(red, green, blue)
    saturation = 0.0 if high == 0 else (high - low) / high
    if high < 45:
        return "black"
    if saturation < 0.12:
        return "white" if high > 215 else "black" if high < 60 else "grey"
    span = high - low
    if high == red:
        hue = (60 * (green - blue) / span) % 360
    elif high == green:
        hue = 60 * (blue - red) / span + 120
    else:
        hue = 60 * (red - green) / span + 240
    if 165 <= hue < 300:
        return "blue-grey"
    if 70 <= hue < 165:
        return "green"
    if hue >= 45:
        return "yellow" if high > 150 else "brown"
    if hue >= 345 or hue < 12:
        if high < 110:
            return "reddish brown"
        return "red" if saturation > 0.5 else "pink"
    if high < 100:
        return "dark brown"
    if high < 160:
        return "reddish brown" if hue < 16 else "brown"
    if saturation > 0.6:
        return "orange"
    if high > 200:
        return "pink" if hue < 20 and saturation < 0.45 else "tan"
    return "light brown"


@lru_cache(maxsize=1)
def vocabulary_sha256() -> str:
    """The hash of all words and thresholds: who depends on them depends on this."""
    tables = (
        *(SIZE, SHAPE, BORDER, OUTLINE, FILLING, CONTRAST),
        *(CONTRAST_TERMS, MODALITY_WORDS, COLOURS, PLACES, NUMBERS, COUNT_RANGES),
        *(SIDE_SLACK, CENTRE_BOUNDS, POSITION_SLACK, VOCABULARY_VERSION),
    )
    return hashlib.sha256(repr(tables).encode()).hexdigest()
