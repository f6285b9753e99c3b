"""What every part of a recipe is."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Frozen, strict about types, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def digest(part: BaseModel) -> str:
    """A short name for what a part of a recipe says."""
    return hashlib.sha256(part.model_dump_json().encode()).hexdigest()[:16]
