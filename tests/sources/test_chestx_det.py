from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from m3ds.errors import LayoutError
from m3ds.schema.sample import NoRegion, Polygons

from .trees import kinds, read, touch, write

SQUARE = [[1, 1], [9, 1], [9, 9], [1, 9]]
OTHER = [[5, 5], [20, 5], [20, 20]]


def entry(name: str, *findings: tuple[str, Any]) -> dict[str, Any]:
    return {
        "file_name": name,
        "syms": [sym for sym, _ in findings],
        "boxes": [[1, 1, 9, 9] for _ in findings],
        "polygons": [polygon for _, polygon in findings],
    }


def listing(base: Path, entries: object, split: str = "train") -> None:
    write(base, f"ChestX_Det_{split}.json", json.dumps(entries))


def test_one_sample_per_image_and_finding(tmp_path: Path) -> None:
    findings = (("Effusion", SQUARE), ("Diffuse Nodule", OTHER), ("Effusion", OTHER))
    listing(tmp_path, [entry("36216.png", *findings)])
    touch(tmp_path, "train/36216.png")
    samples, problems = read("chestx_det", tmp_path)
    assert problems == []
    assert [(s.finding, s.diagnosis, s.source_label) for s in samples] == [
        ("effusion", "effusion", "Effusion"),
        ("diffuse-nodule", "diffuse nodule", "Diffuse Nodule"),
    ]
    effusion = samples[0]
    assert isinstance(effusion.annotation, Polygons)
    assert len(effusion.annotation.rings) == 2  # united later, never cut out of each other
    assert effusion.annotation.units == "pixels"
    assert effusion.annotation_ids == ("0", "2")
    assert effusion.other_findings == ("diffuse nodule",)
    assert effusion.official_split == "train"


def test_no_finding_is_a_normal_radiograph(tmp_path: Path) -> None:
    listing(tmp_path, [entry("36199.png")], "test")
    touch(tmp_path, "test/36199.png")
    samples, problems = read("chestx_det", tmp_path)
    assert problems == []
    (sample,) = samples
    assert (sample.diagnosis, sample.is_negative, sample.finding) == ("normal", True, None)
    assert isinstance(sample.annotation, NoRegion)
    assert sample.official_split == "test"


def test_one_bad_polygon_costs_its_finding_only(tmp_path: Path) -> None:
    findings = (("Mass", SQUARE), ("Mass", [[1, 1], [2, 2]]), ("Nodule", OTHER), ("Gout", OTHER))
    broken = {**entry("2.png", ("Mass", SQUARE)), "boxes": []}
    listing(tmp_path, [entry("1.png", *findings), broken, 7])
    touch(tmp_path, "train/1.png")
    samples, problems = read("chestx_det", tmp_path)
    assert [s.diagnosis for s in samples] == ["nodule"]
    assert samples[0].other_findings == ("mass",)  # it is there, even if not outlined usably
    assert kinds(problems) == [("quarantined", "AnnotationError")] * 3 + [
        ("quarantined", "UnknownLabel")
    ]
    assert any("instance 1" in p.where and "1.png" in p.where for p in problems)


def test_in_a_partial_folder_whatever_lacks_its_counterpart_is_incomplete(tmp_path: Path) -> None:
    listing(tmp_path, [entry("1.png"), entry("2.png")])
    touch(tmp_path, "train/1.png", "train/3.png")
    samples, problems = read("chestx_det", tmp_path, partial=True)
    assert [s.stem for s in samples] == ["1"]
    assert [(p.kind, p.seen) for p in problems] == [
        ("incomplete", "has no image"),
        ("incomplete", "has no entry"),
    ]


def test_absent_parts_are_incomplete(tmp_path: Path) -> None:
    listing(tmp_path, [entry("1.png")])
    touch(tmp_path, "test/2.png")
    samples, problems = read("chestx_det", tmp_path, partial=True)
    assert samples == []
    assert [(p.kind, p.seen) for p in problems] == [
        ("incomplete", "has no image"),
        ("incomplete", "has no entry"),
    ]


def test_a_file_listed_twice(tmp_path: Path) -> None:
    listing(tmp_path, [entry("1.png", ("Mass", SQUARE)), entry("1.png")])
    touch(tmp_path, "train/1.png")
    samples, problems = read("chestx_det", tmp_path)
    assert [s.diagnosis for s in samples] == ["mass"]
    assert kinds(problems) == [("quarantined", "DuplicateId")]


@pytest.mark.parametrize("document", [{}, [{"image": "1.png"}], "text"])
def test_a_foreign_listing_is_refused(tmp_path: Path, document: object) -> None:
    listing(tmp_path, document)
    with pytest.raises(LayoutError, match=r"ChestX_Det_train\.json"):
        read("chestx_det", tmp_path)
