"""The plots, as inline SVG: each prints the numbers that it draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from markupsafe import Markup
from numpy.typing import NDArray

from m3ds.report.svg import WIDTH, bar, clipped, figure, line, path, text
from m3ds.report.words import percent, share
from m3ds.schema.base import MODALITIES, SPLITS

_ROW = 24.0
_THICK = 12.0
_LABEL = 162.0
_BINS_PER_DECADE = 8
_SHORT = {"validation": "val."}


def splits(rows: pl.DataFrame, sources: Sequence[str]) -> Markup:
    """Rows per source, stacked by split, with the numbers in columns at the right."""
    counts = {
        name: [_count(rows, source=name, split=split) for split in SPLITS] for name in sources
    }
    most = max((sum(own) for own in counts.values()), default=0) or 1
    span, columns = 120.0, (326.0, 373.0, float(WIDTH))
    parts = []
    for split, x in zip(SPLITS, columns, strict=True):
        parts += [
            text(x, 12, _SHORT.get(split, split), "muted", "end"),
            bar(x - 39, 3.5, 9, 9, f"split-{split}", split),
        ]
    for at, (name, own) in enumerate(counts.items()):
        y, x = 22 + at * _ROW, _LABEL
        parts.append(text(0, y + 14, name, "label"))
        for split, n, column in zip(SPLITS, own, columns, strict=True):
            width = span * n / most
            if n:
                parts.append(bar(x, y + 4, width, _THICK, f"split-{split}", f"{split}: {n:,}"))
            parts.append(text(column, y + 14, f"{n:,}" if n else "·", "number", "end"))
            x += width
    said = "; ".join(
        f"{name}: " + ", ".join(f"{n} {split}" for n, split in zip(own, SPLITS, strict=True))
        for name, own in counts.items()
    )
    height = 24 + len(counts) * _ROW
    return figure(height, f"Rows by source and split. {said}.", parts)


def modalities(rows: pl.DataFrame) -> Markup:
    """Rows per modality, with their share."""
    counts = [(name, _count(rows, modality=name)) for name in MODALITIES]
    return bars(counts, "Rows by modality", shares=True)


def attempts(rows: pl.DataFrame) -> Markup:
    """Rows by the attempt whose text was accepted."""
    seen = rows["attempt"].drop_nulls()
    last = max([*seen.to_list(), 3])
    counts = [(f"attempt {n}", _count(rows, attempt=n)) for n in range(1, last + 1)]
    return bars(counts, "Rows by the attempt that was accepted", shares=True)


def diagnoses(rows: pl.DataFrame, source: str) -> Markup:
    """Rows of one source per diagnosis, the most frequent first, a negative's last and paler."""
    counted = (
        rows.filter(pl.col("source") == source)
        .group_by("diagnosis")
        .agg(pl.len().alias("n"), pl.col("is_negative").all())
        .sort(["is_negative", "n", "diagnosis"], descending=[False, True, False])
    )
    counts = [(row["diagnosis"], row["n"]) for row in counted.iter_rows(named=True)]
    pale = {row["diagnosis"] for row in counted.filter("is_negative").iter_rows(named=True)}
    return bars(counts, f"Rows of {source} by diagnosis", label=222.0, pale=pale)


def areas(rows: pl.DataFrame, sources: Sequence[str]) -> Markup:
    """Per source, a histogram of mask area over image area on a log axis, and the median."""
    measured = rows.filter(pl.col("area_fraction") > 0)
    values = {
        name: measured.filter(pl.col("source") == name)["area_fraction"].to_numpy()
        for name in sources
    }
    least = min((float(v.min()) for v in values.values() if len(v)), default=0.01)
    low = min(-2, math.floor(math.log10(least)))
    left, right = _LABEL, 358.0
    top, row_height = 22.0, 28.0
    bottom = top + len(values) * row_height

    def x_of(fraction: float) -> float:
        return left + (right - left) * (1 - math.log10(fraction) / low)

    parts = [text(WIDTH, 12, "median", "muted", "end")]
    for decade in range(low, 1):
        x = x_of(10.0**decade)
        parts += [
            line(x, top, x, bottom, "grid"),
            text(x, bottom + 15, f"{100 * 10.0**decade:g}", "muted", "middle"),
        ]
    parts.append(text((left + right) / 2, bottom + 32, "% of the image", "muted", "middle"))
    said = []
    for at, (name, own) in enumerate(values.items()):
        base = top + (at + 1) * row_height - 3
        parts += [text(0, base - 5, name, "label"), line(left, base, right, base, "axis")]
        if len(own) == 0:
            parts.append(text(WIDTH, base - 5, "–", "number", "end"))
            continue
        median = float(np.median(own))
        said.append(f"{name}: median {percent(median)} of {len(own)}")
        x = x_of(median)
        parts += [
            path(_steps(own, low, left, right, base, row_height - 8), "area", f"{len(own):,} rows"),
            line(x, base - row_height + 7, x, base + 2, "median"),
            text(WIDTH, base - 5, percent(median), "number", "end"),
        ]
    label = f"Mask area as a share of the image, by source. {'; '.join(said)}."
    return figure(bottom + 38, label, parts)


def _steps(
    values: NDArray[np.float64], low: int, left: float, right: float, base: float, height: float
) -> str:
    """A histogram's outline as path data; the highest bin reaches `height`."""
    n_bins = -low * _BINS_PER_DECADE
    edges = np.linspace(low, 0, n_bins + 1)
    logs = np.clip(np.log10(values), low, 0)
    counts, _ = np.histogram(logs, edges)
    width = (right - left) / n_bins
    data = []
    for at, n in enumerate(counts.tolist()):
        if n:
            tall = height * n / int(counts.max())
            data.append(f"M{left + at * width:.1f} {base:.1f}v{-tall:.1f}h{width:.1f}v{tall:.1f}z")
    return "".join(data)


def bars(
    counts: Sequence[tuple[str, int]],
    says: str,
    *,
    label: float = _LABEL,
    shares: bool = False,
    pale: frozenset[str] | set[str] = frozenset(),
) -> Markup:
    """Horizontal bars with their numbers, and with `shares` their part of the whole."""
    whole = sum(n for _, n in counts)
    most = max((n for _, n in counts), default=0) or 1
    end = WIDTH - 48.0 if shares else float(WIDTH)
    span = end - 48 - label
    parts = []
    for at, (name, n) in enumerate(counts):
        y = at * _ROW
        style = "pale" if name in pale else "one"
        parts += [
            text(0, y + 16, clipped(name, int(label / 6)), "label"),
            bar(label, y + 6, span * n / most, _THICK, style, f"{name}: {n:,}"),
            text(end, y + 16, f"{n:,}", "number", "end"),
        ]
        if shares:
            parts.append(text(WIDTH, y + 16, share(n, whole), "muted", "end"))
    said = ", ".join(f"{name} {n}" for name, n in counts)
    return figure(len(counts) * _ROW + 4, f"{says}: {said or 'none'}.", parts)


def _count(rows: pl.DataFrame, **where: Any) -> int:
    return rows.filter(**where).height
