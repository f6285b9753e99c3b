"""Files of texts with planted errors: one JSON object a line, as `m3ds bench checks` reads them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from m3ds.claims.mutate import KINDS
from m3ds.errors import M3dsError, TextsError, cause
from m3ds.expected import expectation, meant
from m3ds.schema.base import SOURCE_NAMES
from m3ds.schema.case import Case
from m3ds.schema.facts import Facts
from m3ds.schema.text import Steps
from m3ds.schema.vocabulary import PLACES
from m3ds.sources.registry import adapter

SHIPPED = Path(__file__).resolve().parent.parent / "claims" / "texts"
"""The free-style texts that come with the package: `tuning.jsonl` and `held_out.jsonl`."""


_SHARES = ("area_fraction", "centroid_x", "centroid_y", "extent", "eccentricity", "solidity")
_WITHIN = dict.fromkeys(_SHARES, (0, 1)) | {"contrast": (-1, 1)}
"""What facts can be; a percentage, or a position in pixels, would be held against every text."""

_KEYS = frozenset((*Case.model_fields, "id", "steps", "findings", "error"))


class PlantedText(NamedTuple):
    """One text, with the class of the error planted in it; None where the text is clean."""

    id: str
    case: Case
    steps: Steps
    findings: tuple[str, ...]
    error: str | None


def read_texts(path: Path) -> Iterator[PlantedText]:
    """The texts of a JSON Lines file; blank lines are passed over.

    What a line does not carry of its case comes from its source's declaration. A key that is none
    is passed over too, unless it looks like one that is; among the facts it is refused.

    Raises:
        TextsError: the file or one of its lines cannot be read, or it holds no text.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TextsError(f"cannot be read: {cause(error)}", where=path) from None
    if not any(line.strip() for line in lines):
        raise TextsError("holds no text", where=path, todo="one JSON object a line is expected")
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
    _no_slips(row, _KEYS)
    planted = row["error"] or None
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
    if diagnosis not in options:
        raise ValueError(f"diagnosis {diagnosis!r} is not among the options: {', '.join(options)}")
    measured = _facts(row)
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


def _facts(row: Mapping[str, Any]) -> Mapping[str, Any]:
    facts = _mapping(row, "facts") if row["facts"] is not None else {}
    if unknown := [key for key in facts if key not in Facts.model_fields]:
        listed = f"; they are {', '.join(Facts.model_fields)}"
        hint = meant(unknown[0], Facts.model_fields) or listed
        raise ValueError(f"there are no facts called {', '.join(unknown)}{hint}")
    for key, (least, most) in _WITHIN.items():
        value = facts.get(key)
        if isinstance(value, int | float) and not least <= value <= most:
            raise ValueError(f"facts.{key} is {value:g}, and goes from {least} to {most}")
    place = facts.get("place")
    if place not in {None, *PLACES}:
        raise ValueError(f"facts.place is {place!r}; places are {', '.join(PLACES)}")
    return facts


def _no_slips(row: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse a key that is a slip of the pen: passed over, it would change figures unseen."""
    for key in row:
        if key not in known and (hint := meant(key, known, likeness=0.8)):
            raise ValueError(f"there is no key {key}{hint}")


def _mapping(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row[key]
    if not isinstance(value, Mapping):
        raise TypeError(f"{key} is no JSON object")
    return value
