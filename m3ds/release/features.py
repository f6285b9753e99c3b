"""The published schema, as `datasets` features and as an arrow schema."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
from datasets import ClassLabel, Features, Image, List, Value

from m3ds.schema.base import MODALITIES, SOURCE_NAMES

MASK_KINDS = ("contour", "polygon", "box", "anatomy", "none")

_STRING = Value("string")

FEATURES = Features(
    {
        "sample_id": _STRING,
        "image_id": _STRING,
        "group_id": _STRING,
        "source": ClassLabel(names=list(SOURCE_NAMES)),
        "modality": ClassLabel(names=list(MODALITIES)),
        "anatomy": _STRING,
        "target": _STRING,
        "image": Image(),
        "image_status": _STRING,
        "mask": Image(mode="L"),
        "mask_kind": ClassLabel(names=list(MASK_KINDS)),
        "width": Value("int32"),
        "height": Value("int32"),
        "is_negative": Value("bool"),
        "is_phantom": Value("bool"),
        "has_overlay_text": Value("bool"),
        "diagnosis": _STRING,
        "source_label": _STRING,
        "paper_label": _STRING,
        "label_options": List(_STRING),
        "other_findings": List(_STRING),
        "official_split": _STRING,
        "question": _STRING,
        "answer": _STRING,
        "steps": {
            "modality": _STRING,
            "analysis": _STRING,
            "reasoning": _STRING,
            "conclusion": _STRING,
        },
        "messages": List({"role": _STRING, "content": List({"type": _STRING, "text": _STRING})}),
        "facts": {
            "n_regions": Value("int32"),
            "area_fraction": Value("float32"),
            "centroid_x": Value("float32"),
            "centroid_y": Value("float32"),
            "extent": Value("float32"),
            "eccentricity": Value("float32"),
            "solidity": Value("float32"),
            "irregularity": Value("float32"),
            "contrast": Value("float32"),
            "place": _STRING,
            "version": _STRING,
        },
        "regions": List({"xyxy": List(Value("int32")), "area_px": Value("int64")}),
        "hint_level": Value("int8"),
        "attempt": Value("int8"),
        "author": {
            "backend": _STRING,
            "model": _STRING,
            "revision": _STRING,
            "prompt_version": _STRING,
            "prompt_sha256": _STRING,
            "call_key": _STRING,
            "seed": Value("int64"),
            "temperature": Value("float32"),
        },
        "critics": List(
            {
                "model": _STRING,
                "revision": _STRING,
                "prompt_version": _STRING,
                "verdict": _STRING,
                "visual": Value("float32"),
                "location": Value("float32"),
                "medical": Value("float32"),
                "link": Value("float32"),
                "specificity": Value("float32"),
                "entropy": Value("float32"),
            }
        ),
        "checks_version": _STRING,
        "text_sha256": _STRING,
        "review": {
            "decision": _STRING,
            "policy": _STRING,
            "version_sha256": _STRING,
            "readers": Value("int8"),
        },
        "flags": List(_STRING),
        "license": {
            "spdx": _STRING,
            "terms_url": _STRING,
            "attribution": _STRING,
            "text_license": _STRING,
        },
        "files": List({"role": _STRING, "archive": _STRING, "name": _STRING, "sha256": _STRING}),
        "annotation_ids": List(_STRING),
        "transforms": List(_STRING),
        "image_sha256": _STRING,
        "image_pixels_sha256": _STRING,
        "mask_sha256": _STRING,
        "mask_pixels_sha256": _STRING,
    }
)


def arrow_schema() -> pa.Schema:
    """The arrow schema, with the features in the one syntax that `datasets` 3 and 5 both read.

    `datasets` before 4 does not know `List`; a bare JSON list means the same to every version.
    """
    stated = {"info": {"features": _bare_lists(FEATURES.to_dict())}}
    metadata = {b"huggingface": json.dumps(stated, sort_keys=True).encode()}
    return FEATURES.arrow_schema.with_metadata(metadata)


def _bare_lists(feature: Any) -> Any:
    if not isinstance(feature, dict):
        return feature
    if feature.get("_type") == "List":
        return [_bare_lists(feature["feature"])]
    return {name: _bare_lists(inner) for name, inner in feature.items()}
