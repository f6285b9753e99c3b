"""What is known of a model is found at first use, kept to, and completed when the Hub is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from m3ds.endpoints.card import UNKNOWN, Card
from m3ds.ledger.tables import calls
from m3ds.recipe import VllmAuthor, is_commit
from m3ds.stages import cards
from m3ds.stages.cards import card_of, known_card, loaded, revision_of
from m3ds.stages.workplace import Options, Workplace, opened

COMMIT = "0123456789" * 4
LATER = "a" * 40
RECIPE = """\
name: tiny
seed: 5
input: {{kind: phantoms, per_source: 3}}
sources: [kvasir_seg]
author: {{backend: vllm, model: some/author{revision}}}
critic: {{backend: checks}}
"""


class Hub:
    """Answers, or not; counts how often it is asked."""

    def __init__(self) -> None:
        self.newest: str | None = None
        self.asked: list[str | None] = []

    def __call__(self, model: str, revision: str | None) -> Card:
        self.asked.append(revision)
        if self.newest is None:
            origin = "recipe" if revision else "unreachable"
            found = (revision or UNKNOWN, UNKNOWN, origin)
        else:
            commit = revision if is_commit(revision) else self.newest
            found = (commit or "", "apache-2.0", "hub")
        commit, licence, origin = found
        return Card(model=model, revision=commit, licence=licence, terms="t", origin=origin)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    found = Hub()
    monkeypatch.setattr(cards, "look_up", found)
    return found


def commands(folder: Path, revision: str | None, n: int) -> Iterator[Workplace]:
    """One workplace after another on the same work folder, as commands open them."""
    file = folder / "r.yaml"
    file.write_text(RECIPE.format(revision=f", revision: '{revision}'" if revision else ""))
    for _ in range(n):
        with opened(Options(file, folder / "work"), writes=True) as place:
            yield place


def part_of(place: Workplace) -> VllmAuthor:
    assert isinstance(place.recipe.author, VllmAuthor)
    return place.recipe.author


def test_the_newest_commit_is_looked_up_once_and_kept_to(hub: Hub, tmp_path: Path) -> None:
    for newest, place in zip((COMMIT, LATER), commands(tmp_path, None, 2), strict=True):
        hub.newest = newest
        assert card_of(place, part_of(place)).revision == COMMIT
        assert revision_of(place, part_of(place)) == COMMIT
        assert loaded(part_of(place), known_card(place, part_of(place))) == COMMIT
    assert hub.asked == [None]


def answered(place: Workplace) -> None:
    """Keep an answer of the model."""
    request = {"call": {"model": "some/author"}}
    row = {"key": "k", "role": "author", "request": request, "response": {}, "sample_id": "s"}
    place.ledger.append([(calls, row)])


@pytest.mark.parametrize("revision", ["main", None])
def test_a_commit_that_no_answer_is_kept_under_is_found_later(
    revision: str | None, hub: Hub, tmp_path: Path
) -> None:
    found = []
    for newest, place in zip((None, COMMIT, LATER), commands(tmp_path, revision, 3), strict=True):
        hub.newest = newest
        found.append(revision_of(place, part_of(place)))
        assert known_card(place, part_of(place)) == card_of(place, part_of(place))
    assert found == [revision or UNKNOWN, COMMIT, COMMIT]
    assert len(hub.asked) == 2


@pytest.mark.parametrize("revision", [COMMIT, "main", None])
def test_licence_and_terms_are_completed_when_the_hub_answers_again(
    revision: str | None, hub: Hub, tmp_path: Path
) -> None:
    licences = []
    for newest, place in zip(
        (None, None, COMMIT, LATER), commands(tmp_path, revision, 4), strict=True
    ):
        hub.newest = newest
        answered(place)
        licences += [card_of(place, part_of(place)).licence for _ in range(2)]
        # Answers are kept under what was known when they were given.
        assert revision_of(place, part_of(place)) == (revision or UNKNOWN)
    assert licences == [UNKNOWN] * 4 + ["apache-2.0"] * 4
    assert len(hub.asked) == 3  # once a command, until it has answered
