"""How long a start takes: `m3ds --help`, and a build that has nothing to do.

Each is timed as a whole process, several times, in turn with a peer: the same interpreter that
only imports what no such program can do without. The ratios to the peer hold on any machine; the
ratios to the limit (0.3 s and 3 s) are the project's promise on two cores.

    python benchmarks/start.py [--json] [--runs 7] [--workdir DIR]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HELP = [sys.executable, "-m", "m3ds", "--help"]
HELP_PEER = [sys.executable, "-c", "import typer, rich.panel"]
AGAIN_PEER = [sys.executable, "-c", "import typer, pydantic, sqlalchemy, yaml, rich.progress"]


def seconds(command: list[str]) -> float:
    """Wall time of one run, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def compare(command: list[str], peer: list[str], runs: int, limit: float) -> dict[str, float]:
    """Medians of `runs` pairs, after one of each that is not counted."""
    seconds(command), seconds(peer)
    pairs = [(seconds(command), seconds(peer)) for _ in range(runs)]
    mine = statistics.median(a for a, _ in pairs)
    return {
        "seconds": round(mine, 3),
        "limit": limit,
        "of_limit": round(mine / limit, 3),
        "of_peer": round(statistics.median(a / b for a, b in pairs), 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time `m3ds --help` and a build without work.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--workdir", type=Path, help="a finished mini build; made if left out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        workdir = options.workdir or Path(scratch)
        again = [sys.executable, "-m", "m3ds", "build", "--workdir", str(workdir)]
        subprocess.run(again, check=True, capture_output=True)
        found = {
            "help": compare(HELP, HELP_PEER, options.runs, 0.3),
            "build_again": compare(again, AGAIN_PEER, options.runs, 3.0),
        }
    if options.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(
            f"{name:>12}: {figures['seconds']:.3f} s, {figures['of_limit']:.2f} of the limit of "
            f"{figures['limit']:.1f} s, {figures['of_peer']:.1f} times the same imports alone"
        )


if __name__ == "__main__":
    main()
