"""ISIC 2017: skin lesions in three classes, with the masks in archives of their own.

Beside the images lie superpixel maps and tables, which are not read. The classes are two columns:
neither set means nevus. The test archives are the second version, and named so.
"""

from __future__ import annotations

from collections.abc import Iterator

from m3ds.errors import AnnotationError
from m3ds.formats import tables
from m3ds.labels.skin import ISIC2017
from m3ds.schema.base import Split
from m3ds.schema.sample import Problem, Sample
from m3ds.schema.source import Label, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.isic import Challenge, archive, lesions
from m3ds.sources.tree import Tree

_SPLITS: tuple[tuple[Split, str], ...] = (
    ("train", "Training"),
    ("validation", "Validation"),
    ("test", "Test_v2"),
)
_COLUMNS = ("image_id", "melanoma", "seborrheic_keratosis")
_CLASSES = {(0.0, 0.0): "nevus", (1.0, 0.0): "melanoma", (0.0, 1.0): "seborrheic_keratosis"}

SOURCE = Source(
    name="isic2017",
    title="ISIC 2017",
    modality="dermoscopy",
    anatomy="skin",
    target="lesion",
    homepage="https://challenge.isic-archive.com/data/#2017",
    citation=(
        "Codella et al. Skin Lesion Analysis Toward Melanoma Detection: A Challenge at the 2017 "
        "International Symposium on Biomedical Imaging. ISBI 2018. arXiv:1710.05006, "
        "doi:10.1109/ISBI.2018.8363547"
    ),
    archives=(
        archive(2017, "ISIC-2017_Training_Data.zip"),
        archive(2017, "ISIC-2017_Training_Part1_GroundTruth.zip"),
        archive(
            2017,
            "ISIC-2017_Training_Part3_GroundTruth.csv",
            42_039,
            "956dff50abd4a73527309429464e75c8",
        ),
        archive(2017, "ISIC-2017_Validation_Data.zip"),
        archive(2017, "ISIC-2017_Validation_Part1_GroundTruth.zip"),
        archive(2017, "ISIC-2017_Validation_Part3_GroundTruth.csv"),
        archive(2017, "ISIC-2017_Test_v2_Data.zip"),
        archive(2017, "ISIC-2017_Test_v2_Part1_GroundTruth.zip"),
        archive(2017, "ISIC-2017_Test_v2_Part3_GroundTruth.csv"),
    ),
    license=License(
        spdx="CC0-1.0",
        terms_url="https://challenge.isic-archive.com/data/#2017",
        attribution="ISIC 2017 challenge, Codella et al. 2018",
        redistribute_images=None,
        redistribute_masks=None,
        derivatives=None,
        commercial=None,
        note="CC0 is what secondary sources say; the host's own page has not been checked.",
    ),
    labels=ISIC2017,
    mask_kind="contour",
    negatives=None,
    supports=frozenset({"count", "area", "place", "shape", "contrast", "colour"}),
    laterality="image",
    safe_names=True,
    grouping="the image's ISIC id, which ISBI 2016 shares",
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image with mask and label: training, validation, test."""
    for split, word in _SPLITS:
        yield from lesions(
            tree,
            SOURCE,
            Challenge(
                split=split,
                images=f"ISIC-2017_{word}_Data.zip",
                masks=f"ISIC-2017_{word}_Part1_GroundTruth.zip",
                table=f"ISIC-2017_{word}_Part3_GroundTruth.csv",
                mask_suffix="_segmentation",
            ),
            rows=lambda path: tables.headed(path, _COLUMNS),
            label=lambda row: _label(*(row[column] for column in _COLUMNS[1:])),
            wording=lambda _, label: label.upstream[0],
        )


def _label(melanoma: str, keratosis: str) -> Label:
    try:
        name = _CLASSES[float(melanoma), float(keratosis)]
    except (KeyError, ValueError):
        raise AnnotationError(
            f"melanoma {melanoma!r} with seborrheic_keratosis {keratosis!r} is no class"
        ) from None
    return SOURCE.labels.find(name)


ADAPTER = Adapter(SOURCE, read)
