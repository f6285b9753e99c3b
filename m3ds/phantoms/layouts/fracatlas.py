"""FracAtlas: one zip of limb radiographs with the same fractures in four annotation formats.

Quirks, each within the first 24 images and again later:

- `dataset.csv` with body parts as a multi-hot code, some rows with two parts and `mixed`;
- COCO: category id 0, annotation ids from 0, fractured images only, float polygons of 3 to 17
  vertices; VGG: the same polygons, closed; YOLO and VOC: boxes only, empty for negatives;
- split files for fractured images only;
- EXIF orientations 3 and 8 (fractured) and 6 (not): COCO states the transposed size;
- a truncated JPEG and one without its end marker among `Non_fractured`;
- byte-identical fractured images, one pair across train and test, one inside train;
- modes L and RGB; a patient's name in some files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from m3ds.phantoms.archive import Pack, pack
from m3ds.phantoms.base import Case, Region, Ring, due, rng_of
from m3ds.phantoms.canvas import union
from m3ds.phantoms.encode import jpeg, truncated, without_end
from m3ds.phantoms.limbs import radiograph
from m3ds.schema.base import Split

ARCHIVES: tuple[str, ...] = ("FracAtlas.zip",)
_PARTS = ("hand", "leg", "hip", "shoulder")
_SHAPES = ((304, 248), (248, 304), (288, 232), (320, 256), (272, 272))
_HEADER = (
    "image_id,hand,leg,hip,shoulder,mixed,hardware,multiscan,"
    "fractured,fracture_count,frontal,lateral,oblique"
)


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    key: int  # what is drawn; a duplicate has another's
    fractured: bool
    split: Split | None
    damage: str = ""
    copy: bool = False

    @property
    def name(self) -> str:
        return f"IMG{self.number:07d}"

    @property
    def part(self) -> str:
        return _PARTS[self.key % 4]

    @property
    def orientation(self) -> int:
        if self.fractured:
            return 8 if due(self.key, 48, 1) else 3 if due(self.key, 48, 4) else 1
        return 6 if due(self.key, 48, 2) else 1


def _plan(n: int) -> Iterator[_Item]:
    """Two of three are fractured; of those, one in eight is validation and one test."""
    fractured = negative = 0
    for number in range(n):
        if number % 3 == 2:
            cut = "truncated" if due(negative, 66, 4) else "no end" if due(negative, 40, 6) else ""
            yield _Item(number, negative, False, None, cut)
            negative += 1
            continue
        split: Split = {3: "validation", 6: "test"}.get(fractured % 8, "train")  # type: ignore[assignment]
        copy = due(fractured, 64, 6) or due(fractured, 64, 9)
        yield _Item(number, fractured - copy, True, split, copy=copy)
        fractured += 1


def _case(item: _Item, seed: int) -> Case:
    rng = rng_of("fracatlas", seed, item.fractured, item.key)
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    breaks = (2 if item.key % 5 == 4 else 1) if item.fractured else 0
    pixels, rings = radiograph(rng, shape, item.part, breaks, vertices=(3, 17))
    if item.key % 3 != 1:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    return Case(
        stem=item.name,
        split=item.split,
        label="fractured" if item.fractured else "",
        pixels=pixels,
        mask=union(rings, shape),
        regions=tuple(Region("fractured", ring) for ring in rings),
    )


def cases(n: int, seed: int) -> Iterator[Case]:
    """The usable images: no truncated file, each duplicate once."""
    for item in _plan(n):
        if item.damage != "truncated" and not item.copy:
            yield _case(item, seed)


def write(folder: Path, n: int, seed: int) -> None:
    """Write `FracAtlas.zip`."""
    rows, images, annotations = [_HEADER], list[Any](), list[Any]()
    vgg: dict[str, Any] = {}
    splits: dict[str, list[str]] = {"train": [], "valid": [], "test": []}
    with pack(folder / ARCHIVES[0]) as archive:
        for item in _plan(n):
            case, name = _case(item, seed), f"{item.name}.jpg"
            data = _encode(item, case)
            kind = "Fractured" if item.fractured else "Non_fractured"
            archive.add(f"FracAtlas/images/{kind}/{name}", data)
            rows.append(_row(item, case))
            rings = [region.ring for region in case.regions]
            _boxes(archive, item.name, case, rings)
            if not item.fractured:
                continue
            splits["valid" if item.split == "validation" else str(item.split)].append(name)
            height, width = case.pixels.shape[:2]
            images.append(
                {"id": len(images) + 1, "width": width, "height": height, "file_name": name}
            )
            for ring in rings:
                annotations.append(_coco(ring, len(annotations), len(images)))
            vgg[name] = _vgg(name, len(data), rings)
        _finish(archive, rows, splits, images, annotations, vgg)


def _finish(
    archive: Pack,
    rows: list[str],
    splits: dict[str, list[str]],
    images: list[Any],
    annotations: list[Any],
    vgg: dict[str, Any],
) -> None:
    coco = {
        "info": {"description": "my-project-name"},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 0, "name": "fractured"}],
    }
    root = "FracAtlas/Annotations"
    archive.add(f"{root}/COCO JSON/COCO_fracture_masks.json", json.dumps(coco, indent=2))
    archive.add(f"{root}/VGG JSON/VGG_fracture_masks.json", json.dumps(vgg, separators=(",", ":")))
    archive.add(f"{root}/YOLO/labels.txt", "fractured\n")
    archive.add("FracAtlas/dataset.csv", "\n".join(rows) + "\n")
    for split, names in splits.items():
        table = "\n".join(["image_id", *names]) + "\n"
        archive.add(f"FracAtlas/Utilities/Fracture Split/{split}.csv", table)


def _encode(item: _Item, case: Case) -> bytes:
    data = jpeg(case.pixels, patient=item.key % 5 == 2, orientation=item.orientation)
    if item.damage == "truncated":
        return truncated(data)
    return without_end(data) if item.damage == "no end" else data


def _row(item: _Item, case: Case) -> str:
    parts = {item.part} | ({"leg"} if item.part == "hip" and item.key % 3 == 0 else set())
    hot = [int(part in parts) for part in _PARTS]
    view = [int(item.key % 3 == k) for k in range(3)]
    flags = [int(len(parts) > 1), int(item.key % 9 == 5), int(item.key % 7 == 3)]
    values = [*hot, *flags, int(item.fractured), len(case.regions), *view]
    return ",".join([f"{item.name}.jpg", *map(str, values)])


def _coco(ring: Ring, number: int, image: int) -> dict[str, Any]:
    low, span = ring.min(axis=0), np.ptp(ring, axis=0)
    x, y = ring[:, 0], ring[:, 1]
    area = abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2
    return {
        "id": number,
        "iscrowd": 0,
        "image_id": image,
        "category_id": 0,
        "segmentation": [ring.reshape(-1).tolist()],
        "bbox": [*low.tolist(), *span.tolist()],
        "area": area,
    }


def _vgg(name: str, size: int, rings: list[Ring]) -> dict[str, Any]:
    regions = {}
    for number, ring in enumerate(rings):
        closed = np.concatenate([ring, ring[:1]])
        regions[str(number)] = {
            "shape_attributes": {
                "name": "polygon",
                "all_points_x": closed[:, 0].tolist(),
                "all_points_y": closed[:, 1].tolist(),
            },
            "region_attributes": {"label": "fractured"},
        }
    return {
        "fileref": "",
        "size": size,
        "filename": name,
        "base64_img_data": "",
        "file_attributes": {},
        "regions": regions,
    }


def _boxes(archive: Pack, stem: str, case: Case, rings: list[Ring]) -> None:
    """The YOLO and VOC files, in which only the boxes are left."""
    height, width = case.pixels.shape[:2]
    lines, objects = [], []
    for ring in rings:
        (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
        box = ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)
        lines.append("0 " + " ".join(f"{value:.4f}" for value in box) + "\n")
        corners = zip(("xmin", "ymin", "xmax", "ymax"), (x0, y0, x1, y1), strict=True)
        bounds = "".join(f"      <{tag}>{int(v)}</{tag}>\n" for tag, v in corners)
        objects.append(
            "  <object>\n    <name>fractured</name>\n    <pose>Unspecified</pose>\n"
            "    <truncated>0</truncated>\n    <difficult>0</difficult>\n"
            f"    <bndbox>\n{bounds}    </bndbox>\n  </object>\n"
        )
    archive.add(f"FracAtlas/Annotations/YOLO/{stem}.txt", "".join(lines))
    archive.add(
        f"FracAtlas/Annotations/PASCAL VOC/{stem}.xml",
        f"<annotation>\n  <folder>PASCAL VOC</folder>\n  <filename>{stem}.jpg</filename>\n"
        "  <source>\n    <database>MLBFR</database>\n  </source>\n"
        f"  <size>\n    <width>{width}</width>\n    <height>{height}</height>\n"
        "    <depth>3</depth>\n  </size>\n  <segmented>0</segmented>\n"
        f"{''.join(objects)}</annotation>\n",
    )
