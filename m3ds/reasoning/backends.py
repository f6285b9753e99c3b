"""Who may write and who may judge: the two protocols, and the embedded author."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from pydantic import JsonValue

from m3ds.errors import M3dsError
from m3ds.reasoning import prompts
from m3ds.reasoning.calls import Ask, Body, Call, Turn, plain
from m3ds.reasoning.grammar import AUTHOR_VERSION, write
from m3ds.reasoning.sight import Sight
from m3ds.schema.base import Frozen
from m3ds.schema.case import Case
from m3ds.schema.text import Draft, Steps, TextVersion, Verdict
from m3ds.schema.vocabulary import vocabulary_sha256


class MalformedReply(M3dsError):
    """A model's reply that is no text in steps. `seen` says why, `where` is the reply itself."""


class Identity(Frozen):
    """Which backend, model and prompt speak."""

    backend: str
    model: str
    revision: str
    prompt_version: str
    prompt_sha256: str


class AuthorBackend(Protocol):
    """Writes the steps of one sample.

    `documents` has the fixed texts that its calls name by hash.
    """

    @property
    def documents(self) -> Mapping[str, str]: ...

    @property
    def identity(self) -> Identity:
        """Who writes."""

    def settings(self) -> dict[str, JsonValue]:
        """Whatever beside `identity` its texts depend on: sampling, schemas, hint ladder."""

    def hint_level(self, case: Case, attempt: int) -> int | None:
        """How much of the label attempt `attempt` is told; None where there is one label only."""

    def temperature(self, attempt: int) -> float | None:
        """At which attempt `attempt` is sampled; None where nothing is."""

    async def write(self, case: Case, sight: Sight, turn: Turn, ask: Ask) -> Draft:
        """Write one attempt, each model call through `ask`.

        Raises:
            MalformedReply: what came back is no text; that costs this attempt.
            ModelUnavailable: the model cannot be asked now; the sample waits for it.
            RequestRefused, Poisoned: this sample cannot be asked about at all.
        """


class CriticBackend(Protocol):
    """Judges one text, after the checks have passed it; `documents` as an author's."""

    @property
    def documents(self) -> Mapping[str, str]: ...

    @property
    def identity(self) -> Identity:
        """Who judges."""

    @property
    def judge_name(self) -> str:
        """As it stands in its verdicts."""

    @property
    def version(self) -> str:
        """Of its verdicts: changes with model, prompts and thresholds."""

    def settings(self) -> dict[str, JsonValue]:
        """Whatever beside `identity` its verdicts depend on: rubric, thresholds, schemas."""

    async def judge(
        self, case: Case, sight: Sight, text: TextVersion, turn: Turn, ask: Ask
    ) -> Verdict:
        """Judge one text, each model call through `ask`.

        Raises:
            ModelUnavailable: the model cannot be asked now; the sample waits for it.
        """


class FactsAuthor:
    """The embedded author: no model, only facts and grammar. It knows the label."""

    documents: Mapping[str, str] = MappingProxyType({})

    @property
    def identity(self) -> Identity:
        """Its revision is that of its code; prompt and hash are the grammar's."""
        return Identity(
            backend="facts",
            model="grammar",
            revision=AUTHOR_VERSION,
            prompt_version=prompts.grammar().version,
            prompt_sha256=prompts.sha256("grammar.yaml"),
        )

    def settings(self) -> dict[str, JsonValue]:
        """The words it reads."""
        return {"vocabulary": vocabulary_sha256()}

    def hint_level(self, case: Case, attempt: int) -> int | None:
        """Always the label itself, where there is anything to hint at."""
        del attempt
        return 2 if len(case.label_options) > 1 else None

    def temperature(self, attempt: int) -> None:
        """It samples from no model."""
        del attempt

    async def write(self, case: Case, sight: Sight, turn: Turn, ask: Ask) -> Draft:
        """Write the steps; each attempt has its own seed and so its own text."""
        del sight
        who = self.identity
        call = Call(
            name="write",
            backend=who.backend,
            model=who.model,
            revision=who.revision,
            # It reads the case as a whole, so the case stands where a model has its messages.
            messages=({"role": "user", "content": plain(case)}, {"grammar": who.prompt_sha256}),
            sampling={"vocabulary": vocabulary_sha256()},
        )

        async def perform() -> Body:
            return write(case, turn.seed).model_dump()

        reply = await ask(call, perform)
        return Draft(steps=Steps.model_validate(reply.body), call_key=reply.key)
