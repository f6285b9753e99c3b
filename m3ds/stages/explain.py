"""`m3ds explain SAMPLE_ID`: the whole life of one sample."""

from __future__ import annotations

import difflib
import json
from typing import Any

import polars as pl
import sqlalchemy as sa
from rich.console import Console
from rich.markup import escape

from m3ds.errors import UsageError
from m3ds.ledger.tables import items
from m3ds.ledger.views import excluded, item_of, last_pass, life
from m3ds.stages.progress import counted
from m3ds.stages.workplace import Workplace

_PUBLISHED = ("sample_id", "group_id", "question", "answer", "flags", "license")

Rows = dict[str, list[dict[str, Any]]]


def show(place: Workplace, sample_id: str, *, as_json: bool) -> None:
    """Print files, facts, attempts with their verdicts, the outcome, and where it was published.

    Raises:
        UsageError: the ledger knows no such sample.
    """
    history: Rows = {
        table: [dict(row._mapping) for row in rows]
        for table, rows in life(place.ledger, sample_id).items()
    }
    if not history["items"]:
        raise UsageError(
            f"there is no sample called {sample_id!r}",
            where=place.workdir,
            todo=_near(place, sample_id),
        )
    body = history["items"][-1]["body"]
    current = _current(place, body["source"], sample_id)
    published = _published(place, body["source"], sample_id)
    if as_json:
        told = {**history, "current": current, "published": published}
        print(json.dumps(told, indent=2, ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False, soft_wrap=True)
    _print_sample(console, current or body)
    if current is None:
        console.print("[yellow]not part of this recipe's build; this is what an earlier one had[/]")
    _print_attempts(console, history)
    _print_end(console, place, history, published if current is not None else None)


def _current(place: Workplace, source: str, sample_id: str) -> dict[str, Any] | None:
    """The sample as the newest pass over its source left it; None if that has none of this id."""
    done = last_pass(place.ledger, "harmonize", source)
    return item_of(place.ledger, source, done.fingerprint, sample_id) if done else None


def _published(place: Workplace, source: str, sample_id: str) -> dict[str, Any] | None:
    """The row of the dataset folder, without its pictures, and the split it is in."""
    for path in sorted((place.dataset / source).glob("*.parquet")):
        rows = pl.read_parquet(path, columns=list(_PUBLISHED))
        for row in rows.filter(pl.col("sample_id") == sample_id).to_dicts():
            return {"split": path.name.split("-")[0], **row}
    return None


def _print_sample(console: Console, body: dict[str, Any]) -> None:
    console.print(f"[bold]{body['sample_id']}[/]  {body['diagnosis']} ({body['source_label']})")
    regions = counted(len(body["regions"]), "region")
    lines = [
        (
            "image",
            f"{body['image_sha256']}  {body['width']}×{body['height']} {body['image_format']}",
        ),
        ("mask", f"{body['mask_sha256']}  {body['mask_kind']}, {regions}"),
    ]
    for file in body["files"]:
        name = f"{file['archive']}: {file['name'] or '(name withheld)'}"
        lines.append((f"from {file['role']}", f"{file['sha256']}  {name}"))
    if body["official_split"]:
        lines.append(("upstream split", body["official_split"]))
    if body["transforms"]:
        lines.append(("transforms", ", ".join(body["transforms"])))
    facts = {name: value for name, value in body["facts"].items() if value is not None}
    lines.append(("facts", ", ".join(f"{name} {value}" for name, value in facts.items())))
    for name, text in lines:
        console.print(f"[cyan]{name:>15}[/]  {escape(text)}")


def _print_attempts(console: Console, history: Rows) -> None:
    steps = {row["sha"]: row["steps"] for row in history["texts"]}
    kept = history["outcomes"][-1]["call_key"] if history["outcomes"] else None
    for attempt in history["attempts"]:
        author = attempt["author"]
        level = attempt["hint_level"]
        console.print(
            f"\n[bold]attempt {attempt['attempt']}[/] by {author['backend']} {author['model']} "
            f"(prompt {author['prompt_version']}, seed {author['seed']}, hint level "
            f"{level if level is not None else 'none'}, call {attempt['call_key'][:12]})"
            + ("" if attempt["call_key"] == kept else "  [dim]of an earlier build[/]")
        )
        for name, text in steps.get(attempt["text_sha"], {}).items():
            console.print(f"[cyan]{name:>15}[/]  {escape(text)}")
        for verdict in history["verdicts"]:
            if verdict["text_sha"] == attempt["text_sha"]:
                _print_verdict(console, verdict)


def _print_verdict(console: Console, verdict: dict[str, Any]) -> None:
    word = "[green]accepted[/]" if verdict["accepted"] else "[red]refused[/]"
    console.print(f"{'':>15}  {word} by {verdict['judge']} (version {verdict['version']})")
    for failure in verdict["failures"]:
        said = f"“{failure['sentence']}” says {failure['claimed']}, measured {failure['expected']}"
        console.print(f"{'':>17}{failure['code']}: {escape(said)}")


def _print_end(
    console: Console, place: Workplace, history: Rows, published: dict[str, Any] | None
) -> None:
    state = history["outcomes"][-1]["state"] if history["outcomes"] else "needs_author"
    released = last_pass(place.ledger, "publish", "*")
    sample_id = history["items"][-1]["sample_id"]
    out = excluded(place.ledger, released.fingerprint).get(sample_id) if released else None
    if out is not None and out[0] == "label_conflict":
        state = "quarantined"
    console.print(f"\nstate: [bold]{state}[/]")
    if out is not None:
        console.print(f"left out of the dataset: [red]{out[0]}[/], {escape(out[1])}")
    elif published is None:
        console.print("not in the dataset folder")
    else:
        console.print(f"published in {place.dataset} as [green]{published['split']}[/]")
        flags = ", ".join(published["flags"]) or "none"
        for name, text in (
            ("group", published["group_id"]),
            ("flags", flags),
            ("licence", published["license"]["spdx"]),
            ("question", published["question"]),
            ("answer", published["answer"]),
        ):
            console.print(f"[cyan]{name:>15}[/]  {escape(text)}")


def _near(place: Workplace, sample_id: str) -> str:
    query = sa.select(items.c.sample_id).where(items.c.sample_id.is_not(None)).distinct()
    known = [row.sample_id for row in place.ledger.read(query)]
    close = difflib.get_close_matches(sample_id, known, n=3, cutoff=0.4) or known[:3]
    return f"try: {', '.join(close)}" if close else "nothing is harmonised yet"
