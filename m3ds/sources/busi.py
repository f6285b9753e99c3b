"""BUSI: breast ultrasound with one or several mask files per image.

The class is the folder's name. Masks come in several modes and are merged; those of normal images
are all black. Copies of one image in two classes are found later, by their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from m3ds.labels.ultrasound import BUSI
from m3ds.schema.sample import MaskFiles, Problem, Sample
from m3ds.schema.source import Archive, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.pairing import Part, by_stem, paired
from m3ds.sources.tree import Tree

ARCHIVE = "Dataset_BUSI.zip"
_MASK = re.compile(r"(?P<image>.+)_mask(_\d+)?")

SOURCE = Source(
    name="busi",
    title="BUSI",
    modality="ultrasound",
    anatomy="breast",
    target="tumor",
    homepage="https://scholar.cu.edu.eg/?q=afahmy/pages/dataset",
    citation=(
        "Al-Dhabyani et al. Dataset of breast ultrasound images. Data in Brief 28:104863, 2020. "
        "doi:10.1016/j.dib.2019.104863"
    ),
    archives=(
        Archive(
            name=ARCHIVE,
            roots=("Dataset_BUSI_with_GT",),
            urls=("https://scholar.cu.edu.eg/Dataset_BUSI.zip",),
        ),
    ),
    license=License(
        spdx="NOASSERTION",
        terms_url="https://scholar.cu.edu.eg/?q=afahmy/pages/dataset",
        attribution="Breast Ultrasound Images Dataset, Al-Dhabyani et al. 2020",
        redistribute_images=None,
        redistribute_masks=None,
        derivatives=None,
        commercial=None,
        note="The original host states no licence; copies elsewhere claim CC0 without a source.",
    ),
    labels=BUSI,
    mask_kind="contour",
    negatives="keep",
    supports=frozenset({"count", "area", "place", "shape", "contrast"}),
    laterality="image",
    safe_names=True,
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image: benign, malignant, then normal."""
    root = tree.root(ARCHIVE)
    if root is None:
        return
    for folder in ("benign", "malignant", "normal"):
        images: dict[str, Path] = {}
        masks: dict[str, list[Path]] = {}
        for stem, path in by_stem(root / folder, ".png").items():
            if match := _MASK.fullmatch(stem):
                masks.setdefault(match["image"], []).append(path)
            else:
                images[stem] = path
        first = {stem: paths[0] for stem, paths in masks.items()}
        for item in paired(tree, Part("image", ARCHIVE, images), Part("mask", ARCHIVE, first)):
            if isinstance(item, Problem):
                yield item
                continue
            label = None if folder == "normal" else SOURCE.labels.find(folder)
            yield Sample(
                source=SOURCE.name,
                stem=item,
                official_split=None,
                image=tree.ref(ARCHIVE, images[item], "image"),
                annotation=MaskFiles(
                    files=tuple(tree.ref(ARCHIVE, path, "mask") for path in masks[item])
                ),
                diagnosis=label.name if label else "normal",
                source_label=folder,
                paper_label=label.paper if label else None,
                is_negative=label is None,
            )


ADAPTER = Adapter(SOURCE, read)
