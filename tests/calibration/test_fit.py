"""Thresholds keep their promise on texts that nobody had seen, or there are none."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from m3ds.calibration.agreement import agreement
from m3ds.calibration.critics import Fitted, Judged, decided, fitted, modes
from m3ds.calibration.fit import Bools, auc, lower_bound
from tests.calibration.people import World, together

GOAL = 0.95


def accepted(fit: Fitted, judged: Judged) -> Bools:
    """What the fitted thresholds accept of other texts."""
    pooled = fit.pooled
    own = {name: found.thresholds for name, found in fit.own.items()}
    rest = {name: pooled.thresholds for name in judged.modality if pooled and name not in own}
    return decided(judged, own | rest)


@pytest.mark.parametrize(
    ("world", "n", "mostly", "share"),
    [
        (World(), 300, 0.75, 0.5),
        (World(noise=0.25, sound=0.6), 400, 0.9, 0.3),
        (World(mistaken=0.01), 800, 0.8, 0.3),
        (World(sound=0.97), 300, 0.5, 0.9),
    ],
)
def test_what_is_promised_holds_for_new_texts(
    world: World, n: int, mostly: float, share: float
) -> None:
    fits = [fitted(world.judged(seed, n), GOAL, 200) for seed in range(12)]
    made = [fit for fit in fits if not fit.why_not]
    assert len(made) >= mostly * len(fits)
    new = world.judged(1000, 20_000)
    came = [agreement(accepted(fit, new), new.approved) for fit in made]
    precision = np.array([one.precision for one in came])
    assert precision.mean() >= GOAL
    assert (precision < GOAL - 0.015).mean() <= 0.1
    assert np.mean([one.accepted / one.texts for one in came]) >= share
    # What was said of texts that were left out is neither better nor worse than what came.
    told = np.array([fit.left_out["all"].precision for fit in made], dtype=float)
    assert np.nanmean(told) == pytest.approx(precision.mean(), abs=0.015)


@pytest.mark.parametrize("sound", [0.5, 0.8, 0.97])
def test_a_critic_that_sees_nothing_is_said_to_guess(sound: float) -> None:
    fits = [fitted(World(sound=sound, fault=0).judged(seed, 300), GOAL, 200) for seed in range(30)]
    guessing = [fit for fit in fits if "no better than guessing" in fit.why_not]
    assert len(guessing) >= 0.9 * len(fits)
    assert all(fit.pooled is None and not fit.own and not fit.left_out for fit in guessing)


def test_a_weak_critic_makes_no_promise() -> None:
    """It tells something, and not enough: every second text is wrong."""
    fit = fitted(World(sound=0.5, noise=0.6, fault=0.7).judged(2, 500), GOAL, 200)
    assert "no thresholds make sure" in fit.why_not
    assert fit.auc is not None
    assert fit.auc > 0.55


def test_modalities_that_are_scored_differently_get_their_own() -> None:
    world = World()
    parts = (
        world.judged(1, 300),
        world.judged(2, 300, "fundus", -0.8),
        world.judged(3, 30, "x-ray"),
    )
    fit = fitted(together(*parts), GOAL, 200)
    assert set(fit.own) == {"ultrasound", "fundus"}  # 30 are too few
    assert (fit.own["fundus"].thresholds < fit.own["ultrasound"].thresholds).all()
    assert set(fit.left_out) == {"all", "ultrasound", "fundus", "x-ray"}
    for modality, shift in (("ultrasound", 0.0), ("fundus", -0.8)):
        new = world.judged(9, 20_000, modality, shift)
        found = agreement(accepted(fit, new), new.approved)
        assert found.precision is not None
        assert found.precision >= GOAL - 0.015
        assert found.accepted > 0.4 * found.texts


def test_what_is_vetoed_or_unscored_is_never_accepted() -> None:
    judged = World().judged(1, 400)
    scores, vetoed = judged.scores.copy(), judged.vetoed.copy()
    scores[::7, 2] = np.nan
    vetoed[::5] = True
    fit = fitted(Judged(scores, vetoed, judged.approved, judged.modality), GOAL, 200)
    assert fit.pooled is not None
    found = accepted(fit, Judged(scores, vetoed, judged.approved, judged.modality))
    assert found.any()
    assert not found[::7].any()
    assert not found[::5].any()


@pytest.mark.parametrize(
    ("n", "sound", "why"),
    [(199, 0.8, "fewer than 200"), (250, 1.0, "approved everything"), (250, 0.0, "refused every")],
)
def test_what_cannot_be_fitted_is_said(n: int, sound: float, why: str) -> None:
    assert why in fitted(World(sound=sound).judged(1, n), GOAL, 200).why_not


def bools(text: str) -> Bools:
    return np.array([letter == "x" for letter in text], dtype=np.bool_)


@pytest.mark.parametrize(
    ("critic", "people", "precision", "recall", "kappa"),
    [
        ("xx..", "xx..", 1, 1, 1),
        ("xx..", "..xx", 0, 0, -1),
        ("x.x.", "xx..", 0.5, 0.5, 0),
        ("xxx.", "xx..", 2 / 3, 1, 0.5),
        ("....", "xx..", None, 0, 0),
        ("xx..", "....", 0, None, 0),
        ("xxxx", "xxxx", 1, 1, None),
        ("", "", None, None, None),
    ],
)
def test_agreement(
    critic: str, people: str, precision: float | None, recall: float | None, kappa: float | None
) -> None:
    found = agreement(bools(critic), bools(people))
    assert found.precision == pytest.approx(precision)
    assert found.recall == pytest.approx(recall)
    assert found.kappa == pytest.approx(kappa)


@pytest.mark.parametrize(
    ("scores", "people", "area"),
    [
        ([1, 2, 3, 4], "..xx", 1),
        ([1, 2, 3, 4], "xx..", 0),
        ([1, 2, 3, 4], "x..x", 0.5),
        ([2, 2, 2, 2], "xx..", 0.5),
        ([1, 2], "xx", None),
    ],
)
def test_auc(scores: list[float], people: str, area: float | None) -> None:
    found = auc(np.array(scores, dtype=np.float64), bools(people))
    assert (found[0] if found else None) == area


def test_a_bound_is_below_the_share_and_nears_it() -> None:
    bounds = [lower_bound(0.97, n) for n in (10, 100, 1000, 10**6)]
    assert bounds == sorted(bounds)
    assert bounds[-1] == pytest.approx(0.97, abs=0.001)
    assert lower_bound(1.0, 30) == pytest.approx(0.948, abs=0.001)


def test_modes_stand_beside_each_other() -> None:
    rows = {
        "mode": ["json"] * 4 + ["sections"] * 2 + [None],
        "attempt": [1, 1, 2, 3, 1, 2, 1],
        "approved": [True, True, True, False, True, False, True],
    }
    found = modes(pl.DataFrame(rows)).to_dicts()
    assert [(row["mode"], row["texts"], row["approved"]) for row in found] == [
        ("json", 4, 0.75),
        ("sections", 2, 0.5),
    ]
    assert found[0]["attempts"] == 1.75
    assert found[0]["first"] == 0.5
    assert found[0]["low"] < 0.75 < found[0]["high"] <= 1
