"""`m3ds publish`: accepted samples to the local dataset folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from m3ds import __version__
from m3ds.errors import UsageError
from m3ds.ledger.tables import exclusions
from m3ds.ledger.views import (
    attempts_of_current,
    current_outcomes,
    judgements_of_current,
    last_pass,
    pass_row,
    steps_of,
)
from m3ds.reasoning import prompts
from m3ds.reasoning.form import answer, messages, question
from m3ds.recipe import digest
from m3ds.release.copies import Member
from m3ds.release.splits import Assignment, assign
from m3ds.schema.release import CONFLICT, Accepted, Row, fate
from m3ds.schema.sample import Harmonised
from m3ds.schema.source import Source
from m3ds.schema.text import Author, Judgement, Steps
from m3ds.sources.registry import adapter
from m3ds.stages import floor, reason
from m3ds.stages.cases import case_of, samples_of
from m3ds.stages.crew import judges
from m3ds.stages.progress import counted, say, track
from m3ds.stages.workplace import Workplace, fingerprint

STAGE = "publish"


def stamp_of(place: Workplace) -> str:
    """The fingerprint of all that the dataset folder is made of."""
    written = last_pass(place.ledger, reason.STAGE, "*")
    passes = ((name, last_pass(place.ledger, "harmonize", name)) for name in place.harmonised)
    harmonised = [(name, done.fingerprint) for name, done in passes if done is not None]
    return fingerprint(
        written.fingerprint if written else None,
        harmonised,
        __version__,
        prompts.sha256("queries.yaml"),
        prompts.sha256("openers.yaml"),
        digest(place.recipe.splits),
        place.recipe.name,
        place.recipe.review.policy,
    )


def _hold_makers(place: Workplace) -> None:
    """Refuse texts that others have written or judged than those that the recipe names now."""
    written = last_pass(place.ledger, reason.STAGE, "*")
    makers = written.body.get("makers") if written else None
    if makers is not None and makers != reason.makers_of(place):
        raise UsageError(
            "the recipe's author, critic or checks are not those that accepted the texts",
            where=place.pipeline,
            todo=f"run: {place.command('reason')}",
        )


def is_done(place: Workplace) -> bool:
    """Whether the folder is there as this ledger and recipe make it."""
    last = last_pass(place.ledger, STAGE, "*")
    if last is None or last.fingerprint != stamp_of(place):
        return False
    return bool(last.body["files"] == files_of(place))


def run(place: Workplace) -> bool:
    """Write the dataset folder; returns whether there was anything to do.

    Raises:
        UsageError: no sample is accepted yet, or they were accepted under another recipe.
        CriticBelowFloor: a critic that accepted them is not to be trusted.
    """
    _hold_makers(place)
    floor.hold(place)
    if is_done(place):
        return False
    # `datasets` takes a second to import, which a build without work does not spend.
    from m3ds.release.folder import write

    accepted = list(_accepted(place))
    if not accepted:
        raise UsageError(
            "no sample is accepted yet, so there is nothing to publish",
            where=place.workdir,
            todo="`m3ds status` shows where samples are; `m3ds build` runs every stage in order",
        )
    sources = {name: adapter(name).source for name in place.harmonised}
    # All samples take part, accepted or not: a split must not change as texts are accepted.
    members = (
        _member(sample, source)
        for name, source in sources.items()
        for sample in samples_of(place, name)
    )
    assignment = assign(members, place.recipe.splits)
    rows = [
        _row(entry, sources[entry.sample.source], assignment)
        for entry in accepted
        if entry.sample.sample_id in assignment.split
    ]
    # A conflict is a fault of the sample; a leak leaves out what has an accepted text.
    texts = {entry.sample.sample_id for entry in accepted}
    excluded = {
        name: found
        for name, found in assignment.excluded.items()
        if found[0] == CONFLICT or name in texts
    }
    kept_out = Counter(code for code, _ in excluded.values())
    with track("writing dataset", len(rows), unit="rows") as advance:
        counts = write(
            place.dataset,
            rows,
            list(sources.values()),
            place.objects,
            recipe=place.recipe.name,
            excluded=kept_out,
            advance=advance,
        )
    stamp = stamp_of(place)
    body = {
        "rows": {
            name: {split: size.rows for split, size in splits.items()}
            for name, splits in counts.sizes.items()
        },
        "files": files_of(place),
    }
    place.ledger.append([*_exclusion_rows(stamp, excluded), pass_row(STAGE, "*", stamp, body)])
    out = "".join(f", {n:,} {fate(code)} as {code}" for code, n in sorted(kept_out.items()))
    of = counted(len(counts.sizes), "source")
    say(f"wrote {place.dataset}: {counted(counts.total, 'row')} of {of}{out}")
    return True


def _accepted(place: Workplace) -> Iterator[Accepted]:
    outcomes = current_outcomes(place.ledger)
    steps = steps_of(place.ledger)
    written = attempts_of_current(place.ledger)
    critics = judges(place)
    judged = judgements_of_current(place.ledger, critics) if critics else {}
    for name in place.harmonised:
        source = adapter(name).source
        for sample in samples_of(place, name):
            outcome = outcomes.get(sample.sample_id)
            if outcome is None or outcome.state != "accepted":
                continue
            case = case_of(place, source, sample)
            own = Steps.model_validate(steps[outcome.text_sha])
            asked = question(case)
            told = answer(case, own)
            attempt = written[sample.sample_id]
            yield Accepted(
                sample=sample,
                label_options=case.label_options,
                question=asked,
                answer=told,
                messages=tuple(messages(asked, told)),
                steps=own,
                hint_level=attempt.hint_level,
                attempt=outcome.attempt,
                author=Author.model_validate(attempt.author),
                judgements=tuple(
                    Judgement.model_validate(judged[outcome.text_sha][judge]) for judge in critics
                ),
                checks_version=outcome.checks_version,
                text_sha=outcome.text_sha,
                review_policy=place.recipe.review.policy,
            )


def _member(sample: Harmonised, source: Source) -> Member:
    label = next((label for label in source.labels.labels if label.name == sample.diagnosis), None)
    return Member(
        sample_id=sample.sample_id,
        image_id=sample.image_id,
        source=sample.source,
        official_split=sample.official_split,
        group=sample.group,
        file_sha256=sample.file_sha256,
        pixels_sha256=sample.image_pixels_sha256,
        diagnosis=sample.diagnosis,
        malignancy=label.malignancy if label else None,
        is_negative=sample.is_negative,
        single=source.single,
    )


def _row(accepted: Accepted, source: Source, assignment: Assignment) -> Row:
    name = accepted.sample.sample_id
    flags = list(assignment.flags.get(name, ()))
    if source.laterality == "unknown":
        flags.append("sides_unknown")
    return Row(
        accepted=accepted,
        source=source,
        split=assignment.split[name],
        group_id=assignment.group_id[name],
        flags=tuple(sorted(flags)),
    )


def _exclusion_rows(
    stamp: str, excluded: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[Any, dict[str, Any]]]:
    for name, (code, seen) in sorted(excluded.items()):
        yield exclusions, {"fingerprint": stamp, "sample_id": name, "code": code, "seen": seen}


def files_of(place: Workplace) -> dict[str, str]:
    """The sha256 of each file of the dataset folder, by name; unchanged ones are not read."""
    found = sorted(p for p in place.dataset.rglob("*") if p.is_file())
    files = {p.relative_to(place.dataset).as_posix(): place.digests(p) for p in found}
    place.digests.save()
    return files
