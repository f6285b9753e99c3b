"""`m3ds explain SAMPLE_ID`: the whole life of one sample."""

from __future__ import annotations

import difflib
import json
from typing import Any

import sqlalchemy as sa
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from m3ds.errors import UsageError
from m3ds.ledger.tables import items
from m3ds.ledger.views import excluded, last_pass, life
from m3ds.stages.workplace import Workplace


def show(place: Workplace, sample_id: str, *, as_json: bool) -> None:
    """Print files, facts, attempts with their verdicts, the outcome, and where it was published.

    Raises:
        UsageError: the ledger knows no such sample.
    """
    found = life(place.ledger, sample_id)
    if not found["items"]:
        raise UsageError(
            f"there is no sample called {sample_id!r}",
            where=place.workdir,
            todo=_near(place, sample_id),
        )
    if as_json:
        plain = {table: [dict(row._mapping) for row in rows] for table, rows in found.items()}
        print(json.dumps(plain, indent=2, ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False)
    _sample(console, found["items"][-1].body)
    _attempts(console, found)
    _end(console, place, sample_id, found)


def _sample(console: Console, body: dict[str, Any]) -> None:
    console.print(f"[bold]{body['sample_id']}[/]  {body['diagnosis']} ({body['source_label']})")
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row(
        "image", f"{body['width']}×{body['height']} {body['image_format']}", body["image_sha256"]
    )
    table.add_row(
        "mask", f"{body['mask_kind']}, {len(body['regions'])} regions", body["mask_sha256"]
    )
    for file in body["files"]:
        table.add_row(
            file["role"],
            escape(f"{file['archive']}: {file['name'] or '(name withheld)'}"),
            file["sha256"],
        )
    if body["official_split"]:
        table.add_row("upstream split", body["official_split"])
    if body["transforms"]:
        table.add_row("transforms", escape(", ".join(body["transforms"])))
    facts = {name: value for name, value in body["facts"].items() if value is not None}
    table.add_row("facts", escape(", ".join(f"{name} {value}" for name, value in facts.items())))
    console.print(table)


def _attempts(console: Console, found: dict[str, list[sa.Row[Any]]]) -> None:
    steps = {row.sha: row.steps for row in found["texts"]}
    for attempt in found["attempts"]:
        author = attempt.author
        console.print(
            f"\n[bold]attempt {attempt.attempt}[/] by {author['backend']} {author['model']} "
            f"(prompt {author['prompt_version']}, seed {author['seed']}, hint level "
            f"{attempt.hint_level if attempt.hint_level is not None else 'none'})"
        )
        for name, text in steps.get(attempt.text_sha, {}).items():
            console.print(f"  [cyan]{name:>10}[/]  {escape(text)}", soft_wrap=True)
        for verdict in found["verdicts"]:
            if verdict.text_sha != attempt.text_sha:
                continue
            word = "[green]accepted[/]" if verdict.accepted else "[red]refused[/]"
            console.print(f"  {word} by {verdict.judge} (version {verdict.version})")
            for failure in verdict.failures:
                console.print(
                    f"    {failure['code']}: {escape(failure['sentence'])!r} says "
                    f"{escape(failure['claimed'])}, measured {escape(failure['expected'])}"
                )


def _end(
    console: Console, place: Workplace, sample_id: str, found: dict[str, list[sa.Row[Any]]]
) -> None:
    state = found["outcomes"][-1].state if found["outcomes"] else "needs_author"
    console.print(f"\nstate: [bold]{state}[/]")
    released = last_pass(place.ledger, "publish", "*")
    if released is None:
        console.print("not published yet")
        return
    out = excluded(place.ledger, released.fingerprint).get(sample_id)
    if out is not None:
        console.print(f"left out of the dataset: [red]{out[0]}[/], {escape(out[1])}")
    elif state == "accepted":
        console.print(f"published in {place.dataset}")


def _near(place: Workplace, sample_id: str) -> str:
    known = [
        row.sample_id
        for row in place.ledger.read(sa.select(items.c.sample_id).distinct())
        if row.sample_id
    ]
    close = difflib.get_close_matches(sample_id, known, n=3, cutoff=0.4) or known[:3]
    return f"try: {', '.join(close)}" if close else "nothing is harmonised yet"
