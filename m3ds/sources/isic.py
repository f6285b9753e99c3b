"""What the two ISIC challenges have in common: where they lie, and how their lesions are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from m3ds.errors import AnnotationError
from m3ds.formats.tables import Row
from m3ds.schema.base import Split
from m3ds.schema.sample import MaskFiles, Problem, Sample
from m3ds.schema.source import Archive, Label, Source
from m3ds.sources.pairing import Part, by_stem, labelled, paired
from m3ds.sources.tree import Tree

_HOSTS = (
    "https://isic-challenge-data.s3.amazonaws.com",
    "https://isic-archive.s3.amazonaws.com/challenges",
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One split of a challenge: the archives of its images, masks and label table.

    A mask is called after its image, with `mask_suffix` before `.png`.
    """

    split: Split
    images: str
    masks: str
    table: str
    mask_suffix: str


def archive(year: int, name: str, size: int | None = None, md5: str | None = None) -> Archive:
    """An archive or table of one year's challenge; a plain table has no `.zip`."""
    return Archive(
        name=name,
        roots=(name.removesuffix(".zip"),),
        packed=name.endswith(".zip"),
        urls=tuple(f"{host}/{year}/{name}" for host in _HOSTS),
        bytes=size,
        md5=md5,
    )


def lesions(
    tree: Tree,
    source: Source,
    challenge: Challenge,
    *,
    rows: Callable[[Path], Iterable[Row | AnnotationError]],
    label: Callable[[Row], Label],
    wording: Callable[[Row, Label], str],
) -> Iterator[Sample | Problem]:
    """Yield one sample per image with mask and label.

    Args:
        rows: Reads the table at a path.
        label: Finds a row's label; may raise `UnknownLabel` or `AnnotationError`.
        wording: What upstream calls it, for `source_label`.
    """
    path = tree.root(challenge.table)
    images = by_stem(tree.root(challenge.images), ".jpg")
    masks = {
        stem.removesuffix(challenge.mask_suffix): mask
        for stem, mask in by_stem(tree.root(challenge.masks), ".png").items()
        if stem.endswith(challenge.mask_suffix)
    }
    labels, problems = labelled(
        rows(path) if path is not None else (), table=challenge.table, key="image_id", label=label
    )
    yield from problems
    for item in paired(
        tree,
        Part("image", challenge.images, images),
        Part("mask", challenge.masks, masks),
        Part("label", challenge.table, labels),
    ):
        if isinstance(item, Problem):
            yield item
            continue
        entry = labels[item]
        if entry is None or path is None:
            continue  # its label cannot be used, which has been said
        row, found = entry
        yield Sample(
            source=source.name,
            stem=item,
            official_split=challenge.split,
            image=tree.ref(challenge.images, images[item], "image"),
            annotation=MaskFiles(files=(tree.ref(challenge.masks, masks[item], "mask"),)),
            diagnosis=found.name,
            source_label=wording(row, found),
            paper_label=found.paper,
            group=f"isic:{item}",
            annotations=(tree.ref(challenge.table, path, "annotation"),),
        )
