"""Any number of endpoints of one model: where a request goes, and what becomes of failures.

Each endpoint has a window of its own. A request goes to the one that is least busy; where all are
full it waits, the lowest rank first. An endpoint that dies keeps none of the others from working,
and is taken up again when it answers.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import aiohttp
import stamina
from stamina.instrumentation import set_on_retry_hooks

from m3ds.endpoints.errors import Away, EndpointMisconfigured, Passing, Poisoned, RequestRefused
from m3ds.endpoints.health import Health, Supervised
from m3ds.endpoints.served import Served, address_hint
from m3ds.endpoints.slots import Endpoint, Slots
from m3ds.endpoints.wire import Completion, is_alive, models, post
from m3ds.errors import ModelUnavailable

TRIES = 12
"""Failures in a row of one request, none of them a death, until it is left for another run."""

_STRIKES = 2

Probe = Callable[["Pool", Endpoint], Awaitable[None]]
"""Raises where an endpoint's answers are not to be trusted."""


@dataclass(slots=True)
class Counts:
    """What a pool has done so far; `seconds` is how long its answered requests took, together."""

    requests: int = 0
    refused: int = 0
    last_refusal: str = ""
    seconds: float = 0.0
    retries: int = 0
    last_failure: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0


@dataclass(slots=True)
class _Request:
    """One request, and how often it failed without anyone's death."""

    body: Callable[[], bytes]
    tag: str
    rank: int
    failures: int = 0


class Pool:
    """The endpoints of one model. Use as an async context manager.

    Args:
        urls: Bases of the endpoints.
        window: Requests under way per endpoint.
        timeout_s: Of one request.
        patience_s: How long all endpoints may be away before requests fail.
        api_key: Sent as a bearer token, if given.
        wait_s: The first pause of a retry; it doubles up to a hundred times that.
        tell: Is told in a line when an endpoint goes and when it comes back.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        window: int,
        timeout_s: float = 180,
        patience_s: float = 600,
        api_key: str | None = None,
        wait_s: float = 0.2,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.endpoints = [Endpoint(url.rstrip("/"), window) for url in urls]
        self.counts = Counts()
        self.headers = {"Content-Type": "application/json"}
        if api_key:
            self.headers["Authorization"] = f"Bearer {api_key}"
        self._slots = Slots(self.endpoints)
        self._health = Health(
            self._slots,
            lambda url: is_alive(self.session, url),
            patience_s=patience_s,
            wait_s=wait_s,
            tell=tell,
        )
        self._timeout_s = timeout_s
        self._wait_s = wait_s
        self._tell = tell
        self._struck: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Pool:
        set_on_retry_hooks([])  # its default writes a line to standard error for each retry
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=75),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._timeout_s, connect=min(30, self._timeout_s)),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._health.close()
        finally:
            await self.session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session that all requests share."""
        if self._session is None:
            raise RuntimeError("the pool is not entered")
        return self._session

    async def served(self, whose: str) -> Served:
        """The model of the first endpoint that answers; `whose` is for people to read.

        Raises:
            ModelUnavailable: none answers; why not was told of each.
        """
        silent: list[tuple[Endpoint, str]] = []
        for endpoint in self.endpoints:
            try:
                found = await models(self.session, endpoint.url, self.headers)
            except Passing as error:
                silent.append((endpoint, str(error)))
                continue
            except EndpointMisconfigured as error:
                hint = address_hint(endpoint.url)
                self._tell(f"{endpoint.url} cannot be used ({error.seen}{hint})")
                continue
            if found:
                for lost, reason in silent:
                    self._health.lose(lost, reason)
                return found[0]
            self._tell(f"{endpoint.url} serves no model")
        for lost, reason in silent:
            self._tell(f"{lost.url} does not answer ({reason})")
        raise ModelUnavailable(f"no endpoint of {whose} can be asked", todo="start the servers")

    @property
    def away_s(self) -> float | None:
        """For how many seconds no endpoint has answered; None while one does."""
        return self._health.away_s

    @property
    def patience_s(self) -> float:
        """How long all endpoints may be away before requests fail."""
        return self._health.patience_s

    def start(self, probe: Probe | None) -> None:
        """Let each endpoint be probed beside the first requests, whose answers wait for it.

        A constraint that a server ignores would cost every sample an attempt; so nothing that an
        endpoint answers is taken before its probe has passed, or could not be answered for so long
        that the first requests may as well fail for themselves.
        """
        self._health.start(None if probe is None else partial(probe, self))

    async def proven(self, within_s: float) -> None:
        """Wait until the probe of every endpoint has passed or failed.

        Raises:
            ModelUnavailable: none has passed, or it took too long.
        """
        try:
            async with asyncio.timeout(within_s):
                await asyncio.gather(*(endpoint.proven.wait() for endpoint in self.endpoints))
        except TimeoutError:
            raise ModelUnavailable(f"no answer to a test request in {within_s:.0f} s") from None
        if not any(endpoint.probed for endpoint in self.endpoints):
            raise ModelUnavailable(self.endpoints[0].reason, todo=self.endpoints[0].todo)

    def supervise(self, server: Supervised, recycle: int, ready_s: float) -> None:
        """Start `server`, the only endpoint, afresh after `recycle` requests; watch its deaths.

        Patience lasts at least `ready_s`, which it may take to be up again: whether it is given up
        is for its own restarts to say.
        """
        self._health.supervise(server, recycle, ready_s)

    async def ask(self, body: Callable[[], bytes], *, tag: str, rank: int = 0) -> Completion:
        """Send one request until it is answered.

        Args:
            body: Makes the JSON; called when a slot is free, for what waits should not hold images.
            tag: Whose request it is; deaths of an engine are counted by it.
            rank: Lower ones go first.

        Raises:
            RequestRefused: the server refuses this very request.
            Poisoned: it kills the engine.
            ModelUnavailable: no endpoint answers, or this request fails again and again.
        """
        request = _Request(body, tag, rank)
        try:
            return await self._try(request)
        except Passing:
            pass  # hardly ever; what follows costs as much again as the whole request
        async for attempt in stamina.retry_context(
            on=Passing,
            attempts=None,
            timeout=None,
            wait_initial=self._wait_s,
            wait_max=100 * self._wait_s,
            wait_jitter=self._wait_s,
        ):
            with attempt:
                if attempt.num == 1:
                    await asyncio.sleep(self._wait_s)
                return await self._try(request)
        raise AssertionError("unreachable")  # pragma: no cover - the loop ends by returning

    async def _try(self, request: _Request) -> Completion:
        """Send a request once, and account for what becomes of it."""
        alone = len(self._struck.get(request.tag, ())) >= _STRIKES
        try:
            async with self._slots.one(request.rank, alone=alone) as endpoint:
                body = request.body()
                start = time.monotonic()
                completion = await post(self.session, endpoint.url, body, self.headers)
                took = time.monotonic() - start
            # Whoever got the slot sends first; what follows on this answer can wait that long.
            await asyncio.sleep(0)
            await endpoint.proven.wait()
            if endpoint.refused:
                raise Passing(endpoint.reason)
        except RequestRefused as error:
            self.counts.refused += 1
            self.counts.last_refusal = error.seen
            raise
        except EndpointMisconfigured as error:
            self._health.refuse(endpoint, error.seen)
            raise Passing(error.seen) from error
        except Passing as error:
            self.counts.retries += 1
            self.counts.last_failure = str(error)
            if await self._health.has_died(endpoint, error):
                self._strike(request.tag, endpoint, error, alone=alone)
                raise
            request.failures += 1
            if request.failures >= TRIES:
                raise ModelUnavailable(
                    f"{request.failures} failures in a row, the last one: {error}",
                    where=endpoint.url,
                ) from error
            raise
        endpoint.served += 1
        counts, usage = self.counts, completion.usage
        counts.requests += 1
        counts.seconds += took
        counts.prompt_tokens += usage.prompt
        counts.cached_tokens += usage.cached
        counts.completion_tokens += usage.completion
        return completion

    def _strike(self, tag: str, endpoint: Endpoint, error: Passing, *, alone: bool) -> None:
        """Note who was there when an engine died; whoever was alone did it."""
        if isinstance(error, Away):
            return
        self._struck[tag].add((endpoint.url, endpoint.deaths))
        if not alone:
            return
        deaths = self._struck.pop(tag)
        for others in self._struck.values():  # they were beside it, and had no part in it
            others -= deaths
        raise Poisoned(
            "the engine died each time it worked on this, the last time with nothing beside it",
            where=endpoint.url,
        )
