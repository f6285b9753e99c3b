"""Numbers that are not known exactly, as text: `1,200 (1,080–1,320)`."""

from __future__ import annotations

from collections.abc import Callable

from m3ds.stages.estimate import Range

UNKNOWN = "?"


def amount(found: Range | None, *, middle: bool = True) -> str:
    """A count; from a hundred thousand on in thousands, millions or billions."""
    return _ranged(found, _count, middle=middle)


def hours(found: Range | None) -> str:
    """Hours as a plain number."""
    return _ranged(
        found, lambda h: f"{h:,.0f}" if h >= 100 else f"{h:.3g}" if h >= 0.01 else "<0.01"
    )


def duration(found: Range | None) -> str:
    """Seconds in the unit that fits their mean."""
    if found is None:
        return UNKNOWN
    unit, size = next(
        ((u, s) for u, s in (("days", 86400), ("h", 3600), ("min", 60)) if found.mean >= 2 * s),
        ("s", 1),
    )
    return f"{_ranged(found.times(1 / size), lambda n: f'{n:.3g}')} {unit}"


def size(found: Range, *, middle: bool = True) -> str:
    """Bytes in the unit that fits their mean."""
    unit, of = next(
        ((u, s) for u, s in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)) if found.mean >= s),
        ("kB", 1e3),
    )
    return f"{_ranged(found.times(1 / of), lambda n: f'{n:.3g}', middle=middle)} {unit}"


def _ranged(found: Range | None, spell: Callable[[float], str], *, middle: bool = True) -> str:
    if found is None:
        return UNKNOWN
    low, mean, high = map(spell, found)
    if low == high:
        return mean
    return f"{mean} ({low}–{high})" if middle else f"{low}–{high}"


def _count(n: float) -> str:
    if n < 100_000:
        return f"{n:,.0f}"
    for unit in ("k", "M"):
        n /= 1000
        if n < 1000:
            return f"{n:.3g} {unit}"
    return f"{n / 1000:,.3g} G"
