"""CSV tables, with and without a header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from m3ds.errors import AnnotationError, LayoutError

_TODO = "take the file from the upstream release again; others of the same name exist"


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: its line in the file (from 1) and its cells, outer blanks removed."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def headed(path: Path, columns: Sequence[str]) -> tuple[Row | AnnotationError, ...]:
    """All rows of a table whose first line names its columns; `columns` must be among them.

    A row with another number of cells is an error in its place.

    Raises:
        LayoutError: no text, no rows, or other columns.
    """
    lines = list(_lines(path))
    header = [cell.strip() for cell in lines[0][1]]
    if not set(columns) <= set(header) or len(set(header)) != len(header):
        raise LayoutError(
            f"expected the columns {', '.join(columns)}, found {', '.join(header)}",
            where=path.name,
            todo=_TODO,
        )
    return tuple(_row(path, line, cells, header) for line, cells in lines[1:])


def headerless(
    path: Path, columns: Sequence[str], *, key: re.Pattern[str]
) -> tuple[Row | AnnotationError, ...]:
    """All rows of a table without a header, its cells called `columns` from left to right.

    The first cell of each row must match `key` as a whole. A later row that does not, or that has
    another number of cells, is an error in its place.

    Raises:
        LayoutError: no text, no rows, or a first row of another form: this is some other table.
    """
    lines = list(_lines(path))
    rows = []
    for line, cells in lines:
        row = _row(path, line, cells, columns)
        if isinstance(row, Row) and not key.fullmatch(row[columns[0]]):
            row = AnnotationError(
                f"{row[columns[0]]!r} is no {columns[0]}", where=f"{path.name}, line {line}"
            )
        rows.append(row)
    if isinstance(rows[0], AnnotationError):
        raise LayoutError(
            f"expected rows of {','.join(columns)} and no header, found {','.join(lines[0][1])!r}",
            where=path.name,
            todo=_TODO,
        )
    return tuple(rows)


def _row(path: Path, line: int, cells: list[str], columns: Sequence[str]) -> Row | AnnotationError:
    if len(cells) != len(columns):
        return AnnotationError(
            f"expected {len(columns)} cells, found {len(cells)}: {','.join(cells)!r}",
            where=f"{path.name}, line {line}",
        )
    return Row(line, dict(zip(columns, (cell.strip() for cell in cells), strict=True)))


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every line that is not blank; at least one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.reader(StringIO(text, newline=""), strict=True)
        found = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LayoutError(f"cannot be read as CSV: {error}", where=path.name, todo=_TODO) from None
    if not found:
        raise LayoutError("has no rows", where=path.name, todo=_TODO)
    yield from found
