"""Group commit: many small appends, few transactions."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from types import TracebackType

import sqlalchemy as sa

from m3ds.ledger.ledger import Ledger, Row

GROUP_S = 0.2
"""How long a row may wait for company. A kill loses what waits, which a rerun makes again."""

_ENOUGH = 32
"""Appends that are company enough, and are committed at once."""

_MOST = 2000
"""Appends that may wait; whoever has another one then waits too."""

_Rows = list[tuple[sa.Table, Row]]


class Writer:
    """Appends from any thread, committed in order by one thread of its own.

    Use as a context manager: leaving it commits what is waiting, also when an exception is on its
    way (work that is finished is kept on Ctrl-C). An error of the database is raised at the next
    `append`, or on leaving.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: queue.Queue[_Rows | threading.Event | None] = queue.Queue(maxsize=_MOST)
        self._hurried = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)

    def append(self, rows: _Rows) -> None:
        """Hand over rows that belong together: they are committed in one transaction."""
        if self._error is not None:
            raise self._error
        self._queue.put(rows)
        if self._queue.qsize() >= _ENOUGH:
            self._hurried.set()

    def flush(self) -> None:
        """Wait until what was handed over is committed."""
        done = threading.Event()
        self._queue.put(done)
        self._hurried.set()
        done.wait()
        if self._error is not None:
            raise self._error

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._queue.put(None)
        self._hurried.set()
        self._thread.join()
        if self._error is not None and kind is None:
            raise self._error

    def _run(self) -> None:
        open_ = True
        while open_:
            taken = [self._queue.get()]
            # Asleep, not listening: a thread that each row wakes costs the row's sender more than
            # the row does.
            self._hurried.wait(GROUP_S)
            with suppress(queue.Empty):
                while len(taken) < _MOST:
                    taken.append(self._queue.get_nowait())
            self._hurried.clear()
            group = [row for rows in taken if isinstance(rows, list) for row in rows]
            if group:
                self._commit(group)
            for one in taken:
                if isinstance(one, threading.Event):
                    one.set()
            open_ = None not in taken

    def _commit(self, group: _Rows) -> None:
        if self._error is not None:
            return  # keep draining, so that no `append` waits for ever
        try:
            self._ledger.append(group)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error
