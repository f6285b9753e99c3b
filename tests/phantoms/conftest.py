from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from m3ds.phantoms.draw import draw

from .unpack import Files

MINI = 24
SEED = 3


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Files]:
    """All files of a source's archives as the mini build draws them; drawn once per session."""
    root = tmp_path_factory.mktemp("phantoms")
    known: dict[str, Files] = {}

    def files(source: str) -> Files:
        if source not in known:
            draw(source, root / source, n=MINI, seed=SEED)
            known[source] = Files(_unpack(root / source))
        return known[source]

    return files


def _unpack(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in folder.iterdir():
        if not zipfile.is_zipfile(path):
            found[path.name] = path.read_bytes()
            continue
        with zipfile.ZipFile(path) as archive:
            found |= {name: archive.read(name) for name in archive.namelist()}
    return found
