from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.measure import label, regionprops

from m3ds.facts import FACTS_VERSION, measure
from m3ds.schema.base import FactGroup
from m3ds.schema.vocabulary import BORDER, CONTRAST, OUTLINE, SHAPE, roughness

Mask = NDArray[np.bool_]
ALL: frozenset[FactGroup] = frozenset(["count", "area", "place", "shape", "contrast", "colour"])


def grey(mask: Mask, inside: int = 60, outside: int = 120) -> NDArray[np.uint8]:
    return np.where(mask, inside, outside).astype(np.uint8)


def draw(
    size: int, radius: Callable[[NDArray[np.float64]], NDArray[np.float64]], squeeze: float = 1
) -> Mask:
    """A region given by its radius over the angle, in shares of the image."""
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size - 0.5
    y = y / squeeze
    inside: Mask = np.hypot(x, y) < radius(np.arctan2(y, x))
    return inside


def border(mask: Mask) -> str:
    facts, _ = measure(grey(mask), mask, supports=ALL)
    assert facts.irregularity is not None
    assert facts.eccentricity is not None
    return BORDER.word(roughness(facts.irregularity, facts.eccentricity))


@settings(max_examples=80, deadline=None)
@given(arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14))))
def test_regions_are_those_of_an_independent_labelling(mask: Mask) -> None:
    facts, regions = measure(grey(mask), mask, supports=ALL)
    expected = [
        ((p.bbox[1], p.bbox[0], p.bbox[3], p.bbox[2]), int(p.area))
        for p in regionprops(label(mask, connectivity=2))  # type: ignore[no-untyped-call]
    ]
    assert sorted((r.xyxy, r.area_px) for r in regions) == sorted(expected)
    corners = [(r.xyxy[1], r.xyxy[0]) for r in regions]
    assert corners == sorted(corners)
    assert facts.area_fraction == round(mask.sum() / mask.size, 6)


@settings(max_examples=40, deadline=None)
@given(arrays(np.bool_, st.tuples(st.integers(2, 20), st.integers(2, 20))))
def test_eccentricity_extent_and_centroid_agree_with_skimage(mask: Mask) -> None:
    facts, _ = measure(grey(mask), mask, supports=ALL)
    found = regionprops(label(mask, connectivity=2))  # type: ignore[no-untyped-call]
    if not found:
        assert facts.eccentricity is None
        return
    areas = [p.area for p in found]
    if areas.count(max(areas)) == 1:
        largest = found[int(np.argmax(areas))]
        # Each pixel is a unit square: 1/12 on both axes, which skimage leaves out by now.
        spread = np.cov(largest.coords.T, bias=True) + np.eye(2) / 12
        minor, major = np.linalg.eigvalsh(spread)
        assert facts.eccentricity == pytest.approx(np.sqrt(1 - minor / major), abs=1e-4)
        assert facts.extent == pytest.approx(largest.extent, abs=1e-4)
    y, x = np.nonzero(mask)
    assert facts.centroid_x == pytest.approx((x.mean() + 0.5) / mask.shape[1], abs=1e-4)
    assert facts.centroid_y == pytest.approx((y.mean() + 0.5) / mask.shape[0], abs=1e-4)


def test_words_for_drawn_shapes() -> None:
    disc = draw(300, lambda t: np.full_like(t, 0.3))
    star = draw(300, lambda t: 0.25 * (1 + 0.35 * np.sin(9 * t)))
    long = draw(300, lambda t: np.full_like(t, 0.4), squeeze=0.2)
    for mask, shape, edge in (
        (disc, "round", "smooth"),
        (star, "round", "irregular"),
        (long, "elongated", "smooth"),
    ):
        facts, _ = measure(grey(mask), mask, supports=ALL)
        assert facts.eccentricity is not None
        assert SHAPE.word(facts.eccentricity) == shape
        assert border(mask) == edge
    facts, _ = measure(grey(star), star, supports=ALL)
    assert OUTLINE.word(facts.solidity or 0) == "deeply indented"


def test_shape_does_not_depend_on_the_size_of_the_picture() -> None:
    found = []
    for size in (400, 1600):
        mask = draw(size, lambda t: 0.3 * (1 + 0.1 * np.sin(5 * t)), squeeze=0.7)
        facts, _ = measure(grey(mask), mask, supports=ALL)
        found.append(
            np.array([facts.extent, facts.eccentricity, facts.solidity, facts.irregularity])
        )
    assert np.allclose(found[0], found[1], atol=0.02)


def test_a_thin_line_survives_the_reduction() -> None:
    mask = np.zeros((2000, 2000), dtype=np.bool_)
    mask[100:1900, 1000:1002] = True
    facts, _ = measure(grey(mask), mask, supports=ALL)
    assert facts.eccentricity is not None
    assert SHAPE.word(facts.eccentricity) == "elongated"
    assert facts.contrast is not None
    assert CONTRAST.word(facts.contrast) == "darker"


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        (20, "markedly darker"),
        (100, "darker"),
        (120, "similar"),
        (150, "brighter"),
        (220, "markedly brighter"),
    ],
)
def test_contrast_is_held_against_the_ring(inside: int, word: str) -> None:
    mask = draw(200, lambda t: np.full_like(t, 0.2))
    image = grey(mask, inside)
    image[:20] = 255  # far from the ring: of no influence
    facts, _ = measure(image, mask, supports=ALL)
    assert facts.contrast == pytest.approx((inside - 120) / 255, abs=1e-4)
    assert facts.contrast is not None
    assert CONTRAST.word(facts.contrast) == word
    colour = np.stack([image] * 3, axis=2)
    assert measure(colour, mask, supports=ALL)[0].contrast == facts.contrast


@pytest.mark.parametrize(
    ("rgb", "word"),
    [
        ((110, 70, 45), "brown"),
        ((60, 35, 25), "dark brown"),
        ((200, 60, 50), "red"),
        ((225, 160, 150), "pink"),
        ((120, 120, 122), "grey"),
        ((90, 100, 130), "blue-grey"),
    ],
)
def test_colour_of_the_region(rgb: tuple[int, int, int], word: str) -> None:
    mask = draw(64, lambda t: np.full_like(t, 0.3))
    image = np.full((64, 64, 3), 255, dtype=np.uint8)
    image[mask] = rgb
    assert measure(image, mask, supports=ALL)[0].colour == word
    assert measure(image[..., 0], mask, supports=ALL)[0].colour is None


def test_specks_are_listed_but_not_counted() -> None:
    mask = np.zeros((100, 100), dtype=np.bool_)
    mask[10:50, 10:50] = True
    mask[60, 60] = True
    mask[70:73, 70:76] = True  # 18 of 1600 pixels: over one per cent
    facts, regions = measure(grey(mask), mask, supports=ALL)
    assert facts.n_regions == 2
    assert [r.area_px for r in regions] == [1600, 1, 18]
    mask[:] = False
    mask[3, 3] = True
    assert measure(grey(mask), mask, supports=ALL)[0].n_regions == 1


def test_an_empty_mask_has_no_regions_and_nothing_else() -> None:
    mask = np.zeros((9, 7), dtype=np.bool_)
    facts, regions = measure(grey(mask), mask, supports=ALL)
    assert regions == ()
    assert facts.model_dump(exclude_none=True) == {
        "n_regions": 0,
        "area_fraction": 0.0,
        "version": FACTS_VERSION,
    }


@pytest.mark.parametrize("group", sorted(ALL))
def test_only_what_is_supported_is_measured(group: FactGroup) -> None:
    fields = {
        "count": {"n_regions"},
        "area": {"area_fraction"},
        "place": {"centroid_x", "centroid_y", "place"},
        "shape": {"extent", "eccentricity", "solidity", "irregularity"},
        "contrast": {"contrast"},
        "colour": {"colour"},
    }
    mask = draw(50, lambda t: np.full_like(t, 0.2))
    image = np.stack([grey(mask)] * 3, axis=2)
    facts, regions = measure(image, mask, supports=frozenset([group]))
    assert set(facts.model_dump(exclude_none=True)) == fields[group] | {"version"}
    assert len(regions) == 1


def test_a_full_mask_has_no_surroundings() -> None:
    mask = np.ones((40, 40), dtype=np.bool_)
    facts, _ = measure(grey(mask), mask, supports=ALL)
    assert facts.contrast is None
    assert (facts.place, facts.area_fraction, facts.solidity) == ("centre", 1.0, 1.0)


@settings(max_examples=30, deadline=None)
@given(arrays(np.bool_, (16, 16)), arrays(np.uint8, (16, 16)))
def test_facts_survive_float32(mask: Mask, image: NDArray[np.uint8]) -> None:
    facts, _ = measure(image, mask, supports=ALL)
    for name, value in facts.model_dump(exclude_none=True).items():
        if isinstance(value, float):
            digits = 6 if name == "area_fraction" else 4
            assert round(float(np.float32(value)), digits) == value


def test_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="mask is"):
        measure(np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.bool_), supports=ALL)
