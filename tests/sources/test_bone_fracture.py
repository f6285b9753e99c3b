from __future__ import annotations

from pathlib import Path

import pytest

from m3ds.errors import LayoutError
from m3ds.schema.sample import Boxes

from .trees import kinds, read, touch, write

NAMES = "nc: 4\nnames: ['angle', 'fracture', 'line', 'messed_up_angle']\n"


def pair(base: Path, split: str, stem: str, label: str) -> None:
    touch(base, f"{split}/images/{stem}.jpg")
    write(base, f"{split}/labels/{stem}.txt", label)


@pytest.mark.parametrize("valid", ["valid", "val"])
def test_boxes_of_all_splits(tmp_path: Path, valid: str) -> None:
    write(tmp_path, "data.yaml", NAMES)
    # One running number in all splits, and twice inside one.
    pair(tmp_path, "train", "10_jpg.rf.aa", "1 0.5 0.5 0.2 0.4\n")
    pair(tmp_path, "train", "10_jpg.rf.bb", "2 0.5 0.5 0.2 0.4\r\n0 0.1 0.1 0.2 0.2\r\n")
    pair(tmp_path, valid, "10_jpg.rf.cc", "3 0.95 0.5 0.2 0.4")
    pair(tmp_path, "test", "10_jpg.rf.dd", "1 0.5 0.5 0.2 0.4")
    samples, problems = read("bone_fracture", tmp_path)
    assert problems == []
    assert [(s.official_split, s.stem) for s in samples] == [
        ("train", "10_jpg.rf.aa"),
        ("train", "10_jpg.rf.bb"),
        ("validation", "10_jpg.rf.cc"),
        ("test", "10_jpg.rf.dd"),
    ]
    assert [s.source_label for s in samples] == [
        "fracture",
        "angle, line",
        "messed_up_angle",
        "fracture",
    ]
    assert {s.diagnosis for s in samples} == {"fracture"}
    first, second, third, _ = (s.annotation for s in samples)
    assert isinstance(first, Boxes)
    assert isinstance(second, Boxes)
    assert isinstance(third, Boxes)
    assert first.units == "fraction"
    assert first.boxes[0] == pytest.approx((0.4, 0.3, 0.6, 0.7))
    assert second.boxes[1] == pytest.approx((0.0, 0.0, 0.2, 0.2))
    assert third.boxes[0] == pytest.approx((0.85, 0.3, 1.0, 0.7))  # clipped to the image
    assert samples[1].annotation_ids == ("0", "1")


def test_empty_label_is_not_normal(tmp_path: Path) -> None:
    write(tmp_path, "data.yaml", NAMES)
    pair(tmp_path, "test", "1_jpg.rf.aa", "\n")
    samples, problems = read("bone_fracture", tmp_path)
    assert samples == []
    assert kinds(problems) == [("skipped", "EmptyLabel")]


@pytest.mark.parametrize(
    "line",
    [
        "1 0.5 0.5 0.2",  # a number short
        "1 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2",  # a polygon
        "4 0.5 0.5 0.2 0.2",  # no such class
        "1 250 250 40 40",  # pixels
        "1 0.5 0.5 0 0.2",  # no width
        "1 0.5 0.5 nan 0.2",
        "one 0.5 0.5 0.2 0.2",
    ],
)
def test_bad_line_costs_its_image_only(tmp_path: Path, line: str) -> None:
    write(tmp_path, "data.yaml", NAMES)
    pair(tmp_path, "test", "1_jpg.rf.aa", f"1 0.5 0.5 0.2 0.2\n{line}\n")
    pair(tmp_path, "test", "2_jpg.rf.bb", "1 0.5 0.5 0.2 0.2\n")
    samples, problems = read("bone_fracture", tmp_path)
    assert [s.stem for s in samples] == ["2_jpg.rf.bb"]
    assert kinds(problems) == [("quarantined", "AnnotationError")]
    assert problems[0].where == "1_jpg.rf.aa.txt, line 2"


def test_other_class_names_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "data.yaml", NAMES.replace("names: [", "names: ['bone-fracture', "))
    pair(tmp_path, "test", "1_jpg.rf.aa", "1 0.5 0.5 0.2 0.2\n")
    with pytest.raises(LayoutError, match="bone-fracture"):
        read("bone_fracture", tmp_path)


def test_class_names_may_be_absent_from_a_partial_folder_only(tmp_path: Path) -> None:
    pair(tmp_path, "test", "1_jpg.rf.aa", "1 0.5 0.5 0.2 0.2\n")
    touch(tmp_path, "test/images/2_jpg.rf.bb.jpg")
    samples, problems = read("bone_fracture", tmp_path, partial=True)
    assert len(samples) == 1
    assert kinds(problems) == [("incomplete", "MissingCounterpart")]
    with pytest.raises(LayoutError, match=r"data\.yaml"):
        read("bone_fracture", tmp_path)


def test_two_validation_folders_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "data.yaml", NAMES)
    touch(tmp_path, "val/images/1.jpg", "valid/images/1.jpg")
    with pytest.raises(LayoutError, match="ambiguous"):
        read("bone_fracture", tmp_path)
