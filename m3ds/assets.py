"""Where files that are not code (`pipelines/`, `prompts/`) lie, in a clone and in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The shipped folder `name` (`pipelines`, `prompts`).

    An installed wheel carries it inside the package; a clone has it beside the package.
    """
    packed = _PACKAGE / "_assets" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
