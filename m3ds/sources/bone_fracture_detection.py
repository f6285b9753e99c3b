"""Bone Fracture Detection: coarse polygons around fractures, by body part.

The class list has two names the wrong way round: polygons of class 4, `humerus`, surround humerus
fractures, and the few of class 3, `humerus fracture`, surround whole humeri. Class 3 is dropped.
The training split holds three renders of most radiographs, which have to stay together. An empty
label file does not mean that nothing is broken: some renders have lost their label.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from m3ds.errors import AnnotationError, LabelConflict
from m3ds.formats import yolo
from m3ds.labels.fracture import BONE_FRACTURE_DETECTION
from m3ds.schema.sample import Polygons, Problem, Sample
from m3ds.schema.source import Archive, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.roboflow import Pair, pairs, skipped
from m3ds.sources.tree import Tree, problem

ARCHIVE = "bone-fracture-detection-computer-vision-project.zip"
CLASSES = (
    "elbow positive",
    "fingers positive",
    "forearm fracture",
    "humerus fracture",
    "humerus",
    "shoulder fracture",
    "wrist positive",
)
WHOLE_BONE = 3
HUMERUS_FRACTURE = 4

_ANATOMY = {
    "elbow positive": "elbow",
    "fingers positive": "hand",
    "forearm fracture": "forearm",
    "humerus": "upper arm",
    "shoulder fracture": "shoulder",
    "wrist positive": "wrist",
}

SOURCE = Source(
    name="bone_fracture_detection",
    title="Bone Fracture Detection",
    modality="x-ray",
    anatomy="upper limb",
    target="fracture",
    homepage=(
        "https://www.kaggle.com/datasets/pkdarabi/bone-fracture-detection-computer-vision-project"
    ),
    citation=(
        "Darabi P. K. Bone Fracture Detection: Computer Vision Project. 2024. "
        "doi:10.13140/RG.2.2.14400.34569; project veda/bone-fracture-detection-daoon, version 4."
    ),
    archives=(
        # The archive holds the same tree twice, under both names; the first one there is read.
        Archive(
            name=ARCHIVE,
            roots=("BoneFractureYolo8", "bone fracture detection.v4-v4.yolov8"),
        ),
    ),
    license=License(
        spdx="CC-BY-4.0",
        terms_url="https://universe.roboflow.com/veda/bone-fracture-detection-daoon",
        attribution="Bone Fracture Detection, P. K. Darabi and Roboflow user veda",
        redistribute_images=True,
        redistribute_masks=True,
        derivatives=True,
        commercial=True,
        third_party_models=True,
        note="The hospitals that the radiographs come from are undocumented.",
    ),
    labels=BONE_FRACTURE_DETECTION,
    mask_kind="polygon",
    negatives=None,
    supports=frozenset({"count", "area", "place"}),
    laterality="image",
    # The uploaders named files freely, and some names give the diagnosis away.
    safe_names=False,
    grouping="renders of one radiograph, by the file name before the export's hash",
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image with at least one polygon around a fracture."""
    root = tree.root(ARCHIVE)
    if root is None:
        return
    for pair in pairs(tree, ARCHIVE, root, CLASSES):
        if isinstance(pair, Problem):
            yield pair
            continue
        try:
            polygons = yolo.polygons(pair.labels, classes=len(CLASSES))
        except AnnotationError as error:
            yield problem(error)
            continue
        yield _sample(tree, pair, polygons)


def _sample(tree: Tree, pair: Pair, polygons: tuple[yolo.Polygon, ...]) -> Sample | Problem:
    kept = [polygon for polygon in polygons if polygon.class_id != WHOLE_BONE]
    if not polygons:
        return skipped(tree, ARCHIVE, pair, "its label file is empty, which is not normal here")
    if not kept:
        return skipped(tree, ARCHIVE, pair, "only whole bones are outlined")
    upstream = sorted({polygon.class_id for polygon in kept})
    if len(upstream) > 1:
        names = " and ".join(repr(CLASSES[i]) for i in upstream)
        error = LabelConflict(
            f"carries {names}, but a sample has one diagnosis", where=tree.name(ARCHIVE, pair.image)
        )
        return problem(error)
    name = CLASSES[upstream[0]]
    label = SOURCE.labels.find(name)
    notes = [f"dropped:{WHOLE_BONE}:whole_bone"] if len(kept) < len(polygons) else []
    if upstream[0] == HUMERUS_FRACTURE:
        notes.append(f"class:{HUMERUS_FRACTURE}:humerus_fracture")
    return Sample(
        source=SOURCE.name,
        stem=pair.stem,
        official_split=pair.split,
        image=tree.ref(ARCHIVE, pair.image, "image"),
        annotation=Polygons(rings=tuple(p.ring for p in kept), units="fraction"),
        diagnosis=label.name,
        source_label=name,
        paper_label=label.paper,
        anatomy=_ANATOMY[name],
        group=_group(pair),
        annotations=(tree.ref(ARCHIVE, pair.labels, "annotation"),),
        annotation_ids=tuple(str(p.line) for p in kept),
        notes=tuple(notes),
    )


def _group(pair: Pair) -> str:
    # The split belongs to it: equal names in two splits are different radiographs.
    original = Path(pair.stem).name.split(".rf.")[0]
    return f"bone_fracture_detection:{pair.split}:{original}"


ADAPTER = Adapter(SOURCE, read)
