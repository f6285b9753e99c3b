"""Which endpoints can be used: dead ones are looked for, those that come up are probed first."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from m3ds.endpoints.errors import Away, Dropped, Passing
from m3ds.endpoints.slots import Endpoint, Slots
from m3ds.errors import M3dsError, ModelUnavailable

_T = TypeVar("_T")

_PROBES = 12
"""Times that a probe is tried while its endpoint lives and gives no usable answer."""

_DEAD = ("EngineCore", "EngineDead")
"""Words of vLLM's about the death of its engine, which ends the server a moment later."""


class Supervised(Protocol):
    """A server that was started here; `failed` says why it is not started again."""

    failed: str

    async def restart(self) -> None: ...


Prove = Callable[[Endpoint], Awaitable[None]]
"""Raises where an endpoint's answers are not to be trusted."""


class Health:
    """What is known of the endpoints of one model, and who keeps an eye on them.

    Args:
        slots: The endpoints, with those who wait for room at them.
        is_alive: Asks the server at an address whether it lives.
        patience_s: How long all endpoints may be away before requests fail.
        wait_s: The pause between two probes.
        tell: Is told in a line when an endpoint goes and when it comes back.
    """

    def __init__(
        self,
        slots: Slots,
        is_alive: Callable[[str], Awaitable[bool]],
        *,
        patience_s: float,
        wait_s: float,
        tell: Callable[[str], None],
    ) -> None:
        self._slots = slots
        self._is_alive = is_alive
        self.patience_s = patience_s
        self._wait_s = wait_s
        self._tell = tell
        self._away_since: float | None = None
        self._probe: Prove | None = None
        self._background: set[asyncio.Task[Any]] = set()

    @property
    def away_s(self) -> float | None:
        """For how many seconds no endpoint has answered; None while one does."""
        return None if self._away_since is None else time.monotonic() - self._away_since

    async def close(self) -> None:
        """Stop looking."""
        while self._background:
            for task in self._background:
                task.cancel()
            await asyncio.gather(*self._background, return_exceptions=True)

    def start(self, probe: Prove | None) -> None:
        """Have each endpoint probed; without a probe their answers are taken as they are."""
        self._probe = probe
        for endpoint in self._slots.endpoints:
            if probe is None:
                endpoint.proven.set()
            elif endpoint.up:
                self._watch(endpoint, partial(self._prove, endpoint, probe))

    def supervise(self, server: Supervised, recycle: int, ready_s: float) -> None:
        """See `Pool.supervise`."""
        self.patience_s = max(self.patience_s, 2 * ready_s)
        endpoint = self._slots.endpoints[0]
        self._watch(endpoint, partial(self._supervise, endpoint, server, recycle))

    async def has_died(self, endpoint: Endpoint, error: Passing) -> bool:
        """Whether a failure was the server's death; asked once, however many requests it took."""
        if not endpoint.up:
            return True
        if not isinstance(error, Dropped | Away) and not str(error).startswith("5"):
            return False
        if endpoint.examination is None:
            endpoint.examination = self._spawn(self._examine(endpoint, str(error)))
        return await asyncio.shield(endpoint.examination)

    def lose(self, endpoint: Endpoint, reason: str) -> None:
        """Take an endpoint out, and look for it from now on."""
        if not endpoint.up:
            return
        endpoint.up = False
        if self._probe is not None:
            endpoint.proven.clear()  # what comes back may be another server
        endpoint.deaths += 1
        endpoint.reason = reason
        patience = f"{self.patience_s:.0f} s"
        self._tell(f"{endpoint.url} does not answer ({reason}); looked for again for {patience}")
        self._note_absence()
        self._watch(endpoint, partial(self._await_return, endpoint))

    def refuse(self, endpoint: Endpoint, reason: str, todo: str = "") -> None:
        """Take an endpoint out for good; where none is left, nobody need wait any longer."""
        endpoint.refused = True
        endpoint.reason, endpoint.todo = reason, todo
        endpoint.proven.set()
        try:
            self._slots.must_have_some()
        except ModelUnavailable as error:
            self._away_since = None
            self._slots.fail(error)
        else:
            self._note_absence()

    async def _examine(self, endpoint: Endpoint, words: str) -> bool:
        try:
            # An engine's death shows in /health only a moment after its requests have failed.
            for pause in (0.0, 0.2, 0.8) if any(word in words for word in _DEAD) else (0.0, 0.2):
                await asyncio.sleep(pause)
                if not await self._is_alive(endpoint.url):
                    self.lose(endpoint, words)
                    return True
            return False
        finally:
            endpoint.examination = None

    async def _await_return(self, endpoint: Endpoint) -> None:
        pause = min(0.5, self.patience_s / 4)
        while not await self._is_alive(endpoint.url):
            if (self.away_s or 0.0) > self.patience_s:
                self.refuse(endpoint, f"away for {self.patience_s:.0f} s ({endpoint.reason})")
                return
            await asyncio.sleep(pause)
            pause = min(15.0, 1.5 * pause)
        if endpoint.refused:
            return  # while it was away, for good
        endpoint.up = True
        self._tell(f"{endpoint.url} is back")
        self._away_since = None
        self._slots.hand_out()
        if self._probe is not None:
            await self._prove(endpoint, self._probe)

    async def _prove(self, endpoint: Endpoint, probe: Prove) -> None:
        for _ in range(_PROBES):
            try:
                await probe(endpoint)
                endpoint.probed = True
                break
            except M3dsError as error:
                self.refuse(endpoint, error.seen, error.todo)
                break
            except Passing as error:
                endpoint.reason = f"no usable answer to a test request: {error}"
                if await self.has_died(endpoint, error):
                    return  # it is probed again when it is back
                await asyncio.sleep(self._wait_s)
        endpoint.proven.set()

    async def _supervise(self, endpoint: Endpoint, server: Supervised, recycle: int) -> None:
        until = recycle
        while True:
            await asyncio.sleep(0.2)
            if server.failed:
                self.refuse(endpoint, server.failed)
                return
            if endpoint.served < until or not endpoint.up or endpoint.reserved:
                continue
            endpoint.reserved = True
            try:
                while endpoint.in_flight:
                    await asyncio.sleep(0.05)
                await server.restart()
            except ModelUnavailable as error:
                self.refuse(endpoint, error.seen)
                return
            finally:
                endpoint.reserved = False
            until = endpoint.served + recycle
            self._slots.hand_out()

    def _note_absence(self) -> None:
        """From when on all endpoints that can be used are away."""
        usable = any(e.up and not e.refused for e in self._slots.endpoints)
        if self._away_since is None and not usable:
            self._away_since = time.monotonic()

    def _watch(self, endpoint: Endpoint, work: Callable[[], Awaitable[None]]) -> None:
        """Let `work` go on beside the requests; if it fails, `endpoint` is used no more."""

        async def watched() -> None:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - requests would wait for it for ever
                at = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{Path(at.filename).name}:{at.lineno}"
                reason = f"a fault of m3ds, please report it: {error!r} at {where}"
                self._tell(f"{endpoint.url} is used no more ({reason})")
                self.refuse(endpoint, reason)

        self._spawn(watched())

    def _spawn(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task
