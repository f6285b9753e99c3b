"""Counts over a build's samples, made by the database: none of its rows need fit in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from m3ds.ledger.ledger import Ledger
from m3ds.ledger.tables import (
    attempts,
    calls,
    controls,
    exclusions,
    items,
    objections,
    outcomes,
    texts,
    verdicts,
)
from m3ds.ledger.views import newest_of_item
from m3ds.schema.release import CONFLICT

Passes = Mapping[str, str]
"""By source, the fingerprint of the pass that its samples are read from."""


def states(ledger: Ledger, passes: Passes, release: str | None) -> Iterator[sa.Row[Any]]:
    """(source, state, attempt, code, n): how many samples ended how, after how many attempts.

    A sample that nobody was asked about is `needs_author` with attempt 0. `code` says why the
    release of that fingerprint leaves it out; None where it does not.
    """
    now = _now(passes, release)
    columns = (now.c.source, now.c.state, now.c.attempt, now.c.code)
    query = sa.select(*columns, sa.func.count().label("n")).group_by(*columns)
    yield from ledger.stream(query.order_by(*columns))


def left_out(ledger: Ledger, passes: Passes, release: str) -> Iterator[sa.Row[Any]]:
    """(source, sample_id, code, seen) of what a release leaves out, in the samples' order."""
    query = (
        sa.select(items.c.source, items.c.sample_id, exclusions.c.code, exclusions.c.seen)
        .join(exclusions, exclusions.c.sample_id == items.c.sample_id)
        .where(_in(passes), items.c.kind == "sample", exclusions.c.fingerprint == release)
        .order_by(items.c.seq)
    )
    yield from ledger.stream(query)


def fallen(ledger: Ledger, passes: Passes) -> Iterator[sa.Row[Any]]:
    """(source, item, kind, body) of everything that did not become a sample, in its order."""
    query = sa.select(items.c.source, items.c.item, items.c.kind, items.c.body)
    query = query.where(_in(passes), items.c.kind != "sample")
    yield from ledger.stream(query.order_by(items.c.seq))


def reasons(ledger: Ledger, passes: Passes) -> Iterator[sa.Row[Any]]:
    """(source, state, reason, n, sample_id) of samples whose outcome says why it is one."""
    now = _now(passes, None)
    columns = (now.c.source, now.c.state, now.c.reason)
    query = (
        sa.select(*columns, sa.func.count().label("n"), sa.func.min(now.c.sample_id).label("one"))
        .where(now.c.reason != "")
        .group_by(*columns)
        .order_by(*columns)
    )
    yield from ledger.stream(query)


def exhausted(ledger: Ledger, passes: Passes) -> Iterator[sa.Row[Any]]:
    """(source, sample_id, failures) of samples whose attempts are used up: against the last text.

    One row per judge that refused it, the newest first; `failures` is None where none did, and it
    was objected to from outside.
    """
    now = _now(passes, None)
    refused = sa.and_(
        verdicts.c.sample_id == now.c.sample_id,
        verdicts.c.text_sha == now.c.text_sha,
        sa.not_(verdicts.c.accepted),
    )
    query = (
        sa.select(now.c.source, now.c.sample_id, verdicts.c.failures)
        .select_from(now)
        .outerjoin(verdicts, refused)
        .where(now.c.state == "exhausted")
        .order_by(now.c.source, now.c.sample_id, verdicts.c.seq.desc())
    )
    yield from ledger.stream(query)


def under_way(ledger: Ledger, passes: Passes, roles: Collection[str]) -> tuple[int, int]:
    """Samples that wait and that models were asked about already, and how often these answered."""
    now = _now(passes, None)
    columns: list[Any] = [
        sa.func.count(calls.c.sample_id.distinct()).label("samples"),
        sa.func.count().label("answers"),
    ]
    query = (
        sa.select(*columns)
        .join(now, now.c.sample_id == calls.c.sample_id)
        .where(now.c.state.startswith("needs_"), calls.c.role.in_(roles))
    )
    row = ledger.read(query)[0]
    return row.samples, row.answers


def hints(ledger: Ledger, passes: Passes, release: str | None) -> Iterator[sa.Row[Any]]:
    """(source, hint_level, n) of the accepted texts."""
    now = _now(passes, release)
    columns = (now.c.source, attempts.c.hint_level)
    query = (
        sa.select(*columns, sa.func.count().label("n"))
        .join(
            attempts,
            sa.and_(
                attempts.c.sample_id == now.c.sample_id,
                attempts.c.attempt == now.c.attempt,
                attempts.c.call_key == now.c.call_key,
                attempts.c.text_sha == now.c.text_sha,
            ),
        )
        .where(now.c.state == "accepted")
        .group_by(*columns)
        .order_by(*columns)
    )
    yield from ledger.stream(query)


def refusals(
    ledger: Ledger, passes: Passes, judges: Mapping[str, str]
) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """(judge, sample_id, failures) of each refusal on the way to the samples' current texts.

    Args:
        ledger: Whose history.
        passes: Which samples.
        judges: The critics that count, with the version of their verdicts. The checks count in the
            version that the outcome names; near-duplicates and people count by their name.
    """
    chain = _chain(_now(passes, None))
    of_chain = sa.and_(
        verdicts.c.sample_id == chain.c.sample_id, verdicts.c.text_sha == chain.c.text_sha
    )
    counts = sa.or_(
        sa.and_(verdicts.c.judge == "checks", verdicts.c.version == chain.c.checks_version),
        *(sa.and_(verdicts.c.judge == j, verdicts.c.version == v) for j, v in judges.items()),
    )
    query = sa.select(verdicts.c.judge, verdicts.c.sample_id, verdicts.c.failures)
    query = query.join(chain, of_chain).where(verdicts.c.accepted.is_(False), counts)
    for row in ledger.stream(query):
        yield row.judge, row.sample_id, row.failures
    if not ledger.read(sa.select(objections.c.seq).limit(1)):
        return  # the chain is long, and most builds have none
    query = sa.select(objections.c.origin, objections.c.sample_id, objections.c.failures).join(
        chain,
        sa.and_(
            objections.c.sample_id == chain.c.sample_id, objections.c.text_sha == chain.c.text_sha
        ),
    )
    for row in ledger.stream(query):
        yield row.origin, row.sample_id, row.failures


def judged_controls(ledger: Ledger) -> Iterator[sa.Row[Any]]:
    """(judge, version, kind, sound, accepted, n) of the hidden controls."""
    columns = [controls.c[name] for name in ("judge", "version", "kind", "sound", "accepted")]
    query = sa.select(*columns, sa.func.count().label("n")).group_by(*columns)
    yield from ledger.stream(query.order_by(*columns))


def newest_control(ledger: Ledger) -> int:
    """The number of the newest control; 0 where there is none."""
    return ledger.read(sa.select(sa.func.max(controls.c.seq)))[0][0] or 0


def _in(passes: Passes) -> sa.ColumnElement[bool]:
    pairs = (
        sa.and_(items.c.source == source, items.c.fingerprint == mark)
        for source, mark in passes.items()
    )
    return sa.or_(sa.false(), *pairs)


def _now(passes: Passes, release: str | None) -> sa.CTE:
    """Each sample with its newest outcome."""
    conflict = exclusions.c.code == CONFLICT
    state = sa.func.coalesce(outcomes.c.state, "needs_author")
    query = (
        sa.select(
            items.c.source,
            items.c.sample_id,
            sa.case((conflict, "quarantined"), else_=state).label("state"),
            sa.func.coalesce(outcomes.c.attempt, 0).label("attempt"),
            outcomes.c.text_sha,
            outcomes.c.call_key,
            outcomes.c.checks_version,
            sa.func.coalesce(outcomes.c.reason, "").label("reason"),
            exclusions.c.code,
        )
        .select_from(items)
        .outerjoin(outcomes, outcomes.c.seq == newest_of_item())
        .outerjoin(
            exclusions,
            sa.and_(
                exclusions.c.fingerprint == (release or ""),
                exclusions.c.sample_id == items.c.sample_id,
            ),
        )
        .where(_in(passes), items.c.kind == "sample")
    )
    return query.cte("now")


def _chain(now: sa.CTE) -> sa.CTE:
    """The texts that led to each sample's newest outcome, from the last to the first.

    Without those that were accepted at once: nothing was ever refused of them.
    """
    last = sa.select(now.c.sample_id, now.c.text_sha, now.c.checks_version)
    last = last.where(sa.or_(now.c.attempt > 1, now.c.state != "accepted"))
    chain = last.where(now.c.text_sha.is_not(None)).cte("chain", recursive=True)
    before = sa.select(chain.c.sample_id, texts.c.parent, chain.c.checks_version)
    before = before.join(texts, texts.c.sha == chain.c.text_sha).where(texts.c.parent.is_not(None))
    return chain.union_all(before)
