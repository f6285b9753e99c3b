"""Whether the terms of the sources allow what a recipe does with their images."""

from __future__ import annotations

from m3ds.errors import LicenceRefused
from m3ds.recipe import OpenaiAuthor, OpenaiCritic, Phantoms
from m3ds.sources.registry import adapter
from m3ds.stages.crew import members
from m3ds.stages.workplace import Workplace


def gate(place: Workplace) -> None:
    """Refuse to send images to somebody else's model where a source's terms do not allow it.

    Raises:
        LicenceRefused: they forbid it, or do not say and the recipe does not accept that.
    """
    remote = [p for _, p in members(place) if isinstance(p, OpenaiAuthor | OpenaiCritic)]
    drawn = isinstance(place.recipe.input, Phantoms) and place.archives is None
    if not remote or drawn:
        return
    said = {name: adapter(name).source.license.third_party_models for name in place.sources}
    forbidden = [name for name, allowed in said.items() if allowed is False]
    unsaid = [name for name, allowed in said.items() if allowed is None]
    if forbidden:
        raise LicenceRefused(
            f"the terms of {', '.join(forbidden)} forbid sending images to third-party models",
            where=place.pipeline,
            todo="use backend: vllm, or leave these sources out with `sources:`",
        )
    if unsaid and not all(part.accept_unstated_terms for part in remote):
        raise LicenceRefused(
            f"the terms of {', '.join(unsaid)} do not say whether images may be sent to "
            "third-party models",
            where=place.pipeline,
            todo="use backend: vllm, leave them out with `sources:`, or, if the endpoint is your "
            "own or you have asked, say `accept_unstated_terms: true`",
        )
