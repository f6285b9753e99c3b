"""What came of the reasoning, as frames: who finished when, what was refused, who judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import polars as pl

FINISHED = pl.Schema(
    {"source": pl.String, "end": pl.String, "attempt": pl.Int64, "n": pl.Int64},
)
"""How many samples of each source ended how (`accepted`, or one of `OTHER_ENDS`), and at which
attempt; 0 where nothing was written yet."""

HINTS = pl.Schema({"source": pl.String, "level": pl.Int64, "n": pl.Int64})
"""How many accepted texts were written under which hint level; null where there is one label."""

REFUSALS = pl.Schema(
    {
        "judge": pl.String,
        "texts": pl.Int64,
        "code": pl.String,
        "n": pl.Int64,
        "sample_id": pl.String,
        "sentence": pl.String,
        "expected": pl.String,
        "claimed": pl.String,
    }
)
"""What judges found: `n` of the `texts` that `judge` refused failed for `code`, and one of them."""

SCORES = pl.Schema({"model": pl.String, "dimension": pl.String, "score": pl.Float64, "n": pl.Int64})
"""How many published texts a critic gave which expected score (1 to 5, to two decimals)."""

CONTROLS = pl.Schema(
    {
        "judge": pl.String,
        "kind": pl.String,
        "sound": pl.Boolean,
        "judged": pl.Int64,
        "refused": pl.Int64,
        "limit": pl.Float64,
        "at_least": pl.Int64,
    }
)
"""Hidden controls of each kind: `refused` of `judged`. `limit` (0 to 1) is the least share to be
refused where an error was planted, and the largest where the text is sound; it holds once
`at_least` of all planted errors, or of all sound texts, were judged."""

MODELS = pl.Schema(
    dict.fromkeys(("role", "model", "revision", "licence", "terms", "origin"), pl.String)
)
"""The models of the recipe; all but `role` and `model` are null for one that was never asked."""

OTHER_ENDS = ("exhausted", "rejected", "waiting", "quarantined")

LEVELS = {0: "blind", 1: "a shortlist", 2: "the label", None: "one label only"}
"""What an author was told of the diagnosis, by hint level."""

KINDS = {
    "swapped": "swapped image",
    "side": "flipped side",
    "label": "wrong diagnosis",
    "modality": "wrong modality",
    "sound": "sound text",
}
"""The kinds of hidden controls in words."""


@dataclass(frozen=True, slots=True)
class Record:
    """The frames; each is empty where it does not apply.

    Raises:
        ValueError: a frame has another schema.
    """

    finished: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=FINISHED))
    hints: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=HINTS))
    refusals: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=REFUSALS))
    scores: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=SCORES))
    controls: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=CONTROLS))
    models: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=MODELS))

    def __post_init__(self) -> None:
        """Refuse a frame of another schema."""
        for name, schema in _SCHEMAS.items():
            seen = getattr(self, name).schema
            if seen != schema:
                raise ValueError(f"{name} has the schema {dict(seen)}, not {dict(schema)}")

    @property
    def is_worth_telling(self) -> bool:
        """Whether models took part, or some text took more than one attempt."""
        return bool(self.models.height or (self.finished["attempt"] > 1).any())

    @property
    def ends(self) -> list[str]:
        """The ends that occur: `attempt 1` (whose text was accepted) and on, then the others."""
        accepted = self.finished.filter(end="accepted")["attempt"]
        last = int(accepted.max() or 1)  # type: ignore[arg-type]
        others = set(self.finished["end"])
        return [
            *(f"attempt {n}" for n in range(1, last + 1)),
            *(end for end in OTHER_ENDS if end in others),
        ]

    def by_source(self) -> dict[str, dict[str, int]]:
        """Of each source that has samples, in the frame's order, how many came to which end."""
        found: dict[str, dict[str, int]] = {}
        for row in self.finished.iter_rows(named=True):
            own = found.setdefault(row["source"], dict.fromkeys(self.ends, 0))
            end = f"attempt {row['attempt']}" if row["end"] == "accepted" else row["end"]
            own[end] += row["n"]
        return found

    def hints_by_source(self) -> dict[str, dict[str, int]]:
        """Of each source that has accepted texts, how many were written under which hint level."""
        used = set(self.hints["level"])
        names = [name for level, name in LEVELS.items() if level in used]
        found: dict[str, dict[str, int]] = {}
        for row in self.hints.iter_rows(named=True):
            own = found.setdefault(row["source"], dict.fromkeys(names, 0))
            own[LEVELS[row["level"]]] += row["n"]
        return found


_SCHEMAS = {
    "finished": FINISHED,
    "hints": HINTS,
    "refusals": REFUSALS,
    "scores": SCORES,
    "controls": CONTROLS,
    "models": MODELS,
}
