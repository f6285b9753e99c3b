"""A build whose author and critic are behind servers: what it asks, and what it leaves."""

from __future__ import annotations

import json
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
    exclusions,
    models,
    objections,
    outcomes,
    verdicts,
)
from tests.stages import building
from tests.stages.building import dataset_bytes
from tests.stages.modelled import COMMIT, built, recipe, rows, run, states
from tests.standing import Standing, standing


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
        # What a blind attempt got wrong was the diagnosis: of two, that would be the label.
        assert ("sent back" in text) == (call.request["attempt"] == 3)


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
        for verb in ("build", "publish"):
            assert says in run(verb, file, tmp_path / "work").stderr
    away = recipe(tmp_path, "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1", critic_more=more)
    for verb in ("build", "publish"):
        done = run(verb, away, tmp_path / "work")
        assert done.returncode == CriticBelowFloor.exit_code
        assert says in done.stderr
    assert not (tmp_path / "work" / "dataset").exists()
    with standing(Behaviour(**behaviour)) as server:
        lower = "controls: {share: 1, at_least: 3, floor: 0, false_rejects: 1}"
        file = recipe(tmp_path, server.url, server.url, critic_more=lower)
        assert run("reason", file, tmp_path / "work").returncode in {0, 3}
    judged = rows(tmp_path / "work", sa.select(controls))
    kinds = {row.kind for row in judged}
    assert kinds >= {"sound", "modality"}
    released = {row.text_sha for row in rows(tmp_path / "work", sa.select(outcomes.c.text_sha))}
    assert not released & {row.text_sha for row in judged}


def test_controls_that_a_critic_left_unanswered_are_made_up(tmp_path: Path) -> None:
    more = "timeout_s: 1\n  controls: {share: 1, floor: 0, false_rejects: 1}"
    with standing() as author:
        file = recipe(tmp_path, author.url, "http://127.0.0.1:9/v1", critic_more=more)
        with standing() as critic:
            own = recipe(tmp_path, author.url, critic.url, critic_more="controls: {share: 0}")
            built(own, tmp_path / "work")
            away = run("build", file, tmp_path / "work")  # the same critic, at a place nobody is at
            assert away.returncode == 0, away.stderr
            assert not rows(tmp_path / "work", sa.select(controls))
            said = built(
                recipe(tmp_path, author.url, critic.url, critic_more=more), tmp_path / "work"
            )
            assert "some/critic: caught 0 of " in said
            assert "sound controls" in said
            assert len(rows(tmp_path / "work", sa.select(controls))) == len(
                states(tmp_path / "work")
            )


def test_texts_that_another_critic_has_accepted_are_not_published(tmp_path: Path) -> None:
    with standing() as server:
        file = recipe(tmp_path, server.url, server.url)
        built(file, tmp_path / "work")
        other = recipe(
            tmp_path, server.url, server.url, critic_more="veto: 0.6\n  controls: {share: 0}"
        )
        done = run("publish", other, tmp_path / "work")
        assert done.returncode == 2
        assert "are not those that accepted the texts" in done.stderr
        built(other, tmp_path / "work")


def test_of_two_critics_one_need_not_wait_for_the_other(tmp_path: Path) -> None:
    def both(first: str, second: str) -> Path:
        file = recipe(tmp_path, author.url, sources="kvasir_seg")
        critics = "".join(
            f'\n  - {{backend: vllm, model: some/{name}, revision: "{COMMIT}", servers: [{url}], '
            "patience_s: 1, controls: {share: 0}}"
            for name, url in (("first", first), ("second", second))
        )
        text = file.read_text()
        assert "critic:\n  backend: checks" in text
        file.write_text(text.replace("critic:\n  backend: checks", f"critic:{critics}"))
        return file

    work = tmp_path / "work"
    with standing() as author, standing() as second:
        done = run("build", both("http://127.0.0.1:9/v1", second.url), work)
        assert done.returncode == 3
        assert set(states(work).values()) == {"needs_critic"}
        written, judged = author.answered, second.answered
        assert judged >= 10 * len(states(work))
        with standing() as first:
            built(both(first.url, second.url), work)
            assert first.answered >= 10 * len(states(work))
        assert (author.answered, second.answered) == (written, judged)
    assert set(states(work).values()) == {"accepted"}
    judges = {row.judge for row in rows(work, sa.select(verdicts.c.judge))}
    assert judges == {"checks", "critic:some/first", "critic:some/second"}


def test_controls_that_are_asked_for_later_are_made_then(server: Standing, tmp_path: Path) -> None:
    built(recipe(tmp_path, server.url, server.url), tmp_path / "work")
    assert not rows(tmp_path / "work", sa.select(controls))
    watched = "controls: {share: 1, floor: 0, false_rejects: 1}"
    later = recipe(tmp_path, server.url, server.url, critic_more=watched)
    built(later, tmp_path / "work")
    assert len(rows(tmp_path / "work", sa.select(controls))) == len(states(tmp_path / "work"))
    asked = server.answered
    assert "nothing to do" in built(later, tmp_path / "work")
    assert server.answered == asked


def test_third_party_endpoints_are_refused_where_terms_do_not_allow_them(
    tmp_path: Path, samples: Path
) -> None:
    text = recipe(tmp_path, "http://127.0.0.1:9/v1", sources="busi, fives").read_text()
    file = tmp_path / "remote.yaml"
    file.write_text(text.replace("backend: vllm", "backend: openai"))
    work = tmp_path / "work"
    done = run("build", file, work, "--archives", str(samples))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1  # before anything is unpacked or measured
    assert "the terms of busi do not say" in done.stderr
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


def test_sections_need_no_endpoint_that_takes_constraints(tmp_path: Path) -> None:
    with standing(Behaviour(refuses='"response_format"')) as server:
        more = "near_duplicate: null\n  mode: sections"
        file = recipe(tmp_path, server.url, sources="kvasir_seg", author_more=more)
        file.write_text(file.read_text().replace("backend: vllm", "backend: openai"))
        built(file, tmp_path / "work")
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


def test_a_copy_whose_text_was_never_accepted_is_exhausted_and_not_left_out(tmp_path: Path) -> None:
    two = ("isbi2016", "isic2017")
    embedded = building.recipe(tmp_path, *two, per_source=24)
    building.build(embedded, tmp_path / "embedded")
    leaks = sa.select(exclusions.c.sample_id).where(exclusions.c.code == "leaks_official_test")
    copies = {row.sample_id for row in rows(tmp_path / "embedded", leaks)}
    with standing(Behaviour(displeased=0.55)) as server:
        file = recipe(tmp_path, server.url, server.url, sources=", ".join(two), per_source=24)
        work = tmp_path / "work"
        said = built(file, work)
    current = states(work)
    assert {current[name] for name in copies} == {"accepted", "exhausted"}, "some of each"
    accepted = {name for name in copies if current[name] == "accepted"}
    assert {row.sample_id for row in rows(work, leaks)} == accepted
    assert f", {len(accepted)} left out as leaks_official_test" in said
    told = json.loads(run("status", file, work, "--json").stdout)
    total = told["total"]
    assert total["left_out"] == len(accepted)
    assert total["accepted"] == total["published"] + total["left_out"]
    life = run("explain", file, work, min(copies - accepted)).stdout
    assert "state: exhausted" in life
    assert "left out" not in life
