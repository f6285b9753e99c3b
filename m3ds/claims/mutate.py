"""Plants errors into clean texts: what the checks, and a critic, are measured by."""

from __future__ import annotations

from m3ds.schema.case import Case
from m3ds.schema.text import Steps

KINDS: tuple[str, ...] = ()


def mutate(case: Case, steps: Steps, kind: str, seed: int) -> Steps | None:
    """Plant an error."""
    del case, steps, kind, seed
    return None
