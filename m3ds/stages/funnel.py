"""How many samples of each source are where: the numbers behind `status` and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from m3ds.ledger.views import current_outcomes, excluded, item_rows, last_pass
from m3ds.stages import publish
from m3ds.stages.progress import say
from m3ds.stages.workplace import Workplace

STEPS = (
    "read",
    "incomplete",
    "skipped",
    "dropped",
    "quarantined",
    "harmonised",
    "needs_author",
    "needs_critic",
    "needs_review",
    "exhausted",
    "rejected",
    "accepted",
    "left_out",
    "published",
)


@dataclass(slots=True)
class Funnel:
    """`counts` has one row per source and a column per step; `reasons` says why things fell out.

    counts: source, *STEPS (Int64). reasons: source, step, code, n, example (Utf8, n Int64).
    """

    counts: pl.DataFrame
    reasons: pl.DataFrame
    absent: dict[str, list[str]] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)
    ignored_examples: dict[str, list[str]] = field(default_factory=dict)


def collect(place: Workplace, names: Sequence[str]) -> Funnel:
    """Read the funnel of the sources called `names` from the ledger."""
    outcomes = {name: row.state for name, row in current_outcomes(place.ledger).items()}
    released = last_pass(place.ledger, publish.STAGE, "*")
    out = excluded(place.ledger, released.fingerprint) if released else {}
    counts, reasons = [], []
    absent: dict[str, list[str]] = {}
    ignored: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    for name in names:
        own: Counter[str] = Counter()
        why: dict[tuple[str, str], list[str]] = {}
        downloaded = last_pass(place.ledger, "download", name)
        if downloaded:
            absent[name] = downloaded.body["absent"]
            ignored[name] = downloaded.body["ignored"]
            examples[name] = downloaded.body["ignored_examples"]
        done = last_pass(place.ledger, "harmonize", name)
        for row in item_rows(place.ledger, name, done.fingerprint) if done else ():
            own["read"] += 1
            if row.kind != "sample":
                own[row.kind] += 1
                if row.kind == "dropped":
                    seen = f"{row.item.partition(' ')[2]}: is a negative, which this recipe drops"
                    why.setdefault((row.kind, "Negative"), []).append(seen)
                else:
                    seen = f"{row.body['where']}: {row.body['seen']}"
                    why.setdefault((row.kind, row.body["code"]), []).append(seen)
                continue
            own["harmonised"] += 1
            state = outcomes.get(row.sample_id, "needs_author")
            if row.sample_id in out:
                code, seen = out[row.sample_id]
                # A conflict of labels is a fault of the sample; a leak only keeps it out.
                step = "quarantined" if code == "label_conflict" else "left_out"
                why.setdefault((step, code), []).append(f"{row.sample_id}: {seen}")
                own[step] += 1
                if step == "quarantined":
                    continue
            own[state] += 1
        own["published"] = sum(released.body["rows"].get(name, {}).values()) if released else 0
        counts.append({"source": name, **{step: own[step] for step in STEPS}})
        reasons += [
            {"source": name, "step": step, "code": code, "n": len(seen), "example": seen[0]}
            for (step, code), seen in sorted(why.items())
        ]
    return Funnel(
        pl.DataFrame(counts, schema={"source": pl.String, **dict.fromkeys(STEPS, pl.Int64)}),
        pl.DataFrame(
            reasons,
            schema={
                "source": pl.String,
                "step": pl.String,
                "code": pl.String,
                "n": pl.Int64,
                "example": pl.String,
            },
        ),
        absent,
        ignored,
        examples,
    )


def exit_code(place: Workplace) -> int:
    """1 if more than `max_quarantined` was quarantined, or a whole source refused; else 0."""
    read = quarantined = 0
    refused = []
    for name in place.sources:
        done = last_pass(place.ledger, "harmonize", name)
        if done is None:
            continue
        counts = done.body["counts"]
        quarantined += counts.get("quarantined", 0)
        read += counts.get("sample", 0) + counts.get("quarantined", 0)
        if done.body["refused"]:
            refused.append(name)
    released = last_pass(place.ledger, publish.STAGE, "*")
    if released is not None:
        quarantined += released.body["excluded"].get("label_conflict", 0)
    if refused:
        say(f"nothing of {', '.join(refused)} could be read; `m3ds status` says why")
    if read and quarantined / read > place.recipe.max_quarantined:
        say(
            f"{quarantined:,} of {read:,} samples were quarantined, more than the recipe's "
            f"max_quarantined of {place.recipe.max_quarantined:.1%}; `m3ds status` says why"
        )
        return 1
    return int(bool(refused))
