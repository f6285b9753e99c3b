"""The base of all schema models, and the closed sets of words they use."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

SourceName = Literal[
    "fracatlas",
    "bone_fracture",
    "bone_fracture_detection",
    "isbi2016",
    "isic2017",
    "kvasir_seg",
    "busi",
    "tn3k",
    "chestx_det",
    "fives",
]
"""The ten sub-datasets, in the order of the paper's Table 3; also the names of the configs."""

SOURCE_NAMES: tuple[SourceName, ...] = get_args(SourceName)

Modality = Literal["x-ray", "dermoscopy", "endoscopy", "ultrasound", "fundus"]
MaskKind = Literal["contour", "polygon", "box", "anatomy", "none"]
Split = Literal["train", "validation", "test"]
Laterality = Literal["image", "pa_chest", "unknown"]
"""How a source's sides read: `image` (only the picture's left and right are known), `pa_chest`
(the picture's right is the patient's left), `unknown` (images may be mirrored as well, so nothing
may be said of the patient's sides)."""

FactGroup = Literal["count", "area", "place", "shape", "contrast", "colour"]
"""What a mask may support. `count`: n_regions; `area`: area_fraction; `place`: centroid and place;
`shape`: extent, eccentricity, solidity, irregularity; `contrast`, `colour`: the pixels inside."""

State = Literal[
    "needs_author",
    "needs_critic",
    "needs_review",
    "accepted",
    "rejected",
    "exhausted",
    "quarantined",
]

SPLITS: tuple[Split, ...] = ("train", "validation", "test")
MODALITIES: tuple[Modality, ...] = ("x-ray", "dermoscopy", "endoscopy", "ultrasound", "fundus")


class Frozen(BaseModel):
    """A value: cannot change, and knows no fields but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")
