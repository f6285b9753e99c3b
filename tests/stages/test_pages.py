"""Which samples of a page are looked at."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from m3ds.ledger.tables import objections
from m3ds.ledger.views import outcomes_of
from m3ds.ledger.writer import Writer
from m3ds.schema.sample import Harmonised
from m3ds.stages import crew, pages
from m3ds.stages.cases import samples_of
from m3ds.stages.workplace import Options, Workplace, opened
from tests.stages.building import m3ds, recipe
from tests.stages.modelled import states


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    """A work folder with finished texts."""
    file = recipe(tmp_path, "busi", "kvasir_seg", per_source=5)
    for verb in ("download", "harmonize", "reason"):
        done = m3ds(verb, "-p", file, "--workdir", tmp_path / "work")
        assert done.returncode == 0, done.stderr
    with opened(Options(file, tmp_path / "work"), writes=True) as one:
        yield one


def looked_at(place: Workplace, *, verified: bool) -> tuple[list[str], Counter[str]]:
    """The samples that a turn has something to do with, and the states of the others."""
    found: list[str] = []
    others = Counter[str]()

    async def run() -> None:
        with Writer(place.ledger) as writer, ThreadPoolExecutor(1) as workers:
            async with crew.at_work(place, ()) as nobody:
                async for page in pages.pages(place, nobody, writer, workers, verified=verified):
                    found.extend(work.case.sample_id for work in page.works)
                    others.update(page.settled)

    asyncio.run(run())
    return found, others


def object_to(place: Workplace, name: str, text_sha: str) -> None:
    row = {
        "sample_id": name,
        "attempt": 1,
        "text_sha": text_sha,
        "origin": "person",
        "failures": [],
    }
    place.ledger.append([(objections, row)])


def test_a_later_turn_looks_only_at_what_waits_or_was_objected_to(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = states(place.workdir)
    one, two = list(samples_of(place, "busi"))[:2]
    assert looked_at(place, verified=False) == looked_at(place, verified=True)
    now = outcomes_of(place.ledger, [one.sample_id])[one.sample_id]
    object_to(place, one.sample_id, str(now.text_sha))
    object_to(place, two.sample_id, "of a text that was given up")

    def validated(_: object) -> str:
        raise AssertionError("was looked at")

    monkeypatch.setattr(Harmonised, "model_validate", validated)
    with pytest.raises(AssertionError, match="was looked at"):
        looked_at(place, verified=True)
    place.sources = ("kvasir_seg",)
    found, others = looked_at(place, verified=True)
    assert found == []
    assert others == Counter(s for name, s in ends.items() if name.startswith("kvasir"))
    monkeypatch.undo()
    place.sources = ("busi", "kvasir_seg")
    found, others = looked_at(place, verified=True)
    assert found == [one.sample_id]
    assert others.total() == len(ends) - 1


def test_a_first_turn_looks_at_every_one_whose_loop_reads_something_else(place: Workplace) -> None:
    place.recipe = place.recipe.model_copy(update={"seed": 6})
    found, others = looked_at(place, verified=False)
    assert sorted(found) == sorted(states(place.workdir))
    assert not others
