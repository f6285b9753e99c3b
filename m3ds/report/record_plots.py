"""The plots of the reasoning: who was told what, who refused what, and how good the critics are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from markupsafe import Markup
from numpy.typing import NDArray

from m3ds.report.flow import Part, placed
from m3ds.report.plots import bars
from m3ds.report.record import KINDS, Record
from m3ds.report.svg import WIDTH, bar, clipped, figure, line, path, text
from m3ds.report.words import share

_ROW = 24.0
_THICK = 12.0
_LABEL = 162.0
_HEAD = 26.0
"""Height of a line that names a judge."""

_BOLD = 7.4
"""Width of a bold letter, generously, in user units."""

_BINS = 16
_TONES = {
    "attempt 1": "first",
    "attempt 2": "second",
    "exhausted": "failed",
    "rejected": "failed",
    "waiting": "waiting",
    "quarantined": "quarantined",
}


def tone_of_end(end: str) -> str:
    """The colour class of an end; all attempts after the second share one."""
    return _TONES.get(end, "later")


def finished_bar(own: Mapping[str, int]) -> list[Part]:
    """One source's samples by the end they came to; the parts add up to the whole bar."""
    return placed([(end, tone_of_end(end), n) for end, n in own.items() if n])


def hints(record: Record) -> Markup:
    """Accepted texts by what their author was told of the diagnosis."""
    by_source = record.hints_by_source().values()
    names = dict.fromkeys(name for own in by_source for name in own)
    counts = [(name, sum(own[name] for own in by_source)) for name in names]
    return bars(counts, "Accepted texts by what their author was told", shares=True)


def refusals(frame: pl.DataFrame) -> Markup:
    """Refused texts by judge and code; one that failed for two codes counts for both.

    Args:
        frame: Of the schema `record.REFUSALS`.
    """
    most = int(frame["n"].max() or 1)  # type: ignore[arg-type]
    end = WIDTH - 48.0
    span = end - 48 - _LABEL
    parts, said, y = [], [], 0.0
    for (judge,), group in frame.group_by("judge", maintain_order=True):
        texts = int(group["texts"][0])
        parts += _heading(y, _name(str(judge)), f"{texts:,} refused")
        y += _HEAD
        for row in group.iter_rows(named=True):
            width = span * row["n"] / most
            title = f"{row['claimed']}; expected: {row['expected']} ({row['sample_id']})"
            parts += [
                text(0, y + 14, clipped(row["code"].replace("_", " "), 26), "label"),
                bar(_LABEL, y + 4, width, _THICK, "refused", title),
                text(end, y + 14, f"{row['n']:,}", "number", "end"),
                text(WIDTH, y + 14, share(row["n"], texts), "muted", "end"),
            ]
            y += _ROW
        codes = ", ".join(f"{row['code']} {row['n']}" for row in group.iter_rows(named=True))
        said.append(f"{_name(str(judge))} refused {texts}: {codes}")
        y += 8
    return figure(y, f"Refused texts by judge and reason. {'; '.join(said)}.", parts)


def scores(frame: pl.DataFrame) -> Markup:
    """Per critic and dimension a histogram of the expected scores, 1 to 5, and their mean.

    Args:
        frame: Of the schema `record.SCORES`.
    """
    left, right, tall = _LABEL, WIDTH - 62.0, 28.0

    def x_of(score: float) -> float:
        return left + (score - 1) / 4 * (right - left)

    parts, said, y = [], [], 0.0
    for (model,), of_model in frame.group_by("model", maintain_order=True):
        dimensions = list(of_model.group_by("dimension", maintain_order=True))
        parts += _heading(y, str(model), "mean")
        y += _HEAD
        for score in range(1, 6):
            x, bottom = x_of(score), y + tall * len(dimensions)
            parts.append(line(x, y, x, bottom, "grid"))
            parts.append(text(x, bottom + 14, str(score), "muted", "middle"))
        for (dimension,), own in dimensions:
            y += tall
            base, values, weights = y - 3, own["score"].to_numpy(), own["n"].to_numpy()
            mean = float(np.average(values, weights=weights))
            outline = _histogram(values, weights, left, right, base, tall - 8)
            parts += [
                text(0, base - 5, str(dimension), "label"),
                line(left, base, right, base, "axis"),
                path(outline, "area", f"{weights.sum():,} texts"),
                line(x_of(mean), base - tall + 7, x_of(mean), base + 2, "median"),
                text(WIDTH, base - 5, f"{mean:.1f}", "number", "end"),
            ]
            said.append(f"{model}, {dimension}: mean {mean:.1f}")
        y += 26
    return figure(y, f"Critics' scores of the published texts. {'; '.join(said)}.", parts)


def _histogram(
    values: NDArray[np.float64],
    weights: NDArray[np.int64],
    left: float,
    right: float,
    base: float,
    tall: float,
) -> str:
    """Bars over 1 to 5 as path data; the highest reaches `tall`."""
    counts, _ = np.histogram(values, _BINS, (1, 5), weights=weights)
    width = (right - left) / _BINS
    high = tall * counts / counts.max()
    return "".join(
        f"M{left + at * width:.1f} {base:.1f}v{-up:.1f}h{width:.1f}v{up:.1f}z"
        for at, up in enumerate(high.tolist())
        if up
    )


def controls(frame: pl.DataFrame) -> Markup:
    """Per critic and kind of control the share that it refused, beside the recipe's limits.

    Args:
        frame: Of the schema `record.CONTROLS`.
    """
    parts, said, y = [], [], 0.0
    for (judge,), own in frame.group_by("judge", maintain_order=True):
        parts += _heading(y, _name(str(judge)), "refused")
        said.append(_name(str(judge)))
        y += _HEAD
        planted = [_Rate.of(row) for row in own.filter(~pl.col("sound")).iter_rows(named=True)]
        if planted:
            n, caught = sum(rate.judged for rate in planted), sum(rate.refused for rate in planted)
            planted.append(_Rate("all planted errors", n, caught, planted[0].limit))
        sound = [_Rate.of(row) for row in own.filter("sound").iter_rows(named=True)]
        for rates, style, sign in ((planted, "one", "≥"), (sound, "refused", "≤")):
            if rates:
                parts += _rates(y, rates, style)
                said += [f"{rate.name}: {rate.refused} of {rate.judged}" for rate in rates]
                said.append(f"limit {sign} {rates[0].limit:.0%}")
                y += len(rates) * _ROW + 4
        y += 8
    return figure(y, f"Hidden controls that critics refused. {'; '.join(said)}.", parts)


class _Rate(NamedTuple):
    """A kind of control: `refused` of `judged`, and the recipe's limit (0 to 1)."""

    name: str
    judged: int
    refused: int
    limit: float

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> _Rate:
        """A row of the schema `record.CONTROLS`."""
        return cls(KINDS[row["kind"]], row["judged"], row["refused"], row["limit"])


def _rates(y: float, rates: Sequence[_Rate], style: str) -> list[Markup]:
    """Bars on a track from 0 to 100 %, and one line across them at their limit."""
    left, right = _LABEL - 30, WIDTH - 142.0
    parts = []
    for at, rate in enumerate(rates):
        top, reached = y + at * _ROW, rate.refused / rate.judged
        parts += [
            text(0, top + 14, rate.name, "label"),
            bar(left, top + 4, right - left, _THICK, "track"),
            bar(left, top + 4, (right - left) * reached, _THICK, style, f"{reached:.1%}"),
            text(WIDTH - 48, top + 14, f"{rate.refused:,} of {rate.judged:,}", "number", "end"),
            text(WIDTH, top + 14, share(rate.refused, rate.judged), "muted", "end"),
        ]
    x = left + (right - left) * rates[0].limit
    parts.append(line(x, y + 1, x, y + len(rates) * _ROW - 4, "median"))
    return parts


def _heading(y: float, name: str, aside: str) -> list[Markup]:
    """A line that names a judge, with what the numbers at the right are."""
    return [
        text(0, y + 15, clipped(name, int((WIDTH - 80) / _BOLD)), "head"),
        text(WIDTH, y + 15, aside, "muted", "end"),
    ]


def _name(judge: str) -> str:
    return judge.removeprefix("critic:").replace("_", " ")
