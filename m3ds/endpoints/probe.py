"""The question that a server must answer in form before anything it says is taken."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any, Literal

import orjson

from m3ds.endpoints.wire import Completion, post
from m3ds.errors import M3dsError

if TYPE_CHECKING:
    from m3ds.endpoints.pool import Pool
    from m3ds.endpoints.slots import Endpoint

_WORD = "m3ds-probe"
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["word"],
    "properties": {"word": {"type": "string", "enum": [_WORD]}},
}


class ConstraintIgnored(M3dsError):
    """The server takes a constraint on its answer, and then does not hold to it."""


class Probe:
    """One request with one image and a constraint that no model meets by chance.

    Servers ignore fields that they do not know, without a word; an answer that parses shows that
    ours are the right ones, and that the model takes images.

    Args:
        name: What the server calls the model.
        dialect: How it is told the constraint.
        constrained: False where nothing that will be asked has one.
    """

    def __init__(
        self, name: str, dialect: Literal["vllm", "openai"], *, constrained: bool = True
    ) -> None:
        self._name = name
        self._dialect = dialect
        self._constrained = constrained

    async def __call__(self, pool: Pool, endpoint: Endpoint) -> None:
        """Ask.

        Raises:
            ConstraintIgnored: the answer is not in form.
            RequestRefused: the server takes no images, or no constraints.
            Passing: it does not answer.
        """
        completion = await post(pool.session, endpoint.url, self.body(), pool.headers)
        if self._constrained and not _is_in_form(completion):
            raise ConstraintIgnored(
                f"an answer that had to be {{'word': '{_WORD}'}} was {completion.text[:120]!r}",
                where=endpoint.url,
                todo="a server that honours structured outputs is needed (vLLM 0.30 or newer)",
            )

    def body(self) -> bytes:
        """The request."""
        url = f"data:image/png;base64,{base64.b64encode(_picture()).decode()}"
        content = [
            {"type": "image_url", "image_url": {"url": url}},
            {"type": "text", "text": "Answer with the word that the form asks for."},
        ]
        body: dict[str, Any] = {
            "model": self._name,
            "messages": [{"role": "user", "content": content}],
            "max_tokens": 64,
            "temperature": 0.0,
        }
        if not self._constrained:
            return orjson.dumps(body)
        if self._dialect == "vllm":
            body["structured_outputs"] = {"json": _SCHEMA}
        else:
            schema = {"name": "probe", "schema": _SCHEMA, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return orjson.dumps(body)


def _is_in_form(completion: Completion) -> bool:
    try:
        return bool(orjson.loads(completion.text) == {"word": _WORD})
    except ValueError:
        return False


def _picture() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 64), (120, 140, 160)).save(out, "PNG")
    return out.getvalue()
