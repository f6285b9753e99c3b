"""`m3ds plan`: what it says is what comes, and what it asks is not asked again."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from m3ds.stages.amounts import amount, duration, hours, size
from m3ds.stages.estimate import Range, projected
from m3ds.stages.probe import pick
from tests.stages.building import m3ds, recipe
from tests.standing import Standing

SOURCES = ("busi", "fives")
COMMIT = "0" * 40
RECIPE = """\
name: planned
seed: 3
input: {{kind: phantoms, per_source: 12}}
sources: [busi, fives]
author: {{backend: vllm, model: some/author, revision: "{commit}", servers: ["{url}"]}}
critic:
  backend: vllm
  model: some/critic
  revision: "{commit}"
  servers: ["{url}"]
  controls: {{share: 0.2, floor: 0, false_rejects: 1}}
max_quarantined: 0.9
"""


@pytest.fixture(scope="module")
def harmonised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with samples that nobody has reasoned about; not to be changed."""
    folder = tmp_path_factory.mktemp("harmonised")
    file = recipe(folder, *SOURCES, per_source=12)
    for verb in ("download", "harmonize"):
        done = m3ds(verb, "-p", file, "--workdir", folder / "work")
        assert done.returncode == 0, done.stderr
    return folder / "work"


@pytest.fixture
def work(harmonised: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(harmonised, tmp_path / "work"))


def with_models(folder: Path, url: str) -> Path:
    file = folder / "planned.yaml"
    file.write_text(RECIPE.format(url=url, commit=COMMIT))
    return file


def plan(pipeline: Path, work: Path, *more: object, code: int = 0) -> dict[str, Any]:
    done = m3ds("plan", "-p", pipeline, "--workdir", work, "--json", *more)
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def calls(told: dict[str, Any]) -> Range:
    each = [Range(**row["calls"]) for row in told["calls"]]
    return Range(*map(sum, zip(*each, strict=True)))


def test_what_it_says_is_what_comes(work: Path, tmp_path: Path, server: Standing) -> None:
    pipeline = with_models(tmp_path, server.url)
    before = (work / "m3ds.db").stat().st_size
    told = plan(pipeline, work, "--samples", 8, "--gpus", 2)
    probed = server.answered
    assert told["measured"]
    assert told["waits"] is None
    assert sum(told["probe"]["samples"].values()) == told["probe"]["finished"] == 8
    assert set(told["probe"]["samples"]) == set(SOURCES)
    assert told["unfinished"] == told["samples"] - 8
    for model in told["models"]:
        assert model["gpus_per_endpoint"] == 2
        hours = model["requests"]["mean"] * model["seconds_per_request"] / 256 * 2 / 3600
        assert model["gpu_hours"]["mean"] == pytest.approx(hours)
        assert model["gpu_hours"]["mean"] < model["gpu_hours_at_most"]["mean"]
        longest = model["wall_s_at_most"]["mean"]
        assert longest * 2 / 3600 == pytest.approx(model["gpu_hours_at_most"]["mean"])
        assert longest * max(1, model["under_way_in_probe"]) == pytest.approx(
            model["requests"]["mean"] * model["seconds_per_request"]
        )
    texts = told["calls"][0]
    assert texts["what"] == "texts"
    assert texts["tokens_in"]["mean"] == pytest.approx(900 * texts["calls"]["mean"], rel=0.01)

    done = m3ds("reason", "-p", pipeline, "--workdir", work)
    assert done.returncode == 0, done.stderr
    came = server.answered - probed
    low, _, high = calls(told)
    assert low <= came <= high
    assert server.standin.stats.repeated == 0
    grown = (work / "m3ds.db").stat().st_size - before
    assert 0.5 * grown < told["disk_bytes"]["ledger"]["mean"] < 1.5 * grown

    again = m3ds("plan", "-p", pipeline, "--workdir", work)
    assert again.returncode == 0
    assert "nothing is left to be asked" in again.stdout
    assert server.answered == probed + came


def test_the_table_names_models_ranges_and_what_they_rest_on(
    work: Path, tmp_path: Path, server: Standing
) -> None:
    pipeline = with_models(tmp_path, server.url)
    shown = m3ds("plan", "-p", pipeline, "--workdir", work, "--samples", 1).stdout
    for part in ("some/author", "some/critic", "texts", "vetoes", "controls", "(", "GPU-hours ="):
        assert part in shown


def test_without_a_server_it_says_what_can_be_known(work: Path, tmp_path: Path) -> None:
    pipeline = with_models(tmp_path, "http://127.0.0.1:9/v1")
    told = plan(pipeline, work, code=3)
    assert told["waits"].startswith("no endpoint of the author some/author can be asked")
    assert not told["measured"]
    assert told["gpu_hours"] is None
    n = told["unfinished"]
    assert n == told["samples"] > 0
    by_what = {row["what"]: row for row in told["calls"]}
    per_text = {"texts": 1, "critiques": 2, "scores": 5, "vetoes": 3}
    for what, per in per_text.items():
        found = by_what[what]["calls"]
        assert (found["low"], found["high"]) == (n * per, 3 * n * per)
    assert by_what["texts"]["tokens_in"] is None
    assert told["disk_bytes"]["dataset"]["mean"] > told["disk_bytes"]["objects"]["mean"] > 0
    shown = m3ds("plan", "-p", pipeline, "--workdir", work)
    assert shown.returncode == 3
    last = shown.stdout.splitlines()[-1]
    assert last.startswith("a model could not be asked: no endpoint of the author some/author can")
    assert "does not answer" not in shown.stdout
    for role in ("author", "critic"):
        assert shown.stderr.count(f"{role}: http://127.0.0.1:9/v1 does not answer") == 1
    # What one model keeps waiting is one cause, however many sources wait for it.
    status = m3ds("status", "-p", pipeline, "--workdir", work).stdout
    assert status.count("ModelUnavailable") == 1
    assert "  busi, fives  ModelUnavailable" in status


def test_a_critic_that_is_away_is_said(work: Path, tmp_path: Path, server: Standing) -> None:
    pipeline = with_models(tmp_path, server.url)
    text = pipeline.read_text()
    pipeline.write_text(
        text[::-1].replace(server.url[::-1], "http://127.0.0.1:9/v1"[::-1], 1)[::-1]
    )
    told = plan(pipeline, work, code=3)
    assert not told["measured"]


def test_embedded_authors_cost_nothing(work: Path, tmp_path: Path) -> None:
    pipeline = recipe(tmp_path, *SOURCES, per_source=12)
    told = plan(pipeline, work)
    assert told["models"] == []
    assert told["probe"] is None
    assert told["unfinished"] == told["samples"]
    assert told["calls"][0]["calls"]["low"] == told["samples"]
    assert "nothing is to be paid" in m3ds("plan", "-p", pipeline, "--workdir", work).stdout


def test_what_is_not_harmonised_names_the_command(tmp_path: Path) -> None:
    pipeline = recipe(tmp_path, *SOURCES)
    done = m3ds("plan", "-p", pipeline, "--workdir", tmp_path / "work")
    assert done.returncode == 2
    assert "m3ds harmonize -p" in done.stderr


def test_no_more_digits_are_shown_than_are_known() -> None:
    rough = Range(1083.4, 1234.5, 1385.6)
    assert amount(rough) == "1,200 (1,100–1,400)"
    assert amount(Range(1234.0, 1234.0, 1234.0)) == "1,234"
    assert amount(rough.times(1000), middle=False) == "1.1 M–1.4 M"
    assert amount(rough.times(100)) == "120 k (110 k–140 k)"
    assert amount(Range(0.2, 7.6, 99.7)) == "8 (0–100)"
    assert hours(Range(0.001, 12.345, 234.5)) == "12 (<0.01–230)"
    assert duration(rough) == "21 (18–23) min"
    assert size(Range(39_512.0, 39_512.0, 39_512.0)) == "40 kB"
    assert size(rough.times(1e6)) == "1.2 (1.1–1.4) GB"


@pytest.mark.parametrize(("share", "says"), [(0.01, "none of these"), (0.9, "")])
def test_controls_that_do_not_come_are_explained(
    share: float, says: str, work: Path, tmp_path: Path
) -> None:
    pipeline = with_models(tmp_path, "http://127.0.0.1:9/v1")
    pipeline.write_text(pipeline.read_text().replace("share: 0.2", f"share: {share}"))
    told = plan(pipeline, work, code=3)
    shown = m3ds("plan", "-p", pipeline, "--workdir", work).stdout
    row = next(line.split() for line in shown.splitlines() if line.strip().startswith("controls "))
    if says:
        assert told["controls"] == {"chosen": 0, "left": 0}
        assert f"no controls: a hash picks about 1% of samples, and {says} " in shown
        assert row[2:] == ["none"]
    else:
        assert told["controls"]["left"] > 0
        assert "no controls" not in shown
        assert int(row[2]) == 10 * told["controls"]["left"]


@pytest.mark.parametrize(
    ("sizes", "wanted", "expected"),
    [
        ({"a": 100, "b": 10}, 1, {"a": 1}),
        ({"a": 100, "b": 10}, 2, {"a": 1, "b": 1}),
        ({"a": 100, "b": 10, "c": 1}, 8, {"a": 6, "b": 1, "c": 1}),
        ({"a": 2, "b": 1}, 20, {"a": 2, "b": 1}),
        ({}, 20, {}),
    ],
)
def test_a_probe_is_spread_over_the_sources(
    sizes: dict[str, int], wanted: int, expected: dict[str, int]
) -> None:
    left = {name: [f"{name}{k}" for k in range(n)] for name, n in sizes.items()}
    found = pick(left, wanted, seed=1)
    assert {name: len(ids) for name, ids in found.items()} == expected
    assert found == pick({name: ids[::-1] for name, ids in left.items()}, wanted, seed=1)
    for name, ids in found.items():
        assert set(ids) <= set(left[name])


@pytest.mark.parametrize(
    ("values", "rest", "expected"),
    [
        ({}, {"a": 5}, (0, 0, 0)),
        ({"a": [3]}, {}, (0, 0, 0)),
        ({"a": [2, 2], "b": [4, 4]}, {"a": 10, "b": 5}, (36, 40, 44)),
        ({"a": [2, 2]}, {"a": 10, "b": 10}, (36, 40, 44)),
        ({"a": [1, 3]}, {"a": 10}, (0, 20, 40)),
    ],
)
def test_the_rest_is_as_the_probe(
    values: Mapping[str, Sequence[float]],
    rest: Mapping[str, int],
    expected: tuple[float, float, float],
) -> None:
    assert projected(values, rest) == pytest.approx(expected)


def test_ranges_hold_for_nearly_all_builds() -> None:
    """Sources that differ, samples of one to three attempts, ten of which are looked at."""
    draw = random.Random(4)  # noqa: S311 - a simulation
    held = 0
    for _ in range(300):
        needs = {
            name: [1 + sum(draw.random() < hard for _ in range(2)) for _ in range(200)]
            for name, hard in (("a", 0.1), ("b", 0.5), ("c", 0.8))
        }
        left = {name: [f"{name}{k}" for k in range(200)] for name in needs}
        chosen = pick(left, 12, seed=draw.randrange(1 << 30))
        values = {
            name: [float(needs[name][int(i[1:])]) for i in ids] for name, ids in chosen.items()
        }
        low, _, high = projected(values, dict.fromkeys(needs, 200))
        held += low <= sum(map(sum, needs.values())) <= high
    assert held > 0.9 * 300
