"""The whole road, run as a user runs it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest

from tests.stages.building import SOURCES, build, dataset_bytes, m3ds, recipe, rows, rows_by_source


def test_a_conflict_of_labels_has_one_word_and_one_number_everywhere(tmp_path: Path) -> None:
    file, work = recipe(tmp_path, "isbi2016", "isic2017", per_source=24), tmp_path / "work"
    said = build(file, work)
    assert "48 with an accepted text" in said
    assert "2 quarantined as label_conflict, 3 left out as leaks_official_test" in said
    told = json.loads(m3ds("status", "-p", file, "--workdir", work, "--json").stdout)
    reasons = {(r["step"], r["code"]): r for r in told["reasons"]}
    assert [step for step, code in reasons if code == "label_conflict"] == ["quarantined"]
    assert sum(r["n"] for r in told["reasons"] if r["code"] == "label_conflict") == 2
    total = told["total"]
    assert total["accepted"] == total["harmonised"] - 2 == total["published"] + total["left_out"]
    sample_id = reasons["quarantined", "label_conflict"]["example"].partition(":")[0]
    life = m3ds("explain", sample_id, "-p", file, "--workdir", work).stdout
    assert "state: quarantined" in life
    assert "quarantined, so not in the dataset: label_conflict" in life
    card = (work / "dataset" / "README.md").read_text()
    assert "- quarantined as `label_conflict`: 2\n- left out as `leaks_official_test`: 3" in card


def test_naming_a_source_changes_nothing_about_how_much_is_quarantined(tmp_path: Path) -> None:
    file, work = recipe(tmp_path, "isbi2016", "isic2017", per_source=24), tmp_path / "work"
    # Two conflicts and two broken samples of 52; one source's part of them would be too much.
    file.write_text(file.read_text().replace("max_quarantined: 0.5", "max_quarantined: 0.08"))
    build(file, work)
    build(file, work, "--source", "isbi2016")


def test_a_build_leaves_everything_it_promises(built: Path) -> None:
    assert json.loads((built / "gate.json").read_text())["passed"] is True
    assert (built / "report" / "index.html").is_file()
    found = rows(built)
    assert {row["is_phantom"] for row in found} == {True}
    assert {row["author"]["backend"] for row in found} == {"facts"}
    assert all(row["author"]["seed"] for row in found)
    assert all(row["critics"] == [] for row in found)
    # Kvasir-SEG has one label, so nothing could be hinted at.
    assert {(row["source"] == 5, row["hint_level"]) for row in found} == {(True, None), (False, 2)}
    negatives = [row for row in found if row["is_negative"]]
    assert negatives
    assert {row["diagnosis"] for row in negatives} == {"normal"}


def test_a_second_build_does_nothing_and_says_so(copy: Path, pipeline: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.suffix != ".lock"}
    ledger = (copy / "m3ds.db").read_bytes()
    # The first build in this place finds that files moved, the second that nothing did.
    build(pipeline, copy)
    assert "nothing to do" in build(pipeline, copy)
    kept = ("dataset", "objects", "gate.json")
    assert all(
        path.stat().st_mtime_ns == stamp
        for path, stamp in before.items()
        if path.relative_to(copy).parts[0] in kept and path.is_file()
    )
    assert ledger


def test_neither_path_nor_number_of_workers_shows_in_the_bytes(built: Path, tmp_path: Path) -> None:
    other = recipe(tmp_path, *SOURCES, more="engine: {kind: local, workers: 1}")
    build(other, tmp_path / "elsewhere" / "deeper")
    assert dataset_bytes(tmp_path / "elsewhere" / "deeper") == dataset_bytes(built)


def test_a_ledger_on_postgresql_leads_to_the_same_bytes(
    built: Path, postgres: Callable[[], str], tmp_path: Path
) -> None:
    remote = recipe(tmp_path, *SOURCES, more=f"ledger: {postgres()!r}")
    # An empty database is no fault, and nothing that only reads fills it.
    assert m3ds("doctor", "-p", remote, "--workdir", tmp_path / "work").returncode == 0
    early = m3ds("status", "-p", remote, "--workdir", tmp_path / "work")
    assert early.returncode == 2
    assert "holds nothing yet" in early.stderr
    build(remote, tmp_path / "work")
    assert dataset_bytes(tmp_path / "work") == dataset_bytes(built)
    assert not (tmp_path / "work" / "m3ds.db").exists()
    assert "nothing to do" in build(remote, tmp_path / "work")


def test_a_lost_or_cut_file_of_the_dataset_is_written_again(copy: Path, pipeline: Path) -> None:
    whole = dataset_bytes(copy)
    first = copy / "dataset" / next(name for name in whole if name.endswith(".parquet"))
    first.write_bytes(first.read_bytes()[:100])
    (copy / "dataset" / "README.md").unlink()
    build(pipeline, copy)
    assert dataset_bytes(copy) == whole


def test_a_changed_byte_is_seen_by_validate_and_mended_by_build(copy: Path, pipeline: Path) -> None:
    whole = dataset_bytes(copy)
    shard = copy / "dataset" / next(name for name in whole if name.endswith(".parquet"))
    data = bytearray(shard.read_bytes())
    data[200] ^= 0xFF
    shard.write_bytes(data)
    done = m3ds("validate", "-p", pipeline, "--workdir", copy)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    build(pipeline, copy)
    assert dataset_bytes(copy) == whole
    assert json.loads((copy / "gate.json").read_text())["passed"] is True


def test_lost_objects_are_made_again(copy: Path, pipeline: Path) -> None:
    whole = dataset_bytes(copy)
    shutil.rmtree(copy / "objects")
    shutil.rmtree(copy / "dataset")
    assert "restored the lost objects" in build(pipeline, copy)
    assert dataset_bytes(copy) == whole


def test_a_recipe_that_was_changed_and_changed_back_leads_to_the_first_bytes(
    built: Path, copy: Path, pipeline: Path, tmp_path: Path
) -> None:
    """What a row says of its author is the current recipe's, not that of the one between."""
    other = tmp_path / "other.yaml"
    other.write_text(pipeline.read_text() + "negatives: drop\n")
    build(other, copy)
    assert dataset_bytes(copy) != dataset_bytes(built)
    gone = next(row["sample_id"] for row in rows(built) if row["is_negative"])
    shown = m3ds("explain", gone, "-p", other, "--workdir", copy).stdout
    assert "not part of this recipe's build" in shown
    assert "not in the dataset folder" in shown
    fresh = tmp_path / "fresh"
    build(other, fresh)
    assert dataset_bytes(copy) == dataset_bytes(fresh)
    build(pipeline, copy)
    assert dataset_bytes(copy) == dataset_bytes(built)


def test_naming_a_source_limits_the_work_and_not_the_release(copy: Path, pipeline: Path) -> None:
    whole = dataset_bytes(copy)
    build(pipeline, copy, "--source", "busi")
    assert dataset_bytes(copy) == whole


def test_that_people_have_to_read_is_said_before_anything_is_reasoned(tmp_path: Path) -> None:
    pipeline = recipe(tmp_path, "busi", per_source=2, more="review: {policy: flagged}")
    done = m3ds("build", "-p", pipeline, "--workdir", tmp_path / "work")
    assert done.returncode == 3
    assert done.stderr.startswith("the recipe asks people to read texts")
    assert not (tmp_path / "work" / "dataset").exists()
    told = m3ds("plan", "-p", pipeline, "--workdir", tmp_path / "work").stdout
    assert "the recipe asks people to read texts" in told


@pytest.mark.parametrize("more", ["objects: 'foo://nowhere'", "ledger: 'mysql://host/name'"])
def test_a_url_that_cannot_be_used_is_said_at_once(tmp_path: Path, more: str) -> None:
    bad = recipe(tmp_path, "busi", more=more)
    for verb in ("build", "doctor"):
        done = m3ds(verb, "-p", bad, "--workdir", tmp_path / "work")
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "work" / "archives").exists()


def test_a_workdir_that_cannot_be_one_is_said_in_one_line(pipeline: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = m3ds("build", "-p", pipeline, "--workdir", tmp_path / "file")
    assert done.returncode == 2
    assert "cannot be the work folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_verbs_one_by_one_lead_to_the_same_bytes(
    built: Path, pipeline: Path, tmp_path: Path
) -> None:
    for verb in ("download", "harmonize", "generate", "critique", "publish", "validate", "report"):
        done = m3ds(verb, "-p", pipeline, "--workdir", tmp_path)
        assert done.returncode == 0, done.stderr
    assert dataset_bytes(tmp_path) == dataset_bytes(built)


@pytest.mark.parametrize(
    ("verb", "missing"),
    [("harmonize", "m3ds download"), ("generate", "m3ds harmonize"), ("validate", "m3ds publish")],
)
def test_a_verb_too_early_says_which_comes_first(
    pipeline: Path, tmp_path: Path, verb: str, missing: str
) -> None:
    done = m3ds(verb, "-p", pipeline, "--workdir", tmp_path)
    assert done.returncode == 2
    assert missing in done.stderr
    assert "Traceback" not in done.stderr


def test_another_build_in_the_same_folder_is_refused(pipeline: Path, tmp_path: Path) -> None:
    with filelock.FileLock(tmp_path / ".lock"):
        done = m3ds("build", "-p", pipeline, "--workdir", tmp_path)
    assert done.returncode == 2
    assert "another m3ds is working in this folder" in done.stderr


def test_ctrl_c_keeps_what_is_finished(pipeline: Path, built: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "m3ds", "build", "-p", str(pipeline)]
    running = subprocess.Popen(
        [*command, "--workdir", str(tmp_path)],
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    line = running.stderr.readline()  # "drew phantoms …": the next stage is under way
    os.killpg(running.pid, signal.SIGINT)
    said = line + running.stderr.read()
    assert running.wait() == 130, said
    assert "stopped; what was finished is kept (go on with: m3ds build -p " in said
    assert "Traceback" not in said
    build(pipeline, tmp_path)
    assert dataset_bytes(tmp_path) == dataset_bytes(built)


def test_too_much_quarantined_is_exit_code_1(built: Path, tmp_path: Path) -> None:
    strict = recipe(tmp_path, *SOURCES, more="")
    strict.write_text(strict.read_text().replace("0.5", "0.0"))
    done = m3ds("build", "-p", strict, "--workdir", tmp_path / "work")
    assert done.returncode == 1
    assert "max_quarantined" in done.stderr
    assert dataset_bytes(tmp_path / "work") == dataset_bytes(built)  # it is finished all the same


def test_a_bad_recipe_stops_before_any_work(tmp_path: Path) -> None:
    bad = recipe(tmp_path, "busi", more="sped: 3")
    done = m3ds("build", "-p", bad, "--workdir", tmp_path / "work")
    assert done.returncode == 2
    assert "sped: is not known here" in done.stderr
    assert not (tmp_path / "work").exists()


def test_what_this_version_lacks_is_said_in_one_line(tmp_path: Path) -> None:
    full = m3ds("build", "-p", "pipelines/full.yaml", "--workdir", tmp_path / "full")
    assert full.returncode == 2
    assert "--archives" in full.stderr
    vllm = tmp_path / "vllm.yaml"
    text = Path("pipelines/mini.yaml").read_text().replace("per_source: 24", "per_source: 2")
    served = "\n  serve: {command: [/no/such/vllm]}"
    vllm.write_text(text.replace("backend: facts", f"backend: vllm\n  model: some/model{served}"))
    m3ds("download", "-p", vllm, "--workdir", tmp_path, "--source", "busi")
    m3ds("harmonize", "-p", vllm, "--workdir", tmp_path, "--source", "busi")
    author = m3ds("generate", "-p", vllm, "--workdir", tmp_path, "--source", "busi")
    assert author.returncode == 3
    assert "server cannot be started" in author.stderr
    people = tmp_path / "people.yaml"
    people.write_text(text.replace("policy: none", "policy: flagged"))
    review = m3ds("review", "-p", people, "--workdir", tmp_path)
    assert review.returncode == 3
    critic = tmp_path / "critic.yaml"
    critic.write_text(
        text.replace("backend: checks", f"backend: vllm\n  model: some/critic{served}")
    )
    generated = m3ds("generate", "-p", critic, "--workdir", tmp_path, "--source", "busi")
    assert generated.returncode == 0
    critique = m3ds("critique", "-p", critic, "--workdir", tmp_path, "--source", "busi")
    assert critique.returncode == 3
    for done in (full, author, review, critique):
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") <= 4


def test_status_adds_up(built: Path, pipeline: Path) -> None:
    done = m3ds("status", "-p", pipeline, "--workdir", built, "--json")
    told = json.loads(done.stdout)
    published = rows_by_source(built)
    for counts in told["sources"]:
        fell = sum(
            counts[step] for step in ("incomplete", "skipped", "dropped", "quarantined", "left_out")
        )
        assert counts["read"] == fell + counts["published"]
        assert counts["published"] == published[counts["source"]]
    shown = m3ds("status", "-p", pipeline, "--workdir", built).stdout
    assert all(name in shown for name in SOURCES)


def test_explain_tells_the_whole_life(built: Path, pipeline: Path) -> None:
    row = rows(built)[0]
    name = row["sample_id"]
    shown = m3ds("explain", name, "-p", pipeline, "--workdir", built).stdout
    for part in (row["files"][0]["sha256"], "attempt 1", "accepted", "published in", row["answer"]):
        assert part in shown
    assert row["steps"]["conclusion"][:30] in shown
    told = json.loads(m3ds("explain", name, "-p", pipeline, "--workdir", built, "--json").stdout)
    assert told["outcomes"][-1]["state"] == "accepted"
    assert told["published"]["split"] in {"train", "validation", "test"}
    unknown = m3ds("explain", name[:-1], "-p", pipeline, "--workdir", built)
    assert unknown.returncode == 2
    assert "did you mean: " in unknown.stderr
    assert name in unknown.stderr
    other = m3ds("explain", "nothing-like-it", "-p", pipeline, "--workdir", built)
    assert "their ids look like " in other.stderr


def test_sources_lists_all_ten() -> None:
    told = json.loads(m3ds("sources", "--json").stdout)
    assert len(told) == 10
    assert all(source["license"]["terms_url"] and source["citation"] for source in told)
    shown = m3ds("sources").stdout
    assert all(source["name"] in shown for source in told)


def test_a_newer_ledger_is_refused_in_one_line(copy: Path, pipeline: Path) -> None:
    import sqlite3

    with sqlite3.connect(copy / "m3ds.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = m3ds("status", "-p", pipeline, "--workdir", copy)
    assert done.returncode == 2
    assert "newer m3ds" in done.stderr
    assert done.stderr.count("\n") == 1
