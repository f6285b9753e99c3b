"""What models have answered so far in a turn, in words for its progress."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from textwrap import shorten
from typing import TYPE_CHECKING

from m3ds.stages.progress import counted

if TYPE_CHECKING:
    from m3ds.endpoints.pool import Pool

_WORDS = 60
"""Characters that are shown of a server's words, which may be a whole page."""

_OVER_S = 10.0
"""What the rate is a mean over: of the last seconds, so that a server that hangs is seen."""


class Answers:
    """Called a few times a second; it only reads counters that the pools keep anyway.

    Args:
        pools: By role and model.
    """

    def __init__(self, pools: Mapping[tuple[str, str], Pool]) -> None:
        self._pools = pools
        self._seen = deque([(time.monotonic(), 0, self._failures())])

    def __call__(self) -> str:
        """`1,234 requests answered (98.7/s), 120 texts written`; what is amiss comes first."""
        answered = {role: 0 for role, _ in self._pools}
        for (role, _), pool in self._pools.items():
            answered[role] += pool.counts.requests
        now, n = time.monotonic(), sum(answered.values())
        self._seen.append((now, n, self._failures()))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _OVER_S:
            self._seen.popleft()
        start, before, failed = self._seen[0]
        rate = f" ({(n - before) / (now - start):,.1f}/s)" if now > start else ""
        # Whatever an author answers is a text, be it well-formed or not.
        texts = f", {counted(answered['author'], 'text')} written" if "author" in answered else ""
        amiss = self._waits() or self._fails(failed)
        return f"{amiss}{counted(n, 'request')} answered{rate}{texts}"

    def _failures(self) -> list[int]:
        return [pool.counts.retries for pool in self._pools.values()]

    def _fails(self, before: list[int]) -> str:
        """`the author's server failed 36 times lately (500: internal error); `, if one did."""
        return "".join(
            f"the {role}'s server{'s' if len(pool.endpoints) > 1 else ''} failed "
            f"{counted(pool.counts.retries - n, 'time')} lately "
            f"({shorten(pool.counts.last_failure, _WORDS, placeholder='…')}); "
            for ((role, _), pool), n in zip(self._pools.items(), before, strict=True)
            if pool.counts.retries > n
        )

    def _waits(self) -> str:
        """`waits for the author's server (45 s of 600); `, or "" while each has one that is up."""
        return "".join(
            f"waits for the {role}'s server{'s' if len(pool.endpoints) > 1 else ''} "
            f"({away_s:.0f} s of {pool.patience_s:.0f}); "
            for (role, _), pool in self._pools.items()
            if (away_s := pool.away_s) is not None
        )
