"""ISBI 2016 (Part 3B): skin lesions, benign or malignant, with the mask beside each image.

The label tables have no header; training rows hold words, test rows numbers. Files of the same
name that list paths instead of diagnoses circulate, and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.formats import tables
from m3ds.labels.skin import ISBI2016
from m3ds.schema.base import Split
from m3ds.schema.sample import Problem, Sample
from m3ds.schema.source import License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.isic import Challenge, archive, lesions
from m3ds.sources.tree import Tree

_SPLITS: tuple[tuple[Split, str], ...] = (("train", "Training"), ("test", "Test"))
_ID = re.compile(r"ISIC_\d{7}")

SOURCE = Source(
    name="isbi2016",
    title="ISBI 2016",
    modality="dermoscopy",
    anatomy="skin",
    target="lesion",
    homepage="https://challenge.isic-archive.com/data/#2016",
    citation=(
        "Gutman et al. Skin Lesion Analysis toward Melanoma Detection: A Challenge at ISBI 2016, "
        "hosted by ISIC. arXiv:1605.01397, 2016."
    ),
    archives=(
        archive(2016, "ISBI2016_ISIC_Part3B_Training_Data.zip"),
        archive(
            2016,
            "ISBI2016_ISIC_Part3B_Training_GroundTruth.csv",
            18_519,
            "c81644547c974695b4e4c937342061dd",
        ),
        archive(2016, "ISBI2016_ISIC_Part3B_Test_Data.zip"),
        archive(
            2016,
            "ISBI2016_ISIC_Part3B_Test_GroundTruth.csv",
            6_443,
            "37a1e1a0a607d390ae85d23d5ce1dd65",
        ),
    ),
    license=License(
        spdx="NOASSERTION",
        terms_url="https://challenge.isic-archive.com/data/#2016",
        attribution="ISIC 2016 challenge, Gutman et al. 2016",
        redistribute_images=None,
        redistribute_masks=None,
        derivatives=None,
        commercial=None,
        note="Secondary sources disagree: CC0 in some, CC BY-NC 4.0 in another.",
    ),
    labels=ISBI2016,
    mask_kind="contour",
    negatives=None,
    supports=frozenset({"count", "area", "place", "shape", "contrast", "colour"}),
    laterality="image",
    safe_names=True,
    grouping="the image's ISIC id, which ISIC 2017 shares",
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image with mask and label, training before test."""
    for split, word in _SPLITS:
        data = f"ISBI2016_ISIC_Part3B_{word}_Data.zip"
        yield from lesions(
            tree,
            SOURCE,
            Challenge(
                split=split,
                images=data,
                masks=data,
                table=f"ISBI2016_ISIC_Part3B_{word}_GroundTruth.csv",
                mask_suffix="_Segmentation",
            ),
            rows=lambda path: tables.headerless(path, ("image_id", "label"), key=_ID),
            label=lambda row: SOURCE.labels.find(row["label"]),
            wording=lambda row, _: row["label"],
        )


ADAPTER = Adapter(SOURCE, read)
