"""Polygon filling by the pixel-centre rule."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from m3ds.imaging.raster import box_ring, fill

coordinate = st.floats(-5, 45, allow_nan=False, width=32)
triangle = st.tuples(*[st.tuples(coordinate, coordinate)] * 3)


def area(ring: list[tuple[float, float]]) -> float:
    x, y = np.asarray(ring, dtype=float).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def inside(ring: tuple[tuple[float, float], ...], x: float, y: float) -> float:
    """Signed distance-like margin of a point in a triangle; positive inside, negative outside."""
    margins = []
    for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True):
        length = max(float(np.hypot(x1 - x0, y1 - y0)), 1e-12)
        margins.append(((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / length)
    return max(min(margins), min(-m for m in margins))


@given(triangle)
def test_a_pixel_is_in_exactly_if_its_centre_is(
    ring: tuple[tuple[float, float], ...],
) -> None:
    mask = fill([ring], 40, 40)
    for row in range(0, 40, 3):
        for column in range(0, 40, 3):
            margin = inside(ring, column + 0.5, row + 0.5)
            if abs(margin) > 1e-3:  # on the edge itself either is right
                assert mask[row, column] == (margin > 0)


def test_a_box_on_pixel_borders_holds_exactly_its_pixels() -> None:
    mask = fill([box_ring(2, 3, 6, 5)], 10, 8)
    assert mask.sum() == 8
    assert mask[3:5, 2:6].all()


def test_polygons_that_share_an_edge_share_no_pixel_and_leave_no_gap() -> None:
    middle = [(3.3, 0), (7.9, 20)]
    left = fill([[(0, 0), middle[0], middle[1], (0, 20)]], 20, 20)
    right = fill([[middle[0], (20, 0), (20, 20), middle[1]]], 20, 20)
    assert not (left & right).any()
    assert (left | right).all()


def test_overlapping_rings_join_and_leave_no_hole() -> None:
    big, small = box_ring(0, 0, 10, 10), box_ring(4, 4, 6, 6)
    assert fill([big, small], 10, 10).all()


def test_closing_the_ring_and_turning_it_round_changes_nothing() -> None:
    ring = [(1.2, 1.7), (17.4, 3.1), (12.6, 15.9), (3.3, 11.2)]
    once = fill([ring], 20, 20)
    assert np.array_equal(once, fill([[*ring, ring[0]]], 20, 20))
    assert np.array_equal(once, fill([ring[::-1]], 20, 20))


def test_a_ring_beyond_the_image_is_cut_off() -> None:
    assert fill([box_ring(-10, -10, 50, 50)], 7, 5).all()
    assert not fill([box_ring(-10, -10, -1, -1), box_ring(8, 6, 20, 20)], 7, 5).any()


def test_degenerate_rings_cover_nothing() -> None:
    assert not fill([[], [(3, 3)], [(1, 1), (8, 8)], [(2, 2), (5, 2), (9, 2)]], 10, 10).any()


def test_filled_area_is_the_polygons_and_not_pillows_outline_inclusive_one() -> None:
    """Over many small polygons the count of pixels is the area, where Pillow's is larger."""
    rng = np.random.default_rng(3)
    ours = pillows = true = 0.0
    for _ in range(300):
        angle = np.sort(rng.uniform(0, 2 * np.pi, 6))
        centre = rng.uniform(15, 25, 2)
        ring = [(float(x), float(y)) for x, y in centre + 8 * np.c_[np.cos(angle), np.sin(angle)]]
        canvas = Image.new("1", (40, 40))
        ImageDraw.Draw(canvas).polygon(ring, fill=1)
        ours += fill([ring], 40, 40).sum()
        pillows += np.asarray(canvas).sum()
        true += area(ring)
    assert abs(ours / true - 1) < 0.01
    assert pillows / true > 1.05
