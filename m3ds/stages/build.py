"""`m3ds build`: every stage in order, and what a single stage is called by."""

from __future__ import annotations

import time
from importlib import import_module

from m3ds.stages.progress import say
from m3ds.stages.workplace import Workplace

STAGES = (
    "download",
    "harmonize",
    "generate",
    "critique",
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
    if not moved:
        say(f"{name}: nothing to do ({_seconds(start)})")
    return 0


def _build(place: Workplace, start: float) -> int:
    """All stages; 1 if more was quarantined than the recipe allows."""
    from m3ds.stages import funnel

    place.objects.sweep()
    moved = [bool(_run(name, place)) for name in STAGES]
    if not any(moved):
        say(f"nothing to do: {place.dataset} is up to date ({_seconds(start)})")
    else:
        say(f"built {place.dataset} ({_seconds(start)})")
        say(f"  open it:  load_dataset({str(place.dataset)!r})")
        say(f"  look at:  {place.workdir / 'report' / 'index.html'}")
    return funnel.exit_code(place)


def _run(name: str, place: Workplace) -> object:
    """Call `m3ds.stages.<name>.run`, imported only now; truthy if it had something to do."""
    return import_module(f"m3ds.stages.{name}").run(place)


def _seconds(start: float) -> str:
    return f"{time.monotonic() - start:.1f} s"
