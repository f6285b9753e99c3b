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
from m3ds.schema.sample import MaskFiles, Problem, Sample
from m3ds.schema.source import Archive, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.pairing import Part, by_stem, labelled, paired
from m3ds.sources.tree import Tree

_SPLITS: tuple[tuple[Split, str], ...] = (("train", "Training"), ("test", "Test"))
_MASK = "_Segmentation"
_ID = re.compile(r"ISIC_\d{7}")
_BASES = (
    "https://isic-challenge-data.s3.amazonaws.com/2016",
    "https://isic-archive.s3.amazonaws.com/challenges/2016",
)


def _archive(name: str, size: int | None = None, md5: str | None = None) -> Archive:
    packed = name.endswith(".zip")
    return Archive(
        name=name,
        roots=(name.removesuffix(".zip"),),
        packed=packed,
        urls=tuple(f"{base}/{name}" for base in _BASES),
        bytes=size,
        md5=md5,
    )


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
        _archive("ISBI2016_ISIC_Part3B_Training_Data.zip"),
        _archive(
            "ISBI2016_ISIC_Part3B_Training_GroundTruth.csv",
            18_519,
            "c81644547c974695b4e4c937342061dd",
        ),
        _archive("ISBI2016_ISIC_Part3B_Test_Data.zip"),
        _archive(
            "ISBI2016_ISIC_Part3B_Test_GroundTruth.csv", 6_443, "37a1e1a0a607d390ae85d23d5ce1dd65"
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
        table = f"ISBI2016_ISIC_Part3B_{word}_GroundTruth.csv"
        root, path = tree.root(data), tree.root(table)
        images = by_stem(root, ".jpg")
        masks = {
            stem.removesuffix(_MASK): mask
            for stem, mask in by_stem(root, ".png").items()
            if stem.endswith(_MASK)
        }
        labels, problems = labelled(
            tables.headerless(path, ("image_id", "label"), key=_ID) if path is not None else (),
            table=table,
            key="image_id",
            label=lambda row: SOURCE.labels.find(row["label"]),
        )
        yield from problems
        for item in paired(
            tree,
            Part("image", data, images),
            Part("mask", data, masks),
            Part("label", table, labels),
        ):
            if isinstance(item, Problem):
                yield item
                continue
            entry = labels[item]
            if entry is None or path is None:
                continue  # its label cannot be used, which has been said
            row, label = entry
            yield Sample(
                source=SOURCE.name,
                stem=item,
                official_split=split,
                image=tree.ref(data, images[item], "image"),
                annotation=MaskFiles(files=(tree.ref(data, masks[item], "mask"),)),
                diagnosis=label.name,
                source_label=row["label"],
                paper_label=label.paper,
                group=f"isic:{item}",
                annotations=(tree.ref(table, path, "annotation"),),
            )


ADAPTER = Adapter(SOURCE, read)
