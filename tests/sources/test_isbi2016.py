from __future__ import annotations

from pathlib import Path

import pytest

from m3ds.errors import LayoutError
from m3ds.schema.sample import MaskFiles

from .trees import kinds, read, touch, write

DATA = "ISBI2016_ISIC_Part3B_{}_Data"
TABLE = "ISBI2016_ISIC_Part3B_{}_GroundTruth.csv"


def lesion(base: Path, word: str, number: int) -> None:
    stem = f"ISIC_{number:07}"
    touch(base / DATA.format(word), f"{stem}.jpg", f"{stem}_Segmentation.png")


def table(base: Path, word: str, text: str) -> None:
    write(base, TABLE.format(word), text)


def test_words_in_training_and_numbers_in_test(tmp_path: Path) -> None:
    for number in (0, 2):
        lesion(tmp_path, "Training", number)
    for number in (3, 13):
        lesion(tmp_path, "Test", number)
    table(tmp_path, "Training", "ISIC_0000000,benign\nISIC_0000002,malignant\n")
    table(tmp_path, "Test", "ISIC_0000003,0.0\r\nISIC_0000013,1.0\r\n")
    samples, problems = read("isbi2016", tmp_path)
    assert problems == []
    assert [(s.stem, s.official_split, s.diagnosis, s.source_label) for s in samples] == [
        ("ISIC_0000000", "train", "benign", "benign"),
        ("ISIC_0000002", "train", "malignant", "malignant"),
        ("ISIC_0000003", "test", "benign", "0.0"),
        ("ISIC_0000013", "test", "malignant", "1.0"),
    ]
    assert samples[0].group == "isic:ISIC_0000000"
    assert isinstance(samples[0].annotation, MaskFiles)
    assert samples[0].annotation.files[0].path.name == "ISIC_0000000_Segmentation.png"


@pytest.mark.parametrize(
    "text",
    [
        ",img,seg\n0,a/ISIC_0000000.jpg,a/ISIC_0000000_Segmentation.png\n",
        "image_id,label\nISIC_0000000,benign\n",
        "",
    ],
)
def test_look_alike_tables_are_refused(tmp_path: Path, text: str) -> None:
    lesion(tmp_path, "Training", 0)
    table(tmp_path, "Training", text)
    with pytest.raises(LayoutError) as caught:
        read("isbi2016", tmp_path)
    assert caught.value.where == TABLE.format("Training")
    assert caught.value.todo


def test_real_look_alike(samples: Path, tmp_path: Path) -> None:
    fake = samples / "isbi2016" / "medsegdiff_variant" / TABLE.format("Training")
    table(tmp_path, "Training", fake.read_text())
    with pytest.raises(LayoutError, match="img,seg"):
        read("isbi2016", tmp_path)


def test_bad_rows_cost_their_images_only(tmp_path: Path) -> None:
    for number in range(5):
        lesion(tmp_path, "Training", number)
    rows = "ISIC_0000000,benign\nISIC_0000001,odd\nISIC_0000002,benign\nISIC_0000002,malignant\n"
    table(tmp_path, "Training", f"{rows}ISIC_0000003\nISIC_0000004,malignant\n")
    samples, problems = read("isbi2016", tmp_path)
    assert [s.stem for s in samples] == ["ISIC_0000000", "ISIC_0000004"]
    assert [(p.code, p.where.rpartition(" ")[2]) for p in problems] == [
        ("UnknownLabel", "2"),
        ("LabelConflict", "4"),
        ("AnnotationError", "5"),
        ("MissingCounterpart", "ISBI2016_ISIC_Part3B_Training_Data/ISIC_0000003.jpg"),
    ]


def test_counterparts(tmp_path: Path) -> None:
    lesion(tmp_path, "Training", 0)
    touch(tmp_path / DATA.format("Training"), "ISIC_0000001.jpg")
    table(tmp_path, "Training", "ISIC_0000001,benign\nISIC_0000002,benign\n")
    lesion(tmp_path, "Test", 3)  # its table is not there at all
    samples, problems = read("isbi2016", tmp_path, partial=True)
    assert samples == []
    assert [(p.kind, p.seen) for p in problems] == [
        ("incomplete", "has no label"),
        ("incomplete", "has no mask"),
        ("incomplete", "has no image and no mask"),
        ("incomplete", "has no label"),
    ]
    _, problems = read("isbi2016", tmp_path)
    assert kinds(problems)[0][0] == "incomplete"  # the absent test table
    assert [p.kind for p in problems].count("quarantined") == 3
