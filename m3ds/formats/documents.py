"""Reading whole JSON and YAML annotation files, with errors that name the file."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from m3ds.errors import LayoutError

_TODO = "take the file from the upstream release again"


def read_json(path: Path) -> object:
    """The JSON document in `path` (a byte-order mark is allowed).

    Raises:
        LayoutError: the file is absent or no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise LayoutError(f"cannot be read as JSON: {error}", where=path.name, todo=_TODO) from None


def read_yaml(path: Path) -> object:
    """The YAML document in `path`.

    Raises:
        LayoutError: the file is absent or no YAML.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        line = " ".join(str(error).split())
        raise LayoutError(f"cannot be read as YAML: {line}", where=path.name, todo=_TODO) from None
