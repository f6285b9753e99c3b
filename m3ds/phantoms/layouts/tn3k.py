"""TN3K: thyroid ultrasound, grey JPEG images and masks, labels in two headerless CSVs.

Upstream's archive is a RAR. Nothing that is free writes that format, so this is a zip under the
same name; readers that go by an archive's content (libarchive does) take both.

Quirks, each within the first 24 images and again later:

- images and masks are JPEGs of mode L, masks with grey ringing; stems restart in the test set;
- fold files hold indices into the sorted listing of the training images, not names;
- a patient's name in some files;
- broken: a mask of 0 bytes, as one tool unpacks upstream's archive, and a label that is neither 0
  nor 1 (1 each, and 1 more per 200).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case, Region, due, rng_of
from m3ds.phantoms.canvas import union
from m3ds.phantoms.encode import jpeg, plane
from m3ds.phantoms.ultrasound import scan
from m3ds.schema.base import Split

ARCHIVES: tuple[str, ...] = ("TN3K.rar",)
_FOLDERS: dict[Split, str] = {"train": "trainval", "test": "test"}
_SHAPES = ((216, 288), (224, 264), (208, 272), (240, 256))
_MALIGNANT = frozenset((1, 3, 6))  # of seven; five would keep step with the folds


@dataclass(frozen=True, slots=True)
class _Item:
    split: Split
    index: int
    broken: Literal["", "empty mask", "unknown label"] = ""

    @property
    def malignant(self) -> bool:
        return self.index % 7 in _MALIGNANT

    @property
    def name(self) -> str:
        return f"{self.index:04d}.jpg"


def _plan(n: int) -> Iterator[_Item]:
    tests = max(1, round(n * 0.18))
    usable = index = 0
    while usable < max(1, n - tests):
        if due(index, 200, 9):
            yield _Item("train", index, "empty mask")
        elif due(index, 200, 13):
            yield _Item("train", index, "unknown label")
        else:
            yield _Item("train", index)
            usable += 1
        index += 1
    for index in range(tests):
        yield _Item("test", index)


def _case(item: _Item, seed: int) -> Case:
    rng = rng_of("tn3k", seed, item.split, item.index)
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    count = 2 if due(item.index, 17, 4) else 1
    pixels, rings = scan(rng, shape, "thyroid", (item.malignant,) * count)
    label = str(int(item.malignant))
    return Case(
        stem=f"{item.index:04d}",
        split=item.split,
        label=label,
        pixels=pixels,
        mask=union(rings, shape),
        regions=tuple(Region(label, ring) for ring in rings),
    )


def cases(n: int, seed: int) -> Iterator[Case]:
    """All images with a sound mask and label (`0` benign, `1` malignant)."""
    for item in _plan(n):
        if not item.broken:
            yield _case(item, seed)


def write(folder: Path, n: int, seed: int) -> None:
    """Write `TN3K.rar` (a zip, see above)."""
    rows: dict[Split, list[str]] = {"train": [], "test": []}
    root = "datasets/tn3k"
    with pack(folder / ARCHIVES[0]) as archive:
        for item in _plan(n):
            case, place = _case(item, seed), _FOLDERS[item.split]
            image = jpeg(case.pixels, patient=item.index % 5 == 2)
            mask = b"" if item.broken == "empty mask" else jpeg(plane(case.mask), quality=80)
            archive.add(f"{root}/{place}-image/{item.name}", image)
            archive.add(f"{root}/{place}-mask/{item.name}", mask)
            label = "7" if item.broken == "unknown label" else case.label
            rows[item.split].append(f"{item.name},{label}\n")
        for split, lines in rows.items():
            archive.add(f"{root}/label4{_FOLDERS[split]}.csv", "".join(lines))
        total = len(rows["train"])
        for fold in range(5):
            halves = {
                "val": [index for index in range(total) if index % 5 == fold],
                "train": [index for index in range(total) if index % 5 != fold],
            }
            archive.add(f"{root}/tn3k-trainval-fold{fold}.json", json.dumps(halves))
