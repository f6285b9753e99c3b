"""Numbers, facts and terms in words."""

from __future__ import annotations

import re

from m3ds.schema.base import MaskKind, Modality
from m3ds.schema.facts import Facts
from m3ds.schema.vocabulary import (
    BORDER,
    SHAPE,
    SIZE,
    contrast_term,
    count_word,
    percent_text,
    roughness,
)

_DRAWN: dict[MaskKind, str] = {
    "contour": "drawn as a contour",
    "polygon": "drawn as a polygon",
    "box": "as a filled box",
    "anatomy": "the anatomy and not the disease",
    "none": "not outlined",
}
_ORDINAL = re.compile(r"(?<=[.!?]) (?=(?:Firstly|Secondly|Thirdly|Fourthly|Finally|Lastly),)")


def percent(fraction: float) -> str:
    """A fraction as `4.2 %`, with a no-break space."""
    return f"{percent_text(fraction)}\u00a0%"


def share(part: int, whole: int) -> str:
    """`part` of `whole` in per cent; whole numbers, and `<1 %` instead of a false zero."""
    if not whole:
        return "–"
    value = 100 * part / whole
    rounded = "<1" if 0 < value < 1 else ">99" if 99 < value < 100 else f"{value:.0f}"
    return f"{rounded}\u00a0%"


def facts_in_words(facts: Facts, modality: Modality, *, is_negative: bool) -> list[tuple[str, str]]:
    """(what, how it is) for each measured fact, in the vocabulary's words."""
    if is_negative:
        return [("mask", "empty, a negative")]
    said = []
    if facts.area_fraction is not None:
        said.append(("size", f"{SIZE.word(facts.area_fraction)}, {percent(facts.area_fraction)}"))
    if facts.place is not None:
        said.append(("place", facts.place))
    if facts.n_regions is not None:
        said.append(("regions", count_word(facts.n_regions)))
    if facts.eccentricity is not None:
        said.append(("shape", SHAPE.word(facts.eccentricity)))
        if facts.irregularity is not None:
            rough = roughness(facts.irregularity, facts.eccentricity)
            said.append(("border", BORDER.word(rough)))
    if facts.contrast is not None:
        said.append(("contrast", contrast_term(modality, facts.contrast)))
    return said


def mask_name(target: str, kind: MaskKind) -> str:
    """What a source's masks are of, and how they came about."""
    return f"{target}, {_DRAWN[kind]}"


def paragraphs(answer: str) -> list[str]:
    """The answer, cut before each of its ordinals (`Firstly, …`) so that the eye finds them.

    No line breaks between a number and its per cent sign.
    """
    return _ORDINAL.split(answer.replace(" %", "\u00a0%"))


def license_name(spdx: str) -> str:
    """An SPDX expression as a reader would say it."""
    if spdx == "NOASSERTION":
        return "terms not stated"
    if spdx.startswith("LicenseRef-"):
        return f"{spdx.removeprefix('LicenseRef-')} terms"
    return spdx


def listed(names: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
