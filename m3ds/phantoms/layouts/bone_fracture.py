"""Bone Fracture (Roboflow-100 `bone-fracture-7fylg` v2): radiographs with YOLO boxes.

Quirks, each within the first 24 images and again later:

- boxes only (five fields a line), four classes of which three are not fracture types;
- empty label files;
- generic stems that collide inside a split and across splits, told apart by `.rf.<32 hex>` only;
- a patient's name in some files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from m3ds.imaging.raster import box_ring
from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case, Region, due, hex_name, rng_of
from m3ds.phantoms.canvas import union
from m3ds.phantoms.encode import jpeg
from m3ds.phantoms.limbs import radiograph
from m3ds.schema.base import Split

ARCHIVES: tuple[str, ...] = ("bone fracture.v2-release.yolov8.zip",)
CLASSES = ("angle", "fracture", "line", "messed_up_angle")
FOLDERS: dict[Split, str] = {"train": "train", "validation": "valid", "test": "test"}
_PARTS = ("forearm", "leg", "wrist", "elbow")
_SHAPES = ((320, 192), (320, 320), (288, 224), (320, 256))
_MIX = (1, 2, 1, 3, 1, 1, 2, 0)  # classes in about upstream's shares

_DATA = """\
train: ../train/images
val: ../valid/images
test: ../test/images

nc: 4
names: ['angle', 'fracture', 'line', 'messed_up_angle']

roboflow:
  workspace: roboflow-100
  project: bone-fracture-7fylg
  version: 2
  license: CC BY 4.0
  url: https://universe.roboflow.com/roboflow-100/bone-fracture-7fylg/dataset/2
"""


@dataclass(frozen=True, slots=True)
class _Item:
    index: int
    stem: str
    split: Split
    empty: bool


def _plan(n: int, seed: int) -> Iterator[_Item]:
    period = max(1, 2 * n // 3)
    for index in range(n):
        place = index % 10
        split: Split = "validation" if place in {3, 8} else "test" if place == 6 else "train"
        stem = f"{index % period}_jpg.rf.{hex_name('bone_fracture', seed, index)}"
        yield _Item(index, stem, split, due(index, 20, 7))


def _case(item: _Item, seed: int) -> Case:
    rng = rng_of("bone_fracture", seed, item.index)
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    breaks = 0 if item.empty else 2 if item.index % 4 == 1 else 1
    part = _PARTS[item.index % len(_PARTS)]
    pixels, rings = radiograph(rng, shape, part, breaks, vertices=(6, 10))
    regions = []
    for number, ring in enumerate(rings):
        low, high = np.floor(ring.min(axis=0)), np.ceil(ring.max(axis=0))
        box = np.array(box_ring(low[0], low[1], high[0], high[1]))
        regions.append(Region(CLASSES[_MIX[(item.index + number) % len(_MIX)]], box))
    return Case(
        stem=item.stem,
        split=item.split,
        label="" if item.empty else "fracture",
        pixels=np.repeat(pixels[..., None], 3, axis=2),
        mask=union([region.ring for region in regions], shape),
        regions=tuple(regions),
    )


def cases(n: int, seed: int) -> Iterator[Case]:
    """The images that have boxes; the mask is their filled union."""
    for item in _plan(n, seed):
        if not item.empty:
            yield _case(item, seed)


def write(folder: Path, n: int, seed: int) -> None:
    """Write the YOLOv8 export."""
    with pack(folder / ARCHIVES[0]) as archive:
        for item in _plan(n, seed):
            case, place = _case(item, seed), FOLDERS[item.split]
            data = jpeg(case.pixels, patient=item.index % 5 == 2)
            archive.add(f"{place}/images/{item.stem}.jpg", data)
            archive.add(f"{place}/labels/{item.stem}.txt", _labels(case))
        archive.add("data.yaml", _DATA)
        archive.add(
            "README.dataset.txt",
            "# bone fracture > release\nProvided by a Roboflow user\nLicense: CC BY 4.0\n",
        )


def _labels(case: Case) -> str:
    height, width = case.pixels.shape[:2]
    lines = []
    for region in case.regions:
        (x0, y0), (x1, y1) = region.ring.min(axis=0), region.ring.max(axis=0)
        centre = (float((x0 + x1) / 2 / width), float((y0 + y1) / 2 / height))
        size = (float((x1 - x0) / width), float((y1 - y0) / height))
        lines.append(" ".join(map(str, (CLASSES.index(region.label), *centre, *size))))
    return "\n".join(lines)  # Roboflow ends a file without a line break
