from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.errors import AnnotationError
from m3ds.formats.rings import Point, from_flat, normalise, number, perimeter, shoelace

points = st.tuples(st.integers(0, 50).map(float), st.integers(0, 50).map(float))
corners = st.lists(points, min_size=3, max_size=12, unique=True)


@given(corners, st.integers(0, 3), st.data())
def test_closing_and_repeating_points_changes_nothing(
    ring: list[Point], closings: int, data: st.DataObject
) -> None:
    spelled: list[Point] = []
    for point in ring:
        spelled += [point] * data.draw(st.integers(1, 3))
    spelled += [ring[0]] * closings
    assert normalise(spelled, where="here") == tuple(ring)


@given(corners)
def test_normalising_twice_is_normalising_once(ring: list[Point]) -> None:
    once = normalise(ring, where="here")
    assert normalise(once, where="here") == once


@given(st.lists(points, max_size=2), st.integers(1, 4))
def test_fewer_than_three_corners_are_refused(some: list[Point], times: int) -> None:
    with pytest.raises(AnnotationError, match="here"):
        normalise(some * times, where="here")


@given(corners, st.integers(0, 11), st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)))
def test_area_and_perimeter_do_not_depend_on_start_direction_or_place(
    ring: list[Point], start: int, by: Point
) -> None:
    turned = ring[start % len(ring) :] + ring[: start % len(ring)]
    moved = [(x + by[0], y + by[1]) for x, y in turned[::-1]]
    assert shoelace(moved) == pytest.approx(shoelace(ring), abs=1e-5)
    assert perimeter(moved) == pytest.approx(perimeter(ring), abs=1e-5)


@given(st.integers(3, 60), st.floats(0.5, 100))
def test_regular_polygon(n: int, radius: float) -> None:
    angles = [2 * math.pi * i / n for i in range(n)]
    ring = [(radius * math.cos(a), radius * math.sin(a)) for a in angles]
    assert shoelace(ring) == pytest.approx(n * radius**2 * math.sin(2 * math.pi / n) / 2)
    assert perimeter(ring) == pytest.approx(2 * n * radius * math.sin(math.pi / n))


def test_from_flat() -> None:
    assert from_flat([0, 0, 4, 0, 4, 4], where="") == ((0, 0), (4, 0), (4, 4))
    with pytest.raises(AnnotationError, match="7 coordinates"):
        from_flat([0, 0, 4, 0, 4, 4, 1], where="")


@pytest.mark.parametrize("value", [None, True, "1", math.nan, math.inf, 10**400, [1]])
def test_number_refuses(value: object) -> None:
    with pytest.raises(AnnotationError):
        number(value, where="")
