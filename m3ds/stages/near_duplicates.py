"""The pass over all accepted texts that sends near-duplicates back to their authors."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa

from m3ds.ledger.ledger import Row, append
from m3ds.ledger.tables import objections
from m3ds.ledger.views import accepted_texts, last_pass, outcomes_of
from m3ds.reasoning.near_duplicates import copies
from m3ds.recipe import ModelAuthor
from m3ds.schema.text import Failure
from m3ds.stages.workplace import Workplace

ORIGIN = "near_duplicate"
_AT_A_TIME = 500


def object_to(place: Workplace) -> int:
    """Object to each accepted text that repeats an earlier one of its source; returns how many.

    Samples are taken in the order of their ids, so a rerun objects to the same ones. What is normal
    may be said in the same words: negatives are left out.
    """
    part = place.recipe.author
    if not isinstance(part, ModelAuthor) or part.near_duplicate is None:
        return 0
    found: dict[str, str] = {}
    for source in place.sources:
        done = last_pass(place.ledger, "harmonize", source)
        if done is not None:
            found |= copies(_texts(place, source, done.fingerprint), part.near_duplicate)
    if not found:
        return 0
    before = _count(place)
    rows = _objections(place, found)
    with place.ledger.writing() as connection:
        while some := list(islice(rows, _AT_A_TIME)):
            append(connection, some)
    return _count(place) - before


def _texts(place: Workplace, source: str, fingerprint: str) -> Iterator[tuple[str, str]]:
    """(sample id, text) of each text that is held against the others of its source."""
    for row in accepted_texts(place.ledger, source, fingerprint):
        yield row.sample_id, f"{row.steps['analysis']} {row.steps['reasoning']}"


def _objections(place: Workplace, found: dict[str, str]) -> Iterator[tuple[sa.Table, Row]]:
    """A row for each repetition in `found`, against the text that its sample has now."""
    names = iter(found)
    while some := list(islice(names, _AT_A_TIME)):
        now = outcomes_of(place.ledger, some)
        for name in some:
            yield objections, _objection(now[name], found[name])


def _objection(outcome: sa.Row[Any], original: str) -> dict[str, object]:
    failure = Failure(
        code=ORIGIN,
        step="analysis",
        sentence="",
        expected="a description of this very image in words of its own",
        claimed=f"almost the words of {original}",
    )
    return {
        "sample_id": outcome.sample_id,
        "attempt": outcome.attempt,
        "text_sha": outcome.text_sha,
        "origin": ORIGIN,
        "failures": [failure.model_dump()],
    }


def _count(place: Workplace) -> int:
    query = sa.select(sa.func.count()).select_from(objections)
    return int(place.ledger.read(query)[0][0])
