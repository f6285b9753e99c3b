"""FIVES: fundus photographs with vessel masks; the file name's last letter is the diagnosis.

Upstream's archive is a RAR; this is a zip under its name (see `tn3k`).

Quirks, each within the first 24 images and again later:

- numbers restart per split: `1_A.png` is in both, as different images;
- images are RGB, masks L or RGB with values 0 and 255 only; normal eyes have masks too;
- a stray `Thumbs.db` among the training images, and `Quality Assessment.xlsx`;
- a patient's name in some files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from m3ds.phantoms.archive import pack
from m3ds.phantoms.base import Case, rng_of
from m3ds.phantoms.encode import plane, png
from m3ds.phantoms.eye import Disease, fundus
from m3ds.phantoms.sheet import workbook
from m3ds.schema.base import Split

ROOT = "FIVES A Fundus Image Dataset for AI-based Vessel Segmentation"
ARCHIVES: tuple[str, ...] = (f"{ROOT}.rar",)
_DISEASES: tuple[Disease, ...] = ("A", "D", "G", "N")
_SIDES = (256, 272, 288)
_SPLITS: tuple[Split, ...] = ("train", "test")
_THUMBS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)  # an OLE file's first sector


@dataclass(frozen=True, slots=True)
class _Item:
    split: Split
    number: int
    disease: Disease

    @property
    def stem(self) -> str:
        return f"{self.number}_{self.disease}"


def _plan(n: int) -> Iterator[_Item]:
    """A fourth of each class is test data; numbers run on through the classes of a split."""
    totals = {d: n // 4 + (k < n % 4) for k, d in enumerate(_DISEASES)}
    for split in _SPLITS:
        number = 0
        for disease, total in totals.items():
            tests = (total + 2) // 4
            for _ in range(tests if split == "test" else total - tests):
                number += 1
                yield _Item(split, number, disease)


def _case(item: _Item, seed: int) -> Case:
    rng = rng_of("fives", seed, item.split, item.stem)
    side = _SIDES[int(rng.integers(len(_SIDES)))]
    pixels, vessels = fundus(rng, side, item.disease)
    return Case(stem=item.stem, split=item.split, label=item.disease, pixels=pixels, mask=vessels)


def cases(n: int, seed: int) -> Iterator[Case]:
    """All photographs; the mask is of the vessels."""
    for item in _plan(n):
        yield _case(item, seed)


def write(folder: Path, n: int, seed: int) -> None:
    """Write the archive (a zip, see above)."""
    grades: dict[str, list[tuple[str | int, ...]]] = {}
    with pack(folder / ARCHIVES[0]) as archive:
        for item in _plan(n):
            case, root = _case(item, seed), f"{ROOT}/{item.split}"
            image = png(case.pixels, patient=item.number % 5 == 2)
            mode = "RGB" if item.number % 2 else "L"
            archive.add(f"{root}/Original/{item.stem}.png", image)
            archive.add(f"{root}/Ground truth/{item.stem}.png", png(plane(case.mask), mode=mode))
            sheet = grades.setdefault(
                str(item.split).title(), [("Disease", "Number", "IC", "Blur", "LC")]
            )
            sheet.append((item.disease, item.number, 1, int(item.number % 9 != 4), 1))
        archive.add(f"{ROOT}/train/Original/Thumbs.db", _THUMBS)
        archive.add(f"{ROOT}/Quality Assessment.xlsx", workbook(grades))
