from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from m3ds.claims import check
from m3ds.claims.mutate import KINDS, mutate
from m3ds.reasoning.grammar import write
from m3ds.schema.facts import Facts
from tests.claims.test_checks import steps, tn3k
from tests.reasoning.cases import KINDS as SOURCES
from tests.reasoning.cases import case


@settings(max_examples=200, deadline=None)
@given(
    source=st.sampled_from(sorted(SOURCES)),
    number=st.integers(0, 10**6),
    seed=st.integers(0, 2**31),
    kind=st.sampled_from(KINDS),
    negative=st.booleans(),
)
def test_what_is_planted_into_a_text_of_the_grammar_is_found(
    source: str, number: int, seed: int, kind: str, negative: bool
) -> None:
    of = case(source, number, negative=negative and SOURCES[source].negative is not None)
    clean = write(of, seed)
    planted = mutate(of, clean, kind, seed)
    assert planted == mutate(of, clean, kind, seed)
    if planted is not None:
        assert planted != clean
        assert check(of, planted) != (), planted


def test_every_kind_can_be_planted_somewhere() -> None:
    planted: Counter[str] = Counter()
    for source in SOURCES:
        for number in range(25):
            of = case(source, number)
            for kind in KINDS:
                planted[kind] += mutate(of, write(of, number), kind, number) is not None
    assert min(planted[kind] for kind in KINDS) >= 20, planted


@pytest.mark.parametrize("kind", ["side", "quadrant", "size", "count", "shape", "contrast"])
def test_nothing_is_planted_where_nothing_is_known(kind: str) -> None:
    bare = case("tn3k", diagnosis="benign", measured=Facts(version="1"))
    assert mutate(bare, steps("A nodule lies on the left."), kind, 1) is None


@pytest.mark.parametrize("kind", ["side", "quadrant"])
def test_no_side_is_flipped_in_the_middle(kind: str) -> None:
    text = steps("A nodule lies in the upper left of the image.")
    assert mutate(tn3k(centroid_x=0.52, centroid_y=0.47), text, kind, 1) is None


def test_a_source_with_one_label_has_no_wrong_one() -> None:
    of = case("kvasir_seg", 3)
    assert mutate(of, write(of, 1), "label", 1) is None


@pytest.mark.parametrize(
    ("kind", "step", "was", "now"),
    [
        ("side", "analysis", "upper left of the image", "upper right of the image"),
        ("quadrant", "analysis", "upper left of the image", "lower left of the image"),
        ("label", "conclusion", "a benign nodule", "a malignant nodule"),
        ("contrast", "analysis", "hypoechoic", "hyperechoic"),
    ],
)
def test_words_of_the_text_itself_are_changed(kind: str, step: str, was: str, now: str) -> None:
    clean = steps("A hypoechoic nodule lies in the upper left of the image.")
    planted = mutate(tn3k(), clean, kind, 5)
    assert planted is not None
    assert getattr(planted, step) == getattr(clean, step).replace(was, now)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        mutate(tn3k(), steps(), "nonsense", 1)
