"""Files of texts with planted errors: one JSON object a line, as `m3ds bench checks` reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from m3ds.claims.mutate import KINDS
from m3ds.errors import M3dsError, TextsError, cause
from m3ds.expected import expectation
from m3ds.schema.base import SOURCE_NAMES
from m3ds.schema.case import Case
from m3ds.schema.facts import Facts
from m3ds.schema.text import Steps
from m3ds.sources.registry import adapter

SHIPPED = Path(__file__).resolve().parent.parent / "claims" / "texts"
"""The free-style texts that come with the package: `tuning.jsonl` and `held_out.jsonl`."""


class PlantedText(NamedTuple):
    """One text, with the class of the error planted in it; None where the text is clean."""

    id: str
    case: Case
    steps: Steps
    findings: tuple[str, ...]
    error: str | None


def read_texts(path: Path) -> Iterator[PlantedText]:
    """The texts of a JSON Lines file; blank lines and unknown keys are passed over.

    What a line does not carry of its case comes from its source's declaration.

    Raises:
        TextsError: the file or one of its lines cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TextsError(f"cannot be read: {cause(error)}", where=path) from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _text(json.loads(line), number)
        except (ValueError, KeyError, TypeError, M3dsError) as error:
            raise TextsError(_reason(error), where=f"{path}:{number}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is no JSON object: {error}"
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {expectation(dict(first))}"
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return str(error)


def _text(row: Any, number: int) -> PlantedText:
    if not isinstance(row, Mapping):
        raise TypeError("is no JSON object")
    planted = row.get("error") or None
    if not isinstance(planted, str | None):
        raise TypeError(f"error is {planted!r}, neither null nor the name of a class")
    if planted not in {None, *KINDS}:
        raise ValueError(f"error is {planted!r}; classes are null, {', '.join(KINDS)}")
    steps = _mapping(row, "steps")
    findings = row.get("findings") or ()
    return PlantedText(
        id=str(row.get("id") or f"line {number}"),
        case=_case(row),
        steps=Steps.model_validate({name: steps[name] for name in Steps.model_fields}),
        findings=tuple(str(one) for one in findings) if isinstance(findings, list | tuple) else (),
        error=planted,
    )


def _case(row: Mapping[str, Any]) -> Case:
    name = row["source"]
    if name not in SOURCE_NAMES:
        raise ValueError(f"there is no source called {name!r}")
    source = adapter(name).source
    diagnosis = row["diagnosis"]
    options = tuple(row.get("label_options") or source.labels.options(negatives=True))
    measured = {k: v for k, v in _mapping(row, "facts").items() if k in Facts.model_fields}
    labels = {label.name: label for label in source.labels.labels}
    # Where a source has trustworthy negatives, one is known by its diagnosis.
    negative = source.labels.negative is not None and diagnosis == source.labels.negative
    return Case.model_validate(
        {
            "sample_id": str(row.get("id") or name),
            "source": name,
            "modality": row.get("modality") or source.modality,
            "anatomy": row.get("anatomy") or source.anatomy,
            "target": row.get("target") or source.target,
            "mask_kind": row.get("mask_kind") or source.mask_kind,
            "laterality": row.get("laterality") or source.laterality,
            "supports": source.supports,
            "is_negative": row.get("is_negative", negative),
            "diagnosis": diagnosis,
            "label_options": options,
            "synonyms": {
                option: (option, *labels[option].synonyms) if option in labels else (option,)
                for option in options
            },
            "visible": tuple(label.name for label in labels.values() if label.visible),
            "other_findings": tuple(row.get("other_findings") or ()),
            "facts": {**measured, "version": str(measured.get("version") or "1")},
        }
    )


def _mapping(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row[key]
    if not isinstance(value, Mapping):
        raise TypeError(f"{key} is no JSON object")
    return value
