"""The readers against the numbers upstream publishes, over real annotation files."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from m3ds.schema.base import SOURCE_NAMES
from m3ds.schema.sample import Boxes, Polygons
from m3ds.sources import registry

from .trees import copy, kinds, read, touch, unpack_labels

ROOT = "FracAtlas"
COCO = "Annotations/COCO JSON/COCO_fracture_masks.json"


@pytest.mark.parametrize(
    ("name", "positives", "negatives"),
    [
        ("fracatlas", 3, 3),
        ("bone_fracture", 4, 0),
        ("bone_fracture_detection", 7, 0),
        ("isbi2016", 0, 0),
        ("isic2017", 1, 0),
        ("kvasir_seg", 3, 0),
        ("busi", 4, 1),
        ("tn3k", 0, 0),
        ("chestx_det", 2, 2),
        ("fives", 3, 0),
    ],
)
def test_partial_folder(samples: Path, name: str, positives: int, negatives: int) -> None:
    found, problems = read(name, samples / name, partial=True)
    assert sum(not s.is_negative for s in found) == positives
    assert sum(s.is_negative for s in found) == negatives
    assert {p.kind for p in problems} <= {"incomplete", "skipped"}
    for sample in found:
        refs = [sample.image, *sample.annotations]
        assert all(ref.path.is_file() and ref.path.as_posix().endswith(ref.name) for ref in refs)


def test_partial_folder_skips_only_empty_labels(samples: Path) -> None:
    skipped = {
        name: [p.code for p in read(name, samples / name, partial=True)[1] if p.kind == "skipped"]
        for name in SOURCE_NAMES
    }
    assert {name: codes for name, codes in skipped.items() if codes} == {
        "bone_fracture_detection": ["EmptyLabel"]
    }


def test_fracatlas(samples: Path, tmp_path: Path) -> None:
    upstream = samples / "fracatlas" / ROOT
    copy(upstream / COCO, tmp_path / ROOT / COCO)
    copy(upstream / "dataset.csv", tmp_path / ROOT / "dataset.csv")
    stems = set()
    for name in ("train", "valid", "test"):
        path = f"Utilities/Fracture Split/{name}.csv"
        copy(upstream / path, tmp_path / ROOT / path)
        stems |= set((upstream / path).read_text().split()[1:])
    touch(tmp_path / ROOT / "images/Fractured", *stems)
    found, problems = read("fracatlas", tmp_path)
    assert problems == []
    assert len(found) == 717
    rings: Counter[str | None] = Counter()
    for sample in found:
        assert isinstance(sample.annotation, Polygons)
        rings[sample.official_split] += len(sample.annotation.rings)
    assert sum(rings.values()) == 922
    assert rings == {"train": 764, "validation": 91, "test": 67}
    assert Counter(s.official_split for s in found) == {"train": 574, "validation": 82, "test": 61}


def test_chestx_det(samples: Path, tmp_path: Path) -> None:
    for split in ("train", "test"):
        name = f"ChestX_Det_{split}.json"
        copy(samples / "chestx_det" / name, tmp_path / name)
    # The images' names come from outside the parser under test.
    for split in ("train", "test"):
        text = (tmp_path / f"ChestX_Det_{split}.json").read_text()
        names = [part.split('"')[1] for part in text.split('"file_name":')[1:]]
        touch(tmp_path / split, *names)
    found, problems = read("chestx_det", tmp_path)
    assert problems == []
    positives = Counter(s.official_split for s in found if not s.is_negative)
    negatives = Counter(s.official_split for s in found if s.is_negative)
    assert positives == {"train": 5165, "test": 1172}
    assert negatives == {"train": 547, "test": 64}
    assert sum(negatives.values()) == 611
    assert sum(len(s.annotation_ids) for s in found) == 9639
    assert len({(s.stem, s.finding) for s in found}) == len(found)


def test_bone_fracture(samples: Path, tmp_path: Path) -> None:
    unpack_labels(samples / "bone_fracture" / "labels_full_v2_yolo.tar.gz", tmp_path)
    found, problems = read("bone_fracture", tmp_path, partial=True)
    assert len(found) + len(problems) == 458
    assert kinds(problems) == [("skipped", "EmptyLabel")] * (458 - 437)
    boxes: Counter[str | None] = Counter()
    for sample in found:
        assert isinstance(sample.annotation, Boxes)
        boxes[sample.official_split] += len(sample.annotation.boxes)
    assert boxes == {"train": 417, "validation": 117, "test": 67}
    assert sum(boxes.values()) == 601
    assert Counter(s.official_split for s in found) == {"train": 311, "validation": 83, "test": 43}
    assert len({(s.official_split, s.stem) for s in found}) == len(found)


def test_bone_fracture_detection(fracture_polygons: Path) -> None:
    found, problems = read(
        "bone_fracture_detection", fracture_polygons
    )  # its data.yaml is in the tar
    assert Counter(s.official_split for s in found) == {
        "train": 1345,
        "validation": 173,
        "test": 83,
    }
    assert {p.code for p in problems} == {"EmptyLabel"}
    assert len(found) + len(problems) == 3631 + 348 + 169
    assert sum("dropped:3:whole_bone" in s.notes for s in found) == 3


def test_declared_checksums(samples: Path) -> None:
    checked = 0
    for name in SOURCE_NAMES:
        for archive in registry.adapter(name).source.archives:
            path = samples / name / archive.name
            if not path.is_file():
                continue
            content = path.read_bytes()
            if archive.bytes is not None:
                assert len(content) == archive.bytes
            if archive.md5 is not None:
                assert hashlib.md5(content, usedforsecurity=False).hexdigest() == archive.md5
            if archive.sha256 is not None:
                assert hashlib.sha256(content).hexdigest() == archive.sha256
            checked += archive.md5 is not None or archive.sha256 is not None
    assert checked == 5
