"""What the report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from m3ds.report.record import Record
from m3ds.schema.base import MaskKind, Modality, Split
from m3ds.schema.facts import Facts

FUNNEL = pl.Schema(
    {
        "source": pl.String,
        "read": pl.Int64,
        "incomplete": pl.Int64,
        "skipped": pl.Int64,
        "dropped": pl.Int64,
        "quarantined": pl.Int64,
        "harmonised": pl.Int64,
        "needs_author": pl.Int64,
        "needs_critic": pl.Int64,
        "needs_review": pl.Int64,
        "exhausted": pl.Int64,
        "rejected": pl.Int64,
        "accepted": pl.Int64,
        "left_out": pl.Int64,
        "published": pl.Int64,
    }
)
"""How many samples of each source reached each step. One that is quarantined after it was
harmonised counts as both; one that is accepted but left out of the release counts as both."""

REASONS = pl.Schema(
    {
        "source": pl.String,
        "step": pl.String,
        "code": pl.String,
        "n": pl.Int64,
        "example": pl.String,
    }
)
"""Why samples fell out: `n` of `source` at `step` for the reason `code`, and one as example."""

ROWS = pl.Schema(
    {
        "sample_id": pl.String,
        "image_id": pl.String,
        "source": pl.String,
        "split": pl.String,
        "modality": pl.String,
        "diagnosis": pl.String,
        "is_negative": pl.Boolean,
        "is_phantom": pl.Boolean,
        "area_fraction": pl.Float64,
        "attempt": pl.Int64,
    }
)
"""The published rows; `area_fraction` (0 to 1) is null where it was not measured."""


@dataclass(frozen=True, slots=True)
class Subset:
    """A source as the page names it; `may_pass_on` is None where its terms do not say."""

    name: str
    title: str
    target: str
    mask_kind: MaskKind
    homepage: str
    may_pass_on: bool | None


@dataclass(frozen=True, slots=True)
class Check:
    """One structural check of the dataset: what it means, how often it failed, and examples."""

    name: str
    means: str
    passed: bool
    failures: int
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A published row as the gallery shows it; `image` and `mask` are files, None is withheld."""

    sample_id: str
    source: str
    split: Split
    modality: Modality
    diagnosis: str
    is_negative: bool
    question: str
    answer: str
    facts: Facts
    license: str
    terms_url: str
    image: bytes | None
    mask: bytes | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that is on the page.

    Args:
        recipe: The build's name.
        sources: In the order in which they are shown.
        funnel, reasons, rows: Frames of the schemas `FUNNEL`, `REASONS` and `ROWS`.
        checks: The validation's verdict on these very rows; None where there is none.
        exhibits: The rows that `gallery.choose` chose, in its order.
        absent: Per source, the archives that were not there.
        record: What came of the reasoning.

    Raises:
        ValueError: a frame has another schema.
    """

    recipe: str
    sources: tuple[Subset, ...]
    funnel: pl.DataFrame
    reasons: pl.DataFrame
    rows: pl.DataFrame
    checks: tuple[Check, ...] | None
    exhibits: tuple[Exhibit, ...] = ()
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    record: Record = field(default_factory=Record)

    def __post_init__(self) -> None:
        """Refuse a frame of another schema."""
        for name, schema in (("funnel", FUNNEL), ("reasons", REASONS), ("rows", ROWS)):
            seen = getattr(self, name).schema
            if seen != schema:
                raise ValueError(f"{name} has the schema {dict(seen)}, not {dict(schema)}")
