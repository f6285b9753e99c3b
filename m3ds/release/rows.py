"""One published row, as the values of its columns."""

from __future__ import annotations

from typing import Any

from m3ds.objects import ObjectStore
from m3ds.schema.release import Row
from m3ds.schema.text import Judgement

SCORED = ("visual", "location", "medical", "link", "specificity")
TEXT_LICENSE = "CC-BY-4.0"
"""Of what m3ds makes itself, texts and phantoms; other images keep the licence of their source."""


def values(row: Row, objects: ObjectStore) -> dict[str, Any]:
    """The columns of DATA.md for one row; image and mask bytes are read from `objects`."""
    accepted, source = row.accepted, row.source
    sample = accepted.sample
    return {
        "sample_id": sample.sample_id,
        "image_id": sample.image_id,
        "group_id": row.group_id,
        "source": sample.source,
        "modality": source.modality,
        "anatomy": sample.anatomy,
        "target": source.target,
        "image": {
            "bytes": objects.get(sample.image_sha256),
            "path": f"{sample.image_id}.{sample.image_format}",
        },
        "image_status": "embedded",
        "mask": {"bytes": objects.get(sample.mask_sha256), "path": f"{sample.sample_id}.png"},
        "mask_kind": sample.mask_kind,
        "width": sample.width,
        "height": sample.height,
        "is_negative": sample.is_negative,
        "is_phantom": sample.is_phantom,
        "has_overlay_text": sample.has_overlay_text,
        "diagnosis": sample.diagnosis,
        "source_label": sample.source_label,
        "paper_label": sample.paper_label,
        "label_options": list(accepted.label_options),
        "other_findings": list(sample.other_findings),
        "official_split": sample.official_split,
        "question": accepted.question,
        "answer": accepted.answer,
        "steps": accepted.steps.model_dump(),
        "messages": list(accepted.messages),
        "facts": sample.facts.model_dump(exclude={"colour"}),
        "regions": [
            {"xyxy": list(region.xyxy), "area_px": region.area_px} for region in sample.regions
        ],
        "hint_level": accepted.hint_level,
        "attempt": accepted.attempt,
        "author": accepted.author.model_dump(),
        "critics": [_critic(judgement) for judgement in accepted.judgements],
        "checks_version": accepted.checks_version,
        "text_sha256": accepted.text_sha,
        "review": {
            "decision": None,
            "policy": accepted.review_policy,
            "version_sha256": None,
            "readers": 0,
        },
        "flags": list(row.flags),
        "license": _license(row),
        "files": [file.model_dump() for file in sample.files],
        "annotation_ids": list(sample.annotation_ids),
        "transforms": list(sample.transforms),
        "image_sha256": sample.image_sha256,
        "image_pixels_sha256": sample.image_pixels_sha256,
        "mask_sha256": sample.mask_sha256,
        "mask_pixels_sha256": sample.mask_pixels_sha256,
    }


def _critic(judgement: Judgement) -> dict[str, Any]:
    """What one critic found of an accepted text; `entropy` is the mean over the dimensions."""
    return {
        "model": judgement.model,
        "revision": judgement.revision,
        "prompt_version": judgement.prompt_version,
        "verdict": "accept",
        **{name: judgement.expected.get(name) for name in SCORED},
        "entropy": sum(judgement.entropy.values()) / len(judgement.entropy),
    }


def _license(row: Row) -> dict[str, str]:
    """The terms of the image: its source's, or for a phantom our own."""
    terms = row.source.license
    if row.accepted.sample.is_phantom:
        return {
            "spdx": TEXT_LICENSE,
            "terms_url": "https://creativecommons.org/licenses/by/4.0/",
            "attribution": f"m3ds, synthetic image in the layout of {row.source.title}",
            "text_license": TEXT_LICENSE,
        }
    return {
        "spdx": terms.spdx,
        "terms_url": terms.terms_url,
        "attribution": terms.attribution,
        "text_license": TEXT_LICENSE,
    }
