"""ChestX-Det: square chest films with several findings each, listed in two plain JSON files.

Films have upstream's 1024 × 1024 pixels, which its coordinates presuppose; for speed they are drawn
at a fourth of that and enlarged.

Quirks, each within the first 24 images and again later:

- `syms`, `boxes` and `polygons` are parallel lists; a finding has several instances, an image
  several findings; normals have empty lists;
- PNGs of mode L, a few RGBA; a patient's name in some files;
- polygons of one finding that overlap (even-odd filling would leave a hole); one instance stated
  twice; one box that is not its polygon's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from m3ds import atomic
from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case, Region, due, rng_of
from m3ds.phantoms.canvas import Rng, inside, union
from m3ds.phantoms.chest import chest_film
from m3ds.phantoms.encode import png
from m3ds.phantoms.findings import FINDINGS
from m3ds.schema.base import Split

ARCHIVES: tuple[str, ...] = (
    "train_data.zip",
    "test_data.zip",
    "ChestX_Det_train.json",
    "ChestX_Det_test.json",
)
_SIDE, _ENLARGED = 256, 4
_LEAST = 6  # the first test film is the sixth
_FIRST = 36199  # upstream's lowest number


@dataclass(frozen=True, slots=True)
class _Item:
    index: int

    @property
    def split(self) -> Split:
        return "test" if self.index % 7 == 5 else "train"

    @property
    def positive(self) -> int | None:
        """Counts the images with findings; None for a normal one."""
        return None if self.index % 6 == 3 else self.index - (self.index + 2) // 6

    @property
    def mode(self) -> str:
        return "RGBA" if due(self.index, 80, 4) else "L"


def _findings(rng: Rng, positive: int | None) -> tuple[str, ...]:
    """Each finding comes first in turn, so that the rare ones are there in a small draw too."""
    if positive is None:
        return ()
    first = FINDINGS[positive % len(FINDINGS)]
    others = [name for name in FINDINGS if name != first]
    more = int(rng.integers(0, 3))
    return (first, *(others[int(i)] for i in rng.permutation(len(others))[:more]))


def _case(item: _Item, seed: int) -> Case:
    rng = rng_of("chestx_det", seed, item.index)
    film, drawn = chest_film(rng, _SIDE, _findings(rng, item.positive))
    pixels = film.repeat(_ENLARGED, axis=0).repeat(_ENLARGED, axis=1)
    shape = (pixels.shape[0], pixels.shape[1])
    regions = [Region(region.label, np.round(region.ring * _ENLARGED)) for region in drawn]
    if regions and due(item.index, 40, 2):
        shifted = inside(regions[0].ring + np.round(shape[0] * 0.01), shape)
        regions.append(Region(regions[0].label, shifted))
    return Case(
        stem=str(_FIRST + item.index),
        split=item.split,
        label="",
        pixels=pixels,
        mask=union([region.ring for region in regions], shape),
        regions=tuple(regions),
    )


def cases(n: int, seed: int) -> Iterator[Case]:
    """All films; `regions` says which findings they have."""
    for index in range(max(n, _LEAST)):
        yield _case(_Item(index), seed)


def write(folder: Path, n: int, seed: int) -> None:
    """Write two zips and two JSON files."""
    for split, name in (("train", "train"), ("test", "test")):
        entries = []
        with pack(folder / f"{name}_data.zip") as archive:
            for index in range(max(n, _LEAST)):
                item = _Item(index)
                if item.split != split:
                    continue
                case = _case(item, seed)
                data = png(case.pixels, mode=item.mode, patient=index % 5 == 2, runs=True)
                archive.add(f"{name}/{case.stem}.png", data)
                entries.append(_entry(item, case))
        table = json.dumps(entries).encode()
        atomic.write_bytes(folder / f"ChestX_Det_{name}.json", table)


def _entry(item: _Item, case: Case) -> dict[str, Any]:
    regions = list(case.regions)
    if regions and due(item.index, 150, 10):
        regions.append(regions[0])
    rings = [region.ring.astype(int) for region in regions]
    boxes = [[*ring.min(axis=0).tolist(), *ring.max(axis=0).tolist()] for ring in rings]
    if boxes and due(item.index, 42, 7):
        boxes[0] = [max(0, boxes[0][0] - 6), max(0, boxes[0][1] - 5), *boxes[0][2:]]
    return {
        "file_name": f"{case.stem}.png",
        "syms": [region.label for region in regions],
        "boxes": boxes,
        "polygons": [ring.tolist() for ring in rings],
    }
