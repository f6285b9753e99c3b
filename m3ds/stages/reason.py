"""The reasoning loop over every sample: behind `generate`, `critique` and `build`."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Coroutine, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from m3ds.claims import CHECKS_VERSION
from m3ds.engine.local import cores
from m3ds.errors import ModelUnavailable, UsageError
from m3ds.ledger.views import last_pass, newest_outcome, pass_row
from m3ds.ledger.writer import Writer
from m3ds.reasoning.loop import LOOP_VERSION
from m3ds.stages import crew as crews
from m3ds.stages import near_duplicates, workplace
from m3ds.stages.progress import counted, say
from m3ds.stages.shift import Served, Tally, turn
from m3ds.stages.workplace import Workplace

STAGE = "reason"
BOTH = ("author", "critic")


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
    stamp = stamp_of(place)
    last = last_pass(place.ledger, STAGE, "*")
    if last is not None and last.body["stamp"] == stamp and not waiting(last.body["states"]):
        return False
    tally = work(place, roles)
    body = {"stamp": stamp, "states": dict(sorted(tally.states.items())), "reason": tally.reason}
    mark = workplace.fingerprint(stamp, newest_outcome(place.ledger))
    if last is None or last.fingerprint != mark or last.body != body:
        place.ledger.append([pass_row(STAGE, "*", mark, body)])
    if tally.done:
        say(f"reasoned about {counted(tally.done, 'sample')}; now {_in_words(tally.states)}")
    return bool(tally.done)


def work(
    place: Workplace, roles: Sequence[str] = BOTH, only: frozenset[str] | None = None
) -> Tally:
    """The loop itself, over all samples or those whose ids are in `only`; no pass is recorded.

    Raises:
        LicenceRefused, CriticBelowFloor: as `run`.
    """
    crews.gate(place)
    with Writer(place.ledger) as writer, ThreadPoolExecutor(_workers()) as workers:
        return _run(_turns(place, roles, writer, workers, only))


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
    """Threads that prepare pictures; they leave Python's lock alone most of the time."""
    return cores()


def _run(work: Coroutine[Any, Any, Tally]) -> Tally:
    # Checks are patterns, which hold Python's lock: the loop that keeps servers busy gets it back
    # after half a millisecond instead of five.
    sys.setswitchinterval(0.0005)
    try:
        import uvloop
    except ImportError:  # not made for every system
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _turns(
    place: Workplace,
    roles: Sequence[str],
    writer: Writer,
    workers: Executor,
    only: frozenset[str] | None,
) -> Tally:
    """Turn after turn, until nothing moves."""
    # One thread for checks: several would only fight for Python's lock.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1, "checks"))
    groups = crews.turns(place, roles)
    # Servers take minutes to start: what is remembered is replayed first, to see who is needed.
    replay = any(not part.servers for group in groups for _, part in group)
    tally = await _shift(place, (), writer, workers, only) if replay else None
    done = tally.done if tally else 0
    served: dict[tuple[str, str], Served] = {}
    while True:
        moved = 0
        for members in groups:
            if tally is not None and not _has_work(members, tally):
                continue
            tally = await _shift(place, members, writer, workers, only)
            done += tally.done
            moved += tally.moved
            for member, more in tally.served.items():
                served[member] = served.get(member, Served()) + more
        if only is None and "author" in roles and near_duplicates.object_to(place):
            # Each of them goes on with its next attempt, where it has one left.
            tally = await _shift(place, (), writer, workers, only)
            done += tally.done
            continue
        if tally is None or not moved or not waiting(tally.states):
            tally = tally or Tally()
            tally.done, tally.served = done, served
            return tally


async def _shift(
    place: Workplace,
    members: Sequence[tuple[str, Any]],
    writer: Writer,
    workers: Executor,
    only: frozenset[str] | None,
) -> Tally:
    """One turn of these models; one that fails in the middle ends it, and the rest waits."""
    try:
        async with crews.at_work(place, members) as crew:
            tally = await turn(place, crew, writer, workers, only)
    except ModelUnavailable as error:
        writer.flush()
        async with crews.at_work(place, ()) as nobody:
            tally = await turn(place, nobody, writer, workers, only)
        tally.reason, tally.moved = str(error), 0
    writer.flush()
    return tally


def _has_work(members: Sequence[tuple[str, Any]], tally: Tally) -> bool:
    """Whether anything waits for one of these."""
    return any(tally.states[f"needs_{role}"] for role, _ in members)


def _in_words(states: Counter[str]) -> str:
    return ", ".join(f"{n:,} {state.replace('_', ' ')}" for state, n in sorted(states.items()))
