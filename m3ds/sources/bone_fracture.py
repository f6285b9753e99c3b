"""Bone Fracture: radiographs with boxes around fractures and signs of displacement.

Upstream has boxes only, so the region is the union of filled boxes; it says nothing of shape.
Stems are running numbers that repeat across and inside splits; only with the export's hash behind
them are they unique within a split. An empty label file does not mean that the bone is sound.
"""

from __future__ import annotations

from collections.abc import Iterator

from m3ds.errors import AnnotationError
from m3ds.formats import yolo
from m3ds.labels.fracture import BONE_FRACTURE
from m3ds.schema.sample import Boxes, Problem, Sample
from m3ds.schema.source import Archive, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.roboflow import pairs, skipped
from m3ds.sources.tree import Tree, problem

ARCHIVE = "bone fracture.v2-release.yolov8.zip"
CLASSES = ("angle", "fracture", "line", "messed_up_angle")

SOURCE = Source(
    name="bone_fracture",
    title="Bone Fracture",
    modality="x-ray",
    anatomy="bone",
    target="fracture",
    homepage="https://universe.roboflow.com/roboflow-100/bone-fracture-7fylg",
    citation=(
        "Ciaglia et al. Roboflow 100: A Rich, Multi-Domain Object Detection Benchmark. "
        "arXiv:2211.13523, 2022; project roboflow-100/bone-fracture-7fylg, version 2."
    ),
    archives=(
        # The export has no folder around it: its splits stand side by side at the top.
        Archive(name=ARCHIVE, roots=("train", "valid", "val", "test", "data.yaml")),
    ),
    license=License(
        spdx="CC-BY-4.0",
        terms_url="https://universe.roboflow.com/roboflow-100/bone-fracture-7fylg",
        attribution="Bone Fracture, Roboflow 100 (J. Zhang, C. Li)",
        redistribute_images=None,
        redistribute_masks=True,
        derivatives=True,
        commercial=None,
        note="CC BY 4.0 is the uploader's claim; where the images come from is undocumented.",
    ),
    labels=BONE_FRACTURE,
    mask_kind="box",
    negatives=None,
    supports=frozenset({"count", "area", "place"}),
    laterality="unknown",
    safe_names=True,
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image with at least one box."""
    root = tree.folder(ARCHIVE)
    if root is None:
        return
    for pair in pairs(tree, ARCHIVE, root, CLASSES):
        if isinstance(pair, Problem):
            yield pair
            continue
        try:
            boxes = yolo.boxes(pair.labels, classes=len(CLASSES))
        except AnnotationError as error:
            yield problem(error)
            continue
        if not boxes:
            yield skipped(tree, ARCHIVE, pair, "its label file is empty, which is not normal here")
            continue
        names = [CLASSES[i] for i in sorted({box.class_id for box in boxes})]
        label = SOURCE.labels.find(names[0])
        yield Sample(
            source=SOURCE.name,
            stem=pair.stem,
            official_split=pair.split,
            image=tree.ref(ARCHIVE, pair.image, "image"),
            annotation=Boxes(boxes=tuple(box.xyxy for box in boxes), units="fraction"),
            diagnosis=label.name,
            source_label=", ".join(names),
            paper_label=label.paper,
            annotations=(tree.ref(ARCHIVE, pair.labels, "annotation"),),
            annotation_ids=tuple(str(box.line) for box in boxes),
        )


ADAPTER = Adapter(SOURCE, read)
