"""Kvasir-SEG: colonoscopy frames with masks that are colour JPEGs.

Quirks, each within the first 24 images and again later:

- ids of 25 characters; image and mask share the whole name, `.jpg` included;
- masks are RGB JPEGs with grey ringing along the borders; several polyps share one;
- `kavsir_bboxes.json` (upstream's spelling) has a box per component of the thresholded mask, right
  and lower bound exclusive, slivers of mask noise among them;
- a patient's name in some files;
- broken: a mask of half the image's size (1, and 1 more per 200).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case, Mask, Region, digest, due, rng_of
from m3ds.phantoms.bowel import colonoscopy
from m3ds.phantoms.canvas import union
from m3ds.phantoms.encode import jpeg, plane

ARCHIVES: tuple[str, ...] = ("kvasir-seg.zip",)
_SHAPES = ((232, 272), (240, 288), (224, 264), (256, 320))
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class _Item:
    index: int
    broken: bool = False

    def id(self, seed: int) -> str:
        code = "".join(_DIGITS[b % 36] for b in digest("kvasir_seg", seed, self.index))
        return f"cju{code[:22]}"

    @property
    def sliver(self) -> bool:
        return not self.broken and due(self.index, 40, 3)


def _plan(n: int) -> Iterator[_Item]:
    for index in range(n):
        yield _Item(index)
    for index in range(n, n + 1 + n // 200):
        yield _Item(index, broken=True)


def _case(item: _Item, seed: int) -> Case:
    rng = rng_of("kvasir_seg", seed, item.index)
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    polyps = 3 if due(item.index, 23, 11) else 2 if due(item.index, 7, 2) else 1
    pixels, rings = colonoscopy(rng, shape, polyps)
    return Case(
        stem=item.id(seed),
        split=None,
        label="polyp",
        pixels=pixels,
        mask=union(rings, shape),
        regions=tuple(Region("polyp", ring) for ring in rings),
    )


def cases(n: int, seed: int) -> Iterator[Case]:
    """All frames whose mask fits."""
    for item in _plan(n):
        if not item.broken:
            yield _case(item, seed)


def write(folder: Path, n: int, seed: int) -> None:
    """Write `kvasir-seg.zip`."""
    boxes: dict[str, Any] = {}
    with pack(folder / ARCHIVES[0]) as archive:
        for item in _plan(n):
            case = _case(item, seed)
            mask = case.mask
            if item.broken:
                mask = mask[::2, ::2]
            elif item.sliver:
                mask = _with_sliver(mask)
            data = jpeg(np.repeat(plane(mask)[..., None], 3, axis=2), quality=80)
            image = jpeg(case.pixels, patient=item.index % 5 == 2)
            archive.add(f"Kvasir-SEG/images/{case.stem}.jpg", image)
            archive.add(f"Kvasir-SEG/masks/{case.stem}.jpg", data)
            boxes[case.stem] = _bboxes(data)
        table = json.dumps(dict(sorted(boxes.items())), separators=(",", ":"))
        archive.add("Kvasir-SEG/kavsir_bboxes.json", table)


def _with_sliver(mask: Mask) -> Mask:
    """A white strip, three pixels wide, at the right border."""
    noisy = mask.copy()
    height = mask.shape[0]
    noisy[height * 3 // 10 : height * 5 // 10, -3:] = True
    return noisy


def _bboxes(data: bytes) -> dict[str, Any]:
    grey = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
    labels, _ = ndimage.label(grey > 127, structure=np.ones((3, 3)))
    found = [
        {
            "label": "polyp",
            "xmin": int(x.start),
            "ymin": int(y.start),
            "xmax": int(x.stop),
            "ymax": int(y.stop),
        }
        for y, x in ndimage.find_objects(labels)
    ]
    return {"height": grey.shape[0], "width": grey.shape[1], "bbox": found}
