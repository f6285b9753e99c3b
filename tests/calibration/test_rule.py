"""Calibration accepts by the same rule as the critic itself."""

from __future__ import annotations

import asyncio
import math

import numpy as np
import pytest

from m3ds.calibration.critics import Judged, decided
from m3ds.reasoning import templates
from m3ds.reasoning.calls import Body, Call, Perform, Reply, Turn, View
from m3ds.reasoning.critic import CriticSettings, ModelCritic
from m3ds.reasoning.sight import PictureOptions, Unseen
from m3ds.schema.text import Steps, Verdict, text_version
from m3ds.stages.decisions import DIMENSIONS
from tests.reasoning.cases import case

VETO = 0.5
CASE = case("busi", 1)
TEXT = text_version(
    Steps(modality="Ultrasound", analysis="A mass.", reasoning="So.", conclusion="Benign."),
    origin="test",
)


def judge(minima: dict[str, float], seed: int) -> Verdict:
    """What the critic says with random answers."""
    rng = np.random.default_rng(seed)

    async def ask(call: Call, perform: Perform) -> Reply:
        del perform
        if call.name.startswith("critique"):
            return Reply("key", {"text": '{"sentence":"","fault":""}', "finish": "stop"})
        weights = {"yes": 0.2, "no": 1.0}
        if call.name.startswith("score"):
            weights = {"1": 0.1, "2": 0.1, "3": 0.3, "4": 1.0, "5": 3.0}
        shares = rng.dirichlet(list(weights.values())).tolist()
        top: Body = {w: math.log(p) for w, p in zip(weights, shares, strict=True) if p > 0}
        return Reply("key", {"text": "", "finish": "stop", "top": top})

    settings = CriticSettings(
        minima={"ultrasound": minima},
        veto=VETO,
        max_tokens=100,
        dialect="vllm",
        picture=PictureOptions(1024, 90, square=False),
    )
    critic = ModelCritic("some/critic", "1", settings, None)
    sight = Unseen(View(image_pixels_sha256="0", mask_pixels_sha256="0"))
    return asyncio.run(critic.judge(CASE, sight, TEXT, Turn(attempt=1, seed=1), ask))


def test_the_dimensions_are_the_rubrics() -> None:
    assert set(DIMENSIONS) == set(templates.rubric().dimensions)


@pytest.mark.parametrize(
    "levels", [(3.5, 3.5, 3.5, 3, 3, 4), (1, 1, 1, 1, 1, 4.5), (4.5, 1, 1, 1, 1, 1), (1,) * 6]
)
def test_the_rule_is_the_critics(levels: tuple[float, ...]) -> None:
    minima = dict(zip((*DIMENSIONS, "mean"), levels, strict=True))
    said = []
    for seed in range(120):
        verdict = judge(minima, seed)
        found = verdict.judgement
        assert found is not None
        judged = Judged(
            scores=np.array([[found.expected[name] for name in DIMENSIONS]]),
            vetoed=np.array([max(found.vetoes.values()) >= VETO]),
            approved=np.array([True]),
            modality=("ultrasound",),
        )
        thresholds = {"ultrasound": np.array(levels, dtype=np.float64)}
        assert bool(decided(judged, thresholds)[0]) == verdict.accepted, seed
        said.append(verdict.accepted)
    assert len(set(said)) == 2
