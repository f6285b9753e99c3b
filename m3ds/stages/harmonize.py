"""`m3ds harmonize`: every upstream sample as an image and a mask in the object store, measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from m3ds import __version__
from m3ds.errors import (
    DuplicateId,
    LayoutError,
    LedgerError,
    M3dsError,
    UnexpectedError,
    UsageError,
)
from m3ds.facts import FACTS_VERSION, measure
from m3ds.harmonise import HARMONISE_VERSION, harmonise, image_id, sample_id
from m3ds.imaging.decode import encode_mask
from m3ds.imaging.hashes import pixels_sha256
from m3ds.ledger.tables import items
from m3ds.ledger.views import item_names, item_rows, last_pass, pass_row
from m3ds.ledger.writer import Writer
from m3ds.objects import ObjectStore
from m3ds.schema.sample import Harmonised, Problem, Sample
from m3ds.schema.source import Source
from m3ds.sources.registry import adapter
from m3ds.sources.tree import Tree, problem
from m3ds.stages.download import tree_of
from m3ds.stages.progress import counted, say, track
from m3ds.stages.workplace import Workplace, fingerprint

STAGE = "harmonize"
WHOLE_SOURCE = "source"
"""The item under which a source stands of which nothing can be read."""


@dataclass(frozen=True, slots=True)
class Job:
    """One sample to harmonise, with what a worker needs to know of its source."""

    item: str
    sample: Sample
    source: Source
    objects: str
    is_phantom: bool


def run(place: Workplace) -> int:
    """Harmonise every chosen source; returns how many sources had work.

    Raises:
        UsageError: a source was never downloaded.
    """
    worked = 0
    for name in place.sources:
        noted = tree_of(place, name)
        if noted is None:
            raise UsageError(
                f"{name} is not downloaded yet",
                where=place.workdir,
                todo=f"run: {place.command('download')}",
            )
        worked += _source(place, name, *noted)
    return worked


def stamp_of(place: Workplace, source: Source, noted: dict[str, Any]) -> str:
    """The fingerprint of all that harmonising `source` reads."""
    keep = place.recipe.negatives_of(source.name, source.negatives)
    return fingerprint(
        noted["content"],
        keep,
        __version__,
        HARMONISE_VERSION,
        FACTS_VERSION,
        source.model_dump_json(exclude={"supports"}),
        sorted(source.supports),
    )


def work(job: Job) -> Harmonised | Problem:
    """One sample, start to end, in a worker: the objects are stored when this returns."""
    try:
        harmony = harmonise(job.sample, safe_names=job.source.safe_names)
    except M3dsError as error:
        where = f"{job.sample.image.archive}: {job.sample.image.name}"
        return problem(error, where=where)
    image = image_id(job.sample, harmony.file_sha256, safe_names=job.source.safe_names)
    objects = ObjectStore(job.objects)
    mask_bytes, mask_image = encode_mask(harmony.mask)
    facts, regions = measure(
        np.asarray(harmony.image.image), harmony.mask, supports=job.source.supports
    )
    sample = job.sample
    return Harmonised(
        sample_id=sample_id(sample, image),
        image_id=image,
        source=sample.source,
        official_split=sample.official_split,
        group=sample.group,
        file_sha256=harmony.file_sha256,
        image_sha256=objects.put(harmony.image.data),
        image_pixels_sha256=pixels_sha256(harmony.image.image),
        image_format=harmony.image.format,
        mask_sha256=objects.put(mask_bytes),
        mask_pixels_sha256=pixels_sha256(mask_image),
        mask_kind="none" if sample.is_negative else job.source.mask_kind,
        width=harmony.image.image.width,
        height=harmony.image.image.height,
        anatomy=sample.anatomy or job.source.anatomy,
        diagnosis=sample.diagnosis,
        source_label=sample.source_label,
        paper_label=sample.paper_label,
        other_findings=sample.other_findings,
        is_negative=sample.is_negative,
        is_phantom=job.is_phantom,
        has_overlay_text=sample.has_overlay_text,
        files=harmony.files,
        annotation_ids=sample.annotation_ids,
        transforms=harmony.transforms,
        facts=facts,
        regions=regions,
    )


def _source(place: Workplace, name: str, tree: Tree, noted: dict[str, Any]) -> bool:
    source = adapter(name).source
    stamp = stamp_of(place, source, noted)
    last = last_pass(place.ledger, STAGE, name)
    if last is not None and last.fingerprint == stamp:
        return _restore(place, source, tree, noted, stamp)
    keep = place.recipe.negatives_of(name, source.negatives)
    done = item_names(place.ledger, name, stamp)
    seen = {row.sample_id for row in item_rows(place.ledger, name, stamp, "sample")}
    found = list(_read(name, tree, noted))
    todo: list[Job] = []
    with Writer(place.ledger) as writer:

        def record(item: str, kind: str, body: Problem | Harmonised | None) -> None:
            writer.append([_item_row(name, stamp, item, kind, body)])

        for item, entry in found:
            if item in done:
                continue
            if isinstance(entry, Problem):
                record(item, entry.kind, entry)
            elif entry.is_negative and not keep:
                record(item, "dropped", None)
            else:
                todo.append(Job(item, entry, source, place.objects_url, noted["is_phantom"]))
        with track(f"harmonizing {name}", len(todo)) as advance:
            for job, result in place.engine.map(work, todo):
                settled = _settle(job, result, seen)
                kind = settled.kind if isinstance(settled, Problem) else "sample"
                record(job.item, kind, settled)
                advance(1)
    rows = [(row.item, row.kind) for row in item_rows(place.ledger, name, stamp)]
    counts = Counter(kind for _, kind in rows)
    refused = any(item == WHOLE_SOURCE for item, _ in rows)
    body = {"counts": dict(sorted(counts.items())), "refused": refused}
    place.ledger.append([pass_row(STAGE, name, stamp, body)])
    if found or noted["archives"]:  # a source that was left out has been named already
        say(f"harmonized {name}: {_in_words(counts, noted['ignored'])}")
    return True


def _restore(
    place: Workplace, source: Source, tree: Tree, noted: dict[str, Any], stamp: str
) -> bool:
    """Make lost objects again; returns whether any was lost.

    Raises:
        LedgerError: upstream's files do not give what the ledger holds of them.
    """
    if not place.objects.is_local:
        return False
    rows = item_rows(place.ledger, source.name, stamp, "sample")
    lost = {row.item: row.body for row in rows if _is_lost(place.objects, row.body)}
    if not lost:
        return False
    jobs = [
        Job(item, entry, source, place.objects_url, noted["is_phantom"])
        for item, entry in _read(source.name, tree, noted)
        if item in lost and isinstance(entry, Sample)
    ]
    with track(f"restoring {source.name}", len(jobs)) as advance:
        for job, result in place.engine.map(work, jobs):
            body = result.model_dump(mode="json") if isinstance(result, Harmonised) else None
            if body != lost[job.item]:
                raise LedgerError(
                    f"the objects of {job.item!r} are lost and cannot be made as they were",
                    where=place.objects_url,
                    todo="restore that folder from a backup, or build in another --workdir",
                )
            advance(1)
    say(f"restored the lost objects of {len(jobs):,} samples of {source.name}")
    return True


def _is_lost(objects: ObjectStore, body: dict[str, Any]) -> bool:
    return not (objects.has(body["image_sha256"]) and objects.has(body["mask_sha256"]))


def _read(name: str, tree: Tree, noted: dict[str, Any]) -> Iterator[tuple[str, Sample | Problem]]:
    """What the reader yields, each under a name that is unique and stable for the same input."""
    if noted["refused"] is not None:
        yield WHOLE_SOURCE, Problem.model_validate(noted["refused"])
        return
    try:
        for number, entry in enumerate(adapter(name).read(tree)):
            where = entry.where if isinstance(entry, Problem) else entry.stem
            yield f"{number:06} {where}", entry
    except LayoutError as error:
        yield WHOLE_SOURCE, problem(error)


def _settle(
    job: Job, result: Harmonised | Problem | BaseException, seen: set[str]
) -> Harmonised | Problem:
    """A worker's result, or the problem that its exception or its id is."""
    where = f"{job.sample.image.archive}: {job.sample.image.name}"
    if isinstance(result, M3dsError):
        return problem(result, where=where)
    if isinstance(result, BaseException):
        fault = UnexpectedError(
            f"{type(result).__name__}: {result}", todo="a fault of m3ds: please report it"
        )
        return problem(fault, where=where)
    if isinstance(result, Harmonised):
        if result.sample_id in seen:
            return problem(
                DuplicateId(f"leads to the sample id {result.sample_id} a second time"), where=where
            )
        seen.add(result.sample_id)
    return result


def _item_row(
    source: str, stamp: str, item: str, kind: str, body: Problem | Harmonised | None
) -> tuple[Any, dict[str, Any]]:
    return items, {
        "source": source,
        "fingerprint": stamp,
        "item": item,
        "kind": kind,
        "sample_id": body.sample_id if isinstance(body, Harmonised) else None,
        "body": body.model_dump(mode="json") if body is not None else {},
    }


def _in_words(counts: Counter[str], ignored: int) -> str:
    parts = [counted(counts["sample"], "sample")]
    parts += [f"{counts[kind]:,} {kind}" for kind in sorted(counts) if kind != "sample"]
    return ", ".join([*parts, *([f"{counted(ignored, 'file')} ignored"] if ignored else [])])
