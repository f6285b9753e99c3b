"""All checks of a text, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from m3ds.claims.anatomy import check_anatomy
from m3ds.claims.area import check_area
from m3ds.claims.colour import check_colour
from m3ds.claims.contrast import check_contrast
from m3ds.claims.count import check_count
from m3ds.claims.form import (
    check_language,
    check_length,
    check_markup,
    check_refusal,
    check_repetition,
)
from m3ds.claims.history import check_history
from m3ds.claims.impossible import check_impossible
from m3ds.claims.insertion import check_insertion
from m3ds.claims.label import check_diagnosis_word, check_label
from m3ds.claims.leakage import check_leakage
from m3ds.claims.modality import check_modality
from m3ds.claims.place import check_place
from m3ds.claims.shape import check_border, check_outline, check_shape
from m3ds.claims.size import check_size
from m3ds.claims.text import Text
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps

Check = Callable[[Case, Text], Iterator[Failure]]

CHECKS: tuple[Check, ...] = (
    *(check_length, check_markup, check_language, check_refusal, check_repetition),
    *(check_leakage, check_history, check_modality, check_anatomy, check_impossible),
    *(check_place, check_area, check_size, check_count, check_insertion),
    *(check_shape, check_border, check_outline, check_contrast, check_colour),
    *(check_diagnosis_word, check_label),
)


def failures(case: Case, steps: Steps, findings: tuple[str, ...]) -> tuple[Failure, ...]:
    """What `m3ds.claims.check` returns."""
    text = Text.of(steps, findings)
    return tuple(failure for one in CHECKS for failure in one(case, text))
