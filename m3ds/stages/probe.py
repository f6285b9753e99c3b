"""The real loop over a few samples, and what each of them took."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
import polars as pl

from m3ds.ledger.ledger import Ledger
from m3ds.ledger.views import calls_made, life, outcomes_of
from m3ds.stages import reason
from m3ds.stages.estimate import AMOUNTS, MEASURED, Member
from m3ds.stages.shift import Served
from m3ds.stages.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Probe:
    """What a probe found.

    Args:
        asked: Per source the ids of its samples.
        done: Of these, those that were finished; what the others took is not known.
        states: How many are now in which state.
        measured: What the finished ones took of each model, as `estimate.MEASURED` says.
        kept: By id, bytes of the ledger's rows that each finished one left.
        served: Per (role, model), what was answered and how fast.
        reason: Why some wait, if they do.
    """

    asked: dict[str, tuple[str, ...]]
    done: dict[str, tuple[str, ...]]
    states: dict[str, int]
    measured: pl.DataFrame
    kept: dict[str, int]
    served: dict[Member, Served]
    reason: str


def pick(
    unfinished: Mapping[str, Sequence[str]], wanted: int, seed: int
) -> dict[str, tuple[str, ...]]:
    """Choose `wanted` samples: one of each source, largest first, then by what is left of each.

    Args:
        unfinished: Per source the ids to choose from; a hash orders them.
        wanted: How many, at most.
        seed: The recipe's.
    """
    taken = dict.fromkeys(unfinished, 0)
    for _ in range(min(wanted, sum(map(len, unfinished.values())))):
        left = [name for name, ids in unfinished.items() if taken[name] < len(ids)]
        taken[max(left, key=lambda name: _claim(len(unfinished[name]), taken[name]))] += 1

    def drawn(sample_id: str) -> bytes:
        return hashlib.sha256(f"{seed}\x1fprobe\x1f{sample_id}".encode()).digest()

    return {
        name: tuple(sorted(ids, key=drawn)[: taken[name]])
        for name, ids in unfinished.items()
        if taken[name]
    }


def _claim(size: int, taken: int) -> tuple[float, int]:
    return (size / taken if taken else math.inf, size)


def run(place: Workplace, asked: dict[str, tuple[str, ...]]) -> Probe:
    """Take these samples as far as the recipe's models go; what is asked is remembered."""
    ids = [sample_id for some in asked.values() for sample_id in some]
    source_of = {sample_id: source for source, some in asked.items() for sample_id in some}
    before = {row.key for row in calls_made(place.ledger, ids)}
    weighed = _weights(place.ledger, ids)
    tally = reason.work(place, only=frozenset(ids))
    ends = outcomes_of(place.ledger, ids)
    done = {i for i in ids if i in ends and not ends[i].state.startswith("needs_")}
    now = _weights(place.ledger, sorted(done))
    amounts: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0] * len(AMOUNTS))
    for row in calls_made(place.ledger, sorted(done)):
        what = _what(row.request)
        if row.key in before or what is None:
            continue
        used = row.response.get("usage", {})
        found = amounts[row.sample_id, row.role, row.request["call"]["model"], what]
        for k, n in enumerate(
            (1, *(used.get(name, 0) for name in ("prompt", "cached", "completion")))
        ):
            found[k] += n
    rows = [
        (source_of[sample_id], sample_id, role, model, what, *found)
        for (sample_id, role, model, what), found in sorted(amounts.items())
    ]
    return Probe(
        asked=asked,
        done={source: tuple(i for i in some if i in done) for source, some in asked.items()},
        states=dict(sorted(tally.states.items())),
        measured=pl.DataFrame(rows, schema=MEASURED, orient="row"),
        kept={sample_id: n - weighed[sample_id] for sample_id, n in now.items()},
        served=tally.served,
        reason=f"{tally.reason} ({tally.todo}, then run it again)" if tally.todo else tally.reason,
    )


def _what(request: Mapping[str, object]) -> str | None:
    """The kind of a remembered call, as a plan names it; None for calls about controls.

    Controls are few and chosen apart from the probe, so they are counted, not sampled.
    """
    if request["attempt"] == 0:
        return None
    call = request["call"]
    name = str(call["name"]) if isinstance(call, Mapping) else ""
    starts = {"critique": "critiques", "score": "scores", "veto": "vetoes"}
    return starts.get(name.split("_", maxsplit=1)[0], "texts")


def _weights(ledger: Ledger, ids: Iterable[str]) -> dict[str, int]:
    """Bytes of all rows about each sample, as JSON."""
    found = dict.fromkeys(ids, 0)
    for row in calls_made(ledger, list(found)):
        found[row.sample_id] += _bytes(row)
    for sample_id in found:
        for rows in life(ledger, sample_id).values():
            found[sample_id] += sum(map(_bytes, rows))
    return found


def _bytes(row: Iterable[object]) -> int:
    return len(orjson.dumps(list(row)))
