"""Closed polygons as lists of points: checking, and one form for all spellings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress

from m3ds.errors import AnnotationError

Point = tuple[float, float]
Ring = tuple[Point, ...]


_FARTHEST = 1e9


def number(value: object, *, where: object) -> float:
    """`value` as a finite float; text, booleans, NaN and what no image can reach are refused.

    Raises:
        AnnotationError: it is none.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError):  # JSON's integers have no limit, floats do
            if math.isfinite(value) and abs(value) <= _FARTHEST:
                return float(value)
    raise AnnotationError(f"expected a finite number, found {str(value)[:40]!r}", where=where)


def normalise(points: Sequence[Point], *, where: object) -> Ring:
    """One form for open and closed rings and for repeated points.

    Points equal to their predecessor are dropped, and so is every repetition of the first point at
    the end; what remains is an open list of corners in upstream's order.

    Raises:
        AnnotationError: fewer than three corners remain.
    """
    ring: list[Point] = []
    for point in points:
        if not ring or point != ring[-1]:
            ring.append(point)
    while len(ring) > 1 and ring[-1] == ring[0]:
        ring.pop()
    if len(set(ring)) < 3:
        raise AnnotationError(
            f"a polygon needs 3 different corners, found {len(set(ring))}", where=where
        )
    return tuple(ring)


def from_flat(values: Sequence[float], *, where: object) -> Ring:
    """The ring that x1, y1, x2, y2 … spell.

    Raises:
        AnnotationError: an odd number of values, or fewer than three corners.
    """
    if len(values) % 2:
        raise AnnotationError(f"{len(values)} coordinates cannot be pairs", where=where)
    return normalise(list(zip(values[::2], values[1::2], strict=True)), where=where)


def shoelace(ring: Sequence[Point]) -> float:
    """Area inside a simple ring, in squared units of its points (Gauss's area formula)."""
    # Relative to the first corner: far from the origin the products would cancel badly.
    ox, oy = ring[0]
    moved = [(x - ox, y - oy) for x, y in ring]
    turned = (*moved[1:], moved[0])
    pairs = zip(moved, turned, strict=True)
    return abs(math.fsum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2


def perimeter(ring: Sequence[Point]) -> float:
    """Length of the closed ring, in units of its points."""
    turned = (*ring[1:], ring[0])
    return math.fsum(math.dist(a, b) for a, b in zip(ring, turned, strict=True))
