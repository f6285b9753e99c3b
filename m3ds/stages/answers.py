"""What models have answered so far in a turn, in words for its progress."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING

from m3ds.stages.progress import counted

if TYPE_CHECKING:
    from m3ds.endpoints.pool import Pool

_OVER_S = 10.0
"""What the rate is a mean over: of the last seconds, so that a server that hangs is seen."""


class Answers:
    """Called a few times a second; it only reads counters that the pools keep anyway.

    Args:
        pools: By role and model.
    """

    def __init__(self, pools: Mapping[tuple[str, str], Pool]) -> None:
        self._pools = pools
        self._seen = deque([(time.monotonic(), 0, 0)])

    def __call__(self) -> str:
        """`1,234 requests answered (98.7/s), 120 texts written`; what is amiss comes first."""
        answered = {role: 0 for role, _ in self._pools}
        for (role, _), pool in self._pools.items():
            answered[role] += pool.counts.requests
        now, n = time.monotonic(), sum(answered.values())
        failed = sum(pool.counts.retries for pool in self._pools.values())
        self._seen.append((now, n, failed))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _OVER_S:
            self._seen.popleft()
        start, before, failed_before = self._seen[0]
        rate = f" ({(n - before) / (now - start):,.1f}/s)" if now > start else ""
        # Whatever an author answers is a text, be it well-formed or not.
        texts = f", {counted(answered['author'], 'text')} written" if "author" in answered else ""
        amiss = self._waits() or self._fails(failed - failed_before)
        return f"{amiss}{counted(n, 'request')} answered{rate}{texts}"

    def _fails(self, lately: int) -> str:
        """`the author's server fails (500: internal error); `, where it lately did."""
        if not lately:
            return ""
        return "".join(
            f"the {role}'s server{'s' if len(pool.endpoints) > 1 else ''} failed "
            f"{counted(pool.counts.retries, 'time')} ({pool.counts.last_failure}); "
            for (role, _), pool in self._pools.items()
            if pool.counts.retries
        )

    def _waits(self) -> str:
        """`waits for the author's server (45 s of 600); `, or "" while each has one that is up."""
        return "".join(
            f"waits for the {role}'s server{'s' if len(pool.endpoints) > 1 else ''} "
            f"({away_s:.0f} s of {pool.patience_s:.0f}); "
            for (role, _), pool in self._pools.items()
            if (away_s := pool.away_s) is not None
        )
