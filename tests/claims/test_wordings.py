"""Sentences that the embedded author does not write, as models and people do."""

from __future__ import annotations

import pytest

from m3ds.claims import check
from m3ds.schema.case import Case
from m3ds.schema.facts import Facts
from m3ds.schema.text import Steps
from tests.reasoning.cases import case

FACTS = Facts(
    n_regions=1,
    area_fraction=0.04,
    centroid_x=0.22,
    centroid_y=0.2,
    place="upper left",
    extent=0.7,
    eccentricity=0.75,
    solidity=0.96,
    irregularity=0.2,
    contrast=-0.12,
    version="1",
)
NODULE = case("tn3k", diagnosis="malignant", measured=FACTS)
NEGATIVE = case("busi", diagnosis="normal", negative=True, measured=Facts(version="1"))


def found(
    analysis: str = "", conclusion: str = "The nodule is malignant.", of: Case = NODULE
) -> list[tuple[str, str]]:
    """Code and step of every failure of a text that is otherwise sound."""
    steps = Steps(
        modality="The image is an ultrasound examination.",
        analysis=f"The parenchyma can be judged throughout. {analysis}",
        reasoning="What has been described agrees with what is concluded from it below.",
        conclusion=conclusion,
    )
    return [(failure.code, failure.step) for failure in check(of, steps)]


def of_normal(analysis: str) -> list[tuple[str, str]]:
    return found(analysis, "The tissue is normal.", NEGATIVE)


@pytest.mark.parametrize(
    "conclusion",
    [
        "The nodule isn’t malignant.",
        "The nodule isn‘t malignant.",
        "The nodule isn't malignant.",
        "The nodule wasn’t malignant.",
        "This is a non-malignant nodule.",
        "The nodule is hardly malignant.",
        "The nodule is barely malignant.",
        "It is unlikely to be malignant.",
        "It is improbable that this nodule is malignant.",
        "It is doubtful that the nodule is malignant.",
        "The nodule is far from malignant.",
        "The nodule is anything but malignant.",
        "A malignant nodule isn’t likely.",
        "There is no sign that it is malignant.",
    ],
)
def test_a_denied_label_is_not_stated(conclusion: str) -> None:
    assert found(conclusion=conclusion) == [("label", "conclusion")]


@pytest.mark.parametrize(
    "conclusion",
    [
        "There is no doubt that the nodule is malignant.",
        "There is no reasonable doubt that the nodule is malignant.",
        "There isn’t any doubt that the nodule is malignant.",
        "Without question, the nodule is malignant.",
        "This nodule is without question malignant.",
        "The nodule is undoubtedly malignant.",
        "This is beyond any doubt a malignant nodule.",
        "The nodule is not benign but malignant.",
        "A nodule far from the capsule, and it is malignant.",
    ],
)
def test_words_of_denial_may_affirm(conclusion: str) -> None:
    assert found(conclusion=conclusion) == []


@pytest.mark.parametrize(
    "claim",
    [
        "There are no nodules in the image.",
        "There isn’t a nodule in the image.",
        "There are zero nodules.",
        "No nodule is seen.",
        "No focal lesion is seen.",
        "No thyroid nodule is visible.",
        "Neither nodule nor cyst is seen.",
        "The gland is without nodules.",
        "The gland is free of nodules.",
        "There is no evidence of a nodule.",
        "The absence of any nodule is noted.",
        "The nodule is absent.",
        "The nodule is not seen.",
        "Nodules aren’t visible.",
        "The nodule cannot be seen.",
    ],
)
def test_what_is_there_may_not_be_denied(claim: str) -> None:
    assert found(claim) == [("count", "analysis")]


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("No nodule is seen in the left half of the image.", "side"),
        ("There is no nodule in the upper left.", "side"),
        ("The upper half of the image is clear.", "quadrant"),
        ("No mass is seen.", "count"),
        ("There is no mass.", "count"),
        ("It is not larger than 1 % of the image.", "size"),
    ],
)
def test_a_denial_where_the_thing_lies_is_found(claim: str, code: str) -> None:
    assert found(claim) == [(code, "analysis")]


@pytest.mark.parametrize(
    "claim",
    [
        "The nodule is not larger than half of the image.",
        "It is no larger than a tenth of the image.",
        "No nodule lies on the right.",
        "The lower half of the image is clear.",
        "No other nodule is seen.",
        "There is no second lesion.",
        "No further lesion is seen.",
        "No additional nodules are seen.",
        "No lesion is seen elsewhere in the gland.",
        "No nodule apart from this one is seen.",
        "No nodule is seen in the right half of the image.",
        "The right half of the image is free of nodules.",
        "The surrounding gland is free of nodules.",
        "No calcifications are visible.",
        "There is no calcification within the nodule.",
        "The nodule is not seen to cross the capsule.",
    ],
)
def test_what_is_not_there_may_be_denied(claim: str) -> None:
    assert found(claim) == []


@pytest.mark.parametrize(
    "claim",
    [
        "It covers forty percent of the image.",
        "It covers twenty-five per cent of the image.",
        "It covers sixteen percent of the image.",
        "It covers one hundred percent of the image.",
        "It covers about half the image.",
        "It covers half of the image.",
        "It covers a full half of the image.",
        "Half the image is covered by it.",
        "It covers more than half the image.",
        "It covers no more than 2 % of the image.",
        "It covers no less than ten percent of the image.",
        "It covers 0.4 of the image area.",
        "It covers 1/2 of the image.",
        "It covers an eighth of the image.",
        "It covers two thirds of the image.",
        "It covers three-quarters of the image.",
        "It is large to very large in size.",
    ],
)
def test_wrong_shares_are_found_however_written(claim: str) -> None:
    assert found(claim) == [("size", "analysis")]


@pytest.mark.parametrize(
    "claim",
    [
        "It covers four percent of the image.",
        "It covers 0.04 of the image area.",
        "It covers 1/25 of the image.",
        "It covers less than half the image.",
        "It covers no more than 5 % of the image.",
        "It is small to moderate in size.",
        "It is moderate to large in size.",
        "A small to moderate nodule is seen.",
    ],
)
def test_true_shares_and_ranges_of_size_pass(claim: str) -> None:
    assert found(claim) == []


@pytest.mark.parametrize(
    "claim",
    [
        "The nodule masks the tissue behind it.",
        "The nodule masks deeper structures.",
        "The nodule may mask the tissue behind it.",
    ],
)
def test_to_mask_is_a_verb_too(claim: str) -> None:
    assert found(claim) == []


@pytest.mark.parametrize(
    "claim",
    ["Inside the mask lies tissue.", "The masks are smooth.", "In the masks a nodule is seen."],
)
def test_the_noun_remains_a_leak(claim: str) -> None:
    assert ("leakage", "analysis") in found(claim)


@pytest.mark.parametrize(
    "claim",
    [
        "The trachea lies right of centre.",
        "The tracheal shadow is seen on the right.",
        "On the right, the trachea is seen.",
        "The common carotid artery lies in the right half of the image.",
        "The strap muscles lie in the lower part of the image.",
        "The trachea is round and lies on the right.",
        "The lower part of the gland is homogeneous.",
    ],
)
def test_where_and_how_other_structures_are_is_not_held_against_the_region(claim: str) -> None:
    assert found(claim) == []


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("The trachea lies in the midline, and the nodule is on the right.", "side"),
        ("The trachea lies in the midline while the nodule is large.", "size"),
        ("The muscle contains an elongated nodule.", "shape"),
        ("The nodule lies right of centre.", "side"),
        ("It lies right of the midline.", "side"),
    ],
)
def test_another_structure_first_does_not_hide_a_wrong_claim(claim: str, code: str) -> None:
    assert found(claim) == [(code, "analysis")]


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("A large hypoechoic mass lies in the left half of the image.", "size"),
        ("A large hypoechoic mass lies in the left half of the image.", "quadrant"),
        ("A hypoechoic mass lies in the left half of the image.", "quadrant"),
        ("A mass in the upper left quadrant.", "quadrant"),
        ("Its centre is 22 % of the image width from the left.", "quadrant"),
        ("A mass is seen.", "count"),
        ("There is a small, oval tumor.", "count"),
        ("Two masses are seen.", "count"),
        ("It covers 4 % of the image.", "size"),
    ],
)
def test_a_negative_has_no_lesion_whether_measured_or_not(claim: str, code: str) -> None:
    assert (code, "analysis") in of_normal(claim)


@pytest.mark.parametrize(
    "claim",
    [
        "No mass is seen.",
        "No lesion lies in the left half of the image.",
        "Neither in the left nor in the right half is a mass seen.",
        "There is no large mass.",
        "Nothing suggests that a mass is present.",
        "The left half of the image shows fat.",
        "A rib lies in the lower part of the image.",
    ],
)
def test_a_negative_may_be_described(claim: str) -> None:
    assert of_normal(claim) == []
