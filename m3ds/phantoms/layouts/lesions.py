"""The pool of dermoscopic images that ISBI 2016 and ISIC 2017 both draw from.

An image is a function of its ISIC id and the seed, so the two sources share files byte for byte.
Ids fall into four streams by their number modulo 4: 2016 only, both, 2017 only, unused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from m3ds.phantoms.base import Case, Region, due, rng_of
from m3ds.phantoms.canvas import union
from m3ds.phantoms.encode import jpeg
from m3ds.phantoms.skin import Lesion, dermoscopy
from m3ds.schema.base import Split

_NEVUS: Lesion = "nevus"
_MELANOMA: Lesion = "melanoma"
_KERATOSIS: Lesion = "seborrheic keratosis"
# Upstream, no image of both years is a keratosis. The lengths of the cycles share no factor with
# those of the splits, so that every split meets every lesion.
_CYCLES: tuple[tuple[Lesion, ...], ...] = (
    (_NEVUS, _MELANOMA, _NEVUS),
    (_NEVUS, _MELANOMA, _NEVUS, _MELANOMA, _NEVUS, _NEVUS, _MELANOMA),
    (_KERATOSIS, _NEVUS, _MELANOMA, _KERATOSIS, _NEVUS),
)
_SHAPES = ((208, 272), (192, 256), (216, 288), (224, 304))


@dataclass(frozen=True, slots=True)
class Lesioned:
    """One ISIC id: `stream` 0 is in 2016 only, 1 in both years, 2 in 2017 only."""

    stream: int
    index: int

    @property
    def id(self) -> str:
        """As upstream writes it."""
        return f"ISIC_{4 * self.index + self.stream:07d}"

    @property
    def lesion(self) -> Lesion:
        """What it truly is, and looks like."""
        cycle = _CYCLES[self.stream]
        return cycle[self.index % len(cycle)]

    @property
    def conflicting(self) -> bool:
        """Whether 2016 calls this melanoma benign."""
        return self.stream == 1 and due(self.index, 98, 1)

    @property
    def split_2016(self) -> Split:
        """Three of ten are test images."""
        return "test" if self.index % 10 in {2, 5, 8} else "train"

    @property
    def split_2017(self) -> Split:
        """Everything shared with 2016 is training data, its test images included."""
        if self.stream == 1:
            return "train"
        place = self.index % 12
        return "test" if place in {1, 4, 6, 9, 11} else "validation" if place in {3, 8} else "train"


def ids(n: int, streams: tuple[int, int]) -> Iterator[Lesioned]:
    """The first `n` ids of two streams, by number; at least 8, so that each split has an image."""
    for number in range(max(n, 8)):
        yield Lesioned(streams[number % 2], number // 2)


def draw(item: Lesioned, seed: int, split: Split, label: str) -> Case:
    """The image of an id, under one year's split and label."""
    rng = rng_of("isic", seed, item.id)
    shape = _SHAPES[int(rng.integers(len(_SHAPES)))]
    pixels, ring = dermoscopy(rng, shape, item.lesion)
    return Case(
        stem=item.id,
        split=split,
        label=label,
        pixels=pixels,
        mask=union([ring], shape),
        regions=(Region(label, ring),),
        group=item.id,
    )


def encode(item: Lesioned, case: Case) -> bytes:
    """The image file, the same for both years."""
    return jpeg(case.pixels, patient=item.index % 5 == 2)
