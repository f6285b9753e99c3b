"""`m3ds calibrate`: from a file of decisions and a ledger to thresholds that a recipe can take."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from typer.testing import CliRunner, Result

from m3ds import recipe as recipes
from m3ds.calibration.critics import Judged
from m3ds.cli import app
from m3ds.ledger.ledger import Ledger
from m3ds.ledger.tables import attempts, calls, items, outcomes, verdicts
from m3ds.stages.decisions import DIMENSIONS
from tests.calibration.people import World, together
from tests.standing import standing

RECIPE = """\
name: tiny
seed: 5
input: {kind: phantoms, per_source: 4}
sources: [busi, fives]
author: {backend: vllm, model: some/author}
critic: {backend: vllm, model: some/critic}
"""
TWO = RECIPE.replace(
    "critic: {backend: vllm, model: some/critic}",
    "critic:\n  - {backend: vllm, model: some/critic}\n  - {backend: vllm, model: other/critic}",
)
SOURCE = {"ultrasound": "busi", "fundus": "fives"}
Rows = list[tuple[Any, dict[str, Any]]]


def run(*arguments: object) -> Result:
    """`m3ds` in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


class Place:
    """A work folder whose ledger is made up, and the files beside it."""

    def __init__(self, folder: Path, recipe: str = RECIPE) -> None:
        self.work = folder / "work"
        self.pipeline = folder / "tiny.yaml"
        self.pipeline.write_text(recipe)
        self.decisions = folder / "decisions.jsonl"
        self.work.mkdir()
        self.url = f"sqlite:///{self.work / 'm3ds.db'}"

    def write(self, judged: Judged, critic: str = "some/critic", prompt: str = "1") -> None:
        """Texts as people and a critic found them; two in three were asked for in json."""
        rows: Rows = []
        lines = []
        for k, (scores, approved) in enumerate(zip(judged.scores, judged.approved, strict=True)):
            rows += _text(judged.modality[k], k)
            rows.append(_verdict(judged.modality[k], k, scores.tolist(), critic, prompt))
            said = "approve" if approved else "reject"
            lines.append(json.dumps({"sample_id": _name(judged.modality[k], k), "decision": said}))
        ledger = Ledger(self.url)
        ledger.append(rows)
        ledger.close()
        self.decisions.write_text("\n".join(lines))

    def calibrate(self, *more: object, code: int = 0) -> tuple[str, str]:
        """What is printed, and said on standard error."""
        where = ("-p", self.pipeline, "--workdir", self.work, "--decisions", self.decisions)
        done = run("calibrate", *where, *more)
        assert done.exit_code == code, done.stderr
        return done.stdout, done.stderr


def _name(modality: str, k: int) -> str:
    return f"{SOURCE[modality]}-train-{k:04}"


def _sha(k: int) -> str:
    return f"{k * 7919 % 100003:064x}"


def _text(modality: str, k: int) -> Rows:
    name, sha, key = _name(modality, k), _sha(k), f"{k:064x}"
    source = SOURCE[modality]
    schema: dict[str, Any] | None = {"schema": {}} if k % 3 else None
    call = {"backend": "vllm", "model": "some/author", "name": "write", "response_schema": schema}
    item = {"source": source, "fingerprint": "f", "item": name, "kind": "sample"}
    ask = {"key": key, "role": "author", "sample_id": name, "request": {"call": call}}
    wrote = {"sample_id": name, "attempt": 1 + k % 2, "call_key": key, "text_sha": sha}
    ended = {"sample_id": name, "fingerprint": "f", "state": "accepted", "attempt": 1 + k % 2}
    return [
        (items, {**item, "sample_id": name, "body": {}}),
        (calls, {**ask, "response": {}}),
        (attempts, {**wrote, "hint_level": 0, "author": {}}),
        (outcomes, {**ended, "text_sha": sha, "call_key": key, "checks_version": "1"}),
    ]


def _verdict(
    modality: str, k: int, scores: list[float], critic: str, prompt: str
) -> tuple[Any, dict[str, Any]]:
    judgement = {
        "model": critic,
        "revision": "r",
        "prompt_version": prompt,
        "expected": dict(zip(DIMENSIONS, scores, strict=True)),
        "entropy": {},
        "vetoes": {"history": 0.1},
        "critiques": {},
    }
    return (
        verdicts,
        {
            "sample_id": _name(modality, k),
            "text_sha": _sha(k),
            "judge": f"critic:{critic}",
            "version": prompt,
            "accepted": True,
            "failures": [],
            "judgement": judgement,
        },
    )


@pytest.fixture
def place(tmp_path: Path) -> Callable[..., Place]:
    return lambda recipe=RECIPE: Place(tmp_path, recipe)


SEEN = together(World().judged(1, 250), World().judged(2, 250, "fundus", -0.8))


def pasted(recipe: str, fragment: str) -> dict[str, Any]:
    """The recipe with the fragment's keys in its critic."""
    whole: dict[str, Any] = yaml.safe_load(recipe)
    new = yaml.safe_load(fragment)
    assert list(new) == ["critic"]
    if isinstance(whole["critic"], list):
        whole["critic"] = [a | b for a, b in zip(whole["critic"], new["critic"], strict=True)]
    else:
        whole["critic"] |= new["critic"]
    return whole


def test_the_fragment_goes_into_the_recipe_and_keeps_its_word(
    place: Callable[..., Place], tmp_path: Path
) -> None:
    here = place()
    here.write(SEEN)
    out = tmp_path / "thresholds.yaml"
    told = json.loads(here.calibrate("--out", out, "--json")[0])
    assert told["fragment"] == out.read_text()
    (critic,) = told["critics"]
    assert critic["auc"] > 0.9
    assert critic["now"]["accepted"] < critic["left_out"]["all"]["accepted"]  # it was too strict
    assert set(critic["thresholds"]) == {"all", "ultrasound", "fundus"}
    assert [row["mode"] for row in told["modes"]] == ["json", "sections"]
    assert sum(row["texts"] for row in told["modes"]) == 500

    file = tmp_path / "calibrated.yaml"
    file.write_text(yaml.safe_dump(pasted(RECIPE, out.read_text())))
    (part,) = recipes.load(file).critics
    assert part.thresholds.model_dump() == critic["thresholds"]["all"]
    assert {n: t.model_dump() for n, t in part.by_modality.items()} == {
        name: critic["thresholds"][name] for name in ("ultrasound", "fundus")
    }
    # The same decisions with the new recipe: what was said of the fit is now what the critic does.
    here.pipeline.write_text(file.read_text())
    (again,) = json.loads(here.calibrate("--json")[0])["critics"]
    assert again["now"]["precision"] >= 0.95
    assert again["thresholds"] == critic["thresholds"]


def test_the_tables(place: Callable[..., Place]) -> None:
    here = place()
    here.write(SEEN)
    shown, _ = here.calibrate()
    for part in ("some/critic", "kappa", "AUC", "held out", "fundus", "sections", "by_modality:"):
        assert part in shown


def test_several_critics_are_compared_and_a_useless_one_is_said(
    place: Callable[..., Place], tmp_path: Path
) -> None:
    here = place(TWO)
    guesses = World(fault=0).judged(6, 250)
    useless = Judged(guesses.scores, SEEN.vetoed[:250], SEEN.approved[:250], SEEN.modality[:250])
    here.write(useless, "other/critic")
    here.write(SEEN)
    out = tmp_path / "thresholds.yaml"
    shown, _ = here.calibrate("--out", out)
    assert "other/critic: it is no better than guessing" in shown
    file = tmp_path / "calibrated.yaml"
    file.write_text(yaml.safe_dump(pasted(TWO, out.read_text())))
    first, second = recipes.load(file).critics
    assert first.by_modality
    assert (second.thresholds, second.by_modality) == (type(second.thresholds)(), {})


def test_only_a_useless_critic_leaves_no_file(place: Callable[..., Place], tmp_path: Path) -> None:
    here = place()
    here.write(World(fault=0).judged(5, 250))
    out = tmp_path / "thresholds.yaml"
    shown, _ = here.calibrate("--out", out, code=1)
    assert "no better than guessing" in shown
    assert not out.exists()


def test_too_few_decisions_are_refused(place: Callable[..., Place]) -> None:
    here = place()
    here.write(World().judged(1, 120))
    _, said = here.calibrate(code=3)
    assert "a critic has judged 120 of the 120 texts" in said
    assert "200 are needed" in said
    here.calibrate("--at-least", 120)


def test_votes_versions_and_older_judgements(place: Callable[..., Place]) -> None:
    here = place()
    here.write(SEEN)
    here.write(SEEN, prompt="2")
    lines = here.decisions.read_text().splitlines()
    first = json.loads(lines[0])
    against = json.dumps({**first, "text_sha": _sha(0), "decision": "reject", "reader": "b"})
    lines += [against, against, "", json.dumps({**first, "decision": "approve"})]
    here.decisions.write_text("\n".join(lines))
    told = json.loads(here.calibrate("--json")[0])["decisions"]
    assert told["lines"] == 503
    assert told["texts"] == told["judged"] == 500
    assert told["both_ways"] == 1
    assert told["older_judgements"] == 500
    was = bool(SEEN.approved[0])
    assert told["approved"] == int(SEEN.approved.sum()) - was  # two of four do not approve


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "is no JSON object"),
        ("[]", "the line"),
        ('{"decision": "approve"}', "sample_id"),
        ('{"sample_id": "busi-train-0000", "decision": "maybe"}', "decision"),
        ('{"sample_id": "busi-train-9999", "decision": "approve"}', "no sample called"),
        (
            '{"sample_id": "busi-train-0000", "decision": "approve", "text_sha": "ab"}',
            "no text version 'ab'",
        ),
        (
            '{"sample_id": "busi-train-0000", "decision": "approve", "modality": "x-ray"}',
            "is ultrasound, not x-ray",
        ),
    ],
)
def test_a_bad_line_is_named(place: Callable[..., Place], line: str, says: str) -> None:
    here = place()
    here.write(World().judged(1, 3))
    here.decisions.write_text(f"{here.decisions.read_text()}\n{line}\n")
    _, said = here.calibrate(code=2)
    assert f"{here.decisions}:4: " in said
    assert says in said


def test_what_it_needs_is_said(place: Callable[..., Place]) -> None:
    here = place()
    here.write(World().judged(1, 3))
    where = ("-p", here.pipeline, "--workdir", here.work)
    done = run("calibrate", *where)
    assert (done.exit_code, "--decisions FILE.jsonl" in done.stderr) == (2, True)
    missing = here.work / "no"
    said = run("calibrate", *where, "--decisions", missing).stderr
    assert said == f"m3ds: {missing}: cannot be read: no such file or directory\n"
    missing.write_text("\n")
    empty = run("calibrate", *where, "--decisions", missing)
    assert empty.exit_code == 3
    assert (
        empty.stderr == f"m3ds: {missing}: people decided on no text yet (decide on 200 or more)\n"
    )
    here.pipeline.write_text(
        RECIPE.replace("{backend: vllm, model: some/critic}", "{backend: checks}")
    )
    assert "no critic that is a model" in here.calibrate(code=2)[1]


def test_it_reads_what_the_loop_wrote(place: Callable[..., Place]) -> None:
    here = place()
    with standing() as server:
        reached = f'revision: "{"0" * 40}", servers: ["{server.url}"]'
        text = RECIPE.replace("/author", f"/author, {reached}").replace(
            "/critic", f"/critic, {reached}"
        )
        here.pipeline.write_text(text)
        for verb in ("download", "harmonize", "reason"):
            done = run(verb, "-p", here.pipeline, "--workdir", here.work)
            assert done.exit_code == 0, done.stderr
    ledger = Ledger(here.url)
    ids = [row.sample_id for row in ledger.read(sa.select(outcomes)) if row.state == "accepted"]
    ledger.close()
    lines = (
        json.dumps({"sample_id": name, "decision": "approve" if k % 2 else "reject"})
        for k, name in enumerate(ids)
    )
    here.decisions.write_text("\n".join(lines))
    told = json.loads(here.calibrate("--at-least", 5, "--json", code=1)[0])
    assert told["decisions"]["judged"] == len(ids) > 5
    assert [row["mode"] for row in told["modes"]] == ["json"]
    (critic,) = told["critics"]
    assert critic["now"]["accepted"] == len(ids)  # they were accepted, and still are
    assert "no better than guessing" in critic["why_not"]  # it scores all alike
