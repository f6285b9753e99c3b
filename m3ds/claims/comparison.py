"""Brightness held against the surroundings: "lighter than the skin", "a pale disc on darker skin".

Such a comparison is of this image wherever it stands, also in a reasoning; and what is compared is
told by the noun next to it, whatever else its clause speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from m3ds.claims.nouns import Noun, known_nouns
from m3ds.claims.text import Clause, words
from m3ds.claims.words import any_of, phrase
from m3ds.schema.base import Modality
from m3ds.schema.case import Case


class _Words(NamedTuple):
    """Words of a modality for brighter and darker: comparatives, and as they are said alone."""

    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    bright: tuple[str, ...] = ()
    dark: tuple[str, ...] = ()


_ALL = _Words(
    up=phrase("brighter, lighter, paler, whiter, fairer, more luminous, less dark"),
    down=phrase("darker, blacker, dimmer, duller, less bright, less luminous, deeper in tone"),
    bright=phrase("bright, light, pale, white, whitish, pallid, luminous, washed out, light-toned"),
    dark=phrase("dark, black, blackish, dusky, dim, dark-toned"),
)
_OWN: Mapping[Modality, _Words] = {
    "ultrasound": _Words(
        phrase(
            "more echogenic, more reflective, richer in echoes, higher in echo, more "
            "hyperechoic, stronger"
        ),
        phrase(
            "less echogenic, less reflective, poorer in echoes, more hypoechoic, lower in echo, "
            "weaker"
        ),
        phrase("hyperechoic, echogenic, echo-rich"),
        phrase("hypoechoic, echo-poor, anechoic"),
    ),
    "x-ray": _Words(
        phrase("denser, more opaque, more radiopaque, more dense, more radiodense"),
        phrase(
            "more lucent, more radiolucent, more transparent, less dense, less opaque, "
            "less radiopaque, more translucent"
        ),
        phrase("dense, opaque, radiopaque"),
        phrase("lucent, radiolucent, transparent, translucent"),
    ),
    "dermoscopy": _Words(
        phrase(
            "less pigmented, less heavily coloured, less heavily pigmented, fainter in tone, "
            "less deeply coloured, less deeply pigmented, fainter, less coloured, weaker in colour"
        ),
        phrase(
            "more pigmented, more heavily coloured, more heavily pigmented, more deeply coloured, "
            "more deeply pigmented, deeper in colour, deeper-coloured, deeper coloured"
        ),
        phrase("faded, faint, hypopigmented, weakly pigmented"),
        phrase("deeply pigmented, hyperpigmented, heavily pigmented"),
    ),
    "endoscopy": _Words(),
    "fundus": _Words(),
}
_AROUND = (
    r"(?:(?:the|its|their|all|most|this|immediate|surrounding|adjacent|adjoining|neighbouring|"
    r"nearby|normal|healthy|unaffected|perilesional|ordinary|bordering|retinal|glandular|"
    r"fibroglandular|thyroid|breast|uninvolved|tanned|untanned|pigmented|skin|lung|background|"
    r"fundus|eye)\s+)*(?:skin(?: of the surroundings)?|surroundings|surrounding|background|ground|"
    r"parenchyma|gland|breast|tissues?|lungs?|lung fields?|retina|fundus|mucosa|neighbours|"
    r"all around(?: (?:it|them))?|(?:area|texture|region|zone|structure|pattern) (?:immediately |"
    r"directly |just )?(?:around|about|beside|next to|surrounding) (?:it|them)|neighbourhood|"
    r"vicinity|environment|environs|everything (?:else )?(?:around|about) (?:it|them)|"
    r"what (?:surrounds|borders|lies around|is around) (?:it|them)|what (?:lies|is) (?:around|"
    r"about))\b(?! (?:lesion|nodule|tag|mass|tumour|lump|carcinoma|glass))"
)
_HELD = (
    r"(?:than|compared (?:with|to)|relative to|in relation to|in comparison (?:with|to)|"
    r"as against|beside|next to|against)"
)
_OF = r"(?:(?:that|those) (?:of|in|within) )?"
_IN_WHAT = (
    r"(?:(?:\s+in)?\s+(?:tone|colour|hue|shade|brightness|luminance|density|echogenicity|"
    r"pigment|intensity|grey level))?"
)
_LEVEL = (
    r"(?:brightness|luminance|luminosity|echogenicity|echo (?:level|intensity|content)|whiteness|"
    r"density|opacity|grey (?:value|level)|intensity|tone|signal)"
)
_LESION = (
    r"(?:it|this|that|them|they|(?:the|this) (?:lesion|nodule|mass|polyps?|tumour|finding|fracture|"
    r"spot|mole|naevus|plaque|area|vessels?|network))\b"
)
_IS = r"(?:is|are|was|appears?|looks?|being|seems?)"


class Compared(NamedTuple):
    """A comparison: where it stands, its words, and whether the outlined thing is the brighter."""

    start: int
    end: int
    words: str
    brighter: bool


@lru_cache(maxsize=8)
def _pattern(modality: Modality) -> re.Pattern[str]:
    own = _OWN[modality]
    up, down = any_of((*_ALL.up, *own.up)), any_of((*_ALL.down, *own.down))
    bright, dark = any_of((*_ALL.bright, *own.bright)), any_of((*_ALL.dark, *own.dark))
    more = rf"(?:(?P<up>{up})|(?P<down>{down}))"
    return re.compile(
        # "On darker skin", "from the duller gland".
        r"(?<![\w-])(?:(?P<on>(?:in|on|against|from|upon|within|beside|amid|by|into|with|to)\s+"
        rf"(?:(?:an?|the|far|much|more)\s+)*)?{more}{_IN_WHAT}(?:\s+(?P<ground>{_AROUND})"
        rf"|(?:\s+(?:overall|here|throughout|on average))?\s+{_HELD}\s+{_OF}(?P<than>{_AROUND})"
        r"|(?P<partner>\s+(?:of the (?:two|pair)|part\b|component|partner|element|one\b))"
        rf"|\s+{_HELD}\s+(?P<lesion>{_LESION})|(?P<end>\s*(?:[.,;)]|$)))"
        # "Almost white in comparison with the gland", "less pigment than the skin".
        rf"|(?:(?P<bright>{bright})|(?P<dark>{dark}))\s+(?:\w+\s+)?{_HELD}\s+{_OF}{_AROUND}"
        r"|(?P<weak>(?:less|weaker|fainter|low|lower|loss of|reduced)\s+(?:pigment\w*|colour\w*|"
        rf"depth of colour))\s+(?:\w+\s+)?{_HELD}\s+{_OF}{_AROUND}"
        # "Its brightness exceeds that of the skin", "of higher luminance than the retina".
        rf"|{_LEVEL}\b[^.;]{{0,40}}?\b(?:(?P<over>above|exceed\w*|surpass\w*|higher than|greater "
        r"than|over)|(?P<under>below|lower than|less than|short of))\s+"
        rf"{_OF}{_AROUND}"
        # "Bright white, well above the echo level of the tissue around it".
        rf"|(?:(?P<above>above|exceeding)|(?P<beneath>below|beneath|short of))\s+(?:the\s+)?"
        rf"{_LEVEL}\s+(?:of|in|within)\s+{_AROUND}"
        rf"|(?:(?P<higher>higher|greater|more)|(?P<lower>lower|less|smaller))\s+{_LEVEL}\s+"
        rf"(?:than|compared with)\s+{_OF}{_AROUND}"
        rf"|(?P<beats>exceeds?|surpass(?:es)?|outshines?)\s+{_AROUND}"
        rf"(?:\s+(?:around|about|beside|next to)\s+\w+)?\s+in\s+{_LEVEL}"
        rf"|(?P<shines>outshines?)\s+{_AROUND}"
        r"|(?P<sends>(?:reflects?|returns?|scatters?|gleams?|glows?|shines?)\s+(?:[\w-]+\s+){0,2}?"
        rf"more\s+(?:\w+\s+)?(?:\w+\s+)?than)\s+{_OF}{_AROUND})"
        # "Compared with the skin next to it, the lesion is strikingly bright".
        rf"|(?:^|,\s*){_HELD}\s+{_OF}{_AROUND}(?:[^,;]{{0,25}},\s*(?:[\w-]+\s+){{0,3}}?|"
        rf"\s+(?:it|they|this)\s+){_IS}\s+"
        rf"(?:[\w-]+\s+){{0,3}}?(?:(?P<bright_it>{bright})|(?P<dark_it>{dark}))(?![\w-])"
    )


# One of these is in each comparison.
_NEEDED = frozenset(
    phrase(
        "skin, surrounding, surroundings, background, parenchyma, gland, tissue, tissues, lung, "
        "lungs, retina, fundus, mucosa, neighbourhood, vicinity, environment, environs, wall, "
        "structures, neighbours, two, pair, part, "
        "component, partner, element, one, around, ground, breast, what, everything"
    )
)
_GROUND = re.compile(_AROUND)
_GROUND_IS = re.compile(
    r"(?:^|[,(:]\s*|\b(?:and|that|where|while|because|since|by comparison|in comparison|so|"
    r"but)\s+)\s*"
    rf"{_AROUND}(?:\s+in\s+(?:its|their|the)\s+(?:vicinity|neighbourhood))?"
    r"(?:\s+(?:around|about|beside|outside|next to|near|nearby|between|behind|beyond|"
    r"that|which|they|it|"
    rf"who|encircl\w+|frames?)(?:\s+(?!{_IS}\b)[\w-]+){{0,3}})?\s+{_IS}\s+(?:\w+\s+){{0,3}}?$"
    rf"|\b{_AROUND}\s+(?:that|which)\s+(?:is|are|looks?|appears?)\s+(?:\w+\s+)?$"
    # "The lesion is dark, the surrounding breast lighter".
    rf"|^\s*{_AROUND}\s+(?:much\s+|far\s+|\w+ly\s+)?$"
    rf"|,\s*(?:and\s+)?(?:the|its|their)\s+{_AROUND}\s+(?:much\s+|far\s+|\w+ly\s+)?$"
)
_UP = ("bright", "bright_it", "weak", "over", "above", "higher", "beats", "shines", "sends")


def comparisons(case: Case, clause: Clause) -> Iterator[Compared]:
    """Every comparison of the outlined thing with what surrounds it, in a clause."""
    low = clause.low
    if words(low).isdisjoint(_NEEDED) and not low.lstrip().startswith("which "):
        return
    for match in _pattern(case.modality).finditer(low):
        brighter = _brighter(case, clause, match)
        if brighter is not None:
            yield Compared(match.start(), match.end(), match.group(), brighter)


def _brighter(case: Case, clause: Clause, match: re.Match[str]) -> bool | None:
    """Whether the outlined thing is called the brighter; None where something else is compared."""
    low = clause.low
    last = _last(case, low, match.start())
    # "A vessel brighter than the skin around it" compares something else.
    other = last is not None and not last.is_target
    if not (match["up"] or match["down"]):
        return None if other and not match["bright_it"] else any(match[name] for name in _UP)
    up = match["up"] is not None
    # "They stand out from the surroundings, being the darker of the two".
    first = next((noun for noun in known_nouns(case, low) if not noun.inner), None)
    if match["partner"] and first and first.is_target and "being" in low:
        return up
    if match["than"]:
        return None if other else up
    if match["ground"]:
        return not up if match["on"] else None
    # "The skin is the darker of the two", "the skin around it is darker".
    if is_of_surroundings(low, match.start(), clause.before) or (
        match["partner"] and other and _GROUND.search(low, 0, match.start())
    ):
        return not up
    return up if match["partner"] and last and last.is_target else None


# "The gland beside it, which is much brighter".
_GROUND_WHICH = re.compile(
    rf"{_AROUND}(?:\s+(?:around|about|beside|outside|next to|near|nearby)(?:\s+\w+)?)?,?\s*$"
)


def is_of_surroundings(low: str, start: int, before: str = "") -> bool:
    """Whether what begins at `start` is said of the surroundings: "the skin is darker".

    Args:
        low: A clause.
        start: Where.
        before: What its sentence says ahead of the clause.
    """
    if low.lstrip().startswith("which ") and _GROUND_WHICH.search(before):
        return True
    return _GROUND_IS.search(low, 0, start) is not None


def _last(case: Case, low: str, before: int) -> Noun | None:
    """The last known noun ahead."""
    return next((noun for noun in reversed(known_nouns(case, low)) if noun.end <= before), None)
