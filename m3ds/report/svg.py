"""The few SVG elements that the plots are drawn with; colours are classes of the page's style."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

WIDTH = 420
"""Of every plot, in user units; the page shows them at 340 to 480 pixels, so 12 is readable."""


def figure(height: float, label: str, parts: Iterable[Markup]) -> Markup:
    """A plot; `label` says in words what it shows, for those who cannot see it."""
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, number(height), label, Markup("").join(parts))


def text(x: float, y: float, content: str, style: str = "", anchor: str = "start") -> Markup:
    """A line of text whose baseline starts, centres or ends at (x, y)."""
    return Markup('<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>').format(
        number(x), number(y), style, anchor, content
    )


def bar(x: float, y: float, width: float, height: float, style: str, title: str = "") -> Markup:
    """A filled rectangle; `title` shows on hovering."""
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" class="{}">{}</rect>').format(
        number(x), number(y), number(width), number(height), style, _title(title)
    )


def line(x0: float, y0: float, x1: float, y1: float, style: str) -> Markup:
    """A straight line."""
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(
        number(x0), number(y0), number(x1), number(y1), style
    )


def path(data: str, style: str, title: str = "") -> Markup:
    """A path."""
    return Markup('<path d="{}" class="{}">{}</path>').format(data, style, _title(title))


def number(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def clipped(label: str, length: int) -> str:
    """`label`, cut to `length` characters."""
    return label if len(label) <= length else f"{label[: length - 1].rstrip()}…"


def _title(title: str) -> Markup:
    return Markup("<title>{}</title>").format(title) if title else Markup("")
