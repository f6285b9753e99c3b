"""The quirks of the four radiograph sources are in an archive of 24 images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from m3ds.imaging.raster import fill

from .unpack import Files

Drawn = Callable[[str], Files]
ORIENTATION = 0x0112


def test_fracatlas_states_fractured_images_in_five_annotation_files(drawn: Drawn) -> None:
    files = drawn("fracatlas")
    fractured = {n.split("/")[-1] for n in files.names(r"FracAtlas/images/Fractured/IMG\d{7}\.jpg")}
    negative = files.names(r"FracAtlas/images/Non_fractured/IMG\d{7}\.jpg")
    coco = files.json("FracAtlas/Annotations/COCO JSON/COCO_fracture_masks.json")
    vgg = files.json("FracAtlas/Annotations/VGG JSON/VGG_fracture_masks.json")
    assert coco["categories"] == [{"id": 0, "name": "fractured"}]
    assert [a["id"] for a in coco["annotations"]] == list(range(len(coco["annotations"])))
    assert {image["file_name"] for image in coco["images"]} == fractured == set(vgg)
    assert negative

    table = files.text("FracAtlas/dataset.csv").splitlines()
    rows = [line.split(",") for line in table[1:]]
    assert len(rows) == len(fractured) + len(negative)
    assert any(sum(map(int, row[1:5])) > 1 for row in rows)
    split_names: list[str] = []
    for split in ("train", "valid", "test"):
        lines = files.text(f"FracAtlas/Utilities/Fracture Split/{split}.csv").splitlines()
        assert lines[0] == "image_id"
        assert len(lines) > 1
        split_names += lines[1:]
    assert Counter(split_names) == Counter(fractured)


def test_fracatlas_draws_one_geometry_in_all_formats(drawn: Drawn) -> None:
    files = drawn("fracatlas")
    coco = files.json("FracAtlas/Annotations/COCO JSON/COCO_fracture_masks.json")
    vgg = files.json("FracAtlas/Annotations/VGG JSON/VGG_fracture_masks.json")
    images = {image["id"]: image for image in coco["images"]}
    rings: dict[str, list[list[float]]] = {}
    for annotation in coco["annotations"]:
        (flat,) = annotation["segmentation"]
        image = images[annotation["image_id"]]
        rings.setdefault(image["file_name"], []).append(flat)
        ring = np.reshape(flat, (-1, 2))
        assert 3 <= len(ring) <= 17
        assert not np.array_equal(ring[0], ring[-1])
        assert ring.min() >= 0
        assert (ring <= (image["width"], image["height"])).all()
        filled = fill([[(float(x), float(y)) for x, y in ring]], image["width"], image["height"])
        perimeter = np.hypot(*np.diff(np.concatenate([ring, ring[:1]]), axis=0).T).sum()
        assert abs(filled.sum() - annotation["area"]) <= 0.5 * perimeter
    assert any(len(of_one) > 1 for of_one in rings.values())
    for name, entry in vgg.items():
        assert entry["size"] == len(files[f"FracAtlas/images/Fractured/{name}"])
        shapes = [region["shape_attributes"] for region in entry["regions"].values()]
        closed = [list(zip(s["all_points_x"], s["all_points_y"], strict=True)) for s in shapes]
        assert all(points[0] == points[-1] for points in closed)
        assert [np.ravel(points[:-1]).tolist() for points in closed] == rings[name]
        boxes = files.text(f"FracAtlas/Annotations/YOLO/{name[:-4]}.txt").splitlines()
        assert [len(line.split()) for line in boxes] == [5] * len(rings[name])
        voc = files.text(f"FracAtlas/Annotations/PASCAL VOC/{name[:-4]}.xml")
        assert voc.count("<object>") == len(rings[name])
    assert files.text("FracAtlas/Annotations/YOLO/labels.txt") == "fractured\n"


def test_fracatlas_turns_cuts_and_repeats_files(drawn: Drawn) -> None:
    files = drawn("fracatlas")
    coco = files.json("FracAtlas/Annotations/COCO JSON/COCO_fracture_masks.json")
    stated = {image["file_name"]: (image["width"], image["height"]) for image in coco["images"]}
    turned: dict[int, bool] = {}
    for name in files.names(r".*\.jpg"):
        image = files.image(name)
        orientation = image.getexif().get(ORIENTATION, 1)
        base = name.split("/")[-1]
        if orientation != 1:
            turned[orientation] = turned.get(orientation, False) or base in stated
        if base in stated:
            size = image.size[::-1] if orientation in {6, 8} else image.size
            assert size == stated[base]
    assert turned == {3: True, 6: False, 8: True}

    broken = []
    for name in files.names(r".*/Non_fractured/.*"):
        try:
            files.image(name).load()
        except OSError:
            broken.append(name)
    endless = [n for n in files.names(r".*\.jpg") if not files[n].endswith(b"\xff\xd9")]
    assert len(broken) == 1
    assert len(endless) == 2  # the truncated one, and one that decodes
    assert {files.image(n).mode for n in files.names(r".*\.jpg")} == {"L", "RGB"}

    split = {
        name: part
        for part in ("train", "valid", "test")
        for name in files.text(f"FracAtlas/Utilities/Fracture Split/{part}.csv").splitlines()
    }
    pairs = [{split[n.split("/")[-1]] for n in twins} for twins in files.twins(r".*/Fractured/.*")]
    assert {"train", "test"} in pairs
    assert {"train"} in pairs


def test_bone_fracture_has_boxes_empties_and_colliding_stems(drawn: Drawn) -> None:
    files = drawn("bone_fracture")
    labels = files.names(r"(train|valid|test)/labels/\d+_jpg\.rf\.[0-9a-f]{32}\.txt")
    assert [n.replace("/labels/", "/images/").replace(".txt", ".jpg") for n in labels] == (
        files.names(r".*\.jpg")
    )
    lines = [line.split() for name in labels for line in files.text(name).splitlines()]
    assert all(len(line) == 5 for line in lines)
    assert {line[0] for line in lines} == {"0", "1", "2", "3"}
    assert all(0 < float(value) < 1 for line in lines for value in line[1:])
    assert any(not files[name] for name in labels)
    assert any(files.text(name).count("\n") for name in labels)
    stems = [(name.split("/")[0], name.split("/")[-1].split("_jpg")[0]) for name in labels]
    assert max(Counter(stems).values()) > 1
    assert max(Counter(stem for _, stem in set(stems)).values()) > 1
    assert "nc: 4" in files.text("data.yaml")


def test_bone_fracture_detection_has_twin_trees_and_swapped_names(drawn: Drawn) -> None:
    files = drawn("bone_fracture_detection")
    one, two = "BoneFractureYolo8/", "bone fracture detection.v4-v4.yolov8/"
    first = {n.removeprefix(one): files[n] for n in files.names(one + ".*")}
    second = {n.removeprefix(two): files[n] for n in files.names(two + ".*")}
    assert first.keys() == second.keys()
    assert [n for n in first if first[n] != second[n]] == ["README.dataset.txt"]
    assert "'humerus fracture', 'humerus'" in files.text(one + "data.yaml")


def test_bone_fracture_detection_draws_polygons_of_every_form(drawn: Drawn) -> None:
    files = drawn("bone_fracture_detection")
    labels = files.names(r"BoneFractureYolo8/(train|valid|test)/labels/.*\.rf\.[0-9a-f]{32}\.txt")
    forms, used, whole = Counter[str](), set[str](), set[str]()
    for name in labels:
        ids = set()
        for line in files.text(name).splitlines():
            number, *values = line.split()
            points = list(zip(values[0::2], values[1::2], strict=True))
            ids.add(number)
            repeated = next(k for k in range(1, 4) if points[-k] != points[0])
            forms["two points" if len(points) == 2 else str(repeated - 1)] += 1
            assert all(0 <= float(value) <= 1 for value in values)
        used |= ids
        if "3" in ids:
            assert ids == {"3", "4"}
            whole.add(name.split(".rf.")[0])
    assert forms["two points"] == 1
    assert forms.keys() == {"0", "1", "2", "two points"}
    assert used == set("0123456")
    assert len(whole) == 1

    renders = Counter(n.split(".rf.")[0] for n in labels if "/train/" in n)
    assert set(renders.values()) == {1, 3}  # 1 is the broken extra
    lost = Counter(n.split(".rf.")[0] for n in labels if "/train/" in n and not files[n])
    assert list(lost.values()) == [1]
    stems = {(n.split("/")[1], n.split("/")[-1].split(".rf.")[0]) for n in labels}
    assert max(Counter(stem for _, stem in stems).values()) > 1
    assert any("/test/" in n and not files[n] for n in labels)


@pytest.mark.parametrize("part", ["train", "test"])
def test_chestx_det_lists_are_parallel(drawn: Drawn, part: str) -> None:
    files = drawn("chestx_det")
    entries = files.json(f"ChestX_Det_{part}.json")
    assert [f"{part}/{e['file_name']}" for e in entries] == files.names(rf"{part}/\d{{5}}\.png")
    for entry in entries:
        assert len(entry["syms"]) == len(entry["boxes"]) == len(entry["polygons"])
        assert all(isinstance(v, int) for ring in entry["polygons"] for xy in ring for v in xy)
        assert files.image(f"{part}/{entry['file_name']}").size == (1024, 1024)


def test_chestx_det_repeats_overlaps_and_misstates(drawn: Drawn) -> None:
    files = drawn("chestx_det")
    entries = files.json("ChestX_Det_train.json") + files.json("ChestX_Det_test.json")
    assert len({sym for entry in entries for sym in entry["syms"]}) == 13
    assert any(not entry["syms"] for entry in entries)
    assert any(len(set(entry["syms"])) > 1 for entry in entries)
    assert any(max(Counter(e["syms"]).values(), default=0) > 1 for e in entries)
    assert {files.image(n).mode for n in files.names(r".*\.png")} == {"L", "RGBA"}
    wrong = doubled = overlapping = 0
    for entry in entries:
        rings = [np.array(ring) for ring in entry["polygons"]]
        for ring, box in zip(rings, entry["boxes"], strict=True):
            extent = [*ring.min(axis=0), *ring.max(axis=0)]
            wrong += max(abs(np.subtract(extent, box))) > 2
        instances = list(zip(entry["syms"], map(str, entry["polygons"]), strict=True))
        doubled += len(instances) - len(set(instances))
        planes = [fill([[(float(x), float(y)) for x, y in r]], 1024, 1024) for r in rings]
        for a, b in pairwise(sorted(zip(instances, range(len(rings)), strict=True))):
            same = a[0][0] == b[0][0] and a[0][1] != b[0][1]
            overlapping += same and bool((planes[a[1]] & planes[b[1]]).any())
    assert (wrong, doubled) == (1, 1)
    assert overlapping >= 1
