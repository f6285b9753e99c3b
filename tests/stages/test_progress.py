"""What a long stage says where there is no terminal."""

from __future__ import annotations

import pytest

from m3ds.stages import progress


def test_without_a_terminal_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("m3ds.stages.progress.time.monotonic", lambda: now)
    with progress.track("harmonizing", 400) as advance:
        for _ in range(30):
            now += 1.0
            advance(10)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "harmonizing: 100 of 400 samples, 10.0/s, 30 s left",
        "harmonizing: 200 of 400 samples, 10.0/s, 20 s left",
        "harmonizing: 300 of 400 samples, 10.0/s, 10 s left",
    ]


def test_work_that_is_done_soon_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.track("unpacking", None, unit="bytes") as advance:
        advance(10)
    assert capsys.readouterr().err == ""
