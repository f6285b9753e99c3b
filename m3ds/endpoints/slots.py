"""Endpoints with their windows, and who may send next."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from m3ds.errors import ModelUnavailable

_LOOK_S = 0.02


@dataclass(slots=True, eq=False)
class Endpoint:
    """One server.

    Args:
        url: Its base, as `http://host:8000/v1`.
        window: Requests under way at a time.
        up: False while it is being waited for.
        deaths: How often it was found dead.
        reserved: A request is about to run, or runs, alone.
        refused: It answers, but not as it should, and gets nothing more; `reason` says why, and
            `todo` what helps.
        probed: Its probe has passed.
        proven: Set once its answers may be taken; see `Pool.start`.
        examination: Under way while someone finds out whether it is dead.
    """

    url: str
    window: int
    in_flight: int = 0
    served: int = 0
    up: bool = True
    deaths: int = 0
    reserved: bool = False
    refused: bool = False
    reason: str = ""
    todo: str = ""
    probed: bool = False
    proven: asyncio.Event = field(default_factory=asyncio.Event)
    examination: asyncio.Task[bool] | None = None

    @property
    def is_free(self) -> bool:
        """Whether another request may go there."""
        return self.up and not self.reserved and not self.refused and self.in_flight < self.window

    @property
    def load(self) -> float:
        """How busy it is, 0 to 1."""
        return self.in_flight / self.window


class Slots:
    """The windows of some endpoints, and a queue of those who wait for room, lowest rank first."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self.endpoints = endpoints
        self._waiting: list[tuple[int, int, asyncio.Future[Endpoint]]] = []
        self._order = count()

    @asynccontextmanager
    async def one(self, rank: int, *, alone: bool) -> AsyncIterator[Endpoint]:
        """A slot at the endpoint that is least busy; `alone`, at one that does nothing else.

        Raises:
            ModelUnavailable: no endpoint can be used.
        """
        endpoint = await self._alone() if alone else await self._take(rank)
        try:
            yield endpoint
        finally:
            endpoint.in_flight -= 1
            if alone:
                endpoint.reserved = False
            self.hand_out()

    def hand_out(self) -> None:
        """Give what is free to those who wait."""
        while self._waiting and (chosen := self._least_busy()) is not None:
            _, _, waiter = heapq.heappop(self._waiting)
            if not waiter.done():
                chosen.in_flight += 1
                waiter.set_result(chosen)

    def fail(self, error: ModelUnavailable) -> None:
        """Send everybody who waits away."""
        for _, _, waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(error)
        self._waiting.clear()

    def must_have_some(self) -> None:
        """Raise `ModelUnavailable` if every endpoint was refused."""
        if all(endpoint.refused for endpoint in self.endpoints):
            reasons = "; ".join(f"{e.url}: {e.reason}" for e in self.endpoints)
            raise ModelUnavailable(f"no endpoint can be used: {reasons}")

    def _least_busy(self) -> Endpoint | None:
        free = [endpoint for endpoint in self.endpoints if endpoint.is_free]
        return min(free, key=lambda endpoint: endpoint.load) if free else None

    async def _take(self, rank: int) -> Endpoint:
        if not self._waiting and (chosen := self._least_busy()) is not None:
            chosen.in_flight += 1
            return chosen
        self.must_have_some()
        waiter: asyncio.Future[Endpoint] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), waiter))
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                waiter.result().in_flight -= 1  # it was handed a slot just before
                self.hand_out()
            raise

    async def _alone(self) -> Endpoint:
        while True:
            self.must_have_some()
            quiet = [e for e in self.endpoints if e.up and not e.reserved and not e.refused]
            if quiet:
                chosen = min(quiet, key=lambda endpoint: endpoint.in_flight)
                chosen.reserved = True
                try:
                    # Whether it is dead already must be known: who is alone when it dies did it.
                    while chosen.up and (chosen.in_flight or chosen.examination):
                        await asyncio.sleep(_LOOK_S)
                except asyncio.CancelledError:
                    chosen.reserved = False
                    raise
                if chosen.up:
                    chosen.in_flight += 1
                    return chosen
                chosen.reserved = False
            await asyncio.sleep(5 * _LOOK_S)
