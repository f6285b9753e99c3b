"""What fails where models are behind servers: answers, servers, samples, and this program."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from benchmarks.standin import Behaviour
from m3ds.ledger.tables import items, outcomes, verdicts
from m3ds.stages.faults import failed, fault
from m3ds.stages.workplace import Options, opened
from tests.stages.modelled import built, recipe, rows, run, states
from tests.standing import Standing, standing


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


def test_an_author_that_answers_at_will_is_named_and_not_the_critic_that_is_down(
    tmp_path: Path,
) -> None:
    with standing(Behaviour(ignores_constraints=True)) as server:
        down = "http://127.0.0.1:9/v1"
        file = recipe(tmp_path, server.url, down, sources="kvasir_seg", per_source=3)
        last = run("build", file, tmp_path / "work").stderr.splitlines()[-1]
    assert "samples wait for a model: " in last
    assert "had to be {'word': 'm3ds-probe'}" in last
    assert "critic" not in last


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


def test_where_no_text_is_accepted_there_is_nothing_to_release_but_people_may_write(
    tmp_path: Path,
) -> None:
    with standing(Behaviour(malformed=1.0)) as server:
        file = recipe(tmp_path, server.url, sources="kvasir_seg", per_source=3)
        done = run("build", file, tmp_path / "work")
        assert done.returncode == 1
        status = f"m3ds status -p {file} --workdir {tmp_path / 'work'}"
        assert f"no text was accepted ({status} says why; with more `attempts` " in done.stderr
        # Nor does it matter what another recipe had made here.
        other = recipe(tmp_path, server.url, sources="busi", per_source=3, name="other.yaml")
        server.behaviour.malformed = 0.0
        built(other, tmp_path / "work")
        assert run("build", file, tmp_path / "work").returncode == 1
        file.write_text(file.read_text() + "review: {policy: flagged}\n")
        assert run("build", file, tmp_path / "work").returncode == 3
        found = states(tmp_path / "work")
    assert {found[name] for name in found if name.startswith("kvasir")} == {"exhausted"}
