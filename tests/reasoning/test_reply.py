"""An author's answer in both of its forms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.endpoints.wire import Completion
from m3ds.reasoning import templates
from m3ds.reasoning.backends import MalformedReply
from m3ds.reasoning.reply import Answer, Finding, read
from tests.reasoning.cases import case

CASE = case("tn3k", 1, diagnosis="benign")
GOOD: dict[str, Any] = {
    "modality": "ultrasound",
    "anatomy": "the thyroid",
    "findings": [
        {"observation": "an oval nodule", "location": "upper left", "attributes": ["smooth"]}
    ],
    "analysis": "A single oval nodule with a smooth border is seen in the upper left of the image, "
    "darker than the tissue around it.",
    "reasoning": "A smooth border and an oval shape are more in keeping with a harmless nodule.",
    "conclusion": "The nodule is most likely benign.",
    "diagnosis": "Benign",
}
SECTIONS = f"""\
Modality: ultrasound
**Anatomy:** the thyroid
## Findings:
- an oval nodule, upper left
2. a smooth border
Analysis: {GOOD["analysis"]}
Reasoning: {GOOD["reasoning"]}
Conclusion: {GOOD["conclusion"]}
Diagnosis: benign.
"""


def of(text: str, finish: str = "stop", *, sections: bool = False) -> Answer:
    return read(Completion(text=text, finish=finish), CASE, sections=sections)


def refused(text: str, finish: str = "stop", *, sections: bool = False) -> str:
    with pytest.raises(MalformedReply) as caught:
        of(text, finish, sections=sections)
    assert caught.value.where == text
    return caught.value.seen


def test_an_object_becomes_steps_in_our_form() -> None:
    answer = of(json.dumps(GOOD))
    assert answer.diagnosis == "benign"
    assert answer.steps().modality == "ultrasound of the thyroid"
    assert answer.steps().analysis == GOOD["analysis"]
    assert answer.findings[0].sentence() == "an oval nodule, smooth, upper left."


def test_sections_say_the_same() -> None:
    answer = of(SECTIONS, sections=True)
    assert answer.steps() == of(json.dumps(GOOD)).steps()
    assert [f.observation for f in answer.findings] == [
        "an oval nodule, upper left",
        "a smooth border",
    ]


def test_bold_print_is_dropped() -> None:
    bold = GOOD | {"analysis": f"**Findings.** {GOOD['analysis']}"}
    assert of(json.dumps(bold)).steps().analysis == f"Findings. {GOOD['analysis']}"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"diagnosis": "hashimoto"}, "no possible answer"),
        ({"modality": "CT"}, "modality"),
        ({"analysis": "Short."}, "at least 80"),
        ({"extra": 1}, "extra"),
        ({"findings": []}, "findings"),
    ],
)
def test_what_is_not_in_form_is_refused(changes: dict[str, Any], says: str) -> None:
    assert says in refused(json.dumps(GOOD | changes))


def test_what_was_cut_is_not_even_parsed() -> None:
    assert "cut (length)" in refused(json.dumps(GOOD), "length")
    assert "no reason given" in refused(json.dumps(GOOD), "")


def test_headings_must_all_be_there_once() -> None:
    assert "reasoning" in refused(SECTIONS.replace("Reasoning:", "Thoughts:"), sections=True)
    assert "given twice: ['analysis']" in refused(SECTIONS + "Analysis: again\n", sections=True)


@given(st.text(max_size=400), st.booleans())
def test_nothing_else_is_ever_raised(text: str, sections: bool) -> None:
    with pytest.raises(MalformedReply):
        of(text, sections=sections)


def test_the_schema_beside_the_prompt_and_the_reader_agree() -> None:
    shipped = templates.schema("author")
    mine = Answer.model_json_schema()
    finding = shipped["properties"]["findings"]["items"]
    assert set(shipped["required"]) == set(shipped["properties"]) == set(mine["properties"])
    assert set(finding["properties"]) == set(Finding.model_fields)
    for name in ("analysis", "reasoning", "conclusion", "anatomy"):
        for bound in ("minLength", "maxLength"):
            assert shipped["properties"][name][bound] == mine["properties"][name][bound], name
    assert shipped["properties"]["modality"]["enum"] == mine["properties"]["modality"]["enum"]
