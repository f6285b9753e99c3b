"""The critics' record against the recipe's floors, before anything is asked or released."""

from __future__ import annotations

from m3ds.stages.controls import Watch
from m3ds.stages.crew import judges
from m3ds.stages.workplace import Workplace


def hold(place: Workplace) -> Watch:
    """Every critic of the recipe held against it, whether it can be asked now or not.

    Returns:
        What goes on watching them while they judge.

    Raises:
        CriticBelowFloor: one misses too many planted errors, or refuses too many sound texts.
    """
    versions = judges(place)
    limits = {f"critic:{part.model}": part.controls for part in place.recipe.critics}
    watch = Watch(place.ledger, {judge: limits[judge] for judge in versions}, versions)
    watch.start()
    return watch
