"""Building a tiny model, starting the real `vllm serve` with it, and stopping all of that."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

VENV = Path(__file__).resolve().parents[2] / ".venv-vllm"
VLLM = VENV / "bin" / "vllm"
NAME = "tiny"
"""What a served model is called in requests."""

ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "TORCHDYNAMO_DISABLE": "1",  # else the first log-probabilities compile C++ for 20 s
    "VLLM_CACHE_ROOT": str(VENV / "cache"),
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # else two servers share one core
    "VLLM_NO_USAGE_STATS": "1",
}
"""What a server on a small CPU needs beside the environment of the tests."""

CPU_FLAGS = (
    *("--dtype", "bfloat16"),
    "--enforce-eager",
    *("--kv-cache-memory-bytes", "64M"),
    *("--mm-processor-cache-gb", "0.1"),
    *("--max-num-seqs", "8"),
    "--no-enable-chunked-prefill",  # with seeds it ends the engine: a CPU has no generator offset
)
"""What keeps it at about 30 s to start and 1.8 GB."""

FLAGS = (
    *("--max-model-len", "4096"),
    *("--limit-mm-per-prompt", '{"image":2,"video":0}'),
    *("--generation-config", "vllm"),
    *("--structured-outputs-config", '{"backend":"guidance","disable_any_whitespace":true}'),
    "--enable-prompt-tokens-details",
)
"""What servers on a GPU are given too."""

READY_SECONDS = 300.0
STOP_SECONDS = 15.0


class NotServing(RuntimeError):
    """The server did not come up; carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. It leads a process group that holds all its processes."""

    base_url: str
    model: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def healthy(self) -> bool:
        """Whether `/health` answers 200 now."""
        try:
            with urllib.request.urlopen(f"{self.base_url}/health", timeout=5) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def build(kind: Literal["qwen", "llava"], folder: Path) -> Path:
    """Build a tiny model (`tiny.py`) into `folder`, which is returned.

    Raises:
        FileNotFoundError: the environment of these tests is not installed.
    """
    python = VENV / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError(f"{VENV.name} is not there; `make test-vllm` installs it")
    script = Path(__file__).with_name("tiny.py")
    subprocess.run([python, script, kind, folder], check=True, env=environment(), timeout=120)
    return folder


@contextmanager
def serving(model: Path, *flags: str, log: Path) -> Iterator[Server]:
    """Serve `model` with `FLAGS` and `flags` on a free port, until the block ends.

    Args:
        model: the folder of the model.
        flags: more of `vllm serve`; a flag given here wins over the same one in `FLAGS`.
        log: where the server's output goes.

    Raises:
        NotServing: it ended, or was not healthy within `READY_SECONDS`.
    """
    port = free_port()
    address = ("--host", "127.0.0.1", "--port", str(port), "--served-model-name", NAME)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [VLLM, "serve", model, *address, *CPU_FLAGS, *FLAGS, *flags],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", model, process, log)
    try:
        _wait(server)
        yield server
    finally:
        _stop(process)


def environment() -> dict[str, str]:
    """The environment of the tests with `ENVIRONMENT` over it."""
    return {**os.environ, **ENVIRONMENT}


def engine(under: int) -> int:
    """The process that computes, among the descendants of process `under`.

    Raises:
        LookupError: none is there.
    """
    parents: dict[int, int] = {}
    engines = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            pid, _, rest = (folder / "stat").read_text().partition(" (")
            name, _, rest = rest.rpartition(") ")
            parents[int(pid)] = int(rest.split()[1])
            if name.startswith("VLLM::Engine"):
                engines.append(int(pid))
    for found in engines:
        ancestor = found
        while ancestor in parents and ancestor != under:
            ancestor = parents[ancestor]
        if ancestor == under:
            return found
    raise LookupError(f"no engine runs under process {under}")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait(server: Server) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and server.process.poll() is None:
        if server.healthy():
            return
        time.sleep(0.25)
    code = server.process.poll()
    ended = "is not healthy" if code is None else f"ended with {code}"
    last = "\n".join(server.log.read_text(errors="replace").splitlines()[-30:])
    raise NotServing(f"vllm serve {server.model} {ended}:\n{last}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):  # what it left behind, or itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
