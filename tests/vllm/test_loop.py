"""The whole loop behind a real vLLM server: generate, critique, resume, and a killed engine.

The model is tiny and its weights are random, so no text of its can be right. What is shown is that
every reply has the form that was asked for, that the checks refuse what it says, and that nothing
is asked twice.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from m3ds.ledger.tables import attempts, calls, outcomes, verdicts

from .serving import ENVIRONMENT, VLLM, Server, engine

pytestmark = pytest.mark.vllm

RECIPE = """\
name: tiny
seed: 3
input: {{kind: phantoms, per_source: 3}}
sources: [kvasir_seg, tn3k]
author:
  backend: vllm
  model: {model}
  attempts: 2
  patience_s: 60
  {author}
critic:
  {critic}
max_quarantined: 0.5
"""
SPAWNED = """\
  serve:
    command: [{vllm}, serve]
    max_model_len: 4096
    max_num_seqs: 8
    ready_s: 300
    flags: {flags}
    env: {env}"""


def m3ds(verb: str, recipe: Path, work: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "m3ds", verb, "-p", recipe, "--workdir", work],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )


def rows(work: Path, query: sa.Select[Any]) -> list[Any]:
    database = sa.create_engine(f"sqlite:///{work / 'm3ds.db'}")
    with database.connect() as connection:
        found = list(connection.execute(query))
    database.dispose()
    return found


def states(work: Path) -> Counter[str]:
    """How many samples are in which state now."""
    query = sa.select(outcomes.c.sample_id, outcomes.c.state).order_by(outcomes.c.seq)
    return Counter({row.sample_id: row.state for row in rows(work, query)}.values())


def count(work: Path, table: sa.Table) -> int:
    return int(rows(work, sa.select(sa.func.count()).select_from(table))[0][0])


def prepared(folder: Path, model: Path, author: str, critic: str) -> tuple[Path, Path]:
    recipe = folder / "tiny.yaml"
    recipe.write_text(RECIPE.format(model=model, author=author, critic=critic))
    work = folder / "work"
    for verb in ("download", "harmonize"):
        done = m3ds(verb, recipe, work)
        assert done.returncode == 0, done.stderr
    return recipe, work


def spawned(more: str = "") -> str:
    """Options of a model whose server `m3ds` starts itself."""
    spelled = {
        "enforce-eager": True,
        "kv-cache-memory-bytes": "64M",
        "mm-processor-cache-gb": 0.1,
        "no-enable-chunked-prefill": True,
        "max-num-batched-tokens": 4096,
    }
    return (
        "near_duplicate: null\n"
        + SPAWNED.format(vllm=VLLM, flags=json.dumps(spelled), env=json.dumps(ENVIRONMENT))
        + more
    )


def test_random_weights_write_in_form_and_are_refused(
    qwen: Server, tiny_qwen: Path, tmp_path: Path
) -> None:
    author = f"servers: [{qwen.base_url}/v1]\n  window: 8"
    recipe, work = prepared(tmp_path, tiny_qwen, author, "backend: checks")
    done = m3ds("generate", recipe, work)
    assert done.returncode == 0, done.stderr
    found = states(work)
    assert set(found) == {"exhausted"}
    assert count(work, attempts) == 2 * found["exhausted"]
    assert count(work, calls) == count(work, attempts)
    made = rows(work, sa.select(calls))
    assert any(call.response["finish"] == "stop" for call in made)
    for call in made:
        if call.response["finish"] == "stop":
            answer = json.loads(call.response["text"])
            options = call.request["call"]["response_schema"]["schema"]
            assert answer["diagnosis"] in options["properties"]["diagnosis"]["enum"]
        assert call.response["usage"]["prompt"] > 100
    codes = {
        failure["code"]
        for row in rows(work, sa.select(verdicts.c.failures))
        for failure in row.failures
    }
    assert codes - {"malformed"}  # whole answers, too, are refused: for what they say

    again = m3ds("generate", recipe, work)
    assert "nothing to do" in again.stderr
    changed = recipe.read_text().replace("attempts: 2", "attempts: 3")
    recipe.write_text(changed)
    before = count(work, calls)
    assert m3ds("generate", recipe, work).returncode == 0
    assert count(work, calls) == before + found["exhausted"]


def test_a_real_critic_scores_the_embedded_author(
    qwen: Server, tiny_qwen: Path, tmp_path: Path
) -> None:
    recipe, work = prepared(
        tmp_path,
        tiny_qwen,
        f"servers: [{qwen.base_url}/v1]",
        f"backend: vllm\n  model: {tiny_qwen}\n  servers: [{qwen.base_url}/v1]\n  window: 8\n"
        "  controls: {share: 0}",
    )
    text = recipe.read_text()
    start, end = text.index("author:"), text.index("critic:")
    recipe.write_text(f"{text[:start]}author: {{backend: facts}}\n{text[end:]}")
    assert m3ds("generate", recipe, work).returncode == 0
    done = m3ds("critique", recipe, work)
    assert done.returncode == 0, done.stderr
    judged = [row for row in rows(work, sa.select(verdicts)) if row.judge != "checks"]
    assert len(judged) >= 6
    for row in judged:
        found = row.judgement
        assert set(found["expected"]) == {"visual", "location", "specificity", "medical", "link"}
        assert all(1 <= score <= 5 for score in found["expected"].values())
        assert all(0 < bits <= 2.33 for bits in found["entropy"].values())
        assert all(0 <= p <= 1 for p in found["vetoes"].values())
    scored = [
        row for row in rows(work, sa.select(calls)) if row.request["call"]["name"] == "score_visual"
    ]
    for call in scored:
        top = call.response["top"]
        assert set(top) >= {"1", "2", "3", "4", "5"}


def test_an_engine_killed_in_the_middle_costs_nothing_but_time(
    tiny_qwen: Path, tmp_path: Path
) -> None:
    """`m3ds` starts the server; its engine is killed, it is started again, and all is done."""
    recipe, work = prepared(tmp_path, tiny_qwen, spawned(), "backend: checks")
    command = [sys.executable, "-m", "m3ds", "generate", "-p", str(recipe), "--workdir", str(work)]
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"}
    )
    try:
        until = time.monotonic() + 300
        while count(work, calls) == 0:
            assert running.poll() is None, running.communicate()[1]
            assert time.monotonic() < until
            time.sleep(0.02)
        os.kill(engine(running.pid), signal.SIGKILL)
        _, said = running.communicate(timeout=400)
    finally:
        running.kill()
    assert running.returncode == 0, said
    found = states(work)
    assert set(found) == {"exhausted"}
    assert count(work, attempts) == 2 * found["exhausted"]
    with pytest.raises(LookupError):
        engine(running.pid)
    log = (work / "logs" / "author.log").read_text(errors="replace")
    assert "vLLM" in log or "vllm" in log


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    recipe, work = prepared(tmp_path, tmp_path / "empty", spawned(), "backend: checks")
    done = m3ds("generate", recipe, work)
    assert done.returncode == 3
    assert "the author's server ended with exit code 1" in done.stderr
    assert "config" in done.stderr
    assert "Traceback (most recent call last)" not in done.stderr.splitlines()[0]


def test_a_llava_checkpoint_is_served_with_our_template_and_square_pictures(
    tiny_llava: Path, tmp_path: Path
) -> None:
    more = "\n    chat_template: huatuo_llava.jinja\n  picture: {side: 336, square: true}"
    recipe, work = prepared(tmp_path, tiny_llava, spawned(more), "backend: checks")
    done = m3ds("generate", recipe, work)
    assert done.returncode == 0, done.stderr
    assert set(states(work)) == {"exhausted"}
    for call in rows(work, sa.select(calls)):
        assert call.request["call"]["messages"][1]["made"]["square"]
        if call.response["finish"] == "stop":
            assert "diagnosis" in json.loads(call.response["text"])
