"""ISBI 2016 Part 3B: dermoscopy with masks beside the images, and a headerless CSV per split.

Quirks, each within the first 24 images and again later:

- training labels are words (`benign`, `malignant`), test labels numbers (`0.0`, `1.0`);
- masks are `<id>_Segmentation.png` in the images' own folder;
- half of the ids are in ISIC 2017 too, byte for byte, some test ids in its training set;
- a melanoma that this year calls benign and 2017 does not;
- a patient's name in some files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from m3ds import atomic
from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case
from m3ds.phantoms.encode import plane, png
from m3ds.phantoms.layouts.lesions import Lesioned, draw, encode, ids
from m3ds.schema.base import Split

_STEMS: dict[Split, str] = {
    "train": "ISBI2016_ISIC_Part3B_Training",
    "test": "ISBI2016_ISIC_Part3B_Test",
}
_WORDS: dict[Split, dict[str, str]] = {
    "train": {"benign": "benign", "malignant": "malignant"},
    "test": {"benign": "0.0", "malignant": "1.0"},
}
ARCHIVES: tuple[str, ...] = tuple(
    f"{stem}_{kind}" for stem in _STEMS.values() for kind in ("Data.zip", "GroundTruth.csv")
)


def _label(item: Lesioned) -> str:
    return "malignant" if item.lesion == "melanoma" and not item.conflicting else "benign"


def cases(n: int, seed: int) -> Iterator[Case]:
    """All images, without the id whose label is wrong."""
    for item in ids(n, (0, 1)):
        if not item.conflicting:
            yield draw(item, seed, item.split_2016, _label(item))


def write(folder: Path, n: int, seed: int) -> None:
    """Write two zips and two CSVs."""
    for split, stem in _STEMS.items():
        rows = []
        with pack(folder / f"{stem}_Data.zip") as archive:
            for item in ids(n, (0, 1)):
                if item.split_2016 != split:
                    continue
                case = draw(item, seed, split, _label(item))
                archive.add(f"{stem}_Data/{item.id}.jpg", encode(item, case))
                mask = png(plane(case.mask), patient=item.index % 6 == 1)
                archive.add(f"{stem}_Data/{item.id}_Segmentation.png", mask)
                rows.append(f"{item.id},{_WORDS[split][case.label]}\n")
        atomic.write_bytes(folder / f"{stem}_GroundTruth.csv", "".join(rows).encode())
