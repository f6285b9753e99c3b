"""A source's upstream files, as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from m3ds.errors import LayoutError, M3dsError, MissingCounterpart
from m3ds.schema.sample import FileRef, Problem, Role
from m3ds.schema.source import Archive


class Tree:
    """Read-only view of one source's extracted archives.

    Args:
        folders: Per archive of the source that is there, the folder it was unpacked into (of a
            plain file: the folder that holds it).
        partial: Archives that an unpacked folder stands in for, of which parts may be missing.
    """

    def __init__(self, folders: dict[Archive, Path], *, partial: frozenset[str]) -> None:
        self._folders = {archive.name: folder for archive, folder in folders.items()}
        self._archives = {archive.name: archive for archive in folders}
        self._partial = partial

    def root(self, archive: str) -> Path | None:
        """The folder or file that the archive called `archive` unpacks to; None if it is absent.

        Raises:
            LayoutError: the archive is there, but holds none of its declared roots.
        """
        if archive not in self._folders:
            return None
        folder = self._folders[archive]
        for root in self._archives[archive].roots:
            if (folder / root).exists():
                return folder / root
        found = ", ".join(sorted(p.name for p in folder.iterdir())[:8]) or "nothing"
        raise LayoutError(
            f"expected {' or '.join(map(repr, self._archives[archive].roots))}, found {found}",
            where=archive,
            todo="compare the archive with the upstream release named by `m3ds sources`",
        )

    def folder(self, archive: str) -> Path | None:
        """The folder that holds the roots of `archive`, where these stand side by side.

        At least one of them is there; None if the archive is absent.

        Raises:
            LayoutError: the archive is there, but holds none of its declared roots.
        """
        return None if self.root(archive) is None else self._folders[archive]

    def name(self, archive: str, path: Path) -> str:
        """What `path` is called inside `archive`."""
        return path.relative_to(self._folders[archive]).as_posix()

    def ref(self, archive: str, path: Path, role: Role) -> FileRef:
        """Name `path` as the file of `archive` that it is."""
        return FileRef(role=role, archive=archive, name=self.name(archive, path), path=path)

    def lacking(self, where: str, wanted: Sequence[tuple[str, str]]) -> Problem:
        """`where` lacks counterparts; `wanted` is (what, the archive that should hold it) of each.

        Incomplete where a part of the source stands in for the whole (an unpacked folder), or where
        every one of these archives is absent; else quarantined.
        """
        error = MissingCounterpart(f"has no {' and no '.join(w for w, _ in wanted)}", where=where)
        excused = self._partial or all(archive not in self._folders for _, archive in wanted)
        return problem(error, kind="incomplete" if excused else "quarantined")

    def is_partial(self, archive: str) -> bool:
        """Whether parts of `archive` may be missing without that being an error."""
        return archive in self._partial


def problem(error: M3dsError, *, where: object = None, kind: str = "quarantined") -> Problem:
    """The ledger's form of a typed error."""
    return Problem.model_validate(
        {
            "kind": kind,
            "code": error.code,
            "where": str(where) if where is not None else error.where,
            "seen": error.seen,
            "todo": error.todo,
        }
    )


def natural(path: Path) -> tuple[list[int | str], str]:
    """Sort key that puts `benign (2)` before `benign (10)`."""
    parts = re.split(r"(\d+)", path.name)
    return [int(p) if p.isdigit() else p for p in parts], path.name


def files(folder: Path, *suffixes: str) -> Iterator[Path]:
    """The files directly in `folder` with one of `suffixes` (lower case), in natural order.

    Empty where the folder is absent; hidden files and `Thumbs.db` have no such suffix anyway.
    """
    if not folder.is_dir():
        return
    found = [p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in suffixes]
    yield from sorted(found, key=natural)
