"""Unpack an archive: whole or not at all, and never outside its folder."""

from __future__ import annotations

import errno
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from m3ds import atomic
from m3ds.errors import DownloadError, NotAvailable

_CHUNK = 1 << 20


def extract(archive: Path, folder: Path, *, advance: Callable[[int], None]) -> None:
    """Unpack `archive` into `folder`, which appears when it is complete.

    The format is told by content: some archives carry the name of another one. ZIP is read by the
    standard library; everything else (RAR, tar, 7z) by libarchive, which the system provides.

    Args:
        archive: The packed file.
        folder: Where its members go; must not exist.
        advance: Told the number of bytes written, now and then.

    Raises:
        DownloadError: the archive is damaged, or a member would land outside of `folder`.
        NotAvailable: libarchive is needed and not installed.
    """
    scratch = atomic.scratch_folder(folder)
    with archive.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    members, damage = (_zip, _ZIP_DAMAGE) if is_zip else _libarchive()
    try:
        for name, blocks in members(archive):
            with _create(scratch / _inside(name, archive), archive) as file:
                for block in blocks:
                    file.write(block)
                    advance(len(block))
    except damage as error:
        # libarchive's full text holds an address in memory; its message does not.
        seen = getattr(error, "msg", None) or error
        raise DownloadError(
            f"cannot be unpacked: {seen}", where=archive, todo="delete it and fetch it again"
        ) from None
    atomic.replace_folder(folder)


def _create(target: Path, archive: Path) -> BinaryIO:
    """Open a new file for a member; a name that no file can have is the archive's fault."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.open("xb")
    except OSError as error:
        if error.errno not in _NO_NAME:
            raise  # a full disk, say, which is not
        raise DownloadError(
            f"has a member that cannot be written: {error.strerror}: {target.name[:80]!r}",
            where=archive,
        ) from None


def unpacked_size(archive: Path) -> int | None:
    """The bytes that `archive` unpacks to; None where only unpacking it would tell."""
    try:
        with zipfile.ZipFile(archive) as packed:
            return sum(member.file_size for member in packed.infolist())
    except zipfile.BadZipFile:
        return None


Members = Callable[[Path], Iterator[tuple[str, Iterable[bytes]]]]
# RuntimeError: it is encrypted, or (NotImplementedError) packed in a way that zipfile cannot undo.
_ZIP_DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
)
_NO_NAME = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL}


def _inside(name: str, archive: Path) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise DownloadError(
            f"has a member outside of itself: {name!r}",
            where=archive,
            todo="do not trust this file",
        )
    return path


def _zip(archive: Path) -> Iterator[tuple[str, Iterable[bytes]]]:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            if not member.is_dir():
                with packed.open(member) as file:
                    yield member.filename, iter(partial(file.read, _CHUNK), b"")


def _libarchive() -> tuple[Members, tuple[type[Exception], ...]]:
    try:
        import libarchive
    except (ImportError, OSError, TypeError, AttributeError):  # ctypes' ways of not finding it
        raise NotAvailable(
            "needs libarchive to be unpacked, and the system has none",
            todo="install it (Debian: libarchive13, macOS: brew install libarchive), or unpack "
            "the archive by hand and leave its folder in the archive's place",
        ) from None

    def members(archive: Path) -> Iterator[tuple[str, Iterable[bytes]]]:
        with libarchive.file_reader(str(archive)) as entries:
            for entry in entries:
                if entry.isfile:
                    yield entry.pathname, entry.get_blocks(_CHUNK)

    return members, (libarchive.ArchiveError,)
