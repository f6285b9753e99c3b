"""SIGTERM and SIGHUP stop a command as Ctrl-C does: what it has started is stopped with it.

They come from schedulers, containers and terminals that are closed. A model server that outlived
the command would hold its GPU.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ALIKE = ("SIGTERM", "SIGHUP")


@contextmanager
def stopped_alike() -> Iterator[list[int]]:
    """Within, these signals arrive as KeyboardInterrupt; yields where their numbers are noted.

    One that whoever started the command has asked to ignore (`nohup`) is left so.
    """
    noted: list[int] = []

    def stop(number: int, _: object) -> None:
        noted.append(number)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in _ALIKE:
            number = getattr(signal, name, None)  # not every system has them
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, stop)
    try:
        yield noted
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler)


def stop_no_more() -> None:
    """A second signal has nothing left to stop."""
    for name in ("SIGINT", *_ALIKE):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, signal.SIG_IGN)
