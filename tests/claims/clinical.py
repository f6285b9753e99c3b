"""Sentences as clinicians and models word them: true ones, and false ones by their class."""

from __future__ import annotations

from pathlib import Path

import yaml

from m3ds.schema.case import Case
from m3ds.schema.facts import Facts
from m3ds.schema.text import Steps
from m3ds.sources.registry import adapter

# Right of and below the middle, round, smooth and darker than what is around it.
MEASURED = {
    "n_regions": 1,
    "area_fraction": 0.08,
    "centroid_x": 0.7,
    "centroid_y": 0.7,
    "eccentricity": 0.4,
    "solidity": 0.97,
    "irregularity": 0.03,
    "contrast": -0.2,
}


def frames(name: str) -> dict[str, list[str]]:
    """The groups of a file of sentence frames beside this one, a frame a line."""
    groups = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return {group: lines.splitlines() for group, lines in groups.items()}


def clinical_case(source: str, diagnosis: str, **facts: float) -> Case:
    """A case as its source declares it."""
    declared = adapter(source).source
    labels = {label.name: label for label in declared.labels.labels}
    options = declared.labels.options(negatives=True)
    return Case(
        sample_id=f"{source}-test-00001",
        source=source,
        modality=declared.modality,
        anatomy=declared.anatomy,
        target=declared.target,
        mask_kind=declared.mask_kind,
        laterality=declared.laterality,
        supports=declared.supports,
        is_negative=diagnosis == declared.labels.negative,
        diagnosis=diagnosis,
        label_options=options,
        synonyms={
            name: (name, *labels[name].synonyms) if name in labels else (name,) for name in options
        },
        visible=tuple(label.name for label in labels.values() if label.visible),
        facts=Facts.model_validate({"version": "1"} | facts),
    )


CASES = {
    "thyroid": clinical_case(
        *("tn3k", "malignant"), n_regions=1, area_fraction=0.05, centroid_x=0.7, centroid_y=0.3,
        eccentricity=0.75, solidity=0.85, irregularity=0.9, contrast=-0.15,
    ),
    "breast": clinical_case(
        *("busi", "benign"), n_regions=1, area_fraction=0.09, centroid_x=0.25, centroid_y=0.68,
        eccentricity=0.8, solidity=0.97, irregularity=0.2, contrast=-0.2,
    ),
    "healthy breast": clinical_case("busi", "normal", n_regions=0, area_fraction=0.0),
    "skin": clinical_case(
        *("isic2017", "nevus"), n_regions=1, area_fraction=0.2, centroid_x=0.35, centroid_y=0.36,
        eccentricity=0.4, solidity=0.97, irregularity=0.05, contrast=-0.3,
    ),
    "colon": clinical_case(
        *("kvasir_seg", "polyp"), n_regions=2, area_fraction=0.1, centroid_x=0.66, centroid_y=0.64,
        eccentricity=0.5, solidity=0.97, irregularity=0.1, contrast=0.12,
    ),
    "chest": clinical_case(
        *("chestx_det", "mass"), n_regions=1, area_fraction=0.03, centroid_x=0.7, centroid_y=0.3,
        eccentricity=0.6, solidity=0.95, irregularity=0.2, contrast=0.2,
    ),
    "wrist": clinical_case(
        *("fracatlas", "fracture"), n_regions=1, area_fraction=0.012, centroid_x=0.3,
        centroid_y=0.7, contrast=0.03,
    ),
    "fundus": clinical_case("fives", "glaucoma", area_fraction=0.07, contrast=-0.09),
}  # fmt: skip
CASES["wrist"] = CASES["wrist"].model_copy(update={"anatomy": "hand"})

_CONCLUSIONS = {
    "thyroid": "Malignant thyroid nodule.",
    "breast": "Benign breast lesion.",
    "healthy breast": "Normal breast tissue.",
    "skin": "Melanocytic nevus.",
    "colon": "Two colonic polyps.",
    "chest": "Lung mass.",
    "wrist": "Fracture of the hand.",
    "fundus": "Glaucoma.",
}
_MODALITIES = {
    "x-ray": "Plain radiograph.",
    "ultrasound": "Greyscale ultrasound.",
    "dermoscopy": "Dermoscopic photograph.",
    "endoscopy": "Colonoscopic still.",
    "fundus": "Colour fundus photograph.",
}


def text_of(name: str, **steps: str) -> Steps:
    """A plain text for the case called `name`, with some steps of one's own."""
    plain = {
        "modality": _MODALITIES[CASES[name].modality],
        "analysis": "The quality of the picture allows an assessment.",
        "reasoning": "The appearances described above lead to what is concluded below.",
        "conclusion": _CONCLUSIONS[name],
    }
    return Steps(**(plain | steps))
