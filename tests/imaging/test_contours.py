"""Outlines are where the mask is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, gaussian_filter

from m3ds.imaging.contours import outline
from m3ds.imaging.raster import fill

masks = st.tuples(st.integers(1, 24), st.integers(1, 24)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)


def even_odd(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The outlines of `mask`, filled again."""
    height, width = mask.shape
    again = np.zeros_like(mask)
    for ring in outline(mask):
        again ^= fill([ring], width, height)
    return again


@given(masks)
def test_any_mask_comes_back_from_its_outlines(mask: NDArray[np.bool_]) -> None:
    assert np.array_equal(even_odd(mask), mask)


@given(masks)
def test_outlines_are_closed_and_stay_inside_the_picture(mask: NDArray[np.bool_]) -> None:
    height, width = mask.shape
    for ring in outline(mask):
        assert ring[0] == ring[-1]
        assert len(ring) > 4
        assert all(0 <= x <= width and 0 <= y <= height for x, y in ring)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_a_blob_without_holes_is_the_union_of_its_outlines(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(size=(70, 90))
    smooth = gaussian_filter(noise, 6)
    blob = binary_fill_holes(smooth > np.quantile(smooth, 0.8))
    assert np.array_equal(fill(outline(blob), 90, 70), blob)


def test_one_pixel_is_a_diamond_around_its_centre_x_first() -> None:
    mask = np.zeros((4, 9), dtype=bool)
    mask[1, 6] = True
    (ring,) = outline(mask)
    assert set(ring) == {(6.0, 1.5), (6.5, 1.0), (7.0, 1.5), (6.5, 2.0)}


def test_a_hole_is_an_outline_of_its_own() -> None:
    mask = np.ones((7, 7), dtype=bool)
    mask[3, 3] = False
    assert len(outline(mask)) == 2


@pytest.mark.parametrize("shape", [(5, 5), (1, 1)])
def test_an_empty_mask_has_no_outline(shape: tuple[int, int]) -> None:
    assert outline(np.zeros(shape, dtype=bool)) == []
