"""What a file in `pipelines/` may say.

A recipe is YAML, read strictly: an unknown key, a key given twice or a value of the wrong type
stops the run before any work, with the file, the line and what was expected.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from m3ds import assets
from m3ds.errors import RecipeError
from m3ds.schema.base import SOURCE_NAMES, SourceName

Negatives = Literal["default", "drop", "keep"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Phantoms(_Part):
    """Synthetic archives in the upstream layouts; `per_source` images each."""

    kind: Literal["phantoms"]
    per_source: int = Field(24, ge=1)


class Upstream(_Part):
    """The real archives, from where upstream publishes them."""

    kind: Literal["upstream"]


class SourceOptions(_Part):
    """What may differ from source to source."""

    negatives: Negatives = "default"


class EngineOptions(_Part):
    """Where CPU work runs; `workers: 0` takes every core."""

    kind: Literal["local"] = "local"
    workers: int = Field(0, ge=0)


class FactsAuthor(_Part):
    """The embedded author: a grammar over measured facts. No model, no network."""

    backend: Literal["facts"]
    attempts: int = Field(3, ge=1, le=9)


class VllmAuthor(_Part):
    """A vision-language model behind vLLM."""

    backend: Literal["vllm"]
    model: str
    revision: str | None = None
    servers: tuple[str, ...] = Field((), strict=False)
    attempts: int = Field(3, ge=1, le=9)


class ChecksCritic(_Part):
    """No model follows the checks."""

    backend: Literal["checks"]


class VllmCritic(_Part):
    """A critic model behind vLLM."""

    backend: Literal["vllm"]
    model: str
    revision: str | None = None
    servers: tuple[str, ...] = Field((), strict=False)


class Review(_Part):
    """Which texts people read: none; `flagged` and a random share; all.

    `random` is a share of the accepted texts (0 to 1); `readers` how many read each of those.
    """

    policy: Literal["none", "flagged", "all"] = "none"
    random: float = Field(0.0, ge=0, le=1)
    readers: int = Field(1, ge=1, le=5)

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Review:
        if self.policy == "none" and (self.random or self.readers > 1):
            raise ValueError("policy none asks nobody, so random and readers have no effect")
        return self


class Splits(_Part):
    """How rows are divided.

    `clean`: official test, official validation, then a hash of the group; copies of official test
    images elsewhere are dropped. `paper`: the official splits as they are, of which the first
    `test[source]` rows by that hash are the test; leaks are reported, not dropped.
    """

    policy: Literal["clean", "paper"] = "clean"
    test: dict[SourceName, Annotated[int, Field(ge=1)]] = {}

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Splits:
        if self.policy == "clean" and self.test:
            raise ValueError("test sizes have an effect with policy paper only")
        return self


class Recipe(_Part):
    """One build, completely."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    seed: int = Field(ge=0)
    input: Annotated[Phantoms | Upstream, Field(discriminator="kind")]
    archives: str | None = None
    sources: Annotated[dict[SourceName, SourceOptions], Field(min_length=1)] = dict.fromkeys(
        SOURCE_NAMES, SourceOptions()
    )
    negatives: Negatives = "default"
    engine: EngineOptions = EngineOptions()
    ledger: str | None = None
    objects: str | None = None
    author: Annotated[FactsAuthor | VllmAuthor, Field(discriminator="backend")]
    critic: Annotated[ChecksCritic | VllmCritic, Field(discriminator="backend")]
    review: Review = Review()
    splits: Splits = Splits()
    max_quarantined: float = Field(0.1, ge=0, le=1)

    @field_validator("engine", mode="before")
    @classmethod
    def _engine_by_name(cls, value: object) -> object:
        """`engine: local` is short for `engine: {kind: local}`."""
        return {"kind": value} if isinstance(value, str) else value

    @field_validator("sources", mode="before")
    @classmethod
    def _sources_by_name(cls, value: object) -> object:
        """A list chooses sources; a mapping gives options to some of all ten."""
        if isinstance(value, tuple):
            return {name: {} for name in value}
        if isinstance(value, dict):
            given = {name: {} if options is None else options for name, options in value.items()}
            return {name: {} for name in SOURCE_NAMES} | given
        return value

    def negatives_of(self, source: str, default: Literal["drop", "keep"] | None) -> bool:
        """Whether this build keeps the negatives of `source`, whose own policy is `default`."""
        if default is None:
            return False
        own = next((o.negatives for n, o in self.sources.items() if n == source), "default")
        chosen = own if own != "default" else self.negatives
        return (chosen if chosen != "default" else default) == "keep"


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


def digest(part: BaseModel) -> str:
    """A short name for what a part of a recipe says."""
    return hashlib.sha256(part.model_dump_json().encode()).hexdigest()[:16]


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
        at = tuple(str(part) for part in item["loc"])
        # A discriminated union puts the branch it took into the location; the file has no such key.
        keys = tuple(part for part in at if part not in _BRANCHES and part != "[key]")
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


_BRANCHES = frozenset(("phantoms", "upstream", "facts", "checks", "vllm"))


def _model_at(at: tuple[str, ...]) -> type[BaseModel]:
    """The part of the recipe that holds the key at location `at`."""
    parts: dict[tuple[str, ...], type[BaseModel]] = {
        ("input", "phantoms"): Phantoms,
        ("input", "upstream"): Upstream,
        ("author", "facts"): FactsAuthor,
        ("author", "vllm"): VllmAuthor,
        ("critic", "checks"): ChecksCritic,
        ("critic", "vllm"): VllmCritic,
        ("engine",): EngineOptions,
        ("review",): Review,
        ("splits",): Splits,
        (): Recipe,
    }
    return parts.get(at[:-1], SourceOptions)
