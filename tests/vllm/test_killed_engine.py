"""The engine dies while it works: all in flight hear of it at once, and the server ends."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .client import Reply, chat, get, picture
from .serving import NAME, Server, engine, serving

pytestmark = pytest.mark.vllm

CALLS = 4
END_SECONDS = 60.0


def test_a_killed_engine_takes_its_server_along(tiny_qwen: Path, tmp_path: Path) -> None:
    with serving(tiny_qwen, log=tmp_path / "log") as server, ThreadPoolExecutor(CALLS) as pool:
        asked = [pool.submit(_long_chat, server, number) for number in range(CALLS)]
        _until_running(server)
        os.kill(engine(server.pid), signal.SIGKILL)
        answers = [call.result(END_SECONDS) for call in asked]
        server.process.wait(END_SECONDS)  # with 0, as if all were well
        assert not server.healthy()
    failed = [reply for reply in answers if reply is not None and reply.status != 200]
    assert failed, "no call heard that the engine died"
    for reply in failed:
        assert reply.status == 500
        assert "EngineCore encountered an issue" in reply.error


def _long_chat(server: Server, number: int) -> Reply | None:
    """A chat of some seconds; None where the connection was refused or dropped."""
    try:
        return chat(server, picture(number), seed=number, max_tokens=3500, ignore_eos=True)
    except OSError:
        return None


def _until_running(server: Server) -> None:
    """Wait until the server says that it has written something: a count that only grows."""
    idle = f'vllm:generation_tokens_total{{engine="0",model_name="{NAME}"}} 0.0'
    until = time.monotonic() + END_SECONDS
    assert "vllm:generation_tokens_total{" in get(server, "/metrics").body
    while idle in get(server, "/metrics").body:
        assert time.monotonic() < until, "the requests never ran"
        time.sleep(0.05)
