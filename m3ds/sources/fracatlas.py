"""FracAtlas: fractures outlined in radiographs of hand, leg, hip and shoulder.

Only the COCO file has usable outlines; the YOLO files hold boxes. Its sizes are those of the image
as shown, after the EXIF orientation is applied. Images without a fracture have no official split.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from m3ds.errors import AnnotationError, DuplicateId, LabelConflict, LayoutError, UnknownLabel
from m3ds.formats import coco, tables
from m3ds.labels.fracture import FRACATLAS
from m3ds.schema.base import Split
from m3ds.schema.sample import NoRegion, Polygons, Problem, Sample
from m3ds.schema.source import Archive, License, Source
from m3ds.sources.base import Adapter
from m3ds.sources.pairing import Part, by_stem, paired
from m3ds.sources.tree import Tree, problem

ARCHIVE = "FracAtlas.zip"
COCO = Path("Annotations", "COCO JSON", "COCO_fracture_masks.json")
_SPLITS: tuple[tuple[Split, str], ...] = (
    ("train", "train.csv"),
    ("validation", "valid.csv"),
    ("test", "test.csv"),
)
_BODY_PARTS = ("hand", "leg", "hip", "shoulder")

SOURCE = Source(
    name="fracatlas",
    title="FracAtlas",
    modality="x-ray",
    anatomy="bone",
    target="fracture",
    homepage="https://doi.org/10.6084/m9.figshare.22363012",
    citation=(
        "Abedeen et al. FracAtlas: A Dataset for Fracture Classification, Localization and "
        "Segmentation of Musculoskeletal Radiographs. Scientific Data 10:521, 2023. "
        "doi:10.1038/s41597-023-02432-4"
    ),
    archives=(
        # The release with 717 fractured images; a later one, of another file id, has 719.
        Archive(
            name=ARCHIVE,
            roots=("FracAtlas",),
            urls=("https://figshare.com/ndownloader/files/43283628",),
        ),
    ),
    license=License(
        spdx="CC-BY-4.0",
        terms_url="https://creativecommons.org/licenses/by/4.0/",
        attribution="FracAtlas, Abedeen et al. 2023",
        redistribute_images=True,
        redistribute_masks=True,
        derivatives=True,
        commercial=True,
        third_party_models=True,
    ),
    labels=FRACATLAS,
    mask_kind="polygon",
    negatives="drop",
    supports=frozenset({"count", "area", "place", "contrast"}),
    laterality="image",
    safe_names=True,
)


def read(tree: Tree) -> Iterator[Sample | Problem]:
    """Yield one sample per image, the fractured ones first."""
    root = tree.root(ARCHIVE)
    if root is None:
        return
    fractured = by_stem(root / "images" / "Fractured", ".jpg")
    sound = by_stem(root / "images" / "Non_fractured", ".jpg")
    splits, split_problems = _splits(tree, root)
    parts, metalwork, part_problems = _shown(root)
    outlines, outline_problems = _outlines(root / COCO)
    yield from (*split_problems, *part_problems, *outline_problems)
    listing = tree.ref(ARCHIVE, root / COCO, "annotation")
    label = SOURCE.labels.find("fractured")
    for item in paired(
        tree, Part("image", ARCHIVE, fractured), Part("COCO entry", ARCHIVE, outlines)
    ):
        if isinstance(item, Problem):
            yield item
            continue
        image, annotations = outlines[item]
        if annotations is None:
            continue  # an outline of it cannot be read, which has been said
        if not annotations:
            yield tree.lacking(tree.name(ARCHIVE, fractured[item]), [("polygon", ARCHIVE)])
            continue
        yield Sample(
            source=SOURCE.name,
            stem=item,
            official_split=splits.get(item),
            image=tree.ref(ARCHIVE, fractured[item], "image"),
            annotation=Polygons(
                rings=tuple(ring for a in annotations for ring in a.rings),
                size=(image.width, image.height),
            ),
            diagnosis=label.name,
            source_label="fractured",
            paper_label=label.paper,
            anatomy=parts.get(item),
            other_findings=metalwork.get(item, ()),
            annotations=(listing,),
            annotation_ids=tuple(str(a.id) for a in annotations),
        )
    for stem, path in sound.items():
        if stem in outlines or stem in fractured:
            # The later release moved images between the folders and left copies behind.
            error = LabelConflict(
                "lies among the images without a fracture, and is a fractured one",
                where=tree.name(ARCHIVE, path),
            )
            yield problem(error, kind="skipped" if stem in fractured else "quarantined")
            continue
        yield Sample(
            source=SOURCE.name,
            stem=stem,
            official_split=None,
            image=tree.ref(ARCHIVE, path, "image"),
            annotation=NoRegion(),
            diagnosis="no fracture",
            source_label="Non_fractured",
            is_negative=True,
            anatomy=parts.get(stem),
            other_findings=metalwork.get(stem, ()),
        )


Outlines = dict[str, tuple[coco.Image, tuple[coco.Annotation, ...] | None]]


def _outlines(path: Path) -> tuple[Outlines, list[Problem]]:
    """Per image stem, its COCO entry and annotations; None instead if one of these is unusable."""
    parsed = coco.parse(path)
    known = {word for label in SOURCE.labels.labels for word in label.upstream}
    if not known & set(parsed.categories):
        raise LayoutError(
            f"expected the category {' or '.join(sorted(known))}, found {parsed.categories}",
            where=path.name,
            todo="compare the file with the upstream release",
        )
    problems = [problem(error) for _, error in parsed.errors]
    broken = {image_id for image_id, _ in parsed.errors}
    by_image: dict[int, list[coco.Annotation]] = {}
    for annotation in parsed.annotations:
        try:
            SOURCE.labels.find(annotation.category)
            by_image.setdefault(annotation.image_id, []).append(annotation)
        except UnknownLabel as error:
            broken.add(annotation.image_id)
            problems.append(problem(error, where=f"{path.name}, annotation id {annotation.id}"))
    found: Outlines = {}
    for image in parsed.images:
        stem = Path(image.file_name).stem
        if stem in found:
            twice = DuplicateId("is listed twice; the first entry counts", where=image.file_name)
            problems.append(problem(twice))
            continue
        annotations = tuple(by_image.get(image.id, ()))
        found[stem] = (image, None if image.id in broken else annotations)
    return found, problems


def _splits(tree: Tree, root: Path) -> tuple[dict[str, Split], list[Problem]]:
    """The official split of each fractured image."""
    found: dict[str, Split] = {}
    problems: list[Problem] = []
    for split, name in _SPLITS:
        path = root / "Utilities" / "Fracture Split" / name
        if not path.exists() and tree.is_partial(ARCHIVE):
            continue
        for row in tables.headed(path, ("image_id",)):
            if isinstance(row, AnnotationError):
                problems.append(problem(row))
                continue
            stem = Path(row["image_id"]).stem
            if found.setdefault(stem, split) != split:
                error = AnnotationError(
                    f"{stem} is in {split} and in {found[stem]}; {found[stem]} counts",
                    where=f"{name}, line {row.line}",
                )
                problems.append(problem(error))
    return found, problems


def _shown(root: Path) -> tuple[dict[str, str], dict[str, tuple[str, ...]], list[Problem]]:
    """By image, the body part it shows, and that it shows metalwork.

    Images of several body parts, or of none, are left out of the first.
    """
    path = root / "dataset.csv"
    parts: dict[str, str] = {}
    metalwork: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    if not path.exists():
        return parts, metalwork, problems
    for row in tables.headed(path, ("image_id", *_BODY_PARTS, "hardware")):
        if isinstance(row, AnnotationError):
            problems.append(problem(row))
            continue
        stem = Path(row["image_id"]).stem
        shown = [part for part in _BODY_PARTS if row[part] == "1"]
        if len(shown) == 1:
            parts[stem] = shown[0]
        if row["hardware"] == "1":
            metalwork[stem] = ("metalwork",)
    return parts, metalwork, problems


ADAPTER = Adapter(SOURCE, read)
