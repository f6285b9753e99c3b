"""`m3ds generate`: the reasoning loop over every sample that needs a text."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

from m3ds.claims import CHECKS_VERSION
from m3ds.errors import ModelUnavailable, UsageError
from m3ds.ledger.ledger import Ledger, Row
from m3ds.ledger.tables import attempts, calls, outcomes, texts, verdicts
from m3ds.ledger.views import call_response, current_outcomes, last_pass, pass_row
from m3ds.ledger.writer import Writer
from m3ds.reasoning.backends import AuthorBackend, FactsAuthor
from m3ds.reasoning.calls import Body, Perform, View
from m3ds.reasoning.loop import LOOP_VERSION, Reasoned, fingerprint, reason
from m3ds.recipe import FactsAuthor as FactsOptions
from m3ds.schema.case import Case
from m3ds.schema.sample import Harmonised
from m3ds.sources.registry import adapter
from m3ds.stages import workplace
from m3ds.stages.cases import case_of, samples_of
from m3ds.stages.progress import counted, say, track
from m3ds.stages.workplace import Workplace

STAGE = "generate"
WINDOW = 64
"""Samples whose loops run at the same time."""


def run(place: Workplace) -> bool:
    """Bring every sample's text up to date; returns whether there was anything to do.

    Raises:
        UsageError: nothing is harmonised yet.
        ModelUnavailable: the recipe's author is a model that this version cannot reach.
    """
    author = _author(place)
    stamp = stamp_of(place, author)
    last = last_pass(place.ledger, STAGE, "*")
    if last is not None and last.fingerprint == stamp:
        return False
    done = {name: row.fingerprint for name, row in current_outcomes(place.ledger).items()}
    todo, here = [], set()
    for case, view in _cases(place):
        here.add(case.sample_id)
        if done.get(case.sample_id) != _fingerprint(place, author, case, view):
            todo.append((case, view))
    with Writer(place.ledger) as writer, track("writing reasoning", len(todo)) as advance:
        memo = _Memo(place.ledger, writer)
        for start in range(0, len(todo), WINDOW):
            group = todo[start : start + WINDOW]
            for result in asyncio.run(_reason_all(place, author, memo, group)):
                writer.append(list(_rows(result)))
            advance(len(group))
    outcomes_now = current_outcomes(place.ledger)
    states = Counter(row.state for name, row in outcomes_now.items() if name in here)
    place.ledger.append([pass_row(STAGE, "*", stamp, dict(sorted(states.items())))])
    if todo:
        say(f"wrote {counted(len(todo), 'text')}; now {_in_words(states)}")
    return bool(todo)


def stamp_of(place: Workplace, author: AuthorBackend) -> str:
    """The fingerprint of all that this stage reads, over all samples."""
    harmonised = [last_pass(place.ledger, "harmonize", name) for name in place.sources]
    if not any(harmonised):
        raise UsageError(
            "nothing is harmonised yet",
            where=place.workdir,
            todo=f"run: {place.command('harmonize')}",
        )
    return workplace.fingerprint(
        [(name, h.fingerprint) for name, h in zip(place.sources, harmonised, strict=True) if h],
        LOOP_VERSION,
        CHECKS_VERSION,
        author.identity,
        author.settings(),
        place.recipe.seed,
        place.recipe.author.attempts,
    )


def _author(place: Workplace) -> AuthorBackend:
    options = place.recipe.author
    if isinstance(options, FactsOptions):
        return FactsAuthor()
    raise ModelUnavailable(
        f"the recipe's author is {options.model} behind vLLM, which this version cannot reach yet",
        where=place.pipeline,
        todo="use author: {backend: facts}",
    )


def _cases(place: Workplace) -> Iterator[tuple[Case, View]]:
    for name in place.sources:
        source = adapter(name).source
        for sample in samples_of(place, name):
            yield case_of(place, source, sample), _view(sample)


def _view(sample: Harmonised) -> View:
    return View(
        image_pixels_sha256=sample.image_pixels_sha256,
        mask_pixels_sha256=sample.mask_pixels_sha256,
    )


def _fingerprint(place: Workplace, author: AuthorBackend, case: Case, view: View) -> str:
    return fingerprint(
        case,
        view,
        author=author,
        critic=None,
        recipe_seed=place.recipe.seed,
        max_attempts=place.recipe.author.attempts,
    )


async def _reason_all(
    place: Workplace, author: AuthorBackend, memo: _Memo, group: list[tuple[Case, View]]
) -> list[Reasoned]:
    return await asyncio.gather(
        *(
            reason(
                case,
                view,
                author=author,
                critic=None,
                memo=memo,
                recipe_seed=place.recipe.seed,
                max_attempts=place.recipe.author.attempts,
            )
            for case, view in group
        )
    )


class _Memo:
    """Calls remembered in the ledger: one that was answered before is not made again."""

    def __init__(self, ledger: Ledger, writer: Writer) -> None:
        self._ledger = ledger
        self._writer = writer

    async def __call__(self, key: str, request: Body, perform: Perform) -> Body:
        known = call_response(self._ledger, key)
        if known is not None:
            return known
        response = await perform()
        row = {"key": key, "role": request["role"], "request": request, "response": response}
        self._writer.append([(calls, row)])
        return response


def _rows(result: Reasoned) -> Iterator[tuple[Any, Row]]:
    """What the ledger keeps of one sample's loop; the outcome last, in the same transaction."""
    for attempt in result.attempts:
        yield texts, attempt.text.model_dump(mode="json")
        yield (
            attempts,
            {
                "sample_id": attempt.sample_id,
                "attempt": attempt.attempt,
                "call_key": attempt.author.call_key,
                "text_sha": attempt.text.sha,
                "hint_level": attempt.hint_level,
                "author": attempt.author.model_dump(mode="json"),
            },
        )
    for verdict in result.verdicts:
        plain = verdict.model_dump(mode="json")
        yield verdicts, plain | {"sample_id": result.outcome.sample_id}
    yield outcomes, result.outcome.model_dump(mode="json")


def _in_words(states: Counter[str]) -> str:
    return ", ".join(f"{n:,} {state.replace('_', ' ')}" for state, n in sorted(states.items()))
