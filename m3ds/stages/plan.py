"""`m3ds plan`: what the reasoning will take, before the long run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from m3ds.errors import ModelUnavailable
from m3ds.stages import controls, review
from m3ds.stages.amounts import UNKNOWN, amount, digits, duration, hours, size
from m3ds.stages.estimate import AMOUNTS, LEAST_SPREAD, Member, Range, range_in, total
from m3ds.stages.forecast import Load, Plan, make
from m3ds.stages.progress import counted
from m3ds.stages.workplace import Workplace

_WIDE = 120
_BRACKETS = (
    "In brackets: two standard errors from the spread between the probe's samples, at least "
    f"{LEAST_SPREAD:.0%} either way. Near-duplicates, which are written once more, come on top."
)
_FORMULA = (
    "Wall time = requests × seconds each / slots, GPU-hours = that × GPUs: with every slot of the "
    "recipe's window busy, and answers as quick as in the probe. Busier servers answer later."
)


def show(place: Workplace, *, samples: int, gpus: int | None, as_json: bool) -> int:
    """Probe, print, and return the exit code: 3 where a model could not be asked.

    Raises:
        UsageError: nothing is harmonised yet.
        LicenceRefused, CriticBelowFloor: as the loop itself.
    """
    plan = make(place, samples, gpus)
    if as_json:
        print(json.dumps(_plain(plan), indent=2, ensure_ascii=False))  # noqa: T201
    else:
        console = Console(highlight=False)
        console.width = max(console.width, _WIDE)
        _print(console, plan, place)
    return ModelUnavailable.exit_code if plan.waits else 0


def _print(console: Console, plan: Plan, place: Workplace) -> None:
    def line(text: str) -> None:
        console.print(text, soft_wrap=True)

    left = f"{plan.unfinished:,} still {'has' if plan.unfinished == 1 else 'have'} something to do"
    line(f"[bold]{place.recipe.name}[/]: {counted(plan.samples, 'sample')}, {left}")
    if plan.absent:
        line(f"[yellow]not harmonised, so not counted: {', '.join(plan.absent)}[/]")
    if ahead := review.told_ahead(place):
        line(f"[yellow]{escape(ahead)}[/]")
    for text in _probe(plan):
        line(text)
    if not any(total(plan.calls, "calls") or ()):
        line("nothing is left to be asked")
        return
    names = _names(plan)
    line("")
    for (_, model), name in names.items():
        line(f"{name:>9}  {escape(model)}")
    console.print(_calls(plan, names))
    if said := _controls(plan, place):
        line(said)
    if not plan.paid:
        line("Author and checks are embedded: no model is asked, so nothing is to be paid.")
    elif plan.measured:
        console.print(_loads(plan, names))
    sizes = {name: size(of, middle=plan.measured) for name, of in plan.disk.items()}
    line(
        f"disk: ledger {sizes['ledger']} more, objects {sizes['objects']} (there already), "
        f"dataset {sizes['dataset']} if every text is accepted"
    )
    for text in _assumptions(plan):
        line(f"[dim]{text}[/]")
    if plan.waits:
        line(f"\n[red]a model could not be asked:[/] {escape(plan.waits)}")


def _names(plan: Plan) -> dict[Member, str]:
    """What the tables call each model: its role, with a number where there are several."""
    members = plan.calls.select("role", "model").unique(maintain_order=True).rows()
    critics = [member for member in members if member[0] == "critic"]
    return {
        (role, model): f"{role} {critics.index((role, model)) + 1}"
        if role == "critic" and len(critics) > 1
        else role
        for role, model in members
    }


def _probe(plan: Plan) -> Iterator[str]:
    found = plan.probe
    if found is None:
        return
    asked = sum(map(len, found.asked.values()))
    requests = sum(served.requests for served in found.served.values())
    states = ", ".join(f"{n:,} {state.replace('_', ' ')}" for state, n in found.states.items())
    of = counted(len(found.asked), "source")
    yield f"probe: {counted(asked, 'sample')} of {of}, {counted(requests, 'request')}; now {states}"
    if not plan.measured:
        yield (
            "[yellow]nothing could be measured, so this is what the recipe allows: at least, every "
            "first text is accepted; at most, every last one is judged[/]"
        )


def _calls(plan: Plan, names: Mapping[Member, str]) -> Table:
    table = _table()
    table.add_column("calls", "all", no_wrap=True)
    table.add_column("by", no_wrap=True)
    for head, column in zip(("number", "tokens in", "cached", "tokens out"), AMOUNTS, strict=True):
        foot = amount(total(plan.calls, column), middle=plan.measured)
        table.add_column(head, foot, justify="right", no_wrap=True)
    for row in plan.calls.iter_rows(named=True):
        cells = [amount(range_in(row, column), middle=plan.measured) for column in AMOUNTS]
        if row["what"] == "controls" and not row["calls_high"]:
            cells = ["none", "", "", ""]
        table.add_row(row["what"], names[row["role"], row["model"]], *cells)
    return table


def _controls(plan: Plan, place: Workplace) -> str:
    """Why no controls come, where some are to be expected; empty otherwise."""
    share = controls.share(place.recipe.critics)
    chosen, left = plan.controls
    if left or not share:
        return ""
    why = (
        f"all {chosen:,} were judged already"
        if chosen
        else f"a hash picks about {share:.0%} of samples, and none of these {plan.samples:,}"
    )
    return f"no controls: {why}"


def _loads(plan: Plan, names: Mapping[Member, str]) -> Table:
    table = _table()
    table.add_column("time", "all", no_wrap=True)
    for head in ("requests", "s each", "slots", "GPUs"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("GPU-hours", hours(plan.gpu_hours), justify="right", no_wrap=True)
    table.add_column("wall time", duration(plan.wall_s), justify="right", no_wrap=True)
    table.add_column("probe's pace", _about(plan.most_s), justify="right", no_wrap=True)
    for member, load in plan.loads.items():
        many = f"{load.endpoints} × " if load.endpoints > 1 else ""
        table.add_row(
            names[member],
            amount(load.requests),
            digits(load.seconds) if load.seconds is not None else UNKNOWN,
            f"{many}{load.slots}",
            f"{many}{load.gpus}" if load.gpus is not None else "theirs",
            hours(load.gpu_hours),
            duration(load.wall_s),
            _about(load.most_s),
        )
    return table


def _about(found: Range | None) -> str:
    """A duration without its range."""
    return duration(found and Range(found.mean, found.mean, found.mean))


def _table() -> Table:
    return Table(box=box.SIMPLE, padding=(0, 2, 0, 0), pad_edge=False, show_footer=True)


def _assumptions(plan: Plan) -> list[str]:
    """What the figures rest on."""
    if not plan.measured or not plan.paid or plan.probe is None:
        return []
    return [_BRACKETS, _FORMULA, *_pace(plan)]


def _pace(plan: Plan) -> Iterator[str]:
    """What the probe's pace means, where servers could do more than the probe asked of them."""
    idle = {
        name: load
        for member, name in _names(plan).items()
        if (load := plan.loads.get(member)) and 0 < load.under_way < load.slots * load.endpoints
    }
    if not idle:
        return
    each = ", ".join(f"{digits(load.under_way)} at the {name}" for name, load in idle.items())
    costs = [
        f"{hours(load.most_hours)} at the {name}" for name, load in idle.items() if load.most_hours
    ]
    yield (
        f"At the probe's pace: so it goes if servers never work on more requests at a time than in "
        f"the probe ({each}), as where they have fewer slots than the recipe's window"
        + (f"; GPU-hours are then {', '.join(costs)}." if costs else ".")
    )


def _plain(plan: Plan) -> dict[str, Any]:
    found = plan.probe
    return {
        "samples": plan.samples,
        "unfinished": plan.unfinished,
        "not_harmonised": list(plan.absent),
        "waits": plan.waits or None,
        "measured": plan.measured,
        "probe": {
            "samples": {name: len(ids) for name, ids in found.asked.items()},
            "finished": sum(map(len, found.done.values())),
            "states": found.states,
            "requests": sum(served.requests for served in found.served.values()),
        }
        if found
        else None,
        "calls": [
            {
                **{name: row[name] for name in ("role", "model", "what")},
                **{name: _spelled(range_in(row, name)) for name in AMOUNTS},
            }
            for row in plan.calls.iter_rows(named=True)
        ],
        "models": [
            {"role": role, "model": model, **_plain_load(load)}
            for (role, model), load in plan.loads.items()
        ],
        "controls": dict(zip(("chosen", "left"), plan.controls, strict=True)),
        "gpu_hours": _spelled(plan.gpu_hours),
        "wall_s": _spelled(plan.wall_s),
        "wall_s_at_most": _spelled(plan.most_s),
        "disk_bytes": {name: _spelled(size) for name, size in plan.disk.items()},
        "assumptions": _assumptions(plan),
    }


def _plain_load(load: Load) -> dict[str, Any]:
    return {
        "requests": _spelled(load.requests),
        "seconds_per_request": load.seconds,
        "under_way_in_probe": load.under_way,
        "slots": load.slots,
        "endpoints": load.endpoints,
        "gpus_per_endpoint": load.gpus,
        "gpu_hours": _spelled(load.gpu_hours),
        "gpu_hours_at_most": _spelled(load.most_hours),
        "wall_s": _spelled(load.wall_s),
        "wall_s_at_most": _spelled(load.most_s),
    }


def _spelled(found: Range | None) -> dict[str, float] | None:
    return found._asdict() if found else None
