"""The samples of a build, page by page: what each still has to do, and what is known of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
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
from m3ds.reasoning.sight import SHOWN, Name, Sight, Unseen
from m3ds.schema.case import Case
from m3ds.schema.sample import Harmonised
from m3ds.schema.source import Source
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

_Sights = Callable[[Sequence[Harmonised]], list[Sight]]


@dataclass(slots=True)
class Work:
    """One sample that has something to do."""

    case: Case
    sight: Sight
    objections: tuple[Objection, ...]
    before: sa.Row[Any] | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger has about one sample: its newest outcome, and objections to its texts."""

    outcome: sa.Row[Any] | None
    objections: Sequence[sa.Row[Any]]

    @property
    def settled(self) -> str:
        """The state of a sample that waits for nobody and whose text nobody objects to; or ""."""
        now = self.outcome
        if now is None or now.state.startswith("needs_"):
            return ""
        return "" if any(o.text_sha == now.text_sha for o in self.objections) else str(now.state)


@dataclass(slots=True)
class Page:
    """Some samples of one source: what there is to do, its memo, and the states of the rest.

    `unjudged` counts the controls that wait for a critic that is not here.
    """

    works: list[Work]
    controls: list[controls.Control]
    memo: Memo
    settled: Counter[str]
    unjudged: int


async def pages(
    place: Workplace,
    crew: Crew,
    writer: Writer,
    workers: Executor,
    only: frozenset[str] | None = None,
    *,
    verified: bool = False,
) -> AsyncIterator[Page]:
    """All samples, or those whose ids are in `only`, page by page.

    Args:
        place: Where.
        crew: Who may be asked.
        writer: Where new calls go.
        workers: Where pictures are made.
        only: Which samples; None for all.
        verified: Every outcome in the ledger is of what its loop reads now, as after a whole turn
            of the same run: a sample is looked at only if it waits or its text was objected to.
    """
    for source, rows in _rows(place):
        known = _known(
            place, [row.sample_id for row in rows if only is None or row.sample_id in only]
        )
        if known:
            yield _page(place, crew, writer, workers, (source, rows), known, verified=verified)
        await asyncio.sleep(0)


def unfinished(place: Workplace) -> Iterator[Case]:
    """The samples that have something to do, whoever may be asked."""
    author, critics = crews.author_of(place), crews.critics_of(place)
    for source, rows in _rows(place):
        known = _known(place, [row.sample_id for row in rows])
        works, _ = _works(place, author, critics, _seen(place, source, rows, _unseen), known)
        yield from (work.case for work in works)


def _rows(place: Workplace) -> Iterator[tuple[Source, Sequence[sa.Row[Any]]]]:
    """The samples of each page as the ledger has them, with their source."""
    for name in place.sources:
        last = last_pass(place.ledger, "harmonize", name)
        if last is not None:
            for rows in item_pages(place.ledger, name, last.fingerprint, "sample", SIZE):
                yield adapter(name).source, rows


def _seen(
    place: Workplace, source: Source, rows: Sequence[sa.Row[Any]], sights: _Sights
) -> list[tuple[Case, Sight]]:
    """The samples of a page, each with what is shown of it."""
    samples = [Harmonised.model_validate(row.body) for row in rows]
    cases = [case_of(place, source, one) for one in samples]
    return list(zip(cases, sights(samples), strict=True))


def _known(place: Workplace, ids: Sequence[str]) -> dict[str, _Known]:
    """What the ledger has about some samples, by id and in their order."""
    before = outcomes_of(place.ledger, ids) if ids else {}
    against = objections_of(place.ledger, ids) if ids else {}
    return {name: _Known(before.get(name), against.get(name, ())) for name in ids}


def _page(
    place: Workplace,
    crew: Crew,
    writer: Writer,
    workers: Executor,
    page: tuple[Source, Sequence[sa.Row[Any]]],
    known: Mapping[str, _Known],
    *,
    verified: bool,
) -> Page:
    settled = {name: one.settled for name, one in known.items() if verified and one.settled}
    hidden, elsewhere = _unjudged(place, crew, list(known))
    if not hidden and len(settled) == len(known):
        return Page([], [], Memo({}, writer, crew.open), Counter(settled.values()), elsewhere)
    seen = _seen(place, *page, partial(_sights, place, _shown(crew), workers))
    todo = [one for one in seen if one[0].sample_id in known and one[0].sample_id not in settled]
    works, states = _works(place, crew.author, crew.critics, todo, known)
    judged = [
        controls.make(place.recipe.seed, case, sight, seen)
        for case, sight in seen
        if case.sample_id in hidden
    ]
    asked = {work.case.sample_id for work in works} | hidden
    known_calls = calls_of(place.ledger, sorted(asked)) if asked else {}
    states.update(settled.values())
    return Page(works, judged, Memo(known_calls, writer, crew.open), states, elsewhere)


def _works(
    place: Workplace,
    author: AuthorBackend,
    critics: tuple[CriticBackend, ...],
    seen: Sequence[tuple[Case, Sight]],
    known: Mapping[str, _Known],
) -> tuple[list[Work], Counter[str]]:
    """The samples that have something to do, and how many of the others are in which state."""
    works, states = [], Counter[str]()
    for case, sight in seen:
        before = known[case.sample_id].outcome
        objections = tuple(map(_objection, known[case.sample_id].objections))
        if before is not None and not before.state.startswith("needs_"):
            mark = fingerprint(
                case,
                sight.view,
                author=author,
                critics=critics,
                recipe_seed=place.recipe.seed,
                max_attempts=place.recipe.author.attempts,
                objections=objections,
            )
            if mark == before.fingerprint:
                states[before.state] += 1
                continue
        works.append(Work(case, sight, objections, before))
    return works, states


def _unjudged(place: Workplace, crew: Crew, ids: Sequence[str]) -> tuple[frozenset[str], int]:
    """Of some samples, those of which controls are made that a critic here did not judge yet.

    And how many wait for critics that are not here.
    """
    share = controls.share(place.recipe.critics)
    chosen = [name for name in ids if controls.is_chosen(place.recipe.seed, name, share)]
    done = set(controls.judged_of(place.ledger, chosen)) if chosen else set()
    left = [
        (name, ("critic", critic.identity.model) in crew.open)
        for critic in crew.critics
        for name in chosen
        if (name, critic.judge_name, critic.version) not in done
    ]
    here = frozenset(name for name, is_here in left if is_here)
    return here, sum(not is_here for _, is_here in left)


def _shown(crew: Crew) -> frozenset[Name]:
    """What those who can be asked are shown."""
    return frozenset(name for role, _ in crew.open for name in SHOWN[role])


def _view(sample: Harmonised) -> View:
    return View(
        image_pixels_sha256=sample.image_pixels_sha256,
        mask_pixels_sha256=sample.mask_pixels_sha256,
    )


def _unseen(samples: Sequence[Harmonised]) -> list[Sight]:
    """For those who look at nothing."""
    return [Unseen(_view(sample)) for sample in samples]


def _sights(
    place: Workplace,
    names: frozenset[Name],
    workers: Executor,
    samples: Sequence[Harmonised],
) -> list[Sight]:
    """What is shown of each sample; those of one image share what is made of it."""
    if not names:
        return _unseen(samples)
    # Those who look at nothing need no imaging.
    from m3ds.reasoning.pictures import Photograph, Region, Stored

    load = place.objects.get
    regions = [
        None if (box := _box(sample)) is None else Region(box, partial(load, sample.mask_sha256))
        for sample in samples
    ]
    around: dict[str, list[Region]] = {sample.image_sha256: [] for sample in samples}
    for sample, region in zip(samples, regions, strict=True):
        if region is not None:
            around[sample.image_sha256].append(region)
    photographs = {
        image: Photograph(partial(load, image), found, names, workers)
        for image, found in around.items()
    }
    return [
        Stored(_view(sample), photographs[sample.image_sha256], region)
        for sample, region in zip(samples, regions, strict=True)
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
