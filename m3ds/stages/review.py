"""`m3ds review`: people read what the recipe's policy asks for."""

from __future__ import annotations

from m3ds.errors import WaitingForPeople
from m3ds.stages.workplace import Workplace


def told_ahead(place: Workplace) -> str:
    """What a long run has to know before it begins; empty where nobody has to read."""
    policy = place.recipe.review.policy
    if policy == "none":
        return ""
    return (
        f"the recipe asks people to read texts (review.policy: {policy}), and this version has no "
        "review screen yet: a build will stop before it releases anything; with review: {policy: "
        "none} it does not"
    )


def run(place: Workplace) -> bool:
    """Nothing with `review: {policy: none}`.

    Raises:
        WaitingForPeople: the recipe asks for readers, and this version has no review screen.
    """
    policy = place.recipe.review.policy
    if policy == "none":
        return False
    raise WaitingForPeople(
        f"the recipe asks people to read texts (review.policy: {policy}), and this version has no "
        "review screen yet",
        where=place.pipeline,
        todo="use review: {policy: none}",
    )
