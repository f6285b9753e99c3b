"""Messages to a model: as they are sent, and as they are remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Protocol

import orjson

from m3ds.endpoints.wire import Completion
from m3ds.reasoning.calls import Body
from m3ds.reasoning.sight import PICTURES_VERSION, Name, PictureOptions, Pictures

Dialect = Literal["vllm", "openai"]


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who says it, which pictures come first, and the text."""

    role: Literal["system", "user", "assistant"]
    text: str
    pictures: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint:
    """What an answer must be: an object of a JSON schema, or one of a few words."""

    schema: dict[str, Any] | None = None
    choice: tuple[str, ...] | None = None

    def plain(self) -> Body:
        """For the key and the ledger."""
        return {"schema": self.schema} if self.schema else {"choice": list(self.choice or ())}


class Line(Protocol):
    """A way to one model."""

    async def ask(self, body: Body, *, tag: str, rank: int) -> Completion:
        """Send a request; `body` lacks only the model's served name. See `Pool.ask`."""


def pictures_in(messages: Sequence[Said]) -> tuple[Name, ...]:
    """The pictures that go with some messages."""
    return tuple(dict.fromkeys(name for said in messages for name in said.pictures))


def sent(messages: Sequence[Said], pictures: Pictures) -> list[dict[str, Any]]:
    """The messages as the protocol has them; pictures go in as they were encoded."""
    out: list[dict[str, Any]] = []
    for said in messages:
        if not said.pictures:
            out.append({"role": said.role, "content": said.text})
            continue
        parts: list[dict[str, Any]] = [
            {"type": "image_url", "image_url": {"url": orjson.Fragment(pictures[name])}}
            for name in said.pictures
        ]
        out.append({"role": said.role, "content": [*parts, {"type": "text", "text": said.text}]})
    return out


def noted(messages: Sequence[Said], options: PictureOptions) -> tuple[Body, ...]:
    """The messages as the key and the ledger have them.

    Pictures stand there by name and how they were made (their pixels are in the view), system
    prompts by hash.
    """
    out: list[Body] = []
    for said in messages:
        content: Body = {"role": said.role}
        if said.role == "system":
            content["sha256"] = sha256(said.text)
        else:
            content["text"] = said.text
        if said.pictures:
            content["pictures"] = list(said.pictures)
            content["made"] = {"version": PICTURES_VERSION, **options.plain()}
        out.append(content)
    return tuple(out)


@lru_cache(maxsize=256)
def sha256(text: str) -> str:
    """Of a fixed text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def request(
    messages: Sequence[Said],
    pictures: Pictures,
    constraint: Constraint | None,
    sampling: Body,
    seed: int,
    dialect: Dialect,
) -> Body:
    """The body of one request, without the model's name."""
    body: dict[str, Any] = {"messages": sent(messages, pictures), "seed": seed, **sampling}
    if constraint is not None and constraint.schema is not None:
        if dialect == "vllm":
            body["structured_outputs"] = {"json": constraint.schema}
        else:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": constraint.schema, "strict": True},
            }
    if constraint is not None and constraint.choice is not None:
        body |= {"max_tokens": 1, "logprobs": True, "top_logprobs": 20}
        if dialect == "vllm":
            body["structured_outputs"] = {"choice": list(constraint.choice)}
    return body
