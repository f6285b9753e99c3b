"""The ledger: history is appended to and nothing else, and the shape is migrated."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from m3ds.errors import LedgerError
from m3ds.ledger import migrate, tables
from m3ds.ledger.ledger import Ledger
from m3ds.ledger.views import last_pass, pass_row
from m3ds.ledger.writer import Writer


def open_at(file: Path) -> Ledger:
    return Ledger(f"sqlite:///{file}")


def text(n: int) -> tuple[sa.Table, dict[str, object]]:
    return tables.texts, {"sha": f"{n:064}", "parent": None, "origin": "test", "steps": {}}


def run(ledger: Ledger, *statements: sa.Executable) -> None:
    with ledger.writing() as connection:
        for statement in statements:
            connection.execute(statement)


def count(ledger: Ledger, table: sa.Table) -> int:
    return int(ledger.read(sa.select(sa.func.count()).select_from(table))[0][0])


def test_sqlite_is_opened_as_promised(tmp_path: Path) -> None:
    ledger = open_at(tmp_path / "l.db")
    with ledger.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


@pytest.mark.parametrize("table", tables.HISTORY, ids=lambda table: table.name)
def test_history_refuses_update_and_delete(ledger: Ledger, table: sa.Table) -> None:
    examples = {int: 1, bool: True, str: "x"}
    values: dict[str, object] = {
        c.name: {} if isinstance(c.type, sa.JSON) else examples[c.type.python_type]
        for c in table.columns
    }
    ledger.append([(table, values)])
    column = next(c for c in table.columns if not c.primary_key)
    for change in (sa.update(table).values({column: values[column.name]}), sa.delete(table)):
        with (
            pytest.raises(sa.exc.DatabaseError, match="is history"),
            ledger.writing() as connection,
        ):
            connection.execute(change)
    assert count(ledger, table) == 1


def test_the_desk_may_change(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        row = {"path": "a", "size": 1, "mtime_ns": 2, "sha256": "x"}
        connection.execute(sa.insert(tables.file_digests), [row])
        connection.execute(sa.update(tables.file_digests).values(size=2))
        connection.execute(sa.delete(tables.file_digests))


def test_appending_twice_leaves_the_first(ledger: Ledger) -> None:
    ledger.append([text(1), text(2)])
    ledger.append([text(2), text(3)])
    assert count(ledger, tables.texts) == 3


def test_a_failed_transaction_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.DatabaseError):
        run(ledger, sa.insert(tables.texts).values(text(1)[1]), sa.text("SELECT nonsense"))
    assert count(ledger, tables.texts) == 0


def test_the_newest_pass_counts(ledger: Ledger) -> None:
    assert last_pass(ledger, "harmonize", "busi") is None
    for fingerprint in ("a", "b", "a"):
        ledger.append([pass_row("harmonize", "busi", fingerprint, {"at": fingerprint})])
    ledger.append([pass_row("harmonize", "tn3k", "c", {})])
    found = last_pass(ledger, "harmonize", "busi")
    assert found is not None
    assert (found.fingerprint, found.body) == ("a", {"at": "a"})


def test_the_writer_keeps_everything_of_many_threads(ledger: Ledger) -> None:
    with Writer(ledger) as writer:

        def write(start: int) -> None:
            for n in range(start, start + 300):
                writer.append([text(n)])

        threads = [threading.Thread(target=write, args=(k * 300,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert count(ledger, tables.texts) == 1200


def test_the_writer_keeps_what_was_finished_when_the_caller_fails(ledger: Ledger) -> None:

    def stopped() -> None:
        with Writer(ledger) as writer:
            writer.append([text(1)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert count(ledger, tables.texts) == 1


def test_the_writer_raises_what_the_database_refuses(ledger: Ledger) -> None:
    with pytest.raises(sa.exc.DBAPIError), Writer(ledger) as writer:
        writer.append([(tables.texts, {"sha": None, "parent": None, "origin": "x", "steps": {}})])


def test_rows_handed_over_together_are_committed_together(ledger: Ledger) -> None:
    bad: tuple[sa.Table, dict[str, object]] = (
        tables.texts,
        {"sha": "z", "parent": None, "origin": None, "steps": {}},
    )
    with pytest.raises(sa.exc.DBAPIError), Writer(ledger) as writer:
        writer.append([text(1), bad])
    assert count(ledger, tables.texts) == 0


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_migrations_lead_to_the_tables_of_the_code(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if database == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}.db" for name in "ab"]
    else:
        new = request.getfixturevalue("postgres")
        urls = [new(), new()]
    Ledger(urls[0]).close()
    migrated, declared = map(sa.create_engine, urls)
    tables.metadata.create_all(declared)

    def shape(engine: sa.Engine) -> dict[str, object]:
        found = sa.inspect(engine)
        return {
            name: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
                sorted(str(u["column_names"]) for u in found.get_unique_constraints(name)),
                sorted(str(i["column_names"]) for i in found.get_indexes(name)),
            )
            for name in found.get_table_names()
            if name != "alembic_version"
        }

    assert shape(migrated) == shape(declared)
    migrated.dispose()
    declared.dispose()


def test_head_is_the_chains() -> None:
    config = Config()
    config.set_main_option("script_location", "m3ds:ledger/migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def older(url: str, revision: str, row: tuple[sa.Table, Mapping[str, Any]]) -> None:
    """Make a ledger as an earlier version left it, with one row."""
    from alembic import command

    engine = sa.create_engine(url)
    config = Config()
    config.set_main_option("script_location", "m3ds:ledger/migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    with engine.begin() as connection:
        connection.execute(sa.insert(row[0]), [row[1]])
    engine.dispose()


def test_an_older_ledger_is_backed_up_and_migrated(tmp_path: Path) -> None:
    file = tmp_path / "l.db"
    older(f"sqlite:///{file}", "0001", text(1))
    with pytest.raises(LedgerError, match="older shape"):
        Ledger(f"sqlite:///{file}", migrates=False)
    ledger = open_at(file)
    assert count(ledger, tables.texts) == 1
    with pytest.raises(sa.exc.DatabaseError):
        run(ledger, sa.delete(tables.texts))
    backup = sqlite3.connect(tmp_path / "l.db.0001.bak")
    assert backup.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert backup.execute("SELECT count(*) FROM texts").fetchone() == (1,)
    backup.close()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_models_of_an_older_ledger_stay_and_can_be_completed(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    new = request.getfixturevalue("postgres") if database == "postgresql" else None
    url = new() if new else f"sqlite:///{tmp_path / 'l.db'}"
    row = {"model": "m", "asked": "", "revision": "r", "licence": "unknown", "terms": "t"}
    older(url, "0004", (tables.models, row | {"origin": "recipe"}))
    ledger = Ledger(url)
    ledger.append([(tables.models, row | {"licence": "mit", "origin": "hub"})])
    ledger.append([(tables.models, row | {"licence": "mit", "origin": "hub"})])
    found = ledger.read(sa.select(tables.models).order_by(tables.models.c.seq))
    assert [one.licence for one in found] == ["unknown", "mit"]
    with pytest.raises(sa.exc.DatabaseError):
        run(ledger, sa.delete(tables.models))
    ledger.close()


def test_a_newer_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "l.db"
    open_at(file).close()
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError, match=r"newer m3ds \(revision 9999; this one knows up to"):
        open_at(file)
    assert not list(tmp_path.glob("*.bak"))


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"this is not a database, whatever its name says" * 20)
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_at(noise)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(LedgerError, match="something else"):
        open_at(other)


@pytest.mark.parametrize("url", ["no url", "mysql://host/name", "postgresql+nodriver://host/x"])
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(LedgerError):
        Ledger(url)
