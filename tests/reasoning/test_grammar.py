from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from m3ds.claims import check
from m3ds.reasoning.grammar import write
from m3ds.reasoning.prompts import grammar
from m3ds.schema.base import FactGroup
from m3ds.schema.vocabulary import OUTLINE, PLACES, SIZE
from tests.reasoning.cases import KINDS, case

GROUPS: tuple[FactGroup, ...] = ("count", "area", "place", "shape", "contrast", "colour")


@settings(max_examples=300, deadline=None)
@given(
    source=st.sampled_from(sorted(KINDS)),
    number=st.integers(0, 10**6),
    seed=st.integers(0, 2**63 - 1),
    supports=st.one_of(st.none(), st.frozensets(st.sampled_from(GROUPS))),
    negative=st.booleans(),
)
def test_every_text_passes_its_own_checks(
    source: str, number: int, seed: int, supports: frozenset[FactGroup] | None, negative: bool
) -> None:
    of = case(
        source,
        number,
        negative=negative and KINDS[source].negative is not None,
        supports=supports,
    )
    text = write(of, seed)
    assert check(of, text) == (), text
    assert text == write(of, seed)


@pytest.mark.parametrize(
    ("source", "diagnosis"),
    [(s, d) for s, kind in KINDS.items() for d in kind.options],
)
def test_every_label_has_knowledge_and_passes(source: str, diagnosis: str) -> None:
    for number in range(12):
        of = case(source, number, diagnosis=diagnosis)
        assert grammar().diagnosis(diagnosis, of.modality, of.target) is not None
        text = write(of, number)
        assert check(of, text) == (), text
        assert diagnosis in text.conclusion


def test_an_unknown_label_falls_back() -> None:
    of = case("busi", diagnosis="phyllodes tumor")
    text = write(of, 1)
    assert "phyllodes tumor" in text.conclusion
    assert check(of, text) == ()


@pytest.mark.parametrize("source", ["tn3k", "kvasir_seg", "chestx_det", "bone_fracture"])
def test_texts_differ_and_do_not_fit_other_facts(source: str) -> None:
    cases = [case(source, number) for number in range(1000)]
    texts = [write(of, 7 * i) for i, of in enumerate(cases)]
    assert len({text.analysis for text in texts}) >= 950
    other = np.random.default_rng(3).permutation(1000)
    pairs = [(i, int(j)) for i, j in enumerate(other) if i != j]
    caught = sum(
        bool(check(cases[i].model_copy(update={"facts": cases[j].facts}), texts[i]))
        for i, j in pairs
    )
    assert caught >= 0.9 * len(pairs)


def test_nothing_is_said_that_was_not_measured() -> None:
    for number in range(60):
        bare = case("kvasir_seg", number, supports=frozenset())
        words = write(bare, number).analysis.lower()
        assert not any(c.isdigit() for c in words)
        for word in ("left", "right", "upper", "lower", "oval", "smooth", "single", "darker"):
            assert word not in words
        boxes = case("bone_fracture", number)
        words = write(boxes, number).analysis.lower()
        for word in ("oval", "smooth", "irregular", "darker", "brighter", "patient"):
            assert word not in words


def test_the_analysis_does_not_name_the_diagnosis() -> None:
    for source in ("tn3k", "busi", "isic2017", "chestx_det", "bone_fracture_detection", "fives"):
        for number in range(80):
            of = case(source, number)
            analysis = write(of, number).analysis.lower()
            assert not any(f" {option} " in analysis for option in of.label_options), analysis


def test_the_grammar_covers_the_vocabulary() -> None:
    book = grammar()
    assert set(book.places) == set(PLACES)
    assert set(book.sizes) == set(SIZE.words)
    assert set(book.outlines) < set(OUTLINE.words)
    for entry in book.diagnoses:
        assert all("{diagnosis}" in phrase for phrase in (*entry.phrases, *entry.several))
