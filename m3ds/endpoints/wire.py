"""One chat completion over HTTP: what comes back, and the ways in which it may not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from m3ds.endpoints.errors import Away, Dropped, EndpointMisconfigured, Passing, RequestRefused
from m3ds.endpoints.served import Served, listed

CHAT = "/chat/completions"
_PERMANENT = frozenset((400, 413, 415, 422))
_MISCONFIGURED = frozenset((401, 403, 404, 405))
_WORDS = 500
"""Characters of a server's own words that are kept."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `cached` of the prompt came from the server's prefix cache."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back.

    Args:
        text: Of the first choice.
        finish: Why it ended: `stop`, or `length` where it was cut.
        top: The first token's alternatives with their log-probabilities, where they were asked for.
        usage: Tokens.
    """

    text: str
    finish: str
    top: dict[str, float] | None = None
    usage: Usage = Usage()

    def body(self, *, top: bool) -> dict[str, Any]:
        """As it is remembered, the first token's alternatives only with `top`."""
        found: dict[str, Any] = {"text": self.text, "finish": self.finish}
        if top:
            found["top"] = self.top
        used = self.usage
        found["usage"] = {
            "prompt": used.prompt,
            "completion": used.completion,
            "cached": used.cached,
        }
        return found

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Completion:
        """What was remembered."""
        return cls(body["text"], body["finish"], body.get("top"), Usage(**body.get("usage", {})))


async def post(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]
) -> Completion:
    """Ask for one completion; `url` is the endpoint's base, as `http://host:8000/v1`.

    Raises:
        RequestRefused, EndpointMisconfigured, Passing: as they say.
    """
    try:
        async with session.post(url + CHAT, data=body, headers=headers) as response:
            content = await response.read()
            status = response.status
    except TimeoutError as error:
        raise Passing("no answer in time") from error
    except aiohttp.ClientConnectorError as error:
        raise Away(_away(error)) from error
    except (aiohttp.ClientError, ConnectionError) as error:
        raise Dropped(f"{type(error).__name__}: {error}") from error
    if status == 200:
        return parse(content)
    words = _words(content)
    if status in _PERMANENT:
        raise RequestRefused(f"the server answers {status}: {words}", where=url)
    if status in _MISCONFIGURED:
        raise EndpointMisconfigured(f"the server answers {status}: {words}", where=url)
    raise Passing(f"{status}: {words}")


def parse(content: bytes) -> Completion:
    """Read the body of a completion.

    Raises:
        Passing: it is none (a proxy's page, an answer cut on the way).
    """
    try:
        body: dict[str, Any] = orjson.loads(content)
        choice = body["choices"][0]
        text = choice["message"]["content"] or ""
        if not isinstance(text, str):
            raise TypeError("its content is no text")
        usage = body.get("usage") or {}
        details = usage.get("prompt_tokens_details") or {}
        return Completion(
            text=text,
            finish=str(choice.get("finish_reason") or ""),
            top=_top(choice.get("logprobs")),
            usage=Usage(
                prompt=int(usage.get("prompt_tokens") or 0),
                completion=int(usage.get("completion_tokens") or 0),
                cached=int(details.get("cached_tokens") or 0),
            ),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Passing(f"an answer that is no completion: {content[:80]!r}") from error


def _top(logprobs: dict[str, Any] | None) -> dict[str, float] | None:
    tokens = (logprobs or {}).get("content")
    if not tokens:
        return None
    entries = tokens[0].get("top_logprobs") or tokens
    return {str(entry["token"]): float(entry["logprob"]) for entry in entries}


async def is_alive(session: aiohttp.ClientSession, url: str) -> bool:
    """Whether the server behind `url` is up: `/health` says so, or there is no such page.

    Servers that are not vLLM have no `/health`; one that answers at all is up.
    """
    try:
        async with asyncio.timeout(10), session.get(f"{root(url)}/health") as response:
            return response.status < 500
    except (aiohttp.ClientError, ConnectionError, TimeoutError):
        return False


async def models(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> tuple[Served, ...]:
    """The models that an endpoint serves.

    Raises:
        Passing, EndpointMisconfigured: it does not say.
    """
    try:
        async with asyncio.timeout(30), session.get(f"{url}/models", headers=headers) as response:
            content = await response.read()
            status = response.status
    except aiohttp.ClientConnectorError as error:
        raise Away(_away(error)) from error
    except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
        raise Away(f"{type(error).__name__}: {error}") from error
    if status in _MISCONFIGURED:
        raise EndpointMisconfigured(f"the server answers {status}: {_words(content)}", where=url)
    try:
        return listed(content)
    except (ValueError, KeyError, TypeError) as error:
        raise Passing(f"{status}: {_words(content)}") from error


def _away(error: aiohttp.ClientConnectorError) -> str:
    return f"no connection to {error.host}:{error.port}"


def root(url: str) -> str:
    """The server of an endpoint: `http://host:8000` of `http://host:8000/v1`."""
    return url.removesuffix("/v1")


def _words(content: bytes) -> str:
    """The message in an error's body, or the body itself."""
    try:
        body = orjson.loads(content)
        found = body.get("error", body)
        text = found["message"] if isinstance(found, dict) else found
    except (ValueError, KeyError, AttributeError):
        text = content.decode("utf-8", "replace")
    return " ".join(str(text).split())[:_WORDS]
