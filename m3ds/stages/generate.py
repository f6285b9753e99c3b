"""`m3ds generate`: the reasoning loop with its author only; what needs a critic waits for it."""

from __future__ import annotations

from m3ds.stages import reason
from m3ds.stages.workplace import Workplace


def run(place: Workplace) -> bool:
    """See `reason.run`."""
    return reason.run(place, ("author",))
