"""Callipers and letters as scanners burn them into the picture."""

from __future__ import annotations

import numpy as np

from m3ds.phantoms.base import Pixels, Ring
from m3ds.phantoms.canvas import Rng

_INK = np.uint8(235)
# Five rows of three dots each, top row first.
_GLYPHS = {
    "R": "110 101 110 101 101",
    "L": "100 100 100 100 111",
    "T": "111 010 010 010 010",
    "U": "101 101 101 101 111",
    "O": "111 101 101 101 111",
    "Q": "111 101 101 111 001",
    "I": "111 010 010 010 111",
    "1": "010 110 010 010 111",
    "2": "110 001 010 100 111",
    " ": "000 000 000 000 000",
}
_WORDS = ("RT UOQ", "LT UIQ", "RT LOQ 1", "LT LIQ 2")


def annotate(rng: Rng, pixels: Pixels, rings: list[Ring]) -> None:
    """Write a side and quadrant, and put calliper crosses at each lesion's ends, in place.

    Args:
        rng: Chooses the words.
        pixels: Grey, shape [H, W].
        rings: The lesions.
    """
    word = _WORDS[int(rng.integers(len(_WORDS)))]
    dots = np.concatenate([_glyph(letter) for letter in word], axis=1)
    ink = np.kron(dots, np.ones((2, 2), dtype=bool))
    top, left = pixels.shape[0] - ink.shape[0] - 8, 8
    pixels[top : top + ink.shape[0], left : left + ink.shape[1]][ink] = _INK
    for ring in rings:
        for index in (ring[:, 0].argmin(), ring[:, 0].argmax()):
            _cross(pixels, int(ring[index, 0]), int(ring[index, 1]))


def _glyph(letter: str) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    rows = [[dot == "1" for dot in row] + [False] for row in _GLYPHS[letter].split()]
    return np.array(rows)


def _cross(pixels: Pixels, x: int, y: int) -> None:
    height, width = pixels.shape
    x, y = min(max(x, 4), width - 5), min(max(y, 4), height - 5)
    pixels[y, x - 4 : x + 5] = _INK
    pixels[y - 4 : y + 5, x] = _INK
