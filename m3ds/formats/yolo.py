"""YOLO labels: one text file per image, one object per line, fractions of width and height.

A box line is `class cx cy w h`; a polygon line is `class x1 y1 … xn yn`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from m3ds.errors import AnnotationError, LayoutError, cause
from m3ds.formats.documents import read_yaml
from m3ds.formats.rings import Ring, from_flat

# Exporters round to a few decimals, so an object at the border may overshoot it by that much.
_SLACK = 0.01


@dataclass(frozen=True, slots=True)
class Box:
    """One box line: 0-based line, class id, and (x0, y0, x1, y1) clipped to the image."""

    line: int
    class_id: int
    xyxy: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Polygon:
    """One polygon line: 0-based line, class id, and its open ring."""

    line: int
    class_id: int
    ring: Ring


def boxes(path: Path, *, classes: int) -> tuple[Box, ...]:
    """The boxes in `path`; empty where the file is.

    Args:
        path: The label file.
        classes: Number of classes; ids run from 0.

    Raises:
        AnnotationError: the first line that is no box, by file and line.
    """
    found = []
    for line, where, class_id, values in _objects(path, classes):
        if len(values) != 4:
            raise AnnotationError(f"a box has 4 numbers, found {len(values)}", where=where)
        cx, cy, w, h = values
        x0, y0 = max(cx - w / 2, 0.0), max(cy - h / 2, 0.0)
        x1, y1 = min(cx + w / 2, 1.0), min(cy + h / 2, 1.0)
        if x0 >= x1 or y0 >= y1:
            raise AnnotationError("the box is empty", where=where)
        found.append(Box(line, class_id, (x0, y0, x1, y1)))
    return tuple(found)


def polygons(path: Path, *, classes: int) -> tuple[Polygon, ...]:
    """The polygons in `path`, open or closed upstream; empty where the file is.

    Raises:
        AnnotationError: the first line that is no polygon, by file and line.
    """
    return tuple(
        Polygon(line, class_id, from_flat(values, where=where))
        for line, where, class_id, values in _objects(path, classes)
    )


def class_names(path: Path, expected: Sequence[str]) -> None:
    """Check that the `data.yaml` at `path` lists the classes `expected`, in this order.

    Raises:
        LayoutError: it lists others: class ids would be read as what they are not.
    """
    document = read_yaml(path)
    names = document.get("names") if isinstance(document, dict) else None
    if isinstance(names, dict):  # newer exports write {0: name, 1: name}
        names = [names.get(i) for i in range(len(names))]
    if names != list(expected):
        raise LayoutError(
            f"expected the classes {list(expected)}, found {names}",
            where=path.name,
            todo="compare the version of the export with the one declared",
        )


def _objects(path: Path, classes: int) -> Iterator[tuple[int, str, int, list[float]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AnnotationError(f"cannot be read: {cause(error)}", where=path.name) from None
    for line, content in enumerate(text.splitlines()):
        fields = content.split()
        if not fields:
            continue
        where = f"{path.name}, line {line + 1}"
        try:
            class_id, values = int(fields[0]), [float(field) for field in fields[1:]]
        except ValueError:
            raise AnnotationError(
                f"expected a class id and numbers, found {content[:80]!r}", where=where
            ) from None
        if not 0 <= class_id < classes:
            raise AnnotationError(f"class {class_id} of {classes} does not exist", where=where)
        if not all(math.isfinite(v) and -_SLACK <= v <= 1 + _SLACK for v in values):
            raise AnnotationError(
                "coordinates must be fractions of width and height (0 to 1)", where=where
            )
        yield line, where, class_id, values
