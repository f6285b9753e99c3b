"""Which rows the gallery shows, and their pictures with the mask's outline."""

from __future__ import annotations

import base64
import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image
from skimage.measure import approximate_polygon

from m3ds.imaging.contours import Outline, outline
from m3ds.report.frames import Exhibit

PER_SOURCE = 6
LONG_SIDE = 360
"""Of a thumbnail, in pixels; a smaller image is kept as it is."""

_QUALITY = 80
_TOLERANCE = 0.15
"""How far, in thumbnail pixels, a drawn outline may leave the traced one."""

_FINE = 6.0
"""A region thinner than this many thumbnail pixels on average gets a thin line and a light fill."""

_TINY = 14.0
"""An outlined region shorter than this many thumbnail pixels gets a ring that leads the eye."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A thumbnail as a data URL, and over it, in its pixels, the mask's outline as SVG path data.

    Args:
        path: Empty where there is no region.
        is_fine: Whether the region is thin (vessels), so that a thick line would hide it.
        ring: (x, y, radius) around a region too small to be seen at a glance, or None.
    """

    width: int
    height: int
    url: str
    path: str
    is_fine: bool
    ring: tuple[float, float, float] | None


def choose(rows: pl.DataFrame, source: str, n: int = PER_SOURCE) -> list[str]:
    """Ids of up to `n` rows of `source` that show its breadth; always the same for the same rows.

    One negative if there is any, and more only where positives do not fill the places; the rest
    spread over diagnoses first, then splits, then images. Ties go by a hash of the id, so that no
    upstream order shows through.

    Args:
        rows: A frame of the schema `frames.ROWS`.
    """
    own = rows.filter(pl.col("source") == source)
    pool = sorted(own.iter_rows(named=True), key=lambda row: _lot(row["sample_id"]))
    negatives = [row for row in pool if row["is_negative"]]
    positives = [row for row in pool if not row["is_negative"]]
    reserved = min(n, 1, len(negatives))
    chosen = _spread(positives, n - reserved)
    chosen += _spread(negatives, n - len(chosen))
    chosen.sort(key=lambda row: (row["is_negative"], row["diagnosis"], row["sample_id"]))
    return [row["sample_id"] for row in chosen]


def picture(exhibit: Exhibit) -> Picture | None:
    """The exhibit's thumbnail and outline; None where its image is withheld."""
    if exhibit.image is None:
        return None
    image = Image.open(io.BytesIO(exhibit.image))
    size = image.size
    scale = min(1.0, LONG_SIDE / max(size))
    small = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    buffer = io.BytesIO()
    thumbnail = image if small == size else image.resize(small, Image.Resampling.LANCZOS)
    thumbnail.save(buffer, format="JPEG", quality=_QUALITY, optimize=True)
    url = "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
    if exhibit.mask is None:
        return Picture(*small, url, "", is_fine=False, ring=None)
    mask = np.asarray(Image.open(io.BytesIO(exhibit.mask))) > 127
    # Traced at full size and scaled: an outline of the shrunken mask would lose thin vessels.
    zoom = np.array([small[0] / mask.shape[1], small[1] / mask.shape[0]])
    rings = [np.array(ring) * zoom for ring in outline(mask)]
    perimeter = sum(float(np.hypot(*np.diff(ring, axis=0).T).sum()) for ring in rings)
    area = float(mask.sum()) * float(zoom.prod())
    drawn = [_simple(ring) for ring in rings]
    return Picture(
        *small,
        url,
        "".join(_path(ring) for ring in drawn),
        # A long band of width w has an area of w times half its perimeter.
        is_fine=len(rings) > 0 and 2 * area / perimeter < _FINE and perimeter > sum(small),
        ring=_ring(drawn),
    )


def _lot(sample_id: str) -> str:
    return hashlib.sha256(sample_id.encode()).hexdigest()


def _spread(pool: Sequence[dict[str, Any]], n: int) -> list[dict[str, Any]]:
    """Take `n` of `pool`, each time the one whose kind was taken least."""
    taken: list[dict[str, Any]] = []
    used: Counter[tuple[str, str]] = Counter()
    keys = ("diagnosis", "split", "image_id")
    while len(taken) < n and len(taken) < len(pool):
        rest = [row for row in pool if row not in taken]
        best = min(rest, key=lambda row: tuple(used[key, row[key]] for key in keys))
        taken.append(best)
        used.update((key, best[key]) for key in keys)
    return taken


def _simple(ring: NDArray[np.float64]) -> Outline:
    """The ring with as few vertices as `_TOLERANCE` allows, and never fewer than a triangle's."""
    short = approximate_polygon(ring, _TOLERANCE)  # type: ignore[no-untyped-call]
    kept = short if len(short) > 3 else ring
    return [(x, y) for x, y in kept.tolist()]


def _path(ring: Outline) -> str:
    """A closed ring as SVG path data, in relative steps of a tenth of a pixel."""
    points = [(round(10 * x), round(10 * y)) for x, y in ring[:-1]]
    (x, y), steps = points[0], []
    for to_x, to_y in points[1:]:
        if (to_x, to_y) != (x, y):
            steps.append(f"{_tenths(to_x - x)} {_tenths(to_y - y)}")
        x, y = to_x, to_y
    return f"M{_tenths(points[0][0])} {_tenths(points[0][1])}l{' '.join(steps)}z" if steps else ""


def _tenths(value: int) -> str:
    return str(value // 10) if value % 10 == 0 else f"{value / 10:.1f}"


def _ring(rings: Sequence[Outline]) -> tuple[float, float, float] | None:
    """A circle well around all regions, if together they are tiny."""
    if not rings:
        return None
    points = np.concatenate([np.array(ring) for ring in rings])
    low, high = points.min(axis=0), points.max(axis=0)
    if (high - low).max() >= _TINY:
        return None
    x, y = ((low + high) / 2).tolist()
    return round(x, 1), round(y, 1), round(float((high - low).max()) / 2 + 9, 1)
