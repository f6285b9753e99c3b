from __future__ import annotations

import pytest

from m3ds.errors import UnknownLabel
from m3ds.labels import chest, endoscopy, fracture, fundus, skin, ultrasound
from m3ds.schema.source import LabelSet

SETS = {
    "fracatlas": fracture.FRACATLAS,
    "bone_fracture": fracture.BONE_FRACTURE,
    "bone_fracture_detection": fracture.BONE_FRACTURE_DETECTION,
    "isbi2016": skin.ISBI2016,
    "isic2017": skin.ISIC2017,
    "kvasir_seg": endoscopy.KVASIR_SEG,
    "busi": ultrasound.BUSI,
    "tn3k": ultrasound.TN3K,
    "chestx_det": chest.CHESTX_DET,
    "fives": fundus.FIVES,
}
EACH = pytest.mark.parametrize("labels", SETS.values(), ids=SETS)


@EACH
def test_every_upstream_spelling_finds_its_own_label(labels: LabelSet) -> None:
    for label in labels.labels:
        for word in label.upstream:
            assert labels.find(f" {word.upper()} ") is label
    with pytest.raises(UnknownLabel, match="gout"):
        labels.find("gout")


@EACH
def test_no_word_means_two_things(labels: LabelSet) -> None:
    words = [w.casefold() for label in labels.labels for w in (label.name, *label.synonyms)]
    if labels.negative:
        words.append(labels.negative)
    assert len(set(words)) == len(words)


def test_sizes_of_the_closed_sets() -> None:
    assert {name: len(labels.options(negatives=True)) for name, labels in SETS.items()} == {
        "fracatlas": 2,
        "bone_fracture": 1,
        "bone_fracture_detection": 6,
        "isbi2016": 2,
        "isic2017": 3,
        "kvasir_seg": 1,
        "busi": 3,
        "tn3k": 2,
        "chestx_det": 14,
        "fives": 4,
    }


def test_wording_of_the_paper() -> None:
    shown = {
        (name, label.name): label.paper
        for name, labels in SETS.items()
        for label in labels.labels
        if label.paper
    }
    assert shown == {
        ("isic2017", "nevus"): "benign melanoma",
        ("kvasir_seg", "polyp"): "polyp",
        ("busi", "benign"): "benign",
        ("busi", "malignant"): "malignant",
        ("chestx_det", "consolidation"): "consolidation",
        ("fives", "age-related macular degeneration"): "AMD",
    }


def test_malignancy_where_sources_can_contradict_each_other() -> None:
    for name in ("isbi2016", "isic2017", "busi", "tn3k"):
        assert all(label.malignancy for label in SETS[name].labels)
    assert skin.ISIC2017.find("melanoma").malignancy == "malignant"
    assert skin.ISIC2017.find("nevus").malignancy == "benign"
