"""What a long stage says, with and without a terminal."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace

import pytest
from rich.console import Console

from m3ds.endpoints.pool import Counts, Pool
from m3ds.stages import progress
from m3ds.stages.answers import Answers


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


def pools(**requests: int) -> dict[tuple[str, str], Pool]:
    """Pools that have answered so many requests, by role."""
    return {
        (role, "m"): SimpleNamespace(  # type: ignore[misc]
            counts=Counts(requests=n), endpoints=["one"], away_s=None, patience_s=600.0
        )
        for role, n in requests.items()
    }


def test_answers_are_counted_before_any_sample_is_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("m3ds.stages.answers.time.monotonic", lambda: now)
    at_work = pools(author=0, critic=0)
    answers = Answers(at_work)
    assert answers() == "0 requests answered, 0 texts written"
    for _ in range(80):
        now += 0.25
        at_work["author", "m"].counts.requests += 1
        at_work["critic", "m"].counts.requests += 4
        said = answers()
    assert said == "400 requests answered (20.0/s), 80 texts written"
    for _ in range(41):  # the servers hang
        now += 0.25
        said = answers()
    assert said == "400 requests answered (0.0/s), 80 texts written"
    assert "written" not in Answers(pools(critic=3))()


def test_a_server_that_fails_is_named_while_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("m3ds.stages.answers.time.monotonic", lambda: now)
    at_work = pools(author=0, critic=0)
    answers = Answers(at_work)
    now += 5
    counts = at_work["author", "m"].counts
    counts.retries, counts.last_failure = 36, "500: internal error"
    assert answers() == (
        "the author's server failed 36 times lately (500: internal error); "
        "0 requests answered (0.0/s), 0 texts written"
    )
    for _ in range(6):  # it is well again
        now += 5
        said = answers()
    assert said == "0 requests answered (0.0/s), 0 texts written"


def test_who_is_waited_for_is_said_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("m3ds.stages.answers.time.monotonic", lambda: 100.0)
    waiting = pools(author=7, critic=0)
    waiting["author", "m"] = SimpleNamespace(  # type: ignore[assignment]
        counts=Counts(requests=7), endpoints=["one", "two"], away_s=44.6, patience_s=600.0
    )
    said = Answers(waiting)()
    assert said == (
        "waits for the author's servers (45 s of 600); 7 requests answered, 7 texts written"
    )


def test_no_time_is_foretold_while_nothing_moves(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("m3ds.stages.progress.time.monotonic", lambda: now)
    with progress.track("harmonizing", 400) as advance:
        for n in (100, 0, 100):
            now += 10.0
            advance(n)
    assert [line.partition("/s")[2] for line in capsys.readouterr().err.splitlines()] == [
        *(", 30 s left", "", ", 30 s left"),
    ]


def test_the_time_left_is_of_how_it_goes_now(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("m3ds.stages.progress.time.monotonic", lambda: now)
    with progress.track("reasoning", 10_000) as advance:
        for n in [1000] * 6 + [10] * 6:
            now += 10.0
            advance(n)
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "reasoning: 6,060 of 10,000 samples, 1.0/s, 3940 s left"


def test_news_come_also_while_no_step_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("m3ds.stages.progress.LINE_EVERY_S", 0.01)
    with progress.track("reasoning", 4, news=lambda: "5 requests answered"):
        time.sleep(0.1)
    first = capsys.readouterr().err.splitlines()[0]
    assert first == "reasoning: 0 of 4 samples, 0.0/s; 5 requests answered"


def test_a_bar_has_news_below_it_and_is_drawn_four_times_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(progress, "console", Console(file=screen, force_terminal=True, width=80))
    asked = 0

    def news() -> str:
        nonlocal asked
        asked += 1
        return "5 requests answered"

    with progress.track("reasoning", 4, news=news):
        time.sleep(1)
    assert "5 requests answered" in screen.getvalue()
    assert 2 <= asked <= 9  # once more each at the start, for the task, and at the end
