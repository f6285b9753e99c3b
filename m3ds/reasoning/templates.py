"""The prompts of author and critic: Jinja templates with their schemas beside them."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from m3ds import assets
from m3ds.reasoning import prompts
from m3ds.schema.base import Frozen

if TYPE_CHECKING:
    from jinja2 import Environment

Folder = Literal["author", "critic"]
Viewpoint = Literal["blind", "aware"]


class Prompt(Frozen):
    """`author/prompt.yaml`."""

    version: str


class Dimension(Frozen):
    """One question of the rubric, scored 1 to 5; `anchors` say what 1, 3 and 5 are."""

    view: Viewpoint
    question: str
    anchors: tuple[str, str, str]


class Veto(Frozen):
    """One yes-or-no question; a yes refuses the text."""

    view: Viewpoint
    question: str


class Rubric(Frozen):
    """`critic/rubric.yaml`."""

    version: str
    dimensions: dict[str, Dimension]
    vetoes: dict[str, Veto]

    def codes(self, view: Viewpoint) -> frozenset[str]:
        """Of the failures that a critic finds in one view."""
        scored = (name for name, dimension in self.dimensions.items() if dimension.view == view)
        asked = (f"veto_{name}" for name, veto in self.vetoes.items() if veto.view == view)
        return frozenset((*scored, *asked))


def render(name: str, **values: object) -> str:
    """The template `prompts/<name>.jinja` with its values, without outer blanks."""
    return _environment().get_template(f"{name}.jinja").render(**values).strip()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Only those who ask models need it, and it takes a moment to import.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(assets.folder("prompts")),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text for a model, no page
        auto_reload=False,  # it would look at the file at each rendering
    )


@lru_cache(maxsize=4)
def schema(folder: Folder) -> dict[str, Any]:
    """The JSON schema of the answer; the author's lacks the enum of its labels."""
    found: dict[str, Any] = json.loads(
        (assets.folder("prompts") / folder / "schema.json").read_bytes()
    )
    return found


@lru_cache(maxsize=1)
def prompt() -> Prompt:
    """What the author's folder says of itself."""
    return prompts.load("author/prompt.yaml", Prompt)


@lru_cache(maxsize=1)
def rubric() -> Rubric:
    """What a critic is asked."""
    return prompts.load("critic/rubric.yaml", Rubric)


@lru_cache(maxsize=4)
def folder_sha256(folder: Folder) -> str:
    """The hash of all files of a folder of prompts, names included."""
    seen = hashlib.sha256()
    for path in sorted((assets.folder("prompts") / folder).iterdir()):
        if path.is_file():
            seen.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()
