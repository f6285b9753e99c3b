"""`m3ds bench`: how much that is planted the checks find, how much that is sound they refuse."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

from m3ds.claims import CHECKS_VERSION, check
from m3ds.claims.mutate import KINDS, mutate
from m3ds.schema.text import Failure
from m3ds.stages.progress import counted, say, track
from m3ds.stages.texts import SHIPPED, PlantedText, read_texts

HALVES = ("tuning", "held_out")


_FOUND_BY = {
    "side": ("centroid_x",),
    "quadrant": ("centroid_x", "centroid_y"),
    "size": ("area_fraction",),
    "count": ("n_regions",),
    "shape": ("eccentricity", "extent", "irregularity", "solidity"),
    "contrast": ("contrast", "colour"),
}
"""The facts that tell a planted error from the truth; any one of them may do."""


class Judged(NamedTuple):
    """A text and what the checks refused in it."""

    text: PlantedText
    failures: tuple[Failure, ...]


def checks(texts: Path | None, *, as_json: bool) -> None:
    """Print recall and false rejects, of the file `texts` or of the texts that are shipped.

    Raises:
        TextsError: a line of the file cannot be read.
    """
    if texts is not None:
        read = list(read_texts(texts))
        for line in doubts(read):
            say(f"{texts}: {line}")
        found: dict[str, Any] = rates(judge(read, texts.name))
        tables = {texts.name: found}
    else:
        tables = {}
        whole: list[Judged] = []
        for half in HALVES:
            by_hand = judge(list(read_texts(SHIPPED / f"{half}.jsonl")), half)
            whole += by_hand
            tables[f"{half}, planted by hand"] = rates(by_hand)
            tables[f"{half}, planted by mutate"] = rates(
                judge(planted(by_hand), f"{half}, planted by mutate")
            )
        halves = {
            half: {
                "by_hand": tables[f"{half}, planted by hand"],
                "by_mutate": tables[f"{half}, planted by mutate"],
            }
            for half in HALVES
        }
        found = rates(whole) | halves
    if as_json:
        print(json.dumps({"checks_version": CHECKS_VERSION} | found, indent=2, ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False)
    for title, of in tables.items():
        _print(console, title, of)


def doubts(texts: Sequence[PlantedText]) -> Iterator[str]:
    """What makes figures of these texts mean less than they seem to: a line each."""
    for error, facts in _FOUND_BY.items():
        blind = [
            text.id
            for text in texts
            if text.error == error
            and not text.case.is_negative
            and all(getattr(text.case.facts, fact) is None for fact in facts)
        ]
        if blind:
            yield (
                f"{counted(len(blind), 'text')} with a planted {error} and no "
                f"{' or '.join(facts)}, without which it is not found (first: {blind[0]})"
            )
    again = [name for name, n in Counter(text.id for text in texts).items() if n > 1]
    if again:
        yield f"{counted(len(again), 'id')} used more than once (first: {again[0]})"


def judge(texts: Sequence[PlantedText], what: str) -> list[Judged]:
    """Run the checks over every text; `what` they are is shown while it goes on."""
    found = []
    with track(what, len(texts), unit="texts") as advance:
        for text in texts:
            found.append(Judged(text, check(text.case, text.steps, text.findings)))
            advance(1)
    return found


def planted(judged: Iterable[Judged]) -> list[PlantedText]:
    """The clean texts, and each with every error that can be planted in it."""
    found = []
    for text, _ in judged:
        if text.error is not None:
            continue
        found.append(text)
        for kind in KINDS:
            steps = mutate(text.case, text.steps, kind, seed=len(found))
            if steps is not None:
                found.append(text._replace(id=f"{text.id}+{kind}", steps=steps, error=kind))
    return found


def rates(judged: list[Judged]) -> dict[str, Any]:
    """False rejects and recall, overall and per modality, with the ids of what went wrong.

    A planted text counts as caught if any check refuses it.
    """
    per_modality = {}
    for modality in dict.fromkeys(text.case.modality for text, _ in judged):
        of = [one for one in judged if one.text.case.modality == modality]
        per_modality[modality] = {
            "n_clean": len(_clean(of)),
            "false_reject_rate": _false_reject_rate(of),
            "recall": _recall(of),
        }
    return {
        "n_clean": len(_clean(judged)),
        "false_reject_rate": _false_reject_rate(judged),
        "recall": _recall(judged),
        "n": {name: len(of) for name, of in _by_class(judged).items()},
        "per_modality": per_modality,
        "missed": [one.text.id for one in judged if one.text.error and not one.failures],
        "falsely_rejected": [
            {"id": one.text.id, "failures": [f.model_dump() for f in one.failures]}
            for one in _clean(judged)
            if one.failures
        ],
    }


def _clean(judged: list[Judged]) -> list[Judged]:
    return [one for one in judged if one.text.error is None]


def _by_class(judged: list[Judged]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = {}
    for one in judged:
        if one.text.error is not None:
            found.setdefault(one.text.error, []).append(one)
    return dict(sorted(found.items()))


def _recall(judged: list[Judged]) -> dict[str, float]:
    return {
        name: round(sum(bool(one.failures) for one in of) / len(of), 4)
        for name, of in _by_class(judged).items()
    }


def _false_reject_rate(judged: list[Judged]) -> float | None:
    clean = _clean(judged)
    return round(sum(bool(one.failures) for one in clean) / len(clean), 4) if clean else None


def _print(console: Console, title: str, of: dict[str, Any]) -> None:
    modalities = list(of["per_modality"])
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    table.padding = (0, 1, 0, 0)  # all modalities fit into 80 columns
    table.add_column("recall of", no_wrap=True)
    for heading in ("n", "all", *modalities):
        table.add_column(heading, justify="right", no_wrap=True)
    columns = [of["per_modality"][modality] for modality in modalities]
    for name, n in of["n"].items():
        cells = [_number(column["recall"].get(name)) for column in columns]
        table.add_row(name, str(n), _number(of["recall"][name]), *cells)
    table.add_section()
    refused = [_number(column["false_reject_rate"]) for column in columns]
    table.add_row("false rejects", str(of["n_clean"]), _number(of["false_reject_rate"]), *refused)
    console.print(table)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
