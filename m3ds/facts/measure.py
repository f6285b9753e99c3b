"""Measuring a mask in its image."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import maximum_filter1d

from m3ds.facts.components import Components, Runs, components
from m3ds.facts.shape import shape
from m3ds.schema.base import FactGroup
from m3ds.schema.facts import Facts, Region
from m3ds.schema.vocabulary import colour_word, place_word

FACTS_VERSION = "1"

WORKING_SIDE = 512
"""Longest side, in pixels, of the crop that shape, contrast and colour are measured on."""
SPECK_PIXELS = 4
SPECK_SHARE = 0.01


def measure(
    image: NDArray[np.uint8], mask: NDArray[np.bool_], *, supports: frozenset[FactGroup]
) -> tuple[Facts, tuple[Region, ...]]:
    """Measure the region that `mask` marks in `image`.

    Count, area, place and boxes come from the full mask; the rest from the largest region's crop
    at no more than `WORKING_SIDE` pixels. A region smaller than `SPECK_PIXELS` or `SPECK_SHARE` of
    the largest is a speck: listed, but not counted (the largest always counts). An empty mask has
    no regions and an area of 0 where those are supported, and nothing else. A contrast has no
    value where the mask leaves no surroundings, a colour none in a grey image.

    Args:
        image: [H, W] or [H, W, 3].
        mask: [H, W].
        supports: Which facts the mask can carry; all others are None.

    Returns:
        The facts, rounded to 4 digits (`area_fraction` to 6) so that they are the same after
        float32; and all regions, 8-connected, in order of (y0, x0).

    Raises:
        ValueError: `image` and `mask` differ in size.
    """
    if image.shape[:2] != mask.shape:
        raise ValueError(f"image is {image.shape[:2]}, mask is {mask.shape}")
    found = components(mask)
    values: dict[str, Any] = {}
    if "count" in supports:
        values["n_regions"] = _count(found.areas)
    if "area" in supports:
        values["area_fraction"] = round(int(found.areas.sum()) / mask.size, 6)
    if found.areas.size:
        if "place" in supports:
            values |= _place(found.runs, mask.shape)
        if supports & {"shape", "contrast", "colour"}:
            values |= _largest(image, mask, found, supports)
    regions = tuple(
        Region(xyxy=(box[0], box[1], box[2], box[3]), area_px=area)
        for box, area in zip(found.boxes.tolist(), found.areas.tolist(), strict=True)
    )
    return Facts(**values, version=FACTS_VERSION), regions


def _count(areas: NDArray[np.int64]) -> int:
    if not areas.size:
        return 0
    largest = int(areas.max())
    return int(np.count_nonzero(areas >= min(largest, max(SPECK_PIXELS, SPECK_SHARE * largest))))


def _place(runs: Runs, size: tuple[int, ...]) -> dict[str, Any]:
    """Mean of all mask pixels' centres, over width and height."""
    length = runs.length
    pixels = int(length.sum())
    # Twice the sum of pixel centres is an integer: x0 + x1 times the length, per run.
    x = int(((runs.x0 + runs.x1) * length).sum()) / (2 * pixels * size[1])
    y = int(((2 * runs.y + 1) * length).sum()) / (2 * pixels * size[0])
    x, y = round(x, 4), round(y, 4)
    return {"centroid_x": x, "centroid_y": y, "place": place_word(x, y)}


def _largest(
    image: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    found: Components,
    supports: frozenset[FactGroup],
) -> dict[str, Any]:
    index = int(np.argmax(found.areas))
    runs, box = found.runs.of(index), found.boxes[index]
    values: dict[str, Any] = {}
    if "shape" in supports:
        measured = shape(runs, box, _region_crop(runs, box))
        values |= {
            "extent": round(measured.extent, 4),
            "eccentricity": round(measured.eccentricity, 4),
            "solidity": round(measured.solidity, 4),
            "irregularity": round(measured.irregularity, 4),
        }
    if supports & {"contrast", "colour"}:
        window = _window(box, int(found.areas[index]), mask.shape)
        inside = _shrink_mask(mask[window])
        pixels = _shrink(image[window])
        if "contrast" in supports:
            values["contrast"] = _contrast(pixels, inside)
        if "colour" in supports and pixels.ndim == 3:
            red, green, blue = (int(c) for c in pixels[inside].sum(axis=0, dtype=np.int64))
            n = int(np.count_nonzero(inside))
            values["colour"] = colour_word(red / n, green / n, blue / n)
    return values


def _region_crop(runs: Runs, box: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The region alone at working size, with an empty pixel all around. [h + 2, w + 2]."""
    x0, y0, x1, y1 = (int(v) for v in box)
    width = x1 - x0
    steps = np.zeros((y1 - y0) * width + 1, dtype=np.int8)
    flat = (runs.y - y0) * width - x0
    # A run may end where the next row's begins: the steps cancel, as they should.
    np.add.at(steps, flat + runs.x0, 1)
    np.add.at(steps, flat + runs.x1, -1)
    region = np.cumsum(steps[:-1], dtype=np.int8).astype(np.bool_).reshape(y1 - y0, width)
    return np.pad(_shrink_mask(region), 1)


def _window(box: NDArray[np.int64], area: int, size: tuple[int, ...]) -> tuple[slice, slice]:
    """The region's box with room for the ring, cut at the image's edges."""
    x0, y0, x1, y1 = (int(v) for v in box)
    room = _ring_width(area) + 2 * math.ceil(max(x1 - x0, y1 - y0) / WORKING_SIDE)
    return (
        slice(max(0, y0 - room), min(size[0], y1 + room)),
        slice(max(0, x0 - room), min(size[1], x1 + room)),
    )


def _ring_width(area: float) -> int:
    """A fifth of the side of a square as large as the region, at least 3 pixels."""
    return max(3, round(0.2 * math.sqrt(area)))


def _size(height: int, width: int) -> tuple[int, int]:
    scale = min(1.0, WORKING_SIDE / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def _shrink(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Area-average to working size."""
    height, width = _size(*crop.shape[:2])
    if (height, width) == crop.shape[:2]:
        return crop
    picture = Image.fromarray(np.ascontiguousarray(crop))
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


def _shrink_mask(crop: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """To working size, keeping the area: a fixed threshold would lose lines a few pixels wide."""
    if _size(*crop.shape) == crop.shape:
        return crop
    coverage = _shrink(crop.astype(np.uint8) * np.uint8(255))
    share = np.count_nonzero(crop) / crop.size
    wanted = max(1, min(round(share * coverage.size), np.count_nonzero(coverage)))
    counts = np.bincount(coverage.ravel(), minlength=256)[::-1].cumsum()[::-1]  # >= value
    # The level whose area comes nearest to the true one, never 0 (that would be everything).
    level = 1 + int(np.argmin(np.abs(counts[1:] - wanted)))
    return coverage >= level


def _contrast(pixels: NDArray[np.uint8], inside: NDArray[np.bool_]) -> float | None:
    """Mean brightness inside minus that of the ring around, over 255."""
    grown = inside.astype(np.uint8)
    size = 2 * _ring_width(int(np.count_nonzero(inside))) + 1
    for axis in (0, 1):
        grown = maximum_filter1d(grown, size, axis=axis, mode="constant")
    ring = grown.astype(np.bool_) & ~inside
    if not ring.any():
        return None
    grey = pixels if pixels.ndim == 2 else _brightness(pixels)
    scale = 255 if pixels.ndim == 2 else 255_000
    means = [
        int(grey[where].sum(dtype=np.int64)) / np.count_nonzero(where) for where in (inside, ring)
    ]
    return round((means[0] - means[1]) / scale, 4)


def _brightness(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Luma of ITU-R BT.601 in thousandths, exact in integers. [h, w]."""
    luma: NDArray[np.int64] = pixels.astype(np.int64) @ np.array([299, 587, 114])
    return luma
