"""What came of the reasoning: the numbers behind `status` and the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from m3ds.ledger import tallies
from m3ds.ledger.views import last_pass
from m3ds.report.record import CONTROLS, FINISHED, HINTS, MODELS, REFUSALS, Record
from m3ds.stages import cards, controls, crew, publish
from m3ds.stages.funnel import passes_of
from m3ds.stages.workplace import Workplace


def collect(place: Workplace, names: Sequence[str]) -> Record:
    """Read from the ledger what came of the samples of the sources called `names`.

    Only how they finished is told where no model takes part. `scores` is left empty: critics'
    scores stand in the dataset.
    """
    passes = passes_of(place, names)
    released = last_pass(place.ledger, publish.STAGE, "*")
    release = released.fingerprint if released else None
    finished = _finished(place, passes, release)
    if not crew.members(place):
        return Record(finished=finished)
    judges = crew.judges(place)
    return Record(
        finished=finished,
        hints=pl.DataFrame(
            _by_source(passes, tallies.hints(place.ledger, passes, release)),
            schema=HINTS,
            orient="row",
        ),
        refusals=_refusals(place, passes, judges),
        controls=_controls(place, judges),
        models=_models(place),
    )


def mark(place: Workplace) -> tuple[object, ...]:
    """All that the record is read from beside what the stages' passes stand for."""
    limits = [(part.model, part.controls) for part in place.recipe.critics]
    return tallies.newest_control(place.ledger), _models(place).rows(), limits


def _finished(place: Workplace, passes: Mapping[str, str], release: str | None) -> pl.DataFrame:
    found: Counter[tuple[str, str, int]] = Counter()
    for row in tallies.states(place.ledger, passes, release):
        end = "waiting" if row.state.startswith("needs_") else row.state
        found[row.source, end, row.attempt] += row.n
    rows = _by_source(passes, ((*key, n) for key, n in found.items()))
    return pl.DataFrame(rows, schema=FINISHED, orient="row")


def _by_source(passes: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The rows in the order of the recipe's sources, with which each of them begins."""
    order = list(passes)
    return [tuple(row) for row in sorted(rows, key=lambda row: order.index(row[0]))]


def _refusals(
    place: Workplace, passes: Mapping[str, str], judges: Mapping[str, str]
) -> pl.DataFrame:
    refused: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], dict[str, str]] = {}
    for judge, sample_id, failures in tallies.refusals(place.ledger, passes, judges):
        refused[judge] += 1
        codes = {failure["code"]: failure for failure in reversed(failures)}
        for code, failure in codes.items():
            key = (judge, code)
            found[key] += 1
            # Which one comes first out of the database hangs on when it was written.
            if key not in examples or sample_id < examples[key]["sample_id"]:
                examples[key] = {"sample_id": sample_id, **failure}
    order = {judge: at for at, judge in enumerate(("checks", *judges))}
    ordered = sorted(
        found.items(), key=lambda item: (order.get(item[0][0], 99), item[0][0], -item[1], item[0])
    )
    shown = ("sample_id", "sentence", "expected", "claimed")
    rows = [
        (judge, refused[judge], code, n, *(examples[judge, code][name] for name in shown))
        for (judge, code), n in ordered
    ]
    return pl.DataFrame(rows, schema=REFUSALS, orient="row")


def _controls(place: Workplace, judges: Mapping[str, str]) -> pl.DataFrame:
    limits = {f"critic:{part.model}": part.controls for part in place.recipe.critics}
    judged: Counter[tuple[str, str]] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    for row in tallies.judged_controls(place.ledger):
        if judges.get(row.judge) == row.version:
            judged[row.judge, row.kind] += row.n
            refused[row.judge, row.kind] += 0 if row.accepted else row.n
    rows = []
    for judge in judges:
        for kind in controls.KINDS:
            if n := judged[judge, kind]:
                sound = kind == controls.SOUND
                limit = limits[judge].false_rejects if sound else limits[judge].floor
                counts = (n, refused[judge, kind], limit, limits[judge].at_least)
                rows.append((judge, kind, sound, *counts))
    return pl.DataFrame(rows, schema=CONTROLS, orient="row")


def _models(place: Workplace) -> pl.DataFrame:
    rows = []
    for role, part in crew.members(place):
        card = cards.known_card(place, part)
        told = card.model_dump() if card else {"model": part.model}
        rows.append({**dict.fromkeys(MODELS), **told, "role": role})
    return pl.DataFrame(rows, schema=MODELS)
