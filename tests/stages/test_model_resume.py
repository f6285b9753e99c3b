"""Builds with models that are stopped in the middle, or started twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.standin import Behaviour
from m3ds.ledger.tables import calls, outcomes
from tests.stages.building import dataset_bytes
from tests.stages.modelled import built, recipe, rows, run
from tests.standing import standing


def test_a_second_driver_is_refused_by_the_lock(tmp_path: Path) -> None:
    with standing(Behaviour(latency_s=0.3)) as server:
        file = recipe(tmp_path, server.url, sources="kvasir_seg")
        command = [sys.executable, "-m", "m3ds", "build", "-p", str(file), "--workdir"]
        first = subprocess.Popen([*command, str(tmp_path / "work")], stderr=subprocess.DEVNULL)
        try:
            while not server.standin.stats.requests:
                time.sleep(0.02)
            second = run("build", file, tmp_path / "work")
            assert second.returncode == 2
            assert "another m3ds is working in this folder" in second.stderr
        finally:
            assert first.wait(60) == 0


@pytest.mark.parametrize("moment", range(3))
def test_a_kill_repeats_at_most_the_calls_in_flight(moment: int, tmp_path: Path) -> None:
    with standing(Behaviour(latency_s=0.02, slots=8)) as server:
        window = "window: 8\n  near_duplicate: null"
        more = "window: 8\n  controls: {share: 0}"
        file = recipe(
            tmp_path, server.url, server.url, per_source=20, author_more=window, critic_more=more
        )
        for verb in ("download", "harmonize"):
            run(verb, file, tmp_path / "work")
        command = [sys.executable, "-m", "m3ds", "build", "-p", str(file)]
        command += ["--workdir", str(tmp_path / "work")]
        enough = random.Random(moment).randint(300, 600)  # noqa: S311 - a seeded choice
        running = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        while server.answered < enough and running.poll() is None:
            time.sleep(0.002)
        assert running.poll() is None
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        answered, kept = server.answered, len(rows(tmp_path / "work", sa.select(calls.c.key)))
        # Both windows, what is being committed, and what waits for company: 32 appends each.
        in_flight = 16 + 2 * 32
        assert answered - kept <= in_flight < answered / 3
        built(file, tmp_path / "work")
        assert server.standin.stats.repeated <= in_flight
        killed = dataset_bytes(tmp_path / "work")
    with standing() as other:
        same = recipe(
            tmp_path, other.url, other.url, per_source=20, author_more=window, critic_more=more
        )
        built(same, tmp_path / "undisturbed")
        assert dataset_bytes(tmp_path / "undisturbed") == killed


def test_ctrl_c_keeps_what_was_finished(tmp_path: Path) -> None:
    with standing(Behaviour(latency_s=0.05, slots=4)) as server:
        file = recipe(tmp_path, server.url, author_more="window: 4\n  near_duplicate: null")
        command = [sys.executable, "-m", "m3ds", "build", "-p", str(file)]
        command += ["--workdir", str(tmp_path / "work")]
        running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while server.answered < 6:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        assert running.returncode == 130
        assert "what was finished is kept" in said
        assert "Traceback" not in said
        assert "under way, with " in run("status", file, tmp_path / "work").stdout
        finished = sa.select(outcomes.c.sample_id)
        begun = sa.select(calls.c.sample_id).where(calls.c.sample_id.not_in(finished))
        one = rows(tmp_path / "work", begun)[0].sample_id
        assert "remembered call" in run("explain", file, tmp_path / "work", one).stdout
        built(file, tmp_path / "work")
        assert server.standin.stats.repeated <= 4
