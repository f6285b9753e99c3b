"""Zip files that are the same bytes every time, and that appear whole or not at all."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from m3ds import atomic

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can state
_STORED = {".jpg", ".png"}


class Pack:
    """A zip archive that is being written, one member at a time."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, data: bytes | str) -> None:
        """Write the member `name`; images are stored as they are, all else is deflated.

        Raises:
            ValueError: there is a member of that name already.
        """
        if name in self._archive.NameToInfo:
            raise ValueError(f"{name!r} is in the archive already")
        info = zipfile.ZipInfo(name, _EPOCH)
        info.create_system = 3
        info.external_attr = 0o100644 << 16
        stored = PurePosixPath(name).suffix in _STORED
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        self._archive.writestr(info, data.encode() if isinstance(data, str) else data)


@contextmanager
def pack(path: Path) -> Iterator[Pack]:
    """Open the zip archive `path` for writing; it takes that name only once it is complete.

    Members are written as they are drawn (annotations follow the images they describe) and listed
    in the order of their names.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with scratch.open("wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                yield Pack(archive)
                archive.filelist.sort(key=lambda info: info.filename)
            file.flush()
            os.fsync(file.fileno())
        atomic.rename(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
