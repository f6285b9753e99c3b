"""A critic's thresholds per modality, and what they are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
import polars as pl

from m3ds.calibration.agreement import Agreement, agreement
from m3ds.calibration.fit import Bools, Fit, Floats, accepts, auc, fit, held_out, with_mean

OF_ITS_OWN = 40
"""Texts of a modality from which on it gets thresholds of its own."""

_NO_GUESS = 2.0
"""Standard errors by which a critic has to be better than guessing."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a critic found of the texts that people decided on.

    Args:
        scores: [N, D] expected scores; NaN where it gave none.
        vetoed: [N], whether a veto refuses the text whatever its scores.
        approved: [N], what people said.
        modality: [N].
    """

    scores: Floats
    vetoed: Bools
    approved: Bools
    modality: tuple[str, ...]

    @property
    def open(self) -> Bools:
        """[N], whether thresholds decide: no veto, no score missing."""
        found: Bools = ~self.vetoed & ~np.isnan(self.scores).any(axis=1)
        return found

    def of(self, modality: str) -> Bools:
        """[N], which texts are of a modality."""
        return np.array([name == modality for name in self.modality], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came of fitting one critic.

    Args:
        why_not: Why nothing was fitted; empty where something was.
        auc: Of the mean score: how often an approved text scores above a refused one of its
            modality.
        pooled: The thresholds for all modalities without their own; None where none reach the goal.
        own: Those of some modalities.
        left_out: Per modality, and as `all`, agreement on texts that were left out of the fit.
    """

    why_not: str
    auc: float | None
    pooled: Fit | None = None
    own: Mapping[str, Fit] = field(default_factory=dict)
    left_out: Mapping[str, Agreement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """One critic beside people.

    Args:
        model: Its name.
        in_recipe: Whether the recipe has it; others are only compared.
        now: With the recipe's thresholds, or as it said at the time where the recipe has it not.
        fitted: What came of fitting it.
    """

    model: str
    in_recipe: bool
    now: Agreement
    fitted: Fitted


def fitted(judged: Judged, goal: float, at_least: int) -> Fitted:
    """Fit a critic's thresholds, or say why that cannot be.

    Args:
        judged: The texts.
        goal: The share of the accepted texts that people should approve.
        at_least: Texts below which nothing is fitted.
    """
    n, approved = len(judged.approved), int(judged.approved.sum())
    scores, is_open = with_mean(judged.scores), judged.open
    groups = [judged.of(modality) & is_open for modality in sorted(set(judged.modality))]
    known = _auc(scores[:, -1], judged.approved, groups)
    area = known[0] if known else None
    if n < at_least:
        return Fitted(f"it judged {n} of the decided texts, fewer than {at_least}", area)
    if approved in {0, n}:
        same = "approved" if approved else "refused"
        return Fitted(f"people {same} everything that it judged, so there is nothing to tell", area)
    if known is None or known[0] - 0.5 < _NO_GUESS * known[1]:
        return Fitted(
            "it is no better than guessing: what people approve scores no higher than what they "
            "refuse",
            area,
        )
    pooled = fit(scores[is_open], judged.approved[is_open], goal)
    accepted = _held_out(scores, judged.approved, is_open, goal)
    own: dict[str, Fit] = {}
    for modality in dict.fromkeys(judged.modality):
        inside = judged.of(modality) & is_open
        if inside.sum() < OF_ITS_OWN:
            continue
        found = fit(scores[inside], judged.approved[inside], goal)
        if found is not None:
            own[modality] = found
            here = _held_out(scores, judged.approved, inside, goal)
            accepted = np.where(judged.of(modality), here, accepted)
    if pooled is None and not own:
        return Fitted(f"no thresholds make sure of a precision of {goal:.0%}", area)
    if pooled is None:  # the others keep what the recipe says, which was not fitted
        accepted &= np.array([name in own for name in judged.modality], dtype=np.bool_)
    left_out = {"all": agreement(accepted, judged.approved)}
    for modality in sorted(set(judged.modality)):
        inside = judged.of(modality)
        left_out[modality] = agreement(accepted[inside], judged.approved[inside])
    return Fitted("", area, pooled, own, left_out)


def _auc(scores: Floats, approved: Bools, groups: Sequence[Bools]) -> tuple[float, float] | None:
    """As `fit.auc`, of pairs within groups: one may be scored higher than the other throughout."""
    pairs = wins = variance = 0.0
    for inside in groups:
        found = auc(scores[inside], approved[inside])
        if found is not None:
            weight = float(approved[inside].sum() * (~approved[inside]).sum())
            pairs += weight
            wins += weight * found[0]
            variance += (weight * found[1]) ** 2
    return (wins / pairs, sqrt(variance) / pairs) if pairs else None


def _held_out(scores: Floats, approved: Bools, inside: Bools, goal: float) -> Bools:
    """[N], what is accepted by fits to the texts `inside` that were made without each."""
    accepted = np.zeros(len(approved), dtype=np.bool_)
    accepted[inside] = held_out(scores[inside], approved[inside], goal)
    return accepted


def decided(judged: Judged, minima: Mapping[str, Floats]) -> Bools:
    """[N], what the critic accepts with thresholds [D + 1] per modality."""
    scores = with_mean(judged.scores)
    accepted = np.zeros(len(judged.approved), dtype=np.bool_)
    for modality, thresholds in minima.items():
        inside = judged.of(modality)
        accepted[inside] = accepts(scores[inside], thresholds)
    found: Bools = accepted & judged.open
    return found


def modes(items: pl.DataFrame) -> pl.DataFrame:
    """Prompt modes beside each other.

    Args:
        items: One row a text: mode (Utf8, null where no model wrote it), attempt, approved.

    Returns:
        mode, texts, approved (share), low, high (of that share, 95 %), attempts (mean number of
        the attempt that was decided on), first (share of first attempts); by mode.
    """
    z = pl.lit(1.96)
    n, p = pl.col("texts"), pl.col("approved")
    middle, half = p + z**2 / (2 * n), z * (p * (1 - p) / n + z**2 / (4 * n**2)).sqrt()
    return (
        items.drop_nulls("mode")
        .group_by("mode")
        .agg(
            texts=pl.len(),
            approved=pl.col("approved").mean(),
            attempts=pl.col("attempt").mean(),
            first=(pl.col("attempt") == 1).mean(),
        )
        .with_columns(low=(middle - half) / (1 + z**2 / n), high=(middle + half) / (1 + z**2 / n))
        .select("mode", "texts", "approved", "low", "high", "attempts", "first")
        .sort("mode")
    )
