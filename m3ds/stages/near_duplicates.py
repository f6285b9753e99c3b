"""The pass over all accepted texts that sends near-duplicates back to their authors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from m3ds.ledger.tables import objections
from m3ds.ledger.views import accepted_texts, last_pass
from m3ds.reasoning.near_duplicates import copies
from m3ds.recipe import ModelAuthor
from m3ds.schema.text import Failure
from m3ds.stages.workplace import Workplace

ORIGIN = "near_duplicate"


def object_to(place: Workplace) -> int:
    """Object to each accepted text that repeats an earlier one of its source; returns how many.

    Samples are taken in the order of their ids, so a rerun objects to the same ones. What is normal
    may be said in the same words: negatives are left out.
    """
    part = place.recipe.author
    if not isinstance(part, ModelAuthor) or part.near_duplicate is None:
        return 0
    rows = []
    for source in place.sources:
        done = last_pass(place.ledger, "harmonize", source)
        if done is None:
            continue
        kept: dict[str, tuple[int, str]] = {}
        texts = _texts(accepted_texts(place.ledger, source, done.fingerprint), kept)
        for name, original in copies(texts, part.near_duplicate).items():
            attempt, sha = kept[name]
            rows.append((objections, _objection(name, attempt, sha, original)))
    before = _count(place)
    place.ledger.append(rows)
    return _count(place) - before


def _texts(
    rows: Iterable[sa.Row[Any]], kept: dict[str, tuple[int, str]]
) -> Iterator[tuple[str, str]]:
    """(sample id, text) of each row; notes attempt and version of each in `kept`."""
    for row in rows:
        kept[row.sample_id] = (row.attempt, row.text_sha)
        yield row.sample_id, f"{row.steps['analysis']} {row.steps['reasoning']}"


def _objection(name: str, attempt: int, sha: str, original: str) -> dict[str, object]:
    failure = Failure(
        code=ORIGIN,
        step="analysis",
        sentence="",
        expected="a description of this very image in words of its own",
        claimed=f"almost the words of {original}",
    )
    return {
        "sample_id": name,
        "attempt": attempt,
        "text_sha": sha,
        "origin": ORIGIN,
        "failures": [failure.model_dump()],
    }


def _count(place: Workplace) -> int:
    query = sa.select(sa.func.count()).select_from(objections)
    return int(place.ledger.read(query)[0][0])
