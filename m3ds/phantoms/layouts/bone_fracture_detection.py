"""Bone Fracture Detection (Roboflow `daoon` v4, as the Kaggle zip has it): YOLO polygons.

Quirks, each within the first 24 images and again later:

- two identical trees in one zip that differ in `README.dataset.txt` only;
- class names 3 and 4 swapped in `data.yaml`: a fracture of the humerus has id 4, and id 3 outlines
  the whole bone, beside id 4 polygons in one source's renders;
- polygons open, closed, and with the last point repeated;
- three renders (turned, brighter or darker) per training source, sharing the stem; stems repeated
  across splits by other images;
- empty label files that mean nothing, and one render of a triplet that lost its label;
- broken: a polygon of two points only (1, and 1 more per 200).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case, Pixels, Region, Ring, due, hex_name, rng_of
from m3ds.phantoms.canvas import inside, union
from m3ds.phantoms.encode import jpeg
from m3ds.phantoms.limbs import radiograph
from m3ds.schema.base import Split

ARCHIVES: tuple[str, ...] = ("bone-fracture-detection-computer-vision-project.zip",)
ROOTS = ("BoneFractureYolo8", "bone fracture detection.v4-v4.yolov8")
FOLDERS: dict[Split, str] = {"train": "train", "validation": "valid", "test": "test"}
_CLASSES = (  # true name, id in the label files, body part
    ("humerus fracture", 4, "humerus"),
    ("elbow positive", 0, "elbow"),
    ("fingers positive", 1, "fingers"),
    ("forearm fracture", 2, "forearm"),
    ("shoulder fracture", 5, "shoulder"),
    ("wrist positive", 6, "wrist"),
)
_IDS = {name: number for name, number, _ in _CLASSES} | {"humerus": 3}
_SHAPES = ((304, 248), (320, 256), (288, 232), (272, 248))

_DATA = """\
train: ../train/images
val: ../valid/images
test: ../test/images

nc: 7
names: ['elbow positive', 'fingers positive', 'forearm fracture', 'humerus fracture', 'humerus', \
'shoulder fracture', 'wrist positive']

roboflow:
  workspace: veda
  project: bone-fracture-detection-daoon
  version: 4
  license: CC BY 4.0
  url: https://universe.roboflow.com/veda/bone-fracture-detection-daoon/dataset/4
"""


@dataclass(frozen=True, slots=True)
class _Item:
    source: int  # counts per split
    split: Split
    render: int
    kind: str = ""  # "empty", "lost", "two points", or "" for a usable one

    @property
    def name(self) -> str:
        return f"image{1 + self.source % 2}_{self.source}_png"

    def stem(self, seed: int) -> str:
        return f"{self.name}.rf.{hex_name('bfd', seed, self.split, self.source, self.render)}"


def _plan(n: int) -> Iterator[_Item]:
    triplets = max(1, round(n * 0.55 / 3))
    rest = max(2, n - 3 * triplets)
    broken = 1 + n // 200
    for source in range(triplets):
        for render in range(3):
            lost = render == 1 and due(source, 30, 2)
            yield _Item(source, "train", render, "lost" if lost else "")
    for source in range(triplets, triplets + broken):
        yield _Item(source, "train", 0, "two points")
    counts: dict[Split, int] = {"validation": rest - rest // 2, "test": rest // 2}
    for split, count in counts.items():
        for source in range(count + 1 + count // 6):
            yield _Item(source, split, 0, "" if source < count else "empty")


def _case(item: _Item, seed: int) -> Case:
    rng = rng_of("bone_fracture_detection", seed, item.split, item.source)
    name, _, part = _CLASSES[item.source % len(_CLASSES)]
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    breaks = 0 if item.kind == "empty" else 1
    pixels, rings = radiograph(rng, shape, part, breaks, vertices=(4, 8 if part == "wrist" else 4))
    regions = [Region(name, ring) for ring in rings]
    if item.split == "train" and due(item.source, 60, 0):
        regions.append(Region("humerus", _whole_bone(shape)))
    if item.render:
        pixels, regions = _render(pixels, regions, rng_of("bfd render", seed, item.stem(seed)))
    return Case(
        stem=item.stem(seed),
        split=item.split,
        label=name,
        pixels=np.repeat(pixels[..., None], 3, axis=2),
        mask=union([region.ring for region in regions if region.label != "humerus"], shape),
        regions=tuple(regions),
        group=f"{item.split}/{item.name}",
    )


def _whole_bone(shape: tuple[int, int]) -> Ring:
    corners = np.array([(0.30, 0.12), (0.68, 0.10), (0.66, 0.97), (0.33, 0.98)])
    return corners * (shape[1], shape[0])


def _render(
    pixels: Pixels, regions: list[Region], rng: np.random.Generator
) -> tuple[Pixels, list[Region]]:
    """Turned by up to 15° about the middle, and up to a quarter brighter or darker."""
    degrees, gain = float(rng.uniform(-15, 15)), float(rng.uniform(0.75, 1.25))
    turned = np.asarray(Image.fromarray(pixels).rotate(degrees, Image.Resampling.BILINEAR))
    shape = (pixels.shape[0], pixels.shape[1])
    middle = np.array([shape[1] / 2, shape[0] / 2])
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    moved = [
        Region(
            region.label,
            inside(
                np.stack(
                    [
                        c * (region.ring - middle)[:, 0] + s * (region.ring - middle)[:, 1],
                        c * (region.ring - middle)[:, 1] - s * (region.ring - middle)[:, 0],
                    ],
                    axis=1,
                )
                + middle,
                shape,
            ),
        )
        for region in regions
    ]
    light = np.clip(turned.astype(np.float32) * np.float32(gain), 0, 255).astype(np.uint8)
    return light, moved


def cases(n: int, seed: int) -> Iterator[Case]:
    """The images with a fracture polygon; `group` is shared by the renders of one source."""
    for item in _plan(n):
        if not item.kind:
            yield _case(item, seed)


def write(folder: Path, n: int, seed: int) -> None:
    """Write the Kaggle zip."""
    with pack(folder / ARCHIVES[0]) as archive:
        for item in _plan(n):
            case, place = _case(item, seed), FOLDERS[item.split]
            data = jpeg(case.pixels, patient=item.source % 5 == 2)
            labels = _labels(item, case)
            for root in ROOTS:
                archive.add(f"{root}/{place}/images/{case.stem}.jpg", data)
                archive.add(f"{root}/{place}/labels/{case.stem}.txt", labels)
        for root, title in zip(ROOTS, ("Bone Fracture Detection", "v4"), strict=True):
            archive.add(f"{root}/data.yaml", _DATA)
            text = f"# {title}\nProvided by a Roboflow user\nLicense: CC BY 4.0\n"
            archive.add(f"{root}/README.dataset.txt", text)


def _labels(item: _Item, case: Case) -> str:
    if item.kind in {"empty", "lost"}:
        return ""
    height, width = case.pixels.shape[:2]
    lines = []
    for number, region in enumerate(case.regions):
        points = region.ring / (width, height)
        form = (item.source + item.render + number) % 3
        if item.kind == "two points":
            points = points[:2]
        elif form == 1:
            points = np.concatenate([points, points[:1]])
        elif form == 2:
            points = np.concatenate([points, points[:1], points[:1]])
        values = " ".join(map(str, points.reshape(-1).tolist()))
        lines.append(f"{_IDS[region.label]} {values}")
    return "\n".join(lines)
