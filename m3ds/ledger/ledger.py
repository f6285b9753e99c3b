"""Opening, appending to, and reading the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from m3ds import failpoints
from m3ds.errors import LedgerError
from m3ds.ledger import migrate

Row = Mapping[str, Any]


class Ledger:
    """One database. `url` is any SQLAlchemy URL of SQLite or PostgreSQL.

    Whoever holds no build lock opens it with `migrates=False`, and is refused an older ledger.

    Raises:
        EmptyLedger: nothing is in it, and it must not be changed.
        LedgerError: it is newer than this program, or not a ledger.
    """

    def __init__(self, url: str, *, migrates: bool = True) -> None:
        parsed = _parsed(url)
        file = Path(parsed.database) if parsed.drivername.startswith("sqlite") else None  # type: ignore[arg-type]
        if file is not None and not file.exists():
            if not migrates:  # who only looks leaves nothing behind
                raise migrate.nothing_yet(file)
            file.parent.mkdir(parents=True, exist_ok=True)
        self._engine = _engine(parsed)
        if file is not None:
            sa.event.listen(self._engine, "connect", _configure_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)
        migrate.prepare(self._engine, file, migrates=migrates)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction that holds the write lock from its start; commits when it is left."""
        with self._engine.connect() as connection:
            with connection.begin() as transaction:
                yield connection
                failpoints.hit("commit.before")
                transaction.commit()
            failpoints.hit("commit.after")

    def append(self, rows: Iterable[tuple[sa.Table, Row]]) -> None:
        """Append rows in one transaction; a row whose key is there already is left as it is."""
        with self.writing() as connection:
            append(connection, rows)

    def read(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """All rows of `query`."""
        with self._engine.connect().execution_options(m3ds_reads=True) as connection:
            return connection.execute(query).all()

    def stream(self, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
        """The rows of `query`, a thousand at a time."""
        with self._engine.connect().execution_options(
            m3ds_reads=True, yield_per=1000
        ) as connection:
            yield from connection.execute(query)


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise LedgerError(f"is no database URL: {url!r}", todo=_URLS) from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise LedgerError(f"cannot be a {parsed.get_backend_name()} database", todo=_URLS)
    return parsed


def _engine(url: sa.URL) -> sa.Engine:
    try:
        return sa.create_engine(url, json_serializer=_json, json_deserializer=orjson.loads)
    except (ImportError, sa.exc.NoSuchModuleError) as error:
        raise LedgerError(
            f"has no driver here: {error}",
            where=url.render_as_string(),
            todo="pip install 'm3ds[postgres]', and name the driver: postgresql+psycopg://…",
        ) from None


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


_URLS = "ledger: postgresql+psycopg://user@host/name, or leave it out for a file in the work folder"


def append(connection: sa.Connection, rows: Iterable[tuple[sa.Table, Row]]) -> None:
    """Append rows within a transaction; those of one table go to the database together."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    groups: dict[sa.Table, list[Row]] = {}
    for table, row in rows:
        groups.setdefault(table, []).append(row)
    for table, group in groups.items():
        connection.execute(insert(table).on_conflict_do_nothing(), group)


def _configure_sqlite(connection: Any, _: object) -> None:
    # The driver's own BEGIN is deferred: two writers would both read, then one would fail.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=10000")


def _begin_sqlite(connection: sa.Connection) -> None:
    reads = connection.get_execution_options().get("m3ds_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
