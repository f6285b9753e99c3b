from __future__ import annotations

import pytest

from m3ds.claims import CHECKS_VERSION, check
from m3ds.schema.case import Case
from m3ds.schema.facts import Facts
from m3ds.schema.text import Steps
from tests.reasoning.cases import KINDS, case

FACTS = Facts(
    n_regions=1,
    area_fraction=0.042,
    centroid_x=0.22,
    centroid_y=0.2,
    place="upper left",
    extent=0.7,
    eccentricity=0.75,
    solidity=0.96,
    irregularity=0.2,
    contrast=-0.12,
    colour="brown",
    version="1",
)


def tn3k(**changes: object) -> Case:
    return case("tn3k", diagnosis="benign", measured=FACTS.model_copy(update=changes))


def steps(analysis: str = "", **other: str) -> Steps:
    text = {
        "modality": "The modality of the image is ultrasound of the thyroid.",
        "analysis": f"The parenchyma can be judged throughout this examination. {analysis}",
        "reasoning": "The appearance described agrees with an indolent process of the gland.",
        "conclusion": "The findings are read as a benign nodule.",
    }
    return Steps(**(text | other))


def codes(of: Case, text: Steps) -> list[str]:
    return [failure.code for failure in check(of, text)]


def test_a_plain_text_passes() -> None:
    assert check(tn3k(), steps()) == ()


@pytest.mark.parametrize(
    "claim",
    [
        "A nodule lies in the upper left of the image.",
        "A nodule lies in the upper left quadrant.",
        "Its centre is 22 % of the image width from the left and 20 % of the height from the top.",
        "It lies 78 % of the width from the right edge.",
        "The nodule fills about 4 % of the image.",
        "It occupies about 4.2% of the image area.",
        "It takes up less than 5 percent of the picture.",
        "A moderate nodule is seen in the left half of the image.",
        "A nodule of moderate size is seen.",
        "There is a single, hypoechoic nodule.",
        "One nodule is visible.",
        "No second nodule is present, and there are not two lesions.",
        "The nodule is oval with smooth margins.",
        "A round to oval nodule.",
        "It is not round but ovoid.",
        "The nodule is hypoechoic.",
        "The lesion appears darker than the tissue around it.",
        "A hyperechoic rim is seen.",
        "It has no irregular margin.",
        "The left border is sharp.",
        "It lies to the left of the trachea.",
        "The lesion in the left thyroid lobe is solid.",
        "The outline is not lobulated.",
    ],
)
def test_true_or_unverifiable_claims_pass(claim: str) -> None:
    assert codes(tn3k(), steps(claim)) == []


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("A nodule lies in the upper right of the image.", "side"),
        ("The nodule is on the right.", "side"),
        ("The lesion lies in the right half of the frame.", "side"),
        ("A nodule lies in the lower left of the image.", "quadrant"),
        ("A nodule sits in the centre of the image.", "quadrant"),
        ("It lies in the bottom third.", "quadrant"),
        ("A nodule lies on the left at mid-height.", "quadrant"),
        ("Its centre is 32 % of the image width from the left.", "position"),
        ("It occupies about 6 % of the image.", "size"),
        ("It covers 4.9 % of the image area.", "size"),
        ("It takes up a quarter of the image.", "size"),
        ("It fills more than 5 % of the image.", "size"),
        ("It covers about half of the image.", "size"),
        ("A tiny nodule is seen.", "size"),
        ("The nodule is large.", "size"),
        ("It is very large.", "size"),
        ("It is of large size.", "size"),
        ("Two nodules are seen.", "count"),
        ("There are several hypoechoic nodules.", "count"),
        ("Multiple oval nodules are present.", "count"),
        ("The nodule is elongated.", "shape"),
        ("A round nodule is seen.", "shape"),
        ("Its margins are irregular.", "shape"),
        ("It has an irregular, hypoechoic border.", "shape"),
        ("It is deeply indented.", "shape"),
        ("The nodule is hyperechoic.", "contrast"),
        ("It is isoechoic to the gland.", "contrast"),
        ("The lesion is brighter than the tissue around it.", "contrast"),
        ("Colour Doppler shows flow.", "impossible"),
        ("The MRI shows a mass.", "modality"),
    ],
)
def test_a_wrong_claim_is_found_with_its_sentence(claim: str, code: str) -> None:
    (failure,) = check(tn3k(), steps(claim))
    assert (failure.code, failure.step, failure.sentence) == (code, "analysis", claim)
    assert failure.expected
    assert failure.claimed


def test_what_the_mask_does_not_support_is_no_failure() -> None:
    bare = case("tn3k", diagnosis="benign", measured=Facts(version="1"))
    claim = "A large, round, hyperechoic nodule with irregular margins in the lower right."
    claim += " It is one of three nodules. It fills 30 % of the image."
    assert codes(bare, steps(claim)) == []
    wrong = {"size", "shape", "contrast", "side", "quadrant", "count"}
    assert set(codes(tn3k(), steps(claim))) == wrong


def test_general_statements_are_knowledge_and_not_findings() -> None:
    text = steps(reasoning="Malignant nodules are often large, irregular and hyperechoic in part.")
    assert codes(tn3k(), text) == []
    text = steps(reasoning="The large nodule described above speaks for an indolent process.")
    assert codes(tn3k(), text) == ["size"]


@pytest.mark.parametrize(
    ("laterality", "claim", "wrong"),
    [
        ("pa_chest", "An opacity is seen in the right upper zone.", False),
        ("pa_chest", "An opacity is seen in the left upper zone.", True),
        ("pa_chest", "An opacity is seen on the left.", True),
        ("pa_chest", "An opacity is seen on the left side of the image.", False),
        ("pa_chest", "An opacity is seen on the patient's left.", True),
        ("pa_chest", "It lies on the left of the image, on the patient's right.", False),
        ("unknown", "The lesion is on the patient's right side.", False),
        ("unknown", "The lesion is in the right lobe.", False),
        ("unknown", "The lesion is on the right side of the image.", True),
        ("image", "The lesion is in the right lobe.", False),
        ("image", "The lesion is in the image's right half.", True),
    ],
)
def test_sides_are_read_by_the_source_convention(laterality: str, claim: str, wrong: bool) -> None:
    of = tn3k().model_copy(update={"laterality": laterality})
    assert codes(of, steps(claim)) == (["side"] if wrong else [])


def test_both_sides_of_several_regions_cannot_be_refuted() -> None:
    claim = "Lesions lie on the left and on the right of the image."
    assert codes(tn3k(n_regions=2), steps(claim)) == []
    assert codes(tn3k(), steps(claim)) == ["side"]


def test_colour() -> None:
    of = case("isbi2016", diagnosis="benign", measured=FACTS)
    text = {"modality": "Dermoscopy of the skin.", "conclusion": "A benign lesion."}
    assert codes(of, steps("The lesion is light brown.", **text)) == []
    assert codes(of, steps("It is brown to black.", **text)) == []
    assert codes(of, steps("The surrounding skin is pink.", **text)) == []
    assert codes(of, steps("The lesion is pink.", **text)) == ["colour"]


@pytest.mark.parametrize(
    ("modality", "fine"),
    [
        ("Sonogram of the neck.", True),
        ("B-mode ultrasonography.", True),
        ("An image of the thyroid.", False),
        ("A chest radiograph.", False),
        ("This is not an X-ray but an ultrasound image.", True),
    ],
)
def test_the_modality_has_to_be_named(modality: str, fine: bool) -> None:
    found = codes(tn3k(), steps(modality=modality))
    assert set(found) == (set() if fine else {"modality"})


@pytest.mark.parametrize(
    ("source", "diagnosis", "conclusion", "fine"),
    [
        ("tn3k", "benign", "A benign thyroid nodule.", True),
        ("tn3k", "benign", "A malignant nodule.", False),
        ("tn3k", "benign", "A benign rather than malignant nodule.", True),
        ("tn3k", "benign", "This nodule is not benign.", False),
        ("tn3k", "benign", "A malignant process is unlikely; the nodule is benign.", True),
        ("tn3k", "benign", "A nodule of uncertain nature.", False),
        ("tn3k", "benign", "Either a benign or a malignant nodule.", False),
        ("chestx_det", "diffuse nodule", "Diffuse nodules in both lungs.", True),
        ("chestx_det", "nodule", "Diffuse nodules in both lungs.", False),
        ("chestx_det", "pleural thickening", "Pleural-thickening is seen.", True),
        ("chestx_det", "mass", "Two lung masses.", True),
        ("fracatlas", "fracture", "There is a fracture.", True),
        ("fracatlas", "fracture", "There is no fracture.", False),
        ("fracatlas", "no fracture", "There is no fracture.", True),
        ("fracatlas", "no fracture", "No evidence of a fracture.", True),
        ("fracatlas", "no fracture", "A fracture is seen.", False),
        ("busi", "normal", "Normal breast tissue.", True),
        ("busi", "normal", "A benign lesion.", False),
        ("fives", "normal", "A normal fundus.", True),
    ],
)
def test_the_conclusion_states_the_label(
    source: str, diagnosis: str, conclusion: str, fine: bool
) -> None:
    negative = diagnosis == KINDS[source].negative
    of = case(source, diagnosis=diagnosis, negative=negative).model_copy(
        update={"facts": Facts(version="1")}
    )
    text = steps(modality=f"The modality is {of.modality}.", conclusion=conclusion)
    assert ("label" in codes(of, text)) is not fine


def test_synonyms_and_other_findings() -> None:
    of = case("chestx_det", diagnosis="effusion", measured=Facts(version="1"))
    of = of.model_copy(update={"synonyms": {"effusion": ("pleural fluid",)}})
    text = steps(
        modality="An X-ray of the chest.", conclusion="There is pleural fluid beside a nodule."
    )
    assert codes(of, text) == ["label"]
    assert codes(of.model_copy(update={"other_findings": ("nodule",)}), text) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The ground truth is benign.",
        "As provided, the nodule is benign.",
        "Given the known diagnosis, this fits.",
        "This agrees with the given label.",
        "The label is benign.",
        "The mask shows a nodule.",
        "Based on the segmentation mask, it is oval.",
        "According to the annotation, it is oval.",
        "Inside the bounding box lies a nodule.",
        "The supplied region of interest is oval.",
        "The facts state that it is oval.",
        "Its area fraction is 0.04.",
        "Its solidity is high.",
        "The highlighted region is oval.",
        "We were told that it is benign.",
        "The red contour encloses the nodule.",
        "The diagnosis provided is benign.",
    ],
)
def test_leaks_are_found(sentence: str) -> None:
    assert "leakage" in codes(tn3k(), steps(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "The nodule occupies about 4 % of the image area.",
        "The diagnosis is supported by the smooth margin.",
        "Given the smooth margin, a benign nodule is likely.",
        "The contour is well defined.",
        "The findings are consistent with a benign process.",
        "Based on the shape, an indolent process is likely.",
    ],
)
def test_findings_are_no_leaks(sentence: str) -> None:
    assert "leakage" not in codes(tn3k(), steps(reasoning=f"{sentence} That is all there is."))


def test_markup_and_length() -> None:
    assert codes(tn3k(), steps("It is [SEG].")) == ["markup"]
    assert codes(tn3k(), steps(reasoning="Short.")) == ["length"]
    winding = [
        f"Long and winding words of kind {chr(97 + k)} are said at such a place. "
        for k in range(26)
    ]
    assert codes(tn3k(), steps(reasoning="".join(winding))) == ["length"]
    assert "length" in codes(tn3k(), steps(conclusion=""))


def test_the_version_hangs_on_the_words() -> None:
    assert CHECKS_VERSION.partition("-")[2]
