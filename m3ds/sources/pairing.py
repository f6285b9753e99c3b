"""Bringing together the files and rows that make one sample."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from m3ds.errors import AnnotationError, LabelConflict, UnknownLabel
from m3ds.formats.tables import Row
from m3ds.schema.sample import Problem
from m3ds.schema.source import Label
from m3ds.sources.tree import Tree, files, natural, problem


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient of a sample, by stem.

    Args:
        what: In words, for the problem that its absence is: image, mask, label.
        archive: The archive that holds it.
        found: Per stem, the file, or the parsed row.
    """

    what: str
    archive: str
    found: Mapping[str, object]


def by_stem(folder: Path | None, *suffixes: str) -> dict[str, Path]:
    """The files directly in `folder`, by stem; empty where there is no such folder.

    A second file of one stem (`1.jpg`, `1.JPG`) stands under its whole name: nothing pairs with
    that, so it is told of as a file without its counterpart.
    """
    found: dict[str, Path] = {}
    for path in files(folder, *suffixes) if folder is not None else ():
        found[path.stem if path.stem not in found else path.name] = path
    return found


def paired(tree: Tree, *parts: Part) -> Iterator[str | Problem]:
    """Each stem that any part has, in natural order; a problem for one that not all parts have.

    A stem that lacks several parts is one problem.
    """
    stems = {stem for part in parts for stem in part.found}
    for stem in sorted(stems, key=lambda stem: natural(Path(stem))):
        wanted = [(part.what, part.archive) for part in parts if stem not in part.found]
        if not wanted:
            yield stem
            continue
        present = next(part for part in parts if stem in part.found)
        value = present.found[stem]
        name = tree.name(present.archive, value) if isinstance(value, Path) else stem
        yield tree.lacking(f"{present.archive}: {name}", wanted)


def labelled(
    rows: Iterable[Row | AnnotationError], *, table: str, key: str, label: Callable[[Row], Label]
) -> tuple[dict[str, tuple[Row, Label] | None], list[Problem]]:
    """The rows of a label table by the stem in their column `key`, and the problems among them.

    A stem whose row has an unusable label, or whose rows contradict each other, is there with None:
    its problem has been told, so it is no stem without a label.

    Args:
        rows: Of the table, errors among them.
        table: Its name, for the problems.
        key: The column that names the image, with or without a suffix.
        label: Finds a row's label; may raise `UnknownLabel` or `AnnotationError`.
    """
    found: dict[str, tuple[Row, Label] | None] = {}
    problems: list[Problem] = []
    for row in rows:
        if isinstance(row, AnnotationError):
            problems.append(problem(row))
            continue
        where = f"{table}, line {row.line}"
        stem = Path(row[key]).stem
        try:
            named = label(row)
        except (AnnotationError, UnknownLabel) as error:
            found[stem] = None
            problems.append(problem(error, where=where))
            continue
        if stem not in found:
            found[stem] = (row, named)
            continue
        earlier = found[stem]
        if earlier is None or earlier[1] != named:
            found[stem] = None
            conflict = LabelConflict(f"{stem} is listed again, with another label", where=where)
            problems.append(problem(conflict))
    return found, problems
