"""The samples of a build, page by page: what each still has to do, and what is known of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from m3ds.ledger.views import calls_of, item_pages, last_pass, objections_of, outcomes_of
from m3ds.ledger.writer import Writer
from m3ds.reasoning.backends import AuthorBackend, CriticBackend
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
    place: Workplace,
    crew: Crew,
    writer: Writer,
    workers: Executor,
    only: frozenset[str] | None = None,
) -> AsyncIterator[Page]:
    """All samples, or those whose ids are in `only`, page by page."""
    for seen in _seen(place, workers):
        chosen = [one for one in seen if only is None or one[0].sample_id in only]
        if chosen:
            yield _page(place, crew, writer, chosen, seen)
        await asyncio.sleep(0)


def unfinished(place: Workplace) -> Iterator[Case]:
    """The samples that have something to do, whoever may be asked."""
    author, critics = crews.author_of(place), crews.critics_of(place)
    for seen in _seen(place, None):
        works, _ = _works(place, author, critics, seen)
        yield from (work.case for work in works)


def _seen(place: Workplace, workers: Executor | None) -> Iterator[list[tuple[Case, Sight]]]:
    """The samples of each page, with what can be shown of them; without `workers`, nothing."""
    for name in place.sources:
        last = last_pass(place.ledger, "harmonize", name)
        if last is None:
            continue
        source = adapter(name).source
        for rows in item_pages(place.ledger, name, last.fingerprint, "sample", SIZE):
            samples = [Harmonised.model_validate(row.body) for row in rows]
            cases = [case_of(place, source, sample) for sample in samples]
            yield list(zip(cases, _sights(place, samples, workers), strict=True))


def _page(
    place: Workplace,
    crew: Crew,
    writer: Writer,
    chosen: Sequence[tuple[Case, Sight]],
    seen: Sequence[tuple[Case, Sight]],
) -> Page:
    works, settled = _works(place, crew.author, crew.critics, chosen)
    hidden = _controls(place, crew, chosen, seen)
    asked = {work.case.sample_id for work in works} | {c.case.sample_id for c in hidden}
    known_calls = calls_of(place.ledger, sorted(asked)) if asked else {}
    return Page(works, hidden, Memo(known_calls, writer, crew.open), settled)


def _works(
    place: Workplace,
    author: AuthorBackend,
    critics: tuple[CriticBackend, ...],
    seen: Sequence[tuple[Case, Sight]],
) -> tuple[list[Work], Counter[str]]:
    """The samples that have something to do, and how many of the others are in which state."""
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
                author=author,
                critics=critics,
                recipe_seed=place.recipe.seed,
                max_attempts=place.recipe.author.attempts,
                objections=objections,
            )
            if mark == known.fingerprint:
                settled[known.state] += 1
                continue
        works.append(Work(case, sight, objections, known))
    return works, settled


def _controls(
    place: Workplace,
    crew: Crew,
    of: Sequence[tuple[Case, Sight]],
    seen: Sequence[tuple[Case, Sight]],
) -> list[controls.Control]:
    """The controls that are made of some of the samples seen and were not judged yet."""
    share = controls.share(place.recipe.critics)
    open_ = [c for c in crew.critics if ("critic", c.identity.model) in crew.open]
    if not open_:
        return []
    chosen = [
        (case, sight)
        for case, sight in of
        if controls.is_chosen(place.recipe.seed, case.sample_id, share)
    ]
    done = set(controls.judged_of(place.ledger, [case.sample_id for case, _ in chosen]))
    return [
        controls.make(place.recipe.seed, case, sight, seen)
        for case, sight in chosen
        if any((case.sample_id, c.judge_name, c.version) not in done for c in open_)
    ]


def _sights(
    place: Workplace, samples: Sequence[Harmonised], workers: Executor | None
) -> list[Sight]:
    """What can be shown of each sample; those of one image share what is made of it."""
    seen = [
        View(
            image_pixels_sha256=sample.image_pixels_sha256,
            mask_pixels_sha256=sample.mask_pixels_sha256,
        )
        for sample in samples
    ]
    if workers is None or not crews.members(place):
        return [Unseen(view) for view in seen]
    # Those who look at nothing need no imaging.
    from m3ds.reasoning.pictures import Box, Photograph, Stored

    boxes: dict[str, list[Box]] = {sample.image_sha256: [] for sample in samples}
    for sample in samples:
        if (box := _box(sample)) is not None:
            boxes[sample.image_sha256].append(box)
    load = place.objects.get
    photographs = {
        image: Photograph(partial(load, image), around, workers) for image, around in boxes.items()
    }
    return [
        Stored(
            view,
            photographs[sample.image_sha256],
            partial(load, sample.mask_sha256),
            _box(sample),
        )
        for view, sample in zip(seen, samples, strict=True)
    ]


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
