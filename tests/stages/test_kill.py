"""A kill at any moment, then the same command, ends in the bytes of an undisturbed build."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from m3ds.failpoints import SITES
from tests.stages.building import build, dataset_bytes, m3ds, recipe

MINI = Path("pipelines/mini.yaml")


@dataclass(frozen=True)
class Undisturbed:
    """A build that nobody killed: its bytes, how often it passed each site, how long it took."""

    pipeline: Path
    files: dict[str, str]
    hits: dict[str, int]
    seconds: float


def undisturbed(pipeline: Path, folder: Path) -> Undisturbed:
    log = folder / "hits"
    start = time.monotonic()
    build(pipeline, folder / "reference", env={"M3DS_FAILPOINT_LOG": str(log)})
    seconds = time.monotonic() - start
    hits = {site: Path(f"{log}.{site}").stat().st_size for site in SITES}
    return Undisturbed(pipeline, dataset_bytes(folder / "reference"), hits, seconds)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("tiny")
    return undisturbed(recipe(folder, "kvasir_seg", "chestx_det"), folder)


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed(MINI, tmp_path_factory.mktemp("mini"))


def kill_at(reference: Undisturbed, site: str, hit: int, folder: Path) -> None:
    env = {"M3DS_FAILPOINT_LOG": str(folder / "hits"), "M3DS_FAILPOINT": f"{site}:{hit}"}
    killed = m3ds("build", "-p", reference.pipeline, "--workdir", folder / "work", env=env)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    build(reference.pipeline, folder / "work")
    assert dataset_bytes(folder / "work") == reference.files


@pytest.mark.parametrize("site", ["commit.before", "rename.after", "object.after"])
def test_a_kill_in_a_tiny_build(tiny: Undisturbed, site: str, tmp_path: Path) -> None:
    kill_at(tiny, site, tiny.hits[site] // 2, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["first", "middle"])
@pytest.mark.parametrize("site", SITES)
def test_a_kill_at_each_site(mini: Undisturbed, site: str, which: str, tmp_path: Path) -> None:
    kill_at(mini, site, 1 if which == "first" else mini.hits[site] // 2, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(10))
def test_a_kill_at_a_random_moment(mini: Undisturbed, moment: int, tmp_path: Path) -> None:
    after = mini.seconds * random.Random(moment).uniform(0.02, 0.98)  # noqa: S311 - a seeded choice
    command = [sys.executable, "-m", "m3ds", "build", "-p", str(MINI), "--workdir", str(tmp_path)]
    running = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        running.wait(timeout=after)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    build(MINI, tmp_path)
    assert dataset_bytes(tmp_path) == mini.files


def test_workers_do_not_outlive_a_parent_that_is_killed_alone(tmp_path: Path) -> None:
    """Not the group but only the main process dies, as it does when memory runs out."""
    command = [sys.executable, "-m", "m3ds", "build", "-p", str(MINI), "--workdir", str(tmp_path)]
    running = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    line = running.stderr.readline()  # the phantoms are drawn, so workers have been started
    assert line
    running.kill()
    running.communicate(timeout=60)  # ends when the last process that could write to it is gone
