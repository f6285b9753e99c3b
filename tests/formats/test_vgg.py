from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from m3ds.errors import AnnotationError, LayoutError
from m3ds.formats import vgg


def region(xs: list[Any], ys: list[Any], shape: str = "polygon") -> dict[str, Any]:
    return {
        "shape_attributes": {"name": shape, "all_points_x": xs, "all_points_y": ys},
        "region_attributes": {"label": "fractured"},
    }


GOOD = region([0, 4, 4, 0], [0, 0, 4, 0])


def parse(folder: Path, content: object) -> dict[str, tuple[vgg.Region | AnnotationError, ...]]:
    path = folder / "file.json"
    path.write_text(json.dumps(content))
    return vgg.parse(path)


@pytest.mark.parametrize("regions", [{"0": GOOD}, [GOOD]])
def test_closed_polygons_are_opened(tmp_path: Path, regions: object) -> None:
    found = parse(tmp_path, {"a.jpg123": {"filename": "a.jpg", "regions": regions}})
    assert found == {"a.jpg": (vgg.Region("0", "fractured", ((0, 0), (4, 0), (4, 4))),)}


@pytest.mark.parametrize(
    "bad", [region([0, 4], [0, 0]), region([0, 4, 4], [0, 0]), region([0], [0], "rect"), None]
)
def test_a_bad_region_is_an_error_in_its_place(tmp_path: Path, bad: object) -> None:
    regions = parse(tmp_path, {"a": {"filename": "a.jpg", "regions": {"0": bad, "1": GOOD}}})
    first, second = regions["a.jpg"]
    assert isinstance(first, AnnotationError)
    assert "a.jpg, region 0" in first.where
    assert isinstance(second, vgg.Region)


@pytest.mark.parametrize("content", [[], {}, {"a": 1}, {"a": {"filename": "a.jpg"}}])
def test_foreign_files(tmp_path: Path, content: object) -> None:
    with pytest.raises(LayoutError, match=r"file\.json"):
        parse(tmp_path, content)
