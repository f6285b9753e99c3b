"""The critic: what it is asked in which view, and what follows from its answers."""

from __future__ import annotations

import asyncio
import math
import re
from typing import Any

import orjson
import pytest

from m3ds.endpoints.wire import Completion
from m3ds.reasoning.calls import Body, Call, Perform, Reply, Turn, View
from m3ds.reasoning.critic import CriticSettings, ModelCritic
from m3ds.reasoning.grammar import write
from m3ds.reasoning.sight import PictureOptions
from m3ds.schema.base import MODALITIES
from m3ds.schema.text import TextVersion, Verdict, text_version
from tests.reasoning.cases import case

CASE = case("tn3k", 1, diagnosis="malignant")
STEPS = write(CASE, 1)
TEXT = text_version(STEPS, origin="test")
MINIMA = {
    "visual": 3.5, "location": 3.5, "medical": 3.5, "link": 3.0, "specificity": 3.0, "mean": 4.0
}  # fmt: skip
SETTINGS = CriticSettings(
    minima=dict.fromkeys(MODALITIES, MINIMA),
    veto=0.5,
    max_tokens=160,
    dialect="vllm",
    picture=PictureOptions(side=512, quality=92, square=False),
)


class Looks:
    """A sight whose pictures are words."""

    view = View(image_pixels_sha256="i", mask_pixels_sha256="m")

    async def pictures(self, options: PictureOptions, names: Any) -> dict[Any, bytes]:
        del options
        return {name: f'"{name}"'.encode() for name in names}


class Answers:
    """A line that answers by the name of the call; remembers every body."""

    def __init__(self, **by_name: Any) -> None:
        self.by_name = by_name
        self.bodies: list[Body] = []
        self.calls: list[Call] = []

    async def ask(self, body: Body, *, tag: str, rank: int) -> Completion:
        self.bodies.append(body)
        name = re.sub(r"_\d$", "", self.calls[-1].name)
        given = self.by_name.get(name, self.by_name.get(name.split("_")[0]))
        if name.startswith("critique"):
            return Completion(text=given or '{"sentence":"","fault":""}', finish="stop")
        if isinstance(given, str):
            return Completion(text=given, finish="length")
        top = given or ({"5": 1.0} if name.startswith("score") else {"no": 1.0})
        logprobs = {token: math.log(p) for token, p in top.items()}
        return Completion(text=max(top, key=lambda t: top[t]), finish="length", top=logprobs)


def judged(
    answers: Answers,
    *,
    settings: CriticSettings = SETTINGS,
    text: TextVersion = TEXT,
    of: Any = CASE,
) -> Verdict:
    critic = ModelCritic("some/critic", "r", settings, answers)

    async def judge() -> Verdict:
        one_at_a_time = asyncio.Lock()

        async def ask(call: Call, perform: Perform) -> Reply:
            async with one_at_a_time:
                answers.calls.append(call)
                return Reply(key=call.name, body=await perform())

        return await critic.judge(of, Looks(), text, Turn(attempt=1, seed=7), ask)

    return asyncio.run(judge())


def test_a_good_text_passes_with_its_scores() -> None:
    verdict = judged(
        Answers(score_visual={"4": 0.5, "5": 0.5}, veto_history={"yes": 0.1, "no": 0.9})
    )
    assert verdict.accepted
    found = verdict.judgement
    assert found is not None
    assert found.expected == {
        "visual": 4.5, "location": 5.0, "specificity": 5.0, "medical": 5.0, "link": 5.0
    }  # fmt: skip
    assert found.entropy["visual"] == 1.0
    assert found.entropy["location"] == 0.0
    assert found.vetoes["history"] == pytest.approx(0.1)
    assert verdict.judge == "critic:some/critic"


def test_the_blind_view_is_never_told_the_diagnosis() -> None:
    answers = Answers()
    judged(answers)
    assert len(answers.calls) == 10
    for call, body in zip(answers.calls, answers.bodies, strict=True):
        text = str([m["content"] for m in body["messages"]])  # type: ignore[union-attr, index, call-overload]
        blind = call.name in {
            *("critique_blind", "score_visual", "score_location", "score_specificity"),
            *("veto_contradiction", "veto_absence"),
        }
        assert ("Established diagnosis: malignant" in text) != blind
        assert (STEPS.conclusion in text) != blind
        assert STEPS.analysis in text


def test_every_question_of_a_view_shares_its_beginning() -> None:
    """So that a server's prefix cache has it: system, images, text and critique first."""
    answers = Answers()
    judged(answers)
    scores = [
        orjson.loads(orjson.dumps(body["messages"]))
        for call, body in zip(answers.calls, answers.bodies, strict=True)
        if call.name in {"score_visual", "score_location", "veto_absence"}
    ]
    assert scores[0][:3] == scores[1][:3] == scores[2][:3]
    assert [m["role"] for m in scores[0]] == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize(
    ("answers", "codes"),
    [
        ({"score_visual": {"1": 0.7, "5": 0.3}}, ["visual"]),
        ({"score_link": {"2": 1.0}}, ["link"]),
        ({"score_medical": {"3": 1.0}}, ["medical"]),
        ({"score": {"4": 0.9, "3": 0.1}}, ["visual"]),  # each is enough, their mean is not
        ({"veto_absence": {"yes": 0.6, "no": 0.4}}, ["veto_absence"]),
        ({"veto_history": {"y": 0.6, "n": 0.4}}, ["veto_history"]),  # first tokens of the words
        ({"score_link": "maybe"}, ["unjudged"]),
    ],
)
def test_what_refuses_a_text(answers: dict[str, Any], codes: list[str]) -> None:
    verdict = judged(Answers(**answers))
    assert not verdict.accepted
    assert [failure.code for failure in verdict.failures] == codes


def test_the_critique_is_quoted_to_the_author() -> None:
    critique = '{"sentence":"It is round.","fault":"it is plainly oval"}'
    verdict = judged(Answers(score_visual={"1": 1.0}, critique_blind=critique))
    failure = verdict.failures[0]
    assert (failure.sentence, failure.claimed) == ("It is round.", "it is plainly oval")
    assert failure.step == "analysis"


def test_an_odd_answer_is_asked_again_with_another_seed() -> None:
    answers = Answers(score_link="maybe")
    judged(answers)
    asked = [c.name for c in answers.calls if c.name.startswith("score_link")]
    assert asked == ["score_link", "score_link_2", "score_link_3"]
    seeds = [b["seed"] for c, b in zip(answers.calls, answers.bodies, strict=True)
             if c.name.startswith("score_link")]  # fmt: skip
    assert seeds == [7, 8, 9]


def test_without_log_probabilities_the_answer_counts() -> None:
    verdict = judged(Answers(score="4", veto="no"))
    assert verdict.judgement is not None
    assert set(verdict.judgement.expected.values()) == {4.0}


def test_thresholds_go_by_modality() -> None:
    strict = SETTINGS.model_copy(
        update={"minima": {**SETTINGS.minima, "ultrasound": {**MINIMA, "visual": 4.9}}}
    )
    answers = {"score_visual": {"4": 0.5, "5": 0.5}}
    assert not judged(Answers(**answers), settings=strict).accepted
    other = case("kvasir_seg", 1)
    text = text_version(write(other, 1), origin="test")
    assert judged(Answers(**answers), settings=strict, text=text, of=other).accepted


def test_its_version_changes_with_what_it_depends_on() -> None:
    versions = {
        ModelCritic(model, revision, settings, None).version
        for model in ("a", "b")
        for revision in ("1", "2")
        for settings in (SETTINGS, SETTINGS.model_copy(update={"veto": 0.6}))
    }
    assert len(versions) == 8


def test_a_negative_is_shown_whole_only() -> None:
    answers = Answers()
    of = case("busi", 1, negative=True)
    judged(answers, of=of, text=text_version(write(of, 1), origin="test"))
    assert all("outlined" not in str(call.messages) for call in answers.calls)
