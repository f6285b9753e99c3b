"""The command line called wrongly: one line in our own words, and exit code 2."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from m3ds import errors
from m3ds.cli import app


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("serve judge", "role: 'judge' is not one of 'author', 'critic' (m3ds serve --help "),
        ("plan --samples x", "--samples: a whole number is expected, not 'x' (m3ds plan --help "),
        ("plan --samples 0", "--samples: at least 1 is expected, not '0' (m3ds plan --help "),
        ("calibrate --at-least -1", "--at-least: at least 1 is expected, not '-1' ("),
        (
            "buidl",
            "no such command 'buidl'. Did you mean 'build'? (m3ds --help says what there is)",
        ),
        ("build --pipline x", "no such option: --pipline (Possible options: --pipeline) ("),
        ("explain", "missing argument 'SAMPLE_ID' (m3ds explain --help says what there is)"),
    ],
)
def test_a_wrong_call_is_said_in_a_line(words: str, says: str) -> None:
    done = CliRunner().invoke(app, words.split(), prog_name="m3ds")
    assert done.exit_code == 2
    assert done.output.startswith(f"m3ds: {says}")
    assert done.output.count("\n") == 1


def test_a_failure_of_the_disk_is_said_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "some/file")

    monkeypatch.setattr("m3ds.stages.build.run_stage", full)
    done = CliRunner().invoke(app, ["build", "--workdir", str(tmp_path)])
    assert done.exit_code == 1
    assert done.output == "m3ds: some/file: no space left on device\n"


def test_help_is_no_error() -> None:
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    assert "m3ds" in done.output
    assert CliRunner().invoke(app, []).exit_code == 2


def test_the_readme_knows_every_exit_code() -> None:
    told = set(re.findall(r"^\| (\d+) \|", Path("README.md").read_text(), flags=re.MULTILINE))
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    raised = {str(kind.exit_code) for kind in kinds if issubclass(kind, errors.M3dsError)}
    assert told == {"0", "130"} | raised
    assert "`--at-least N`" in Path("README.md").read_text()
    assert "130 stopped" in " ".join(CliRunner().invoke(app, ["--help"]).output.split())


_SWALLOWED = """
import sys
import time
from m3ds.stages import sources

class Trap:
    def __del__(self):
        raise KeyboardInterrupt  # as when the signal comes while something is thrown away

def show(as_json):
    Trap()
    time.sleep(30)

sources.show = show
from m3ds.cli import app
sys.argv = ["m3ds", "sources"]
app()
"""


def test_a_ctrl_c_that_python_swallows_comes_again() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SWALLOWED], capture_output=True, text=True, timeout=25
    )
    assert done.returncode == 130
    assert done.stderr == "m3ds: stopped; what was finished is kept (go on with: m3ds sources)\n"
