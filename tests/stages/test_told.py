"""What status, explain and the report tell of a build with faulty models, against its ledger."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.standin import Behaviour
from m3ds.ledger.ledger import Ledger
from m3ds.ledger.tables import attempts, controls, documents, objections, outcomes, texts, verdicts
from tests.stages.building import m3ds
from tests.stages.modelled import recipe, rows
from tests.standing import standing

REFUSED = "number: two separate areas"
"""Words of a prompt about some samples, to which the server says that it cannot answer."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Recipe and work folder of a build with several attempts, refusals and quarantined samples."""
    folder = tmp_path_factory.mktemp("told")
    faults = Behaviour(malformed=0.2, status=0.02, displeased=0.3, refuses=REFUSED)
    with standing(faults) as server:
        file = recipe(
            folder,
            server.url,
            server.url,
            per_source=8,
            critic_more="controls: {share: 0.6, floor: 0, false_rejects: 1}",
        )
        done = m3ds("build", "-p", file, "--workdir", folder / "work")
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    return file, folder / "work"


def said(built: tuple[Path, Path], verb: str, *more: str) -> str:
    done = m3ds(verb, *more, "-p", built[0], "--workdir", built[1], env={"COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def told(built: tuple[Path, Path]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(built, "status", "--json"))
    return found


def current(work: Path) -> dict[str, Any]:
    return {row.sample_id: row for row in rows(work, sa.select(outcomes).order_by(outcomes.c.seq))}


def on_the_way(work: Path) -> Iterator[tuple[str, str]]:
    """(sample id, text) of every text that led to a current outcome."""
    parents = {row.sha: row.parent for row in rows(work, sa.select(texts))}
    for name, last in current(work).items():
        sha = last.text_sha
        while sha is not None:
            yield name, sha
            sha = parents[sha]


def test_status_agrees_with_the_ledger_and_with_its_own_funnel(
    built: tuple[Path, Path], told: dict[str, Any]
) -> None:
    last = current(built[1])
    states = Counter(row.state for row in last.values())
    assert states["accepted"] > 5
    assert states["quarantined"] > 0
    assert max(row.attempt for row in last.values()) == 3

    conflicts = sum(r["n"] for r in told["reasons"] if r["code"] == "label_conflict")
    finished: Counter[str] = Counter()
    for row in told["finished"]:
        finished[row["end"]] += row["n"]
    assert finished.total() == len(last) == told["total"]["harmonised"]
    assert finished["accepted"] == states["accepted"] - conflicts == told["total"]["accepted"]
    assert finished["exhausted"] == states["exhausted"]
    assert sum(row["n"] for row in told["hints"]) == finished["accepted"]

    chain = set(on_the_way(built[1]))
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows(built[1], sa.select(verdicts).where(verdicts.c.accepted.is_(False))):
        if (row.sample_id, row.text_sha) in chain:
            for code in {failure["code"] for failure in row.failures}:
                expected[row.judge, code] += 1
    found = {(r["judge"], r["code"]): r["n"] for r in told["refusals"]}
    assert found == expected
    assert ("checks", "malformed") in found
    assert {judge for judge, _ in found} == {"checks", "critic:some/critic"}

    judged = rows(built[1], sa.select(controls))
    assert sum(r["judged"] for r in told["controls"]) == len(judged) > 0
    assert sum(r["refused"] for r in told["controls"]) == sum(not r.accepted for r in judged)
    reasons = {r["code"]: r for r in told["reasons"]}
    assert "this image cannot be processed" in reasons["RequestRefused"]["example"]


def test_explain_shows_the_judgements_under_each_verdict(built: tuple[Path, Path]) -> None:
    current_texts = set(on_the_way(built[1]))
    written = {row.text_sha: row for row in rows(built[1], sa.select(attempts))}
    refused = next(
        written[row.text_sha]
        for row in rows(built[1], sa.select(verdicts).where(sa.not_(verdicts.c.accepted)))
        if row.judge.startswith("critic:")
        and (row.sample_id, row.text_sha) in current_texts
        # A critique that the server spoiled is left out.
        and len(row.judgement["critiques"]) == 2
    )
    text = said(built, "explain", refused.sample_id)
    assert text.splitlines()[0] == f"recipe {built[0]}, in {built[1]}"
    assert "of an earlier build" not in text
    # Answers that the server spoiled may make other attempts, before it and after it.
    attempt = next(
        part for part in text.split("\nattempt ") if f"call {refused.call_key[:12]})" in part
    )
    for part in (
        "accepted by checks",
        "refused by critic:some/critic",
        "scores of 5 (entropy in bits): ",
        "visual ",
        "vetoes, probability of a yes: absence 2%",
        "critique, blind to the diagnosis: ",
        "critique, knowing the diagnosis: ",
        "this cannot be seen here",
    ):
        assert part in attempt
    temperature = f", temperature {refused.author['temperature']:g}, "
    assert temperature in " ".join(attempt.split()), "where a line may break anywhere"
    order = [attempt.index(f"{step}  ") for step in ("modality", "analysis", "reasoning")]
    assert order == sorted(order)


def test_explain_says_how_much_of_the_label_was_told(
    built: tuple[Path, Path], told: dict[str, Any]
) -> None:
    by_source = {"kvasir_seg": "one label only", "busi": "hint level 0: blind"}
    for name in current(built[1]):
        source = name.partition("-")[0]
        if by_source.get(source) and "attempt 1" in (text := said(built, "explain", name)):
            assert f", {by_source.pop(source)}, call " in text
        if not by_source:
            return
    pytest.fail(f"no attempt at any sample of {list(by_source)}")


def test_explain_says_why_a_sample_was_quarantined(built: tuple[Path, Path]) -> None:
    name = next(n for n, row in current(built[1]).items() if row.state == "quarantined")
    text = said(built, "explain", name)
    assert "state: quarantined" in text
    assert "because: RequestRefused: " in text


def test_explain_shows_the_prompts_that_were_sent(built: tuple[Path, Path]) -> None:
    name = next(n for n, row in current(built[1]).items() if row.attempt > 1)
    text = said(built, "explain", name, "--prompts")
    fixed = [row.text for row in rows(built[1], sa.select(documents))]
    assert any(all(line.strip() in text for line in one.splitlines()) for one in fixed)
    for part in ("Possible answers: ", "pictures: image"):
        assert part in text
    assert "Possible answers: " not in said(built, "explain", name)
    machine = json.loads(said(built, "explain", name, "--prompts", "--json"))
    assert set(machine["prompts"]) == {row["call_key"] for row in machine["attempts"]}
    for system, user in machine["prompts"].values():
        assert system["text"] in fixed
        assert user["text"].startswith("Question: ")
    assert "prompts" not in json.loads(said(built, "explain", name, "--json"))


def test_explain_shows_objections_from_outside(built: tuple[Path, Path], tmp_path: Path) -> None:
    work = Path(shutil.copytree(built[1], tmp_path / "work"))
    name, last = next((n, r) for n, r in current(work).items() if r.state == "accepted")
    failure = {"code": "tone", "step": "analysis", "sentence": "", "expected": "x", "claimed": "y"}
    row = {"sample_id": name, "attempt": last.attempt, "text_sha": last.text_sha}
    ledger = Ledger(f"sqlite:///{work / 'm3ds.db'}")
    ledger.append([(objections, {**row, "origin": "person", "failures": [failure]})])
    ledger.close()
    text = said((built[0], work), "explain", name)
    assert "objection of person" in text
    assert "tone: y, expected x" in text
    assert json.loads(said((built[0], work), "explain", name, "--json"))["objections"]


def test_the_report_draws_the_same(built: tuple[Path, Path], tmp_path: Path) -> None:
    page = (built[1] / "report" / "index.html").read_text()
    for heading in ("Reasoning", "Hint levels", "Hidden controls", "Refusals", "Critics' scores"):
        assert f">{heading.replace(chr(39), '&#39;')}</h" in page or f">{heading}</h" in page
    assert "some/critic, visual: mean 4." in page
    assert "Attempts</h3>" not in page
    # A control that is judged later makes another page.
    work = Path(shutil.copytree(built[1], tmp_path / "work"))
    assert "nothing to do" in m3ds("report", "-p", built[0], "--workdir", work).stderr
    ledger = Ledger(f"sqlite:///{work / 'm3ds.db'}")
    old = ledger.read(sa.select(controls).where(controls.c.kind == "sound").limit(1))[0]._asdict()
    del old["seq"]
    ledger.append([(controls, {**old, "sample_id": "another"})])
    ledger.close()
    assert "wrote" in m3ds("report", "-p", built[0], "--workdir", work).stderr
