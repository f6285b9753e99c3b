"""What the database counts, on either one, of a history that is written by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from m3ds.ledger import tallies
from m3ds.ledger.ledger import Ledger
from tests.reasoned import PASSES, RELEASE, write


@pytest.fixture
def told(ledger: Ledger) -> Ledger:
    write(ledger)
    return ledger


def test_each_sample_is_counted_once_by_its_newest_outcome(told: Ledger) -> None:
    found = {tuple(row[:4]): row.n for row in tallies.states(told, PASSES, RELEASE)}
    assert found == {
        ("busi", "accepted", 1, None): 1,
        ("busi", "accepted", 3, None): 1,
        ("busi", "exhausted", 2, None): 1,
        ("busi", "needs_author", 0, None): 1,
        ("busi", "needs_critic", 1, None): 1,
        ("busi", "quarantined", 0, None): 1,
        ("busi", "quarantined", 2, "label_conflict"): 1,
        ("kvasir_seg", "accepted", 1, None): 1,
        ("kvasir_seg", "accepted", 1, "leaks_official_test"): 1,
    }
    unreleased = Counter(row.state for row in tallies.states(told, PASSES, None))
    assert unreleased["quarantined"] == 1
    assert list(tallies.states(told, {}, RELEASE)) == []
    one = {"kvasir_seg": PASSES["kvasir_seg"]}
    assert {row.source for row in tallies.states(told, one, RELEASE)} == {"kvasir_seg"}


def test_hint_levels_are_those_of_the_accepted_texts(told: Ledger) -> None:
    found = {tuple(row) for row in tallies.hints(told, PASSES, RELEASE)}
    assert found == {("busi", 0, 1), ("busi", 2, 1), ("kvasir_seg", None, 2)}


def test_refusals_are_those_on_the_way_to_the_current_texts(told: Ledger) -> None:
    judges = {"critic:some/critic": "v1"}
    found = {
        (judge, sample_id, *(failure["code"] for failure in failures))
        for judge, sample_id, failures in tallies.refusals(told, PASSES, judges)
    }
    assert found == {
        ("checks", "b2", "side", "side", "label"),
        ("critic:some/critic", "b2", "visual"),
        ("checks", "b3", "malformed"),
        ("checks", "b3", "label"),
        ("near_duplicate", "b6", "near_duplicate"),
    }
    without = {judge for judge, _, _ in tallies.refusals(told, PASSES, {})}
    assert without == {"checks", "near_duplicate"}


def test_reasons_and_what_is_left_out_come_with_an_example(told: Ledger) -> None:
    assert [tuple(row) for row in tallies.reasons(told, PASSES)] == [
        ("busi", "needs_critic", "waits for the critic some/critic", 1, "b4"),
        (
            *("busi", "quarantined"),
            "RequestRefused: http://one:8000/v1: the server answers 400: too large",
            *(1, "b5"),
        ),
    ]
    out = [(row.sample_id, row.code) for row in tallies.left_out(told, PASSES, RELEASE)]
    assert out == [("b6", "label_conflict"), ("k1", "leaks_official_test")]
    fallen = [(row.item, row.kind) for row in tallies.fallen(told, PASSES)]
    assert fallen == [("x", "quarantined"), ("y", "quarantined"), ("image n1", "dropped")]


def test_controls_are_counted_by_version_and_kind(told: Ledger) -> None:
    found = {(row.version, row.kind, row.accepted): row.n for row in tallies.judged_controls(told)}
    assert found == {
        ("v1", "side", True): 1,
        ("v1", "side", False): 1,
        ("v1", "label", False): 1,
        ("v1", "sound", True): 2,
        ("v1", "sound", False): 1,
        ("of another rubric", "side", True): 1,
    }
    assert tallies.newest_control(told) >= 7
