"""Builds whose author and critic are behind servers: their recipe, and what came of them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from m3ds.ledger.tables import outcomes
from tests.stages.building import m3ds

COMMIT = "0123456789" * 4
RECIPE = """\
name: tiny
seed: 5
input: {{kind: phantoms, per_source: {per_source}}}
sources: [{sources}]
author:
  backend: vllm
  model: some/author
  revision: "{commit}"
  servers: [{author}]
  patience_s: 1
  {author_more}
critic:
  backend: {critic_backend}
  {critic}
max_quarantined: 0.5
"""


def recipe(
    folder: Path,
    author: str,
    critic: str | None = None,
    *,
    sources: str = "tn3k, kvasir_seg, busi",
    per_source: int = 6,
    author_more: str = "near_duplicate: null",
    critic_more: str = "controls: {share: 0}",
    name: str = "tiny.yaml",
) -> Path:
    """A recipe with both models at the given addresses."""
    part = ""
    if critic is not None:
        part = (
            f'model: some/critic\n  revision: "{COMMIT}"\n  servers: [{critic}]\n  patience_s: 1\n'
            f"  {critic_more}"
        )
    file = folder / name
    file.write_text(
        RECIPE.format(
            per_source=per_source,
            sources=sources,
            commit=COMMIT,
            author=author,
            author_more=author_more,
            critic_backend="checks" if critic is None else "vllm",
            critic=part,
        )
    )
    return file


def run(verb: str, file: Path, work: Path, *more: str) -> subprocess.CompletedProcess[str]:
    done = m3ds(verb, "-p", file, "--workdir", work, *more, env={"HF_HUB_OFFLINE": "1"})
    assert "Traceback" not in done.stderr, done.stderr
    return done


def built(file: Path, work: Path) -> str:
    done = run("build", file, work)
    assert done.returncode == 0, done.stderr
    return done.stderr


def rows(work: Path, query: sa.Select[Any]) -> list[Any]:
    engine = sa.create_engine(f"sqlite:///{work / 'm3ds.db'}")
    with engine.connect() as connection:
        found = list(connection.execute(query))
    engine.dispose()
    return found


def states(work: Path) -> dict[str, str]:
    """The newest state of each sample."""
    query = sa.select(outcomes.c.sample_id, outcomes.c.state).order_by(outcomes.c.seq)
    return {row.sample_id: row.state for row in rows(work, query)}
