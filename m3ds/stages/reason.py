"""The reasoning loop over every sample: behind `generate`, `critique` and `build`."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Coroutine, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from m3ds.claims import CHECKS_VERSION
from m3ds.engine.local import cores
from m3ds.errors import ModelUnavailable, UsageError
from m3ds.ledger.views import last_pass, newest_outcome, pass_row
from m3ds.ledger.writer import Writer
from m3ds.reasoning.checking import Checks
from m3ds.reasoning.loop import LOOP_VERSION
from m3ds.stages import controls, floor, near_duplicates, terms, workplace
from m3ds.stages import crew as crews
from m3ds.stages.checker import Checker
from m3ds.stages.progress import say
from m3ds.stages.shift import Served, Tally, count, turn
from m3ds.stages.workplace import Workplace

STAGE = "reason"
MOST_FAULTS = 20
BOTH = ("author", "critic")

_MANY = 500
"""Samples from which on a process for the checks is worth its start."""


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
    floor.hold(place)
    stamp = stamp_of(place)
    last = last_pass(place.ledger, STAGE, "*")
    if last is not None and last.body["stamp"] == stamp and not _is_left(last.body):
        return False
    tally = work(place, roles)
    states = dict(sorted(tally.states.items()))
    body = {
        "stamp": stamp,
        "makers": makers_of(place),
        "states": states,
        "reason": tally.reason,
        "todo": tally.todo,
        "unjudged": tally.unjudged,
    }
    if tally.faults:
        body["faults"] = tally.faults[:MOST_FAULTS]
    mark = workplace.fingerprint(stamp, newest_outcome(place.ledger))
    if last is None or last.fingerprint != mark or last.body != body:
        place.ledger.append([pass_row(STAGE, "*", mark, body)])
    if tally.done:
        say(f"reasoned: {_in_words(tally.states)}")
    if tally.done or tally.judged:
        for line in floor.hold(place).lines():
            say(line)
    return bool(tally.done or tally.judged)


def _is_left(body: dict[str, Any]) -> bool:
    """Whether a pass has left something that another run may finish."""
    return bool(unfinished(body["states"]) or body.get("unjudged"))


def work(
    place: Workplace, roles: Sequence[str] = BOTH, only: frozenset[str] | None = None
) -> Tally:
    """The loop itself, over all samples or those whose ids are in `only`; no pass is recorded.

    Raises:
        LicenceRefused, CriticBelowFloor: as `run`.
    """
    terms.gate(place)
    with Writer(place.ledger) as writer, ThreadPoolExecutor(_workers()) as workers:
        return _run(_work(place, roles, writer, workers, only))


def waiting(states: dict[str, int]) -> int:
    """How many samples wait for a model."""
    return states.get("needs_author", 0) + states.get("needs_critic", 0)


def unfinished(states: dict[str, int]) -> int:
    """How many samples wait for a model, or failed and are to be tried again."""
    return waiting(states) + states.get("failed", 0)


def stamp_of(place: Workplace) -> str:
    """The fingerprint of all that this stage reads, over all samples."""
    harmonised = [last_pass(place.ledger, "harmonize", name) for name in place.sources]
    if not any(harmonised):
        verbs = ["download", "harmonize"]
        if any(last_pass(place.ledger, "download", name) for name in place.sources):
            del verbs[0]
        raise UsageError(
            "nothing is harmonised yet",
            where=place.workdir,
            todo=f"run: {', then: '.join(map(place.command, verbs))}",
        )
    return workplace.fingerprint(
        [(name, h.fingerprint) for name, h in zip(place.sources, harmonised, strict=True) if h],
        makers_of(place),
        controls.share(place.recipe.critics),
    )


def makers_of(place: Workplace) -> str:
    """The fingerprint of those who write and judge, whatever samples there are."""
    author, critics = crews.author_of(place), crews.critics_of(place)
    return workplace.fingerprint(
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


async def _work(
    place: Workplace,
    roles: Sequence[str],
    writer: Writer,
    workers: Executor,
    only: frozenset[str] | None,
) -> Tally:
    samples = count(place) if only is None else len(only)
    many = bool(crews.members(place)) and samples >= _MANY
    async with Checker(apart=many) as checks:
        return await _turns(_Shifts(place, writer, workers, checks, only), roles)


async def _turns(shift: _Shifts, roles: Sequence[str]) -> Tally:
    """Turn after turn, until nothing moves."""
    place, only = shift.place, shift.only
    groups = crews.turns(place, roles)
    # Servers take minutes to start: what is remembered is replayed first, to see who is needed.
    replay = any(not part.servers for group in groups for _, part in group)
    tally = await shift(()) if replay else None
    done = tally.done if tally else 0
    judged = 0
    served: dict[tuple[str, str], Served] = {}
    while True:
        moved = 0
        for members in groups:
            if tally is not None and not _has_work(members, tally):
                continue
            tally = await shift(members)
            done += tally.done
            judged += tally.judged
            moved += tally.moved
            for member, more in tally.served.items():
                served[member] = served.get(member, Served()) + more
        if only is None and "author" in roles and near_duplicates.object_to(place):
            # Each of them goes on with its next attempt, where it has one left.
            tally = await shift(())
            done += tally.done
            continue
        if tally is None or not moved or not waiting(tally.states):
            tally = tally or Tally()
            tally.done, tally.judged, tally.served = done, judged, served
            return tally


@dataclass(slots=True)
class _Shifts:
    """The turns of one run. After the first, only what waits or was objected to is looked at.

    A sample on which the program failed keeps an outcome that may be an older recipe's, so none is
    taken for granted while there are such.
    """

    place: Workplace
    writer: Writer
    workers: Executor
    checks: Checks
    only: frozenset[str] | None
    verified: bool = False

    async def __call__(self, members: Sequence[tuple[str, Any]]) -> Tally:
        """One turn of these models; one that fails in the middle ends it, and the rest waits."""
        try:
            tally = await self._turn(members)
        except ModelUnavailable as error:
            self.writer.flush()
            tally = await self._turn(())
            tally.reason, tally.todo, tally.moved = error.placed, error.todo, 0
        self.writer.flush()
        self.verified = self.verified or not tally.states["failed"]
        return tally

    async def _turn(self, members: Sequence[tuple[str, Any]]) -> Tally:
        async with crews.at_work(self.place, members) as crew:
            return await turn(
                *(self.place, crew, self.writer, self.workers, self.checks, self.only),
                verified=self.verified,
            )


def _has_work(members: Sequence[tuple[str, Any]], tally: Tally) -> bool:
    """Whether anything waits for one of these."""
    return any(
        tally.states[f"needs_{role}"] or (role == "critic" and tally.unjudged)
        for role, _ in members
    )


def _in_words(states: Counter[str]) -> str:
    # It is texts that are accepted here: the release may still quarantine their samples.
    words = {"accepted": "with an accepted text"}
    return ", ".join(
        f"{n:,} {words.get(state, state.replace('_', ' '))}" for state, n in sorted(states.items())
    )
