"""Sentences that differ in a word or two, of which one claims what is wrong and the other does not.

They stand for mechanisms that large sets of texts leave to chance.
"""

from __future__ import annotations

import pytest

from m3ds.schema.case import Case
from m3ds.schema.facts import Facts
from m3ds.schema.text import Steps
from tests.claims.test_checks import codes, steps, tn3k
from tests.reasoning.cases import case


def fracture(**changes: object) -> Case:
    measured = Facts(
        n_regions=1,
        area_fraction=0.02,
        centroid_x=0.2,
        centroid_y=0.2,
        place="upper left",
        version="1",
    ).model_copy(update=changes)
    return case("fracatlas", diagnosis="fracture", measured=measured)


def bone(analysis: str, reasoning: str = "") -> Steps:
    return Steps(
        modality="Radiograph of the hand, an X-ray.",
        analysis=f"The bones can be followed for the most part. {analysis}",
        reasoning=f"The continuity of the cortex is lost over a short distance. {reasoning}",
        conclusion="Fracture of the hand.",
    )


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("The lesion covers 4 % of the image, the other 96 % are free.", []),
        ("The lesion covers 96 % of the image.", ["size"]),
        ("The lesion does not exceed 5 % of the image.", []),
        ("The lesion does not exceed 1 % of the image.", ["size"]),
        ("There is one dark (hypoechoic) nodule.", []),
        ("There are three dark (hypoechoic) nodules.", ["count"]),
        ("It lies above the midpoint of the image and to the left of it.", []),
        ("It lies above the midpoint of the image and to the right of it.", ["side"]),
        ("The nodule lies left of the middle, with a vessel to the right of it.", []),
        ("It is a hint darker than the gland.", []),
        ("The lesion is dark, the surrounding gland lighter.", []),
        ("The lesion is light, the surrounding gland darker.", ["contrast"]),
        ("The nodule is noted to have smooth margins.", []),
        ("It has been known for about two weeks.", ["history"]),
        ("It has decreased echogenicity.", []),
        ("Lower right corner: a ruler.", []),
    ],
)
def test_of_the_image(claim: str, found: list[str]) -> None:
    assert codes(tn3k(), steps(claim)) == found


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("A smooth margin supports a lesion that is not invasive.", []),
        ("This covers 4 % of the image.", []),
        ("A nodule covering 40 % of the image argues for nothing else.", ["size"]),
        ("The vessel covers 40 % of the image.", []),
        ("Five nodules with smooth margins are reassuring.", ["count"]),
        ("Two features support this.", []),
        ("A cyst is seen next to it.", ["insertion"]),
        ("An enlarged lymph node lies at the edge of the image.", ["insertion"]),
        ("An abscess would lie next to it.", []),
    ],
)
def test_of_the_reasoning(claim: str, found: list[str]) -> None:
    reasoning = f"The gland is otherwise in good order. {claim}"
    assert codes(tn3k(), steps(reasoning=reasoning)) == found


@pytest.mark.parametrize(
    ("conclusion", "found"),
    [
        ("Benign nodule; a malignant one would come as a surprise.", []),
        ("Benign nodule, no feature makes malignancy likely.", []),
        ("Benign; malignancy was considered and rejected.", []),
        (
            "Malignancy is likely; a benign nodule is excluded.",
            ["label"],
        ),
    ],
)
def test_of_the_conclusion(conclusion: str, found: list[str]) -> None:
    assert codes(tn3k(), steps(conclusion=conclusion)) == found


@pytest.mark.parametrize(
    ("modality", "found"),
    [
        ("Ultrasound of the thyroid; CT would show calcium better.", []),
        ("The picture could be an MRI, though an ultrasound was planned.", ["modality"]),
    ],
)
def test_of_another_modality(modality: str, found: list[str]) -> None:
    assert codes(tn3k(), steps(modality=modality)) == found


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("Towards the lower edge the outlines run on undisturbed.", []),
        ("The fracture lies in the right half, the opposite cortex intact.", ["side"]),
        ("The contour of the bone is lost at one site.", []),
        ("The contour of the bone is lost at four sites.", ["count"]),
        ("The neighbouring growth zone is open.", []),
        ("A metal plate bridges the bone.", ["insertion"]),
    ],
)
def test_of_a_bone(claim: str, found: list[str]) -> None:
    assert codes(fracture(), bone(claim)) == found


def test_metalwork_that_the_source_lists_may_be_told() -> None:
    of = fracture().model_copy(update={"other_findings": ("metalwork",)})
    assert codes(of, bone("A metal plate bridges the bone.")) == []


def test_a_number_word_of_several_is_one() -> None:
    text = steps("The lesions are multifocal and dark.")
    assert codes(tn3k(), text) == ["count"]
    assert codes(tn3k(n_regions=3), text) == []


@pytest.mark.parametrize(
    ("irregularity", "eccentricity", "fine"),
    [(0.2, 0.75, False), (0.5, 0.92, True), (0.5, 0.3, True)],
)
def test_a_border_is_irregular_by_either_measure(
    irregularity: float, eccentricity: float, fine: bool
) -> None:
    of = tn3k(irregularity=irregularity, eccentricity=eccentricity)
    assert (codes(of, steps("Its margin is irregular.")) == []) is fine
