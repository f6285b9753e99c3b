"""Reading a recipe strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from m3ds import assets
from m3ds.errors import RecipeError
from m3ds.recipe.faults import refusal
from m3ds.recipe.recipe import Recipe


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
        raise refusal(error, lines, path) from None


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
