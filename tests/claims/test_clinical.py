"""Many-worded sentences of every class, true and false, on cases of every modality."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from m3ds.claims import check
from m3ds.schema.text import Steps
from tests.claims.clinical import CASES, text_of

_TABLES = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8"))


def _rows(table: str) -> list[tuple[str, str]]:
    return [
        (name, line) for name, block in _TABLES[table].items() for line in block.strip().split("\n")
    ]


def _text(name: str, step: str, sentence: str) -> Steps:
    if step == "conclusion":
        return text_of(name, conclusion=sentence)
    if step == "analysis":
        return text_of(name, analysis=f"The quality allows an assessment. {sentence}")
    return text_of(name, reasoning=f"What has been said leads on from here. {sentence}")


@pytest.mark.parametrize("step", ["analysis", "reasoning", "conclusion"])
def test_what_holds_passes(step: str) -> None:
    refused = {
        (name, sentence): [(failure.code, failure.claimed) for failure in failures]
        for name, sentence in _rows(f"true_{step}")
        if (failures := check(CASES[name], _text(name, step, sentence)))
    }
    assert refused == {}


def test_what_does_not_hold_is_found() -> None:
    missed = [
        (name, row)
        for name, row in _rows("false_analysis")
        if not check(CASES[name], _text(name, "analysis", row.partition("|")[2]))
    ]
    assert missed == []


@pytest.mark.parametrize("step", ["reasoning", "conclusion"])
def test_a_wrong_step_is_found(step: str) -> None:
    missed = [
        (name, sentence)
        for name, sentence in _rows(f"false_{step}")
        if not check(CASES[name], _text(name, step, sentence))
    ]
    assert missed == []


def test_there_are_many_of_each_class() -> None:
    classes = [row.partition("|")[0] for _, row in _rows("false_analysis")]
    for name in ("side", "quadrant", "size", "count", "modality", "shape", "contrast"):
        assert classes.count(name) >= 15, name
    for name in ("insertion", "history", "leak"):
        assert classes.count(name) >= 30, name
