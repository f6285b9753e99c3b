"""What the tests of stages share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stages.building import SOURCES, build, recipe
from tests.standing import Standing, standing


@pytest.fixture
def server() -> Iterator[Standing]:
    """A model server that answers both as author and as critic."""
    with standing() as one:
        yield one


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe of two small synthetic sources."""
    return recipe(tmp_path_factory.mktemp("recipe"), *SOURCES)


@pytest.fixture(scope="session")
def built(pipeline: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny build that tests may look at, and must not change."""
    workdir = tmp_path_factory.mktemp("built")
    build(pipeline, workdir)
    return workdir


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """A build of one's own."""
    return Path(shutil.copytree(built, tmp_path / "copy"))
