"""Sentences that are true of the cases they are filled with: none of them may be refused.

Several regions, chests, eye grounds and bones, negatives; conclusions and modality steps in many
wordings. `test_frames.py` has those that any case may be filled with.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import NamedTuple

import pytest

from m3ds.claims import check
from m3ds.schema.case import Case
from m3ds.schema.text import Steps
from tests.claims.clinical import MEASURED, clinical_case, frames

SECTIONS = frames("frames_by_case.yaml")

ONE = MEASURED
TWO = ONE | {"n_regions": 2, "centroid_x": 0.5, "centroid_y": 0.5, "area_fraction": 0.1}
ROUGH = ONE | {"irregularity": 0.9, "solidity": 0.8}
BREAK = {"n_regions": 1, "area_fraction": 0.015, "centroid_x": 0.3, "centroid_y": 0.7}
BREAKS = BREAK | {"n_regions": 2, "area_fraction": 0.02, "centroid_x": 0.5, "centroid_y": 0.5}
VESSELS = {"area_fraction": 0.07, "contrast": -0.09}
NOTHING = {"n_regions": 0, "area_fraction": 0.0}
METHODS = {
    "endoscopy": ("endoscopic", "Colonoscopic still."),
    "ultrasound": ("ultrasound", "Greyscale ultrasound."),
    "x-ray": ("radiographic", "Plain radiograph."),
    "dermoscopy": ("dermoscopic", "Dermoscopic photograph."),
    "fundus": ("fundus", "Colour fundus photograph."),
}


class Told(NamedTuple):
    """A case, what its texts call the outlined thing, and how they conclude."""

    case: Case
    noun: str
    conclusion: str


Measured = Mapping[str, float]


def told(source: str, diagnosis: str, noun: str, facts: Measured, *, conclusion: str = "") -> Told:
    case = clinical_case(source, diagnosis, **facts)
    return Told(case, noun, conclusion or f"{diagnosis.capitalize()}.")


def of_part(part: str) -> Told:
    one = told("bone_fracture_detection", f"{part} fracture", part, BREAK)
    return one._replace(case=one.case.model_copy(update={"anatomy": part}))


LUNG = ONE | {"area_fraction": 0.05, "contrast": 0.15}
IN_CHESTS = ("mass", "consolidation", "effusion", "nodule")
IN_CHEST = (
    *(*IN_CHESTS, "pneumothorax", "atelectasis", "fibrosis", "pleural thickening"),
    *("cardiomegaly", "emphysema", "calcification", "fracture"),
)
OF_EYES = ("glaucoma", "diabetic retinopathy", "age-related macular degeneration", "normal")
CASES: dict[str, tuple[Told, ...]] = {
    "two regions": (
        told(
            "kvasir_seg",
            "polyp",
            "polyp",
            TWO | {"contrast": 0.1},
            conclusion="Two colonic polyps.",
        ),
        told("busi", "benign", "mass", TWO, conclusion="Two benign breast masses."),
        told("tn3k", "malignant", "nodule", TWO, conclusion="Two malignant thyroid nodules."),
        told("fracatlas", "fracture", "fracture", BREAKS, conclusion="Fracture at two sites."),
        told("bone_fracture", "fracture", "break", BREAKS, conclusion="Fracture at two sites."),
    ),
    "one region": (
        told("isbi2016", "benign", "lesion", ONE),
        told("isic2017", "melanoma", "lesion", ONE),
        told("busi", "malignant", "mass", ONE, conclusion="Malignant breast mass."),
        told("tn3k", "benign", "nodule", ONE, conclusion="Benign thyroid nodule."),
        told("kvasir_seg", "polyp", "polyp", ONE),
    ),
    "lower left lung": tuple(told("chestx_det", name, "opacity", LUNG) for name in IN_CHESTS),
    "upper right lung": tuple(
        told("chestx_det", name, "opacity", LUNG | {"centroid_x": 0.3, "centroid_y": 0.3})
        for name in ("mass", "consolidation")
    ),
    "chest": (
        *(told("chestx_det", name, name, LUNG) for name in IN_CHEST),
        told(
            "chestx_det", "diffuse nodule", "diffuse nodules", LUNG, conclusion="Diffuse nodules."
        ),
    ),
    **{f"{name} in a chest": (told("chestx_det", name, name, LUNG),) for name in IN_CHEST},
    "diffuse nodule in a chest": (told("chestx_det", "diffuse nodule", "diffuse nodules", LUNG),),
    "fundus": tuple(told("fives", name, "vessel", VESSELS) for name in OF_EYES),
    "bone": (
        told("fracatlas", "fracture", "fracture", BREAK | {"contrast": 0.03}),
        told("bone_fracture", "fracture", "fracture", BREAK),
        of_part("wrist")._replace(noun="break"),
    ),
    "bone alone": (
        told("bone_fracture", "fracture", "fracture", BREAK),
        told("fracatlas", "fracture", "fracture", BREAK | {"contrast": 0.02}),
    ),
    "part of a limb": tuple(
        of_part(part) for part in ("wrist", "elbow", "finger", "forearm", "humerus", "shoulder")
    ),
    "negative": (
        told("busi", "normal", "mass", NOTHING, conclusion="Normal breast tissue."),
        told("chestx_det", "normal", "opacity", NOTHING, conclusion="Normal chest."),
        told("fracatlas", "no fracture", "fracture", NOTHING),
    ),
    "polyp": (told("kvasir_seg", "polyp", "polyp", ONE | {"contrast": 0.08}),),
    "benign breast": (told("busi", "benign", "mass", ONE),),
    "malignant breast": (told("busi", "malignant", "mass", ROUGH),),
    "diabetic retinopathy": (told("fives", "diabetic retinopathy", "vessel", VESSELS),),
    "macular degeneration": (told("fives", OF_EYES[2], "vessel", VESSELS),),
    "glaucoma": (told("fives", "glaucoma", "vessel", VESSELS),),
    "normal fundus": (told("fives", "normal", "vessel", VESSELS),),
    "benign skin": (told("isbi2016", "benign", "lesion", ONE),),
    "malignant skin": (told("isbi2016", "malignant", "lesion", ONE),),
    "nevus": (told("isic2017", "nevus", "lesion", ONE),),
    "melanoma": (told("isic2017", "melanoma", "lesion", ONE),),
    "keratosis": (told("isic2017", "seborrheic keratosis", "lesion", ONE),),
    "benign thyroid": (told("tn3k", "benign", "nodule", ONE),),
    "malignant thyroid": (told("tn3k", "malignant", "nodule", ROUGH),),
}


def plural(noun: str) -> str:
    if noun.endswith("y"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def text(one: Told, step: str, frame: str) -> Steps:
    method, modality = METHODS[one.case.modality]
    said = frame.format(
        n=one.noun,
        ns=plural(one.noun),
        N=one.noun.capitalize(),
        d=one.case.diagnosis,
        method=method,
        conclusion=one.conclusion,
    )
    steps = {
        "modality": modality,
        "analysis": "The picture is sharp and complete.",
        "reasoning": "What was seen agrees with what is concluded.",
        "conclusion": one.conclusion,
    }
    steps[step] = said if step in {"modality", "conclusion"} else f"{steps[step]} {said}"
    return Steps(**steps)


@pytest.mark.parametrize("section", SECTIONS)
def test_what_is_true_is_not_refused(section: str) -> None:
    step, _, names = section.partition(" of ")
    cases = cycle([one for name in names.split(" + ") for one in CASES[name]])
    wrong = []
    for frame in SECTIONS[section]:
        one = next(cases)
        steps = text(one, step, frame)
        found = check(one.case, steps)
        wrong += [f"{failure.code} {failure.claimed!r}: {steps}" for failure in found]
    assert not wrong
