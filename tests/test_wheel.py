"""An installed wheel behaves like a clone: everything that is not code is in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.slow
def test_a_wheel_finds_recipes_prompts_templates_and_migrations(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path)]
    subprocess.run([*command, str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("m3ds-*.whl")
    unpacked = tmp_path / "site"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(unpacked)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "m3ds",
            "build",
            "--source",
            "busi",
            "--workdir",
            str(tmp_path / "w"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    where = subprocess.run(
        [
            sys.executable,
            "-c",
            "import m3ds, m3ds.assets as a; print(m3ds.__file__, a.folder('prompts'))",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert where.count(str(unpacked)) == 2
