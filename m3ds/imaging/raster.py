"""Polygons to masks by the pixel-centre rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Ring = Sequence[tuple[float, float]]


def fill(rings: Iterable[Ring], width: int, height: int) -> NDArray[np.bool_]:
    """The union of filled polygons: a pixel is in if its centre is.

    Pixel (column i, row j) covers [i, i+1) × [j, j+1), so its centre is (i + ½, j + ½). Each ring
    is filled by itself with the even-odd rule and the results are joined, so that overlapping rings
    leave no hole. A centre exactly on an edge belongs to the polygon on its right or below, so
    that two polygons that share an edge share no pixel.

    Args:
        rings: Vertices (x, y) in pixels; open or closed, either orientation.
        width, height: Of the mask.

    Returns:
        Boolean mask of shape [height, width].
    """
    mask = np.zeros((height, width), dtype=bool)
    for ring in rings:
        _fill_ring(mask, np.asarray(ring, dtype=np.float64).reshape(-1, 2))
    return mask


def _fill_ring(mask: NDArray[np.bool_], ring: NDArray[np.float64]) -> None:
    """Join one ring into `mask`: per row, fill between the edges that cross its centre line."""
    height, width = mask.shape
    x0, y0 = ring[:, 0], ring[:, 1]
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    # An edge crosses the centre line of rows first..last-1; a horizontal one crosses none.
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, height).astype(int)
    last = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, height).astype(int)
    n = last - first
    edge = np.repeat(np.arange(len(ring)), n)
    if not len(edge):
        return
    row = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n) + first[edge]
    slope = (x1[edge] - x0[edge]) / (y1[edge] - y0[edge])
    x = x0[edge] + (row + 0.5 - y0[edge]) * slope
    column = np.clip(np.ceil(x - 0.5), 0, width).astype(int)
    # Each crossing toggles everything to its right; two crossings bound a filled span. Only the
    # ring's own rows and columns are touched: a fracture is a speck in a large radiograph.
    top, left = row.min(), column.min()
    toggles = np.zeros((row.max() + 1 - top, column.max() + 1 - left), dtype=np.int32)
    np.add.at(toggles, (row - top, column - left), 1)
    span = (np.cumsum(toggles, axis=1) % 2 == 1)[:, :-1]
    mask[top : top + span.shape[0], left : left + span.shape[1]] |= span


def box_ring(x0: float, y0: float, x1: float, y1: float) -> Ring:
    """The corners of a box, so that a box is filled by the same rule as a polygon."""
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
