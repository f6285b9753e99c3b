"""Simulated people and critics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from m3ds.calibration.critics import Judged


@dataclass(frozen=True, slots=True)
class World:
    """Texts, of which people approve some, and a critic with its own way of scoring.

    Args:
        sound: The share of texts without a fault; people approve these and refuse the others.
        noise: Of a score.
        fault: How much lower the dimension of a fault scores; 0 is a critic that sees nothing.
        mistaken: The share of decisions that are the wrong way round.
    """

    sound: float = 0.8
    noise: float = 0.35
    fault: float = 1.8
    mistaken: float = 0.0

    def judged(self, seed: int, n: int, modality: str = "ultrasound", shift: float = 0.0) -> Judged:
        """`n` texts of one modality; `shift` moves all scores."""
        rng = np.random.default_rng(seed)
        sound = rng.random(n) < self.sound
        scores = rng.normal(4.4 + shift, self.noise, (n, 5))
        faulty = np.flatnonzero(~sound)
        scores[faulty, rng.integers(0, 5, len(faulty))] -= rng.normal(self.fault, 0.5, len(faulty))
        if self.fault == 0:
            scores = rng.normal(4.2 + shift, self.noise, (n, 5))
        approved = sound ^ (rng.random(n) < self.mistaken)
        return Judged(
            scores=np.asarray(np.round(np.clip(scores, 1, 5), 4), dtype=np.float64),
            vetoed=np.zeros(n, dtype=np.bool_),
            approved=approved,
            modality=(modality,) * n,
        )


def together(*parts: Judged) -> Judged:
    """All texts, mixed as a hash would."""
    order = np.random.default_rng(0).permutation(sum(len(part.approved) for part in parts))
    modality = [name for part in parts for name in part.modality]
    return Judged(
        scores=np.concatenate([part.scores for part in parts])[order],
        vetoed=np.concatenate([part.vetoed for part in parts])[order],
        approved=np.concatenate([part.approved for part in parts])[order],
        modality=tuple(modality[k] for k in order),
    )
