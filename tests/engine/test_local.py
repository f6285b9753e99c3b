"""The local engine."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from multiprocessing import forkserver

import pytest

from m3ds.engine.local import LocalEngine
from m3ds.errors import CorruptImage, WorkerCrashed


def double(n: int) -> int:
    return 2 * n


def fussy(n: int) -> int:
    if n % 5 == 3:
        raise CorruptImage(f"{n} is bad", where="here", todo="leave it")
    return n


def deadly(n: int) -> int:
    if n in {7, 8}:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(LocalEngine(2).map(double, range(50))) == [(n, 2 * n) for n in range(50)]


def test_an_error_is_that_items_outcome_whole() -> None:
    results = dict(LocalEngine(2).map(fussy, range(10)))
    assert {n for n, r in results.items() if isinstance(r, BaseException)} == {3, 8}
    error = results[3]
    assert isinstance(error, CorruptImage)
    assert (error.seen, error.where, error.todo) == ("3 is bad", "here", "leave it")


def test_an_item_that_kills_its_worker_costs_no_other() -> None:
    results = list(LocalEngine(2).map(deadly, range(30)))
    assert [n for n, _ in results] == list(range(30))
    assert [n for n, r in results if isinstance(r, WorkerCrashed)] == [7, 8]
    assert all(n == r for n, r in results if not isinstance(r, WorkerCrashed))


def test_items_are_drawn_as_they_are_needed() -> None:
    drawn = 0

    def items() -> Iterator[int]:
        nonlocal drawn
        for n in range(10_000):
            drawn += 1
            yield n

    results = LocalEngine(2).map(double, items())
    for _ in range(10):
        next(results)
    assert drawn <= 30
    results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("n", [0, 1])
def test_few_items(n: int) -> None:
    assert list(LocalEngine(2).map(double, range(n))) == [(k, 2 * k) for k in range(n)]


def test_a_ctrl_c_while_workers_start_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    ensure = forkserver.ensure_running

    def interrupted() -> None:
        signal.raise_signal(signal.SIGINT)
        ensure()
        started.append(True)

    started: list[bool] = []
    monkeypatch.setattr(forkserver, "ensure_running", interrupted)
    engine = LocalEngine(1)
    with pytest.raises(KeyboardInterrupt):
        engine.start()
    assert started
    monkeypatch.undo()
    assert list(engine.map(double, [3])) == [(3, 6)]
    engine.close()
