"""Numbers that are not known exactly, as text: `1,200 (1,100–1,300)`, in two digits that count."""

from __future__ import annotations

from collections.abc import Callable

from m3ds.stages.estimate import Range

UNKNOWN = "?"


def amount(found: Range | None, *, middle: bool = True) -> str:
    """A count; from a hundred thousand on in thousands, millions or billions.

    One that is known is told to its last digit.
    """
    if found is not None and found.low == found.high:
        return f"{found.mean:,.0f}"
    return _ranged(found, _count, middle=middle)


def hours(found: Range | None) -> str:
    """Hours as a plain number."""
    return _ranged(found, lambda h: digits(h) if h >= 0.01 else "<0.01")


def duration(found: Range | None) -> str:
    """Seconds in the unit that fits their mean."""
    if found is None:
        return UNKNOWN
    unit, size = next(
        ((u, s) for u, s in (("days", 86400), ("h", 3600), ("min", 60)) if found.mean >= 2 * s),
        ("s", 1),
    )
    return f"{_ranged(found.times(1 / size), digits)} {unit}"


def size(found: Range, *, middle: bool = True) -> str:
    """Bytes in the unit that fits their mean."""
    unit, of = next(
        ((u, s) for u, s in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)) if found.mean >= s),
        ("kB", 1e3),
    )
    return f"{_ranged(found.times(1 / of), digits, middle=middle)} {unit}"


def digits(n: float) -> str:
    """Two digits that count: more would say more than is known."""
    rounded = float(f"{n:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"


def _ranged(found: Range | None, spell: Callable[[float], str], *, middle: bool = True) -> str:
    if found is None:
        return UNKNOWN
    low, mean, high = map(spell, found)
    if low == high:
        return mean
    return f"{mean} ({low}–{high})" if middle else f"{low}–{high}"


def _count(n: float) -> str:
    if n < 99_500:  # what is more is a hundred thousand in two digits
        return digits(round(n))
    for unit in ("k", "M"):
        n /= 1000
        if n < 995:
            return f"{digits(n)} {unit}"
    return f"{digits(n / 1000)} G"
