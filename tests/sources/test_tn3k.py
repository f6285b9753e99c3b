from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from m3ds.errors import LayoutError

from .trees import kinds, read, touch, write


def half(root: Path, name: str, numbers: Iterable[int]) -> None:
    names = [f"{i:04}.jpg" for i in numbers]
    touch(root / f"{name}-image", *names)
    touch(root / f"{name}-mask", *names)
    write(root, f"label4{name}.csv", "".join(f"{n},{int(n[3]) % 2}\n" for n in names))


def fold(root: Path, val: list[int], train: list[int]) -> None:
    write(root, "tn3k-trainval-fold0.json", json.dumps({"val": val, "train": train}))


@pytest.mark.parametrize("root", ["datasets/tn3k", "Thyroid Dataset/tn3k", "tn3k"])
def test_halves_labels_and_fold(tmp_path: Path, root: str) -> None:
    half(tmp_path / root, "trainval", range(4))
    half(tmp_path / root, "test", range(2))
    fold(tmp_path / root, [0, 2], [1, 3])
    samples, problems = read("tn3k", tmp_path)
    assert problems == []
    assert [(s.stem, s.official_split, s.diagnosis) for s in samples] == [
        ("0000", "validation", "benign"),
        ("0001", "train", "malignant"),
        ("0002", "validation", "benign"),
        ("0003", "train", "malignant"),
        ("0000", "test", "benign"),  # the stem of another image
        ("0001", "test", "malignant"),
    ]
    assert samples[0].image.name == f"{root}/trainval-image/0000.jpg"


def test_fold_counts_positions_of_the_sorted_listing(tmp_path: Path) -> None:
    half(tmp_path / "tn3k", "trainval", [3, 5, 7, 9])  # positions are not numbers here
    half(tmp_path / "tn3k", "test", [0])
    fold(tmp_path / "tn3k", [1], [0, 2, 3])
    samples, _ = read("tn3k", tmp_path)
    assert [s.stem for s in samples if s.official_split == "validation"] == ["0005"]


def test_fold_of_a_partial_folder_counts_what_is_missing(tmp_path: Path) -> None:
    half(tmp_path / "tn3k", "trainval", [2, 3])
    fold(tmp_path / "tn3k", [1, 3], [0, 2])
    samples, problems = read("tn3k", tmp_path, partial=True)
    assert problems == []
    assert {s.stem: s.official_split for s in samples} == {"0002": "train", "0003": "validation"}


@pytest.mark.parametrize(
    ("val", "train"), [([0], [0, 1, 2]), ([0], [1, 3]), ([0], [1, 2, 3, 4, 5]), (["0"], [1, 2])]
)
def test_bad_fold_is_not_used(tmp_path: Path, val: list[int], train: list[int]) -> None:
    half(tmp_path / "tn3k", "trainval", range(3))
    half(tmp_path / "tn3k", "test", range(1))
    fold(tmp_path / "tn3k", val, train)
    samples, problems = read("tn3k", tmp_path)
    assert [s.official_split for s in samples] == ["train"] * 3 + ["test"]
    assert kinds(problems) == [("quarantined", "AnnotationError")]
    assert problems[0].where == "tn3k-trainval-fold0.json"


def test_release_without_labels_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "tn3k", "trainval-image/0000.jpg", "trainval-mask/0000.jpg")
    with pytest.raises(LayoutError, match=r"label4trainval\.csv"):
        read("tn3k", tmp_path)
    _, problems = read("tn3k", tmp_path, partial=True)
    assert [(p.kind, p.seen) for p in problems] == [("incomplete", "has no label")]


def test_label_table_with_a_header_is_refused(tmp_path: Path) -> None:
    half(tmp_path / "tn3k", "trainval", range(1))
    write(tmp_path, "tn3k/label4trainval.csv", "name,label\n0000.jpg,0\n")
    with pytest.raises(LayoutError, match="name,label"):
        read("tn3k", tmp_path)


def test_unknown_label(tmp_path: Path) -> None:
    half(tmp_path / "tn3k", "trainval", range(1))
    half(tmp_path / "tn3k", "test", range(2))
    write(tmp_path, "tn3k/label4test.csv", "0000.jpg,2\n0001.jpg, 1\n")
    samples, problems = read("tn3k", tmp_path)
    assert [s.diagnosis for s in samples if s.official_split == "test"] == ["malignant"]
    assert kinds(problems) == [("quarantined", "UnknownLabel")]


def test_real_folds(samples: Path, tmp_path: Path) -> None:
    root = tmp_path / "tn3k"
    half(root, "trainval", range(2879))
    half(root, "test", range(614))
    name = "tn3k-trainval-fold0.json"
    write(root, name, (samples / "tn3k" / "tn3k" / name).read_text())
    found, problems = read("tn3k", tmp_path)
    assert problems == []
    splits = [s.official_split for s in found]
    assert [splits.count(s) for s in ("train", "validation", "test")] == [2303, 576, 614]
