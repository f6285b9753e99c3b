"""From what a few samples took to what the rest will take: ranges, and the frames of a plan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

import polars as pl

LEAST_SPREAD = 0.1
"""No range is narrower than this share to either side: a few samples that agree prove little."""

KINDS = {"author": ("texts",), "critic": ("critiques", "scores", "vetoes", "controls")}
AMOUNTS = ("calls", "tokens_in", "cached", "tokens_out")

MEASURED: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("source", "sample_id", "role", "model", "what"), pl.String),
    **dict.fromkeys(AMOUNTS, pl.Int64),
}
"""What a probe measures: one row per sample, model and kind of call."""


class Range(NamedTuple):
    """A number that is not known exactly."""

    low: float
    mean: float
    high: float

    def times(self, factor: float) -> Range:
        """Each of the three, multiplied."""
        return Range(*(factor * value for value in self))


NOTHING = Range(0.0, 0.0, 0.0)


def summed(ranges: Iterable[Range]) -> Range:
    """Ranges added end to end, as of things that are high or low together."""
    return Range(*map(sum, zip(*ranges, strict=True))) if (ranges := list(ranges)) else NOTHING


def highest(ranges: Iterable[Range]) -> Range:
    """The highest low, mean and high of things that go on beside each other."""
    return Range(*map(max, zip(*ranges, strict=True))) if (ranges := list(ranges)) else NOTHING


def projected(values: Mapping[str, Sequence[float]], rest: Mapping[str, int]) -> Range:
    """The sum over all the rest, from some values of each source.

    The stratified estimate of a total: each source's mean times what is left of it, give or take
    two standard errors from the spread within sources. A source that was not probed is taken to be
    as the others, with their whole spread.

    Args:
        values: Per source what its probed samples took.
        rest: Per source the samples that are left.
    """
    known = {name: found for name, found in values.items() if found}
    every = [value for found in known.values() for value in found]
    if not every:
        return NOTHING
    overall = fmean(every)
    within = [(v - fmean(found)) ** 2 for found in known.values() for v in found]
    freedom = len(every) - len(known)
    all_of_it = sum((v - overall) ** 2 for v in every) / max(1, len(every) - 1)
    variance = sum(within) / freedom if freedom else all_of_it
    total = error = 0.0
    for name, n in rest.items():
        found = known.get(name, ())
        total += n * (fmean(found) if found else overall)
        error += n**2 * (variance / len(found) if found else all_of_it)
    half = max(2 * math.sqrt(error), LEAST_SPREAD * total)
    return Range(max(0.0, total - half), total, total + half)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the recipe allows.

    Args:
        attempts: Texts about one sample.
        per_text: Of each kind of judgement, the calls about one text.
    """

    attempts: int
    per_text: Mapping[str, int]

    def of(self, what: str, n: int) -> Range:
        """Calls about `n` samples: from every first text accepted to every last text judged.

        Nothing is known of what lies between; the mean is only the middle.
        """
        per = 1 if what == "texts" else self.per_text[what]
        return Range(n * per, n * per * (1 + self.attempts) / 2, n * per * self.attempts)


Member = tuple[str, str]
"""Role and model."""


def by_recipe(
    members: Sequence[Member], paid: Sequence[Member], n: int, hidden: int, limits: Limits
) -> pl.DataFrame:
    """The calls about `n` samples and `hidden` controls where nothing was measured.

    Returns:
        role, model, what, and for each of `AMOUNTS` a column, with `_low` and `_high` beside it;
        the tokens of those in `paid` are null.
    """
    rows = []
    for role, model in members:
        free = {} if (role, model) in paid else dict.fromkeys(AMOUNTS, NOTHING)
        for what in KINDS[role]:
            calls = _controls(hidden, limits) if what == "controls" else limits.of(what, n)
            rows.append(_row(role, model, what, {**free, "calls": calls}))
    return _frame(rows)


def by_probe(
    measured: pl.DataFrame,
    probed: Mapping[str, Sequence[str]],
    rest: Mapping[str, int],
    members: Sequence[Member],
    hidden: int,
    limits: Limits,
) -> pl.DataFrame:
    """What the rest takes, from the samples that were probed; columns as of `by_recipe`.

    Args:
        measured: As `MEASURED` says.
        probed: Per source the ids of the probe's samples; who has no row in `measured` took none.
        rest: Per source the samples that are left.
        members: The recipe's models.
        hidden: Controls that are left.
        limits: The recipe's.
    """
    n = sum(rest.values())
    rows = []
    for role, model in members:
        of = measured.filter((pl.col("role") == role) & (pl.col("model") == model))
        for what in KINDS[role]:
            if what == "controls":
                rows.append(_row(role, model, what, _of_controls(of, hidden, limits)))
                continue
            found = {r["sample_id"]: r for r in of.filter(pl.col("what") == what).to_dicts()}
            amounts = {
                amount: projected(
                    {
                        source: [float(found[i][amount]) if i in found else 0.0 for i in ids]
                        for source, ids in probed.items()
                    },
                    rest,
                )
                for amount in AMOUNTS
            }
            if what == "texts":
                untouched = all(i in found for ids in probed.values() for i in ids)
                possible = limits.of(what, n)
                amounts["calls"] = _within(
                    amounts["calls"], possible.low if untouched else 0.0, possible.high
                )
            rows.append(_row(role, model, what, amounts))
    return _frame(rows)


def _of_controls(of: pl.DataFrame, hidden: int, limits: Limits) -> dict[str, Range]:
    """Controls are few, so what they take is taken from the critic's other calls."""
    calls = _controls(hidden, limits)
    asked = max(1, int(of["calls"].sum()))
    tokens = {amount: calls.times(int(of[amount].sum()) / asked) for amount in AMOUNTS[1:]}
    return {"calls": calls, **tokens}


def _controls(hidden: int, limits: Limits) -> Range:
    n = float(hidden * sum(limits.per_text.values()))
    return Range(n, n, n)


def _within(found: Range, least: float, most: float) -> Range:
    return Range(*(min(max(value, least), most) for value in found))


def _row(
    role: str, model: str, what: str, amounts: Mapping[str, Range]
) -> dict[str, str | float | None]:
    row: dict[str, str | float | None] = {"role": role, "model": model, "what": what}
    for amount in AMOUNTS:
        found = amounts.get(amount)
        row[f"{amount}_low"] = found.low if found else None
        row[amount] = found.mean if found else None
        row[f"{amount}_high"] = found.high if found else None
    return row


def _frame(rows: Sequence[Mapping[str, str | float | None]]) -> pl.DataFrame:
    names = [f"{amount}{end}" for amount in AMOUNTS for end in ("_low", "", "_high")]
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(("role", "model", "what"), pl.String)
    return pl.DataFrame(rows, schema={**schema, **dict.fromkeys(names, pl.Float64)})


def total(frame: pl.DataFrame, amount: str, member: Member | None = None) -> Range | None:
    """The sum of one amount over a frame of calls, or over one model's; None if any is unknown."""
    if member is not None:
        frame = frame.filter((pl.col("role") == member[0]) & (pl.col("model") == member[1]))
    if frame[amount].null_count():
        return None
    return Range(*(float(frame[f"{amount}{end}"].sum()) for end in ("_low", "", "_high")))


def range_in(row: Mapping[str, Any], amount: str) -> Range | None:
    """One amount of a row of a frame of calls; None if it is unknown."""
    if row[amount] is None:
        return None
    return Range(row[f"{amount}_low"], row[amount], row[f"{amount}_high"])
