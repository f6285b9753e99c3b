from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.errors import AnnotationError, LayoutError
from m3ds.formats import yolo

fractions = st.floats(0, 1)


def save(folder: Path, text: str) -> Path:
    path = folder / "label.txt"
    path.write_text(text)
    return path


@given(fractions, fractions, st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_box_is_its_centre_and_size_inside_the_image(
    tmp_path_factory: pytest.TempPathFactory, cx: float, cy: float, w: float, h: float
) -> None:
    path = save(tmp_path_factory.getbasetemp(), f"1 {cx!r} {cy!r} {w!r} {h!r}\n")
    (box,) = yolo.boxes(path, classes=2)
    x0, y0, x1, y1 = box.xyxy
    assert 0 <= x0 < x1 <= 1
    assert 0 <= y0 < y1 <= 1
    assert x0 == pytest.approx(max(0, cx - w / 2))
    assert y1 == pytest.approx(min(1, cy + h / 2))
    assert (box.line, box.class_id) == (0, 1)


@given(st.lists(st.tuples(fractions, fractions), min_size=3, max_size=9, unique=True))
def test_polygons_keep_every_digit(
    tmp_path_factory: pytest.TempPathFactory, ring: list[tuple[float, float]]
) -> None:
    numbers = " ".join(f"{x!r} {y!r}" for x, y in [*ring, ring[0]])
    path = save(tmp_path_factory.getbasetemp(), f"\n0 {numbers}\n")
    (polygon,) = yolo.polygons(path, classes=1)
    assert polygon.ring == tuple(ring)
    assert polygon.line == 1


@given(st.text(alphabet="01 .-e\nnaif", max_size=60))
def test_any_text_is_read_or_refused_by_line(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = save(tmp_path_factory.getbasetemp(), text)
    seen = []
    for parse in (yolo.boxes, yolo.polygons):
        try:
            parse(path, classes=2)
        except AnnotationError as error:
            seen.append(error.where)
    assert all(where.startswith("label.txt, line ") for where in seen)


def test_an_empty_file_has_no_objects(tmp_path: Path) -> None:
    path = save(tmp_path, "\n \n")
    assert yolo.boxes(path, classes=1) == ()
    assert yolo.polygons(path, classes=1) == ()


def test_binary_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "label.txt"
    path.write_bytes(b"\xff\x00")
    with pytest.raises(AnnotationError, match=r"label\.txt"):
        yolo.boxes(path, classes=1)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("names: [a, b]", True),
        ("names: {0: a, 1: b}", True),
        ("names: [b, a]", False),
        ("names: [a, b, c]", False),
        ("names: {1: a, 2: b}", False),
        ("nc: 2", False),
        ("- a", False),
        ("names: [a", False),
    ],
)
def test_class_names(tmp_path: Path, text: str, good: bool) -> None:
    path = save(tmp_path, text)
    if good:
        yolo.class_names(path, ("a", "b"))
        return
    with pytest.raises(LayoutError, match=r"label\.txt"):
        yolo.class_names(path, ("a", "b"))
