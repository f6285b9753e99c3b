"""The reasoning loop against a stand-in server: how much of what the server could do is used.

A workplace of synthetic images (70 kB in the mean) is harmonised first, untimed. Then
`m3ds reason` runs over it as a whole process (start, ledger, images, checks, author, critic)
against a stand-in of fixed latency and slots. The ideal is what nobody can beat: requests ×
latency / slots.

    python benchmarks/driver.py [--json] [--requests 10000] [--latency 2] [--slots 256]
    python benchmarks/driver.py --memory [N] [--json]

`efficiency` is the ideal over the wall time of the whole command. `saturation` is requests per
second against a server that answers at once. CPU is that of the command and of all processes that
it starts; `bare` is `benchmarks/bare.py` against the same server in the same run, a client that
does nothing but ask. `--memory` compares 2,000 samples with N, 200,000 if
left out, in peak memory and in time, and then runs the same command again, which finds nothing to
do. There are author and checks only, and the author is told the diagnosis, so that it writes each
text once (half an hour on two cores).
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from m3ds.ledger.ledger import Ledger
from m3ds.ledger.tables import items

ROOT = Path(__file__).resolve().parent.parent
PER_SAMPLE = 12.3
"""Requests that one sample takes with this stand-in: one to three texts, and ten judgements."""

SAMPLES = 3.7
"""Samples per image of each source: chest radiographs have one for each finding."""

_PR_SET_CHILD_SUBREAPER = 36
COMMIT = "0" * 40
RECIPE = """\
name: driver
seed: 17
input: {{kind: phantoms, per_source: {per_source}}}
sources: [busi, chestx_det, fives]
author:
  backend: vllm
  model: standin/author
  revision: "{commit}"
  servers: ["{url}"]
  window: {window}
  hints: {hints}
critic:
  {critic}
max_quarantined: 0.5
"""
CRITIC = """backend: vllm
  model: standin/critic
  revision: "{commit}"
  servers: ["{url}"]
  window: {window}
  controls: {{floor: 0}}"""


@dataclass(frozen=True, slots=True)
class Run:
    """One command: seconds of wall, CPU of all its processes, peak memory of the largest in MB.

    And what the server has counted.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    stats: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked: images of each source, seconds of an answer, requests at a time, and of whom.

    `memory` is the load of `--memory`: no critic, and an author that knows the diagnosis.
    """

    per_source: int
    latency_s: float
    slots: int
    memory: bool = False

    def recipe(self, url: str) -> str:
        """With both models at `url`."""
        window = -(-11 * self.slots // 10)
        critic = CRITIC.format(url=url, window=window, commit=COMMIT)
        return RECIPE.format(
            per_source=self.per_source,
            url=url,
            window=window,
            hints="[2]" if self.memory else "[0, 1, 2]",
            critic="backend: checks" if self.memory else critic,
            commit=COMMIT,
        )


@contextmanager
def standin(latency: float, slots: int) -> Iterator[str]:
    """A stand-in in a process of its own; yields its base URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(ROOT / "benchmarks" / "standin.py"), "--port", str(port)]
    command += ["--latency", str(latency), "--slots", str(slots)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"{url}/health", timeout=1):  # noqa: S310
                    break
            except OSError:
                time.sleep(0.05)
        yield f"{url}/v1"
    finally:
        server.terminate()
        server.wait()


def seen(url: str) -> dict[str, Any]:
    """What the stand-in has seen."""
    with urllib.request.urlopen(f"{url.removesuffix('/v1')}/stats", timeout=5) as answer:  # noqa: S310
        stats: dict[str, Any] = json.load(answer)
        return stats


def measured(command: list[str], url: str) -> Run:
    """Run one command to its successful end, and to that of all processes that it started."""
    others = _children()
    start = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT)
    said = process.stderr.read().decode() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    used = [usage, *(os.wait4(orphan, 0)[2] for orphan in _children() - others)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    return Run(wall, cpu, max(one.ru_maxrss for one in used) / 1024, seen(url))


def _children() -> set[int]:
    """The processes that are this one's; those that its children leave behind become that too.

    Linux only; elsewhere the CPU of processes that outlive the command is not counted.
    """
    file = Path(f"/proc/self/task/{os.getpid()}/children")
    if not file.exists():
        return set()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return set(map(int, file.read_text().split()))


def prepared(folder: Path, load: Load) -> Path:
    """A work folder with harmonised samples."""
    recipe = folder / "prepare.yaml"
    recipe.write_text(load.recipe("http://127.0.0.1:9/v1"))
    workdir = folder / "work"
    for verb in ("download", "harmonize"):
        command = [sys.executable, "-m", "m3ds", verb, "-p", str(recipe), "--workdir", str(workdir)]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return workdir


def reason(workdir: Path, load: Load, *, times: int = 1) -> list[Run]:
    """`m3ds reason` in `workdir`, `times` times over."""
    with standin(load.latency_s, load.slots) as url:
        recipe = workdir.with_suffix(".yaml")
        recipe.write_text(load.recipe(url))
        command = ["reason", "-p", str(recipe), "--workdir", str(workdir)]
        return [measured([sys.executable, "-m", "m3ds", *command], url) for _ in range(times)]


def bare(load: Load, requests: int) -> Run:
    """A client that does nothing but ask."""
    with standin(load.latency_s, load.slots) as url:
        script = str(ROOT / "benchmarks" / "bare.py")
        counts = ["--requests", str(requests), "--slots", str(load.slots)]
        return measured([sys.executable, script, "--url", url, *counts], url)


def fresh(workdir: Path, name: str) -> Path:
    """Another work folder with the same harmonised samples and nothing reasoned."""
    copy = workdir.with_name(name)
    copy.mkdir()
    (copy / "objects").symlink_to(workdir / "objects")
    source = sa.create_engine(f"sqlite:///{workdir / 'm3ds.db'}")
    with source.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{copy / 'm3ds.db'}'")
    source.dispose()
    return copy


def multiplied(workdir: Path, name: str, wanted: int) -> Path:
    """Like `fresh`, with its samples repeated under new ids until there are `wanted`."""
    copy = fresh(workdir, name)
    ledger = Ledger(f"sqlite:///{copy / 'm3ds.db'}")
    rows = ledger.read(sa.select(items).where(items.c.kind == "sample").order_by(items.c.seq))
    number = len(rows)
    while number < wanted:
        batch = []
        for row in rows[: wanted - number]:
            number += 1
            identity = f"{row.sample_id}-{number}"
            body = row.body | {"sample_id": identity}
            named = {"source": row.source, "fingerprint": row.fingerprint, "item": identity}
            batch.append((items, {**named, "kind": "sample", "sample_id": identity, "body": body}))
        ledger.append(batch)
    ledger.close()
    return copy


def used(load: Load) -> dict[str, float]:
    """How much of the servers is used."""
    with tempfile.TemporaryDirectory() as scratch:
        base = prepared(Path(scratch), load)
        (busy,) = reason(fresh(base, "busy"), load)
        (idle,) = reason(fresh(base, "idle"), replace(load, latency_s=0.0))
    requests = busy.stats["requests"]
    least = bare(replace(load, latency_s=0.0), requests)
    ideal = requests * load.latency_s / load.slots
    return {
        "requests": requests,
        "ideal_s": round(ideal, 2),
        "wall_s": round(busy.wall_s, 2),
        "first_to_last_s": round(busy.stats["seconds"], 2),
        "efficiency": round(ideal / busy.wall_s, 4),
        "requests_per_s": round(requests / busy.wall_s, 1),
        "client_cpu_s_per_1000": round(1000 * busy.cpu_s / requests, 3),
        "peak_mb": round(busy.peak_mb),
        "saturation": round(idle.stats["requests"] / idle.stats["seconds"], 1),
        "saturation_cpu_s_per_1000": round(1000 * idle.cpu_s / idle.stats["requests"], 3),
        "bare": round(requests / least.stats["seconds"], 1),
        "bare_cpu_s_per_1000": round(1000 * least.cpu_s / requests, 3),
    }


def grown(load: Load, samples: int) -> dict[str, float]:
    """Memory and time of few samples and of many, and of looking at the many again."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        base = prepared(Path(scratch), load)
        for n in (2_000, samples):
            first, again = reason(multiplied(base, f"n{n}", n), load, times=2)
            found[f"peak_mb_{n}_samples"] = round(first.peak_mb)
            found[f"wall_s_{n}_samples"] = round(first.wall_s, 1)
            found[f"again_mb_{n}_samples"] = round(again.peak_mb)
            found[f"again_s_{n}_samples"] = round(again.wall_s, 2)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How well the driver uses its servers.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=2.0)
    parser.add_argument("--slots", type=int, default=256)
    parser.add_argument("--memory", type=int, nargs="?", const=200_000, metavar="SAMPLES")
    options = parser.parse_args()
    per_source = max(2, round(options.requests / PER_SAMPLE / SAMPLES))
    load = Load(per_source, options.latency, options.slots)
    if options.memory:
        found = grown(replace(load, latency_s=0.0, memory=True), options.memory)
    else:
        found = used(load)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:>26}: {value:,}")


if __name__ == "__main__":
    main()
