"""All checks of a text, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from m3ds.claims.appearance import (
    check_border,
    check_colour,
    check_contrast,
    check_outline,
    check_shape,
)
from m3ds.claims.extent import check_area, check_count, check_size
from m3ds.claims.form import check_leakage, check_length, check_markup
from m3ds.claims.label import check_label
from m3ds.claims.modality import check_modality
from m3ds.claims.place import check_place
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps
from m3ds.schema.vocabulary import vocabulary_sha256

Check = Callable[[Case, Steps], Iterator[Failure]]

CHECKS: tuple[Check, ...] = (
    *(check_length, check_markup, check_leakage, check_modality),
    *(check_place, check_area, check_size, check_count),
    *(check_shape, check_border, check_outline, check_contrast, check_colour),
    check_label,
)

CHECKS_VERSION = f"3-{vocabulary_sha256()[:8]}"
"""Of the checks' code (raise it with any change) and of the words and thresholds they read."""


def check(case: Case, steps: Steps, findings: tuple[str, ...] = ()) -> tuple[Failure, ...]:
    """Hold a text against its case.

    Returns:
        Every claim that does not hold, in the order of `CHECKS`, then of the text. What the case's
        mask does not support is unverifiable: no failure, whatever the text says of it.
    """
    del findings
    return tuple(failure for one in CHECKS for failure in one(case, steps))
