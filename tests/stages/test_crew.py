"""Who works at the same time, and servers that take turns."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from m3ds.ledger.tables import attempts
from m3ds.stages.crew import turns
from m3ds.stages.workplace import Options, Workplace
from tests.conftest import ROOT
from tests.endpoints.test_server import lives
from tests.stages.building import m3ds
from tests.stages.modelled import COMMIT, recipe, rows, run, states
from tests.standing import standing

MODELS = """\
name: tiny
seed: 5
input: {{kind: phantoms, per_source: 3}}
sources: [kvasir_seg]
author: {author}
critic: {critic}
max_quarantined: 0.5
"""


def place(folder: Path, author: dict[str, object], *critics: dict[str, object]) -> Workplace:
    file = folder / "r.yaml"
    own = {"backend": "vllm", "model": "author", **author}
    judges = [
        {"backend": "vllm", "model": f"critic{n}", **critic} for n, critic in enumerate(critics)
    ]
    critic = judges or {"backend": "checks"}
    file.write_text(MODELS.format(author=json.dumps(own), critic=json.dumps(critic)))
    return Workplace(Options(file, folder / "work"))


def names(groups: Sequence[Sequence[tuple[str, object]]]) -> list[list[str]]:
    return [[part.model for _, part in group] for group in groups]  # type: ignore[attr-defined]


URL = {"servers": ["http://127.0.0.1:9/v1"]}


@pytest.mark.parametrize(
    ("author", "critics", "expected"),
    [
        (URL, [URL], [["author", "critic0"]]),
        ({}, [{}], [["author"], ["critic0"]]),
        ({"serve": {"gpus": [0]}}, [{"serve": {"gpus": [1]}}], [["author", "critic0"]]),
        ({"serve": {"gpus": [0]}}, [{"serve": {"gpus": [0, 1]}}], [["author"], ["critic0"]]),
        ({"serve": {"gpus": [0]}}, [{}], [["author"], ["critic0"]]),
        (URL, [{}, {}], [["author", "critic0"], ["author", "critic1"]]),
        (
            {"serve": {"gpus": [0]}},
            [{"serve": {"gpus": [1]}}, {"serve": {"gpus": [0]}}],
            [["author", "critic0"], ["critic1"]],
        ),
    ],
)
def test_servers_share_a_turn_where_their_gpus_differ(
    author: dict[str, object],
    critics: list[dict[str, object]],
    expected: list[list[str]],
    tmp_path: Path,
) -> None:
    here = place(tmp_path, author, *critics)
    assert names(turns(here, ("author", "critic"))) == expected


def test_only_the_roles_that_are_asked_for_are_started(tmp_path: Path) -> None:
    here = place(tmp_path, {}, {})
    assert names(turns(here, ("critic",))) == [["critic0"]]


def _serve(**env: str) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.endpoints.imitation"]
    return {"command": command, "env": {"PYTHONPATH": str(ROOT), **env}, "ready_s": 60}


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("nameless", "no endpoint of the author author can be asked"),
        ("sightless", "this image cannot be processed"),
        ("free", "an answer that had to be"),
        ("broken", "no usable answer to a test request: 500"),
    ],
)
def test_a_started_server_that_is_of_no_use_shows_its_last_lines(
    how: str, says: str, tmp_path: Path
) -> None:
    here = place(tmp_path, {"serve": _serve(IMITATE=how)})
    done = m3ds(
        "build", "-p", here.pipeline, "--workdir", here.workdir, env={"HF_HUB_OFFLINE": "1"}
    )
    assert done.returncode == 3
    assert says in done.stderr
    assert "imitation of vllm" in done.stderr
    helps = "vLLM 0.30 or newer" if how == "free" else f"m3ds serve author -p {here.pipeline}"
    assert helps in done.stderr


def test_a_started_server_loads_the_commit_that_is_recorded(tmp_path: Path) -> None:
    """Also where the recipe names none: the Hub's newest may be another one tomorrow."""
    cached = tmp_path / "hub" / "models--author"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(COMMIT)
    (cached / "snapshots" / COMMIT).mkdir(parents=True)
    (cached / "snapshots" / COMMIT / "config.json").write_text("{}")
    here = place(tmp_path, {"serve": _serve()})
    env = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(tmp_path / "hub")}
    done = m3ds("build", "-p", here.pipeline, "--workdir", here.workdir, env=env)
    assert done.returncode == 0, done.stderr
    assert f"--revision {COMMIT}" in (here.workdir / "logs" / "author.log").read_text()
    assert {row.author["revision"] for row in rows(here.workdir, sa.select(attempts))} == {COMMIT}
    shown = m3ds("serve", "author", "-p", here.pipeline, "--workdir", here.workdir, "--print")
    assert f"--revision {COMMIT}" in shown.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_stopped_stops_the_server_it_has_started(
    number: signal.Signals, tmp_path: Path
) -> None:
    here = place(tmp_path, {"serve": _serve(IMITATE="slow", IMITATE_LOG=str(tmp_path / "life"))})
    command = [
        sys.executable,
        "-m",
        "m3ds",
        "build",
        "-p",
        here.pipeline,
        "--workdir",
        here.workdir,
    ]
    running = subprocess.Popen(
        [*map(str, command)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        start_new_session=True,
        # Under `nohup`, tests would start it with SIGHUP ignored, which it keeps to.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not (tmp_path / "life").exists() and time.monotonic() < until:
        time.sleep(0.02)
    server = int((here.workdir / "logs" / "author.log").read_text().split("process ")[1].split()[0])
    running.send_signal(number)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 128 + number, said
    assert "stopped; what was finished is kept" in said
    assert "Traceback" not in said
    assert not lives(server)


def test_two_models_on_one_gpu_take_turns_until_all_is_done(tmp_path: Path) -> None:
    serve = _serve(IMITATE_LOG=str(tmp_path / "life"))
    author: dict[str, object] = {"serve": serve, "near_duplicate": None}
    here = place(tmp_path, author, {"serve": serve, "controls": {"share": 0}})
    done = m3ds(
        "build", "-p", here.pipeline, "--workdir", here.workdir, env={"HF_HUB_OFFLINE": "1"}
    )
    assert done.returncode == 0, done.stderr
    assert set(states(here.workdir).values()) == {"accepted"}
    life = (tmp_path / "life").read_text().split()
    assert life == ["author-up", "author-down", "critic-up", "critic-down"]
    again = m3ds("build", "-p", here.pipeline, "--workdir", here.workdir)
    assert "nothing to do" in again.stderr
    assert (tmp_path / "life").read_text().split() == life


@pytest.mark.parametrize(("more", "told"), [("", 1), ("served_name: standin", 0)])
def test_a_server_that_calls_its_model_otherwise_is_told_once(
    more: str, told: int, tmp_path: Path
) -> None:
    with standing() as server:
        file = recipe(tmp_path, server.url, sources="kvasir_seg", author_more=more or "window: 4")
        done = run("build", file, tmp_path / "work")
    assert done.returncode == 0, done.stderr
    said = (
        "author: a server of the recipe serves 'standin', and the recipe's model is 'some/author'"
    )
    assert done.stderr.count(said) == told
