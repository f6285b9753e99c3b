"""What an endpoint says that it serves."""

from __future__ import annotations

import orjson

from m3ds.schema.base import Frozen


class Served(Frozen):
    """One model that an endpoint serves: its name, and what is behind it where the server says."""

    name: str
    root: str = ""


def listed(content: bytes) -> tuple[Served, ...]:
    """Read the body of a list of models.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    entries = orjson.loads(content)["data"]
    return tuple(Served(name=str(e["id"]), root=str(e.get("root") or "")) for e in entries)


def address_hint(url: str) -> str:
    """What may be wrong with an address at which something answers, but no model server."""
    return "" if url.rstrip("/").endswith("/v1") else "; most addresses end in /v1"
