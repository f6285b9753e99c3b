"""What `m3ds status` says of a build: of one written by hand, word for word."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from m3ds.ledger.ledger import Ledger
from m3ds.ledger.tables import calls, models
from m3ds.stages import crew, funnel, record, status, status_record
from m3ds.stages.workplace import Options, Workplace, opened
from tests.reasoned import COMMIT, write

GOLDEN = Path("tests/stages/golden/status.txt")
RECIPE = """\
name: told
seed: 1
input: {kind: phantoms, per_source: 4}
sources: [busi, kvasir_seg]
author: AUTHOR
critic: CRITIC
"""
FACTS, CHECKS = "{backend: facts}", "{backend: checks}"
AUTHOR = f"{{backend: vllm, model: some/author, revision: '{COMMIT}'}}"
CRITIC = f"{{backend: vllm, model: some/critic, revision: '{COMMIT}'}}"


def opened_on(folder: Path, author: str = AUTHOR, critic: str = CRITIC) -> Any:
    file = folder / "told.yaml"
    file.write_text(RECIPE.replace("AUTHOR", author).replace("CRITIC", critic))
    return opened(Options(file, folder), writes=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder whose ledger has the history of `tests.reasoned`."""
    monkeypatch.setenv("COLUMNS", "100")
    ledger = Ledger(f"sqlite:///{tmp_path / 'm3ds.db'}")
    with opened_on(tmp_path) as place:
        write(ledger, crew.judges(place)["critic:some/critic"])
    ledger.close()
    return tmp_path


@pytest.fixture
def place(folder: Path) -> Iterator[Workplace]:
    with opened_on(folder) as found:
        yield found


def shown(place: Workplace, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    status.show(place, as_json=False)
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"


def told(place: Workplace, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    status.show(place, as_json=True)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_status_tells_how_samples_finished_and_why_others_did_not(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(place, capsys) == GOLDEN.read_text(encoding="utf-8")


def test_machines_are_told_the_same(place: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(place, capsys)
    assert {"sources", "total", "reasons", "absent", "ignored", "ignored_examples"} <= set(found)
    ends = {(r["source"], r["end"], r["attempt"]): r["n"] for r in found["finished"]}
    assert ends == {
        ("busi", "accepted", 1): 1,
        ("busi", "accepted", 3): 1,
        ("busi", "exhausted", 2): 1,
        ("busi", "waiting", 0): 1,
        ("busi", "waiting", 1): 1,
        ("busi", "quarantined", 0): 1,
        ("busi", "quarantined", 2): 1,
        ("kvasir_seg", "accepted", 1): 2,
    }
    assert sum(ends.values()) == found["total"]["harmonised"]
    assert found["total"]["accepted"] == 4
    refused = {(r["judge"], r["code"]): (r["n"], r["sample_id"]) for r in found["refusals"]}
    assert refused == {
        ("checks", "label"): (2, "b2"),
        ("checks", "side"): (1, "b2"),
        ("checks", "malformed"): (1, "b3"),
        ("critic:some/critic", "visual"): (1, "b2"),
        ("near_duplicate", "near_duplicate"): (1, "b6"),
    }
    assert found["hints"][-1] == {"source": "kvasir_seg", "level": None, "n": 2}
    rates = {r["kind"]: (r["judged"], r["refused"], r["limit"]) for r in found["controls"]}
    assert rates == {"side": (2, 1, 0.9), "label": (1, 1, 0.9), "sound": (3, 1, 0.5)}
    assert [(r["role"], r["origin"]) for r in found["models"]] == [
        ("author", "hub"),
        ("critic", "recipe"),
    ]
    reasons = {(r["step"], r["code"]): r["example"] for r in found["reasons"]}
    assert reasons["needs_critic", "ModelUnavailable"] == "b4: waits for the critic some/critic"
    assert reasons["quarantined", "RequestRefused"].startswith("b5: http://one:8000/v1: ")


@pytest.mark.parametrize(
    ("author", "critic", "has", "lacks"),
    [
        (FACTS, CHECKS, ["finished by attempt"], ["refused by", "controls", "models", "told of"]),
        (AUTHOR, CHECKS, ["told of the diagnosis", "refused by checks"], ["controls"]),
        (FACTS, CRITIC, ["refused by some/critic", "hidden controls"], ["some/author"]),
        (
            AUTHOR,
            CRITIC.replace(COMMIT, "main"),
            ["some/critic", "not asked yet"],
            ["refused by some/critic", "hidden controls"],
        ),
    ],
    ids=["embedded", "author", "critic", "never-asked"],
)
def test_what_does_not_apply_is_not_told(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    author: str,
    critic: str,
    has: list[str],
    lacks: list[str],
) -> None:
    with opened_on(folder, author, critic) as place:
        text = shown(place, capsys)
        told(place, capsys)
    assert [said for said in has if said not in text] == []
    assert [said for said in lacks if said in text] == []


def test_a_revision_that_the_hub_did_not_tell_is_said_to_be_unknown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = {"revision": "unknown", "licence": "unknown", "terms": "t", "origin": "unreachable"}
    ledger = Ledger(f"sqlite:///{folder / 'm3ds.db'}")
    ledger.append([(models, {"model": "some/author", "asked": "main", **card})])
    ledger.close()
    with opened_on(folder, AUTHOR.replace(COMMIT, "main")) as place:
        text = shown(place, capsys)
    assert "revision not known: the Hub did not answer at first use; name `revision` in " in text
    assert "unreachable" not in text


@pytest.mark.parametrize(("at_least", "red"), [(20, []), (3, ["all planted errors"])])
def test_a_rate_is_red_only_once_enough_controls_were_judged(
    folder: Path, at_least: int, red: list[str]
) -> None:
    """Two of three planted errors were caught, less than the floor of 90 %."""
    more = f"controls: {{at_least: {at_least}}}"
    screen = io.StringIO()
    with opened_on(folder, AUTHOR, CRITIC.replace("}", f", {more}}}")) as place:
        found = record.collect(place, place.sources)
        assert set(found.controls["at_least"]) == {at_least}
        console = Console(file=screen, force_terminal=True, width=100, highlight=False)
        status_record.show(console, found)
    rows = screen.getvalue().partition("hidden controls")[2].partition("models")[0].splitlines()
    assert [
        kind
        for kind in ("flipped side", "all planted errors", "sound text")
        for row in rows
        if kind in row and "\x1b[31m" in row
    ] == red
    assert any(f"≥ 90% from {at_least}" in row for row in rows) == (not red)


def test_one_attempt_for_all_needs_no_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(Options(folder / "told.yaml", folder, sources=("kvasir_seg",)), writes=False) as p:
        assert "finished by attempt" in shown(p, capsys)
    file = folder / "told.yaml"
    file.write_text(RECIPE.replace("AUTHOR", FACTS).replace("CRITIC", CHECKS))
    with opened(Options(file, folder, sources=("kvasir_seg",)), writes=False) as p:
        assert "finished by attempt" not in shown(p, capsys)
        assert told(p, capsys)["finished"] == [
            {"source": "kvasir_seg", "end": "accepted", "attempt": 1, "n": 2}
        ]


def test_what_was_answered_about_unfinished_samples_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As Ctrl-C leaves it: answers, and no outcome yet; of finished samples nothing is said."""
    ledger = Ledger(f"sqlite:///{folder / 'm3ds.db'}")
    asked = [("b7", "author"), ("b7", "critic"), ("b4", "author"), ("b1", "author")]
    for key, (sample_id, role) in enumerate(asked):
        row = {"key": f"{key}", "sample_id": sample_id, "role": role}
        ledger.append([(calls, {**row, "request": {}, "response": {}})])
    ledger.close()
    with opened_on(folder) as place:
        assert "2 samples are under way, with 3 remembered calls: nothing of it is asked again" in (
            shown(place, capsys)
        )
        assert told(place, capsys)["under_way"] == {"samples": 2, "calls": 3}
    with opened_on(folder, FACTS, CRITIC) as place:  # what the embedded author says costs nothing
        assert told(place, capsys)["under_way"] == {"samples": 1, "calls": 1}


@pytest.mark.parametrize(("allowed", "code"), [(0.3, 1), (0.4, 0)])
def test_what_a_server_refuses_counts_as_quarantined(
    folder: Path, capsys: pytest.CaptureFixture[str], allowed: float, code: int
) -> None:
    file = folder / "told.yaml"
    file.write_text(f"{file.read_text()}max_quarantined: {allowed}\n")
    with opened(Options(file, folder), writes=False) as place:
        assert funnel.exit_code(place) == code
    assert ("4 of 11 samples were quarantined" in capsys.readouterr().err) == bool(code)
