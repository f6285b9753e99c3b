"""`m3ds critique`: the reasoning loop with its critic only; what is sent back waits for the author.

With `critic: {backend: checks}` there is nothing to do: the checks run straight after the author.
"""

from __future__ import annotations

from m3ds.stages import reason
from m3ds.stages.workplace import Workplace


def run(place: Workplace) -> bool:
    """See `reason.run`."""
    if not place.recipe.critics:
        return False
    return reason.run(place, ("critic",))
