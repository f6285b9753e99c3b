"""All adapters by name."""

from __future__ import annotations

from importlib import import_module

from m3ds.errors import UsageError
from m3ds.schema.base import SOURCE_NAMES
from m3ds.sources.base import Adapter


def adapter(name: str) -> Adapter:
    """The adapter of the source called `name`.

    Raises:
        UsageError: there is no such source.
    """
    if name not in SOURCE_NAMES:
        raise UsageError(
            f"there is no source called {name!r}", todo=f"choose one of: {', '.join(SOURCE_NAMES)}"
        )
    found = import_module(f"m3ds.sources.{name}").ADAPTER
    assert isinstance(found, Adapter)  # noqa: S101 - each module's one contract
    return found
