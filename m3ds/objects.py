"""The content-addressed store: bytes under the name of their sha256.

A folder by default, any fsspec URL (a bucket) for a cluster. Nothing is ever overwritten: bytes
that are there already are the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from m3ds import atomic, failpoints


class ObjectStore:
    """Objects below `url`, each at `<first two hex digits>/<rest>`. Cheap and picklable."""

    __slots__ = ("_local", "_url")

    def __init__(self, url: str | Path) -> None:
        self._url = str(url)
        filesystem, root = fsspec.core.url_to_fs(self._url)
        self._local = Path(root) if isinstance(filesystem, LocalFileSystem) else None

    def put(self, data: bytes) -> str:
        """Store `data` and return its address; durable when this returns."""
        address = hashlib.sha256(data).hexdigest()
        if not self.has(address):
            failpoints.hit("object.before")
            if self._local is not None:
                atomic.write_bytes(self._local / address[:2] / address[2:], data)
            else:
                # A bucket shows an object only when its upload is complete.
                filesystem, root = fsspec.core.url_to_fs(self._url)
                filesystem.pipe_file(f"{root}/{address[:2]}/{address[2:]}", data)
            failpoints.hit("object.after")
        return address

    def get(self, address: str) -> bytes:
        """The bytes at `address`.

        Raises:
            FileNotFoundError: there is no such object.
        """
        if self._local is not None:
            return (self._local / address[:2] / address[2:]).read_bytes()
        filesystem, root = fsspec.core.url_to_fs(self._url)
        data: bytes = filesystem.cat_file(f"{root}/{address[:2]}/{address[2:]}")
        return data

    @property
    def is_local(self) -> bool:
        """Whether objects are files of this machine, which someone may delete."""
        return self._local is not None

    def size(self, address: str) -> int:
        """How many bytes there are at `address`."""
        if self._local is not None:
            return (self._local / address[:2] / address[2:]).stat().st_size
        filesystem, root = fsspec.core.url_to_fs(self._url)
        return int(filesystem.size(f"{root}/{address[:2]}/{address[2:]}"))

    def has(self, address: str) -> bool:
        """Whether there is an object at `address`."""
        if self._local is not None:
            return (self._local / address[:2] / address[2:]).exists()
        filesystem, root = fsspec.core.url_to_fs(self._url)
        return bool(filesystem.exists(f"{root}/{address[:2]}/{address[2:]}"))

    def sweep(self) -> int:
        """Delete the scratch files that killed writers left, and return how many there were."""
        if self._local is None or not self._local.is_dir():
            return 0
        scraps = [p for p in self._local.glob("*/.*.part") if not _alive(p)]
        for path in scraps:
            path.unlink(missing_ok=True)
        return len(scraps)


def _alive(scratch: Path) -> bool:
    """Whether the process that a scratch file is named after still runs."""
    try:
        os.kill(int(scratch.name.split(".")[-2]), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def sha256_file(path: Path) -> str:
    """Hex sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
