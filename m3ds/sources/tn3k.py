"""TN3K: thyroid nodules in ultrasound, with JPEG masks and two label tables without a header.

Stems repeat between the two halves. Upstream's folds name images by their position in the sorted
list of the training half; the first fold's validation part is taken as the official one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from m3ds.errors import AnnotationError, LayoutError
from m3ds.formats import tables
from m3ds.formats.documents import read_json
from m3ds.labels.ultrasound import TN3K
from m3ds.schema.sample import MaskFiles, Problem, Sample
from m3ds.schema.source import Archive, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.pairing import Part, by_stem, labelled, paired
from m3ds.sources.tree import Tree, natural, problem

ARCHIVE = "TN3K.rar"
FOLD = "tn3k-trainval-fold0.json"
_NAME = re.compile(r"\d+\.jpg")

SOURCE = Source(
    name="tn3k",
    title="TN3K",
    modality="ultrasound",
    anatomy="thyroid",
    target="nodule",
    homepage="https://github.com/haifangong/TRFE-Net-for-thyroid-nodule-segmentation",
    citation=(
        "Gong et al. Multi-task learning for thyroid nodule segmentation with thyroid region "
        "prior. ISBI 2021. doi:10.1109/ISBI48211.2021.9434087; labels: Gong et al. MICCAI 2022. "
        "arXiv:2207.00807"
    ),
    archives=(
        Archive(
            name=ARCHIVE,
            roots=("datasets/tn3k", "Thyroid Dataset/tn3k", "tn3k"),
            urls=("https://huggingface.co/datasets/haifan-gong/TN3K/resolve/main/TN3K.rar",),
            sha256="407fe2b4992e83b037621214aaaa39d86072e03d4ee3765f3c68d06e546e4ad4",
        ),
    ),
    license=License(
        spdx="MIT",
        terms_url="https://huggingface.co/datasets/haifan-gong/TN3K",
        attribution="TN3K, Gong et al. 2021",
        redistribute_images=None,
        redistribute_masks=None,
        derivatives=None,
        commercial=None,
        note="MIT is stated for the code, and for the data on a card that has not been checked.",
    ),
    labels=TN3K,
    mask_kind="contour",
    negatives=None,
    supports=frozenset({"count", "area", "place", "shape", "contrast"}),
    laterality="image",
    safe_names=True,
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image with mask and label, training half before test.

    Raises:
        LayoutError: a whole archive without label tables: the release without diagnoses.
    """
    root = tree.root(ARCHIVE)
    if root is None:
        return
    for half in ("trainval", "test"):
        table = root / f"label4{half}.csv"
        if not table.exists() and not tree.is_partial(ARCHIVE):
            raise LayoutError(
                f"has no {table.name}",
                where=ARCHIVE,
                todo="one of the releases comes without labels; take the one with label tables",
            )
        images = by_stem(root / f"{half}-image", ".jpg")
        masks = by_stem(root / f"{half}-mask", ".jpg")
        labels, problems = labelled(
            tables.headerless(table, ("image", "label"), key=_NAME) if table.exists() else (),
            table=table.name,
            key="image",
            label=lambda row: SOURCE.labels.find(row["label"]),
        )
        yield from problems
        validation: frozenset[str] = frozenset()
        if half == "trainval" and (root / FOLD).exists():
            stems = sorted({*images, *masks, *labels}, key=lambda stem: natural(Path(stem)))
            try:
                validation = _validation(root / FOLD, stems, partial=tree.is_partial(ARCHIVE))
            except (AnnotationError, LayoutError) as error:
                yield problem(error)
        for item in paired(
            tree,
            Part("image", ARCHIVE, images),
            Part("mask", ARCHIVE, masks),
            Part("label", ARCHIVE, labels),
        ):
            if isinstance(item, Problem):
                yield item
                continue
            entry = labels[item]
            if entry is None:
                continue  # its label cannot be used, which has been said
            row, label = entry
            split = "validation" if item in validation else "train"
            yield Sample(
                source=SOURCE.name,
                stem=item,
                official_split="test" if half == "test" else split,
                image=tree.ref(ARCHIVE, images[item], "image"),
                annotation=MaskFiles(files=(tree.ref(ARCHIVE, masks[item], "mask"),)),
                diagnosis=label.name,
                source_label=row["label"],
                paper_label=label.paper,
                annotations=(tree.ref(ARCHIVE, table, "annotation"),),
            )


def _validation(path: Path, stems: Sequence[str], *, partial: bool) -> frozenset[str]:
    """The stems that the fold file at `path` sets aside.

    Its indices are positions in the whole sorted listing. The released names count from 0000
    without a gap, so where files are missing the number in a name is its position.

    Raises:
        AnnotationError: its two lists do not divide such a listing.
        LayoutError: it is no JSON.
    """
    fold = read_json(path)
    if not isinstance(fold, dict):
        raise AnnotationError("expected the lists val and train", where=path.name)
    held, rest = fold.get("val"), fold.get("train")
    if not isinstance(held, list) or not isinstance(rest, list):
        raise AnnotationError("expected the lists val and train", where=path.name)
    both = [*held, *rest]
    if not all(type(i) is int for i in both) or sorted(both) != list(range(len(both))):
        raise AnnotationError(
            "val and train must hold every position of the listing once", where=path.name
        )
    if len(stems) == len(both):
        return frozenset(stems[i] for i in held)
    if not partial:
        raise AnnotationError(
            f"divides {len(both)} images, but {len(stems)} are there; no fold is used",
            where=path.name,
        )
    positions = set(held)
    return frozenset(stem for stem in stems if stem.isdecimal() and int(stem) in positions)


ADAPTER = Adapter(SOURCE, read)
