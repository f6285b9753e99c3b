"""Kvasir-SEG: polyps in colonoscopy frames, outlined by JPEG masks.

The masks are lossy, so a pixel is of the polyp where it is brighter than mid-grey. The bounding
boxes upstream ships beside them were derived from the masks, noise included, and are not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from m3ds.labels.endoscopy import KVASIR_SEG
from m3ds.schema.sample import MaskFiles, Problem, Sample
from m3ds.schema.source import Archive, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.pairing import Part, by_stem, paired
from m3ds.sources.tree import Tree

ARCHIVE = "kvasir-seg.zip"

SOURCE = Source(
    name="kvasir_seg",
    title="Kvasir-SEG",
    modality="endoscopy",
    anatomy="colon",
    target="polyp",
    homepage="https://datasets.simula.no/kvasir-seg/",
    citation=(
        "Jha et al. Kvasir-SEG: A Segmented Polyp Dataset. MMM 2020. "
        "doi:10.1007/978-3-030-37734-2_37"
    ),
    archives=(
        Archive(
            name=ARCHIVE,
            roots=("Kvasir-SEG",),
            urls=("https://datasets.simula.no/downloads/kvasir-seg.zip",),
            sha256="03b30e21d584e04facf49397a2576738fd626815771afbbf788f74a7153478f7",
        ),
    ),
    license=License(
        spdx="LicenseRef-Kvasir-SEG",
        terms_url="https://datasets.simula.no/kvasir-seg/",
        attribution="Kvasir-SEG, Jha et al. 2020 (Simula)",
        redistribute_images=False,
        redistribute_masks=False,
        derivatives=None,
        commercial=False,
        note="Research and education only; redistribution is not granted.",
    ),
    labels=KVASIR_SEG,
    mask_kind="contour",
    negatives=None,
    supports=frozenset({"count", "area", "place", "shape", "contrast", "colour"}),
    laterality="image",
    safe_names=True,
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image and mask of the same name."""
    root = tree.root(ARCHIVE)
    if root is None:
        return
    label = SOURCE.labels.find("polyp")
    images = by_stem(root / "images", ".jpg")
    masks = by_stem(root / "masks", ".jpg")
    for stem in paired(tree, Part("image", ARCHIVE, images), Part("mask", ARCHIVE, masks)):
        if isinstance(stem, Problem):
            yield stem
            continue
        yield Sample(
            source=SOURCE.name,
            stem=stem,
            official_split=None,
            image=tree.ref(ARCHIVE, images[stem], "image"),
            annotation=MaskFiles(files=(tree.ref(ARCHIVE, masks[stem], "mask"),)),
            diagnosis=label.name,
            source_label="polyp",
            paper_label=label.paper,
        )


ADAPTER = Adapter(SOURCE, read)
