"""Calls remembered in the ledger: one that was answered before is not made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from m3ds.errors import ModelUnavailable
from m3ds.ledger.tables import calls
from m3ds.ledger.writer import Writer
from m3ds.reasoning.calls import Body, Perform
from m3ds.stages.crew import Open

_EMBEDDED = "facts"


class Memo:
    """For the calls about some samples.

    Args:
        known: The remembered responses to calls about them, by key.
        writer: Where new ones go.
        open: The models that can be asked now.
    """

    def __init__(self, known: Mapping[str, Any], writer: Writer, open_: Open) -> None:
        self._known = known
        self._writer = writer
        self._open = open_

    async def __call__(self, key: str, request: Body, perform: Perform) -> Body:
        """The remembered response, or that of `perform`, which is then remembered.

        Raises:
            ModelUnavailable: it is not remembered, and its model is not up.
        """
        known: Body | None = self._known.get(key)
        if known is not None:
            return known
        call: Any = request["call"]
        role = str(request["role"])
        if call["backend"] != _EMBEDDED and (role, call["model"]) not in self._open:
            raise ModelUnavailable(f"waits for the {role} {call['model']}")
        response = await perform()
        row = {
            "key": key,
            "sample_id": request["sample_id"],
            "role": role,
            "request": request,
            "response": response,
        }
        self._writer.append([(calls, row)])
        return response
