from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.errors import LayoutError
from m3ds.formats import coco

RING = [0, 0, 4, 0, 4, 4.5]


def document(**changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 7, "file_name": "a.jpg", "width": 30, "height": 40}],
        "annotations": [
            {"id": 0, "image_id": 7, "category_id": 1, "segmentation": [RING], "area": 9.0}
        ],
        "categories": [{"id": 1, "name": "fractured"}],
        **changes,
    }


def parse(folder: Path, content: object) -> coco.Coco:
    path = folder / "file.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return coco.parse(path)


def test_categories_by_name_and_polygons_as_points(tmp_path: Path) -> None:
    for category in (0, 1):
        text = json.dumps(document()).replace('"category_id": 1', f'"category_id": {category}')
        text = text.replace('{"id": 1, "name"', f'{{"id": {category}, "name"')
        parsed = parse(tmp_path, text)
        (annotation,) = parsed.annotations
        assert annotation.category == "fractured"
        assert annotation.rings == (((0, 0), (4, 0), (4, 4.5)),)
        assert annotation.area == 9.0
        assert parsed.images == (coco.Image(7, "a.jpg", 30, 40),)
        assert parsed.errors == ()


def test_several_parts_and_no_area(tmp_path: Path) -> None:
    record = {"id": 1, "image_id": 7, "category_id": 1, "segmentation": [RING, RING[::-1]]}
    (annotation,) = parse(tmp_path, document(annotations=[record])).annotations
    assert len(annotation.rings) == 2
    assert annotation.area is None


@pytest.mark.parametrize(
    "change",
    [
        {"segmentation": {"counts": "abc", "size": [30, 40]}},  # run lengths
        {"segmentation": []},
        {"segmentation": [[0, 0, 4, 0]]},
        {"segmentation": [[0, 0, 4, 0, None, 4]]},
        {"category_id": 5},
        {"area": "9"},
        {"id": None},
    ],
)
def test_a_bad_record_names_its_image(tmp_path: Path, change: dict[str, Any]) -> None:
    good = document()["annotations"][0]
    parsed = parse(tmp_path, document(annotations=[{**good, **change}, good]))
    assert len(parsed.annotations) == 1
    ((image, error),) = parsed.errors
    assert image == 7
    assert "annotation 0 (a.jpg)" in error.where


def test_records_without_an_image(tmp_path: Path) -> None:
    good = document()["annotations"][0]
    images = [*document()["images"], {"id": 8, "file_name": "b.jpg"}, *document()["images"]]
    records = [{**good, "image_id": 8}, {**good, "image_id": [7]}, 3]
    parsed = parse(tmp_path, document(images=images, annotations=records))
    assert parsed.annotations == ()
    assert [image for image, _ in parsed.errors] == [None] * 5


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[",
        [],
        {"images": [], "annotations": []},
        document(annotations={}),
        document(categories=[{"id": 1}]),
        document(categories=[{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]),
    ],
)
def test_foreign_files(tmp_path: Path, content: object) -> None:
    with pytest.raises(LayoutError, match=r"file\.json"):
        parse(tmp_path, content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats(allow_nan=False) | st.text("ab"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab"), inner, max_size=3),
    max_leaves=8,
)


@given(json_values, json_values)
def test_any_record_is_parsed_or_reported(
    tmp_path_factory: pytest.TempPathFactory, one: object, other: object
) -> None:
    good = document()["annotations"][0]
    records = [one, {**good, "segmentation": other}, {**good, "image_id": other}, good]
    parsed = parse(tmp_path_factory.getbasetemp(), document(annotations=records))
    assert len(parsed.annotations) + len(parsed.errors) == 4
    assert parsed.annotations[-1].rings == (((0, 0), (4, 0), (4, 4.5)),)
