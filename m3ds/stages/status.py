"""`m3ds status`: the funnel per source and state."""

from __future__ import annotations

import json

import polars as pl
from rich.console import Console
from rich.table import Table

from m3ds.stages.funnel import STEPS, Funnel, collect
from m3ds.stages.workplace import Workplace

_STYLE = {"quarantined": "red", "exhausted": "red", "rejected": "red", "published": "green"}


def show(place: Workplace, *, as_json: bool) -> None:
    """Print the funnel, then each reason with how often it occurred and one example."""
    funnel = collect(place)
    if as_json:
        print(json.dumps(_plain(funnel), indent=2, ensure_ascii=False))  # noqa: T201
        return
    console = Console()
    console.print(_counts(funnel))
    if not funnel.reasons.is_empty():
        console.print(_reasons(funnel))
    for name, archives in funnel.absent.items():
        if archives:
            console.print(f"[yellow]{name}[/]: not here: {', '.join(archives)}", highlight=False)
    ignored = {name: n for name, n in funnel.ignored.items() if n}
    if ignored:
        listed = ", ".join(f"{name} {n:,}" for name, n in ignored.items())
        console.print(
            f"[dim]files that belong to no declared archive: {listed}[/]", highlight=False
        )


def _counts(funnel: Funnel) -> Table:
    used = [step for step in STEPS if funnel.counts[step].sum() or step in {"read", "published"}]
    table = Table(title="Samples by source and state", title_justify="left", show_footer=True)
    table.add_column("source", "total")
    for step in used:
        table.add_column(
            step.replace("_", "\n"),
            f"{funnel.counts[step].sum():,}",
            justify="right",
            style=_STYLE.get(step),
        )
    for row in funnel.counts.iter_rows(named=True):
        table.add_row(row["source"], *(f"{row[step]:,}" if row[step] else "·" for step in used))
    return table


def _reasons(funnel: Funnel) -> Table:
    table = Table(title="Why", title_justify="left")
    for heading in ("source", "step", "reason"):
        table.add_column(heading)
    table.add_column("n", justify="right")
    table.add_column("for example", overflow="fold")
    for row in funnel.reasons.sort("step", "source", "code").iter_rows(named=True):
        table.add_row(row["source"], row["step"], row["code"], f"{row['n']:,}", row["example"])
    return table


def _plain(funnel: Funnel) -> dict[str, object]:
    total = funnel.counts.select(pl.col(STEPS).sum()).to_dicts()[0]
    return {
        "sources": funnel.counts.to_dicts(),
        "total": total,
        "reasons": funnel.reasons.to_dicts(),
        "absent": funnel.absent,
        "ignored": funnel.ignored,
    }
