"""One turn over all samples: each as far as the models that are up can take it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from m3ds.endpoints.errors import Poisoned, RequestRefused
from m3ds.errors import ModelUnavailable
from m3ds.ledger.ledger import Row
from m3ds.ledger.tables import attempts, documents, outcomes, texts, verdicts
from m3ds.ledger.views import last_pass
from m3ds.ledger.writer import Writer
from m3ds.reasoning.backends import AuthorBackend, CriticBackend
from m3ds.reasoning.checking import Checks
from m3ds.reasoning.loop import Reasoned, reason
from m3ds.stages import controls, floor
from m3ds.stages.answers import Answers
from m3ds.stages.crew import Crew
from m3ds.stages.faults import fault
from m3ds.stages.memo import Memo
from m3ds.stages.pages import Work, pages
from m3ds.stages.progress import say, track
from m3ds.stages.workplace import Workplace

_AT_LEAST = 64
_PER_SLOT = 2
"""Samples under way per request slot: enough that a slot never waits for a sample."""

_SUSPECT = 8
"""Refusals without a single answer, after which nobody is asked any more."""


@dataclass(slots=True)
class Tally:
    """What a pass over all samples found.

    `reason` and `todo` say why some wait and what to do, `faults` why some failed; `served` has
    what each (role, model) answered; `judged` counts controls, `unjudged` those that wait for a
    critic that was not there.
    """

    states: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    unjudged: int = 0
    done: int = 0
    moved: int = 0
    reason: str = ""
    todo: str = ""
    faults: list[str] = field(default_factory=list)
    served: dict[tuple[str, str], Served] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Served:
    """Requests that a model answered, and how long they took: together, and one beside another."""

    requests: int = 0
    seconds: float = 0.0
    wall_s: float = 0.0

    def __add__(self, other: Served) -> Served:
        return Served(
            self.requests + other.requests,
            self.seconds + other.seconds,
            self.wall_s + other.wall_s,
        )


async def turn(
    place: Workplace,
    crew: Crew,
    writer: Writer,
    workers: Executor,
    checks: Checks,
    only: frozenset[str] | None = None,
    *,
    verified: bool = False,
) -> Tally:
    """Every sample (or those in `only`) once, as far as this crew can take it.

    `verified` as of `pages`: a whole turn of this run has gone before.
    """
    shift = _Shift(place, crew, writer, checks)
    start = time.monotonic()
    total = count(place) if only is None else len(only)
    news = Answers(crew.pools) if crew.pools else None
    with track("reasoning", total, news=news) as shift.advance:
        try:
            async with asyncio.TaskGroup() as group:
                async for page in pages(place, crew, writer, workers, only, verified=verified):
                    shift.settle(page.settled)
                    shift.tally.unjudged += page.unjudged
                    for work in page.works:
                        await shift.limit.acquire()
                        group.create_task(shift.reason(work, page.memo))
                    for control in page.controls:
                        await shift.limit.acquire()
                        group.create_task(shift.control(control, page.memo))
        except BaseExceptionGroup as failed:
            raise _first(failed) from None
    shift.end()
    wall_s = time.monotonic() - start
    shift.tally.served = {
        member: Served(pool.counts.requests, pool.counts.seconds, wall_s)
        for member, pool in crew.pools.items()
    }
    return shift.tally


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = failed
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


class _Shift:
    """What the tasks of one turn share."""

    def __init__(self, place: Workplace, crew: Crew, writer: Writer, checks: Checks) -> None:
        self.tally = Tally()
        self.limit = asyncio.Semaphore(max(_AT_LEAST, _PER_SLOT * crew.slots))
        self.advance: Callable[[int], None] = lambda _: None
        self._place, self._crew, self._writer, self._checks = place, crew, writer, checks
        self._documents = _Documents(crew)
        self._watch = floor.hold(place)
        self._held: list[tuple[Work, Reasoned]] = []

    def settle(self, states: Counter[str]) -> None:
        """Count samples that have nothing to do."""
        self.tally.states.update(states)
        self.advance(states.total())

    async def reason(self, work: Work, memo: Memo) -> None:
        """Take one sample as far as it goes, and keep what came of it."""
        recipe = self._place.recipe
        try:
            result = await reason(
                work.case,
                work.sight,
                author=self._crew.author,
                critics=self._crew.critics,
                checks=self._checks,
                memo=memo,
                recipe_seed=recipe.seed,
                max_attempts=recipe.author.attempts,
                objections=work.objections,
            )
        except Exception as error:  # noqa: BLE001 - a fault on one sample stops no other
            self._fault(work, error)
            return
        finally:
            self.limit.release()
        if result.outcome.state == "quarantined" and self._refuses_everybody():
            self._held.append((work, result))
        else:
            self._keep(work, result)

    def _fault(self, work: Work, error: Exception) -> None:
        """Count a sample on which this program itself, or its disk, has failed; none waits for it.

        Nothing is kept of it, so that a rerun tries it again.
        """
        self.tally.states["failed"] += 1
        self.tally.faults.append(str(fault(self._place, work.case.sample_id, error)))
        self.advance(1)

    def end(self) -> None:
        """Keep what was held back.

        Raises:
            ModelUnavailable: a server refused all that it was asked.
        """
        self._refuses_everybody(at_most=0)
        for work, result in self._held:
            self._keep(work, result)
        self._held.clear()

    def _keep(self, work: Work, result: Reasoned) -> None:
        outcome, before = result.outcome, work.before
        state, tally = outcome.state, self.tally
        same = before is not None and (before.state, before.fingerprint, before.reason) == (
            *(state, outcome.fingerprint, outcome.reason),
        )
        if not same:
            self._writer.append([*self._documents.rows(), *_rows(result)])
        tally.states[state] += 1
        tally.done += not same
        tally.moved += (before.state if before else "needs_author") != state
        if state.startswith("needs_"):
            # A role may be there and yet answer nothing of use: then its own words say why.
            why, tally.todo = self._crew.absence(state.removeprefix("needs_"))
            tally.reason = why or outcome.reason
        self.advance(1)

    def _refuses_everybody(self, *, at_most: int = _SUSPECT) -> bool:
        """Whether a server has refused all so far: then the fault is hardly the samples'.

        Raises:
            ModelUnavailable: it has done so more than `at_most` times.
        """
        silent = [
            pool.counts
            for pool in self._crew.pools.values()
            if pool.counts.refused and not pool.counts.requests
        ]
        for counts in silent:
            if counts.refused > at_most:
                raise ModelUnavailable(
                    f"the server refuses every request: {counts.last_refusal}; a template, a flag "
                    "or the model itself is at fault, not the samples",
                    todo="mend that",
                )
        return bool(silent)

    async def control(self, control: controls.Control, memo: Memo) -> None:
        """Let each critic judge one control."""
        try:
            for critic in self._crew.critics:
                if ("critic", critic.identity.model) not in self._crew.open:
                    continue
                try:
                    row = await controls.judge(control, critic, memo, self._place.recipe.seed)
                except ModelUnavailable:
                    self.tally.unjudged += 1  # another run makes it up
                    continue
                except (RequestRefused, Poisoned):
                    continue  # nor will another run be answered
                except Exception as error:  # noqa: BLE001 - as of a sample
                    say(str(fault(self._place, control.case.sample_id, error)))
                    continue
                self._writer.append([row])
                self.tally.judged += 1
                self._watch.judged(
                    critic.judge_name, sound=row[1]["sound"], accepted=row[1]["accepted"]
                )
        finally:
            self.limit.release()


class _Documents:
    """Keeps the fixed parts of prompts, which requests name by hash; each is handed over once."""

    def __init__(self, crew: Crew) -> None:
        self._speakers: tuple[AuthorBackend | CriticBackend, ...] = (crew.author, *crew.critics)
        self._kept: set[str] = set()

    def rows(self) -> Iterator[tuple[Any, Row]]:
        """Those that were not handed over yet."""
        for speaker in self._speakers:
            for sha, text in speaker.documents.items():
                if sha not in self._kept:
                    self._kept.add(sha)
                    yield documents, {"sha": sha, "text": text}


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


def count(place: Workplace) -> int:
    """The samples of a build."""
    passes = (last_pass(place.ledger, "harmonize", name) for name in place.sources)
    return sum(done.body["counts"].get("sample", 0) for done in passes if done)
