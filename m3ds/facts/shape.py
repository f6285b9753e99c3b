"""The shape of one region: extent, eccentricity, solidity, irregularity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull
from skimage.measure import perimeter_crofton

from m3ds.facts.components import Runs


@dataclass(frozen=True, slots=True)
class Shape:
    """See `Facts` for what each is; all without unit."""

    extent: float
    eccentricity: float
    solidity: float
    irregularity: float


def shape(runs: Runs, box: NDArray[np.int64], crop: NDArray[np.bool_]) -> Shape:
    """Measure one region.

    Args:
        runs: The region's runs in the full mask.
        box: Its half-open box (x0, y0, x1, y1). [4]
        crop: The region at working size, with an empty pixel all around. [h, w]
    """
    area = int(runs.length.sum())
    x0, y0, x1, y1 = (int(v) for v in box)
    return Shape(
        extent=area / ((x1 - x0) * (y1 - y0)),
        eccentricity=_eccentricity(runs, x0, y0),
        solidity=min(1.0, area / _hull_area(runs)),
        irregularity=_irregularity(crop),
    )


def _eccentricity(runs: Runs, x0: int, y0: int) -> float:
    """Of the ellipse with the region's second moments, each pixel a unit square (adds 1/12)."""
    y, first, last = (runs.y - y0).tolist(), (runs.x0 - x0).tolist(), (runs.x1 - x0 - 1).tolist()
    n = sx = sy = sxx = sxy = syy = 0
    # Python's integers are exact at any size; sums of squares over 20 megapixels need that.
    for row, a, b in zip(y, first, last, strict=True):
        count = b - a + 1
        sum_x = (a + b) * count // 2
        n += count
        sx += sum_x
        sy += row * count
        sxx += b * (b + 1) * (2 * b + 1) // 6 - (a - 1) * a * (2 * a - 1) // 6
        sxy += row * sum_x
        syy += row * row * count
    xx = (n * sxx - sx * sx) / (n * n) + 1 / 12
    yy = (n * syy - sy * sy) / (n * n) + 1 / 12
    xy = (n * sxy - sx * sy) / (n * n)
    spread = math.hypot(xx - yy, 2 * xy)
    major, minor = xx + yy + spread, max(0.0, xx + yy - spread)
    return math.sqrt(max(0.0, 1 - minor / major))


def _hull_area(runs: Runs) -> float:
    """Area of the convex hull of the region's pixel squares."""
    # Per row only the outermost corners can lie on the hull.
    top = int(runs.y.min())
    rows = runs.y - top
    height = int(rows.max()) + 1
    left = np.full(height, np.iinfo(np.int64).max)
    right = np.full(height, -1)
    np.minimum.at(left, rows, runs.x0)
    np.maximum.at(right, rows, runs.x1)
    filled = np.flatnonzero(right >= 0)
    x = np.concatenate([left[filled], left[filled], right[filled], right[filled]])
    y = np.concatenate([filled, filled + 1, filled, filled + 1])
    return float(ConvexHull(np.stack([x, y], axis=1).astype(np.float64)).volume)


def _irregularity(crop: NDArray[np.bool_]) -> float:
    """Perimeter² over 4π area, minus 1, with the Cauchy-Crofton perimeter in four directions."""
    area = int(np.count_nonzero(crop))
    perimeter = float(perimeter_crofton(crop, directions=4))  # type: ignore[no-untyped-call]
    return max(0.0, perimeter**2 / (4 * math.pi * area) - 1)
