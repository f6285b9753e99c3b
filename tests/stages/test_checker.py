"""Checks beside the loop: several at a time, and of many samples in a process of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.driver import multiplied
from benchmarks.standin import Behaviour
from m3ds.errors import WorkerCrashed
from m3ds.reasoning import checking
from m3ds.reasoning.checking import check_all, checked
from m3ds.reasoning.grammar import write
from m3ds.schema.case import Case
from m3ds.schema.text import Draft, Verdict
from m3ds.stages import checker
from m3ds.stages.checker import Checker
from tests.reasoning.cases import case
from tests.stages.modelled import recipe, run
from tests.standing import standing

CASES = [case("tn3k", n, diagnosis=("benign", "malignant")[n % 2]) for n in range(20)]
DRAFTS = [Draft(steps=write(one, 1), call_key="k") for one in CASES]
DRAFTS[3] = DRAFTS[3].model_copy(update={"diagnosis": "cyst"})

Drafts = Sequence[tuple[Case, Draft]]


async def all_checked(
    drafts: Sequence[Draft] = DRAFTS, *, apart: bool
) -> list[Verdict | BaseException]:
    async with Checker(apart=apart) as checks:
        waiting = (checks(*pair) for pair in zip(CASES, drafts, strict=True))
        return await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize("apart", [False, True])
def test_each_draft_gets_its_own_verdict(apart: bool) -> None:
    found = asyncio.run(all_checked(apart=apart))
    assert found == [checked(*pair) for pair in zip(CASES, DRAFTS, strict=True)]
    assert [n for n, one in enumerate(found) if isinstance(one, Verdict) and not one.accepted] == [
        3
    ]


def test_a_fault_of_the_checks_costs_no_other_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(of: Case, draft: Draft) -> Verdict:
        if of is CASES[5]:
            raise ZeroDivisionError("a mistake of ours")
        return checked(of, draft)

    monkeypatch.setattr(checking, "checked", faulty)
    found = asyncio.run(all_checked(apart=False))
    assert [type(one) for one in found].count(Verdict) == 19
    assert isinstance(found[5], ZeroDivisionError)


def dies_once(drafts: Drafts) -> list[Verdict | Exception]:
    """Checks, but first kills its process; the key of the drafts is where it makes a note of it."""
    mark = Path(drafts[0][1].call_key) if drafts else None
    if mark is not None and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return check_all(drafts)


def dies(drafts: Drafts) -> list[Verdict | Exception]:
    """Kills its process whenever it has something to check."""
    if drafts:
        os.kill(os.getpid(), signal.SIGKILL)
    return []


def test_a_process_that_is_killed_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = tmp_path / "died"
    drafts = [draft.model_copy(update={"call_key": str(died)}) for draft in DRAFTS]
    monkeypatch.setattr(checker, "check_all", dies_once)
    found = asyncio.run(all_checked(drafts, apart=True))
    assert found == [checked(*pair) for pair in zip(CASES, DRAFTS, strict=True)]
    assert died.exists()


def test_samples_whose_checks_kill_each_process_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "check_all", dies)
    found = asyncio.run(all_checked(apart=True))
    assert all(isinstance(one, WorkerCrashed) for one in found)


def test_ctrl_c_of_many_samples_leaves_no_process_and_loses_nothing(tmp_path: Path) -> None:
    with standing(Behaviour(latency_s=0.05, slots=16)) as server:
        file = recipe(tmp_path, server.url, author_more="window: 16\n  near_duplicate: null")
        for verb in ("download", "harmonize"):
            assert run(verb, file, tmp_path / "few").returncode == 0
        work = multiplied(tmp_path / "few", "many", 520)
        command = [sys.executable, "-m", "m3ds", "reason", "-p", str(file), "--workdir", str(work)]
        running = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        while server.answered < 100:
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        # Ends when the last process that could write to it is gone.
        _, said = running.communicate(timeout=60)
        assert running.returncode == 130
        assert "what was finished is kept" in said
        assert "Traceback" not in said
        again = run("reason", file, work)
        assert again.returncode == 0, again.stderr
        assert server.standin.stats.repeated <= 16 * 5
