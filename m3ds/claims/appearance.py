"""Words for shape, border, brightness and colour, against what was measured of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.text import any_of, is_negated, particular
from m3ds.schema.case import Case
from m3ds.schema.scale import Scale
from m3ds.schema.text import Failure, Steps
from m3ds.schema.vocabulary import (
    BORDER,
    COLOURS,
    CONTRAST,
    OUTLINE,
    SHAPE,
    colour_agrees,
    roughness,
)


def _words(scale: Scale) -> str:
    return any_of((*scale.words, *scale.aliases))


_EDGE = r"(?:borders?|margins?|outlines?|contours?|edges?|bound(?:ary|aries))"
_SHAPE = re.compile(
    rf"\b(?P<word>{_words(SHAPE)})\b(?!\s+(?:cells?|ligament|pneumonia|to\b|{_EDGE}))"
    rf"|\b(?P<first>{_words(SHAPE)})\s+to\s+(?P<second>{_words(SHAPE)})\b",
    re.IGNORECASE,
)
_BORDER = re.compile(
    rf"\b(?P<word>{_words(BORDER)})(?:ly)?\b(?=(?:,?\s+(?:and\s+)?[\w-]+){{0,2}}?\s+"
    rf"(?:{_EDGE}|shape|shaped|in\s+(?:shape|outline|contour)))"
    rf"|\b{_EDGE}\s+(?:is|are|appears?|looks?)\s+(?:rather\s+|fairly\s+|quite\s+)?"
    rf"(?P<after>{_words(BORDER)})\b",
    re.IGNORECASE,
)
_OUTLINE = re.compile(rf"\b(?P<word>{_words(OUTLINE)})\b(?!\s+lens)", re.IGNORECASE)
_PART = (
    r"(?:rim|halo|foci|focus|spots?|hilum|capsule|wall|septa\w*|posterior|shadow\w*|enhancement"
    r"|cent(?:re|er)|core|reflex|background|line)"
)
_CONTRAST = re.compile(
    rf"\b(?P<word>{any_of([w for w in (*CONTRAST.words, *CONTRAST.aliases) if w != 'similar'])})\b"
    rf"(?!\s+(?:[\w-]+\s+)?{_PART})"
    r"|\b(?P<similar>similar)\s+(?:in\s+brightness|brightness)\b",
    re.IGNORECASE,
)
_COLOUR = re.compile(
    rf"\b(?P<word>{any_of(COLOURS)})\b(?!\s+(?:matter|blood|reflex|cells?))", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"\b(?:surround\w*|background|around|adjacent|normal mucosa|the mucosa|hairs?|ruler|light)\b",
    re.IGNORECASE,
)


def check_shape(case: Case, steps: Steps) -> Iterator[Failure]:
    """Words for the overall form agree with the eccentricity."""
    value = case.facts.eccentricity
    if value is not None:
        yield from _on_scale("shape", SHAPE, _SHAPE, value, steps)


def check_border(case: Case, steps: Steps) -> Iterator[Failure]:
    """Words for the border agree with its roughness."""
    irregularity, eccentricity = case.facts.irregularity, case.facts.eccentricity
    if irregularity is not None and eccentricity is not None:
        value = roughness(irregularity, eccentricity)
        yield from _on_scale("shape", BORDER, _BORDER, value, steps)


def check_outline(case: Case, steps: Steps) -> Iterator[Failure]:
    """Words for lobes and indentations agree with the solidity."""
    value = case.facts.solidity
    if value is not None:
        yield from _on_scale("shape", OUTLINE, _OUTLINE, value, steps)


def check_contrast(case: Case, steps: Steps) -> Iterator[Failure]:
    """Words for brightness agree with the contrast against the surroundings."""
    value = case.facts.contrast
    if value is not None:
        yield from _on_scale("contrast", CONTRAST, _CONTRAST, value, steps)


def check_colour(case: Case, steps: Steps) -> Iterator[Failure]:
    """Colours said of the region agree with its own; of several, one has to."""
    measured = case.facts.colour
    if measured is None:
        return
    for sentence in particular(steps):
        if _ELSEWHERE.search(sentence.said):
            continue
        claimed = [
            re.sub(r"[\s-]+", " ", match["word"].lower()).replace("blue grey", "blue-grey")
            for match in _COLOUR.finditer(sentence.said)
            if not is_negated(sentence.said, *match.span())
        ]
        if claimed and not any(colour_agrees(word, measured) for word in claimed):
            yield Failure(
                code="colour",
                step=sentence.step,
                sentence=sentence.text,
                expected=measured,
                claimed=", ".join(claimed),
            )


def _on_scale(
    code: str, scale: Scale, pattern: re.Pattern[str], value: float, steps: Steps
) -> Iterator[Failure]:
    for sentence in particular(steps):
        for match in pattern.finditer(sentence.said):
            if is_negated(sentence.said, *match.span()):
                continue
            words = [word for word in match.groupdict().values() if word]
            if not any(scale.agrees(_plain(scale, word), value) for word in words):
                yield Failure(
                    code=code,
                    step=sentence.step,
                    sentence=sentence.text,
                    expected=f"{scale.word(value)} ({value:.2f})",
                    claimed=match.group(),
                )


def _plain(scale: Scale, word: str) -> str:
    """The word as the scale spells it: patterns take a hyphen for a blank and the reverse."""
    for spelled in (word, word.replace("-", " "), re.sub(r"\s+", "-", word)):
        if scale.known(spelled):
            return spelled
    raise KeyError(word)
