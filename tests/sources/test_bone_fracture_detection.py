from __future__ import annotations

from pathlib import Path

import pytest

from m3ds.errors import LayoutError
from m3ds.schema.sample import Polygons

from .trees import kinds, read, touch, write

ROOT = "BoneFractureYolo8"
TWIN = "bone fracture detection.v4-v4.yolov8"
NAMES = (
    "nc: 7\nnames: ['elbow positive', 'fingers positive', 'forearm fracture', "
    "'humerus fracture', 'humerus', 'shoulder fracture', 'wrist positive']\n"
)
SQUARE = "0.1 0.1 0.4 0.1 0.4 0.4 0.1 0.4"
CORNERS = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4))


def pair(base: Path, name: str, label: str) -> None:
    split, stem = name.split("/")
    touch(base, f"{split}/images/{stem}.jpg")
    write(base, f"{split}/labels/{stem}.txt", label)
    write(base, "data.yaml", NAMES)


@pytest.mark.parametrize("tail", ["", " 0.1 0.1", " 0.1 0.1 0.1 0.1", " 0.1 0.4"])
def test_open_closed_and_repeated_points_are_one_polygon(tmp_path: Path, tail: str) -> None:
    pair(tmp_path / ROOT, "test/a_png.rf.1", f"0 {SQUARE}{tail}\n")
    samples, problems = read("bone_fracture_detection", tmp_path)
    assert problems == []
    (sample,) = samples
    assert isinstance(sample.annotation, Polygons)
    assert sample.annotation.rings == (CORNERS,)
    assert sample.annotation.units == "fraction"
    assert (sample.diagnosis, sample.source_label) == ("elbow fracture", "elbow positive")


def test_swapped_class_names(tmp_path: Path) -> None:
    pair(tmp_path / ROOT, "train/a_png.rf.1", f"4 {SQUARE}\n")
    pair(tmp_path / ROOT, "train/b_png.rf.1", f"3 {SQUARE}\n4 {SQUARE}\n")
    pair(tmp_path / ROOT, "train/c_png.rf.1", f"3 {SQUARE}\n")
    samples, problems = read("bone_fracture_detection", tmp_path)
    assert [s.diagnosis for s in samples] == ["humerus fracture", "humerus fracture"]
    assert [s.annotation_ids for s in samples] == [("0",), ("1",)]
    assert "dropped:3:whole_bone" in samples[1].notes
    assert "dropped:3:whole_bone" not in samples[0].notes
    assert kinds(problems) == [("skipped", "EmptyLabel")]
    assert "c_png.rf.1" in problems[0].where


def test_renders_of_one_radiograph_share_a_group(tmp_path: Path) -> None:
    for name in ("train/a_png.rf.1", "train/a_png.rf.2", "train/b_png.rf.1", "test/a_png.rf.3"):
        pair(tmp_path / ROOT, name, f"0 {SQUARE}\n")
    samples, _ = read("bone_fracture_detection", tmp_path)
    groups = {f"{s.official_split}/{s.stem}": s.group for s in samples}
    assert groups["train/a_png.rf.1"] == groups["train/a_png.rf.2"] is not None
    # The same name in another split is another radiograph.
    assert len(set(groups.values())) == 3


def test_empty_label_is_not_normal(tmp_path: Path) -> None:
    pair(tmp_path / ROOT, "val/a_png.rf.1", "")
    samples, problems = read("bone_fracture_detection", tmp_path)
    assert samples == []
    assert kinds(problems) == [("skipped", "EmptyLabel")]


def test_twin_trees_are_read_once(tmp_path: Path) -> None:
    for root in (ROOT, TWIN):
        pair(tmp_path / root, "valid/a_png.rf.1", f"6 {SQUARE}\n")
    samples, problems = read("bone_fracture_detection", tmp_path)
    assert problems == []
    assert [s.image.name for s in samples] == [f"{ROOT}/valid/images/a_png.rf.1.jpg"]


def test_the_other_name_of_the_tree(tmp_path: Path) -> None:
    pair(tmp_path / TWIN, "val/a_png.rf.1", f"6 {SQUARE}\n")
    samples, _ = read("bone_fracture_detection", tmp_path)
    assert [(s.diagnosis, s.official_split) for s in samples] == [("wrist fracture", "validation")]


@pytest.mark.parametrize("line", ["0 0.5 0.5 0.2 0.2", "0 0.1 0.1 0.2 0.2 0.3", f"7 {SQUARE}"])
def test_bad_lines(tmp_path: Path, line: str) -> None:
    pair(tmp_path / ROOT, "test/a_png.rf.1", f"{line}\n")
    samples, problems = read("bone_fracture_detection", tmp_path)
    assert samples == []
    assert kinds(problems) == [("quarantined", "AnnotationError")]
    assert problems[0].where == "a_png.rf.1.txt, line 1"


def test_two_diagnoses_on_one_image(tmp_path: Path) -> None:
    pair(tmp_path / ROOT, "test/a_png.rf.1", f"0 {SQUARE}\n6 {SQUARE}\n")
    samples, problems = read("bone_fracture_detection", tmp_path)
    assert samples == []
    assert kinds(problems) == [("quarantined", "LabelConflict")]


def test_repaired_class_names_are_refused(tmp_path: Path) -> None:
    pair(tmp_path / ROOT, "test/a_png.rf.1", f"4 {SQUARE}\n")
    swapped = NAMES.replace("'humerus fracture', 'humerus'", "'humerus', 'humerus fracture'")
    write(tmp_path, f"{ROOT}/data.yaml", swapped)
    with pytest.raises(LayoutError, match="classes"):
        read("bone_fracture_detection", tmp_path)
