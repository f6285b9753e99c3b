"""A `vllm serve` that is started here: watched, started again when it dies, and always stopped."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import IO

import aiohttp

from m3ds.endpoints.command import environment, serve_command
from m3ds.endpoints.wire import is_alive
from m3ds.errors import ModelUnavailable, cause
from m3ds.recipe import Serve

HOST = "127.0.0.1"
_TAIL = 20
_GRACE_S = 20.0
_LOOK_S = 0.5


class Server:
    """One server. As an async context manager it yields its base URL once it is ready.

    Args:
        role: Which it is; also the name of its log.
        model, revision, serve: Of the recipe.
        logs: The folder for `<role>.log`.
        by_hand: The command that starts it in the foreground.
    """

    def __init__(
        self,
        role: str,
        model: str,
        revision: str | None,
        serve: Serve,
        logs: Path,
        *,
        by_hand: str = "",
    ) -> None:
        self._port = serve.port or _free_port()
        self._command = serve_command(role, model, revision, serve, host=HOST, port=self._port)
        self._serve = serve
        self._role = role
        self._by_hand = by_hand or f"m3ds serve {role}"
        self._log = logs / f"{role}.log"
        self._file: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: asyncio.Task[None] | None = None
        self.starts = 0
        self.failed = ""

    @property
    def url(self) -> str:
        """The base of its endpoint."""
        return f"http://{HOST}:{self._port}/v1"

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Server:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._log.open("ab")
        self._start()
        try:
            await self._ready()
        except BaseException:
            await self._stop()
            raise
        self._watch = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._stop()

    async def restart(self) -> None:
        """Stop it and start it afresh; it counts as no death."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._stop(close=False)
        self._start()
        await self._ready()
        self._watch = asyncio.create_task(self._keep())

    def _start(self) -> None:
        """Start the process.

        Raises:
            ModelUnavailable: there is no such command.
        """
        self.starts += 1
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the recipe's command
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=self._file,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment(self._serve)},
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        except OSError as error:
            raise ModelUnavailable(
                f"the {self._role}'s server cannot be started with {self._command[0]}: "
                f"{cause(error)}",
                todo="install vLLM in an environment of its own and name its `vllm` in "
                "serve.command, or name servers that run already",
            ) from None

    async def _ready(self) -> None:
        """Wait until it answers.

        Raises:
            ModelUnavailable: it died, or takes too long; with the last lines that it wrote.
        """
        until = time.monotonic() + self._serve.ready_s
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < until:
                if self._process is None or self._process.poll() is not None:
                    code = self._process.returncode if self._process else None
                    raise self.not_up(f"ended with exit code {code}")
                if await is_alive(session, self.url):
                    return
                await asyncio.sleep(_LOOK_S)
        raise self.not_up(f"was not ready after {self._serve.ready_s:.0f} s")

    def not_up(self, what: str, todo: str = "") -> ModelUnavailable:
        """The error of a server of which no work is to be had: what it does, and its last words."""
        lines = self.last_lines()
        said = "".join(f"\n    {line}" for line in lines) or " (it wrote nothing)"
        return ModelUnavailable(
            f"the {self._role}'s server {what}; the last lines that it wrote:{said}",
            where=self._log,
            todo=todo or f"try it by hand: {self._by_hand}",
        )

    def last_lines(self) -> list[str]:
        """The end of its log."""
        with self._log.open("rb") as file:
            file.seek(max(0, self._log.stat().st_size - 20_000))
            tail = deque(file, maxlen=_TAIL)
        return [line.decode("utf-8", "replace").rstrip() for line in tail]

    async def _keep(self) -> None:
        """Start it again when it dies, as often as the recipe allows."""
        deaths = 0
        while True:
            await asyncio.sleep(_LOOK_S)
            if self._process is not None and self._process.poll() is None:
                continue
            deaths += 1
            if deaths > self._serve.restarts:
                self.failed = f"died {deaths} times, and is not started again"
                return
            await self._stop(close=False)  # what it left of its group still holds the GPU
            self._start()
            with contextlib.suppress(ModelUnavailable):
                await self._ready()

    async def _stop(self, *, close: bool = True) -> None:
        """End the whole process group: politely, then not."""
        process, self._process = self._process, None
        if process is not None:
            _signal_group(process.pid, signal.SIGTERM)
            until = time.monotonic() + _GRACE_S
            while _group_lives(process.pid) and time.monotonic() < until:
                process.poll()
                try:
                    await asyncio.sleep(0.05)
                except asyncio.CancelledError:
                    _signal_group(process.pid, signal.SIGKILL)
                    raise
            _signal_group(process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=_GRACE_S)
        if close and self._file is not None:
            self._file.close()
            self._file = None


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _group_lives(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> None:
    """A driver that is killed outright takes its server along: it would hold the GPU for ever."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG of <sys/prctl.h>
