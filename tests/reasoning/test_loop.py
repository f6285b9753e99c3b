"""The coroutine of one sample: attempts, objections, what is remembered, what is replayed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from m3ds.claims import CHECKS_VERSION
from m3ds.errors import ModelUnavailable
from m3ds.reasoning import loop
from m3ds.reasoning.backends import FactsAuthor
from m3ds.reasoning.calls import Call, Turn, View, digest, request, seed, situation
from m3ds.reasoning.checking import checked
from m3ds.reasoning.grammar import write
from m3ds.reasoning.loop import Reasoned, fingerprint, reason
from m3ds.reasoning.sight import Unseen
from m3ds.schema.case import Case
from m3ds.schema.text import Draft, Failure, Objection, Steps, Verdict
from tests.reasoning.cases import case
from tests.reasoning.scripted import Memo, Scripted

CASE = case("tn3k", 1, diagnosis="benign")
VIEW = View(image_pixels_sha256="i" * 64, mask_pixels_sha256="m" * 64, params={"side": 1024})
BAD = Steps(modality="An X-ray.", analysis="Nothing.", reasoning="None.", conclusion="Unknown.")


async def at_once(of: Case, draft: Draft) -> Verdict:
    return checked(of, draft)


def run(memo: Memo, **changes: Any) -> Reasoned:
    settings: dict[str, Any] = {
        "author": FactsAuthor(),
        "critics": (),
        "checks": at_once,
        "recipe_seed": 1,
        "max_attempts": 3,
    }
    settings |= changes
    of = settings.pop("case", CASE)
    return asyncio.run(reason(of, Unseen(settings.pop("view", VIEW)), memo=memo, **settings))


def test_the_embedded_author_is_accepted_at_once() -> None:
    memo = Memo()
    done = run(memo)
    assert (done.outcome.state, done.outcome.attempt) == ("accepted", 1)
    assert done.text is not None
    assert done.outcome.text_sha == done.text.sha == done.attempts[0].text.sha
    assert done.attempts[0].hint_level == 2
    assert done.attempts[0].author.seed == seed(1, CASE.sample_id, "author", 1)
    assert done.attempts[0].author.call_key in memo.kept
    assert done.verdicts[0].version == done.outcome.checks_version == CHECKS_VERSION
    assert run(Memo(), case=case("kvasir_seg", 1)).attempts[0].hint_level is None


def test_a_rerun_replays_without_a_call() -> None:
    memo = Memo()
    first = run(memo)
    memo.open = False
    assert run(memo) == first
    assert memo.asked == 1


def test_checks_send_the_author_back_with_their_reasons() -> None:
    author = Scripted([BAD, BAD, write(CASE, 1)])
    done = run(Memo(), author=author)
    assert (done.outcome.state, done.outcome.attempt) == ("accepted", 3)
    assert [len(turn.objections) for turn in author.turns] == [0, 1, 2]
    assert {f.code for f in author.turns[1].objections[0].failures} >= {"modality", "label"}
    assert [a.text.parent for a in done.attempts] == [
        None,
        *(a.text.sha for a in done.attempts[:2]),
    ]
    assert [v.accepted for v in done.verdicts] == [False, False, True]
    assert [v.text_sha for v in done.verdicts] == [a.text.sha for a in done.attempts]
    assert len({turn.seed for turn in author.turns}) == 3
    assert [o.attempt for o in done.objections] == [1, 2]


def test_attempts_run_out() -> None:
    done = run(Memo(), author=Scripted([BAD] * 3), max_attempts=2)
    assert (done.outcome.state, len(done.attempts), done.text) == ("exhausted", 2, None)


def test_a_malformed_reply_costs_an_attempt_and_is_kept() -> None:
    done = run(Memo(), author=Scripted(["}{", write(CASE, 1)]))
    assert done.outcome.attempt == 2
    assert done.attempts[0].text.steps.analysis == "}{"
    assert done.attempts[0].author.call_key
    assert [a.author.temperature for a in done.attempts] == [0.1, 0.2]
    assert [f.code for f in done.verdicts[0].failures] == ["malformed"]


def test_the_critic_sees_only_what_the_checks_pass_and_may_object() -> None:
    critic = Scripted([None, False, True])
    done = run(Memo(), author=Scripted([BAD, write(CASE, 1), write(CASE, 2)]), critics=(critic,))
    assert [turn.attempt for turn in critic.turns] == [2, 3]
    assert [o.origin for o in done.objections] == ["checks", "critic"]
    assert [v.judge for v in done.verdicts] == [
        "checks",
        "checks",
        "scripted",
        "checks",
        "scripted",
    ]
    assert (done.outcome.state, done.outcome.attempt) == ("accepted", 3)


def test_a_sample_waits_for_the_model_that_is_away_and_goes_on_later() -> None:
    memo = Memo()
    memo.open = False
    assert run(memo).outcome.state == "needs_author"
    memo.open = True
    run(memo)
    memo.open = False
    critic = Scripted([True])
    waiting = run(memo, critics=(critic,))
    assert (waiting.outcome.state, len(waiting.attempts)) == ("needs_critic", 1)
    memo.open = True
    assert run(memo, critics=(critic,)).outcome.state == "accepted"
    assert memo.asked == 2


def test_of_two_critics_both_are_asked_before_a_sample_waits() -> None:
    class Away(Scripted):
        async def judge(self, *_: Any) -> Verdict:
            raise ModelUnavailable("is away")

    second = Scripted([True])
    done = run(Memo(), critics=(Away([], model="away"), second))
    assert (done.outcome.state, done.outcome.reason) == ("needs_critic", "is away")
    assert len(second.turns) == 1


def test_an_objection_from_outside_continues_after_its_attempt() -> None:
    memo = Memo()
    first = run(memo)
    assert first.text is not None
    failure = Failure(code="style", step="analysis", sentence="s", expected="e", claimed="c")
    objection = Objection(attempt=1, text_sha=first.text.sha, origin="person", failures=(failure,))
    second = run(memo, objections=(objection,))
    assert (second.outcome.state, second.outcome.attempt) == ("accepted", 2)
    assert second.attempts[0] == first.attempts[0]
    assert second.attempts[1].text.parent == first.text.sha
    assert second.outcome.fingerprint != first.outcome.fingerprint
    assert memo.requests[-1]["objections"] != []
    stale = objection.model_copy(update={"text_sha": "0" * 64})
    assert run(memo, objections=(stale,)).outcome.attempt == 1
    assert run(memo, objections=(objection,), max_attempts=1).outcome.state == "exhausted"


def _key(**changes: Any) -> str:
    parts: dict[str, Any] = {
        "case": CASE,
        "view": VIEW,
        "role": "author",
        "turn": Turn(attempt=1, seed=5),
        "call": Call(
            name="write",
            backend="vllm",
            model="m",
            revision="r",
            messages=({"role": "user", "content": "text"},),
            sampling={"temperature": 0.2},
            response_schema={"type": "object"},
        ),
    }
    parts |= changes
    call = parts.pop("call")
    return digest(request(situation(**parts), call))


def _call(**changes: Any) -> Call:
    call = Call(
        name="write",
        backend="vllm",
        model="m",
        revision="r",
        messages=({"role": "user", "content": "text"},),
        sampling={"temperature": 0.2},
        response_schema={"type": "object"},
    )
    return replace(call, **changes)


_OBJECTION = Objection(attempt=1, text_sha="s", origin="critic", failures=())


@pytest.mark.parametrize(
    "changes",
    [
        {"view": VIEW.model_copy(update={"image_pixels_sha256": "x"})},
        {"view": VIEW.model_copy(update={"mask_pixels_sha256": "x"})},
        {"view": VIEW.model_copy(update={"params": {"side": 512}})},
        {"case": case("tn3k", 1, measured=case("tn3k", 2).facts)},
        {"case": CASE.model_copy(update={"sample_id": "other"})},
        {"role": "critic"},
        {"turn": Turn(attempt=2, seed=5)},
        {"turn": Turn(attempt=1, seed=6)},
        {"turn": Turn(attempt=1, seed=5, objections=(_OBJECTION,))},
        {"call": _call(name="visual")},
        {"call": _call(backend="openai")},
        {"call": _call(model="n")},
        {"call": _call(revision="s")},
        {"call": _call(messages=({"role": "user", "content": "other"},))},
        {"call": _call(sampling={"temperature": 0.7})},
        {"call": _call(response_schema=None)},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_each_part_of_the_key_counts(changes: dict[str, Any]) -> None:
    assert _key() == _key(call=_call())
    assert _key(**changes) != _key()


def test_the_embedded_author_depends_on_the_whole_case() -> None:
    memo = Memo()
    run(memo)
    run(memo, case=CASE.model_copy(update={"diagnosis": "malignant"}))
    run(memo, case=CASE.model_copy(update={"laterality": "unknown"}))
    run(memo, recipe_seed=2)
    assert memo.asked == 4
    run(memo)
    assert memo.asked == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe_seed": 2},
        {"max_attempts": 4},
        {"objections": (_OBJECTION,)},
        {"critics": (Scripted([]),)},
        {"author": Scripted([])},
        {"author": Scripted([], model="n")},
        {"case": CASE.model_copy(update={"synonyms": {}})},
        {"view": VIEW.model_copy(update={"params": {}})},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_the_fingerprint_holds_all_that_the_loop_reads(changes: dict[str, Any]) -> None:
    parts: dict[str, Any] = {
        "case": CASE,
        "view": VIEW,
        "author": FactsAuthor(),
        "critics": (),
        "recipe_seed": 1,
        "max_attempts": 3,
    }

    def of(given: dict[str, Any]) -> str:
        given = dict(given)
        return fingerprint(given.pop("case"), given.pop("view"), **given)

    assert of(parts) == of(dict(parts))
    assert of(parts | changes) != of(parts)


def test_the_fingerprint_holds_the_checks_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run(Memo()).outcome.fingerprint
    monkeypatch.setattr(loop, "CHECKS_VERSION", "other")
    assert run(Memo()).outcome.fingerprint != before


def test_equal_words_about_two_samples_are_two_texts() -> None:
    steps = write(CASE, 1)
    twin = CASE.model_copy(update={"sample_id": "tn3k-train-twin"})
    one, two = (run(Memo(), case=c, author=Scripted([steps])) for c in (CASE, twin))
    assert one.attempts[0].text.sha != two.attempts[0].text.sha


def test_seeds_are_63_bits_and_differ() -> None:
    seeds = {
        seed(r, s, role, a)
        for r in (0, 1)
        for s in ("a", "b")
        for role in ("author", "critic")
        for a in (1, 2)
    }
    assert len(seeds) == 16
    assert all(0 <= value < 2**63 for value in seeds)


def test_texts_and_fingerprints_are_the_same_in_another_process() -> None:
    code = (
        "import asyncio,sys; sys.path.insert(0, 'tests')\n"
        "from reasoning.test_loop import Memo, run\n"
        "done = run(Memo()); print(done.text.sha, done.outcome.fingerprint)"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": salt, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert len(seen) == 1


def test_the_room_is_light_to_enter() -> None:
    code = (
        "import sys, m3ds.reasoning.loop, m3ds.reasoning.form\n"
        "print([m for m in ('scipy', 'skimage', 'polars', 'PIL', 'jinja2') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
