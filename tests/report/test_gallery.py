"""What the gallery shows, and that outlines lie on their regions."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from m3ds.imaging.decode import encode_mask
from m3ds.imaging.raster import fill
from m3ds.report.frames import ROWS
from m3ds.report.gallery import LONG_SIDE, Picture, choose, picture
from tests.report.contents import blob, exhibit, jpeg, row

drawn_rows = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(("train", "test")), st.booleans()),
    max_size=30,
)


def frame(kinds: list[tuple[str, str, bool]]) -> pl.DataFrame:
    rows = [
        row(
            f"busi-{n}", diagnosis="normal" if negative else name, split=split, is_negative=negative
        )
        for n, (name, split, negative) in enumerate(kinds)
    ]
    return pl.DataFrame(rows, schema=ROWS)


def shown(
    mask: NDArray[np.bool_], size: tuple[int, int] | None = None
) -> tuple[Picture, NDArray[np.bool_]]:
    """The picture of a mask, and what its path covers at the thumbnail's size."""
    height, width = mask.shape
    found = picture(exhibit(image=jpeg(*(size or (width, height))), mask=encode_mask(mask)[0]))
    assert found is not None
    covered = np.zeros((found.height, found.width), dtype=bool)
    for ring in rings(found.path):
        covered ^= fill([ring], found.width, found.height)
    return found, covered


def rings(path: str) -> list[list[tuple[float, float]]]:
    """The vertices of path data that knows only M, l and z."""
    found = []
    for part in re.findall(r"M([^l]+)l([^z]+)z", path):
        start, steps = ([float(v) for v in text.split()] for text in part)
        points = np.cumsum([start, *zip(steps[::2], steps[1::2], strict=True)], axis=0)
        found.append([(float(x), float(y)) for x, y in points.round(6)])
    return found


@given(drawn_rows, st.randoms())
def test_the_choice_shows_the_breadth_of_a_source(
    kinds: list[tuple[str, str, bool]], random: Any
) -> None:
    rows = frame(kinds)
    chosen = choose(rows, "busi")
    assert len(chosen) == len(set(chosen)) == min(6, len(kinds))
    order = list(range(len(kinds)))
    random.shuffle(order)
    assert choose(rows[order] if order else rows, "busi") == chosen
    assert choose(rows, "tn3k") == []
    taken = rows.filter(pl.col("sample_id").is_in(chosen))
    n_negatives = int(rows["is_negative"].sum())
    n_positives = len(kinds) - n_negatives
    wanted = min(n_negatives, max(min(1, n_negatives), 6 - n_positives))
    assert taken["is_negative"].sum() == wanted
    places = len(chosen) - wanted
    diagnoses = rows.filter(~pl.col("is_negative"))["diagnosis"].n_unique()
    assert taken.filter(~pl.col("is_negative"))["diagnosis"].n_unique() == min(places, diagnoses)


@pytest.mark.parametrize("size", [(120, 80), (360, 200), (901, 1400), (2000, 333)])
def test_the_outline_lies_on_the_region(size: tuple[int, int]) -> None:
    mask = blob(*size)
    found, covered = shown(mask)
    assert max(found.width, found.height) == min(LONG_SIDE, max(size))
    small = Image.fromarray(mask).convert("L").resize(covered.shape[::-1], Image.Resampling.BOX)
    wanted = np.asarray(small) > 127
    assert (covered & wanted).sum() / (covered | wanted).sum() > 0.99


@pytest.mark.parametrize("size", [(120, 80), (901, 1400)])
def test_the_outline_stays_inside_the_view_box(size: tuple[int, int]) -> None:
    found, _ = shown(blob(*size))
    points = np.concatenate(rings(found.path))
    assert points.min() >= 0
    assert (points <= (found.width, found.height)).all()
    assert points[:, 0].min() == 0  # the region touches the left border


def test_the_thumbnail_is_the_image_made_smaller() -> None:
    found, _ = shown(blob(720, 480))
    data = base64.b64decode(found.url.removeprefix("data:image/jpeg;base64,"))
    assert Image.open(io.BytesIO(data)).size == (found.width, found.height) == (360, 240)


def test_thin_lines_are_drawn_thin_and_holes_stay_open() -> None:
    net = np.zeros((400, 400), dtype=bool)
    net[::40, :] = net[:, ::40] = True
    net[:20] = net[-20:] = net[:, :20] = net[:, -20:] = False
    found, covered = shown(net)
    assert found.is_fine
    assert 0.5 * net.mean() < covered.mean() < 2 * net.mean()
    assert not shown(blob(400, 400))[0].is_fine


def test_a_tiny_region_gets_a_ring_and_keeps_its_outline() -> None:
    mask = np.zeros((2000, 2000), dtype=bool)
    mask[500:520, 1500:1512] = True
    found, _ = shown(mask)
    assert found.path
    assert found.ring is not None
    x, y, radius = found.ring
    assert (x, y) == pytest.approx((1506 * 0.18, 510 * 0.18), abs=0.2)
    assert 5 < radius < 20
    assert shown(blob(400, 400))[0].ring is None


def test_a_negative_has_a_picture_and_no_outline() -> None:
    found, covered = shown(np.zeros((80, 120), dtype=bool))
    assert found.path == ""
    assert not covered.any()


def test_a_withheld_image_has_no_picture() -> None:
    assert picture(exhibit(image=None)) is None
