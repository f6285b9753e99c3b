"""Servers that are started here: ready, dead, started again, recycled, and always stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from m3ds.endpoints.command import serve_command
from m3ds.endpoints.pool import Pool
from m3ds.endpoints.probe import Probe
from m3ds.endpoints.server import Server
from m3ds.errors import ModelUnavailable
from m3ds.recipe import Serve
from tests.conftest import ROOT

IMITATION = (sys.executable, "-m", "tests.endpoints.imitation")


def serve(how: str = "", **more: Any) -> Serve:
    env = {"IMITATE": how, "PYTHONPATH": str(ROOT)}
    return Serve.model_validate({"command": IMITATION, "env": env, "ready_s": 60.0, **more})


def server(folder: Path, how: str = "", **more: Any) -> Server:
    return Server("author", "some/model", None, serve(how, **more), folder / "logs")


def body(text: str) -> Callable[[], bytes]:
    content = {
        "model": "author",
        "messages": [{"role": "user", "content": text}],
        "structured_outputs": {"choice": ["1", "2", "3", "4", "5"]},
        "max_tokens": 1,
    }
    return lambda: orjson.dumps(content)


async def ask(one: Server, n: int, recycle: int = 1000) -> list[str]:
    async with Pool([one.url], window=2, wait_s=0.05, patience_s=30) as pool:
        pool.start(Probe("author", "vllm"))
        pool.supervise(one, recycle, 60)
        found = await asyncio.gather(*(pool.ask(body(f"{k}"), tag=f"{k}") for k in range(n)))
        return [completion.text for completion in found]


def lives(pid: int | None) -> bool:
    try:
        os.kill(pid or -1, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    # One that has ended and that nobody has asked about is still listed.
    return not (status.exists() and "State:\tZ" in status.read_text())


def test_a_server_is_ready_works_and_is_stopped(tmp_path: Path) -> None:
    async def work() -> int | None:
        async with server(tmp_path) as one:
            assert lives(one.pid)
            assert await ask(one, 5) == ["5"] * 5
            return one.pid

    assert not lives(asyncio.run(work()))
    assert "imitation of vllm" in (tmp_path / "logs" / "author.log").read_text()


def test_one_that_ends_at_once_shows_its_last_lines(tmp_path: Path) -> None:
    async def work() -> None:
        async with server(tmp_path, "fails"):
            raise AssertionError("it is not up")

    with pytest.raises(ModelUnavailable) as caught:
        asyncio.run(work())
    assert "ended with exit code 1" in caught.value.seen
    assert "this model needs more memory than there is" in caught.value.seen


def test_one_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    one = server(tmp_path, "never", ready_s=0.8)

    async def work() -> None:
        async with one:
            raise AssertionError("it is not up")

    with pytest.raises(ModelUnavailable, match="was not ready after 1 s"):
        asyncio.run(work())
    assert one.pid is None


def test_a_command_that_is_not_there_is_said(tmp_path: Path) -> None:
    one = Server("critic", "m", None, serve(command=["/no/such/vllm"]), tmp_path)

    async def work() -> None:
        async with one:
            pass

    with pytest.raises(ModelUnavailable, match="cannot be started"):
        asyncio.run(work())


def test_one_that_dies_is_started_again_and_nothing_is_lost(tmp_path: Path) -> None:
    async def work() -> int:
        async with server(tmp_path, f"mortal:{tmp_path / 'died'}") as one:
            assert await ask(one, 12) == ["5"] * 12
            return one.starts

    assert asyncio.run(work()) == 2


def test_one_that_has_died_too_often_is_given_up(tmp_path: Path) -> None:
    async def work() -> None:
        async with server(tmp_path, f"mortal:{tmp_path / 'died'}", restarts=0) as one:
            await ask(one, 12)

    with pytest.raises(ModelUnavailable, match="died 1 times, and is not started again"):
        asyncio.run(work())


def test_it_is_recycled_between_requests(tmp_path: Path) -> None:
    async def work() -> int:
        async with server(tmp_path) as one, Pool([one.url], window=2, patience_s=30) as pool:
            pool.start(None)
            pool.supervise(one, 5, 60)
            for k in range(12):
                assert (await pool.ask(body(f"{k}"), tag=f"{k}")).text == "5"
                while pool.endpoints[0].served >= 5 and one.starts == 1:
                    await asyncio.sleep(0.05)
            return one.starts

    assert asyncio.run(work()) >= 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_does_not_outlive_its_driver(number: signal.Signals, tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from tests.endpoints.test_server import server\n"
        "async def work():\n"
        f"    async with server(Path({str(tmp_path)!r})) as one:\n"
        "        print(one.pid, flush=True)\n"
        "        await asyncio.sleep(600)\n"
        "asyncio.run(work())\n"
    )
    driver = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert driver.stdout is not None
    pid = int(driver.stdout.readline())
    assert lives(pid)
    driver.send_signal(number)
    driver.wait(60)
    log = subprocess.run(["tail", f"--pid={pid}", "-f", "/dev/null"], timeout=60, check=False)
    assert log.returncode == 0
    assert not lives(pid)


def test_the_command_is_what_the_recipe_implies() -> None:
    options = Serve(
        gpus=(1, 2),
        tensor_parallel=2,
        max_model_len=4096,
        chat_template="huatuo_llava.jinja",
        flags={"dtype": "float16", "enforce-eager": True, "enable-prompt-tokens-details": False},
    )
    command = serve_command("author", "some/model", "abc", options, host="0.0.0.0", port=8000)  # noqa: S104
    assert command[:3] == ["vllm", "serve", "some/model"]
    flags = " ".join(command)
    for expected in (
        *("--served-model-name author", "--revision abc", "--tensor-parallel-size 2"),
        *("--max-model-len 4096", "--dtype float16", "--enforce-eager"),
        '--structured-outputs-config {"backend":"guidance","disable_any_whitespace":true}',
        *("--generation-config vllm", "--chat-template-content-format openai"),
    ):
        assert expected in flags
    assert "enable-prompt-tokens-details" not in flags
    template = Path(command[command.index("--chat-template") + 1])
    assert template.is_file()
