from __future__ import annotations

from pathlib import Path

from m3ds.schema.sample import MaskFiles

from .trees import kinds, read, touch

ROOT = "Dataset_BUSI_with_GT"


def test_classes_and_merged_masks(tmp_path: Path) -> None:
    touch(
        tmp_path / ROOT,
        "benign/benign (10).png",
        "benign/benign (10)_mask.png",
        "benign/benign (2).png",
        "benign/benign (2)_mask.png",
        "benign/benign (2)_mask_1.png",
        "benign/benign (2)_mask_2.png",
        "malignant/malignant (2).png",
        "malignant/malignant (2)_mask.png",
        "normal/normal (2).png",
        "normal/normal (2)_mask.png",
    )
    samples, problems = read("busi", tmp_path)
    assert problems == []
    assert [(s.stem, s.diagnosis, s.is_negative) for s in samples] == [
        ("benign (2)", "benign", False),
        ("benign (10)", "benign", False),
        ("malignant (2)", "malignant", False),
        ("normal (2)", "normal", True),
    ]
    masks = []
    for sample in samples:
        assert isinstance(sample.annotation, MaskFiles)
        masks.append([ref.path.stem for ref in sample.annotation.files])
    assert sorted(masks[0]) == ["benign (2)_mask", "benign (2)_mask_1", "benign (2)_mask_2"]
    # The mask of a normal image is kept: that it is black is for the harmoniser to check.
    assert masks[3] == ["normal (2)_mask"]
    assert {s.official_split for s in samples} == {None}


def test_lone_files(tmp_path: Path) -> None:
    touch(tmp_path / ROOT, "benign/benign (1).png", "normal/normal (3)_mask.png")
    touch(tmp_path, "_altered/benign (1).png", "_altered/benign (1)_mask.png")
    samples, problems = read("busi", tmp_path, partial=True)
    assert samples == []
    assert kinds(problems) == [("incomplete", "MissingCounterpart")] * 2
