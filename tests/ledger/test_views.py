"""What is read of a history that is long."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from m3ds.ledger import tables
from m3ds.ledger.ledger import Ledger
from m3ds.ledger.views import item_pages, page_of_items


def item(n: int, kind: str = "sample", source: str = "busi") -> tuple[sa.Table, dict[str, object]]:
    own = {"source": source, "fingerprint": "f", "item": f"i{n}", "kind": kind}
    return tables.items, {**own, "sample_id": f"s{n}", "body": {"n": n}}


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
