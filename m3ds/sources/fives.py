"""FIVES: fundus photographs with their vessels outlined.

The class is the letter behind the number in each file name; numbers restart in every split. The
mask outlines anatomy, in healthy eyes too, and never a lesion.
"""

from __future__ import annotations

from collections.abc import Iterator

from m3ds.errors import UnknownLabel
from m3ds.labels.fundus import FIVES
from m3ds.schema.base import Split
from m3ds.schema.sample import MaskFiles, Problem, Sample
from m3ds.schema.source import Archive, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.pairing import Part, by_stem, paired
from m3ds.sources.tree import Tree, problem

_NAME = "FIVES A Fundus Image Dataset for AI-based Vessel Segmentation"
ARCHIVE = f"{_NAME}.rar"
_SPLITS: tuple[Split, ...] = ("train", "test")

SOURCE = Source(
    name="fives",
    title="FIVES",
    modality="fundus",
    anatomy="retina",
    target="vessels",
    homepage="https://doi.org/10.6084/m9.figshare.19688169",
    citation=(
        "Jin et al. FIVES: A Fundus Image Dataset for Artificial Intelligence based Vessel "
        "Segmentation. Scientific Data 9:475, 2022. doi:10.1038/s41597-022-01564-3"
    ),
    archives=(
        Archive(
            name=ARCHIVE,
            roots=(_NAME,),
            # The other form of this address answers 202 with an empty body.
            urls=("https://ndownloader.figshare.com/files/34969398",),
            bytes=1_764_974_308,
            sha256="be72f9af286b107bcebcc08a9dae7fc55c3fb0959409b689e14c72f9fdc4ad8e",
            md5="789c80dd5376a82063e27fa49192bac9",
        ),
    ),
    license=License(
        spdx="CC-BY-4.0",
        terms_url="https://creativecommons.org/licenses/by/4.0/",
        attribution="FIVES, Jin et al. 2022",
        redistribute_images=True,
        redistribute_masks=True,
        derivatives=True,
        commercial=True,
        third_party_models=True,
    ),
    labels=FIVES,
    mask_kind="anatomy",
    negatives=None,
    # Vessels are everywhere: their number, place and shape would say nothing of the disease.
    supports=frozenset({"area", "contrast"}),
    laterality="image",
    safe_names=True,
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per photograph and vessel mask of the same name."""
    root = tree.root(ARCHIVE)
    if root is None:
        return
    for split in _SPLITS:
        images = by_stem(root / split / "Original", ".png")
        masks = by_stem(root / split / "Ground truth", ".png")
        for stem in paired(tree, Part("image", ARCHIVE, images), Part("mask", ARCHIVE, masks)):
            if isinstance(stem, Problem):
                yield stem
                continue
            letter = stem.rpartition("_")[2]
            try:
                label = SOURCE.labels.find(letter)
            except UnknownLabel as error:
                yield problem(error, where=tree.name(ARCHIVE, images[stem]))
                continue
            yield Sample(
                source=SOURCE.name,
                stem=stem,
                official_split=split,
                image=tree.ref(ARCHIVE, images[stem], "image"),
                annotation=MaskFiles(files=(tree.ref(ARCHIVE, masks[stem], "mask"),)),
                diagnosis=label.name,
                source_label=letter,
                paper_label=label.paper,
            )


ADAPTER = Adapter(SOURCE, read)
