"""Thresholds under which a critic accepts what people approve, and as much of it as can be.

Every dimension of the rubric that people's approval rises with, and the mean of all, gives up the
same share of what people approved: its threshold is that quantile of the approved texts' scores.
So one number decides how strict a critic is, which a few hundred decisions can tell; six thresholds
that were each tuned by themselves would fit to chance. The number is the smallest at which
precision reaches the goal on texts that were left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LOWEST = 1.0
"""The least score that there is: a threshold that refuses nothing."""

GIVEN_UP: Floats = np.concatenate([[0.0], np.arange(0.005, 0.1, 0.005), np.arange(0.1, 0.8, 0.02)])
"""[Q], shares of the approved that a dimension may give up; of 0, every threshold is the lowest."""

FOLDS = 5

SURE = 1.28
"""Standard errors of a one-sided interval: nine times in ten, the truth is no less."""

_INFORMATIVE = 1.0
"""Standard errors by which approved texts must score above others for a dimension to be cut."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Thresholds [D + 1] of each dimension and of the mean, and the share that each gives up."""

    thresholds: Floats
    given_up: float


def with_mean(scores: Floats) -> Floats:
    """[N, D] expected scores to [N, D + 1]: their mean is one more thing to put a threshold to."""
    return np.column_stack([scores, scores.mean(axis=1)])


def accepts(scores: Floats, thresholds: Floats) -> Bools:
    """[N], which of [N, D + 1] scores reach all thresholds; a missing score (NaN) reaches none."""
    reached: Bools = np.all(scores >= thresholds, axis=1)
    return reached


def fit(scores: Floats, approved: Bools, goal: float) -> Fit | None:
    """The least strict thresholds whose precision on texts left out is `goal`, chance allowed for.

    Precision rises with strictness; isotonic regression (pooling adjacent violators) takes out of
    its course what is only chance, so that no lucky number is picked.

    Args:
        scores: [N, D + 1], see `with_mean`; none missing.
        approved: [N], what people said.
        goal: The share of the accepted texts that people should approve.

    Returns:
        None where no strictness reaches the goal.
    """
    accepted = _left_out(scores, approved)  # [Q, N]
    n = accepted.sum(axis=1).astype(np.float64)
    good = accepted[:, approved].sum(axis=1)
    tried = np.flatnonzero(n)
    if not len(tried):
        return None
    precision = isotonic_regression(good[tried] / n[tried], weights=n[tried]).x
    for q, p in zip(tried, precision, strict=True):
        if lower_bound(float(p), float(n[q])) >= goal:
            thresholds = _ladder(scores, approved)[q]
            return Fit(thresholds, float(GIVEN_UP[q]))
    return None


def held_out(scores: Floats, approved: Bools, goal: float) -> Bools:
    """[N], whether each text is accepted by a whole fit that was made without it.

    Where a fit finds no thresholds, it accepts nothing.
    """
    fold = _folds(approved)
    accepted = np.zeros(len(approved), dtype=np.bool_)
    for k in range(FOLDS):
        out = fold == k
        found = fit(scores[~out], approved[~out], goal)
        if found is not None:
            accepted[out] = accepts(scores[out], found.thresholds)
    return accepted


def lower_bound(share: float, n: float, z: float = SURE) -> float:
    """The least that is behind a share of `n` (Wilson's interval, 1927)."""
    middle = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n)


def auc(scores: Floats, approved: Bools) -> tuple[float, float] | None:
    """How often an approved text scores above a refused one, and the error of a guess at that.

    Returns:
        The area under the ROC curve, with the standard error that it has where scores say nothing
        (Mann & Whitney, 1947); None where people approved, or refused, everything.
    """
    good, bad = int(approved.sum()), int((~approved).sum())
    if not good or not bad:
        return None
    below = np.sort(scores[~approved])
    wins = np.searchsorted(below, scores[approved], "left")
    ties = np.searchsorted(below, scores[approved], "right") - wins
    area = float(wins.sum() + 0.5 * ties.sum()) / (good * bad)
    return area, sqrt((good + bad + 1) / (12 * good * bad))


def _ladder(scores: Floats, approved: Bools) -> Floats:
    """[Q, D + 1], the thresholds of each strictness; to two decimals, rounded down."""
    ladder = np.full((len(GIVEN_UP), scores.shape[1]), LOWEST)
    for d in range(scores.shape[1]):
        found = auc(scores[:, d], approved)
        if found is not None and found[0] - 0.5 >= _INFORMATIVE * found[1]:
            ladder[1:, d] = np.quantile(scores[approved, d], GIVEN_UP[1:])
    rounded: Floats = np.floor(100 * ladder) / 100
    return rounded


def _left_out(scores: Floats, approved: Bools) -> Bools:
    """[Q, N], whether each text is accepted by a ladder that was made without it."""
    fold = _folds(approved)
    accepted = np.zeros((len(GIVEN_UP), len(approved)), dtype=np.bool_)
    for k in range(FOLDS):
        out = fold == k
        ladder = _ladder(scores[~out], approved[~out])
        accepted[:, out] = np.all(scores[out] >= ladder[:, None], axis=2)
    return accepted


def _folds(approved: Bools) -> npt.NDArray[np.int64]:
    """[N], the fold of each text: both decisions are dealt out evenly, in the order given."""
    fold = np.empty(len(approved), dtype=np.int64)
    for decision in (True, False):
        of = np.flatnonzero(approved == decision)
        fold[of] = np.arange(len(of)) % FOLDS
    return fold
