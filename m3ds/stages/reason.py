"""The reasoning loop over every sample: behind `generate`, `critique` and `build`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from m3ds.claims import CHECKS_VERSION
from m3ds.errors import ModelUnavailable, UsageError
from m3ds.ledger.ledger import Row
from m3ds.ledger.tables import attempts, documents, outcomes, texts, verdicts
from m3ds.ledger.views import (
    calls_of,
    item_pages,
    last_pass,
    newest_outcome,
    objections_of,
    outcomes_of,
    pass_row,
)
from m3ds.ledger.writer import Writer
from m3ds.reasoning.backends import AuthorBackend, CriticBackend
from m3ds.reasoning.calls import View
from m3ds.reasoning.loop import LOOP_VERSION, Reasoned, fingerprint, reason
from m3ds.reasoning.sight import Sight, Unseen
from m3ds.schema.case import Case
from m3ds.schema.sample import Harmonised
from m3ds.schema.text import Failure, Objection
from m3ds.sources.registry import adapter
from m3ds.stages import crew as crews
from m3ds.stages import workplace
from m3ds.stages.cases import case_of
from m3ds.stages.crew import Crew
from m3ds.stages.memo import Memo
from m3ds.stages.progress import counted, say, track
from m3ds.stages.workplace import Workplace

STAGE = "reason"
BOTH = ("author", "critic")
PAGE = 64
"""Samples that are read from the ledger at a time."""

_AT_LEAST = 64
_PER_SLOT = 2
"""Samples under way per request slot: enough that a slot never waits for a sample."""


@dataclass(slots=True)
class Work:
    """One sample that has something to do."""

    case: Case
    sight: Sight
    objections: tuple[Objection, ...]
    before: str | None


@dataclass(slots=True)
class Tally:
    """What a pass over all samples found."""

    states: Counter[str] = field(default_factory=Counter)
    done: int = 0
    moved: int = 0
    reason: str = ""


def run(place: Workplace, roles: Sequence[str] = BOTH) -> bool:
    """Bring every sample's text as far as it goes; returns whether there was anything to do.

    Args:
        place: Where.
        roles: Who may be asked (`author`, `critic`). What waits for the other stays waiting.

    Raises:
        UsageError: nothing is harmonised yet.
        LicenceRefused: a source's terms forbid the recipe's endpoints.
        CriticBelowFloor: the critic misses too many planted errors.
    """
    crews.gate(place)
    stamp = stamp_of(place)
    last = last_pass(place.ledger, STAGE, "*")
    if last is not None and last.body["stamp"] == stamp and not waiting(last.body["states"]):
        return False
    with Writer(place.ledger) as writer, ThreadPoolExecutor(_workers()) as workers:
        tally = _run(_turns(place, roles, writer, workers))
    body = {"stamp": stamp, "states": dict(sorted(tally.states.items())), "reason": tally.reason}
    mark = workplace.fingerprint(stamp, newest_outcome(place.ledger))
    if last is None or last.fingerprint != mark or last.body != body:
        place.ledger.append([pass_row(STAGE, "*", mark, body)])
    if tally.done:
        say(f"reasoned about {counted(tally.done, 'sample')}; now {_in_words(tally.states)}")
    return bool(tally.done)


def waiting(states: dict[str, int]) -> int:
    """How many samples wait for a model."""
    return states.get("needs_author", 0) + states.get("needs_critic", 0)


def stamp_of(place: Workplace) -> str:
    """The fingerprint of all that this stage reads, over all samples."""
    harmonised = [last_pass(place.ledger, "harmonize", name) for name in place.sources]
    if not any(harmonised):
        raise UsageError(
            "nothing is harmonised yet",
            where=place.workdir,
            todo=f"run: {place.command('harmonize')}",
        )
    author, critics = crews.author_of(place), crews.critics_of(place)
    return workplace.fingerprint(
        [(name, h.fingerprint) for name, h in zip(place.sources, harmonised, strict=True) if h],
        LOOP_VERSION,
        CHECKS_VERSION,
        author.identity,
        author.settings(),
        [(critic.identity, critic.settings()) for critic in critics],
        place.recipe.seed,
        place.recipe.author.attempts,
    )


def _workers() -> int:
    import os

    return max(1, (os.cpu_count() or 2) - 1)


def _run(work: Coroutine[Any, Any, Tally]) -> Tally:
    try:
        import uvloop
    except ImportError:  # not made for every system
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _turns(
    place: Workplace, roles: Sequence[str], writer: Writer, workers: Executor
) -> Tally:
    """Turn after turn, until nothing moves."""
    total = _count(place)
    tally = Tally()
    done = 0
    while True:
        moved = 0
        for turn in crews.turns(place, roles):
            if tally.states and not _has_work(turn, tally):
                continue
            try:
                async with crews.at_work(place, turn) as crew:
                    tally = await _turn(place, crew, writer, workers, total)
            except ModelUnavailable as error:
                tally = await _without(place, writer, workers, total, str(error))
            done += tally.done
            moved += tally.moved
            writer.flush()
        if not moved or not waiting(tally.states):
            tally.done = done
            return tally


def _has_work(turn: Sequence[tuple[str, Any]], tally: Tally) -> bool:
    """Whether a server that would have to be started has anything to do."""
    return any(part.servers or tally.states[f"needs_{role}"] for role, part in turn)


async def _without(
    place: Workplace, writer: Writer, workers: Executor, total: int, why: str
) -> Tally:
    """A turn with no model up: what is remembered is replayed, and the rest waits."""
    async with crews.at_work(place, ()) as crew:
        tally = await _turn(place, crew, writer, workers, total)
    tally.reason = why
    tally.moved = 0
    return tally


async def _turn(
    place: Workplace, crew: Crew, writer: Writer, workers: Executor, total: int
) -> Tally:
    tally = Tally()
    fixed = _Documents(crew)
    limit = asyncio.Semaphore(max(_AT_LEAST, _PER_SLOT * crew.slots))
    with track("reasoning", total) as advance:

        async def one(work: Work, memo: Memo) -> None:
            try:
                result = await reason(
                    work.case,
                    work.sight,
                    author=crew.author,
                    critics=crew.critics,
                    memo=memo,
                    recipe_seed=place.recipe.seed,
                    max_attempts=place.recipe.author.attempts,
                    objections=work.objections,
                )
            finally:
                limit.release()
            writer.append([*fixed.rows(), *_rows(result)])
            state = result.outcome.state
            tally.states[state] += 1
            tally.done += 1
            tally.moved += work.before != state
            if result.outcome.reason:
                tally.reason = result.outcome.reason
            advance(1)

        async with asyncio.TaskGroup() as group:
            async for works, memo, settled in _pages(place, crew, writer, workers):
                tally.states.update(settled)
                advance(settled.total())
                for work in works:
                    await limit.acquire()
                    group.create_task(one(work, memo))
    return tally


async def _pages(
    place: Workplace, crew: Crew, writer: Writer, workers: Executor
) -> AsyncIterator[tuple[list[Work], Memo, Counter[str]]]:
    """Page by page: what there is to do, its memo, and the states of the rest."""
    options = _picture_options(place)
    for name in place.sources:
        last = last_pass(place.ledger, "harmonize", name)
        if last is None:
            continue
        source = adapter(name).source
        for page in item_pages(place.ledger, name, last.fingerprint, "sample", PAGE):
            samples = [Harmonised.model_validate(row.body) for row in page]
            ids = [sample.sample_id for sample in samples]
            before = outcomes_of(place.ledger, ids)
            against = objections_of(place.ledger, ids)
            works, settled = [], Counter[str]()
            for sample in samples:
                case = case_of(place, source, sample)
                objections = tuple(map(_objection, against.get(sample.sample_id, ())))
                sight = _sight(place, sample, options, workers)
                known = before.get(sample.sample_id)
                if known is not None and not known.state.startswith("needs_"):
                    mark = fingerprint(
                        case,
                        sight.view,
                        author=crew.author,
                        critics=crew.critics,
                        recipe_seed=place.recipe.seed,
                        max_attempts=place.recipe.author.attempts,
                        objections=objections,
                    )
                    if mark == known.fingerprint:
                        settled[known.state] += 1
                        continue
                works.append(Work(case, sight, objections, known.state if known else None))
            remembered = calls_of(place.ledger, [w.case.sample_id for w in works]) if works else {}
            yield works, Memo(remembered, writer, crew.open), settled
            await asyncio.sleep(0)


def _picture_options(place: Workplace) -> Any:
    """How pictures are made for the recipe's models; None where nobody looks."""
    parts = [part for _, part in crews.members(place)]
    if not parts:
        return None
    from m3ds.reasoning.pictures import Options

    picture = parts[0].picture
    return Options(side=picture.side, quality=picture.quality, square=picture.square)


def _sight(place: Workplace, sample: Harmonised, options: Any, workers: Executor) -> Sight:
    params = {} if options is None else options.params
    view = View(
        image_pixels_sha256=sample.image_pixels_sha256,
        mask_pixels_sha256=sample.mask_pixels_sha256,
        params=params,
    )
    if options is None:
        return Unseen(view)
    from m3ds.reasoning.pictures import Stored

    objects, image, mask = place.objects, sample.image_sha256, sample.mask_sha256

    def load() -> tuple[bytes, bytes]:
        return objects.get(image), objects.get(mask)

    return Stored(view, load, _box(sample), options, workers)


def _box(sample: Harmonised) -> tuple[int, int, int, int] | None:
    if sample.is_negative or not sample.regions:
        return None
    boxes = [region.xyxy for region in sample.regions]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _objection(row: sa.Row[Any]) -> Objection:
    return Objection(
        attempt=row.attempt,
        text_sha=row.text_sha,
        origin=row.origin,
        failures=tuple(Failure.model_validate(failure) for failure in row.failures),
    )


def _count(place: Workplace) -> int:
    passes = (last_pass(place.ledger, "harmonize", name) for name in place.sources)
    return sum(done.body["counts"].get("sample", 0) for done in passes if done)


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


def _in_words(states: Counter[str]) -> str:
    return ", ".join(f"{n:,} {state.replace('_', ' ')}" for state, n in sorted(states.items()))
