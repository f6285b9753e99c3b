"""A build whose author and critic are behind servers: faults, parking, resume, controls."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from benchmarks.standin import Behaviour
from m3ds.errors import CriticBelowFloor
from m3ds.ledger.tables import (
    attempts,
    calls,
    controls,
    documents,
    items,
    models,
    objections,
    outcomes,
    verdicts,
)
from m3ds.stages.faults import failed, fault
from m3ds.stages.workplace import Options, opened
from tests.stages.building import dataset_bytes, m3ds
from tests.standing import Standing, standing

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


@pytest.fixture
def server() -> Iterator[Standing]:
    with standing() as one:
        yield one


def test_a_build_with_models_from_end_to_end(server: Standing, tmp_path: Path) -> None:
    file = recipe(tmp_path, server.url, server.url)
    said = built(file, tmp_path / "work")
    assert "some/author: revision 0123456789" in said
    assert set(states(tmp_path / "work").values()) == {"accepted"}
    asked = server.answered
    assert "nothing to do" in built(file, tmp_path / "work")
    assert server.answered == asked

    frame = pl.read_parquet(tmp_path / "work" / "dataset" / "tn3k" / "*.parquet")
    row = frame.to_dicts()[0]
    assert (row["author"]["backend"], row["author"]["revision"]) == ("vllm", COMMIT)
    assert row["author"]["temperature"] == pytest.approx([0.2, 0.7, 0.9][row["attempt"] - 1])
    critic = row["critics"][0]
    assert (critic["model"], critic["verdict"]) == ("some/critic", "accept")
    for name in ("visual", "location", "medical", "link", "specificity"):
        assert critic[name] == pytest.approx(0.02 * 3 + 0.18 * 4 + 0.8 * 5)
    assert set(frame["hint_level"]) <= {0, 2}

    kept = {row.sha: row.text for row in rows(tmp_path / "work", sa.select(documents))}
    for call in rows(tmp_path / "work", sa.select(calls)):
        first = call.request["call"]["messages"][0]
        assert first["role"] == "system"
        assert first["sha256"] in kept
        assert "base64" not in str(call.request)
    known = rows(tmp_path / "work", sa.select(models).order_by(models.c.model))
    assert [(row.model, row.revision) for row in known] == [
        ("some/author", COMMIT),
        ("some/critic", COMMIT),
    ]


def test_the_published_scores_are_those_of_the_recipe_that_accepted(
    server: Standing, tmp_path: Path
) -> None:
    """Other thresholds judge anew; going back publishes what the first ones accepted."""
    kept = "controls: {share: 0}"
    work = tmp_path / "work"
    file = recipe(tmp_path, server.url, server.url, sources="kvasir_seg", critic_more=kept)
    built(file, work)
    first = dataset_bytes(work)
    other = recipe(
        *(tmp_path, server.url, server.url),
        sources="kvasir_seg",
        critic_more=f"{kept}\n  veto: 0.4",
        name="other.yaml",
    )
    asked = server.answered
    built(other, work)
    assert server.answered == asked  # the same answers, held against other thresholds
    built(file, work)
    assert dataset_bytes(work) == first


def test_a_blind_text_that_is_right_is_kept_and_the_label_is_told_last(
    server: Standing, tmp_path: Path
) -> None:
    built(recipe(tmp_path, server.url, sources="tn3k", per_source=12), tmp_path / "work")
    query = sa.select(attempts).order_by(attempts.c.sample_id, attempts.c.attempt)
    told = {(row.attempt, row.hint_level) for row in rows(tmp_path / "work", query)}
    assert told == {(1, 0), (2, 0), (3, 2)}
    blind = sa.select(calls.c.request).where(calls.c.role == "author")
    for call in rows(tmp_path / "work", blind):
        text = call.request["call"]["messages"][1]["text"]
        assert ("Target interpretation" in text) == (call.request["attempt"] == 3)


def test_faults_lose_no_sample_and_author_none_again(tmp_path: Path) -> None:
    faults = Behaviour(status=0.05, drop=0.02, malformed=0.02, truncated=0.01, busy=0.02)
    with standing(faults) as server:
        file = recipe(tmp_path, server.url, server.url, per_source=16)
        built(file, tmp_path / "work")
        found = states(tmp_path / "work")
        assert len(found) >= 40
        assert set(found.values()) <= {"accepted", "exhausted"}
        assert server.standin.stats.failed.total() > 5
        assert server.standin.stats.repeated <= server.standin.stats.failed["drop"]
        asked = server.answered
        built(file, tmp_path / "work")
        assert server.answered == asked
    bad = {"malformed"}
    query = sa.select(verdicts.c.failures).where(verdicts.c.accepted == sa.false())
    codes = {failure["code"] for row in rows(tmp_path / "work", query) for failure in row.failures}
    assert bad <= codes


def test_generate_and_critique_take_turns_and_wait_for_each_other(tmp_path: Path) -> None:
    with standing() as author, standing(Behaviour(scores=(0, 0.9, 0.1, 0, 0))) as critic:
        file = recipe(tmp_path, author.url, critic.url, sources="kvasir_seg")
        for verb in ("download", "harmonize"):
            assert run(verb, file, tmp_path).returncode == 0
        assert run("generate", file, tmp_path).returncode == 0
        assert set(states(tmp_path).values()) == {"needs_critic"}
        assert critic.answered == 0
        assert run("critique", file, tmp_path).returncode == 0
        assert set(states(tmp_path).values()) == {"needs_author"}
        asked = author.answered
        critic.behaviour.scores = (0, 0, 0, 0.1, 0.9)
        assert run("reason", file, tmp_path).returncode == 0
        assert set(states(tmp_path).values()) == {"accepted"}
        assert author.answered == 2 * asked
    query = sa.select(outcomes.c.attempt).where(outcomes.c.state == "accepted")
    assert {row.attempt for row in rows(tmp_path, query)} == {2}


def test_what_waits_keeps_nothing_finished_from_being_released(tmp_path: Path) -> None:
    with standing() as author:
        file = recipe(tmp_path, author.url, "http://127.0.0.1:9/v1", sources="kvasir_seg")
        done = run("build", file, tmp_path / "work")
        assert done.returncode == 3
        assert "wait for a model" in done.stderr
        with standing() as critic:
            both = recipe(tmp_path, author.url, critic.url, sources="kvasir_seg")
            asked = author.answered
            built(both, tmp_path / "work")
            assert author.answered == asked
            more = recipe(tmp_path, "http://127.0.0.1:9/v1", critic.url, sources="kvasir_seg, tn3k")
            done = run("build", more, tmp_path / "work")
            assert done.returncode == 3
            assert (tmp_path / "work" / "dataset" / "kvasir_seg").is_dir()
            assert not (tmp_path / "work" / "dataset" / "tn3k").exists()


def test_servers_that_are_down_from_the_start_are_said_once_with_one_remedy(tmp_path: Path) -> None:
    down = "http://127.0.0.1:9/v1, http://127.0.0.1:8/v1"
    file = recipe(tmp_path, down, "http://127.0.0.1:7/v1", sources="kvasir_seg", per_source=3)
    said = run("build", file, tmp_path / "work").stderr
    for port in (9, 8, 7):
        assert said.count(f"127.0.0.1:{port}/v1") == 1
    assert "looked for again" not in said
    last = said.splitlines()[-1]
    assert "no endpoint of the author some/author can be asked; no endpoint of the critic" in last
    assert last.count("(") == 1
    assert "(start the servers, then run: m3ds build -p " in last


def test_a_refused_or_deadly_sample_is_set_aside_with_the_reason(tmp_path: Path) -> None:
    with standing(Behaviour(refuses="Part examined: thyroid")) as server:
        file = recipe(tmp_path, server.url, sources="tn3k, kvasir_seg", per_source=3)
        done = run("build", file, tmp_path / "work")
        found = states(tmp_path / "work")
    assert done.returncode == 1  # more than half, which is what the recipe allows
    assert "4 of 7 samples were quarantined" in done.stderr
    assert {state for name, state in found.items() if name.startswith("tn3k")} == {"quarantined"}
    assert {state for name, state in found.items() if name.startswith("kv")} == {"accepted"}
    reasons = rows(tmp_path / "work", sa.select(outcomes.c.reason).where(outcomes.c.reason != ""))
    assert "this image cannot be processed" in reasons[0].reason


def test_a_fault_on_one_sample_stops_no_other(server: Standing, tmp_path: Path) -> None:
    file = recipe(tmp_path, server.url, sources="kvasir_seg")
    for verb in ("download", "harmonize"):
        run(verb, file, tmp_path / "work")
    query = sa.select(items.c.sample_id, items.c.body).where(items.c.kind == "sample")
    first = rows(tmp_path / "work", query)[0]
    address = first.body["image_sha256"]
    lost = tmp_path / "work" / "objects" / address[:2] / address[2:]
    lost.unlink()
    done = run("reason", file, tmp_path / "work")
    assert done.returncode == 1
    assert "1 sample failed, and the others went on" in done.stderr
    assert (
        f"{first.sample_id}: its stored image or mask is lost: {lost} (m3ds build " in done.stderr
    )
    assert "wait" not in done.stderr
    told = run("status", file, tmp_path / "work").stdout
    assert "failed in the last run" in told
    assert first.sample_id in told
    found = states(tmp_path / "work")
    assert first.sample_id not in found
    assert set(found.values()) == {"accepted"}
    built(file, tmp_path / "work")  # which makes the lost image again
    assert states(tmp_path / "work")[first.sample_id] == "accepted"
    assert "failed" not in run("status", file, tmp_path / "work").stdout


def test_a_fault_of_the_program_is_told_with_its_trace(tmp_path: Path) -> None:
    file = recipe(tmp_path, "http://127.0.0.1:9/v1", sources="kvasir_seg")
    with opened(Options(file, tmp_path / "work"), writes=True) as place:
        try:
            raise ZeroDivisionError("by zero")
        except ZeroDivisionError as error:
            told = [str(fault(place, f"s{n}", error)) for n in range(7)]
    log = tmp_path / "work" / "logs" / "faults.log"
    assert told[0].startswith("s0: ZeroDivisionError: by zero (a rerun tries it again; ")
    assert str(log) in told[0]
    assert log.read_text().count("Traceback") == 7
    lines = str(failed(7, told)).splitlines()
    assert lines[0] == "7 samples failed, and the others went on:"
    assert lines[-1] == "  and 2 more"


def test_a_server_that_refuses_everybody_quarantines_nobody(tmp_path: Path) -> None:
    with standing(Behaviour(refuses="Part examined")) as server:
        file = recipe(tmp_path, server.url, per_source=3)
        done = run("build", file, tmp_path / "work")
        assert done.returncode == 3
        assert "refuses every request" in done.stderr
        assert "this image cannot be processed" in done.stderr
        assert set(states(tmp_path / "work").values()) == {"needs_author"}
        server.behaviour.refuses = ""
        built(file, tmp_path / "work")
    assert set(states(tmp_path / "work").values()) == {"accepted"}


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        ({}, "planted errors, less than the recipe's floor"),
        ({"scores": (1, 0, 0, 0, 0)}, "sound texts, more than the recipe's limit"),
    ],
)
def test_a_critic_below_the_floor_stops_the_stage(
    behaviour: dict[str, Any], says: str, tmp_path: Path
) -> None:
    with standing(Behaviour(**behaviour)) as server:
        more = "controls: {share: 1, at_least: 3}"
        file = recipe(tmp_path, server.url, server.url, critic_more=more)
        done = run("build", file, tmp_path / "work")
        assert done.returncode == CriticBelowFloor.exit_code
        assert says in done.stderr
        again = run("build", file, tmp_path / "work")
        assert says in again.stderr
        lower = "controls: {share: 1, at_least: 3, floor: 0, false_rejects: 1}"
        file = recipe(tmp_path, server.url, server.url, critic_more=lower)
        assert run("reason", file, tmp_path / "work").returncode in {0, 3}
    judged = rows(tmp_path / "work", sa.select(controls))
    kinds = {row.kind for row in judged}
    assert kinds >= {"sound", "modality"}
    released = {row.text_sha for row in rows(tmp_path / "work", sa.select(outcomes.c.text_sha))}
    assert not released & {row.text_sha for row in judged}


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
            tmp_path, server.url, server.url, per_source=8, author_more=window, critic_more=more
        )
        for verb in ("download", "harmonize"):
            run(verb, file, tmp_path / "work")
        command = [sys.executable, "-m", "m3ds", "build", "-p", str(file)]
        command += ["--workdir", str(tmp_path / "work")]
        enough = random.Random(moment).randint(20, 200)  # noqa: S311 - a seeded choice
        running = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        while server.answered < enough and running.poll() is None:
            time.sleep(0.002)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        built(file, tmp_path / "work")
        # Both windows, and what was answered within the 50 ms that a commit may wait for company.
        assert server.standin.stats.repeated <= 16 + 16 * 4
        killed = dataset_bytes(tmp_path / "work")
    with standing() as other:
        same = recipe(
            tmp_path, other.url, other.url, per_source=8, author_more=window, critic_more=more
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
        built(file, tmp_path / "work")
        assert server.standin.stats.repeated <= 4


def test_third_party_endpoints_are_refused_where_terms_do_not_allow_them(
    tmp_path: Path, samples: Path
) -> None:
    text = recipe(tmp_path, "http://127.0.0.1:9/v1", sources="busi, fives").read_text()
    file = tmp_path / "remote.yaml"
    file.write_text(text.replace("backend: vllm", "backend: openai"))
    work = tmp_path / "work"
    for verb in ("download", "harmonize"):
        more = ("--archives", str(samples)) if verb == "download" else ()
        run(verb, file, work, *more)
    done = run("generate", file, work)
    assert done.returncode == 2
    assert "the terms of busi do not say" in done.stderr
    assert run("generate", file, work, "--source", "fives").returncode == 3


def test_an_openai_endpoint_gets_its_own_dialect(server: Standing, tmp_path: Path) -> None:
    file = recipe(tmp_path, server.url, server.url, sources="kvasir_seg")
    file.write_text(file.read_text().replace("backend: vllm", "backend: openai"))
    built(file, tmp_path / "work")
    assert set(states(tmp_path / "work").values()) == {"accepted"}
    for call in rows(tmp_path / "work", sa.select(calls)):
        assert "repetition_penalty" not in call.request["call"]["sampling"]


def test_sections_instead_of_json(server: Standing, tmp_path: Path) -> None:
    more = "mode: sections\n  near_duplicate: null"
    built(recipe(tmp_path, server.url, author_more=more), tmp_path / "work")
    assert set(states(tmp_path / "work").values()) == {"accepted"}


def test_near_duplicates_are_sent_back_and_written_anew(tmp_path: Path) -> None:
    with standing(Behaviour(monotonous=True)) as server:
        file = recipe(
            *(tmp_path, server.url), sources="kvasir_seg", per_source=8, author_more="attempts: 3"
        )
        built(file, tmp_path / "work")
        asked = server.answered
        built(file, tmp_path / "work")
        assert server.answered == asked
    assert set(states(tmp_path / "work").values()) == {"accepted"}
    found = rows(tmp_path / "work", sa.select(objections))
    assert {row.origin for row in found} == {"near_duplicate"}
    assert len(found) >= 3
    again = {row.sample_id for row in found}
    query = sa.select(outcomes.c.sample_id, outcomes.c.attempt).where(outcomes.c.attempt > 1)
    assert {row.sample_id for row in rows(tmp_path / "work", query)} == again
