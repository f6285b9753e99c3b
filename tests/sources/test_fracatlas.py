from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from m3ds.errors import LayoutError
from m3ds.schema.sample import NoRegion, Polygons

from .trees import kinds, read, touch, write

RING = [1.5, 1.5, 9.5, 1.5, 9.5, 9.5]
SPLITS = {"train": "IMG0000001.jpg", "valid": "IMG0000002.jpg", "test": "IMG0000003.jpg"}


def coco(base: Path, rings: dict[str, list[Any]], *, category: int = 0) -> None:
    """A COCO file of images of 300 x 400 with one annotation per ring."""
    images = [
        {"id": i, "width": 300, "height": 400, "file_name": name}
        for i, name in enumerate(rings, start=1)
    ]
    annotations = [
        {"image_id": i, "category_id": category, "segmentation": [ring], "area": 32.0}
        for i, name in enumerate(rings, start=1)
        for ring in rings[name]
    ]
    document = {
        "images": images,
        "annotations": [{"id": i, **a} for i, a in enumerate(annotations)],
        "categories": [{"id": category, "name": "fractured"}],
    }
    path = "FracAtlas/Annotations/COCO JSON/COCO_fracture_masks.json"
    write(base, path, json.dumps(document))


def release(base: Path, *, category: int = 0) -> None:
    rings: dict[str, list[Any]] = {name: [RING] for name in SPLITS.values()}
    rings["IMG0000003.jpg"] = [RING, RING[::-1]]
    coco(base, rings, category=category)
    touch(base / "FracAtlas/images/Fractured", *rings)
    touch(base / "FracAtlas/images/Non_fractured", "IMG0000004.jpg")
    for split, name in SPLITS.items():
        write(base, f"FracAtlas/Utilities/Fracture Split/{split}.csv", f"image_id\r\n{name}\r\n")
    head = "image_id,hand,leg,hip,shoulder,mixed,hardware\n"
    rows = "IMG0000001.jpg,1,0,0,0,0,0\nIMG0000002.jpg,1,1,0,0,1,1\nIMG0000004.jpg,0,0,1,0,0,1\n"
    write(base, "FracAtlas/dataset.csv", "\ufeff" + head + rows)
    # Boxes, which must never become masks.
    write(base, "FracAtlas/Annotations/YOLO/IMG0000001.txt", "0 0.5 0.5 0.9 0.9\n")


@pytest.mark.parametrize("category", [0, 1])
def test_reads_outlines_whatever_the_category_id(tmp_path: Path, category: int) -> None:
    release(tmp_path, category=category)
    samples, problems = read("fracatlas", tmp_path)
    assert problems == []
    positives = [s for s in samples if not s.is_negative]
    assert [(s.stem, s.official_split, s.anatomy) for s in positives] == [
        ("IMG0000001", "train", "hand"),
        ("IMG0000002", "validation", None),  # hand and leg: no single part
        ("IMG0000003", "test", None),
    ]
    annotation = positives[0].annotation
    assert isinstance(annotation, Polygons)
    assert annotation.rings == (((1.5, 1.5), (9.5, 1.5), (9.5, 9.5)),)
    assert annotation.size == (300, 400)  # as shown: the harmoniser turns the image first
    assert positives[2].annotation_ids == ("2", "3")
    assert all(s.diagnosis == "fracture" for s in positives)
    assert [s.other_findings for s in positives] == [(), ("metalwork",), ()]


def test_negatives_have_no_official_split(tmp_path: Path) -> None:
    release(tmp_path)
    samples, _ = read("fracatlas", tmp_path)
    (negative,) = (s for s in samples if s.is_negative)
    assert (negative.stem, negative.diagnosis) == ("IMG0000004", "no fracture")
    assert negative.official_split is None
    assert negative.anatomy == "hip"
    assert negative.other_findings == ("metalwork",)
    assert isinstance(negative.annotation, NoRegion)


def test_stale_copy_among_the_negatives(tmp_path: Path) -> None:
    release(tmp_path)
    touch(tmp_path / "FracAtlas/images/Non_fractured", "IMG0000001.jpg")
    samples, problems = read("fracatlas", tmp_path)
    assert [s.stem for s in samples if s.is_negative] == ["IMG0000004"]
    assert len(samples) == 4
    assert kinds(problems) == [("skipped", "LabelConflict")]


def test_annotated_image_among_the_negatives_only(tmp_path: Path) -> None:
    release(tmp_path)
    folder = tmp_path / "FracAtlas/images"
    (folder / "Fractured/IMG0000001.jpg").rename(folder / "Non_fractured/IMG0000001.jpg")
    samples, problems = read("fracatlas", tmp_path)
    assert "IMG0000001" not in {s.stem for s in samples}
    assert kinds(problems) == [
        ("quarantined", "LabelConflict"),
        ("quarantined", "MissingCounterpart"),
    ]


@pytest.mark.parametrize("bad", [[1.0, 2.0, 3.0], [1, 1, 1, 1, 2, 2], [1, 1, 2, "x", 3, 4]])
def test_image_with_an_unreadable_outline(tmp_path: Path, bad: list[Any]) -> None:
    release(tmp_path)
    coco(tmp_path, {"IMG0000001.jpg": [RING, bad], "IMG0000002.jpg": [RING]})
    (tmp_path / "FracAtlas/images/Fractured/IMG0000003.jpg").unlink()
    samples, problems = read("fracatlas", tmp_path)
    # Half of its outlines would be a wrong mask, so the image goes as a whole.
    assert [s.stem for s in samples if not s.is_negative] == ["IMG0000002"]
    assert kinds(problems) == [("quarantined", "AnnotationError")]
    assert "IMG0000001.jpg" in problems[0].where


def test_partial_folder(tmp_path: Path) -> None:
    coco(tmp_path, {"IMG0000001.jpg": [RING], "IMG0000002.jpg": [RING]})
    touch(tmp_path / "FracAtlas/images/Fractured", "IMG0000001.jpg", "IMG0000009.jpg")
    samples, problems = read("fracatlas", tmp_path, partial=True)
    assert [(s.stem, s.official_split) for s in samples] == [("IMG0000001", None)]
    assert [(p.kind, p.seen) for p in problems] == [
        ("incomplete", "has no image"),
        ("incomplete", "has no COCO entry"),
    ]


def test_whole_archive_must_have_its_splits(tmp_path: Path) -> None:
    release(tmp_path)
    (tmp_path / "FracAtlas/Utilities/Fracture Split/test.csv").unlink()
    with pytest.raises(LayoutError, match=r"test\.csv"):
        read("fracatlas", tmp_path)


def test_other_categories_are_refused(tmp_path: Path) -> None:
    release(tmp_path)
    path = tmp_path / "FracAtlas/Annotations/COCO JSON/COCO_fracture_masks.json"
    path.write_text(path.read_text().replace('"fractured"', '"cat"'))
    with pytest.raises(LayoutError, match="cat"):
        read("fracatlas", tmp_path)


def test_image_in_two_splits(tmp_path: Path) -> None:
    release(tmp_path)
    write(
        tmp_path,
        "FracAtlas/Utilities/Fracture Split/test.csv",
        "image_id\nIMG0000001.jpg\nIMG0000003.jpg\n",
    )
    samples, problems = read("fracatlas", tmp_path)
    assert samples[0].official_split == "train"
    assert kinds(problems) == [("quarantined", "AnnotationError")]
