"""COCO instance annotations: images, categories, and polygons in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from m3ds.errors import AnnotationError, LayoutError
from m3ds.formats.documents import read_json
from m3ds.formats.rings import Ring, from_flat, number


@dataclass(frozen=True, slots=True)
class Image:
    """One listed image, with the size it was annotated at."""

    id: int
    file_name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """One instance: category by name, one ring per part, and upstream's own area, if given."""

    id: int
    image_id: int
    category: str
    rings: tuple[Ring, ...]
    area: float | None


@dataclass(frozen=True, slots=True)
class Coco:
    """A parsed file; `errors` holds, per unreadable record, its image (if known) and the reason."""

    images: tuple[Image, ...]
    annotations: tuple[Annotation, ...]
    categories: tuple[str, ...]
    errors: tuple[tuple[int | None, AnnotationError], ...]


def parse(path: Path) -> Coco:
    """Parse the COCO file at `path`.

    Categories are resolved to their names, so it does not matter whether their ids start at 0 or
    at 1. A record that cannot be read ends in `errors`, all others are returned.

    Raises:
        LayoutError: the file is no COCO file.
    """
    document = read_json(path)
    if not isinstance(document, dict) or not all(
        isinstance(document.get(key), list) for key in ("images", "annotations", "categories")
    ):
        shown = sorted(document) if isinstance(document, dict) else type(document).__name__
        raise LayoutError(
            f"expected lists of images, annotations and categories, found {shown}",
            where=path.name,
            todo="compare the file with the upstream release",
        )
    names: dict[int, str] = {}
    for record in document["categories"]:
        match record:
            case {"id": int(key), "name": str(name)} if key not in names:
                names[key] = name
            case _:
                raise LayoutError(f"category {record!r} has no id and name", where=path.name)
    images: dict[int, Image] = {}
    annotations: list[Annotation] = []
    errors: list[tuple[int | None, AnnotationError]] = []
    for i, record in enumerate(document["images"]):
        where = f"{path.name}, image {i}"
        try:
            image = _image(record, where)
            if image.id in images:
                raise AnnotationError(f"image id {image.id} is used twice", where=where)
            images[image.id] = image
        except AnnotationError as error:
            errors.append((None, error))
    for i, record in enumerate(document["annotations"]):
        owner = record.get("image_id") if isinstance(record, dict) else None
        known = owner if isinstance(owner, int) and owner in images else None
        where = f"{path.name}, annotation {i}"
        try:
            if known is None:
                raise AnnotationError(f"belongs to no listed image: {owner!r}", where=where)
            annotations.append(
                _annotation(record, known, names, f"{where} ({images[known].file_name})")
            )
        except AnnotationError as error:
            errors.append((known, error))
    return Coco(tuple(images.values()), tuple(annotations), tuple(names.values()), tuple(errors))


def _image(record: object, where: str) -> Image:
    match record:
        case {"id": int(key), "file_name": str(name), "width": int(w), "height": int(h)}:
            if w > 0 and h > 0:
                return Image(key, name, w, h)
    raise AnnotationError("an image needs id, file_name, width and height", where=where)


def _annotation(
    record: dict[str, Any], image_id: int, names: dict[int, str], where: str
) -> Annotation:
    match record:
        case {"id": int(key), "category_id": int(category), "segmentation": list(parts)}:
            if category not in names:
                raise AnnotationError(f"category {category} is not listed", where=where)
            if not parts or not all(isinstance(part, list) for part in parts):
                raise AnnotationError("has no polygon", where=where)
            rings = tuple(
                from_flat([number(value, where=where) for value in part], where=where)
                for part in parts
            )
            area = record.get("area")
            return Annotation(
                key,
                image_id,
                names[category],
                rings,
                None if area is None else number(area, where=where),
            )
    raise AnnotationError(
        "an annotation needs id, category_id and polygons as its segmentation", where=where
    )
