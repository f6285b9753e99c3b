"""Text against facts: sentences, claims, checks."""

from __future__ import annotations

from m3ds.claims.version import CHECKS_VERSION
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps

__all__ = ["CHECKS_VERSION", "check"]


def check(case: Case, steps: Steps, findings: tuple[str, ...] = ()) -> tuple[Failure, ...]:
    """Hold a text against its case: the door to `m3ds.claims.checks`.

    Args:
        case: The sample.
        steps: The text.
        findings: The sentences of a model's structured findings; they are checked like the
            analysis, and their failures carry the step `findings`.

    Returns:
        Every claim that does not hold, in the order of the checks, then of the text. What the
        case's mask does not support is unverifiable: no failure, whatever the text says of it.
    """
    # The first call makes the patterns, half a second that a run spends waiting for its first
    # answers and not before it has asked for them.
    from m3ds.claims.checks import failures

    return failures(case, steps, findings)
