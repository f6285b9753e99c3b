"""What every phantom is made of: a case, its regions, and the numbers that seed it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from m3ds.schema.base import Split

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Ring = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Region:
    """One outlined thing: what upstream calls it, and its vertices.

    Args:
        label: Upstream's name of the finding or class.
        ring: Vertices (x, y) in pixels, shape [N, 2], open.
    """

    label: str
    ring: Ring


@dataclass(frozen=True, slots=True)
class Case:
    """One drawn image and what is true of it, before any quirk of a file format.

    Args:
        stem: Upstream's stem; unique within source and split.
        split: The split that upstream puts it in; None where upstream has none.
        label: The true diagnosis in upstream's words; "" for a chest film, whose `regions` say.
        pixels: Shape [H, W] or [H, W, 3].
        mask: The union of what is outlined, shape [H, W].
        regions: The outlines that the mask was filled from; empty where it was painted directly.
        group: Equal for images that show one and the same thing (renders of one radiograph).
    """

    stem: str
    split: Split | None
    label: str
    pixels: Pixels
    mask: Mask
    regions: tuple[Region, ...] = ()
    group: str = ""


def digest(*key: object) -> bytes:
    """32 bytes that depend on every part of `key`, the same on every machine."""
    return hashlib.sha256("/".join(map(str, key)).encode()).digest()


def rng_of(*key: object) -> np.random.Generator:
    """A generator of its own for every thing drawn, so that any one can be drawn without others."""
    return np.random.default_rng(int.from_bytes(digest(*key)[:16], "big"))


def hex_name(*key: object) -> str:
    """32 hex digits, as Roboflow appends to the names it exports."""
    return digest(*key).hex()[:32]


def due(index: int, period: int, first: int) -> bool:
    """Whether the quirk that is seen first at `first`, and then every `period`, is due at `index`.

    With `first` below a mini build's size each quirk occurs there at least once.
    """
    return index >= first and (index - first) % period == 0
