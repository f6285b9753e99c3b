"""Which of a source's declared archives are in a folder, packed or already unpacked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from m3ds.errors import DownloadError
from m3ds.schema.source import Archive, Source

PHANTOM_MARKER = "PHANTOM.json"
"""A file of this name beside the archives says that they are synthetic."""


@dataclass(frozen=True, slots=True)
class Found:
    """One declared archive: where it is, and whether as the file itself or as its unpacked tree.

    `sha256` is the file's; of a tree, that of its sorted names and file hashes.
    """

    archive: Archive
    path: Path
    is_tree: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What there is of one source.

    `ignored` names the files that no declared archive accounts for; they are never read.
    """

    found: tuple[Found, ...]
    absent: tuple[str, ...]
    ignored: tuple[str, ...]
    is_phantom: bool

    @property
    def fingerprint(self) -> str:
        """Changes when anything that a reader can see changes."""
        digest = hashlib.sha256(str(self.is_phantom).encode())
        for found in self.found:
            digest.update(f"\n{found.archive.name}\t{found.is_tree}\t{found.sha256}".encode())
        return digest.hexdigest()


def look(source: Source, folder: Path, digest: Callable[[Path], str]) -> Intake:
    """Take stock of `folder` for `source`.

    An archive is taken by its declared file name, or else as a tree by its declared folder names.

    Args:
        digest: Gives the hex sha256 of a file (remembering those it has read before).

    Raises:
        DownloadError: an archive is not the one that upstream published.
    """
    is_phantom = (folder / PHANTOM_MARKER).is_file()
    found: list[Found] = []
    taken: set[Path] = set()
    for archive in source.archives:
        path = folder / archive.name
        roots = [folder / root for root in archive.roots if (folder / root).exists()]
        if path.is_file():
            sha = digest(path)
            if archive.packed and not is_phantom:
                _verify(archive, path, sha)
            found.append(Found(archive, path, is_tree=False, sha256=sha))
            taken.add(path)
        elif archive.packed and roots:
            files = sorted(p for root in roots for p in _files(root))
            found.append(
                Found(archive, folder, is_tree=True, sha256=_tree_digest(folder, files, digest))
            )
            taken.update(files)
    absent = {a.name for a in source.archives} - {f.archive.name for f in found}
    others = {p for p in _files(folder) if p.name != PHANTOM_MARKER} - taken
    ignored = sorted(p.relative_to(folder).as_posix() for p in others)
    return Intake(tuple(found), tuple(sorted(absent)), tuple(ignored), is_phantom)


def _verify(archive: Archive, path: Path, sha: str) -> None:
    if archive.sha256 is not None and sha != archive.sha256:
        raise DownloadError(
            f"has sha256 {sha}, upstream published {archive.sha256}",
            where=path,
            todo="fetch it again; if upstream has a new release, tell the maintainers",
        )


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    found, entered = [], set[str]()
    for folder, subfolders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in entered:  # a link back up; readers never go round in circles either
            subfolders.clear()
            continue
        entered.add(real)
        found += [Path(folder) / name for name in names]
    return [path for path in found if path.is_file()]


def _tree_digest(folder: Path, files: list[Path], digest: Callable[[Path], str]) -> str:
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.relative_to(folder).as_posix()}\t{digest(path)}\n".encode())
    return whole.hexdigest()
