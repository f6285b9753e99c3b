"""What `m3ds status` says of the reasoning, after the funnel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from m3ds.report.record import KINDS, Record

_MOST = 200
"""Characters of a sentence that is quoted."""

_STYLE = {"exhausted": "red", "rejected": "red", "quarantined": "red"}


def show(console: Console, record: Record) -> None:
    """Print how samples finished, what was refused and why, and what the critics are worth.

    Nothing where an embedded author needed no second attempt.
    """
    if not record.is_worth_telling:
        return
    _counts(console, "finished by attempt", record.by_source())
    if not record.models.height:
        return
    _counts(console, "accepted, told of the diagnosis", record.hints_by_source())
    _refusals(console, record)
    _controls(console, record)
    _models(console, record)


def plain(record: Record) -> dict[str, list[dict[str, Any]]]:
    """The same for machines."""
    return {
        "finished": record.finished.to_dicts(),
        "hints": record.hints.to_dicts(),
        "refusals": record.refusals.to_dicts(),
        "controls": record.controls.to_dicts(),
        "models": record.models.to_dicts(),
    }


def _counts(console: Console, title: str, counts: Mapping[str, Mapping[str, int]]) -> None:
    """A row per source, then the sums and their shares of all."""
    if not counts:
        return
    columns = list(next(iter(counts.values())))
    sums = [sum(own[column] for own in counts.values()) for column in columns]
    whole = sum(sums)
    console.print(f"\n[bold]{title}[/]")
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("source", no_wrap=True)
    for column in columns:
        style = _STYLE.get(column)
        table.add_column(_heading(column), justify="right", no_wrap=True, style=style)
    table.add_column("all", justify="right", no_wrap=True)
    for name, own in counts.items():
        cells = [f"{own[column]:,}" if own[column] else "·" for column in columns]
        table.add_row(name, *cells, f"{sum(own.values()):,}")
    table.add_section()
    table.add_row("total", *(f"{n:,}" for n in sums), f"{whole:,}", style="bold")
    table.add_row("share", *(f"{n / whole:.1%}" for n in sums), "", style="dim")
    console.print(table)


def _heading(end: str) -> str:
    """`2nd` for `attempt 2`, so that nine attempts fit."""
    word, _, n = end.partition(" ")
    return n + {"1": "st", "2": "nd", "3": "rd"}.get(n, "th") if word == "attempt" else end


def _refusals(console: Console, record: Record) -> None:
    """By judge and code, how many texts were refused, each with one of them."""
    for (judge,), group in record.refusals.group_by("judge", maintain_order=True):
        n = group["texts"][0]
        console.print(
            f"[red]refused by {escape(_name(str(judge)))}[/]  {n:,} {'text' if n == 1 else 'texts'}"
        )
        for row in group.iter_rows(named=True):
            console.print(f"  {row['n']:>6,}  {row['code']}")
            console.print(Padding(Text(_example(row), style="dim"), (0, 0, 0, 10)))


def _example(row: Mapping[str, Any]) -> str:
    """The sentence, what is wrong with it, and what was expected."""
    sentence = " ".join(row["sentence"].split())
    if len(sentence) > _MOST:
        sentence = f"{sentence[:_MOST].rstrip()}…"
    quoted = f"“{sentence}”: " if sentence else ""
    said = f"{quoted}{row['claimed'] or 'nothing'}; expected: {row['expected']}"
    return f"{'e.g. ' if row['n'] > 1 else ''}{row['sample_id']}: {said}"


def _controls(console: Console, record: Record) -> None:
    """Per critic and kind of control what it caught, and of sound texts what it refused."""
    if not record.controls.height:
        return
    console.print("\n[bold]hidden controls[/]")
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("critic", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    for column in ("judged", "refused", "rate", "limit"):
        table.add_column(column, justify="right", no_wrap=True)
    for (judge,), group in record.controls.group_by("judge", maintain_order=True):
        name = _name(str(judge))
        planted = group.filter(~group["sound"])
        for row in planted.iter_rows(named=True):
            _control(table, name, KINDS[row["kind"]], row["judged"], row["refused"])
            name = ""
        if planted.height:
            judged, caught = int(planted["judged"].sum()), int(planted["refused"].sum())
            floor, at_least = planted["limit"][0], planted["at_least"][0]
            limit, style = _held(f"≥ {floor:.0%}", judged, at_least, bad=caught < floor * judged)
            _control(table, name, "all planted errors", judged, caught, limit, style)
        for row in group.filter("sound").iter_rows(named=True):
            judged, refused, most = row["judged"], row["refused"], row["limit"]
            too_many = refused > most * judged
            limit, style = _held(f"≤ {most:.0%}", judged, row["at_least"], bad=too_many)
            _control(table, name, KINDS[row["kind"]], judged, refused, limit, style)
            name = ""
    console.print(table)


def _held(limit: str, judged: int, at_least: int, *, bad: bool) -> tuple[str, str]:
    """A limit and the style of its row: before enough were judged, a rate says nothing yet."""
    if judged < at_least:
        return f"{limit} from {at_least}", "bold"
    return limit, "red" if bad else "bold"


def _control(
    table: Table,
    name: str,
    kind: str,
    judged: int,
    refused: int,
    limit: str = "",
    style: str | None = None,
) -> None:
    rate = f"{refused / judged:.1%}"
    table.add_row(name, kind, f"{judged:,}", f"{refused:,}", rate, limit, style=style)


def _models(console: Console, record: Record) -> None:
    console.print("[bold]models[/]")
    for row in record.models.iter_rows(named=True):
        told = _card(row) if row["revision"] else ["[dim]not asked yet[/]"]
        console.print(f"  {row['role']}  {escape(row['model'])}")
        for line in told:
            console.print(f"          {line}", soft_wrap=True)


def _card(row: Mapping[str, Any]) -> Sequence[str]:
    known = f"{escape(row['revision'])} (known from: {row['origin']})"
    if row["origin"] == "unreachable":
        known = "not known: the Hub did not answer at first use; name `revision` in the recipe"
    return [
        f"revision {known}",
        f"licence {escape(row['licence'])}  [dim]{escape(row['terms'])}[/]",
    ]


def _name(judge: str) -> str:
    return judge.removeprefix("critic:")
