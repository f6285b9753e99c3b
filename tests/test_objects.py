"""The content-addressed store."""

from __future__ import annotations

import hashlib
from pathlib import Path

import fsspec
import pytest

from m3ds.objects import ObjectStore


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()
        return ObjectStore("memory://bucket/objects")
    return ObjectStore(tmp_path / "objects")


def test_bytes_come_back_under_their_sha256(store: ObjectStore) -> None:
    address = store.put(b"some bytes")
    assert address == hashlib.sha256(b"some bytes").hexdigest()
    assert store.get(address) == b"some bytes"
    assert store.has(address)
    assert store.size(address) == 10
    assert store.put(b"some bytes") == address


def test_what_is_not_there_is_not_there(store: ObjectStore) -> None:
    assert not store.has("0" * 64)
    with pytest.raises(FileNotFoundError):
        store.get("0" * 64)


def test_scraps_of_dead_writers_are_swept_and_live_ones_left(tmp_path: Path) -> None:
    import os

    store = ObjectStore(tmp_path)
    address = store.put(b"x")
    folder = tmp_path / address[:2]
    dead = folder / ".aaaa.999999999.part"
    live = folder / f".bbbb.{os.getpid()}.part"
    dead.write_bytes(b"half")
    live.write_bytes(b"half")
    assert store.sweep() == 1
    assert not dead.exists()
    assert live.exists()
    assert store.get(address) == b"x"
