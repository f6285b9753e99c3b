"""VGG Image Annotator exports: per image file, regions with their corners in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from m3ds.errors import AnnotationError, LayoutError
from m3ds.formats.documents import read_json
from m3ds.formats.rings import Ring, normalise, number


@dataclass(frozen=True, slots=True)
class Region:
    """One polygon: its key among the image's regions, its label, its open ring."""

    key: str
    label: str
    ring: Ring


def parse(path: Path) -> dict[str, tuple[Region | AnnotationError, ...]]:
    """All regions by image file name; one that cannot be read is its error instead.

    Raises:
        LayoutError: the file is no such export.
    """
    document = read_json(path)
    records = list(document.values()) if isinstance(document, dict) else []
    if not records or not all(
        isinstance(r, dict) and isinstance(r.get("filename"), str) and "regions" in r
        for r in records
    ):
        raise LayoutError(
            "expected, per image, a record with filename and regions",
            where=path.name,
            todo="compare the file with the upstream release",
        )
    found: dict[str, tuple[Region | AnnotationError, ...]] = {}
    for record in records:
        name, regions = record["filename"], record["regions"]
        # Version 1 of the format keys its regions, version 2 lists them.
        items = regions.items() if isinstance(regions, dict) else enumerate(regions)
        found[name] = tuple(
            _region(str(key), region, f"{path.name}, {name}, region {key}") for key, region in items
        )
    return found


def _region(key: str, record: object, where: str) -> Region | AnnotationError:
    try:
        match record:
            case {
                "shape_attributes": {
                    "name": "polygon",
                    "all_points_x": list(xs),
                    "all_points_y": list(ys),
                },
                "region_attributes": {"label": str(label)},
            } if len(xs) == len(ys):
                points = [
                    (number(x, where=where), number(y, where=where))
                    for x, y in zip(xs, ys, strict=True)
                ]
                return Region(key, label, normalise(points, where=where))
        raise AnnotationError("expected a labelled polygon", where=where)
    except AnnotationError as error:
        return error
