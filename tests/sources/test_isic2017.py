from __future__ import annotations

from pathlib import Path

import pytest

from m3ds.errors import LayoutError
from m3ds.schema.sample import MaskFiles

from .trees import kinds, read, touch, write

HEAD = "image_id,melanoma,seborrheic_keratosis"


def lesion(base: Path, word: str, stem: str) -> None:
    touch(base / f"ISIC-2017_{word}_Data", f"{stem}.jpg", f"{stem}_superpixels.png")
    touch(base / f"ISIC-2017_{word}_Part1_GroundTruth", f"{stem}_segmentation.png")


def table(base: Path, word: str, *rows: str, end: str = "\n") -> None:
    text = end.join((HEAD, *rows, ""))
    write(base, f"ISIC-2017_{word}_Part3_GroundTruth.csv", text)


def test_three_classes_and_three_splits(tmp_path: Path) -> None:
    for word, stem in (
        ("Training", "ISIC_0000000"),
        ("Training", "ISIC_0000002"),
        ("Validation", "ISIC_0001769"),
        ("Test_v2", "ISIC_0012086"),
    ):
        lesion(tmp_path, word, stem)
    folder = tmp_path / "ISIC-2017_Training_Data"
    write(folder, "ISIC-2017_Training_Data_metadata.csv", "image_id,age_approximate,sex\n")
    table(tmp_path, "Training", "ISIC_0000000,0.0,0.0", "ISIC_0000002,1.0,0.0")
    table(tmp_path, "Validation", "ISIC_0001769,0.0,0.0", end="\r\n")
    table(tmp_path, "Test_v2", "ISIC_0012086,0,1")
    samples, problems = read("isic2017", tmp_path)
    assert problems == []
    assert [(s.stem, s.official_split, s.diagnosis, s.paper_label) for s in samples] == [
        ("ISIC_0000000", "train", "nevus", "benign melanoma"),
        ("ISIC_0000002", "train", "melanoma", None),
        ("ISIC_0001769", "validation", "nevus", "benign melanoma"),
        ("ISIC_0012086", "test", "seborrheic keratosis", None),
    ]
    assert samples[0].group == "isic:ISIC_0000000"  # the same as in the 2016 source
    assert isinstance(samples[0].annotation, MaskFiles)
    assert [f.path.name for f in samples[0].annotation.files] == ["ISIC_0000000_segmentation.png"]


def test_contradictory_classes(tmp_path: Path) -> None:
    for stem in ("ISIC_0000000", "ISIC_0000001", "ISIC_0000002"):
        lesion(tmp_path, "Training", stem)
    rows = ("ISIC_0000000,1.0,1.0", "ISIC_0000001,,0", "ISIC_0000002,0.0,1.0")
    table(tmp_path, "Training", *rows)
    samples, problems = read("isic2017", tmp_path)
    assert [s.stem for s in samples] == ["ISIC_0000002"]
    assert kinds(problems) == [("quarantined", "AnnotationError")] * 2
    assert problems[0].where == "ISIC-2017_Training_Part3_GroundTruth.csv, line 2"


def test_other_columns_are_refused(tmp_path: Path) -> None:
    lesion(tmp_path, "Training", "ISIC_0000000")
    write(tmp_path, "ISIC-2017_Training_Part3_GroundTruth.csv", "image_id,age_approximate,sex\n")
    with pytest.raises(LayoutError, match="age_approximate"):
        read("isic2017", tmp_path)


def test_row_numbers_instead_of_ids_match_nothing(tmp_path: Path) -> None:
    lesion(tmp_path, "Test_v2", "ISIC_0012086")
    table(tmp_path, "Test_v2", "1,0,1")
    samples, problems = read("isic2017", tmp_path)
    assert samples == []
    assert kinds(problems) == [("quarantined", "MissingCounterpart")] * 2


def test_absent_archives_make_their_counterparts_incomplete(tmp_path: Path) -> None:
    touch(tmp_path, "ISIC-2017_Test_v2_Data/ISIC_0012086.jpg")
    samples, problems = read("isic2017", tmp_path, partial=True)
    assert samples == []
    assert [(p.kind, p.seen) for p in problems] == [("incomplete", "has no mask and no label")]
