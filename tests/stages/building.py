"""Running the command line as a user would, and reading what it left."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

SOURCES = ("kvasir_seg", "busi")
"""Of the build that tests share."""

RECIPE = """\
name: tiny
seed: 5
input: {{kind: phantoms, per_source: {per_source}}}
sources: [{sources}]
author: {{backend: facts}}
critic: {{backend: checks}}
max_quarantined: 0.5
{more}
"""


def recipe(folder: Path, *sources: str, per_source: int = 4, more: str = "") -> Path:
    """A recipe file over a few small synthetic sources."""
    file = folder / "tiny.yaml"
    file.write_text(RECIPE.format(per_source=per_source, sources=", ".join(sources), more=more))
    return file


def m3ds(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `m3ds` to its end in a process group of its own."""
    return subprocess.run(
        [sys.executable, "-m", "m3ds", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        env={**os.environ, **(env or {})},
    )


def build(pipeline: Path, workdir: Path, *more: object, **options: dict[str, str]) -> str:
    """Build, which must succeed; returns what was said on standard error."""
    done = m3ds("build", "-p", pipeline, "--workdir", workdir, *more, **options)
    assert done.returncode == 0, done.stderr
    return done.stderr


def dataset_bytes(workdir: Path) -> dict[str, str]:
    """The sha256 of every file of the dataset folder."""
    folder = workdir / "dataset"
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(workdir: Path) -> list[dict[str, Any]]:
    """The rows of the dataset folder, in the order of its files."""
    return [
        row
        for path in sorted((workdir / "dataset").glob("*/*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def rows_by_source(workdir: Path) -> dict[str, int]:
    """How many rows each source has."""
    found: dict[str, int] = {}
    for path in sorted((workdir / "dataset").glob("*/*.parquet")):
        n = pq.ParquetFile(path).metadata.num_rows
        found[path.parent.name] = found.get(path.parent.name, 0) + n
    return found
