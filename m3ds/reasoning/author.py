"""The author that is a vision-language model."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from pydantic import JsonValue

from m3ds.endpoints.wire import Completion
from m3ds.reasoning import templates
from m3ds.reasoning.backends import Identity
from m3ds.reasoning.calls import Ask, Body, Call, Turn
from m3ds.reasoning.chat import Constraint, Dialect, Line, Said, noted, pictures_in, request, sha256
from m3ds.reasoning.form import question
from m3ds.reasoning.hints import (
    LABEL,
    SHORTLIST,
    audible,
    hint_level,
    notes,
    options_shown,
    shortlist,
    told,
)
from m3ds.reasoning.prompts import grammar
from m3ds.reasoning.reply import read
from m3ds.reasoning.sight import SHOWN, Name, PictureOptions, Sight
from m3ds.schema.base import Frozen
from m3ds.schema.case import Case
from m3ds.schema.text import Draft

RANK = 0
"""Texts are asked for before judgements: what follows on them is then there to fill every slot."""


class AuthorSettings(Frozen):
    """What the recipe says of the author, as far as its texts depend on it."""

    temperatures: tuple[float, ...]
    hints: tuple[int, ...]
    mode: Literal["json", "sections"]
    max_tokens: int
    repetition_penalty: float
    dialect: Dialect
    picture: PictureOptions


class ModelAuthor:
    """Asks a model for each attempt; `line` leads to it, None where it cannot be asked now."""

    def __init__(
        self, model: str, revision: str, settings: AuthorSettings, line: Line | None
    ) -> None:
        self._identity = Identity(
            backend=settings.dialect,
            model=model,
            revision=revision,
            prompt_version=templates.prompt().version,
            prompt_sha256=templates.folder_sha256("author"),
        )
        self._settings = settings
        self._line = line
        self.documents: dict[str, str] = {}
        """The fixed texts that were used so far, by the hash under which requests name them."""

    @property
    def identity(self) -> Identity:
        """Who writes."""
        return self._identity

    def settings(self) -> dict[str, JsonValue]:
        """Sampling, ladder and form."""
        return self._settings.model_dump(mode="json")

    def hint_level(self, case: Case, attempt: int) -> int | None:
        """By the recipe's ladder; see `hints.hint_level`."""
        return hint_level(case, _of_attempt(self._settings.hints, attempt))

    def temperature(self, attempt: int) -> float:
        """By the recipe's ladder."""
        return float(_of_attempt(self._settings.temperatures, attempt))

    def system(self, case: Case) -> str:
        """The fixed part of the prompt, the same for all samples of a modality and kind."""
        text = _system(
            grammar().modalities[case.modality].names[0],
            case.mask_kind not in {"anatomy", "none"},
            case.laterality == "pa_chest",
            ", ".join(case.visible),
            self._settings.mode,
        )
        self.documents[sha256(text)] = text
        return text

    async def write(self, case: Case, sight: Sight, turn: Turn, ask: Ask) -> Draft:
        """Write one attempt.

        Raises:
            MalformedReply: the answer was cut, or is not in its form.
            ModelUnavailable: the model cannot be asked now.
        """
        settings = self._settings
        level = self.hint_level(case, turn.attempt)
        has_region = not case.is_negative and case.mask_kind != "anatomy"
        shown: tuple[Name, ...] = SHOWN["author"] if has_region else ("image",)
        messages = (
            Said("system", self.system(case)),
            Said("user", self.question(case, turn, level), shown),
        )
        constraint = (
            Constraint(schema=_schema(options_shown(case))) if settings.mode == "json" else None
        )
        sampling: Body = {
            "temperature": self.temperature(turn.attempt),
            "top_p": 0.95,
            "max_tokens": settings.max_tokens,
        }
        if settings.dialect == "vllm":
            sampling["repetition_penalty"] = settings.repetition_penalty
        call = Call(
            name="write",
            backend=self._identity.backend,
            model=self._identity.model,
            revision=self._identity.revision,
            messages=noted(messages, self._settings.picture),
            sampling=sampling,
            response_schema=constraint.plain() if constraint else None,
        )

        async def perform() -> Body:
            assert self._line is not None  # noqa: S101 - the memo asks only what is up
            body = request(
                messages,
                await sight.pictures(self._settings.picture, pictures_in(messages)),
                constraint,
                sampling,
                turn.seed,
                settings.dialect,
            )
            completion = await self._line.ask(body, tag=case.sample_id, rank=RANK)
            return completion.body(top=False)

        reply = await ask(call, perform)
        answer = read(Completion.of(reply.body), case, sections=settings.mode == "sections")
        return Draft(
            steps=answer.steps(),
            findings=tuple(finding.sentence() for finding in answer.findings),
            diagnosis=answer.diagnosis,
            call_key=reply.key,
        )

    def question(self, case: Case, turn: Turn, level: int | None) -> str:
        """The part of the prompt that is of this sample: notes first, objections last."""
        return templates.render(
            "author/user",
            question=question(case),
            anatomy=case.anatomy,
            options=options_shown(case),
            shortlist=shortlist(case) if level == SHORTLIST else (),
            target=case.diagnosis if level == LABEL else "",
            notes=notes(case),
            objections=told(turn.objections, level),
            sent_back=len({objection.attempt for objection in audible(turn.objections, level)}),
        )


def _of_attempt(ladder: tuple[Any, ...], attempt: int) -> Any:
    """The step of a ladder for attempt 1, 2, …; its last one holds for all that follow."""
    return ladder[min(attempt, len(ladder)) - 1]


@lru_cache(maxsize=64)
def _system(modality: str, close: bool, chest: bool, visible: str, mode: str) -> str:
    body = templates.render(
        "author/system", modality_name=modality, crop=close, chest=chest, visible=visible
    )
    return f"{body}\n\n{templates.render(f'author/form_{mode}')}"


@lru_cache(maxsize=512)
def _schema(options: tuple[str, ...]) -> dict[str, Any]:
    schema = templates.schema("author")
    fields = schema["properties"]
    named = {**fields["diagnosis"], "enum": list(options)}
    return {**schema, "properties": {**fields, "diagnosis": named}}
