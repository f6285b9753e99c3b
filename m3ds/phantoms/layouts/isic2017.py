"""ISIC 2017: dermoscopy, masks in archives of their own, three classes in two columns.

Quirks, each within the first 24 images and again later:

- `<id>_superpixels.png` beside each image, and a metadata CSV among the images;
- masks are `<id>_segmentation.png` (lower case, unlike 2016); test files are called `Test_v2`;
- the validation CSV has CRLF line ends; ages may be `unknown`;
- half of the ids are in ISBI 2016 too (see `isbi2016`);
- broken: an image without its mask, and a mask without its image (1 each, and 1 more per 200).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from m3ds import atomic
from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case, Pixels
from m3ds.phantoms.encode import plane, png
from m3ds.phantoms.layouts.lesions import Lesioned, draw, encode, ids
from m3ds.schema.base import Split

_STEMS: dict[Split, str] = {
    "train": "ISIC-2017_Training",
    "validation": "ISIC-2017_Validation",
    "test": "ISIC-2017_Test_v2",
}
_KINDS = ("Data.zip", "Part1_GroundTruth.zip", "Part3_GroundTruth.csv")
ARCHIVES: tuple[str, ...] = tuple(f"{stem}_{kind}" for stem in _STEMS.values() for kind in _KINDS)
_CODES = {"melanoma": "1.0,0.0", "seborrheic keratosis": "0.0,1.0", "nevus": "0.0,0.0"}


def cases(n: int, seed: int) -> Iterator[Case]:
    """All images that have a mask."""
    for item in ids(n, (1, 2)):
        yield draw(item, seed, item.split_2017, item.lesion)


def write(folder: Path, n: int, seed: int) -> None:
    """Write six zips and three CSVs."""
    for split, stem in _STEMS.items():
        members = [item for item in ids(n, (1, 2)) if item.split_2017 == split]
        _write_split(folder, stem, split, members, seed, broken=1 + n // 200)


def _write_split(
    folder: Path, stem: str, split: Split, members: list[Lesioned], seed: int, *, broken: int
) -> None:
    labels = ["image_id,melanoma,seborrheic_keratosis"]
    metadata = ["image_id,age_approximate,sex"]
    # Ids far above the others: half lack their mask, half their image.
    odd = [Lesioned(2, 200_000 + k) for k in range(2 * broken)] if split == "train" else []
    with (
        pack(folder / f"{stem}_Data.zip") as images,
        pack(folder / f"{stem}_Part1_GroundTruth.zip") as masks,
    ):
        for item in (*members, *odd):
            case = draw(item, seed, split, item.lesion)
            at = odd.index(item) if item in odd else None
            if at is None or at % 2 == 0:
                images.add(f"{stem}_Data/{item.id}.jpg", encode(item, case))
                superpixels = png(_superpixels(case.pixels))
                images.add(f"{stem}_Data/{item.id}_superpixels.png", superpixels)
            if at is None or at % 2 == 1:
                mask = png(plane(case.mask))
                masks.add(f"{stem}_Part1_GroundTruth/{item.id}_segmentation.png", mask)
            labels.append(f"{item.id},{_CODES[item.lesion]}")
            age = "unknown" if item.index % 9 == 4 else str(20 + item.index % 13 * 5)
            metadata.append(f"{item.id},{age},{('female', 'male')[item.index % 2]}")
        images.add(f"{stem}_Data/{stem}_Data_metadata.csv", "\n".join(metadata) + "\n")
    end = "\r\n" if split == "validation" else "\n"
    table = end.join(labels) + end
    atomic.write_bytes(folder / f"{stem}_Part3_GroundTruth.csv", table.encode())


def _superpixels(pixels: Pixels) -> Pixels:
    """A map of tile numbers, low byte in red and high byte in green, as RGB."""
    height, width = pixels.shape[:2]
    tiles = np.arange(height)[:, None] // 16 * 64 + np.arange(width)[None, :] // 16
    code = np.zeros((height, width, 3), np.uint8)
    code[..., 0], code[..., 1] = tiles % 256, tiles // 256
    return code
