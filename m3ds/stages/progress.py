"""What a long stage shows: a bar with rate and time left, or a line now and then."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console, RenderableType
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
_LINES_BACK = 6
"""Rate and time left are of so many lines: what a run did an hour ago says little of the rest."""

_DRAWN_PER_S = 4

console = Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """One line about what happened, on standard error."""
    console.print(line, soft_wrap=True)


def counted(n: int, noun: str) -> str:
    """`1 file`, `2,000 files`."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


@contextmanager
def track(
    what: str,
    total: int | None,
    *,
    unit: str = "samples",
    news: Callable[[], str] | None = None,
) -> Iterator[Callable[[int], None]]:
    """Show progress towards `total` (None: unknown); yields what is told of each step.

    On a terminal there is a bar; without one, a line every ten seconds and nothing for work that is
    done before the first.

    Args:
        what: Goes on.
        total: Steps.
        unit: Of steps; `bytes` shows sizes and transfer speed.
        news: What else there is to say, asked for whenever something is shown, from another thread.
            With it, lines come also while no step is done.
    """
    if console.is_terminal:
        columns: list[ProgressColumn] = [TextColumn("{task.description}"), BarColumn()]
        if unit == "bytes":
            columns += [DownloadColumn(), TransferSpeedColumn()]
        else:
            columns += [MofNCompleteColumn(), _Rate(unit)]
        with _Bar(news, *columns, TimeRemainingColumn()) as bar:
            task = bar.add_task(what, total=total)
            yield lambda n: bar.advance(task, n)
    else:
        lines = _Lines(what, total, unit, news)
        with _clock(lines.show) if news else nullcontext():
            yield lines.advance


class _Bar(Progress):
    """A bar, and a line of news below it."""

    def __init__(self, news: Callable[[], str] | None, *columns: ProgressColumn) -> None:
        self._news = news
        super().__init__(*columns, console=console, transient=True, refresh_per_second=_DRAWN_PER_S)

    def get_renderables(self) -> Iterable[RenderableType]:
        """What is drawn."""
        yield from super().get_renderables()
        if self._news is not None:
            yield Text(self._news(), style="dim", no_wrap=True, overflow="ellipsis")


class _Lines:
    """Progress where there is no terminal: a line every ten seconds."""

    def __init__(
        self, what: str, total: int | None, unit: str, news: Callable[[], str] | None
    ) -> None:
        self._what, self._total, self._unit, self._news = what, total, unit, news
        self._done = 0
        self._shown = deque([(time.monotonic(), 0)], maxlen=_LINES_BACK)

    def advance(self, n: int) -> None:
        """Count steps; where no clock does it, say so now and then."""
        self._done += n
        if self._news is None and time.monotonic() - self._shown[-1][0] >= LINE_EVERY_S:
            self.show()

    def show(self) -> None:
        """Print a line."""
        now, done, total = time.monotonic(), self._done, self._total
        since, before = self._shown[0]
        rate = (done - before) / (now - since)
        of = f" of {total:,}" if total is not None else ""
        # While nothing moves, as when a server is waited for, an estimate would only grow.
        moves = done > self._shown[-1][1]
        self._shown.append((now, done))
        left = f", {(total - done) / rate:.0f} s left" if total is not None and moves else ""
        news = f"; {self._news()}" if self._news else ""
        line = f"{self._what}: {done:,}{of} {self._unit}, {rate:,.1f}/s{left}{news}"
        print(line, file=sys.stderr)  # noqa: T201


@contextmanager
def _clock(show: Callable[[], None]) -> Iterator[None]:
    """Call `show` every ten seconds until the block ends."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(LINE_EVERY_S):
            show()

    thread = threading.Thread(target=tick, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _Rate(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f} {self._unit}/s" if task.speed else "")
