"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests name shipped files from the root of the checkout, wherever pytest was started."""
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real upstream files; CI must have it, anyone else may."""
    named = os.environ.get("M3DS_REAL_SAMPLES", "")
    if named and Path(named).is_dir():
        return Path(named)
    if os.environ.get("CI") == "true":
        pytest.fail("M3DS_REAL_SAMPLES must name the folder of real samples in CI")
    pytest.skip("M3DS_REAL_SAMPLES does not name the folder of real upstream files")
