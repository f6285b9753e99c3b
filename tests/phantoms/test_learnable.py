"""The diagnosis is visible: a linear model on simple features finds it, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from skimage.measure import regionprops
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from m3ds.phantoms.base import Case, Mask, Pixels
from m3ds.phantoms.canvas import union
from m3ds.phantoms.draw import cases

N = 600
Vector = NDArray[np.float64]
Row = tuple[Vector, str, str]  # features, label, what must not be split


def _cells(plane: Vector, side: int) -> Vector:
    """Means over a grid of side × side cells."""
    rows = np.array_split(np.arange(plane.shape[0]), side)
    columns = np.array_split(np.arange(plane.shape[1]), side)
    return np.array([plane[np.ix_(r, c)].mean() for r in rows for c in columns])


def crop_features(pixels: Pixels, mask: Mask) -> Vector:
    """Shape, size, and brightness inside and around, all from the mask's box."""
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
    labels, count = ndimage.label(mask)
    properties: Any = regionprops  # scikit-image has no types
    largest = max(properties(labels), key=lambda region: region.area)
    y0, x0, y1, x1 = properties(mask.astype(np.uint8))[0].bbox
    margin = 4 + max(y1 - y0, x1 - x0) // 6
    box = (
        slice(max(0, y0 - margin), y1 + margin),
        slice(max(0, x0 - margin), x1 + margin),
    )
    inside, around = colour[mask] / 255, colour[box][~mask[box]] / 255
    grey = inside.mean(axis=1)
    tall, wide = y1 - y0, x1 - x0
    return np.concatenate(
        [
            [
                np.log(mask.mean()),
                np.log(largest.area / mask.size),
                np.log(wide / tall),
                largest.solidity,
                largest.extent,
                largest.eccentricity,
                np.log(largest.perimeter**2 / largest.area),
                count,
            ],
            inside.mean(axis=0),
            inside.std(axis=0),
            around.mean(axis=0),
            around.std(axis=0),
            np.histogram(grey, bins=8, range=(0, 1))[0] / len(grey),
            _cells(_resized(mask[y0:y1, x0:x1]), 8),
        ]
    )


def _resized(mask: Mask) -> Vector:
    """The box's content at 32 × 32, nearest neighbour."""
    rows = np.arange(32) * mask.shape[0] // 32
    columns = np.arange(32) * mask.shape[1] // 32
    resized: Vector = mask[rows][:, columns].astype(np.float64)
    return resized


def image_features(pixels: Pixels) -> Vector:
    """Colour histograms and a coarse grid of colours, of the whole image."""
    colour = pixels / 255
    counts = [np.histogram(colour[..., k], bins=12, range=(0, 1))[0] for k in range(3)]
    grid = [_cells(colour[..., k], 4) for k in range(3)]
    size = colour.shape[0] * colour.shape[1]
    found: Vector = np.concatenate([*(count / size for count in counts), *grid])
    return found


def _per_case(case: Case) -> Iterator[Row]:
    if case.mask.any():
        yield crop_features(case.pixels, case.mask), case.label, case.group or case.stem


def _per_finding(case: Case) -> Iterator[Row]:
    small = case.pixels[::4, ::4]
    shape = (small.shape[0], small.shape[1])
    for name in dict.fromkeys(region.label for region in case.regions):
        mask = union([region.ring / 4 for region in case.regions if region.label == name], shape)
        yield crop_features(small, mask), name, case.stem


def _per_image(case: Case) -> Iterator[Row]:
    yield image_features(case.pixels), case.label, f"{case.split}/{case.stem}"


def _score(x: Vector, y: NDArray[np.str_], held_out: NDArray[np.bool_]) -> float:
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.3, class_weight="balanced", max_iter=400)
    )
    model.fit(x[~held_out], y[~held_out])
    return float(balanced_accuracy_score(y[held_out], model.predict(x[held_out])))


@pytest.mark.parametrize(
    ("source", "rows", "classes"),
    [
        ("bone_fracture_detection", _per_case, 6),
        ("isbi2016", _per_case, 2),
        ("isic2017", _per_case, 3),
        ("busi", _per_case, 2),
        ("tn3k", _per_case, 2),
        ("chestx_det", _per_finding, 13),
        ("fives", _per_image, 4),
    ],
)
def test_a_linear_model_reads_the_diagnosis_and_only_the_diagnosis(
    source: str, rows: Callable[[Case], Iterator[Row]], classes: int
) -> None:
    table = [row for case in cases(source, N, 7) for row in rows(case)]
    x = np.array([features for features, _, _ in table])
    y = np.array([label for _, label, _ in table])
    groups = np.array([group for _, _, group in table])
    assert len(set(y)) == classes

    rng = np.random.default_rng(1)
    names = np.unique(groups)
    held_out = np.isin(groups, rng.permutation(names)[: len(names) // 3])
    assert _score(x, y, held_out) >= 0.9

    # A class mean of n draws at chance p scatters by √(p(1 − p)/n); their mean over k classes by
    # that over √k, so about √(p(1 − p)/N) in all. Four of these, and a floor for uneven classes.
    chance = 1 / classes
    band = max(0.05, 4 * float(np.sqrt(chance * (1 - chance) / held_out.sum())))
    assert abs(_score(x, rng.permutation(y), held_out) - chance) < band
