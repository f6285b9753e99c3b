"""ChestX-Det: thirteen findings outlined in frontal chest radiographs.

Most positive images carry several findings, so there is one sample per image and finding; its
region is the union of that finding's polygons. The polygons are trusted over the boxes beside
them, which disagree now and then. An entry without instances is a normal radiograph.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from m3ds.errors import AnnotationError, DuplicateId, UnknownLabel
from m3ds.formats import parallel
from m3ds.labels.chest import CHESTX_DET
from m3ds.schema.base import Split
from m3ds.schema.sample import FileRef, NoRegion, Polygons, Problem, Sample
from m3ds.schema.source import Archive, Label, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.pairing import Part, by_stem, paired
from m3ds.sources.tree import Tree, problem

_PARTS: tuple[tuple[Split, str, str], ...] = (
    ("train", "train_data.zip", "ChestX_Det_train.json"),
    ("test", "test_data.zip", "ChestX_Det_test.json"),
)
_IMAGES = "http://resource.deepwise.com/ChestX-Det"
_LISTS = "https://raw.githubusercontent.com/Deepwise-AILab/ChestX-Det-Dataset/HEAD"
DRAWN_ON = (1024, 1024)
"""Width and height of every released image; the coordinates are pixels of these."""

SOURCE = Source(
    name="chestx_det",
    title="ChestX-Det",
    modality="x-ray",
    anatomy="chest",
    target="finding",
    homepage="https://github.com/Deepwise-AILab/ChestX-Det-Dataset",
    citation=(
        "Lian et al. A Structure-Aware Relation Network for Thoracic Diseases Detection and "
        "Segmentation. IEEE TMI 40(8):2042-2052, 2021. arXiv:2104.10326; images: Wang et al. "
        "ChestX-ray8. CVPR 2017."
    ),
    archives=(
        Archive(
            name="train_data.zip",
            roots=("train",),
            urls=(f"{_IMAGES}/train_data.zip",),
            sha256="413f74a03383280e2d63f6215c8eb581aa386cfec323fb4148f0916d2f5f2900",
        ),
        Archive(
            name="test_data.zip",
            roots=("test",),
            urls=(f"{_IMAGES}/test_data.zip",),
            sha256="c52677d1e4043bf425bc997d62db2a780f6260ea1d67ad37c65fe3b2ffdef14f",
        ),
        Archive(
            name="ChestX_Det_train.json",
            roots=("ChestX_Det_train.json",),
            packed=False,
            urls=(f"{_LISTS}/ChestX_Det_train.json",),
            bytes=2_163_730,
            sha256="1de7dc214e1436e37868b0f035c1c000da3510ea86dac6621fe412d542eabd3c",
        ),
        Archive(
            name="ChestX_Det_test.json",
            roots=("ChestX_Det_test.json",),
            packed=False,
            urls=(f"{_LISTS}/ChestX_Det_test.json",),
            bytes=430_181,
            sha256="c511a004504a137ba9e31968d5226f7f436ac08a2b6940d5f1b77f78855ba532",
        ),
    ),
    license=License(
        spdx="Apache-2.0",
        terms_url="https://github.com/Deepwise-AILab/ChestX-Det-Dataset/blob/HEAD/LICENSE",
        attribution=(
            "Annotations: ChestX-Det, Deepwise AI Lab (Apache-2.0). Images: NIH Clinical Center, "
            "ChestX-ray14, https://nihcc.app.box.com/v/ChestXray-NIHCC"
        ),
        redistribute_images=None,
        redistribute_masks=True,
        derivatives=True,
        commercial=None,
        note="Apache-2.0 is stated for the annotations; whether it covers the images is not said.",
    ),
    labels=CHESTX_DET,
    mask_kind="polygon",
    negatives="keep",
    supports=frozenset({"count", "area", "place", "shape", "contrast"}),
    laterality="pa_chest",
    safe_names=True,
    single=False,
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image and finding, and one per normal image, train before test."""
    for split, archive, listing in _PARTS:
        root, path = tree.root(archive), tree.root(listing)
        images = by_stem(root, ".png")
        entries: dict[str, parallel.Entry] = {}
        for entry in parallel.parse(path) if path is not None else ():
            if isinstance(entry, AnnotationError):
                yield problem(entry)
                continue
            stem = Path(entry.file_name).stem
            if stem in entries:
                error = DuplicateId(
                    "is listed twice; the first entry counts", where=entry.file_name
                )
                yield problem(error)
                continue
            entries[stem] = entry
        parts = (Part("image", archive, images), Part("entry", listing, entries))
        for item in paired(tree, *parts):
            if isinstance(item, Problem):
                yield item
            elif path is not None:
                image = tree.ref(archive, images[item], "image")
                used = tree.ref(listing, path, "annotation")
                yield from _samples(item, split, entries[item], image, used)


def _samples(
    stem: str, split: Split, entry: parallel.Entry, image: FileRef, listing: FileRef
) -> Iterator[Sample | Problem]:
    if not entry.instances:
        yield Sample(
            source=SOURCE.name,
            stem=stem,
            official_split=split,
            image=image,
            annotation=NoRegion(),
            diagnosis="normal",
            source_label="",
            is_negative=True,
            annotations=(listing,),
        )
        return
    found: dict[Label, list[parallel.Instance]] = {}
    for instance in entry.instances:
        try:
            found.setdefault(SOURCE.labels.find(instance.name), []).append(instance)
        except UnknownLabel as error:
            yield problem(error, where=f"{listing.name} ({entry.file_name})")
    for label, instances in found.items():
        bad = [i.ring for i in instances if isinstance(i.ring, AnnotationError)]
        rings = tuple(i.ring for i in instances if not isinstance(i.ring, AnnotationError))
        if bad:  # a region known to lack a part is no region
            yield from map(problem, bad)
            continue
        yield Sample(
            source=SOURCE.name,
            stem=stem,
            official_split=split,
            image=image,
            annotation=Polygons(rings=rings, size=DRAWN_ON),
            diagnosis=label.name,
            source_label=instances[0].name,
            paper_label=label.paper,
            finding=label.name.replace(" ", "-"),
            other_findings=tuple(other.name for other in found if other is not label),
            annotations=(listing,),
            annotation_ids=tuple(str(i.index) for i in instances),
        )


ADAPTER = Adapter(SOURCE, read)
