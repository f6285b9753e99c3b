"""One build, completely."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from m3ds.recipe.models import (
    AnyCritic,
    ChecksCritic,
    FactsAuthor,
    OpenaiAuthor,
    OpenaiCritic,
    VllmAuthor,
    VllmCritic,
)
from m3ds.recipe.part import Part
from m3ds.schema.base import SOURCE_NAMES, SourceName

Negatives = Literal["default", "drop", "keep"]


class Phantoms(Part):
    """Synthetic archives in the upstream layouts; `per_source` images each."""

    kind: Literal["phantoms"]
    per_source: int = Field(24, ge=1)


class Upstream(Part):
    """The real archives, from where upstream publishes them."""

    kind: Literal["upstream"]


class SourceOptions(Part):
    """What may differ from source to source."""

    negatives: Negatives = "default"


class EngineOptions(Part):
    """Where CPU work runs; `workers: 0` takes every core."""

    kind: Literal["local"] = "local"
    workers: int = Field(0, ge=0)


class Review(Part):
    """Which texts people read: none; `flagged` and a random share; all.

    `random` is a share of the accepted texts (0 to 1); `readers` how many read each of those.
    """

    policy: Literal["none", "flagged", "all"] = "none"
    random: float = Field(0.0, ge=0, le=1)
    readers: int = Field(1, ge=1, le=5)

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Review:
        if self.policy == "none" and (self.random or self.readers > 1):
            raise ValueError("policy none asks nobody, so random and readers have no effect")
        return self


class Splits(Part):
    """How rows are divided.

    `clean`: official test, official validation, then a hash of the group; copies of official test
    images elsewhere are dropped. `paper`: the official splits as they are, of which the first
    `test[source]` rows by that hash are the test; leaks are reported, not dropped.
    """

    policy: Literal["clean", "paper"] = "clean"
    test: dict[SourceName, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Splits:
        if self.policy == "clean" and self.test:
            raise ValueError("test sizes have an effect with policy paper only")
        return self


class Recipe(Part):
    """One build, completely."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    seed: int = Field(ge=0)
    input: Annotated[Phantoms | Upstream, Field(discriminator="kind")]
    archives: str | None = None
    sources: Annotated[dict[SourceName, SourceOptions], Field(min_length=1)] = dict.fromkeys(
        SOURCE_NAMES, SourceOptions()
    )
    negatives: Negatives = "default"
    engine: EngineOptions = EngineOptions()
    ledger: str | None = None
    objects: str | None = None
    author: Annotated[FactsAuthor | VllmAuthor | OpenaiAuthor, Field(discriminator="backend")]
    critic: tuple[AnyCritic, ...] = Field(min_length=1)
    review: Review = Review()
    splits: Splits = Splits()
    max_quarantined: float = Field(0.1, ge=0, le=1)

    @field_validator("engine", mode="before")
    @classmethod
    def _engine_by_name(cls, value: object) -> object:
        """`engine: local` is short for `engine: {kind: local}`."""
        return {"kind": value} if isinstance(value, str) else value

    @field_validator("critic", mode="before")
    @classmethod
    def _one_critic_or_several(cls, value: object) -> object:
        """One critic needs no list; of several, each has to accept a text."""
        return value if isinstance(value, tuple) else (value,)

    @model_validator(mode="after")
    def _critics_fit_together(self) -> Recipe:
        if len(self.critic) > 1 and any(isinstance(c, ChecksCritic) for c in self.critic):
            raise ValueError("critic: `checks` means that no model follows, so it stands alone")
        names = [c.model for c in self.critics]
        if len(set(names)) < len(names):
            raise ValueError("critic: the same model twice is one critic")
        return self

    @property
    def critics(self) -> tuple[VllmCritic | OpenaiCritic, ...]:
        """The critics that are models; none with `backend: checks`."""
        return tuple(c for c in self.critic if not isinstance(c, ChecksCritic))

    @field_validator("sources", mode="before")
    @classmethod
    def _sources_by_name(cls, value: object) -> object:
        """A list chooses sources; a mapping gives options to some of all ten."""
        if isinstance(value, tuple):
            return {name: {} for name in value}
        if isinstance(value, dict):
            given = {name: {} if options is None else options for name, options in value.items()}
            return {name: {} for name in SOURCE_NAMES} | given
        return value

    def negatives_of(self, source: str, default: Literal["drop", "keep"] | None) -> bool:
        """Whether this build keeps the negatives of `source`, whose own policy is `default`."""
        if default is None:
            return False
        own = next((o.negatives for n, o in self.sources.items() if n == source), "default")
        chosen = own if own != "default" else self.negatives
        return (chosen if chosen != "default" else default) == "keep"
