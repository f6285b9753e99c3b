"""Connected regions of a mask, found on its runs instead of its pixels.

A mask of 20 megapixels has a few thousand runs; all that is counted or averaged over pixels can be
had from them exactly and in integers, so results are the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Runs:
    """Horizontal runs of set pixels: row, first column, column after the last, region. All [R]."""

    y: IntArray
    x0: IntArray
    x1: IntArray
    region: IntArray

    @property
    def length(self) -> IntArray:
        """Pixels per run. [R]."""
        return self.x1 - self.x0

    def of(self, region: int) -> Runs:
        """The runs of one region."""
        keep = self.region == region
        return Runs(self.y[keep], self.x0[keep], self.x1[keep], self.region[keep])


@dataclass(frozen=True, slots=True)
class Components:
    """The 8-connected regions of a mask in order of (y0, x0).

    `boxes` [N, 4] are half-open (x0, y0, x1, y1); `areas` [N] are in pixels.
    """

    runs: Runs
    boxes: IntArray
    areas: IntArray


def components(mask: NDArray[np.bool_]) -> Components:
    """Find the 8-connected regions of `mask` [H, W]."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        none = np.zeros(0, dtype=np.int64)
        return Components(Runs(none, none, none, none), none.reshape(0, 4), none)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1

    # A blank column between rows keeps runs of neighbouring rows apart in the flat order.
    stride = right - left + 1
    padded = np.zeros((bottom - top) * stride + 1, dtype=np.int8)
    padded[1:].reshape(-1, stride)[:, :-1] = mask[top:bottom, left:right]
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    start, end = edges[0::2], edges[1::2]

    # Two runs of consecutive rows touch (8-neighbourhood) if they overlap after one of them grew
    # by a pixel on either side: both orders of the flat positions are sorted, so bisection will do.
    first = np.searchsorted(end, start + stride, side="left")
    after = np.searchsorted(start, end + stride, side="right")
    touching = np.maximum(after - first, 0)
    above = np.repeat(np.arange(start.size), touching)
    offset = np.arange(above.size) - np.repeat(np.cumsum(touching) - touching, touching)
    below = np.repeat(first, touching) + offset
    graph = coo_array(
        (np.ones(above.size, dtype=np.int8), (above, below)), shape=(start.size, start.size)
    )
    n, region = connected_components(graph, directed=False)

    y = start // stride + top
    x0 = start % stride + left
    runs = Runs(y, x0, x0 + (end - start), region.astype(np.int64))
    return _in_order(runs, n)


def _in_order(runs: Runs, n: int) -> Components:
    order = np.argsort(runs.region, kind="stable")
    at = np.searchsorted(runs.region[order], np.arange(n))
    boxes = np.stack(
        [
            np.minimum.reduceat(runs.x0[order], at),
            np.minimum.reduceat(runs.y[order], at),
            np.maximum.reduceat(runs.x1[order], at),
            np.maximum.reduceat(runs.y[order], at) + 1,
        ],
        axis=1,
    )
    areas = np.add.reduceat(runs.length[order], at)
    # Regions may share an upper left corner of their boxes; the first run settles those.
    rank = np.lexsort((order[at], boxes[:, 0], boxes[:, 1]))
    place = np.empty(n, dtype=np.int64)
    place[rank] = np.arange(n)
    renamed = Runs(runs.y, runs.x0, runs.x1, place[runs.region])
    return Components(renamed, boxes[rank], areas[rank])
