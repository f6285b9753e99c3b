from __future__ import annotations

from pathlib import Path

from m3ds.sources.fives import SOURCE

from .trees import kinds, read, touch

ROOT = "FIVES A Fundus Image Dataset for AI-based Vessel Segmentation"


def test_labels_from_suffixes_and_numbers_per_split(tmp_path: Path) -> None:
    for split, names in (("train", ["1_A", "2_D", "3_G", "10_N"]), ("test", ["1_A"])):
        for name in names:
            touch(tmp_path / ROOT / split, f"Original/{name}.png", f"Ground truth/{name}.png")
    touch(tmp_path / ROOT, "train/Original/Thumbs.db", "Quality Assessment.xlsx")
    samples, problems = read("fives", tmp_path)
    assert problems == []
    assert [(s.official_split, s.stem, s.diagnosis) for s in samples] == [
        ("train", "1_A", "age-related macular degeneration"),
        ("train", "2_D", "diabetic retinopathy"),
        ("train", "3_G", "glaucoma"),
        ("train", "10_N", "normal"),
        ("test", "1_A", "age-related macular degeneration"),
    ]
    assert samples[0].paper_label == "AMD"
    assert not any(s.is_negative for s in samples)  # healthy vessels are outlined as well


def test_unknown_suffix_and_lone_files(tmp_path: Path) -> None:
    folder = tmp_path / ROOT / "test"
    touch(folder, "Original/1_X.png", "Ground truth/1_X.png", "Original/2_A.png")
    samples, problems = read("fives", tmp_path)
    assert samples == []
    assert kinds(problems) == [
        ("quarantined", "MissingCounterpart"),
        ("quarantined", "UnknownLabel"),
    ]
    assert "1_X.png" in problems[0].where


def test_mask_is_declared_as_anatomy() -> None:
    assert SOURCE.mask_kind == "anatomy"
    assert SOURCE.target == "vessels"
    assert not SOURCE.supports & {"place", "shape", "count"}
