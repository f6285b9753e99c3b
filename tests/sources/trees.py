"""Building small upstream trees and reading them."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path

from m3ds.schema.sample import Problem, Sample
from m3ds.sources import registry
from m3ds.sources.tree import Tree


def tree(name: str, base: Path, *, partial: bool = False) -> Tree:
    """The tree over those archives of source `name` that have a root in `base`."""
    folders = {
        archive: base
        for archive in registry.adapter(name).source.archives
        if any((base / root).exists() for root in archive.roots)
    }
    packed = frozenset(archive.name for archive in folders if archive.packed)
    return Tree(folders, partial=packed if partial else frozenset())


def read(name: str, base: Path, *, partial: bool = False) -> tuple[list[Sample], list[Problem]]:
    samples: list[Sample] = []
    problems: list[Problem] = []
    for item in registry.adapter(name).read(tree(name, base, partial=partial)):
        if isinstance(item, Sample):
            samples.append(item)
        else:
            problems.append(item)
    return samples, problems


def touch(base: Path, *names: str) -> None:
    """Empty files: a reader opens no image."""
    for name in names:
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def write(base: Path, name: str, text: str) -> Path:
    path = base / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def unpack_labels(archive: Path, base: Path) -> None:
    """Extract a tar of YOLO labels and put an empty image beside each label file."""
    with tarfile.open(archive) as tar:
        tar.extractall(base, filter="data")
    for label in base.rglob("labels/*.txt"):
        touch(label.parent.parent / "images", f"{label.stem}.jpg")


def kinds(problems: Iterable[Problem]) -> list[tuple[str, str]]:
    return sorted((p.kind, p.code) for p in problems)
