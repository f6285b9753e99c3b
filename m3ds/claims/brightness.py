"""Words for brightness that say nothing of how bright the outlined thing is."""

from __future__ import annotations

import re

from m3ds.claims.comparison import is_of_surroundings
from m3ds.claims.emptiness import AREA_NORMAL
from m3ds.claims.text import Clause
from m3ds.claims.words import any_of
from m3ds.schema.case import Case
from m3ds.schema.vocabulary import COLOURS

_AT_ITS_PART = re.compile(
    r"^\s*(?:at|in|on|towards?|near)\s+its\s+(?:upper|lower|left|right|inner|outer|top|bottom|tip|"
    r"edge|rim|centre|middle)\b"
)
_FIGURATIVE = re.compile(r"bright side\b|black and white\b|light (?:on|easily|of)\b|dark horse\b")
# "Towards the rim it gets a little lighter".
_TURNS = re.compile(r"\b(?:gets?|becomes|grows|turns|fades)\s+(?:[\w-]+\s+){0,3}$")
# "The topmost is the brighter": one of several.
_OF_THE_TWO = re.compile(r"\b(?:is|being)\s+the\s+$")
# "Around it: bright", "bright outside, dark inside", "it shines through".
_OUTSIDE = re.compile(
    r"^\s*(?:(?:around\s+(?:it|them|this)|outside|underneath|beneath|behind)(?:\s+it)?\s*[:,]|"
    r"(?:around|over|under|underneath|beneath|behind|above|below|on\s+top\s+of)\s+(?:it|them)\b)"
)
_SO_OUTSIDE = re.compile(r"\s+(?:outside|through(?!\s+and)|around(?=\s*(?:it\b|them\b|[.,;]|$)))\b")
# A hue, not a brightness: "pale brown", "predominantly white".
_MAINLY = re.compile(r"\b(?:predominantly|mainly|mostly|overall|essentially)\s+$")
_COLOURED = re.compile(rf"\s+(?:colou?r|hue|tint|tone|{any_of(COLOURS)})\b")
_IN_COLOUR = frozenset({"dermoscopy", "endoscopy", "fundus"})
_GREY = re.compile(r"\s+(?:white|black|grey)\b")


def _is_hue(case: Case, low: str, end: int) -> bool:
    """Whether a word for brightness that ends there is said of a colour: "dark brown".

    "Bright white" is a hue only where the image has any.
    """
    grey = case.modality not in _IN_COLOUR and _GREY.match(low, end)
    brighter = low.startswith("er tone", end - 2)
    return not grey and not brighter and _COLOURED.match(low, end) is not None


# "Bright and dark by turns" tells nothing of the whole.
_MIXED = re.compile(
    r"\b(?:bright(?:er)?|light(?:er)?|paler?|whiter?) and (?:dark|black)(?:er)?\b(?!\s+(?:hair|"
    r"line))|\b(?:dark|black)(?:er)? and (?:bright(?:er)?|light(?:er)?|paler?|"
    r"whiter?)\b(?!\s+(?:hair|line))|\bdark (?:on|upon|against) (?:light|bright|pale)\b"
)
# "Arteries bright, veins dark", "the rim is pale": of one kind, or of the disc.
_OF_DISC = re.compile(
    r"^\s*(?:the\s+)?(?:neuroretinal\s+)?(?:rim|cup|disc|macula)\b|\brim\s+(?:is\s+)?(?:pale|"
    r"bright)|\barter\w+ (?!and\b)(?:[\w-]+ ){0,4}?(?:bright|light|pal)\w*\b.*\bve(?:in|nule)s?\b"
)
# Of a chest: bone is not what surrounds a finding of the lung.
_THAN_BONE = re.compile(
    r"\s+than\s+(?:the\s+)?(?:cortical\s+)?(?:bones?|ribs?|heart|spine|mediastinum|metal|"
    r"clavicles?)\b"
)


_OF_VESSELS = re.compile(
    r"\b(?:vessel\w*|vascul\w+|arter\w+|ve(?:in|nule)s?|arcades?|tree|network|branch\w*|lines|"
    r"threads|twigs|cords|they|it|these|their|its|which)\b"
)
# "Dark threads on a bright cloth", "vessels dark, retina light".
_GROUND = re.compile(r"\b(?:on|against|over)\s+an?\s+$|\b(?:retina|ground|background|fundus)\s+$")


_DISC_IS = re.compile(
    r"\b(?:nerve head|cup|disc)\s+(?:whose|is|looks|remains)\b(?!.*\b(?:vessel|arter|vein))"
)


def _is_of_eye(clause: Clause, start: int) -> bool:
    """Whether a word at `start` is said of an eye's ground or disc, and not of its vessels."""
    disc = _DISC_IS.search(clause.low, 0, start) or _OF_DISC.search(clause.low)
    if disc or _GROUND.search(clause.low, 0, start):
        return True
    return _OF_VESSELS.search(clause.before + clause.low) is None


_DARKER = ("less", "dark", "grey", "lucent")


def tells_nothing(case: Case, clause: Clause, match: re.Match[str]) -> bool:
    """Whether a word for brightness is a hue or a figure of speech, or said of something else."""
    low, start, end = clause.low, match.start(), match.end()
    several = (case.facts.n_regions or 1) > 1
    return bool(
        _is_hue(case, low, end)
        or _FIGURATIVE.match(low, start)
        or _MAINLY.search(low, 0, start)
        or _TURNS.search(low, 0, start)
        or (several and _OF_THE_TWO.search(low, 0, start))
        or _OUTSIDE.match(low)
        or _SO_OUTSIDE.match(low, end)
        or AREA_NORMAL.match(low)
        or _MIXED.search(low, max(0, start - 12), end + 12)
        or (case.mask_kind == "anatomy" and _is_of_eye(clause, start))
        or (
            case.target == "finding"
            and any(word in match["word"] for word in _DARKER)
            and _THAN_BONE.match(low, end)
        )
        or _AT_ITS_PART.match(low)
        or is_of_surroundings(low, start, clause.before)
    )
