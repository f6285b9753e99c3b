from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from m3ds.reasoning import prompts
from m3ds.reasoning.form import answer, messages, question
from m3ds.reasoning.grammar import write
from m3ds.schema.text import Steps
from tests.reasoning.cases import KINDS, case

GOLDEN = Path(__file__).parent / "golden"
FIXED = [
    *((name, number, False) for number, name in enumerate(KINDS, 10)),
    ("fracatlas", 2, True),
    ("busi", 2, True),
    ("chestx_det", 2, True),
    ("tn3k", 5, False),
]


@pytest.mark.parametrize(("source", "number", "negative"), FIXED)
def test_golden(source: str, number: int, negative: bool) -> None:
    of = case(source, number, seed=20, negative=negative)
    said = f"Q: {question(of)}\n\nA: {answer(of, write(of, 100 + number))}\n"
    path = GOLDEN / f"{of.sample_id}{'-negative' if negative else ''}.txt"
    if os.environ.get("M3DS_WRITE_GOLDEN"):
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("source", sorted(KINDS))
def test_questions_vary_and_do_not_tell_positives_from_negatives(source: str) -> None:
    cases = [case(source, number) for number in range(200)]
    asked = {question(of) for of in cases}
    assert len(asked) >= 6
    assert not any("{" in text for text in asked)
    if KINDS[source].negative is not None:
        negatives = {question(case(source, number, negative=True)) for number in range(200)}
        assert negatives == asked
    for text in asked:  # either no option is named, or at least two to choose from
        named = [o for o in cases[0].label_options if re.search(rf"\b{o}\b", text.lower())]
        assert len(named) != 1 or source == "fracatlas"


def test_the_paper_form() -> None:
    steps = Steps(
        modality="The modality of the image is X-ray of the hand.",
        analysis="A fracture is seen.",
        reasoning="X-ray signs of a break are present",
        conclusion="The findings are read as a fracture.",
    )
    said = answer(case("fracatlas", 3), steps)
    assert said.count("[SEG]") == 1
    for words in (
        "Firstly, the modality of the image is X-ray of the hand. Secondly, ",
        ": a fracture is seen. Thirdly, ",
        ": X-ray signs of a break are present. ",
        "Finally, the findings are read as a fracture.",
    ):
        assert words in said
    bare = answer(case("fracatlas", 3), steps.model_copy(update={"modality": "X-ray"}))
    assert "Firstly, the modality of the image is X-ray. Secondly" in bare
    assert "[SEG]" not in answer(case("fracatlas", 3, negative=True), steps)


def test_openers_are_those_of_the_paper_and_all_in_use() -> None:
    assert prompts.openers().positive == (
        "Sure, it is [SEG].",
        "It is [SEG].",
        "Sure, the segmentation result is [SEG].",
        "Sure, [SEG].",
        "[SEG].",
    )
    cases = [case("tn3k", number) for number in range(100)]
    starts = {answer(of, write(of, 0)).partition(" Firstly")[0] for of in cases}
    assert starts == set(prompts.openers().positive)
    assert not any("[SEG]" in opener for opener in prompts.openers().negative)


def test_an_edit_keeps_question_and_openers() -> None:
    of = case("tn3k", 8)
    edited = of.model_copy(update={"facts": case("tn3k", 9).facts})
    assert question(of) == question(edited)
    before, after = (answer(c, write(c, 4)).partition(" Firstly")[0] for c in (of, edited))
    assert before == after


def test_messages() -> None:
    assert messages("What?", "That.") == [
        {
            "role": "user",
            "content": [{"type": "image", "text": None}, {"type": "text", "text": "What?"}],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "That."}]},
    ]


def test_targets_have_six_questions_each() -> None:
    for kind in KINDS.values():
        pool = prompts.queries().find(kind.modality, kind.target)
        assert pool is not prompts.queries().default
        assert len(set(pool.segment)) >= 6
        assert len(set(pool.search)) >= 6
