"""The room's door: draw one source's archives, or its cases in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from m3ds import atomic
from m3ds.errors import UsageError
from m3ds.phantoms.base import Case
from m3ds.phantoms.layouts import (
    bone_fracture,
    bone_fracture_detection,
    busi,
    chestx_det,
    fives,
    fracatlas,
    isbi2016,
    isic2017,
    kvasir_seg,
    tn3k,
)

PHANTOM_VERSION = "1"
"""Goes up with every change of a drawn byte."""

MARKER = "PHANTOM.json"
"""Lies beside drawn archives and says what they are; written last."""


class Layout(Protocol):
    """What each module of `m3ds.phantoms.layouts` offers."""

    ARCHIVES: tuple[str, ...]

    def cases(self, n: int, seed: int) -> Iterator[Case]:
        """Yield the usable cases."""

    def write(self, folder: Path, n: int, seed: int) -> None:
        """Write the archives."""


LAYOUTS: dict[str, Layout] = {
    "fracatlas": fracatlas,
    "bone_fracture": bone_fracture,
    "bone_fracture_detection": bone_fracture_detection,
    "isbi2016": isbi2016,
    "isic2017": isic2017,
    "kvasir_seg": kvasir_seg,
    "busi": busi,
    "tn3k": tn3k,
    "chestx_det": chestx_det,
    "fives": fives,
}


def draw(source: str, folder: Path, *, n: int, seed: int) -> None:
    """Write the archives of `source`, as upstream names and lays them out, into `folder`.

    The same arguments give the same bytes. An archive takes its name only once it is whole, and
    `PHANTOM.json` (`source`, `n`, `seed`, `version`) appears when all are there.

    Args:
        source: One of the ten source names.
        folder: Made if it is missing; archives of the same names in it are replaced.
        n: About how many usable images; broken and duplicate files come on top or instead, and a
            source draws up to 8 where its archives would be empty with fewer.
        seed: Of all that is drawn.

    Raises:
        UsageError: there is no such source, or `n` is less than 1.
    """
    layout = _layout(source, n)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).unlink(missing_ok=True)
    layout.write(folder, n, seed)
    atomic.write_bytes(folder / MARKER, _marker(source, n, seed))


def is_drawn(source: str, folder: Path, *, n: int, seed: int) -> bool:
    """Whether `folder` holds what `draw` would write with these arguments."""
    marker = folder / MARKER
    return (
        marker.is_file()
        and marker.read_bytes() == _marker(source, n, seed)
        and all((folder / name).is_file() for name in _layout(source, n).ARCHIVES)
    )


def cases(source: str, n: int, seed: int) -> Iterator[Case]:
    """The usable cases that `draw` would put into the archives, one by one, with the same pixels.

    Raises:
        UsageError: there is no such source, or `n` is less than 1.
    """
    return _layout(source, n).cases(n, seed)


def _marker(source: str, n: int, seed: int) -> bytes:
    stated = {"source": source, "n": n, "seed": seed, "version": PHANTOM_VERSION}
    return (json.dumps(stated, indent=1, sort_keys=True) + "\n").encode()


def _layout(source: str, n: int) -> Layout:
    if source not in LAYOUTS:
        known = ", ".join(LAYOUTS)
        raise UsageError(f"there is no source called {source!r}", todo=f"choose one of: {known}")
    if n < 1:
        raise UsageError(f"cannot draw {n} images", todo="ask for 1 or more")
    return LAYOUTS[source]
