"""The cores of this machine, as processes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait
from typing import TypeVar

from m3ds.errors import WorkerCrashed

Item = TypeVar("Item")
Result = TypeVar("Result")
Outcome = tuple[Item, Result | BaseException]

_IN_FLIGHT = 4
"""Items in flight per worker: enough that none waits, few enough that memory stays flat."""


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalEngine:
    """Worker processes, started at the first `map` and kept until `close`.

    Args:
        workers: How many; 0 takes all cores. One still isolates crashes.
        preload: Modules that are imported once, before workers are forked off.
    """

    def __init__(self, workers: int = 0, preload: tuple[str, ...] = ()) -> None:
        self._workers = workers or cores()
        # Not fork: polars, arrow and BLAS hold threads and locks that a forked child would inherit.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["m3ds.engine.collector", *preload])
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> ProcessPoolExecutor:
        """Start now what the first `map` would, if it is to be called in another thread.

        Only the main thread can keep Ctrl-C from the process that workers are forked off.
        """
        if self._pool is None:
            self._pool = self._new_pool(self._workers)
        return self._pool

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[Outcome[Item, Result]]:
        """See `Engine.map`."""
        remaining = iter(items)
        while True:
            lost = yield from self._map_until_crash(function, remaining)
            if lost is None:
                return
            # One of these killed its worker. Alone, each shows whether it was the one.
            for item in lost:
                yield self._alone(function, item)

    def close(self) -> None:
        """Let the items in flight finish, and stop the workers."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _map_until_crash(
        self, function: Callable[[Item], Result], items: Iterator[Item]
    ) -> Generator[Outcome[Item, Result], None, list[Item] | None]:
        """Yield in order; return the items in flight if a worker died, None if all are done."""
        pool = self.start()
        window: deque[tuple[Item, Future[Result]]] = deque()
        try:
            for item in islice(items, self._workers * _IN_FLIGHT):
                window.append((item, self._submit(pool, function, item)))
            while window:
                item, future = window[0]
                outcome: Result | BaseException
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    self.close()
                    return [item for item, _ in window]
                except Exception as error:  # noqa: BLE001 - the item's, handed on as its outcome
                    outcome = error
                window.popleft()
                yield item, outcome
                for following in islice(items, 1):
                    try:
                        window.append((following, self._submit(pool, function, following)))
                    except BrokenProcessPool:
                        self.close()
                        return [*(item for item, _ in window), following]
            return None
        finally:
            for _, future in window:
                future.cancel()

    @staticmethod
    def _submit(
        pool: ProcessPoolExecutor, function: Callable[[Item], Result], item: Item
    ) -> Future[Result]:
        with _ctrl_c_held():  # it may start a worker
            return pool.submit(function, item)

    def _alone(self, function: Callable[[Item], Result], item: Item) -> Outcome[Item, Result]:
        with self._new_pool(1) as pool:
            try:
                return item, pool.submit(function, item).result()
            except BrokenProcessPool:
                return item, WorkerCrashed(
                    "killed its worker process", todo="usually out of memory; try fewer workers"
                )
            except Exception as error:  # noqa: BLE001 - the item's, handed on as its outcome
                return item, error

    def _new_pool(self, workers: int) -> ProcessPoolExecutor:
        with _ctrl_c_held():
            forkserver.ensure_running()
            return ProcessPoolExecutor(workers, mp_context=self._context, initializer=_start_worker)


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Let a Ctrl-C wait until processes are started whole.

    One that is started half looks for what its parent has taken away again. Blocked in the thread
    that starts them, the signal is blocked in them too: the server that workers are forked from
    would die of it while it imports. Only the main thread is ever interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    resource_tracker.ensure_running()  # which unblocks the signal when it starts
    held: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, handler)
        if held:
            signal.raise_signal(signal.SIGINT)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and leave when the parent is gone.

    The terminal sends Ctrl-C to every process; the parent lets the items in flight finish. An
    orphan would wait for work for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what was imported before the fork stays
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="watch-parent").start()
