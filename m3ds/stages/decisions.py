"""What people decided, and what critics had found of the same texts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from m3ds.errors import DecisionsError, cause
from m3ds.expected import expectation
from m3ds.ledger.views import attempts_at, judgements_of, outcomes_of, sources_of
from m3ds.recipe import Thresholds
from m3ds.schema.base import Modality
from m3ds.sources.registry import adapter
from m3ds.stages.workplace import Workplace

DIMENSIONS = tuple(name for name in Thresholds.model_fields if name != "mean")
"""The rubric's, in the order of a recipe's thresholds."""

ITEMS = {
    **dict.fromkeys(("sample_id", "text_sha", "modality", "mode"), pl.String),
    "attempt": pl.Int64,
    "approved": pl.Boolean,
}
"""One row a decided text. mode: `json`, `sections`, or null where no model wrote it."""

JUDGED = {
    **dict.fromkeys(("text_sha", "critic"), pl.String),
    **dict.fromkeys((*DIMENSIONS, "veto"), pl.Float64),
    "accepted": pl.Boolean,
}
"""One row a text and critic: expected scores (null where there is none), the likeliest veto's
probability (null where one was not answered), and what the critic said at the time."""

_AT_A_TIME = 5000
"""Ids in one query; databases take no end of them."""


class Decision(BaseModel):
    """One line of a file of decisions; keys that are not known here are passed over."""

    model_config = ConfigDict(frozen=True)

    sample_id: str
    text_sha: str | None = None
    decision: Literal["approve", "reject"]
    modality: Modality | None = None


class Joined(NamedTuple):
    """Decisions beside judgements.

    Args:
        lines: Of the file.
        split: Texts on which people decided both ways; more than half have to approve.
        items: As `ITEMS` says.
        judged: As `JUDGED` says, of these texts, each critic by its newest prompt and revision.
        older: Judgements by an earlier prompt or revision, which were left out.
    """

    lines: int
    split: int
    items: pl.DataFrame
    judged: pl.DataFrame
    older: int


def read(path: Path) -> Iterator[tuple[str, Decision]]:
    """The decisions of a JSON Lines file, each with its place (`file:line`).

    Raises:
        DecisionsError: the file or one of its lines cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DecisionsError(f"cannot be read: {cause(error)}", where=path) from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            yield where, Decision.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise DecisionsError(f"is no JSON object: {error}", where=where) from None
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"])) or "the line"
            raise DecisionsError(
                f"{key}: {expectation(dict(first))}",
                where=where,
                todo='a line reads {"sample_id": "…", "decision": "approve" or "reject"}',
            ) from None


def join(place: Workplace, path: Path) -> Joined:
    """Read a file of decisions, and what the ledger has of the texts that they are about.

    Raises:
        DecisionsError: a line cannot be read, or names a sample or text that is not here.
    """
    given = list(read(path))
    ids = sorted({decision.sample_id for _, decision in given})
    sources: dict[str, str] = {}
    current: dict[str, Any] = {}
    written: dict[tuple[str, str], Any] = {}
    found: list[Any] = []
    for start in range(0, len(ids), _AT_A_TIME):
        some = ids[start : start + _AT_A_TIME]
        sources |= sources_of(place.ledger, some)
        current |= outcomes_of(place.ledger, some)
        written |= {(row.sample_id, row.text_sha): row for row in attempts_at(place.ledger, some)}
        found += judgements_of(place.ledger, some)
    votes: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for where, decision in given:
        text = _text(where, decision, sources, current, written)
        votes[text].append(decision.decision == "approve")
    rows = [
        (
            sample_id,
            sha,
            _modality(sources[sample_id]),
            _mode(written[sample_id, sha].request),
            written[sample_id, sha].attempt,
            2 * sum(said) > len(said),
        )
        # In the order of a hash, so that no fold of a fit is one source or one reader.
        for (sample_id, sha), said in sorted(votes.items(), key=lambda vote: vote[0][1])
    ]
    judged, older = _judged([row for row in found if (row.sample_id, row.text_sha) in votes])
    return Joined(
        lines=len(given),
        split=sum(0 < sum(said) < len(said) for said in votes.values()),
        items=pl.DataFrame(rows, schema=ITEMS, orient="row"),
        judged=judged,
        older=older,
    )


def _text(
    where: str,
    decision: Decision,
    sources: Mapping[str, str],
    current: Mapping[str, Any],
    written: Mapping[tuple[str, str], Any],
) -> tuple[str, str]:
    """The sample and text version that a decision is about."""
    sample_id = decision.sample_id
    if sample_id not in sources:
        raise DecisionsError(f"there is no sample called {sample_id!r} here", where=where)
    modality = _modality(sources[sample_id])
    if decision.modality not in {None, modality}:
        raise DecisionsError(f"{sample_id} is {modality}, not {decision.modality}", where=where)
    newest = current[sample_id].text_sha if sample_id in current else None
    sha = decision.text_sha or newest
    if sha is None:
        raise DecisionsError(f"{sample_id} has no text yet", where=where)
    if (sample_id, sha) not in written:
        raise DecisionsError(
            f"{sample_id} has no text version {sha!r}",
            where=where,
            todo="`m3ds explain --json` has the versions; leave text_sha out for the current one",
        )
    return sample_id, sha


def _modality(source: str) -> Modality:
    return adapter(source).source.modality


def _mode(request: Mapping[str, Any] | None) -> str | None:
    """How an author was asked: `json` where its answer was constrained, else `sections`."""
    if request is None or request["call"]["backend"] == "facts":
        return None
    return "json" if request["call"]["response_schema"] else "sections"


def _judged(rows: list[Any]) -> tuple[pl.DataFrame, int]:
    """The newest judgement of each critic on each text, and how many were by an older version."""
    newest: dict[str, tuple[str, str]] = {}
    for row in rows:
        newest[row.judge] = _version(row.judgement)
    found: dict[tuple[str, str], Any] = {}
    older = 0
    for row in rows:
        if _version(row.judgement) != newest[row.judge]:
            older += 1
            continue
        expected, vetoes = row.judgement["expected"], row.judgement["vetoes"]
        unanswered = any(failure["code"] == "unjudged" for failure in row.failures)
        found[row.judge, row.text_sha] = (
            row.text_sha,
            row.judge.removeprefix("critic:"),
            *(expected.get(name) for name in DIMENSIONS),
            None if unanswered else max(vetoes.values(), default=0.0),
            row.accepted,
        )
    return pl.DataFrame(list(found.values()), schema=JUDGED, orient="row"), older


def _version(judgement: Mapping[str, Any]) -> tuple[str, str]:
    return judgement["revision"], judgement["prompt_version"]
