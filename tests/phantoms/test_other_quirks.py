"""The quirks of the six other sources are in an archive of 24 images."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .unpack import Files

Drawn = Callable[[str], Files]
FIVES = "FIVES A Fundus Image Dataset for AI-based Vessel Segmentation"


def _rows(text: str) -> dict[str, str]:
    return dict(line.split(",", 1) for line in text.splitlines())


def _box(labels: NDArray[np.int32]) -> list[list[int]]:
    return [[x.start, y.start, x.stop, y.stop] for y, x in ndimage.find_objects(labels)]


def test_isbi2016_labels_are_words_in_training_and_numbers_in_test(drawn: Drawn) -> None:
    files = drawn("isbi2016")
    for part, known in (("Training", {"benign", "malignant"}), ("Test", {"0.0", "1.0"})):
        stem = f"ISBI2016_ISIC_Part3B_{part}"
        rows = _rows(files.text(f"{stem}_GroundTruth.csv"))
        assert set(rows.values()) == known
        assert files.names(rf"{stem}_Data/ISIC_\d{{7}}\.jpg") == [
            f"{stem}_Data/{name}.jpg" for name in sorted(rows)
        ]
        for name in rows:
            mask = files.image(f"{stem}_Data/{name}_Segmentation.png")
            assert mask.mode == "L"
            assert set(np.unique(np.asarray(mask))) == {0, 255}
            assert mask.size == files.image(f"{stem}_Data/{name}.jpg").size


def test_isic2017_files_lie_where_upstream_has_them(drawn: Drawn) -> None:
    files = drawn("isic2017")
    unpaired = Counter[str]()
    kinds = set()
    for part in ("Training", "Validation", "Test_v2"):
        stem = f"ISIC-2017_{part}"
        text = files[f"{stem}_Part3_GroundTruth.csv"].decode()
        assert (part == "Validation") == ("\r\n" in text)
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert rows[0] == ["image_id", "melanoma", "seborrheic_keratosis"]
        kinds |= {tuple(row[1:]) for row in rows[1:]}
        ids = {row[0] for row in rows[1:]}
        images = {n[-16:-4] for n in files.names(rf"{stem}_Data/ISIC_\d{{7}}\.jpg")}
        masks = {
            n.split("/")[1][:12]
            for n in files.names(rf"{stem}_Part1_GroundTruth/ISIC_\d{{7}}_segmentation\.png")
        }
        assert images | masks == ids
        unpaired["image"] += len(images - masks)
        unpaired["mask"] += len(masks - images)
        assert len(files.names(rf"{stem}_Data/.*_superpixels\.png")) == len(images)
        assert files.text(f"{stem}_Data/{stem}_Data_metadata.csv").startswith("image_id,age_")
    assert unpaired == {"image": 1, "mask": 1}
    assert kinds == {("0.0", "0.0"), ("1.0", "0.0"), ("0.0", "1.0")}
    assert ",unknown," in files.text("ISIC-2017_Training_Data/ISIC-2017_Training_Data_metadata.csv")


def test_the_two_dermoscopy_years_share_files_and_disagree_once(drawn: Drawn) -> None:
    old, new = drawn("isbi2016"), drawn("isic2017")
    then = {n[-16:-4]: n for n in old.names(r".*/ISIC_\d{7}\.jpg")}
    now = {n[-16:-4]: n for n in new.names(r".*/ISIC_\d{7}\.jpg")}
    shared = then.keys() & now.keys()
    assert all(old[then[i]] == new[now[i]] for i in shared)
    assert all("Training" in now[i] for i in shared)
    assert {"Training", "Test"} == {then[i].split("_")[3] for i in shared}
    words: dict[str, str] = {}
    for part in ("Training", "Test"):
        words |= _rows(old.text(f"ISBI2016_ISIC_Part3B_{part}_GroundTruth.csv"))
    codes = _rows(new.text("ISIC-2017_Training_Part3_GroundTruth.csv"))
    odd = [i for i in shared if (words[i] in {"malignant", "1.0"}) != codes[i].startswith("1.0")]
    assert [(words[i], codes[i]) for i in odd] == [("benign", "1.0,0.0")]
    assert not (then.keys() - now.keys()) & set(codes)
    for i in shared:
        mask = old.pixels(then[i].replace(".jpg", "_Segmentation.png"))
        twin = f"ISIC-2017_Training_Part1_GroundTruth/{i}_segmentation.png"
        assert np.array_equal(mask, new.pixels(twin))


def test_kvasir_masks_are_colour_jpegs_with_boxes_of_their_thresholded_selves(
    drawn: Drawn,
) -> None:
    files = drawn("kvasir_seg")
    boxes = files.json("Kvasir-SEG/kavsir_bboxes.json")
    images = files.names(r"Kvasir-SEG/images/[0-9a-z]{25}\.jpg")
    assert [n[18:-4] for n in images] == sorted(boxes)
    misfits = slivers = several = 0
    for name in images:
        mask = files.image(name.replace("images", "masks"))
        assert (mask.format, mask.mode) == ("JPEG", "RGB")
        grey = np.asarray(mask.convert("L"))
        assert ((grey > 8) & (grey < 247)).any()
        entry = boxes[name[18:-4]]
        assert (entry["height"], entry["width"]) == grey.shape
        labels, count = ndimage.label(grey > 127, structure=np.ones((3, 3)))
        stated = [[b["xmin"], b["ymin"], b["xmax"], b["ymax"]] for b in entry["bbox"]]
        assert stated == _box(labels)
        slivers += any(x1 - x0 <= 4 and x1 == grey.shape[1] for x0, _, x1, _ in stated)
        several += count > 1
        misfits += mask.size != files.image(name).size
    assert misfits == 1
    assert slivers == 1
    assert several > 2


def test_busi_has_several_masks_in_several_modes(drawn: Drawn) -> None:
    files = drawn("busi")
    root = "Dataset_BUSI_with_GT"
    images = files.names(rf"{root}/(benign|malignant|normal)/\1 \(\d+\)\.png")
    modes = set()
    for name in images:
        masks = [n for n in files.names(r".*") if n.startswith(f"{name[:-4]}_mask")]
        assert masks[0] == f"{name[:-4]}_mask.png"
        for mask in masks:
            modes.add(files.image(mask).mode)
            lit = np.asarray(files.image(mask).convert("L")) > 127
            assert lit.any() == ("/normal/" not in name)
            assert files.image(mask).size == files.image(name).size
    assert modes == {"1", "RGB", "RGBA"}
    assert files.names(r".*/benign \(\d+\)_mask_2\.png")
    assert files.names(r".*/malignant \(\d+\)_mask_1\.png")
    twins = [{n.split("/")[1] for n in group} for group in files.twins(r".*\)\.png")]
    assert sorted(map(sorted, twins)) == [["benign"], ["benign", "malignant"]]
    assert any((files.pixels(n)[-20:, 8:40] == 235).sum() > 60 for n in images)  # lettering


def test_tn3k_labels_folds_and_colliding_stems(drawn: Drawn) -> None:
    files = drawn("tn3k")
    root = "datasets/tn3k"
    rows = {part: _rows(files.text(f"{root}/label4{part}.csv")) for part in ("trainval", "test")}
    for part, labels in rows.items():
        for folder in ("image", "mask"):
            names = [f"{root}/{part}-{folder}/{name}" for name in sorted(labels)]
            assert files.names(rf"{root}/{part}-{folder}/\d{{4}}\.jpg") == names
    assert rows["test"].keys() <= rows["trainval"].keys()
    assert Counter(rows["trainval"].values())["7"] == 1
    assert set(rows["trainval"].values()) == {"0", "1", "7"}
    assert set(rows["test"].values()) == {"0", "1"}
    masks = files.names(r".*-mask/.*")
    assert [n for n in masks if not files[n]] == [f"{root}/trainval-mask/0009.jpg"]
    for name in masks:
        if files[name]:
            grey = files.pixels(name)
            assert grey.ndim == 2
            assert ((grey > 8) & (grey < 247)).any()
    total = len(rows["trainval"])
    folds = [files.json(f"{root}/tn3k-trainval-fold{k}.json") for k in range(5)]
    assert sorted(index for fold in folds for index in fold["val"]) == list(range(total))
    assert all(sorted(f["val"] + f["train"]) == list(range(total)) for f in folds)


def test_fives_numbers_restart_and_strays_lie_about(drawn: Drawn) -> None:
    files = drawn("fives")
    counts, modes = Counter[str](), set()
    for split in ("train", "test"):
        images = files.names(rf"{FIVES}/{split}/Original/\d+_[ADGN]\.png")
        assert [n.replace("Original", "Ground truth") for n in images] == (
            files.names(rf"{FIVES}/{split}/Ground truth/.*")
        )
        for name in images:
            counts[name[-5]] += 1
            mask = files.image(name.replace("Original", "Ground truth"))
            modes.add(mask.mode)
            assert set(np.unique(np.asarray(mask))) == {0, 255}
            assert files.image(name).mode == "RGB"
    assert counts == dict.fromkeys("ADGN", 6)
    assert modes == {"L", "RGB"}
    one = f"{FIVES}/train/Original/1_A.png"
    assert files[one] != files[one.replace("train", "test")]
    assert f"{FIVES}/train/Original/Thumbs.db" in files


def test_fives_quality_table_is_a_spreadsheet_of_all_images(drawn: Drawn) -> None:
    data = drawn("fives")[f"{FIVES}/Quality Assessment.xlsx"]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [book.read(f"xl/worksheets/sheet{k}.xml").decode() for k in (1, 2)]
        assert 'name="Train"' in book.read("xl/workbook.xml").decode()
    assert [sheet.count("<row>") - 1 for sheet in sheets] == [16, 8]
