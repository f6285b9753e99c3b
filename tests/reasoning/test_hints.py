"""What an attempt is told, and that a blind one is not told the label."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.reasoning.hints import audible, hint_level, notes, options_shown, shortlist, told
from m3ds.reasoning.templates import rubric
from m3ds.schema.text import Failure, Objection
from tests.reasoning.cases import KINDS, case

Origin = Literal["checks", "critic", "near_duplicate", "person"]


@pytest.mark.parametrize(
    ("source", "negative", "wanted", "level"),
    [
        ("kvasir_seg", False, 0, None),  # one label only
        ("tn3k", False, 0, 0),
        ("tn3k", False, 1, 0),  # a shortlist of both is no shortlist
        ("tn3k", False, 2, 2),
        ("chestx_det", False, 1, 1),
        ("busi", True, 0, 2),  # that nothing is outlined gives it away
        ("busi", False, 1, 1),
    ],
)
def test_the_level_is_what_was_really_told(
    source: str, negative: bool, wanted: int, level: int | None
) -> None:
    assert hint_level(case(source, 1, negative=negative), wanted) == level


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 50))
def test_a_shortlist_has_the_label_and_about_half(source: str, number: int) -> None:
    of = case(source, number)
    short = shortlist(of)
    assert of.diagnosis in short
    assert set(short) <= set(of.label_options)
    assert len(short) == min(len(of.label_options), max(2, (len(of.label_options) + 1) // 2))
    assert sorted(options_shown(of)) == sorted(of.label_options)


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 50))
def test_the_order_of_the_options_tells_nothing(source: str, number: int) -> None:
    of = case(source, number)
    for other in of.label_options:
        twin = of.model_copy(update={"diagnosis": other})
        assert options_shown(twin) == options_shown(of)


@given(st.sampled_from(sorted(KINDS)), st.integers(0, 200))
def test_the_notes_say_nothing_of_the_diagnosis(source: str, number: int) -> None:
    of = case(source, number)
    said = " ".join(notes(of))
    for option in of.label_options:
        twin = of.model_copy(update={"diagnosis": option})
        assert " ".join(notes(twin)) == said


def test_notes_of_a_chest_tell_the_patients_side() -> None:
    of = case("chestx_det", 1)
    facts = of.facts.model_copy(update={"place": "upper left", "centroid_x": 0.2})
    assert "that is the patient's right" in notes(of.model_copy(update={"facts": facts}))


def _objection(
    code: str, expected: str, claimed: str = "x", attempt: int = 1, origin: Origin = "checks"
) -> Objection:
    failure = Failure(
        code=code, step="conclusion", sentence="It is so.", expected=expected, claimed=claimed
    )
    return Objection(attempt=attempt, text_sha="s", origin=origin, failures=(failure,))


KNOWING: list[tuple[str, Origin]] = [
    ("insertion", "checks"),
    ("side", "person"),
    *((code, "critic") for code in sorted(rubric().codes("aware"))),
]


@pytest.mark.parametrize(("code", "origin"), KNOWING)
@pytest.mark.parametrize("level", [0, 1])
def test_a_blind_attempt_hears_no_words_of_those_who_know_the_label(
    code: str, origin: Origin, level: int
) -> None:
    objections = (_objection(code, "malignant", "malignant", origin=origin),)
    (line,) = told(objections, level)
    assert "malignant" not in line
    assert "It is so" not in line
    for knows in (2, None):
        assert "malignant" in told(objections, knows)[0]


@pytest.mark.parametrize("level", [0, 1, 2, None])
def test_which_sample_was_repeated_is_not_told(level: int | None) -> None:
    failure = Failure(
        code="near_duplicate",
        step="analysis",
        sentence="",
        expected="words of its own",
        claimed="almost the words of busi-all-malignant-1",
    )
    objection = Objection(attempt=1, text_sha="s", origin="near_duplicate", failures=(failure,))
    assert told((objection,), level) == ["near duplicate should be: words of its own"]


@pytest.mark.parametrize("level", [0, 1])
def test_a_blind_attempt_does_not_hear_that_its_diagnosis_was_wrong(level: int) -> None:
    """Where two answers are left, that would be the label."""
    wrong, left = _objection("label", "malignant", "benign"), _objection("side", "left")
    assert audible((wrong,), level) == ()
    assert told((wrong, left), level) == told((left,), level) != []


def test_an_attempt_that_knows_is_told_what_to_conclude() -> None:
    for level in (2, None):
        assert told((_objection("label", "malignant"),), level) == [
            '"It is so.": the conclusion has to be malignant'
        ]


def test_that_a_critic_could_not_answer_is_no_fault_of_the_text() -> None:
    assert told((_objection("unjudged", "no"),), 2) == []


def test_the_newest_objections_come_first_and_none_twice() -> None:
    old, new = _objection("side", "left"), _objection("size", "small", attempt=2)
    assert told((old, new, old), 0) == [
        '"It is so.": size should be: small, not x',
        '"It is so.": side should be: left, not x',
    ]
