"""Texts are checked beside the loop, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from m3ds.engine.local import LocalEngine
from m3ds.reasoning.checking import check_all
from m3ds.schema.case import Case
from m3ds.schema.text import Draft, Verdict

GATHER_S = 0.2
"""How long a text may wait for company. Patterns are large: the second text in a row finds them in
the processor's cache, and takes half as long as one that comes by itself."""

_Draft = tuple[Case, Draft]


class Checker:
    """Checks drafts in the order they come; a `Checks`. Use as an async context manager.

    Args:
        apart: In a process of its own, where patterns do not hold the lock that the loop needs to
            keep servers busy. It takes a second to start, which few texts are not worth.
    """

    def __init__(self, *, apart: bool) -> None:
        # One thread: several would only fight for Python's lock.
        self._thread = ThreadPoolExecutor(1, "checks")
        self._engine = (
            LocalEngine(1, preload=("m3ds.reasoning.checking", "m3ds.claims.checks"))
            if apart
            else None
        )
        self._waiting: list[tuple[_Draft, asyncio.Future[Verdict]]] = []
        self._gathering: asyncio.Task[None] | None = None

    async def __call__(self, case: Case, draft: Draft) -> Verdict:
        """What the checks say of a draft; see `m3ds.reasoning.checking.checked`."""
        verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append(((case, draft), verdict))
        if self._gathering is None:
            self._gathering = asyncio.create_task(self._gather())
        return await verdict

    async def __aenter__(self) -> Checker:
        if self._engine is not None:
            self._engine.start()
            # It gets its patterns ready while the first answers are waited for.
            self._thread.submit(self._check, ())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
        self._thread.shutdown(cancel_futures=True)
        if self._engine is not None:
            self._engine.close()

    async def _gather(self) -> None:
        """Check what comes together, batch after batch, while something comes."""
        run = asyncio.get_running_loop().run_in_executor
        found: Sequence[Verdict | BaseException]
        while True:
            await asyncio.sleep(GATHER_S)
            batch, self._waiting = self._waiting, []
            if not batch:
                self._gathering = None
                return
            try:
                found = await run(self._thread, self._check, [draft for draft, _ in batch])
            except Exception as error:  # noqa: BLE001 - told of each sample that waits for it
                found = [error] * len(batch)
            for (_, verdict), result in zip(batch, found, strict=True):
                if verdict.done():  # whoever waited for it was cancelled
                    continue
                if isinstance(result, BaseException):
                    verdict.set_exception(result)
                else:
                    verdict.set_result(result)

    def _check(self, drafts: Sequence[_Draft]) -> Sequence[Verdict | BaseException]:
        if self._engine is None:
            return check_all(drafts)
        ((_, found),) = self._engine.map(check_all, [drafts])
        return [found] * len(drafts) if isinstance(found, BaseException) else found
