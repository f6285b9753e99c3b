"""sha256 of files, remembered in the ledger by size and modification time."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from m3ds.ledger.ledger import Ledger
from m3ds.ledger.tables import file_digests
from m3ds.objects import sha256_file


class Digests:
    """A function from a file's path to its hex sha256, which reads only files that have changed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, tuple[int, int, str]] = {
            row.path: (row.size, row.mtime_ns, row.sha256)
            for row in ledger.read(sa.select(file_digests))
        }
        self._new: dict[str, tuple[int, int, str]] = {}

    def __call__(self, path: Path) -> str:
        """The sha256 of the file at `path`."""
        stat = path.stat()
        name = str(path.absolute())
        size, mtime, sha = self._known.get(name, (-1, -1, ""))
        if (size, mtime) != (stat.st_size, stat.st_mtime_ns):
            sha = sha256_file(path)
            self._known[name] = self._new[name] = (stat.st_size, stat.st_mtime_ns, sha)
        return sha

    def save(self) -> None:
        """Keep what was read for the next run."""
        if not self._new:
            return
        with self._ledger.writing() as connection:
            connection.execute(
                sa.delete(file_digests).where(file_digests.c.path == sa.bindparam("gone")),
                [{"gone": path} for path in self._new],
            )
            connection.execute(
                sa.insert(file_digests),
                [
                    {"path": path, "size": size, "mtime_ns": mtime, "sha256": sha}
                    for path, (size, mtime, sha) in self._new.items()
                ],
            )
        self._new.clear()
