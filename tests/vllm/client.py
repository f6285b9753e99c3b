"""Plain HTTP requests to a server, and what came back."""

from __future__ import annotations

import base64
import io
import json
import math
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from .serving import NAME, Server

TIMEOUT = 120.0

STEPS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "modality": {"enum": ["ultrasound", "dermoscopy"]},
        "findings": {
            "type": "array",
            "items": {"type": "string", "maxLength": 40},
            "minItems": 1,
            "maxItems": 3,
        },
        "analysis": {"type": "string", "minLength": 20, "maxLength": 200},
    },
    "required": ["modality", "findings", "analysis"],
    "additionalProperties": False,
}
"""Every kind of rule that an author's schema uses."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and its JSON."""

    status: int
    body: Any

    @property
    def choice(self) -> Any:
        """The one choice of an answered chat."""
        assert self.status == 200, self.body
        (choice,) = self.body["choices"]
        return choice

    @property
    def text(self) -> str:
        return str(self.choice["message"]["content"])

    @property
    def error(self) -> str:
        """The server's words on why it refused."""
        return str(self.body["error"]["message"])

    def probabilities(self) -> dict[str, float]:
        """The most likely first tokens, each with its probability."""
        first = self.choice["logprobs"]["content"][0]
        return {each["token"]: math.exp(each["logprob"]) for each in first["top_logprobs"]}


def get(server: Server, path: str) -> Reply:
    return _send(server, path, None, {})


def post(server: Server, path: str, body: object, **headers: str) -> Reply:
    return _send(server, path, json.dumps(body).encode(), headers)


def chat(
    server: Server,
    *images: str,
    text: str = "What does the image show?",
    system: str | None = "Answer briefly.",
    **fields: Any,
) -> Reply:
    """Ask about images (data URLs); `fields` are more of the request's body."""
    parts = [
        *({"type": "image_url", "image_url": {"url": url}} for url in images),
        {"type": "text", "text": text},
    ]
    opening = [] if system is None else [{"role": "system", "content": system}]
    messages = [*opening, {"role": "user", "content": parts}]
    defaults = {"max_tokens": 16, "temperature": 0.7, "seed": 1}
    return post(
        server,
        "/v1/chat/completions",
        {"model": NAME, "messages": messages, **defaults, **fields},
    )


def picture(number: int = 0, width: int = 112, height: int = 84) -> str:
    """A picture of noise as data URL, another for each number."""
    pixels = np.random.default_rng(number).integers(0, 256, (height, width, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return data_url(buffer.getvalue())


def data_url(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _send(server: Server, path: str, data: bytes | None, headers: dict[str, str]) -> Reply:
    request = urllib.request.Request(  # noqa: S310 - loopback
        server.base_url + path, data, {"Content-Type": "application/json", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - loopback
            return Reply(answer.status, _content(answer.read()))
    except urllib.error.HTTPError as refused:
        return Reply(refused.code, _content(refused.read()))


def _content(data: bytes) -> Any:
    """JSON where it is JSON; `/metrics` is text, `/health` is empty."""
    try:
        return json.loads(data)
    except ValueError:
        return data.decode()
