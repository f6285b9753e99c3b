"""The samples of a build, page by page: what each still has to do, and what is known of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from m3ds.ledger.views import calls_of, item_pages, last_pass, objections_of, outcomes_of
from m3ds.ledger.writer import Writer
from m3ds.reasoning.calls import View
from m3ds.reasoning.loop import fingerprint
from m3ds.reasoning.sight import Sight, Unseen
from m3ds.schema.case import Case
from m3ds.schema.sample import Harmonised
from m3ds.schema.text import Failure, Objection
from m3ds.sources.registry import adapter
from m3ds.stages import controls
from m3ds.stages import crew as crews
from m3ds.stages.cases import case_of
from m3ds.stages.crew import Crew
from m3ds.stages.memo import Memo
from m3ds.stages.workplace import Workplace

SIZE = 64
"""Samples that are read from the ledger at a time."""


@dataclass(slots=True)
class Work:
    """One sample that has something to do."""

    case: Case
    sight: Sight
    objections: tuple[Objection, ...]
    before: sa.Row[Any] | None


@dataclass(slots=True)
class Page:
    """Some samples of one source: what there is to do, its memo, and the states of the rest."""

    works: list[Work]
    controls: list[controls.Control]
    memo: Memo
    settled: Counter[str]


async def pages(
    place: Workplace, crew: Crew, writer: Writer, workers: Executor
) -> AsyncIterator[Page]:
    """All samples, page by page."""
    for name in place.sources:
        last = last_pass(place.ledger, "harmonize", name)
        if last is None:
            continue
        source = adapter(name).source
        for rows in item_pages(place.ledger, name, last.fingerprint, "sample", SIZE):
            samples = [Harmonised.model_validate(row.body) for row in rows]
            seen = [
                (case_of(place, source, sample), _sight(place, sample, workers))
                for sample in samples
            ]
            yield _page(place, crew, writer, seen)
            await asyncio.sleep(0)


def _page(place: Workplace, crew: Crew, writer: Writer, seen: Sequence[tuple[Case, Sight]]) -> Page:
    ids = [case.sample_id for case, _ in seen]
    before = outcomes_of(place.ledger, ids)
    against = objections_of(place.ledger, ids)
    works, settled = [], Counter[str]()
    for case, sight in seen:
        objections = tuple(map(_objection, against.get(case.sample_id, ())))
        known = before.get(case.sample_id)
        if known is not None and not known.state.startswith("needs_"):
            mark = fingerprint(
                case,
                sight.view,
                author=crew.author,
                critics=crew.critics,
                recipe_seed=place.recipe.seed,
                max_attempts=place.recipe.author.attempts,
                objections=objections,
            )
            if mark == known.fingerprint:
                settled[known.state] += 1
                continue
        works.append(Work(case, sight, objections, known))
    hidden = _controls(place, crew, seen)
    asked = {work.case.sample_id for work in works} | {c.case.sample_id for c in hidden}
    known_calls = calls_of(place.ledger, sorted(asked)) if asked else {}
    return Page(works, hidden, Memo(known_calls, writer, crew.open), settled)


def _controls(
    place: Workplace, crew: Crew, seen: Sequence[tuple[Case, Sight]]
) -> list[controls.Control]:
    """The controls that are made of these samples and were not judged yet."""
    share = max((part.controls.share for part in place.recipe.critics), default=0.0)
    open_ = [c for c in crew.critics if ("critic", c.identity.model) in crew.open]
    if not open_:
        return []
    chosen = [
        (case, sight)
        for case, sight in seen
        if controls.is_chosen(place.recipe.seed, case.sample_id, share)
    ]
    done = set(controls.judged_of(place.ledger, [case.sample_id for case, _ in chosen]))
    return [
        controls.make(place.recipe.seed, case, sight, seen)
        for case, sight in chosen
        if any((case.sample_id, c.judge_name, c.version) not in done for c in open_)
    ]


def _sight(place: Workplace, sample: Harmonised, workers: Executor) -> Sight:
    view = View(
        image_pixels_sha256=sample.image_pixels_sha256,
        mask_pixels_sha256=sample.mask_pixels_sha256,
    )
    if not crews.members(place):
        return Unseen(view)
    from m3ds.reasoning.pictures import Stored  # those who look at nothing need no imaging

    image = partial(place.objects.get, sample.image_sha256)
    mask = partial(place.objects.get, sample.mask_sha256)
    return Stored(view, image, mask, _box(sample), workers)


def _box(sample: Harmonised) -> tuple[int, int, int, int] | None:
    if sample.is_negative or not sample.regions:
        return None
    boxes = [region.xyxy for region in sample.regions]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _objection(row: sa.Row[Any]) -> Objection:
    return Objection(
        attempt=row.attempt,
        text_sha=row.text_sha,
        origin=row.origin,
        failures=tuple(Failure.model_validate(failure) for failure in row.failures),
    )
