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
from m3ds.ledger.views import calls_of, excluded, item_of, last_pass, life
from m3ds.schema.release import CONFLICT, fate
from m3ds.stages import explain_attempts
from m3ds.stages.explain_attempts import Rows
from m3ds.stages.progress import counted
from m3ds.stages.workplace import Workplace

_PUBLISHED = ("sample_id", "group_id", "question", "answer", "flags", "license")


def show(place: Workplace, sample_id: str, *, as_json: bool, prompts: bool) -> None:
    """Print files, facts, attempts with their verdicts, the outcome, and where it was published.

    Args:
        place: Where.
        sample_id: Whose life.
        as_json: Everything, for machines.
        prompts: With the messages that each attempt's author was sent.

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
    sent = explain_attempts.prompts_of(place.ledger, history) if prompts else None
    if as_json:
        told: dict[str, Any] = {**history, "current": current, "published": published}
        if sent is not None:
            told["prompts"] = sent
        print(json.dumps(told, indent=2, ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[dim]recipe {escape(str(place.pipeline))}, in {escape(str(place.workdir))}[/]")
    _print_sample(console, current or body)
    if current is None:
        console.print("[yellow]not part of this recipe's build; this is what an earlier one had[/]")
    explain_attempts.show(console, history, sent)
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


def _print_end(
    console: Console, place: Workplace, history: Rows, published: dict[str, Any] | None
) -> None:
    last = history["outcomes"][-1] if history["outcomes"] else None
    state = last["state"] if last else "needs_author"
    released = last_pass(place.ledger, "publish", "*")
    sample_id = history["items"][-1]["sample_id"]
    out = excluded(place.ledger, released.fingerprint).get(sample_id) if released else None
    if out is not None and out[0] == CONFLICT:
        state = "quarantined"
    console.print(f"\nstate: [bold]{state}[/]")
    if state.startswith("needs_") and (kept := calls_of(place.ledger, [sample_id])):
        n = counted(len(kept), "remembered call")
        console.print(f"{n}, used again where the recipe asks the same")
    if last and last["reason"]:
        console.print(f"because: {escape(last['reason'])}")
    if out is not None:
        console.print(f"{fate(out[0])}, so not in the dataset: [red]{out[0]}[/], {escape(out[1])}")
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
    if not known:
        return "nothing is harmonised yet"
    if close := difflib.get_close_matches(sample_id, known, n=3, cutoff=0.75):
        return f"did you mean: {', '.join(close)}?"
    return f"{len(known):,} are known here; their ids look like {known[0]}"
