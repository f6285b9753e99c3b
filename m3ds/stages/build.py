"""`m3ds build`: every stage in order, and what a single stage is called by."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from m3ds.errors import ModelUnavailable, NothingToRelease, UnexpectedError
from m3ds.ledger.views import last_pass
from m3ds.stages import reason, review, terms
from m3ds.stages.faults import failed
from m3ds.stages.progress import counted, say
from m3ds.stages.workplace import Workplace

STAGES = (
    "download",
    "harmonize",
    "reason",
    "review",
    "publish",
    "validate",
    "report",
)


def run_stage(name: str, place: Workplace) -> int:
    """Run one verb; returns the exit code."""
    start = time.monotonic()
    if name == "build":
        return _build(place, start)
    moved = _run(name, place)
    if name in _ASKS and (left := _reasoned(place)):
        fault = _failed(left)
        waits = {state: left["states"].get(state, 0) for state in _ASKS[name]}
        if any(waits.values()):
            if fault:
                say(str(fault))
            raise _waits(place, {**left, "states": waits}, verb=name)
        if fault:
            raise fault
    if not moved:
        say(f"{name}: nothing to do ({_seconds(start)})")
    return 0


_ASKS = {
    "generate": ("needs_author",),
    "critique": ("needs_critic",),
    "reason": ("needs_author", "needs_critic"),
}
"""The verbs that ask models, and the states in which they may leave nothing."""


def _build(place: Workplace, start: float) -> int:
    """All stages; 1 if too much was quarantined or samples failed, 3 if some wait for a model.

    What waits keeps nothing that is finished from being released.
    """
    from m3ds.stages import funnel

    terms.gate(place)
    if ahead := review.told_ahead(place):
        say(ahead)
    place.objects.sweep()
    moved = []
    for name in STAGES:
        moved.append(bool(_run(name, place)))
        if name == "reason":
            _go_on_or_wait(place)
    if not any(moved):
        say(f"nothing to do: {place.dataset} is up to date ({_seconds(start)})")
    else:
        say(f"built {place.dataset} ({_seconds(start)})")
        say(f"  open it:  load_dataset({str(place.dataset)!r})")
        say(f"  look at:  {place.workdir / 'report' / 'index.html'}")
    code = funnel.exit_code(place)
    left = _reasoned(place)
    if left and (fault := _failed(left)):
        say(str(fault))
        code = code or fault.exit_code
    if left and reason.waiting(left["states"]):
        say(_waits(place, left).seen)
        return code or ModelUnavailable.exit_code
    return code


def _go_on_or_wait(place: Workplace) -> None:
    """Stop here where no text of any source is accepted: there is nothing to release.

    Raises:
        ModelUnavailable: samples wait for a model.
        UnexpectedError: none waits, and some failed.
        NothingToRelease: nothing came of it that could be a dataset.
    """
    left = _reasoned(place)
    if not left or left["states"].get("accepted") or _is_any_accepted(place):
        return
    fault = _failed(left)
    if reason.waiting(left["states"]):
        if fault:
            say(str(fault))
        raise _waits(place, left)
    if fault:
        raise fault
    if left["states"] and place.recipe.review.policy != "none":
        return  # people may write what no model could
    why = f"{place.command('status')} says why"
    if not left["states"]:
        raise NothingToRelease("no source gave a single sample", where=place.workdir, todo=why)
    raise NothingToRelease(
        "no text was accepted",
        where=place.workdir,
        todo=f"{why}; with more `attempts` in the recipe's author it is written on",
    )


def _is_any_accepted(place: Workplace) -> bool:
    """Whether a text is, of a chosen source or another."""
    from m3ds.ledger import tallies
    from m3ds.stages.funnel import passes_of

    counts = tallies.states(place.ledger, passes_of(place, place.harmonised), None)
    return any(row.state == "accepted" for row in counts)


def _reasoned(place: Workplace) -> dict[str, Any] | None:
    last = last_pass(place.ledger, reason.STAGE, "*")
    return last.body if last else None


def _failed(left: dict[str, Any]) -> UnexpectedError | None:
    n = left["states"].get("failed", 0)
    return failed(n, left.get("faults", ())) if n else None


def _waits(place: Workplace, left: dict[str, Any], verb: str = "build") -> ModelUnavailable:
    n = reason.waiting(left["states"])
    why = f": {left['reason']}" if left["reason"] else ""
    return ModelUnavailable(
        f"{counted(n, 'sample')} {'waits' if n == 1 else 'wait'} for a model{why}",
        where=place.pipeline,
        todo=f"{left.get('todo') or 'bring it up'}, then run: {place.command(verb)}",
    )


def _run(name: str, place: Workplace) -> object:
    """Call `m3ds.stages.<name>.run`, imported only now; truthy if it had something to do."""
    return import_module(f"m3ds.stages.{name}").run(place)


def _seconds(start: float) -> str:
    return f"{time.monotonic() - start:.1f} s"
