"""The critic that is a vision-language model: two views, five scores, three vetoes.

What is visible is judged without the diagnosis, the reasoning with it: a judge who knows the answer
believes a plausible story. In each view a short written critique comes first; then each question
of the rubric is asked by itself, for one token, and its probabilities are the score.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Coroutine, Mapping
from functools import lru_cache
from typing import Any

from pydantic import JsonValue

from m3ds.endpoints.wire import Completion
from m3ds.reasoning import templates
from m3ds.reasoning.backends import Identity, MalformedReply
from m3ds.reasoning.calls import Ask, Body, Call, Turn, digest
from m3ds.reasoning.chat import Constraint, Dialect, Line, Said, noted, pictures_in, request, sha256
from m3ds.reasoning.prompts import grammar
from m3ds.reasoning.sight import SHOWN, Name, PictureOptions, Sight
from m3ds.reasoning.templates import Viewpoint
from m3ds.schema.base import Frozen, Modality
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Judgement, TextVersion, Verdict

TRIES = 3
"""Of one question; each has a seed of its own. A critic that cannot answer accepts nothing."""

SCORES = ("1", "2", "3", "4", "5")
RANK_CRITIQUE, RANK_SCORE = 1, 2
"""Behind the authors' 0: what others wait for comes first."""


class CriticSettings(Frozen):
    """What the recipe says of a critic, as far as its verdicts depend on it.

    Args:
        minima: Per modality the least expected score of each dimension, and `mean` of all.
        veto: Probability of a yes that refuses.
    """

    minima: dict[Modality, dict[str, float]]
    veto: float
    max_tokens: int
    dialect: Dialect
    picture: PictureOptions


class Critique(Frozen):
    """The written critique: the sentence most at fault and why; both empty if none is."""

    sentence: str
    fault: str


class ModelCritic:
    """Asks a model about each text; `line` leads to it, None where it cannot be asked now."""

    def __init__(
        self, model: str, revision: str, settings: CriticSettings, line: Line | None
    ) -> None:
        self._identity = Identity(
            backend=settings.dialect,
            model=model,
            revision=revision,
            prompt_version=templates.rubric().version,
            prompt_sha256=templates.folder_sha256("critic"),
        )
        self._settings = settings
        self._line = line
        self.documents: dict[str, str] = {}
        """The fixed texts that were used so far, by the hash under which requests name them."""
        self.version = digest([self._identity, self.settings()])[:16]

    @property
    def identity(self) -> Identity:
        """Who judges."""
        return self._identity

    @property
    def judge_name(self) -> str:
        """As it stands in its verdicts."""
        return f"critic:{self._identity.model}"

    def settings(self) -> dict[str, JsonValue]:
        """Thresholds and limits."""
        return self._settings.model_dump(mode="json")

    def system(self, case: Case, view: Viewpoint) -> str:
        """The fixed part of the prompt of one view."""
        text = _system(case.modality, view, not case.is_negative)
        self.documents[sha256(text)] = text
        return text

    async def judge(
        self, case: Case, sight: Sight, text: TextVersion, turn: Turn, ask: Ask
    ) -> Verdict:
        """Judge one text.

        Raises:
            ModelUnavailable: the model cannot be asked now.
        """
        session = _Session(self._settings, self._identity, self._line, case, sight, turn, ask)
        views: tuple[Viewpoint, ...] = ("blind", "aware")
        parts = await _all(
            *(self._view(session, text, view, self.system(case, view)) for view in views)
        )
        critiques = {view: part[0] for view, part in zip(views, parts, strict=True)}
        scores = {name: p for part in parts for name, p in part[1].items()}
        vetoes = {name: p for part in parts for name, p in part[2].items()}
        judgement = Judgement(
            model=self._identity.model,
            revision=self._identity.revision,
            prompt_version=self._identity.prompt_version,
            expected={name: _expected(p) for name, p in scores.items() if p},
            entropy={name: _entropy(p) for name, p in scores.items() if p},
            vetoes={name: p.get("yes", 0.0) for name, p in vetoes.items() if p},
            critiques={
                view: f"{c.sentence} | {c.fault}" for view, c in critiques.items() if c is not None
            },
        )
        failures = tuple(self._failures(case, judgement, critiques))
        return Verdict(
            text_sha=text.sha,
            judge=self.judge_name,
            version=self.version,
            accepted=not failures,
            failures=failures,
            judgement=judgement,
        )

    async def _view(
        self, session: _Session, text: TextVersion, view: Viewpoint, system: str
    ) -> tuple[Critique | None, dict[str, dict[str, float]], dict[str, dict[str, float]]]:
        """The critique of one view, then its scores and vetoes as probabilities by name."""
        rubric = templates.rubric()
        shown: tuple[Name, ...] = ("image",) if session.case.is_negative else SHOWN["critic"]
        text_in = templates.render(
            f"critic/text_{view}", steps=text.steps, diagnosis=session.case.diagnosis
        )
        opening = (
            Said("system", system),
            Said("user", f"{text_in}\n\n{_instruction()}", shown),
        )
        critique = await session.critique(f"critique_{view}", opening)
        before = (*opening, Said("assistant", _spoken(critique)))
        dimensions = {n: d for n, d in rubric.dimensions.items() if d.view == view}
        vetoes = {n: v for n, v in rubric.vetoes.items() if v.view == view}
        asked = [
            session.choose(f"score_{name}", (*before, Said("user", _score(name))), SCORES)
            for name in dimensions
        ] + [
            session.choose(f"veto_{name}", (*before, Said("user", _veto(name))), ("yes", "no"))
            for name in vetoes
        ]
        found = await _all(*asked)
        scores = dict(zip(dimensions, found, strict=False))
        refused = dict(zip(vetoes, found[len(dimensions) :], strict=True))
        return critique, scores, refused

    def _failures(
        self, case: Case, judgement: Judgement, critiques: Mapping[Viewpoint, Critique | None]
    ) -> list[Failure]:
        rubric = templates.rubric()
        minima = self._settings.minima[case.modality]
        found: list[Failure] = []

        def failure(code: str, view: Viewpoint, expected: str, claimed: str) -> Failure:
            critique = critiques[view]
            return Failure(
                code=code,
                step="analysis" if view == "blind" else "reasoning",
                sentence=critique.sentence if critique else "",
                expected=expected,
                claimed=(critique.fault if critique and critique.fault else claimed),
            )

        for name, dimension in rubric.dimensions.items():
            score = judgement.expected.get(name)
            best = dimension.anchors[2]
            if score is None:
                found.append(failure("unjudged", dimension.view, best, f"no score for {name}"))
            elif score < minima[name]:
                found.append(failure(name, dimension.view, best, f"{score:.1f} of 5"))
        for name, veto in rubric.vetoes.items():
            probability = judgement.vetoes.get(name)
            if probability is None:
                found.append(failure("unjudged", veto.view, "no", f"no answer on {name}"))
            elif probability >= self._settings.veto:
                found.append(failure(f"veto_{name}", veto.view, "no", veto.question))
        scores = judgement.expected.values()
        if not found and sum(scores) / len(scores) < minima["mean"]:
            worst = min(judgement.expected, key=lambda name: judgement.expected[name])
            view = rubric.dimensions[worst].view
            found.append(failure(worst, view, rubric.dimensions[worst].anchors[2], "mean too low"))
        return found


class _Session:
    """The calls about one text."""

    def __init__(
        self,
        settings: CriticSettings,
        identity: Identity,
        line: Line | None,
        case: Case,
        sight: Sight,
        turn: Turn,
        ask: Ask,
    ) -> None:
        self.case = case
        self._settings, self._identity, self._line = settings, identity, line
        self._sight, self._turn, self._ask = sight, turn, ask

    async def critique(self, name: str, messages: tuple[Said, ...]) -> Critique | None:
        """The written critique, or None after too many answers that are none."""
        constraint = Constraint(schema=templates.schema("critic"))
        sampling: Body = {"temperature": 0.0, "max_tokens": self._settings.max_tokens}
        for attempt in range(TRIES):
            completion = await self._call(name, messages, constraint, sampling, attempt)
            try:
                if completion.finish != "stop":
                    raise MalformedReply("it was cut", where=completion.text)
                return Critique.model_validate(json.loads(completion.text))
            except (ValueError, MalformedReply):
                continue
        return None

    async def choose(
        self, name: str, messages: tuple[Said, ...], words: tuple[str, ...]
    ) -> dict[str, float]:
        """The probability of each word as the next token; empty after too many odd answers."""
        constraint = Constraint(choice=words)
        sampling: Body = {"temperature": 0.0}
        for attempt in range(TRIES):
            completion = await self._call(name, messages, constraint, sampling, attempt)
            if found := _probabilities(completion, words):
                return found
        return {}

    async def _call(
        self,
        name: str,
        messages: tuple[Said, ...],
        constraint: Constraint,
        sampling: Body,
        attempt: int,
    ) -> Completion:
        call = Call(
            name=f"{name}_{attempt + 1}" if attempt else name,
            backend=self._identity.backend,
            model=self._identity.model,
            revision=self._identity.revision,
            messages=noted(messages, self._settings.picture),
            sampling=sampling,
            response_schema=constraint.plain(),
        )

        async def perform() -> Body:
            assert self._line is not None  # noqa: S101 - the memo asks only what is up
            body = request(
                messages,
                await self._sight.pictures(self._settings.picture, pictures_in(messages)),
                constraint,
                sampling,
                (self._turn.seed + attempt) % (1 << 63),
                self._settings.dialect,
            )
            rank = RANK_SCORE if constraint.choice else RANK_CRITIQUE
            completion = await self._line.ask(body, tag=self.case.sample_id, rank=rank)
            return completion.body(top=bool(constraint.choice))

        reply = await self._ask(call, perform)
        return Completion.of(reply.body)


def _probabilities(completion: Completion, words: tuple[str, ...]) -> dict[str, float]:
    """Of each word, from the first token's alternatives, made to sum to one.

    A first token may be the beginning of a word (`n` of `no`), and counts for it. Under a
    constraint the probabilities sum to one already; elsewhere other tokens take a share, which is
    left out. Without log-probabilities the answer itself has all of it.
    """
    found = dict.fromkeys(words, 0.0)
    for token, logprob in (completion.top or {}).items():
        if (word := _begun(token, words)) is not None:
            found[word] += math.exp(logprob)
    total = sum(found.values())
    if total <= 0:
        said = _begun(completion.text, words)
        return {} if said is None else {word: float(word == said) for word in words}
    return {word: p / total for word, p in found.items()}


def _begun(token: str, words: tuple[str, ...]) -> str | None:
    """The one word that `token` is or begins, or None."""
    start = token.strip().lower()
    fitting = [word for word in words if start and word.startswith(start)]
    return fitting[0] if len(fitting) == 1 else None


def _expected(probabilities: Mapping[str, float]) -> float:
    return round(sum(int(score) * p for score, p in probabilities.items()), 4)


def _entropy(probabilities: Mapping[str, float]) -> float:
    """In bits: 0 where the critic is sure, log2(5) where it guesses."""
    return round(-sum(p * math.log2(p) for p in probabilities.values() if p > 0), 4) + 0.0


def _spoken(critique: Critique | None) -> str:
    return (critique or Critique(sentence="", fault="")).model_dump_json()


@lru_cache(maxsize=32)
def _system(modality: Modality, view: Viewpoint, outlined: bool) -> str:
    name = grammar().modalities[modality].names[0]
    return templates.render(f"critic/system_{view}", modality_name=name, outlined=outlined)


@lru_cache(maxsize=1)
def _instruction() -> str:
    return templates.render("critic/critique")


@lru_cache(maxsize=16)
def _score(name: str) -> str:
    dimension = templates.rubric().dimensions[name]
    return templates.render("critic/score", question=dimension.question, anchors=dimension.anchors)


@lru_cache(maxsize=16)
def _veto(name: str) -> str:
    return templates.render("critic/veto", question=templates.rubric().vetoes[name].question)


async def _all(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    """All results; the first failure cancels the rest, and leaves none running behind it."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except BaseExceptionGroup as failed:
        error: BaseException = failed
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None
    return [task.result() for task in tasks]
