"""Masks to outlines: the way back from `raster`, for drawing a region over its image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.measure import find_contours

Outline = list[tuple[float, float]]


def outline(mask: NDArray[np.bool_]) -> list[Outline]:
    """The closed curves between inside and outside, in the pixel coordinates that `fill` takes.

    Marching squares halfway between pixel centres (Lorensen and Cline 1987, as in scikit-image),
    so every centre lies strictly on its own side: filling the curves by the even-odd rule gives
    the mask back exactly. A hole is a curve of its own; regions that touch at a corner are one.

    Args:
        mask: Boolean, shape [H, W].

    Returns:
        Rings of vertices (x, y), 0 to W and 0 to H, pixel (i, j) covering [i, i+1) × [j, j+1); the
        last vertex repeats the first. Rings are ordered by their topmost, then leftmost crossing.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return []
    top, left = int(rows[0]), int(columns[0])
    # A region is a speck in a large radiograph: only its box is traced, with a rim of outside
    # around it, so that a region at the border is closed there.
    box = np.pad(mask[top : rows[-1] + 1, left : columns[-1] + 1], 1)
    offset = np.array([left - 0.5, top - 0.5])
    return [
        [(x, y) for x, y in (ring[:, ::-1] + offset).tolist()]
        for ring in find_contours(box, 0.5, fully_connected="high")  # type: ignore[no-untyped-call]
    ]
