"""A JSON list of images, each with parallel lists of names, boxes and polygons.

`[{"file_name": …, "syms": […], "boxes": [[x0, y0, x1, y1], …], "polygons": [[[x, y], …], …]}, …]`
in pixels, x first; an image without any instance has empty lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from m3ds.errors import AnnotationError, LayoutError
from m3ds.formats.documents import read_json
from m3ds.formats.rings import Ring, normalise, number

_KEYS = ("file_name", "syms", "boxes", "polygons")


@dataclass(frozen=True, slots=True)
class Instance:
    """One outlined finding; `ring` is the reason instead where its polygon cannot be read."""

    index: int
    name: str
    ring: Ring | AnnotationError
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One image and its instances, in upstream's order."""

    file_name: str
    instances: tuple[Instance, ...]


def parse(path: Path) -> tuple[Entry | AnnotationError, ...]:
    """All entries of `path`; one that cannot be read is its error instead.

    Raises:
        LayoutError: the file is not such a list.
    """
    document = read_json(path)
    shown = f"a {type(document).__name__}"
    if isinstance(document, list):
        keyed = [record for record in document if isinstance(record, dict)]
        if any(all(key in record for key in _KEYS) for record in keyed):
            return tuple(
                _entry(record, f"{path.name}, entry {i}") for i, record in enumerate(document)
            )
        shown = f"entries with {sorted(keyed[0]) if keyed else 'no keys'}"
    raise LayoutError(
        f"expected a list of entries with {', '.join(_KEYS)}, found {shown}",
        where=path.name,
        todo="compare the file with the upstream release",
    )


def _entry(record: object, where: str) -> Entry | AnnotationError:
    try:
        return _checked(record, where)
    except AnnotationError as error:
        return error


def _checked(record: object, where: str) -> Entry:
    if not isinstance(record, dict) or not isinstance(record.get("file_name"), str):
        raise AnnotationError("has no file_name", where=where)
    name: str = record["file_name"]
    where = f"{where} ({name})"
    columns = [record.get(key) for key in _KEYS[1:]]
    if not all(isinstance(column, list) for column in columns):
        raise AnnotationError("syms, boxes and polygons must be lists", where=where)
    syms, boxes, polygons = (column for column in columns if isinstance(column, list))
    if not len(syms) == len(boxes) == len(polygons):
        raise AnnotationError(
            f"lists differ in length: {len(syms)} syms, {len(boxes)} boxes, "
            f"{len(polygons)} polygons",
            where=where,
        )
    if not all(isinstance(sym, str) for sym in syms):
        raise AnnotationError(f"syms must be text, found {syms!r}", where=where)
    rows = enumerate(zip(syms, boxes, polygons, strict=True))
    return Entry(
        name,
        tuple(
            Instance(i, sym, _ring(polygon, f"{where}, instance {i}"), _box(box))
            for i, (sym, box, polygon) in rows
        ),
    )


def _ring(polygon: object, where: str) -> Ring | AnnotationError:
    try:
        if not isinstance(polygon, list):
            raise AnnotationError(f"expected a list of points, found {polygon!r}", where=where)
        points = []
        for point in polygon:
            if not isinstance(point, list) or len(point) != 2:
                raise AnnotationError(f"expected a point [x, y], found {point!r}", where=where)
            points.append((number(point[0], where=where), number(point[1], where=where)))
        return normalise(points, where=where)
    except AnnotationError as error:
        return error


def _box(box: object) -> tuple[float, float, float, float] | None:
    # Boxes only cross-check the polygons, so a bad one costs no sample.
    if not isinstance(box, list) or len(box) != 4:
        return None
    try:
        x0, y0, x1, y1 = (number(value, where="") for value in box)
    except AnnotationError:
        return None
    return x0, y0, x1, y1
