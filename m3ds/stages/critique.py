"""`m3ds critique`: a critic model judges what the checks let through."""

from __future__ import annotations

from m3ds.errors import ModelUnavailable
from m3ds.recipe import ChecksCritic
from m3ds.stages.workplace import Workplace


def run(place: Workplace) -> bool:
    """Nothing with `critic: {backend: checks}`, whose checks run straight after the author.

    Raises:
        ModelUnavailable: the recipe asks for a critic model, which this version cannot reach.
    """
    critic = place.recipe.critic
    if isinstance(critic, ChecksCritic):
        return False
    raise ModelUnavailable(
        f"the recipe's critic is {critic.model} behind vLLM, which this version cannot reach yet",
        where=place.pipeline,
        todo="use critic: {backend: checks}",
    )
