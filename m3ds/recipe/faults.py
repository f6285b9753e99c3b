"""What is wrong with a recipe, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from m3ds.errors import RecipeError
from m3ds.expected import expectation, meant
from m3ds.recipe.models import (
    ChecksCritic,
    Controls,
    FactsAuthor,
    OpenaiAuthor,
    OpenaiCritic,
    Picture,
    Serve,
    Thresholds,
    VllmAuthor,
    VllmCritic,
)
from m3ds.recipe.recipe import (
    EngineOptions,
    Phantoms,
    Recipe,
    Review,
    SourceOptions,
    Splits,
    Upstream,
)

Lines = Mapping[tuple[str, ...], int]
"""The line of each key that a file has, by where it stands in it."""


def refusal(error: ValidationError, lines: Lines, path: Path) -> RecipeError:
    """All that is wrong as one error, in the order of the lines; several below a heading."""
    found = sorted(_faults(error, lines), key=lambda fault: fault[0])
    if len(found) == 1:
        return RecipeError(found[0][1], where=f"{path}:{found[0][0]}")
    listed = "".join(f"\n  {path}:{line}: {says}" for line, says in found)
    return RecipeError(f"{len(found)} things in this recipe are wrong:{listed}", where=path)


def _faults(error: ValidationError, lines: Lines) -> list[tuple[int, str]]:
    """Line, and key with what is wrong with it."""
    found = []
    for item in error.errors():
        if item["type"] == "too_short" and error.error_count() > 1 and item["loc"] == ("critic",):
            continue  # the critic is there, and what is wrong with it is said by the others
        at = tuple(str(part) for part in item["loc"])
        # A discriminated union puts the branch it took into the location; the file has no such key.
        keys = tuple(part for part in at if part not in _BRANCHES and part != "[key]")
        if keys[:2] == ("critic", "0") and ("critic", "0") not in lines:
            keys = ("critic", *keys[2:])  # one critic is given without a list
        keys, says = _says(dict(item), at, keys)
        known = keys
        while known and known not in lines:
            known = known[:-1]
        found.append((lines.get(known, 1), f"{'.'.join(keys) or 'recipe'}: {says}"))
    return found


def _says(
    item: Mapping[str, Any], at: tuple[str, ...], keys: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    """Which key is at fault, and how."""
    if item["type"] == "extra_forbidden":
        known = _model_at(at).model_fields
        listed = f"; expected one of: {', '.join(known)}"
        return keys, f"is not known here{meant(keys[-1], known) or listed}"
    if item["type"] == "union_tag_not_found":
        key = item["ctx"]["discriminator"].strip("'")
        choices = (part[-1] for part in _PARTS if len(part) == 2 and part[0] == keys[0])
        says = f"is missing; one of {', '.join(map(repr, choices))} is expected"
        slip = difflib.get_close_matches(key, map(str, item["input"]), n=1)
        return (*keys, key), says + (f" ({slip[0]!r} is not known)" if slip else "")
    if item["type"] == "union_tag_invalid":
        return (*keys, item["ctx"]["discriminator"].strip("'")), expectation(item)
    if item["type"] == "string_pattern_mismatch" and keys == ("name",):
        letters = "small letters, digits, - and _ are expected, a letter or digit first"
        return keys, f"{letters}, not {item['input']!r}"
    return keys, expectation(item)


_BRANCHES = frozenset(("phantoms", "upstream", "facts", "checks", "vllm", "openai"))
_PARTS: dict[tuple[str, ...], type[BaseModel]] = {
    ("input", "phantoms"): Phantoms,
    ("input", "upstream"): Upstream,
    ("author", "facts"): FactsAuthor,
    ("author", "vllm"): VllmAuthor,
    ("author", "openai"): OpenaiAuthor,
    ("critic", "checks"): ChecksCritic,
    ("critic", "vllm"): VllmCritic,
    ("critic", "openai"): OpenaiCritic,
    ("serve",): Serve,
    ("picture",): Picture,
    ("controls",): Controls,
    ("thresholds",): Thresholds,
    ("by_modality",): Thresholds,
    ("engine",): EngineOptions,
    ("review",): Review,
    ("splits",): Splits,
    (): Recipe,
}


def _model_at(at: tuple[str, ...]) -> type[BaseModel]:
    """The part of the recipe that holds the key at location `at`."""
    holder = tuple(part for part in at[:-1] if not part.isdecimal())
    for tail in (holder, holder[-1:], holder[-2:-1]):
        if tail in _PARTS and (tail or not holder):
            return _PARTS[tail]
    return SourceOptions
