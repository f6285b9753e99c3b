"""What is read of a history that is long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from m3ds.ledger import tables
from m3ds.ledger.ledger import Ledger
from m3ds.ledger.views import accepted_texts, item_pages, page_of_items
from tests import reasoned


def item(n: int, kind: str = "sample", source: str = "busi") -> tuple[sa.Table, dict[str, Any]]:
    own = {"source": source, "fingerprint": "f", "item": f"i{n}", "kind": kind}
    return tables.items, {**own, "sample_id": f"s{n}", "body": {"n": n}}


def written(name: str) -> tuple[sa.Table, dict[str, Any]]:
    row = {"sha": reasoned.sha(name), "parent": None, "origin": "x"}
    return tables.texts, {**row, "steps": {"text": name}}


def test_pages_hold_each_item_once_in_order(ledger: Ledger) -> None:
    kinds = ("sample", "dropped", "sample")
    ledger.append([item(n, kinds[n % 3]) for n in (*range(9, 0, -1), *range(20, 30))])
    ledger.append([item(n, source="tn3k") for n in range(100, 103)])
    found = [
        [row.body["n"] for row in rows] for rows in item_pages(ledger, "busi", "f", "sample", 4)
    ]
    assert found == [[9, 8, 6, 5], [3, 2, 20, 21], [23, 24, 26, 27], [29]]
    assert list(item_pages(ledger, "busi", "g", "sample", 4)) == []


def test_a_page_is_read_without_sorting_all_of_its_source(tmp_path: Path) -> None:
    """A page of 64 among 200,000 would take as long as all of them, for each of 3,000 pages."""
    Ledger(f"sqlite:///{tmp_path / 'l.db'}").close()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'l.db'}")
    query = page_of_items("busi", "f", "sample", 7, 64).compile(
        engine, compile_kwargs={"literal_binds": True}
    )
    with engine.connect() as connection:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    engine.dispose()
    assert len(plan) == 1
    assert "items_in_order" in plan[0]


def test_accepted_texts_are_the_positives_newest_ones_by_sample_id(ledger: Ledger) -> None:
    for name, negative in (("c", False), ("a", False), ("n", True), ("w", False), ("e", False)):
        ledger.append([reasoned.item("busi", "f", name, body={"is_negative": negative})])
    ledger.append([reasoned.item("busi", "g", "o", body={"is_negative": False})])
    for name, state, text in (
        ("a", "accepted", "a1"),
        ("c", "accepted", "c1"),
        ("c", "accepted", "c2"),
        ("e", "accepted", "e1"),
        ("e", "exhausted", "e2"),
        ("n", "accepted", "n1"),
        ("o", "accepted", "o1"),
        ("w", "needs_critic", "w1"),
    ):
        ledger.append([written(text), reasoned.outcome(name, state, [text])])
    found = [(row.sample_id, row.steps["text"]) for row in accepted_texts(ledger, "busi", "f")]
    assert found == [("a", "a1"), ("c", "c2")]


def test_accepted_texts_are_read_in_time_that_grows_with_their_number(tmp_path: Path) -> None:
    """Each sample was held against the newest outcomes of all: 40 s at 10,000, hours at 200,000."""
    ledger = Ledger(f"sqlite:///{tmp_path / 'l.db'}")
    n = 20_000
    rows = []
    for k in range(n):
        rows += [
            reasoned.item("busi", "f", f"s{k}", body={"is_negative": False}),
            written(f"text of s{k}"),
            reasoned.outcome(f"s{k}", "accepted", [f"text of s{k}"]),
        ]
    ledger.append(rows)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1000
        return int(steps > 200 * n)  # instructions of SQLite's machine; more interrupt it

    @sa.event.listens_for(sa.Engine, "connect")
    def watch(connection: Any, _: object) -> None:
        connection.set_progress_handler(count, 1000)

    try:
        reader = Ledger(f"sqlite:///{tmp_path / 'l.db'}")
        assert sum(1 for _ in accepted_texts(reader, "busi", "f")) == n
    finally:
        sa.event.remove(sa.Engine, "connect", watch)
    reader.close()
    ledger.close()
