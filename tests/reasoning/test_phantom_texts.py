"""The embedded author on what the facts of drawn images really are."""

from __future__ import annotations

import numpy as np
import pytest

from m3ds.claims import check
from m3ds.facts import measure
from m3ds.phantoms.draw import cases
from m3ds.reasoning.calls import seed
from m3ds.reasoning.grammar import write
from m3ds.schema.case import Case
from m3ds.schema.text import Steps
from m3ds.sources.registry import adapter

N = 1000
SOURCE = adapter("tn3k").source


@pytest.fixture(scope="module")
def written() -> list[tuple[Case, Steps]]:
    """A thousand TN3K phantoms, measured and written about."""
    options = SOURCE.labels.options(negatives=False)
    synonyms = {label.name: (label.name, *label.synonyms) for label in SOURCE.labels.labels}
    found = []
    for drawn in cases("tn3k", N, seed=29):
        facts, _ = measure(drawn.pixels, drawn.mask, supports=SOURCE.supports)
        case = Case(
            sample_id=f"tn3k-{drawn.split}-{drawn.stem}",
            source="tn3k",
            modality=SOURCE.modality,
            anatomy=SOURCE.anatomy,
            target=SOURCE.target,
            mask_kind=SOURCE.mask_kind,
            laterality=SOURCE.laterality,
            supports=SOURCE.supports,
            is_negative=False,
            diagnosis=SOURCE.labels.find(str(drawn.label)).name,
            label_options=options,
            synonyms=synonyms,
            facts=facts,
        )
        found.append((case, write(case, seed(17, case.sample_id, "author", 1))))
    return found


def test_at_least_95_of_100_analyses_are_distinct(written: list[tuple[Case, Steps]]) -> None:
    assert len(written) == N
    assert len({steps.analysis for _, steps in written}) >= 0.95 * N


def test_every_text_holds_against_its_own_facts(written: list[tuple[Case, Steps]]) -> None:
    assert [check(case, steps) for case, steps in written if check(case, steps)] == []


def test_with_anothers_facts_at_least_90_of_100_fail(written: list[tuple[Case, Steps]]) -> None:
    order = np.random.default_rng(0).permutation(N)
    swapped = [
        bool(check(case.model_copy(update={"facts": written[other][0].facts}), steps))
        for (case, steps), other in zip(written, order, strict=True)
        if written[other][0].facts != case.facts
    ]
    assert len(swapped) > 0.95 * N
    assert sum(swapped) >= 0.9 * len(swapped)
