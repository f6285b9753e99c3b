"""The tree of a Roboflow export in YOLO form, which two of the sources come as.

`{train,valid,test}/{images,labels}/<name>.{jpg,txt}` and a `data.yaml` that names the classes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from m3ds.errors import LayoutError
from m3ds.formats import yolo
from m3ds.schema.base import Split
from m3ds.schema.sample import Problem
from m3ds.sources.pairing import Part, by_stem, paired
from m3ds.sources.tree import Tree

_FOLDERS: tuple[tuple[Split, tuple[str, ...]], ...] = (
    ("train", ("train",)),
    ("validation", ("valid", "val")),
    ("test", ("test",)),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An image and its label file."""

    split: Split
    stem: str
    image: Path
    labels: Path


def pairs(tree: Tree, archive: str, root: Path, classes: Sequence[str]) -> Iterator[Pair | Problem]:
    """Yield the pairs of the export in `root`, split by split.

    Raises:
        LayoutError: `data.yaml` names other classes than `classes`, or is not in a whole archive;
            there is no split folder; or one split has two folders.
    """
    listing = root / "data.yaml"
    if listing.exists() or not tree.is_partial(archive):
        yolo.class_names(listing, classes)
    found = [(split, [n for n in names if (root / n).is_dir()]) for split, names in _FOLDERS]
    if not any(names for _, names in found):
        raise LayoutError("has no train, valid or test folder", where=archive)
    for split, names in found:
        if len(names) > 1:
            raise LayoutError(
                f"has both {' and '.join(names)}, so the {split} split is ambiguous",
                where=archive,
                todo="remove the one that is not upstream's",
            )
        for name in names:
            images = by_stem(root / name / "images", ".jpg")
            labels = by_stem(root / name / "labels", ".txt")
            parts = (Part("image", archive, images), Part("label file", archive, labels))
            for item in paired(tree, *parts):
                if isinstance(item, Problem):
                    yield item
                else:
                    yield Pair(split, item, images[item], labels[item])


def skipped(tree: Tree, archive: str, pair: Pair, why: str) -> Problem:
    """The problem that a pair without any region is: not normal, just of no use here."""
    name = tree.name(archive, pair.image)
    return Problem(kind="skipped", code="EmptyLabel", where=name, seen=why)
