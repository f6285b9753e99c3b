"""The files in `prompts/`: what they may say, and reading them once per process."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Annotated, TypeVar

import yaml
from pydantic import Field, ValidationError

from m3ds import assets
from m3ds.errors import RecipeError
from m3ds.schema.base import Frozen, Modality

Lines = Annotated[tuple[str, ...], Field(min_length=1)]
Pools = Annotated[tuple[str, ...], Field(min_length=6)]

NEGATIVE_NAMES = frozenset({"normal", "no fracture"})
"""What a negative is called in a closed set of labels."""


class Pool(Frozen):
    """Questions: `segment` takes the target for granted, `search` asks whether it is there."""

    segment: Pools
    search: Pools


class Query(Pool):
    """The questions for one modality and some targets."""

    modality: Modality
    targets: Lines


class Queries(Frozen):
    """`queries.yaml`."""

    version: str
    queries: tuple[Query, ...]
    default: Pool

    def find(self, modality: Modality, target: str) -> Pool:
        """The questions for a modality and target, or the default ones."""
        fitting = (q for q in self.queries if q.modality == modality and target in q.targets)
        return next(fitting, self.default)


class StepOpeners(Frozen):
    modality: Lines
    analysis: Lines
    reasoning: Lines
    conclusion: Lines


class Openers(Frozen):
    """`openers.yaml`."""

    version: str
    positive: Lines
    negative: Lines
    steps: StepOpeners
    bare_modality: str


class Terms(Frozen):
    """One modality's own words."""

    names: Lines
    image: Lines
    surroundings: Lines


class Noun(Frozen):
    """What the outlined region is called, as (singular, plural); empty lists fit everything."""

    targets: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()
    words: Annotated[tuple[tuple[str, str], ...], Field(min_length=1)]


class Presence(Frozen):
    one: Lines
    many: Lines
    unplaced_one: Lines
    unplaced_many: Lines


class Subject(Frozen):
    """Subjects of the first sentence about something, and of those that follow."""

    first: Lines
    then: Lines


class Subjects(Frozen):
    one: Subject
    many: Subject
    largest: Subject


class Predicate(Frozen):
    """What can be said of the region, after a singular and after a plural subject."""

    one: Lines
    many: tuple[str, ...] = ()


class Predicates(Frozen):
    area: Predicate
    position: Predicate
    shape: Predicate
    outline: Predicate
    comparative: Predicate
    relative: Predicate
    similar: Predicate
    colour: Predicate


class Vessels(Frozen):
    area: Lines
    unmeasured: Lines
    comparative: Lines
    similar: Lines


class Negative(Frozen):
    first: Lines
    second: Lines


class Link(Frozen):
    fit: Lines
    both: Lines
    doubt: Lines
    neutral: Lines
    whole: Lines


class Typical(Frozen):
    """Which of the vocabulary's words are usual in a disease; empty says nothing."""

    shape: tuple[str, ...] = ()
    border: tuple[str, ...] = ()
    contrast: tuple[str, ...] = ()


class Diagnosis(Frozen):
    """What is known of one diagnosis, and how it is worded."""

    names: Lines
    modality: Modality
    targets: tuple[str, ...] = ()
    phrases: Lines
    several: tuple[str, ...] = ()
    conclusion: tuple[str, ...] = ()
    typical: Typical = Typical()
    knowledge: Annotated[tuple[str, ...], Field(min_length=2)]
    caution: tuple[str, ...] = ()


class Fallback(Frozen):
    positive: Lines
    negative: Lines


class Grammar(Frozen):
    """`grammar.yaml`."""

    version: str
    anatomies: dict[str, str]
    modalities: dict[Modality, Terms]
    modality: Lines
    nouns: tuple[Noun, ...]
    places: dict[str, Lines]
    patient_side: str
    presence: Presence
    subjects: Subjects
    about: Lines
    sizes: dict[str, str]
    predicates: Predicates
    outlines: dict[str, str]
    vessels: Vessels
    negative: Negative
    link: Link
    conclusion: Lines
    diagnoses: tuple[Diagnosis, ...]
    fallback: Fallback

    def diagnosis(self, name: str, modality: Modality, target: str) -> Diagnosis | None:
        """The first entry that fits, or None."""
        key = name.casefold()
        for entry in self.diagnoses:
            if (
                entry.modality == modality
                and key in entry.names
                and (not entry.targets or target in entry.targets)
            ):
                return entry
        return None


_Model = TypeVar("_Model", bound=Frozen)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C, where libyaml is: a start would take a tenth of a second longer without."""


def load(name: str, model: type[_Model]) -> _Model:
    """A YAML file of `prompts/`, as its model.

    Raises:
        RecipeError: it says something else.
    """
    path = assets.folder("prompts") / name
    try:
        return model.model_validate(yaml.load(path.read_bytes(), _LOADER))  # noqa: S506 - a safe one
    except (yaml.YAMLError, ValidationError) as error:
        raise RecipeError(
            f"is not what {model.__name__} asks for: {error}",
            where=f"prompts/{name}",
            todo="compare it with the released file",
        ) from error


@lru_cache(maxsize=1)
def queries() -> Queries:
    """The questions."""
    return load("queries.yaml", Queries)


@lru_cache(maxsize=1)
def openers() -> Openers:
    """What stands before the steps of an answer."""
    return load("openers.yaml", Openers)


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """What the embedded author writes with."""
    return load("grammar.yaml", Grammar)


@lru_cache(maxsize=8)
def sha256(name: str) -> str:
    """The hash of one file in `prompts/`."""
    return hashlib.sha256((assets.folder("prompts") / name).read_bytes()).hexdigest()
