"""Cases as the ten sources give them, with drawn facts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from m3ds.schema.base import FactGroup, Laterality, MaskKind, Modality
from m3ds.schema.case import Case
from m3ds.schema.facts import Facts
from m3ds.schema.vocabulary import COLOURS, place_word


class Kind(NamedTuple):
    modality: Modality
    anatomy: str
    target: str
    mask_kind: MaskKind
    laterality: Laterality
    supports: tuple[FactGroup, ...]
    options: tuple[str, ...]
    negative: str | None = None
    visible: tuple[str, ...] = ()


_FULL: tuple[FactGroup, ...] = ("count", "area", "place", "shape", "contrast")
_BOXES: tuple[FactGroup, ...] = ("count", "area", "place")
_TWO = ("benign", "malignant")
_CHEST = (
    *("atelectasis", "calcification", "cardiomegaly", "consolidation", "diffuse nodule"),
    *("effusion", "emphysema", "fibrosis", "fracture", "mass", "nodule"),
    *("pleural thickening", "pneumothorax"),
)
_ARM = tuple(
    f"{part} fracture" for part in ("elbow", "finger", "forearm", "humerus", "shoulder", "wrist")
)
_FUNDUS = ("age-related macular degeneration", "diabetic retinopathy", "glaucoma", "normal")

KINDS: dict[str, Kind] = {
    "fracatlas": Kind(
        *("x-ray", "hand", "fracture", "polygon", "image"),
        (*_BOXES, "contrast"), ("fracture",), "no fracture", ("fracture",),
    ),
    "bone_fracture": Kind(
        "x-ray", "bone", "fracture", "box", "unknown", _BOXES, ("fracture",), None, ("fracture",)
    ),
    "bone_fracture_detection": Kind("x-ray", "elbow", "fracture", "polygon", "image", _BOXES, _ARM),
    "isbi2016": Kind(
        "dermoscopy", "skin", "lesion", "contour", "image", (*_FULL, "colour"), _TWO
    ),
    "isic2017": Kind(
        *("dermoscopy", "skin", "lesion", "contour", "image"),
        (*_FULL, "colour"), ("nevus", "seborrheic keratosis", "melanoma"),
    ),
    "kvasir_seg": Kind(
        *("endoscopy", "colon", "polyp", "contour", "image"),
        (*_FULL, "colour"), ("polyp",), None, ("polyp",),
    ),
    "busi": Kind("ultrasound", "breast", "tumor", "contour", "image", _FULL, _TWO, "normal"),
    "tn3k": Kind("ultrasound", "thyroid", "nodule", "contour", "image", _FULL, _TWO),
    "chestx_det": Kind(
        "x-ray", "chest", "finding", "polygon", "pa_chest", _FULL, _CHEST, "normal"
    ),
    "fives": Kind(
        "fundus", "retina", "vessels", "anatomy", "image", ("area", "contrast"), _FUNDUS
    ),
}  # fmt: skip


def facts(supports: frozenset[FactGroup], rng: np.random.Generator, *, negative: bool) -> Facts:
    """Facts as a mask with such support may have."""
    drawn: dict[str, object] = {}
    if "count" in supports:
        drawn["n_regions"] = 0 if negative else int(rng.choice([1, 1, 1, 1, 2, 3, 14]))
    if "area" in supports:
        area = min(0.95, float(np.exp(rng.normal(-3.2, 1.3))))
        drawn["area_fraction"] = 0.0 if negative else round(area, 6)
    if negative:
        return Facts.model_validate(drawn | {"version": "1"})
    if "place" in supports:
        x, y = (round(float(np.clip(rng.normal(0.5, 0.2), 0, 1)), 4) for _ in "xy")
        drawn |= {"centroid_x": x, "centroid_y": y, "place": place_word(x, y)}
    if "shape" in supports:
        drawn["extent"] = round(float(rng.uniform(0.3, 1)), 4)
        drawn["eccentricity"] = round(float(rng.uniform(0, 1)), 4)
        drawn["solidity"] = round(float(rng.uniform(0.6, 1)), 4)
        drawn["irregularity"] = round(float(rng.exponential(0.6)), 4)
    if "contrast" in supports and rng.random() < 0.95:
        drawn["contrast"] = round(float(rng.normal(-0.05, 0.15)), 4)
    if "colour" in supports:
        drawn["colour"] = str(rng.choice(list(COLOURS)))
    return Facts.model_validate(drawn | {"version": "1"})


def case(
    source: str,
    number: int = 0,
    *,
    seed: int = 0,
    diagnosis: str | None = None,
    negative: bool = False,
    supports: frozenset[FactGroup] | None = None,
    measured: Facts | None = None,
) -> Case:
    """A case of `source`; what is not given is drawn by `seed` and `number`."""
    kind = KINDS[source]
    rng = np.random.default_rng([seed, number])
    options = (*kind.options, kind.negative) if kind.negative else kind.options
    name = kind.negative if negative else diagnosis or str(rng.choice(kind.options))
    assert name is not None
    carried = frozenset(kind.supports) if supports is None else supports
    return Case(
        sample_id=f"{source}-train-{number:05d}",
        source=source,
        modality=kind.modality,
        anatomy=kind.anatomy,
        target=kind.target,
        mask_kind="none" if negative else kind.mask_kind,
        laterality=kind.laterality,
        supports=carried,
        is_negative=negative,
        diagnosis=name,
        label_options=options,
        synonyms={option: (option,) for option in options},
        visible=kind.visible,
        facts=measured or facts(carried, rng, negative=negative),
    )
