"""What the reasoning of a build will take: a probe, and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from m3ds.ledger.views import item_rows, last_pass
from m3ds.reasoning import templates
from m3ds.recipe import ModelPart, OpenaiAuthor, OpenaiCritic
from m3ds.stages import controls, probe, reason
from m3ds.stages import crew as crews
from m3ds.stages.estimate import (
    NOTHING,
    Limits,
    Member,
    Range,
    by_probe,
    by_recipe,
    highest,
    projected,
    summed,
    total,
)
from m3ds.stages.pages import unfinished
from m3ds.stages.probe import Probe
from m3ds.stages.workplace import Workplace

_CALL_BYTES = 4500
"""Of a call in the ledger, with its share of what follows from it; where no probe measured it."""

_DATABASE = 1.5
"""What a database takes for a row, in times of its JSON: keys, indexes, pages that are not full."""

_ROW_BYTES = 3000
"""Of a published row beside its pictures, compressed."""

_SIZED = 200
"""Pictures of a source that are looked at for their size."""


@dataclass(frozen=True, slots=True)
class Load:
    """How long one model is busy.

    Args:
        requests: To it.
        seconds: Of one, in the probe; None where none was answered.
        under_way: Requests under way in the probe, in the mean.
        slots: Requests that one endpoint works on at a time.
        endpoints: How many.
        gpus: Behind each; None where they are somebody else's.
    """

    requests: Range
    seconds: float | None
    under_way: float
    slots: int
    endpoints: int
    gpus: int | None

    @property
    def wall_s(self) -> Range | None:
        """Requests × seconds / (slots × endpoints)."""
        if self.seconds is None:
            return NOTHING if self.requests == NOTHING else None
        return self.requests.times(self.seconds / (self.slots * self.endpoints))

    @property
    def gpu_hours(self) -> Range | None:
        """Requests × seconds / slots × GPUs per endpoint."""
        if self.wall_s is None or self.gpus is None:
            return None
        return self.wall_s.times(self.endpoints * self.gpus / 3600)

    @property
    def most_s(self) -> Range | None:
        """`wall_s` if no more requests than in the probe are ever worked on at a time."""
        if self.seconds is None:
            return NOTHING if self.requests == NOTHING else None
        slots = max(1.0, min(self.under_way, self.slots * self.endpoints))
        return self.requests.times(self.seconds / slots)

    @property
    def most_hours(self) -> Range | None:
        """`gpu_hours` in that case."""
        if self.most_s is None or self.gpus is None:
            return None
        return self.most_s.times(self.endpoints * self.gpus / 3600)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known before the long run.

    Args:
        samples, unfinished: Of the build; what has something to do, after the probe.
        absent: Sources that are not harmonised, which nothing is said of.
        probe: None where nobody has to be asked.
        measured: Whether `calls` comes from the probe; otherwise it is what the recipe allows.
        calls: As `estimate.by_recipe` returns it.
        paid: The models that are servers.
        loads: Of these, where the probe measured them.
        wall_s, most_s: All of it, with those that share GPUs one after another; and the same if
            servers never work on more requests at a time than in the probe.
        controls: Hidden controls that the samples are made into; those of them that are left.
        disk: Bytes of `ledger` (what is added), `objects` (there already), `dataset` (at most).
    """

    samples: int
    unfinished: int
    absent: tuple[str, ...]
    probe: Probe | None
    measured: bool
    calls: pl.DataFrame
    paid: tuple[Member, ...]
    loads: dict[Member, Load]
    wall_s: Range | None
    most_s: Range | None
    controls: tuple[int, int]
    disk: dict[str, Range]

    @property
    def waits(self) -> str:
        """Why a model could not be asked; empty where none had to be, or all could."""
        return self.probe.reason if self.probe else ""

    @property
    def gpu_hours(self) -> Range | None:
        """Of all models whose GPUs are known, together; None where nothing was measured."""
        hours = [load.gpu_hours for load in self.loads.values() if load.gpus is not None]
        known = [found for found in hours if found is not None]
        return summed(known) if self.measured and len(known) == len(hours) else None


def make(place: Workplace, wanted: int, gpus: int | None) -> Plan:
    """Run a probe where models have to be asked, and reckon from it.

    Args:
        place: Where.
        wanted: Samples of the probe.
        gpus: Behind each endpoint; None for what the recipe says.

    Raises:
        UsageError: nothing is harmonised yet.
        LicenceRefused, CriticBelowFloor: as the loop itself.
    """
    reason.stamp_of(place)
    left: dict[str, list[str]] = defaultdict(list)
    for case in unfinished(place):
        left[case.source].append(case.sample_id)
    servers = crews.members(place)
    paid = tuple((role, part.model) for role, part in servers)
    found = None
    if paid and left:
        found = probe.run(place, probe.pick(left, wanted, place.recipe.seed))
        left = {n: [i for i in ids if i not in found.done.get(n, ())] for n, ids in left.items()}
    rest = {name: len(ids) for name, ids in left.items() if ids}
    measured = found is not None and any(found.done.values())
    writer = crews.author_of(place).identity.model
    everyone = [("author", writer), *(member for member in paid if member[0] == "critic")]
    rubric = templates.rubric()
    limits = Limits(
        place.recipe.author.attempts,
        {
            "critiques": len({d.view for d in rubric.dimensions.values()}),
            "scores": len(rubric.dimensions),
            "vetoes": len(rubric.vetoes),
        },
    )
    samples = _stored(place)
    chosen, hidden = _controls(place, samples)
    if found is not None and measured:
        calls = by_probe(found.measured, found.done, rest, everyone, hidden, limits)
    else:
        calls = by_recipe(everyone, paid, sum(rest.values()), hidden, limits)
    loads = {(role, part.model): _load(calls, found, role, part, gpus) for role, part in servers}
    return Plan(
        samples=len(samples),
        unfinished=sum(rest.values()),
        absent=tuple(name for name in place.sources if name not in place.harmonised),
        probe=found,
        measured=measured,
        calls=calls,
        paid=paid,
        loads=loads if measured else {},
        wall_s=_wall(place, {of: load.wall_s for of, load in loads.items()}) if measured else None,
        most_s=_wall(place, {of: load.most_s for of, load in loads.items()}) if measured else None,
        controls=(chosen, hidden),
        disk=_disk(place, samples, found, rest, calls),
    )


def _load(
    calls: pl.DataFrame, found: Probe | None, role: str, part: ModelPart, gpus: int | None
) -> Load:
    served = found.served.get((role, part.model)) if found else None
    answered = served is not None and served.requests > 0
    theirs = isinstance(part, OpenaiAuthor | OpenaiCritic)
    own = None if theirs else max(part.serve.tensor_parallel, len(part.serve.gpus))
    return Load(
        requests=total(calls, "calls", (role, part.model)) or NOTHING,
        seconds=served.seconds / served.requests if served and answered else None,
        under_way=served.seconds / served.wall_s if served and answered else 0.0,
        slots=part.window or part.serve.max_num_seqs,
        endpoints=len(part.servers) or 1,
        gpus=gpus if gpus is not None else own,
    )


def _wall(place: Workplace, times: dict[Member, Range | None]) -> Range | None:
    """Servers that are there anyway work all the time; of those started here, turn by turn."""
    if any(busy is None for busy in times.values()):
        return None

    def longest(parts: Sequence[tuple[str, ModelPart]]) -> Range:
        return highest(times[role, part.model] or NOTHING for role, part in parts)

    turns = crews.turns(place, reason.BOTH)
    started = [[(role, part) for role, part in turn if not part.servers] for turn in turns]
    always = [(role, part) for role, part in turns[0] if part.servers]
    return highest((longest(always), summed(longest(turn) for turn in started)))


def _stored(place: Workplace) -> pl.DataFrame:
    """All harmonised samples: source, sample_id, image and mask (addresses of their objects)."""
    rows = []
    for name in place.sources:
        done = last_pass(place.ledger, "harmonize", name)
        if done is None:
            continue
        rows += [
            (name, row.sample_id, row.body["image_sha256"], row.body["mask_sha256"])
            for row in item_rows(place.ledger, name, done.fingerprint, "sample")
        ]
    return pl.DataFrame(rows, schema=["source", "sample_id", "image", "mask"], orient="row")


def _controls(place: Workplace, samples: pl.DataFrame) -> tuple[int, int]:
    """Controls that are made of all samples, and those that a critic still has to judge."""
    critics = crews.critics_of(place)
    share = controls.share(place.recipe.critics)
    chosen = [
        name for name in samples["sample_id"] if controls.is_chosen(place.recipe.seed, name, share)
    ]
    done = set(controls.judged_of(place.ledger, chosen))
    left = sum(any((i, c.judge_name, c.version) not in done for c in critics) for i in chosen)
    return len(chosen), left


def _disk(
    place: Workplace,
    samples: pl.DataFrame,
    found: Probe | None,
    rest: dict[str, int],
    calls: pl.DataFrame,
) -> dict[str, Range]:
    """Bytes: what is added to the ledger, the objects that are there, the dataset at most."""
    if found is not None and any(found.done.values()):
        kept = {name: [float(found.kept[i]) for i in ids] for name, ids in found.done.items()}
        ledger = projected(kept, rest).times(_DATABASE)
    else:
        ledger = (total(calls, "calls") or NOTHING).times(_CALL_BYTES)
    objects = dataset = 0.0
    for kind in ("image", "mask"):
        for group in samples.partition_by("source"):
            different = group[kind].unique().sort()
            some = different.gather_every(max(1, len(different) // _SIZED))
            mean = sum(map(place.objects.size, some)) / len(some)
            objects += mean * len(different)
            dataset += mean * len(group)
    dataset += _ROW_BYTES * len(samples)
    return {
        "ledger": ledger,
        "objects": Range(objects, objects, objects),
        "dataset": Range(dataset, dataset, dataset),
    }
