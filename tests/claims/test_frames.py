"""Sentence frames, filled with places, diseases and signs: how a text may say what is no claim.

Each frame of `frames.yaml` says in its own words that a place is empty, that a disease was weighed,
what is true of such cases, or what the picture itself is like. No check may take that for a claim
of the outlined thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle

import pytest

from m3ds.claims import check
from m3ds.schema.case import Case
from m3ds.schema.text import Steps
from tests.claims.clinical import MEASURED, clinical_case, frames

FRAMES = frames("frames.yaml")

OF = {
    "dermoscopy": clinical_case("isbi2016", "benign", **MEASURED),
    "ultrasound of the breast": clinical_case("busi", "benign", **MEASURED),
    "ultrasound of the thyroid": clinical_case("tn3k", "benign", **MEASURED),
    "endoscopy of the colon": clinical_case("kvasir_seg", "polyp", **MEASURED),
}
NAMES = {
    "dermoscopy": ("a benign lesion", "a malignant lesion"),
    "ultrasound of the breast": ("a benign mass", "a malignant mass"),
    "ultrasound of the thyroid": ("a benign nodule", "a malignant nodule"),
    "endoscopy of the colon": ("a polyp", "a lipoma"),
}
DISEASES: dict[str, tuple[str, ...]] = {
    "dermoscopy": ("basal cell carcinoma", "dermatofibroma"),
    "ultrasound of the breast": ("an abscess", "lymphadenopathy"),
    "ultrasound of the thyroid": ("thyroiditis", "an enlarged lymph node"),
    "endoscopy of the colon": ("ulcerative colitis", "diverticulosis"),
}
SIGNS: dict[str, tuple[str, ...]] = {
    "dermoscopy": ("a veil", "milia-like cysts", "streaks"),
    "ultrasound of the breast": ("posterior shadowing", "skin thickening", "spiculation"),
    "ultrasound of the thyroid": ("a halo", "enlarged nodes", "microcalcifications"),
    "endoscopy of the colon": ("ulceration", "a stalk", "bleeding"),
}
NOUNS = {
    "dermoscopy": "lesion",
    "ultrasound of the breast": "mass",
    "ultrasound of the thyroid": "nodule",
    "endoscopy of the colon": "polyp",
}
PLACES = (
    "the left side of the image",
    "the upper third of the frame",
    "the top of the image",
    "the left third",
    "the upper left corner",
)


def text(modality: str, step: str, said: str) -> Steps:
    name = NAMES[modality][0]
    steps = {
        "modality": f"This is {modality}.",
        "analysis": "The image is sharp enough to be read and complete.",
        "reasoning": "What was seen agrees with the conclusion that is drawn from it.",
        "conclusion": f"The findings are those of {name}.",
    }
    steps[step] = said if step == "conclusion" else f"{steps[step]} {said}"
    return Steps(**steps)


def refused(modality: str, step: str, said: str) -> list[str]:
    """What the checks object to in a sentence that stands in an otherwise sound text."""
    case: Case = OF[modality]
    found = check(case, text(modality, step, said))
    return [f"{one.code} {one.claimed!r}: {said}" for one in found]


def filled(group: str, words: dict[str, tuple[dict[str, str], ...]]) -> Iterator[tuple[str, str]]:
    """Each frame of a group with each modality; what fills it takes turns."""
    turns = {modality: cycle(fills) for modality, fills in words.items()}
    for frame in FRAMES[group]:
        for modality, fills in turns.items():
            yield modality, frame.format(**next(fills))


def capital(word: str) -> str:
    return word[0].upper() + word[1:]


def one_by_one(
    words: dict[str, tuple[str, ...]], name: str
) -> dict[str, tuple[dict[str, str], ...]]:
    return {
        modality: tuple({name: word, name.upper(): capital(word)} for word in of)
        for modality, of in words.items()
    }


Fills = tuple[dict[str, str], ...]
ANYWHERE: dict[str, Fills] = {modality: ({},) for modality in OF}


@pytest.mark.parametrize("step", ["analysis", "reasoning"])
@pytest.mark.parametrize(
    "group",
    ["numbers", "looks", "other_methods", "patients_in_general", "everyday_words", "alone",
     "arguments", "figures_of_speech"],
)  # fmt: skip
def test_what_is_said_of_something_else_is_no_claim(group: str, step: str) -> None:
    wrong = [w for of, said in filled(group, ANYWHERE) for w in refused(of, step, said)]
    assert not wrong


@pytest.mark.parametrize("step", ["analysis", "reasoning"])
def test_a_place_where_nothing_is_is_no_place_of_the_lesion(step: str) -> None:
    words = one_by_one(dict.fromkeys(OF, PLACES), "p")
    wrong = [w for of, said in filled("elsewhere", words) for w in refused(of, step, said)]
    assert not wrong


@pytest.mark.parametrize("step", ["analysis", "reasoning"])
def test_a_part_of_the_lesion_or_where_it_points_is_not_its_place(step: str) -> None:
    words: dict[str, Fills] = {modality: ({"n": noun},) for modality, noun in NOUNS.items()}
    wrong = [w for of, said in filled("parts", words) for w in refused(of, step, said)]
    assert not wrong


@pytest.mark.parametrize("step", ["analysis", "reasoning"])
def test_a_disease_that_is_weighed_is_none_that_was_found(step: str) -> None:
    words = one_by_one(DISEASES, "d")
    wrong = [w for of, said in filled("weighed", words) for w in refused(of, step, said)]
    assert not wrong


@pytest.mark.parametrize("step", ["analysis", "reasoning", "conclusion"])
def test_a_sign_that_is_absent_is_not_found(step: str) -> None:
    words = one_by_one(SIGNS, "s")
    said = [
        (of, f"Findings of {NAMES[of][0]}. {line}" if step == "conclusion" else line)
        for of, line in filled("signs", words)
    ]
    assert not [w for of, line in said for w in refused(of, step, line)]


def test_a_conclusion_may_name_what_it_passes_over() -> None:
    words: dict[str, Fills] = {
        of: ({"d": right, "D": capital(right), "o": other, "O": capital(other)},)
        for of, (right, other) in NAMES.items()
    }
    assert not [
        w for of, line in filled("conclusions", words) for w in refused(of, "conclusion", line)
    ]


RIGHTLY = {
    "h": "right", "oh": "left", "v": "lower", "ov": "upper", "up": "below", "end": "bottom",
    "oend": "top", "near": "30", "far": "70", "d": "darker", "od": "brighter",
}  # fmt: skip
WRONGLY = {
    "h": "left", "oh": "right", "v": "upper", "ov": "lower", "up": "above", "end": "top",
    "oend": "bottom", "near": "30", "far": "70", "d": "brighter", "od": "darker",
}  # fmt: skip


@pytest.mark.parametrize("group", ["placed", "bright"])
def test_where_and_how_bright_is_told_in_many_ways(group: str) -> None:
    rightly = filled(group, dict.fromkeys(OF, (RIGHTLY,)))
    assert not [w for of, line in rightly for w in refused(of, "analysis", line)]


@pytest.mark.parametrize("frame", FRAMES["placed"] + FRAMES["bright"])
def test_the_same_words_are_refused_where_they_are_wrong(frame: str) -> None:
    assert refused("dermoscopy", "analysis", frame.format(**WRONGLY))


def joined(words: dict[str, str]) -> Iterator[str]:
    """Two statements joined: one places the lesion, the other says of a place that it is empty."""
    true = {"n": "lesion"} | RIGHTLY
    empties = cycle(FRAMES["empty"])
    for joint in FRAMES["joined"]:
        for placing in FRAMES["placing"]:
            said = {
                "A": next(empties).format(**true),
                "B": placing.format(**{"n": "lesion"} | words),
            }
            sentence = joint.format(**said)
            yield re.sub(r"(^|\. )([a-z])", lambda start: start[1] + start[2].upper(), sentence)


def test_each_part_of_a_sentence_is_taken_for_itself() -> None:
    assert not [w for said in joined(RIGHTLY) for w in refused("dermoscopy", "analysis", said)]


def test_a_wrong_part_of_a_sentence_is_found() -> None:
    passed = [said for said in joined(WRONGLY) if not refused("dermoscopy", "analysis", said)]
    assert not passed
