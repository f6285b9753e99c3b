"""Bring a ledger to the shape that this program knows, or refuse it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa

from m3ds.errors import EmptyLedger, LedgerError

HEAD = "0005"
"""The newest migration; a test holds it against the chain."""

_KNOWN = tuple(f"{n:04}" for n in range(1, int(HEAD) + 1))


def nothing_yet(where: object) -> EmptyLedger:
    """What a reader of a ledger that was never written is told."""
    return EmptyLedger("holds nothing yet", where=where, todo="any verb that builds fills it")


def prepare(engine: sa.Engine, file: Path | None, *, migrates: bool) -> None:
    """Create, migrate or accept the ledger behind `engine`; `file` is where SQLite keeps it.

    An older ledger is copied to `<file>.<its revision>.bak` before it is changed.

    Raises:
        EmptyLedger: nothing is in it, and it must not be changed.
        LedgerError: it is not a ledger, a newer program has written it, or it is older and must
            not be changed.
    """
    found = _revision(engine, file)
    if found == HEAD:
        return
    if found is not None and found not in _KNOWN:
        raise LedgerError(
            f"was written by a newer m3ds (revision {found}; this one knows up to {HEAD})",
            where=file or engine.url.render_as_string(),
            todo="upgrade m3ds, or use another --workdir",
        )
    if not migrates and found is None:
        raise nothing_yet(file or engine.url.render_as_string())
    if not migrates:
        raise LedgerError(
            f"has an older shape (revision {found}; this m3ds wants {HEAD})",
            where=file or engine.url.render_as_string(),
            todo="any verb that builds brings it up to date",
        )
    if found is not None and file is not None:
        _back_up(file, file.with_name(f"{file.name}.{found}.bak"))
    _upgrade(engine)


def _revision(engine: sa.Engine, file: Path | None) -> str | None:
    try:
        with engine.connect() as connection:
            names = sa.inspect(connection).get_table_names()
            if "alembic_version" not in names:
                if names:
                    raise LedgerError(
                        f"is a database of something else (tables {', '.join(names[:5])})",
                        where=file or engine.url.render_as_string(),
                    )
                return None
            version = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
            return str(version.scalar())
    except sa.exc.DatabaseError as error:
        raise LedgerError(
            f"cannot be opened as a ledger: {error.orig}",
            where=file or engine.url.render_as_string(),
            todo="move it away to start a new one, or restore a backup",
        ) from None


def _back_up(file: Path, copy: Path) -> None:
    """A consistent copy, whatever is still in the write-ahead log."""
    source, target = sqlite3.connect(file), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _upgrade(engine: sa.Engine) -> None:
    # Alembic takes 0.1 s to import; a ledger that is up to date does without it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "m3ds:ledger/migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
