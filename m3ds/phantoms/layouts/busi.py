"""BUSI: breast ultrasound in a folder per class, a mask or several beside each image.

Quirks, each within the first 24 images and again later:

- names with a blank and parentheses; `_mask_1` and `_mask_2` where there are more lesions;
- masks in modes 1, RGB and RGBA; all black for `normal`;
- one image byte for byte in `benign` and in `malignant`, another one twice in `benign`;
- callipers and lettering burnt into some images; a patient's name in some files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case, Pixels, Region, due, rng_of
from m3ds.phantoms.canvas import union
from m3ds.phantoms.encode import plane, png
from m3ds.phantoms.lettering import annotate
from m3ds.phantoms.ultrasound import scan

ARCHIVES: tuple[str, ...] = ("Dataset_BUSI.zip",)
_Class = Literal["benign", "malignant", "normal"]
_SHAPES = ((232, 272), (208, 288), (224, 256), (240, 264))
_MODES = ("1", "RGB", "RGBA")


@dataclass(frozen=True, slots=True)
class _Item:
    kind: _Class
    number: int
    key: tuple[_Class, int]  # what is drawn; a duplicate has another's

    @property
    def stem(self) -> str:
        return f"{self.kind} ({self.number})"


def _plan(n: int) -> Iterator[_Item]:
    malignant, normal = max(1, round(n * 0.27)), max(1, round(n * 0.17))
    counts: dict[_Class, int] = {
        "benign": max(1, n - malignant - normal),
        "malignant": malignant,
        "normal": normal,
    }
    for kind, count in counts.items():
        for number in range(1, count + 1):
            key: tuple[_Class, int] = (kind, number)
            if kind == "malignant" and due(number, 100, 5):
                key = ("benign", number + 6)
            elif kind == "benign" and due(number, 100, 8):
                key = ("benign", number - 1)
            yield _Item(kind, number, key)


def _lesions(kind: _Class, number: int) -> tuple[bool, ...]:
    if kind == "normal":
        return ()
    if kind == "malignant":
        return (True, True) if due(number, 90, 3) else (True,)
    return (False,) * (3 if due(number, 200, 5) else 2 if due(number, 26, 2) else 1)


def _case(item: _Item, seed: int) -> Case:
    kind, number = item.key
    rng = rng_of("busi", seed, kind, number)
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    pixels, rings = scan(rng, shape, "breast", _lesions(kind, number))
    if number % 4 == 3:
        annotate(rng, pixels, rings)
    return Case(
        stem=item.stem,
        split=None,
        label=item.kind,
        pixels=np.repeat(pixels[..., None], 3, axis=2),
        mask=union(rings, shape),
        regions=tuple(Region(item.kind, ring) for ring in rings),
    )


def cases(n: int, seed: int) -> Iterator[Case]:
    """All images, each duplicate once; the mask of a `normal` one is empty."""
    for item in _plan(n):
        if item.key == (item.kind, item.number):
            yield _case(item, seed)


def write(folder: Path, n: int, seed: int) -> None:
    """Write `Dataset_BUSI.zip`."""
    with pack(folder / ARCHIVES[0]) as archive:
        for item in _plan(n):
            case = _case(item, seed)
            root = f"Dataset_BUSI_with_GT/{item.kind}/{item.stem}"
            archive.add(f"{root}.png", png(case.pixels, patient=item.key[1] % 5 == 2))
            mode = _MODES[item.key[1] % len(_MODES)]
            for number, mask in enumerate(_masks(case)):
                tail = f"_mask_{number}" if number else "_mask"
                archive.add(f"{root}{tail}.png", png(mask, mode=mode))


def _masks(case: Case) -> list[Pixels]:
    """One mask per lesion; a single black one where there is none."""
    shape = case.mask.shape
    if not case.regions:
        return [plane(case.mask)]
    return [plane(union([region.ring], (shape[0], shape[1]))) for region in case.regions]
