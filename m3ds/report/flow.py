"""The funnel as a table: which columns it needs, and each source's bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from m3ds.report.frames import FUNNEL

STEPS = tuple(name for name in FUNNEL if name != "source")
_ALWAYS = frozenset(("read", "harmonised", "accepted", "published"))
_NAMES = {
    "needs_author": "needs author",
    "needs_critic": "needs critic",
    "needs_review": "needs review",
    "left_out": "left out",
}
_TONES = {
    "published": "published",
    "accepted": "waiting",
    "left_out": "left-out",
    "needs_author": "waiting",
    "needs_critic": "waiting",
    "needs_review": "waiting",
    "exhausted": "failed",
    "rejected": "failed",
    "quarantined": "quarantined",
    "dropped": "dropped",
    "skipped": "dropped",
    "incomplete": "incomplete",
}
"""The parts of a bar in their order, each with its colour class."""

_URGENCY = ("quarantined", "exhausted", "rejected", "left_out", "dropped", "skipped", "incomplete")

_LEAST = 1.2
"""Per cent of the bar that the smallest part gets, so that one broken file in 10,000 shows."""


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured part of a bar: `x` and `width` in per cent of it."""

    step: str
    tone: str
    n: int
    x: float
    width: float


def name_of(step: str) -> str:
    """A step as the page calls it."""
    return _NAMES.get(step, step)


def tone_of(step: str) -> str:
    """The colour class of a step's swatch; empty where no part of a bar stands for it."""
    return "" if step == "accepted" else _TONES.get(step, "")


def used_steps(funnel: pl.DataFrame) -> list[str]:
    """The steps that need a column: the road itself, and wherever a sample is."""
    return [step for step in STEPS if step in _ALWAYS or funnel[step].sum()]


def totals(funnel: pl.DataFrame) -> dict[str, int]:
    """Each step over all sources."""
    return {step: int(funnel[step].sum()) for step in STEPS}


def by_urgency(reasons: pl.DataFrame) -> pl.DataFrame:
    """The reasons, those first that someone may have to mend, and the frequent before the rare."""
    rank = pl.col("step").replace_strict({step: at for at, step in enumerate(_URGENCY)}, default=99)
    return reasons.sort(
        [rank, pl.col("n"), "source", "code"], descending=[False, True, False, False]
    )


def bar(row: Mapping[str, int]) -> list[Part]:
    """Where everything that was read of one source is now; the parts add up to the whole bar.

    What is accepted is shown as published, left out, or (until the next release) waiting.
    """
    counts = {step: row[step] for step in _TONES}
    unpublished = max(0, row["accepted"] - row["published"])
    counts["left_out"] = min(row["left_out"], unpublished)
    counts["accepted"] = unpublished - counts["left_out"]
    return placed([(step, _TONES[step], n) for step, n in counts.items() if n > 0])


def placed(present: Sequence[tuple[str, str, int]]) -> list[Part]:
    """The parts of a whole bar: (step, colour class, n), where n is never 0."""
    whole = sum(n for _, _, n in present)
    raised = [max(_LEAST, 100 * n / whole) for _, _, n in present]
    parts, x = [], 0.0
    for (step, tone, n), size in zip(present, raised, strict=True):
        width = 100 * size / sum(raised)
        parts.append(Part(step, tone, n, x, width))
        x += width
    return parts
