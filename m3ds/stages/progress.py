"""What a long stage shows: a bar with rate and time left, or a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

LINE_EVERY_S = 10.0

console = Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """One line about what happened, on standard error."""
    console.print(line, soft_wrap=True)


def counted(n: int, noun: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


@contextmanager
def track(
    what: str, total: int | None, *, unit: str = "samples"
) -> Iterator[Callable[[int], None]]:
    """Show progress towards `total` (None: unknown); yields what is told of each step.

    `unit="bytes"` shows sizes and transfer speed. On a terminal there is a bar; without one, a line
    every ten seconds and nothing for work that is done before the first.
    """
    if console.is_terminal:
        columns: list[ProgressColumn] = [TextColumn("{task.description}"), BarColumn()]
        if unit == "bytes":
            columns += [DownloadColumn(), TransferSpeedColumn()]
        else:
            columns += [MofNCompleteColumn(), _Rate(unit)]
        with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda n: bar.advance(task, n)
    else:
        yield _lines(what, total, unit)


def _lines(what: str, total: int | None, unit: str) -> Callable[[int], None]:
    start = last = time.monotonic()
    done = 0

    def advance(n: int) -> None:
        nonlocal done, last
        done += n
        now = time.monotonic()
        if now - last < LINE_EVERY_S:
            return
        last = now
        rate = done / (now - start)
        of = f" of {total:,}" if total is not None else ""
        left = f", {(total - done) / rate:.0f} s left" if total is not None and rate else ""
        print(f"{what}: {done:,}{of} {unit}, {rate:,.1f}/s{left}", file=sys.stderr)  # noqa: T201

    return advance


class _Rate(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f} {self._unit}/s" if task.speed else "")
