"""Calls to models as data: what one reads, the key it is memoised under, and its seed."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

import orjson
from pydantic import BaseModel, Field, JsonValue

from m3ds.schema.base import Frozen
from m3ds.schema.case import Case
from m3ds.schema.text import Objection

Role = Literal["author", "critic"]
Body = dict[str, JsonValue]
Perform = Callable[[], Awaitable[Body]]
Memo = Callable[[str, Body, Perform], Awaitable[Body]]
"""`await memo(key, request, perform)`: the stored body under `key`, or `perform()`'s, then stored.

It raises `ModelUnavailable` where nothing is stored and the model cannot be asked now.
"""


class View(Frozen):
    """What a model is shown of a sample: pixels by hash, and how they were prepared.

    Args:
        image_pixels_sha256, mask_pixels_sha256: Of the decoded pixels.
        params: Crop, size, encoder and whatever else changes what is sent.
    """

    image_pixels_sha256: str
    mask_pixels_sha256: str
    params: dict[str, JsonValue] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a model, as its backend makes it.

    Args:
        name: Which of the backend's calls it is (`write`, `critique`, `visual` …).
        messages: Rendered; images as hashes, never as data.
        sampling: Temperature, top-p, limits; whatever the engine is told of sampling.
        response_schema: The constraint on what comes back, or None.
    """

    name: str
    backend: str
    model: str
    revision: str
    messages: tuple[Body, ...]
    sampling: Body = field(default_factory=dict)
    response_schema: Body | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the loop stands: which attempt, under which seed, after which objections."""

    attempt: int
    seed: int
    objections: tuple[Objection, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, and the key it is kept under."""

    key: str
    body: Body


Ask = Callable[[Call, Perform], Awaitable[Reply]]
"""How a backend makes a call: the loop puts the key to it and goes through the memo."""


def canonical(value: object) -> bytes:
    """`value` as JSON, the same for the same content: models as objects, sets in order."""
    return orjson.dumps(value, default=_spelled, option=orjson.OPT_SORT_KEYS)


def plain(value: object) -> JsonValue:
    """`value` as the JSON that `canonical` writes."""
    content: JsonValue = orjson.loads(canonical(value))
    return content


def _spelled(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=canonical)
    raise TypeError(f"{type(value).__name__} has no plain form")


def digest(value: object) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(value)).hexdigest()


def seed(recipe_seed: int, sample_id: str, role: Role, attempt: int) -> int:
    """The seed of one role's calls in one attempt: 63 bits of a hash of all four."""
    content = canonical([recipe_seed, sample_id, role, attempt])
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") >> 1


def situation(case: Case, view: View, role: Role, turn: Turn) -> Body:
    """What the calls of one turn have in common of all that their outcomes depend on."""
    return {
        "sample_id": case.sample_id,
        "role": role,
        "view": view.model_dump(),
        "facts": case.facts.model_dump(),
        "attempt": turn.attempt,
        "seed": turn.seed,
        "objections": [objection.model_dump() for objection in turn.objections],
    }


def request(common: Body, call: Call) -> Body:
    """All that the outcome of a call depends on; its digest is the call's key.

    Args:
        common: The `situation` that it is made in.
        call: Itself.
    """
    return {**common, "call": {name: getattr(call, name) for name in Call.__slots__}}
