"""`m3ds calibrate`: critics held against what people decided, and thresholds that follow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from m3ds import atomic
from m3ds.calibration.agreement import agreement
from m3ds.calibration.critics import Compared, Fitted, Judged, decided, fitted, modes
from m3ds.errors import UsageError, WaitingForPeople
from m3ds.recipe import ModelCritic, Thresholds
from m3ds.schema.base import MODALITIES
from m3ds.stages.calibrate_text import fragment, show
from m3ds.stages.decisions import DIMENSIONS, Joined, join
from m3ds.stages.workplace import Workplace

GOAL = 0.95
"""The share of what a critic accepts that people should approve."""


def run(
    place: Workplace, decisions: Path | None, out: Path | None, *, at_least: int, as_json: bool
) -> int:
    """Compare, fit, print, and write the recipe's new thresholds to `out`.

    Returns:
        The exit code: 1 where nothing could be fitted.

    Raises:
        UsageError: there are no decisions, or the recipe has no critic that is a model.
        DecisionsError: the file of decisions cannot be read.
        WaitingForPeople: people decided on too few texts that a critic has judged.
    """
    if decisions is None:
        raise UsageError(
            "there are no decisions to calibrate with",
            todo="name a file of them: --decisions FILE.jsonl, one object a line with sample_id "
            "and decision (approve or reject)",
        )
    if not place.recipe.critics:
        raise UsageError(
            "the recipe has no critic that is a model, so there is nothing to calibrate",
            where=place.pipeline,
        )
    joined = join(place, decisions)
    if not len(joined.items):
        raise WaitingForPeople(
            "people decided on no text yet",
            where=decisions,
            todo=f"decide on {at_least} or more",
        )
    n = joined.judged["text_sha"].n_unique()
    if n < at_least:
        raise WaitingForPeople(
            f"a critic has judged {n} of the {len(joined.items)} texts that people decided on, and "
            f"{at_least} are needed",
            where=decisions,
            todo="decide on more, or say --at-least if you accept figures that rest on fewer",
        )
    found = [_critic(joined, model, place.recipe.critics, at_least) for model in _models(joined)]
    missing = {part.model for part in place.recipe.critics} - {one.model for one in found}
    written = fragment(
        [(part, _of(found, part.model)) for part in place.recipe.critics], decisions.name, GOAL
    )
    any_fit = any(one.in_recipe and not one.fitted.why_not for one in found)
    if out is not None and any_fit:
        atomic.write_bytes(out, written.encode())
    compared = modes(joined.items)
    if as_json:
        print(  # noqa: T201
            json.dumps(
                _plain(joined, found, compared, written if any_fit else None),
                indent=2,
                ensure_ascii=False,
            )
        )
    else:
        show(joined, found, sorted(missing), compared, GOAL)
        if any_fit and out is None:
            print(f"\n{written}", end="")  # noqa: T201
    return 0 if any_fit else 1


def _models(joined: Joined) -> list[str]:
    return sorted(joined.judged["critic"].unique())


def _of(found: list[Compared], model: str) -> Fitted:
    return next(
        (one.fitted for one in found if one.model == model),
        Fitted("it judged none of the decided texts", None),
    )


def _critic(joined: Joined, model: str, parts: tuple[ModelCritic, ...], at_least: int) -> Compared:
    rows = joined.items.join(
        joined.judged.filter(pl.col("critic") == model), on="text_sha", maintain_order="left"
    )
    part = next((part for part in parts if part.model == model), None)
    approved = rows["approved"].to_numpy()
    limit = part.veto if part else 1.0
    judged = Judged(
        scores=rows.select(DIMENSIONS).to_numpy().astype(np.float64),
        vetoed=rows.select((pl.col("veto") >= limit).fill_null(value=True)).to_series().to_numpy(),
        approved=approved,
        modality=tuple(rows["modality"]),
    )
    if part is None:
        now = agreement(rows["accepted"].to_numpy(), approved)
    else:
        own = {name: part.by_modality.get(name, part.thresholds) for name in MODALITIES}
        now = agreement(decided(judged, {n: _array(t) for n, t in own.items()}), approved)
    return Compared(model, part is not None, now, fitted(judged, GOAL, at_least))


def _array(thresholds: Thresholds) -> np.typing.NDArray[np.float64]:
    """[D + 1], in the order of `DIMENSIONS`, the mean last."""
    return np.array([getattr(thresholds, name) for name in (*DIMENSIONS, "mean")])


def _plain(
    joined: Joined, found: list[Compared], compared: pl.DataFrame, written: str | None
) -> dict[str, Any]:
    return {
        "goal": GOAL,
        "decisions": {
            "lines": joined.lines,
            "texts": len(joined.items),
            "approved": int(joined.items["approved"].sum()),
            "both_ways": joined.split,
            "judged": joined.judged["text_sha"].n_unique(),
            "older_judgements": joined.older,
        },
        "critics": [_plain_critic(one) for one in found],
        "modes": compared.to_dicts(),
        "fragment": written,
    }


def _plain_critic(one: Compared) -> dict[str, Any]:
    fits = {"all": one.fitted.pooled, **one.fitted.own}
    return {
        "model": one.model,
        "in_recipe": one.in_recipe,
        "auc": one.fitted.auc,
        "now": asdict(one.now),
        "why_not": one.fitted.why_not or None,
        "thresholds": {name: _spelled(fit.thresholds) for name, fit in fits.items() if fit},
        "left_out": {name: asdict(part) for name, part in one.fitted.left_out.items()},
    }


def _spelled(thresholds: np.typing.NDArray[np.float64]) -> Mapping[str, float]:
    return dict(zip((*DIMENSIONS, "mean"), thresholds.tolist(), strict=True))
