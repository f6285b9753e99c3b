"""`m3ds status`: the funnel per source and state, and what came of the reasoning."""

from __future__ import annotations

import json

import polars as pl
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from m3ds.ledger import tallies
from m3ds.ledger.views import last_pass
from m3ds.stages import crew, record, status_record
from m3ds.stages.funnel import STEPS, Funnel, collect, passes_of
from m3ds.stages.progress import counted
from m3ds.stages.workplace import Workplace

_SHORT = {
    "incomplete": "inc.",
    "skipped": "skip",
    "dropped": "drop",
    "quarantined": "quar.",
    "harmonised": "harm.",
    "needs_author": "author",
    "needs_critic": "critic",
    "needs_review": "review",
    "exhausted": "exh.",
    "rejected": "rej.",
    "accepted": "acc.",
    "left_out": "out",
    "published": "publ.",
}
_WIDE = 120
_NARROWEST = 80  # a narrower terminal wraps lines, but no number is cut
_STYLE = {"quarantined": "red", "exhausted": "red", "rejected": "red", "published": "green"}


def show(place: Workplace, *, as_json: bool) -> None:
    """Print the funnel, each reason with how often it occurred, and what models came to."""
    funnel = collect(place, place.sources)
    told = record.collect(place, place.sources)
    roles = {role for role, _ in crew.members(place)}
    samples, n = tallies.under_way(place.ledger, passes_of(place, place.sources), roles)
    if as_json:
        under_way = {"samples": samples, "calls": n}
        more = {"under_way": under_way, "faults": _faults(place)}
        plain = {**_plain(funnel), **more, **status_record.plain(told)}
        print(json.dumps(plain, indent=2, ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False)
    console.width = max(console.width, _NARROWEST)
    _print_counts(console, funnel)
    if samples:
        console.print(
            f"{counted(samples, 'sample')} {'is' if samples == 1 else 'are'} under way, with "
            f"{counted(n, 'remembered call')}: nothing of it is asked again\n"
        )
    if faults := _faults(place):
        console.print("[red]failed in the last run[/], which no model can help")
        for line in faults:
            console.print(Padding(Text(line, style="dim"), (0, 0, 0, 10)))
    _print_reasons(console, funnel)
    _print_folders(console, funnel)
    status_record.show(console, told)


def _faults(place: Workplace) -> list[str]:
    """Of the last run: samples on which the program itself failed, with what to do."""
    last = last_pass(place.ledger, "reason", "*")
    return list(last.body.get("faults", ())) if last else []


def _print_folders(console: Console, funnel: Funnel) -> None:
    """What the folders of archives lack, and what they hold beside."""
    for name, archives in funnel.absent.items():
        for archive in archives:
            console.print(f"[yellow]not here[/]     {name}  {escape(archive)}")
    for name, n in funnel.ignored.items():
        if n:
            shown = funnel.ignored_examples[name]
            more = ", …" if n > len(shown) else ""
            console.print(f"[dim]ignored {n:>4,}  {name}  {escape(', '.join(shown))}{more}[/]")


def _print_counts(console: Console, funnel: Funnel) -> None:
    """The funnel; where the terminal is narrow, with short headings and what they mean."""
    always = {"read", "accepted", "published"}
    used = [step for step in STEPS if step in always or funnel.counts[step].sum()]
    narrow = console.width < _WIDE
    table = Table(box=box.SIMPLE, show_footer=True, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("source", "total", no_wrap=True)
    for step in used:
        table.add_column(
            _SHORT.get(step, step) if narrow else step.replace("_", " "),
            f"{funnel.counts[step].sum():,}",
            justify="right",
            no_wrap=True,
            style=_STYLE.get(step),
        )
    for row in funnel.counts.iter_rows(named=True):
        table.add_row(row["source"], *(f"{row[step]:,}" if row[step] else "·" for step in used))
    console.print(table)
    if narrow:
        meanings = (f"{_SHORT[s]} {s.replace('_', ' ')}" for s in used if s in _SHORT)
        console.print(f"[dim]{', '.join(meanings)}[/]\n")


def _print_reasons(console: Console, funnel: Funnel) -> None:
    """Each reason once, with how often it occurred, in which sources, and one example."""
    steps = funnel.reasons.sort("step", "code", maintain_order=True)
    cause = pl.col("example").str.splitn(": ", 2).struct.field("field_1")
    for (step,), group in steps.group_by("step", maintain_order=True):
        style = _STYLE.get(str(step), "bold")
        console.print(f"[{style}]{str(step).replace('_', ' ')}[/]")
        for _, alike in group.group_by("code", cause, maintain_order=True):
            n, example = alike["n"].sum(), alike["example"][0]
            sources = ", ".join(alike["source"])
            console.print(Padding(f"{n:>6,}  {sources}  {alike['code'][0]}", (0, 0, 0, 2)))
            line = Text(f"e.g. {example}" if n > 1 else example, style="dim")
            console.print(Padding(line, (0, 0, 0, 10)))


def _plain(funnel: Funnel) -> dict[str, object]:
    total = funnel.counts.select(pl.col(STEPS).sum()).to_dicts()[0]
    return {
        "sources": funnel.counts.to_dicts(),
        "total": total,
        "reasons": funnel.reasons.to_dicts(),
        "absent": funnel.absent,
        "ignored": funnel.ignored,
        "ignored_examples": funnel.ignored_examples,
    }
