"""Group commit: many small appends, few transactions."""

from __future__ import annotations

import queue
import threading
import time
from types import TracebackType

import sqlalchemy as sa

from m3ds.ledger.ledger import Ledger, Row

GROUP_S = 0.05
"""How long a row may wait for company. A kill loses what waits, which a rerun makes again."""

_GROUP_ROWS = 2000
_Rows = list[tuple[sa.Table, Row]]


class Writer:
    """Appends from any thread, committed in order by one thread of its own.

    Use as a context manager: leaving it commits what is waiting, also when an exception is on its
    way (work that is finished is kept on Ctrl-C). An error of the database is raised at the next
    `append`, or on leaving.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: queue.Queue[_Rows | threading.Event | None] = queue.Queue(maxsize=_GROUP_ROWS)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)

    def append(self, rows: _Rows) -> None:
        """Hand over rows that belong together: they are committed in one transaction."""
        if self._error is not None:
            raise self._error
        self._queue.put(rows)

    def flush(self) -> None:
        """Wait until what was handed over is committed."""
        done = threading.Event()
        self._queue.put(done)
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
        self._thread.join()
        if self._error is not None and kind is None:
            raise self._error

    def _run(self) -> None:
        open_ = True
        while open_:
            group: _Rows = []
            heard: list[threading.Event] = []
            until: float | None = None
            while until is None or (len(group) < _GROUP_ROWS and not heard):
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    break
                try:
                    following = self._queue.get(timeout=left)
                except queue.Empty:
                    break
                if following is None:
                    open_ = False
                    break
                if isinstance(following, threading.Event):
                    heard.append(following)
                else:
                    group += following
                until = until or time.monotonic() + GROUP_S
            if group:
                self._commit(group)
            for event in heard:
                event.set()

    def _commit(self, group: _Rows) -> None:
        if self._error is not None:
            return  # keep draining, so that no `append` waits for ever
        try:
            self._ledger.append(group)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error
