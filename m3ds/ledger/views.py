"""What is current, read from the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from m3ds.ledger.ledger import Ledger
from m3ds.ledger.tables import (
    attempts,
    calls,
    documents,
    exclusions,
    items,
    objections,
    outcomes,
    passes,
    texts,
    verdicts,
)


@dataclass(frozen=True, slots=True)
class Pass:
    """The newest finished pass of a stage over a scope."""

    fingerprint: str
    body: dict[str, Any]


def last_pass(ledger: Ledger, stage: str, scope: str) -> Pass | None:
    """The newest pass of `stage` over `scope`, or None."""
    query = (
        sa.select(passes.c.fingerprint, passes.c.body)
        .where(passes.c.stage == stage, passes.c.scope == scope)
        .order_by(passes.c.seq.desc())
        .limit(1)
    )
    for row in ledger.read(query):
        return Pass(row.fingerprint, row.body)
    return None


def pass_row(
    stage: str, scope: str, fingerprint: str, body: dict[str, Any]
) -> tuple[sa.Table, dict[str, Any]]:
    """The row that marks a pass as finished."""
    return passes, {"stage": stage, "scope": scope, "fingerprint": fingerprint, "body": body}


def item_names(ledger: Ledger, source: str, fingerprint: str) -> frozenset[str]:
    """The items of `source` that are in the ledger under `fingerprint`."""
    query = sa.select(items.c.item).where(
        items.c.source == source, items.c.fingerprint == fingerprint
    )
    return frozenset(row.item for row in ledger.read(query))


def item_rows(
    ledger: Ledger, source: str, fingerprint: str, kind: str | None = None
) -> Iterator[sa.Row[Any]]:
    """Items of one pass (kind, sample_id, body), in the order they were appended."""
    query = sa.select(items.c.item, items.c.kind, items.c.sample_id, items.c.body).where(
        items.c.source == source, items.c.fingerprint == fingerprint
    )
    if kind is not None:
        query = query.where(items.c.kind == kind)
    yield from ledger.stream(query.order_by(items.c.seq))


def item_pages(
    ledger: Ledger, source: str, fingerprint: str, kind: str, size: int
) -> Iterator[Sequence[sa.Row[Any]]]:
    """Items of one pass as `item_rows` has them, `size` at a time.

    No transaction is held between pages: a long run writes meanwhile, and SQLite's log of what was
    written cannot be folded back into the file while anyone still reads an older state.
    """
    last = 0
    while rows := ledger.read(page_of_items(source, fingerprint, kind, last, size)):
        yield rows
        last = rows[-1].seq


def page_of_items(source: str, fingerprint: str, kind: str, last: int, size: int) -> sa.Select[Any]:
    """The `size` items of one pass that follow the one numbered `last`."""
    return (
        sa.select(items.c.seq, items.c.item, items.c.kind, items.c.sample_id, items.c.body)
        .where(
            items.c.source == source,
            items.c.fingerprint == fingerprint,
            items.c.kind == kind,
            items.c.seq > last,
        )
        .order_by(items.c.seq)
        .limit(size)
    )


def current_outcomes(ledger: Ledger) -> dict[str, sa.Row[Any]]:
    """The newest outcome of each sample, by sample id."""
    newest = sa.select(sa.func.max(outcomes.c.seq)).group_by(outcomes.c.sample_id)
    query = sa.select(outcomes).where(outcomes.c.seq.in_(newest))
    return {row.sample_id: row for row in ledger.read(query)}


def judgements_of_current(
    ledger: Ledger, versions: Mapping[str, str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """What these judges (each in one version) found of each current text: by text sha and judge."""
    newest = sa.select(sa.func.max(outcomes.c.seq)).group_by(outcomes.c.sample_id)
    current = sa.select(outcomes.c.text_sha).where(outcomes.c.seq.in_(newest))
    query = (
        sa.select(verdicts.c.text_sha, verdicts.c.judge, verdicts.c.judgement)
        .where(
            verdicts.c.text_sha.in_(current),
            sa.tuple_(verdicts.c.judge, verdicts.c.version).in_(sorted(versions.items())),
        )
        .order_by(verdicts.c.seq)
    )
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in ledger.stream(query):
        found.setdefault(row.text_sha, {})[row.judge] = row.judgement
    return found


def outcomes_of(ledger: Ledger, sample_ids: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """The newest outcome of each of some samples, by sample id."""
    newest = (
        sa.select(sa.func.max(outcomes.c.seq))
        .where(outcomes.c.sample_id.in_(sample_ids))
        .group_by(outcomes.c.sample_id)
    )
    query = sa.select(outcomes).where(outcomes.c.seq.in_(newest))
    return {row.sample_id: row for row in ledger.read(query)}


def calls_of(ledger: Ledger, sample_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The remembered responses to all calls about some samples, by key."""
    query = sa.select(calls.c.key, calls.c.response).where(calls.c.sample_id.in_(sample_ids))
    return {row.key: row.response for row in ledger.read(query)}


def calls_made(ledger: Ledger, sample_ids: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """All calls about some samples, with what was asked and what came back."""
    return ledger.read(sa.select(calls).where(calls.c.sample_id.in_(sample_ids)))


def objections_of(ledger: Ledger, sample_ids: Sequence[str]) -> dict[str, list[sa.Row[Any]]]:
    """The objections from outside the loop to some samples' texts, by sample id, oldest first."""
    query = sa.select(objections).where(objections.c.sample_id.in_(sample_ids))
    found: dict[str, list[sa.Row[Any]]] = {}
    for row in ledger.read(query.order_by(objections.c.seq)):
        found.setdefault(row.sample_id, []).append(row)
    return found


def newest_of_item() -> sa.ScalarSelect[Any]:
    """The number of the newest outcome of each of the `items` of a query, to join them by.

    Of each on its own: a list of all newest ones would be gone through for each of them.
    """
    other = outcomes.alias()
    return (
        sa.select(sa.func.max(other.c.seq))
        .where(other.c.sample_id == items.c.sample_id)
        .correlate(items)
        .scalar_subquery()
    )


def accepted_texts(ledger: Ledger, source: str, fingerprint: str) -> Iterator[sa.Row[Any]]:
    """Current accepted texts of positives (sample_id, steps), by sample id."""
    query = (
        sa.select(items.c.sample_id, texts.c.steps)
        .select_from(items)
        .join(outcomes, outcomes.c.seq == newest_of_item())
        .join(texts, texts.c.sha == outcomes.c.text_sha)
        .where(
            items.c.source == source,
            items.c.fingerprint == fingerprint,
            items.c.kind == "sample",
            items.c.body["is_negative"].as_boolean().is_(False),
            outcomes.c.state == "accepted",
        )
        .order_by(items.c.sample_id)
    )
    yield from ledger.stream(query)


def newest_outcome(ledger: Ledger) -> int:
    """The number of the newest outcome; 0 where there is none."""
    return ledger.read(sa.select(sa.func.max(outcomes.c.seq)))[0][0] or 0


def sources_of(ledger: Ledger, sample_ids: Sequence[str]) -> dict[str, str]:
    """The source of each of some samples that is known here, by sample id."""
    query = sa.select(items.c.sample_id, items.c.source).where(items.c.sample_id.in_(sample_ids))
    return {row.sample_id: row.source for row in ledger.read(query)}


def attempts_at(ledger: Ledger, sample_ids: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """Every attempt at some samples (sample_id, text_sha, attempt), with the request it was."""
    query = (
        sa.select(attempts.c.sample_id, attempts.c.text_sha, attempts.c.attempt, calls.c.request)
        .join(calls, calls.c.key == attempts.c.call_key, isouter=True)
        .where(attempts.c.sample_id.in_(sample_ids))
        .order_by(attempts.c.seq)
    )
    return ledger.read(query)


def judgements_of(ledger: Ledger, sample_ids: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """What critics found of any text about some samples, oldest first."""
    query = (
        sa.select(verdicts)
        .where(verdicts.c.sample_id.in_(sample_ids), verdicts.c.judge.startswith("critic:"))
        .order_by(verdicts.c.seq)
    )
    return ledger.read(query)


def steps_of(ledger: Ledger) -> dict[str, dict[str, str]]:
    """The steps of every text version that is some sample's current one, by text sha."""
    newest = sa.select(sa.func.max(outcomes.c.seq)).group_by(outcomes.c.sample_id)
    query = sa.select(texts.c.sha, texts.c.steps).where(
        texts.c.sha.in_(sa.select(outcomes.c.text_sha).where(outcomes.c.seq.in_(newest)))
    )
    return {row.sha: row.steps for row in ledger.stream(query)}


def attempts_of_current(ledger: Ledger) -> dict[str, sa.Row[Any]]:
    """The attempt that each sample's newest outcome came from, by sample id."""
    newest = sa.select(sa.func.max(outcomes.c.seq)).group_by(outcomes.c.sample_id)
    query = sa.select(attempts).join(
        outcomes,
        sa.and_(
            outcomes.c.seq.in_(newest),
            outcomes.c.sample_id == attempts.c.sample_id,
            outcomes.c.attempt == attempts.c.attempt,
            outcomes.c.call_key == attempts.c.call_key,
            outcomes.c.text_sha == attempts.c.text_sha,
        ),
    )
    return {row.sample_id: row for row in ledger.stream(query)}


def excluded(ledger: Ledger, fingerprint: str) -> dict[str, tuple[str, str]]:
    """What a release leaves out: sample id to (code, what was seen)."""
    query = sa.select(exclusions).where(exclusions.c.fingerprint == fingerprint)
    return {row.sample_id: (row.code, row.seen) for row in ledger.read(query.order_by("seq"))}


def item_of(ledger: Ledger, source: str, fingerprint: str, sample_id: str) -> Any | None:
    """The body of one sample as a pass over its source left it, or None."""
    query = sa.select(items.c.body).where(
        items.c.source == source,
        items.c.fingerprint == fingerprint,
        items.c.sample_id == sample_id,
    )
    return next((row.body for row in ledger.read(query)), None)


def requests_of(ledger: Ledger, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The requests of some calls, by key."""
    query = sa.select(calls.c.key, calls.c.request).where(calls.c.key.in_(keys))
    return {row.key: row.request for row in ledger.read(query)}


def documents_of(ledger: Ledger, shas: Sequence[str]) -> dict[str, str]:
    """Texts that requests name by hash."""
    query = sa.select(documents).where(documents.c.sha.in_(shas))
    return {row.sha: row.text for row in ledger.read(query)}


def life(ledger: Ledger, sample_id: str) -> dict[str, list[sa.Row[Any]]]:
    """Every row of the history that concerns one sample, by table."""
    found = {}
    for table in (items, attempts, verdicts, objections, outcomes, exclusions):
        query = sa.select(table).where(table.c.sample_id == sample_id).order_by(table.c.seq)
        found[table.name] = list(ledger.read(query))
    shas = {row.text_sha for row in found["attempts"]}
    found["texts"] = list(ledger.read(sa.select(texts).where(texts.c.sha.in_(shas))))
    return found
