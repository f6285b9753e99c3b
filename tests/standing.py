"""The stand-in server in a thread of the tests, on a free port of the loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from benchmarks.standin import Behaviour, Standin


class Standing:
    """A stand-in that runs; `behaviour` may be changed while it does."""

    def __init__(self, standin: Standin, port: int) -> None:
        self.standin = standin
        self.url = f"http://127.0.0.1:{port}/v1"

    @property
    def behaviour(self) -> Behaviour:
        """How it answers from now on."""
        return self.standin.behaviour

    @property
    def answered(self) -> int:
        """Answers so far, probes left out."""
        return sum(n for kind, n in self.standin.stats.answered.items() if kind != "probe")


@contextmanager
def standing(behaviour: Behaviour | None = None) -> Iterator[Standing]:
    """Run a stand-in until the block ends."""
    loop = asyncio.new_event_loop()
    ready: list[Standing] = []
    up = threading.Event()
    runner: list[web.AppRunner] = []

    async def start() -> None:
        standin = Standin(behaviour or Behaviour())
        runner.append(web.AppRunner(standin.app, access_log=None))
        await runner[0].setup()
        site = web.TCPSite(runner[0], "127.0.0.1", 0)
        await site.start()
        port = runner[0].addresses[0][1]
        ready.append(Standing(standin, port))
        up.set()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner[0].cleanup())
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    up.wait(30)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
