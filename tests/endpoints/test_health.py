"""Whether endpoints can be used, and who looks after them until the pool is left."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.standin import Behaviour
from m3ds.endpoints.pool import Pool
from m3ds.endpoints.slots import Endpoint
from m3ds.errors import ModelUnavailable
from tests.endpoints.test_pool import CHOICE, body
from tests.standing import standing


def test_nothing_goes_on_once_the_pool_is_left() -> None:
    async def work(url: str) -> None:
        async with Pool([url], window=1) as pool:
            pool.start(None)
            request = asyncio.create_task(pool.ask(body("a", **CHOICE), tag="a"))
            while (examination := pool.endpoints[0].examination) is None:
                await asyncio.sleep(0.001)
            request.cancel()
        assert examination.cancelled()
        assert asyncio.all_tasks() <= {asyncio.current_task(), request}

    with standing(Behaviour(status=1.0)) as server:
        asyncio.run(work(server.url))


def test_a_fault_of_our_own_lets_no_request_wait_for_ever() -> None:
    async def probe(pool: Pool, endpoint: Endpoint) -> None:
        raise ValueError("what nobody thought of")

    async def work(url: str) -> None:
        async with Pool([url], window=1, wait_s=0.01) as pool, asyncio.timeout(20):
            pool.start(probe)
            await pool.ask(body("a", **CHOICE), tag="a")

    with standing() as server, pytest.raises(ModelUnavailable, match="what nobody thought of"):
        asyncio.run(work(server.url))
