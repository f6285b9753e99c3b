"""Sides, heights and positions that a text claims, against the measured centroid.

A claim is brought into image terms first. `pa_chest` images show the patient's left on their
right, and in their texts a bare "left" is the patient's, as radiologists write; where the
convention is unknown, or the image is not of a patient facing us, what is said of the patient's
sides cannot be verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from m3ds.claims.text import IMAGE, Sentence, is_negated, lesion, particular
from m3ds.schema.base import Laterality
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps
from m3ds.schema.vocabulary import POSITION_SLACK, SIDE_SLACK, side_agrees

_SIDE = re.compile(
    r"\b(?P<patient>patient['’]?s\s+|anatomical(?:ly)?\s+)?(?P<image>image[\s-]+)?"
    r"(?P<side>left|right)(?:-hand)?\b(?:-sided)?",
    re.IGNORECASE,
)
_NOT_A_SIDE = re.compile(
    r"^(?:[\s-]+to[\s-]+(?:left|right)|\s+(?:angles?|away|borders?|margins?|edges?|walls?|rim"
    r"|contours?|ventric\w+|atri\w+|heart|main)\b"
    rf"|\s+of\s+(?!(?:(?:the|this)\s+)?(?:{IMAGE}|cent(?:re|er)|midline|patient|chest|thorax)))",
    re.IGNORECASE,
)
_PATIENT_NOUN = re.compile(
    r"^(?:\s+(?:upper|lower|mid|middle|hilar|apical|basal|basilar|perihilar|costophrenic))*\s+"
    r"(?:lungs?|hemithorax|hemi-thorax|chest|thorax|lobe|apex|base|zone|hilum|hilar|costophrenic"
    r"|hemidiaphragm|diaphragm|pleura\w*|ribs?|clavicle|breast|arm|forearm|hand|wrist|elbow"
    r"|shoulder|humerus|radius|ulna|femur|hip|knee|leg|ankle|foot|tibia|fibula|thyroid|kidney|eye"
    r"|(?:half|side)\s+of\s+the\s+(?:patient|chest|thorax|body))\b"
    r"|^\s+of\s+the\s+(?:patient|chest|thorax)\b",
    re.IGNORECASE,
)
_OF_IMAGE = re.compile(rf"^(?:\s+[\w-]+){{0,3}}?\s+of\s+(?:the|this)\s+{IMAGE}\b", re.IGNORECASE)
_IMAGE_BEFORE = re.compile(rf"\b{IMAGE}['’]s\s+(?:[\w-]+\s+)?$", re.IGNORECASE)

_MEASURED_FROM = re.compile(r"\bfrom\s+(?:the\s+|its\s+)?$", re.IGNORECASE)

_ROW_NOUN = (
    r"(?:part|portion|third|half|quadrant|region|area|corner|side|field|hemithorax|zones?|lungs?"
    rf"|of\s+(?:the|this)\s+{IMAGE})"
)
_ROW = re.compile(
    r"\b(?P<row>upper|lower|top|bottom|superior|inferior)(?:most)?[\s-]+"
    rf"(?:(?P<column>left|right|cent(?:re|er)|central|middle|mid)\b|{_ROW_NOUN}\b)",
    re.IGNORECASE,
)
# The upper part of the gland may be anywhere in the image; that of a lung is held to more slack.
_OF_ANOTHER = re.compile(
    rf"^\s+of\s+(?:the|this|its)\s+(?!(?:\w+\s+)?(?:{IMAGE}|lungs?|chest|thorax|hemithorax)\b)",
    re.IGNORECASE,
)
_ROW_LEVEL = re.compile(
    rf"\b(?P<row>mid-height|halfway (?:up|down)|middle (?:third|part) of the {IMAGE})",
    re.IGNORECASE,
)
_CENTRE = re.compile(
    rf"\b(?:in|at|near|around|within|occup\w+)\s+the\s+(?:very\s+)?(?:cent(?:re|er)|middle"
    rf"|central\s+(?:part|portion|region|third|area))\s+of\s+(?:the|this)\s+{IMAGE}"
    r"|\bcentrally\s+(?:located|placed|positioned)|\b(?:lies|sits|located|placed)\s+centrally\b",
    re.IGNORECASE,
)
_POSITION = re.compile(
    r"(?P<value>\d+(?:\.\d+)?)\s*(?:%|per\s?cent)\s+of\s+(?:the\s+|its\s+)?(?:image(?:['’]s)?\s+)?"
    r"(?P<axis>width|height)(?:\s+in)?\s+from\s+(?:the\s+|its\s+)?(?P<edge>left|right|top|bottom)",
    re.IGNORECASE,
)
_ROWS = {"top": "upper", "superior": "upper", "bottom": "lower", "inferior": "lower"}
_ZONE_SLACK = 0.12  # zones and fields of a lung, which is not the whole image
_MANY_SLACK = 0.10  # the centroid of several regions stands for none of them in particular


class _Claim(NamedTuple):
    code: str
    side: str
    position: float
    slack: float
    words: str


def check_place(case: Case, steps: Steps) -> Iterator[Failure]:
    """Sides, heights and positions agree with the centroid."""
    if case.is_negative:
        yield from _places_of_nothing(case, steps)
        return
    x, y = case.facts.centroid_x, case.facts.centroid_y
    if x is None or y is None:
        return
    several = case.facts.n_regions is not None and case.facts.n_regions > 1
    slack = _MANY_SLACK if several else SIDE_SLACK
    for sentence in particular(steps):
        text = sentence.said
        claims = [*_sides(text, x, slack, case.laterality)]
        # "In both the left and the right lung" says nothing that one centroid could refute.
        if len({claim.side for claim in claims}) > 1 and case.facts.n_regions != 1:
            claims = []
        claims += [*_heights(text, x, y, slack), *_centres(text, x, y)]
        for claim in claims:
            if not side_agrees(claim.side, claim.position, slack=claim.slack):
                yield _failure(claim, sentence, x, y)
                if claim.side == "centre":
                    break  # one claim, held against width and height
        yield from _positions(sentence, x, y)


def _places_of_nothing(case: Case, steps: Steps) -> Iterator[Failure]:
    """Where a negative is said to have what it has not; its anatomy may lie anywhere."""
    thing = lesion(case.target)
    for sentence in particular(steps):
        text = sentence.said
        placed = _POSITION.search(text)
        if placed is None and any(not is_negated(text, *m.span()) for m in thing.finditer(text)):
            claims = (*_SIDE.finditer(text), *_ROW.finditer(text), *_CENTRE.finditer(text))
            placed = next((m for m in claims if not is_negated(text, *m.span())), None)
        if placed is not None:
            yield Failure(
                code="quadrant",
                step=sentence.step,
                sentence=sentence.text,
                expected="nothing to be placed",
                claimed=placed.group(),
            )


def _sides(text: str, x: float, slack: float, laterality: Laterality) -> Iterator[_Claim]:
    for match in _SIDE.finditer(text):
        tail = text[match.end() :]
        head = text[: match.start()]
        if _NOT_A_SIDE.match(tail) or _MEASURED_FROM.search(head):
            continue
        if is_negated(text, *match.span()):
            continue
        side = match["side"].lower()
        if _of_patient(match, head, tail, laterality):
            if laterality != "pa_chest":
                continue
            side = "left" if side == "right" else "right"
        yield _Claim("side", side, x, slack, match.group())


def _of_patient(match: re.Match[str], head: str, tail: str, laterality: Laterality) -> bool:
    if match["patient"] or _PATIENT_NOUN.match(tail):
        return True
    if match["image"] or _OF_IMAGE.match(tail) or _IMAGE_BEFORE.search(head):
        return False
    return laterality == "pa_chest"


def _heights(text: str, x: float, y: float, slack: float) -> Iterator[_Claim]:
    for match in _ROW.finditer(text):
        if is_negated(text, *match.span()):
            continue
        words = match.group()
        if _OF_ANOTHER.match(text[match.end() :]):
            continue
        row = match["row"].lower()
        wide = max(slack, _ZONE_SLACK) if re.search(r"zone|lung|field|hemi", words) else slack
        yield _Claim("quadrant", _ROWS.get(row, row), y, wide, words)
        if (match["column"] or "").lower() not in {"", "left", "right"}:
            yield _Claim("quadrant", "centre", x, slack, words)
    for match in _ROW_LEVEL.finditer(text):
        yield _Claim("quadrant", "centre", y, slack, match.group())


def _centres(text: str, x: float, y: float) -> Iterator[_Claim]:
    for match in _CENTRE.finditer(text):
        if not is_negated(text, *match.span()):
            yield _Claim("quadrant", "centre", x, 0, match.group())
            yield _Claim("quadrant", "centre", y, 0, match.group())


def _positions(sentence: Sentence, x: float, y: float) -> Iterator[Failure]:
    for match in _POSITION.finditer(sentence.said):
        edge = match["edge"].lower()
        measured = x if match["axis"].lower() == "width" else y
        if edge in {"right", "bottom"}:
            measured = 1 - measured
        if abs(float(match["value"]) / 100 - measured) > POSITION_SLACK + 1e-9:
            claim = _Claim("position", edge, measured, 0, match.group())
            yield _failure(claim, sentence, x, y)


def _failure(claim: _Claim, sentence: Sentence, x: float, y: float) -> Failure:
    return Failure(
        code=claim.code,
        step=sentence.step,
        sentence=sentence.text,
        expected=f"centroid at {100 * x:.0f} % of the width and {100 * y:.0f} % of the height",
        claimed=claim.words,
    )
