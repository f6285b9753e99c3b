"""Reading a recipe strictly, and saying what is wrong with it line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from m3ds import assets
from m3ds.errors import RecipeError
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


def load(path: Path) -> Recipe:
    """Read the recipe at `path`; a bare `pipelines/mini.yaml` is also found in the package.

    Raises:
        RecipeError: the file is missing, is not YAML, or says what no recipe may say.
    """
    file = _find(path)
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise RecipeError(
            f"is not valid YAML: {error.problem}",
            where=f"{path}:{mark.line + 1}" if mark else path,
        ) from None
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise RecipeError(f"is not valid YAML: {error}", where=path) from None
    except UnicodeDecodeError as error:
        raise RecipeError(f"is not UTF-8 text: {error.reason}", where=path) from None
    lines: dict[tuple[str, ...], int] = {}
    data = _plain(node, (), lines, path) if node is not None else None
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        raise RecipeError("\n".join(_describe(error, lines, path))) from None


def _find(path: Path) -> Path:
    if path.is_file():
        return path
    shipped = assets.folder("pipelines") / path.name
    if path.parent.name in {"", "pipelines"} and not path.is_absolute() and shipped.is_file():
        return shipped
    known = ", ".join(sorted(p.name for p in assets.folder("pipelines").glob("*.yaml")))
    raise RecipeError("there is no such recipe", where=path, todo=f"shipped recipes: {known}")


_DEEPEST = 8


def _plain(
    node: yaml.Node, at: tuple[str, ...], lines: dict[tuple[str, ...], int], path: Path
) -> Any:
    """A YAML node as plain values; notes the line of each key, and refuses a key given twice."""
    lines.setdefault(at, node.start_mark.line + 1)
    if len(at) > _DEEPEST:
        where = f"{path}:{node.start_mark.line + 1}"
        raise RecipeError("is nested deeper than any recipe, or within itself", where=where)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                line = key_node.start_mark.line + 1
                raise RecipeError(f"the key {key!r} is given twice", where=f"{path}:{line}")
            lines[(*at, key)] = key_node.start_mark.line + 1
            found[key] = _plain(value_node, (*at, key), lines, path)
        return found
    if isinstance(node, yaml.SequenceNode):
        return tuple(_plain(n, (*at, str(i)), lines, path) for i, n in enumerate(node.value))
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (ValueError, yaml.YAMLError) as error:
        where = f"{path}:{node.start_mark.line + 1}"
        raise RecipeError(f"{'.'.join(at)}: {error}", where=where) from None


def _describe(error: ValidationError, lines: dict[tuple[str, ...], int], path: Path) -> list[str]:
    """One line for each thing that is wrong: file, line, key, what was seen, what was expected."""
    found = []
    for item in error.errors():
        if item["type"] == "too_short" and error.error_count() > 1 and item["loc"] == ("critic",):
            continue  # the critic is there, and what is wrong with it is said by the others
        at = tuple(str(part) for part in item["loc"])
        # A discriminated union puts the branch it took into the location; the file has no such key.
        keys = tuple(part for part in at if part not in _BRANCHES and part != "[key]")
        if keys[:2] == ("critic", "0") and ("critic", "0") not in lines:
            keys = ("critic", *keys[2:])  # one critic is given without a list
        known = keys
        while known and known not in lines:
            known = known[:-1]
        seen = f", not {item['input']!r}"
        says = item["msg"][:1].lower() + item["msg"][1:]
        if item["type"] == "value_error":
            seen, says = "", str(item["ctx"]["error"])
        elif item["type"] == "missing":
            seen, says = "", "is missing"
        elif item["type"] == "extra_forbidden":
            expected = ", ".join(_model_at(at).model_fields)
            seen, says = "", f"is not known here; expected one of: {expected}"
        found.append(f"{path}:{lines.get(known, 1)}: {'.'.join(keys) or 'recipe'}: {says}{seen}")
    return found


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
