"""How far a critic and people agree."""

from __future__ import annotations

from dataclasses import dataclass

from m3ds.calibration.fit import Bools


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of some texts that both decided on.

    Args:
        texts, approved, accepted: How many; people approve, critics accept.
        precision: The share of the accepted that people approve.
        recall: The share of the approved that the critic accepts.
        kappa: Agreement beyond chance (Cohen, 1960): 1 is complete, 0 is chance.
    """

    texts: int
    approved: int
    accepted: int
    precision: float | None
    recall: float | None
    kappa: float | None


def agreement(accepted: Bools, approved: Bools) -> Agreement:
    """Compare decisions [N] with decisions [N]; what would divide by nothing is None."""
    n, right = len(approved), int((accepted & approved).sum())
    a, p = int(accepted.sum()), int(approved.sum())
    kappa = None
    if n:
        chance = (a * p + (n - a) * (n - p)) / n**2
        if chance < 1:
            kappa = (float((accepted == approved).mean()) - chance) / (1 - chance)
    return Agreement(
        texts=n,
        approved=p,
        accepted=a,
        precision=right / a if a else None,
        recall=right / p if p else None,
        kappa=kappa,
    )
