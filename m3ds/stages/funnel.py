"""How many samples of each source are where: the numbers behind `status` and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from m3ds.errors import ModelUnavailable
from m3ds.ledger import tallies
from m3ds.ledger.views import last_pass
from m3ds.recipe import Phantoms
from m3ds.schema.release import CONFLICT, fate
from m3ds.stages import publish
from m3ds.stages.progress import say
from m3ds.stages.workplace import Workplace

STEPS = (
    "read",
    "incomplete",
    "skipped",
    "dropped",
    "quarantined",
    "harmonised",
    "needs_author",
    "needs_critic",
    "needs_review",
    "exhausted",
    "rejected",
    "accepted",
    "left_out",
    "published",
)

_WAITS = ModelUnavailable.__name__


@dataclass(slots=True)
class Funnel:
    """`counts` has one row per source and a column per step; `reasons` says why things fell out.

    counts: source, *STEPS (Int64). reasons: source, step, code, n, example (Utf8, n Int64).
    """

    counts: pl.DataFrame
    reasons: pl.DataFrame
    absent: dict[str, list[str]] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)
    ignored_examples: dict[str, list[str]] = field(default_factory=dict)


def collect(place: Workplace, names: Sequence[str]) -> Funnel:
    """Read the funnel of the sources called `names` from the ledger."""
    passes = passes_of(place, names)
    downloads = {name: last_pass(place.ledger, "download", name) for name in names}
    told = {name: done.body for name, done in downloads.items() if done}
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    why = _Why()
    _add_fallen(place, passes, counts, why)
    _add_samples(place, passes, counts, why)
    return Funnel(
        pl.DataFrame(
            [{"source": name, **{s: own[s] for s in STEPS}} for name, own in counts.items()],
            schema={"source": pl.String, **dict.fromkeys(STEPS, pl.Int64)},
        ),
        pl.DataFrame(
            why.rows(names),
            schema={
                "source": pl.String,
                "step": pl.String,
                "code": pl.String,
                "n": pl.Int64,
                "example": pl.String,
            },
        ),
        {name: body["absent"] for name, body in told.items()},
        {name: body["ignored"] for name, body in told.items()},
        {name: body["ignored_examples"] for name, body in told.items()},
    )


def _add_fallen(
    place: Workplace, passes: tallies.Passes, counts: dict[str, Counter[str]], why: _Why
) -> None:
    """Count what did not become a sample."""
    for row in tallies.fallen(place.ledger, passes):
        own = counts[row.source]
        own["read"] += 1
        own[row.kind] += 1
        if row.kind == "dropped":
            seen = f"{row.item.partition(' ')[2]}: is a negative, which this recipe drops"
            why.add(row.source, row.kind, "Negative", seen)
        else:
            seen = f"{row.body['where']}: {row.body['seen']}"
            why.add(row.source, row.kind, row.body["code"], seen)


def _add_samples(
    place: Workplace, passes: tallies.Passes, counts: dict[str, Counter[str]], why: _Why
) -> None:
    """Count samples by state, and what the newest release did with them."""
    released = last_pass(place.ledger, publish.STAGE, "*")
    for row in tallies.states(place.ledger, passes, released.fingerprint if released else None):
        own = counts[row.source]
        own["read"] += row.n
        own["harmonised"] += row.n
        own[row.state] += row.n
        own["left_out"] += row.n if row.code not in {None, CONFLICT} else 0
    if released:
        for row in tallies.left_out(place.ledger, passes, released.fingerprint):
            # A conflict of labels is a fault of the sample; a leak only keeps it out.
            step = fate(row.code).replace(" ", "_")
            why.add(row.source, step, row.code, f"{row.sample_id}: {row.seen}")
        for name, own in counts.items():
            own["published"] = sum(released.body["rows"].get(name, {}).values())
    for row in tallies.reasons(place.ledger, passes):
        # A server's refusal begins with the error's name; what waits does so for one cause.
        is_final = row.state == "quarantined"
        code, _, seen = row.reason.partition(": ") if is_final else (_WAITS, "", row.reason)
        why.add(row.source, row.state, code, f"{row.one}: {seen}", row.n)
    told = None
    for row in tallies.exhausted(place.ledger, passes):
        if row.sample_id != told:
            code, seen = _last_objection(row.failures)
            why.add(row.source, "exhausted", code, f"{row.sample_id}: {seen}")
        told = row.sample_id


def _last_objection(failures: Sequence[Mapping[str, Any]] | None) -> tuple[str, str]:
    """The first thing that was held against a sample's last text: its code, and in words."""
    if not failures:
        return "objected_to", "its last text was objected to after it was accepted"
    first = failures[0]
    return first["code"], f"{first['claimed'] or 'nothing'}; expected: {first['expected']}"


def passes_of(place: Workplace, names: Sequence[str]) -> dict[str, str]:
    """The fingerprint of the newest pass over each of the sources that were harmonised."""
    passes = {name: last_pass(place.ledger, "harmonize", name) for name in names}
    return {name: done.fingerprint for name, done in passes.items() if done}


class _Why:
    """Reasons with how often they occurred; of each only the first example is kept."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], tuple[int, str]] = {}

    def add(self, source: str, step: str, code: str, seen: str, n: int = 1) -> None:
        """Count `n` more."""
        before, first = self._found.get((source, step, code), (0, seen))
        self._found[source, step, code] = (before + n, first)

    def rows(self, names: Sequence[str]) -> list[dict[str, object]]:
        """By source in the order of `names`, then by step and code."""
        ordered = sorted(self._found.items(), key=lambda item: (names.index(item[0][0]), item[0]))
        return [
            {"source": source, "step": step, "code": code, "n": n, "example": example}
            for (source, step, code), (n, example) in ordered
        ]


def exit_code(place: Workplace) -> int:
    """1 if more than `max_quarantined` was quarantined, or a whole source refused; else 0."""
    # Of all that is released, whatever `--source` limits the work to.
    passes = {name: last_pass(place.ledger, "harmonize", name) for name in place.harmonised}
    done = {name: last for name, last in passes.items() if last is not None}
    released = last_pass(place.ledger, publish.STAGE, "*")
    states: Counter[str] = Counter()
    for row in tallies.states(
        place.ledger,
        {name: last.fingerprint for name, last in done.items()},
        released.fingerprint if released else None,
    ):
        states[row.state] += row.n
    broken = sum(last.body["counts"].get("quarantined", 0) for last in done.values())
    quarantined, read = broken + states["quarantined"], broken + states.total()
    refused = [name for name in place.sources if name in done and done[name].body["refused"]]
    if refused:
        say(f"nothing of {', '.join(refused)} could be read; `{place.command('status')}` says why")
    if read and quarantined / read > place.recipe.max_quarantined:
        # A handful of faults is planted whatever the number of images.
        planted = isinstance(place.recipe.input, Phantoms)
        hint = "; phantoms have planted faults, which weigh more the fewer images there are"
        say(
            f"{quarantined:,} of {read:,} samples were quarantined, more than the recipe's "
            f"max_quarantined of {place.recipe.max_quarantined:.1%}{hint if planted else ''}; "
            f"`{place.command('status')}` says why"
        )
        return 1
    return int(bool(refused))
