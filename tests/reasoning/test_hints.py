"""What an attempt is told, and that a blind one is not told the label."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.reasoning.hints import hint_level, notes, options_shown, shortlist, told
from m3ds.schema.text import Failure, Objection
from tests.reasoning.cases import KINDS, case


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


def _objection(code: str, expected: str, claimed: str = "x", attempt: int = 1) -> Objection:
    failure = Failure(
        code=code, step="conclusion", sentence="It is so.", expected=expected, claimed=claimed
    )
    return Objection(attempt=attempt, text_sha="s", origin="checks", failures=(failure,))


@pytest.mark.parametrize("code", ["label", "insertion", "medical", "link"])
@pytest.mark.parametrize("level", [0, 1])
def test_a_blind_attempt_is_not_told_the_label_by_its_objections(code: str, level: int) -> None:
    lines = told((_objection(code, "malignant", "malignant"),), level)
    assert lines
    assert "malignant" not in " ".join(lines)


def test_an_attempt_that_knows_is_told_what_to_conclude() -> None:
    assert told((_objection("label", "malignant"),), 2) == [
        '"It is so.": the conclusion has to be malignant'
    ]


def test_the_newest_objections_come_first_and_none_twice() -> None:
    old, new = _objection("side", "left"), _objection("size", "small", attempt=2)
    assert told((old, new, old), 0) == [
        '"It is so.": size should be: small, not x',
        '"It is so.": side should be: left, not x',
    ]
