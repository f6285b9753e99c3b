from __future__ import annotations

import json
from pathlib import Path

import pytest

from m3ds.errors import AnnotationError, LayoutError
from m3ds.formats import parallel

RING = [[0, 0], [4, 0], [4, 4]]


def parse(folder: Path, content: object) -> tuple[parallel.Entry | AnnotationError, ...]:
    path = folder / "file.json"
    path.write_text(json.dumps(content))
    return parallel.parse(path)


def record(**changes: object) -> dict[str, object]:
    one = {"file_name": "1.png", "syms": ["A"], "boxes": [[0, 0, 4, 4]], "polygons": [RING]}
    return {**one, **changes}


def test_instances_stay_in_order(tmp_path: Path) -> None:
    both = record(syms=["A", "B"], boxes=[[0, 0, 4, 4], "?"], polygons=[RING, RING[::-1]])
    (entry,) = parse(tmp_path, [both])
    assert isinstance(entry, parallel.Entry)
    assert [(i.index, i.name, i.box) for i in entry.instances] == [
        (0, "A", (0, 0, 4, 4)),
        (1, "B", None),
    ]
    assert entry.instances[0].ring == ((0, 0), (4, 0), (4, 4))


@pytest.mark.parametrize(
    "bad",
    [
        7,
        record(file_name=None),
        record(syms="A"),
        record(syms=[1]),
        record(boxes=[]),
        record(polygons=[RING, RING]),
    ],
)
def test_a_bad_entry_is_an_error_in_its_place(tmp_path: Path, bad: object) -> None:
    first, second = parse(tmp_path, [bad, record()])
    assert isinstance(first, AnnotationError)
    assert first.where.startswith("file.json, entry 0")
    assert isinstance(second, parallel.Entry)


@pytest.mark.parametrize("polygon", [None, [], RING[:2], [[0, 0], [1, 1, 1], [2, 0]], [[0, "x"]]])
def test_a_bad_polygon_is_an_error_in_its_instance(tmp_path: Path, polygon: object) -> None:
    (entry,) = parse(tmp_path, [record(polygons=[polygon])])
    assert isinstance(entry, parallel.Entry)
    assert isinstance(entry.instances[0].ring, AnnotationError)


@pytest.mark.parametrize("content", [[], {}, None, [1], [{"file_name": "1.png"}]])
def test_foreign_files(tmp_path: Path, content: object) -> None:
    with pytest.raises(LayoutError, match=r"file\.json"):
        parse(tmp_path, content)
