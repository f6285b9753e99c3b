"""A stand-in for a model server: the real protocol, a fixed latency, no model behind it.

As an author it turns the notes of the prompt into plain sentences and guesses the diagnosis where
it is not told; as a critic it is content with everything. It can be told to fail in the ways that
servers fail. `/stats` says what it has seen.

    python benchmarks/standin.py --port 8000 --latency 2 --slots 256 [--status 0.05] [--drop 0.02]
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import math
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

if not __package__:  # run as a script, which finds its neighbours only
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.standin_words import as_sections, complaint, compose, shown


@dataclass(slots=True)
class Behaviour:
    """How it answers.

    Args:
        latency_s, slots: Each answer takes that long, and so many are worked on at a time.
        status, drop, malformed, truncated: Shares of requests that get a 500, a closed connection,
            text that is no JSON, or an answer that was cut.
        busy: Share that gets a 429.
        ignores_constraints: It answers freely, as servers do that do not know a field.
        refuses, kills: Words in a request (or of its image's data) that get a 400, or end the
            engine for `away_s` seconds.
        scores: The critic's probabilities of 1 to 5.
        veto: The critic's probability of a yes.
        displeased: Share of texts, by their hash, with which the critic is not content.
        monotonous: The author uses the same words for all, until it is told to find its own.
        seed: Of the chance by which requests fail.
    """

    latency_s: float = 0.0
    slots: int = 256
    status: float = 0.0
    drop: float = 0.0
    malformed: float = 0.0
    truncated: float = 0.0
    busy: float = 0.0
    ignores_constraints: bool = False
    refuses: str = ""
    kills: str = ""
    away_s: float = 1.0
    scores: tuple[float, ...] = (0.0, 0.0, 0.02, 0.18, 0.8)
    veto: float = 0.02
    displeased: float = 0.0
    monotonous: bool = False
    seed: int = 0


@dataclass(slots=True)
class Stats:
    """What it has seen: answers by kind, requests that came again, and the most at one time."""

    requests: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    most: int = 0
    first_s: float = 0.0
    last_s: float = 0.0


class Standin:
    """The server; `app` is what aiohttp runs."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.stats = Stats()
        self._slots = asyncio.Semaphore(behaviour.slots)
        self._now = 0
        self._answered: set[bytes] = set()
        self._heard: Counter[bytes] = Counter()
        self._dead_until = 0.0
        self._deaths = 0
        self.app = web.Application(client_max_size=1 << 26)
        self.app.add_routes(
            [
                web.get("/health", self._health),
                web.get("/v1/models", self._models),
                web.get("/stats", self._stats),
                web.post("/v1/chat/completions", self._chat),
            ]
        )

    def is_dead(self) -> bool:
        """Whether its engine is gone for now."""
        return time.monotonic() < self._dead_until

    async def _health(self, _: web.Request) -> web.Response:
        return web.Response(status=503 if self.is_dead() else 200)

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "standin"}]})

    async def _stats(self, _: web.Request) -> web.Response:
        seen = self.stats
        return web.json_response(
            {
                "requests": seen.requests,
                "answered": dict(seen.answered),
                "failed": dict(seen.failed),
                "repeated": seen.repeated,
                "now": self._now,
                "most": seen.most,
                "seconds": seen.last_s - seen.first_s,
            }
        )

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        now = time.monotonic()
        self.stats.requests += 1
        self.stats.first_s = self.stats.first_s or now
        body = orjson.loads(content)
        self._now += 1
        self.stats.most = max(self.stats.most, self._now)
        try:
            return await self._answer(request, content, body)
        finally:
            self._now -= 1
            self.stats.last_s = time.monotonic()

    async def _answer(
        self, request: web.Request, content: bytes, body: dict[str, Any]
    ) -> web.StreamResponse:
        how = self.behaviour
        deaths = self._deaths
        if self.is_dead():
            return self._drop(request)
        if how.refuses and how.refuses.encode() in content:
            return self._error(400, "this image cannot be processed")
        if how.kills and how.kills.encode() in content:
            self._deaths += 1
            self._dead_until = time.monotonic() + how.away_s
        async with self._slots:
            await asyncio.sleep(how.latency_s)
        if self._deaths > deaths:
            return self._error(
                500, "EngineCore encountered an issue. See stack trace for the root cause."
            )
        probe = b"m3ds-probe" in content
        mark = hashlib.blake2b(content, digest_size=16).digest()
        draw = 1.0 if probe else self._draw(mark)
        for share, what in ((how.status, "status"), (how.drop, "drop"), (how.busy, "busy")):
            if draw < share:
                if what == "drop":
                    return self._drop(request)
                return self._error(
                    *((500, "internal error") if what == "status" else (429, "slow down"))
                )
            draw -= share
        kind, text, top = self._speak(body)
        finish = "stop"
        if kind in {"author", "critique"}:
            if draw < how.malformed:
                kind, text = "malformed", "Certainly! Here is what I see in the image."
            elif draw - how.malformed < how.truncated:
                kind, text, finish = "truncated", text[: len(text) // 2], "length"
        self.stats.answered[kind] += 1
        self.stats.repeated += mark in self._answered and not probe
        self._answered.add(mark)
        return self._completion(text, finish, top)

    def _draw(self, mark: bytes) -> float:
        """What decides on a fault, in [0, 1): by the request and how often it came.

        The order in which requests arrive has no part in it, so a run fails the same way again.
        """
        self._heard[mark] += 1
        told = b"%b %d %d" % (mark, self._heard[mark], self.behaviour.seed)
        return int.from_bytes(hashlib.blake2b(told, digest_size=4).digest()) / (1 << 32)

    def _error(self, status: int, words: str) -> web.Response:
        self.stats.failed[str(status)] += 1
        return web.json_response({"error": {"message": words, "code": status}}, status=status)

    def _drop(self, request: web.Request) -> web.Response:
        self.stats.failed["drop"] += 1
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _completion(self, text: str, finish: str, top: dict[str, float] | None) -> web.Response:
        choice: dict[str, Any] = {
            "index": 0,
            "message": {"role": "assistant", "content": text},
            "finish_reason": finish,
        }
        if top is not None:
            tokens = [{"token": t, "logprob": math.log(p)} for t, p in top.items() if p > 0]
            choice["logprobs"] = {
                "content": [{"token": text, "logprob": 0, "top_logprobs": tokens}]
            }
        usage = {"prompt_tokens": 900, "completion_tokens": max(1, len(text) // 4)}
        return web.Response(
            body=orjson.dumps({"id": "x", "choices": [choice], "usage": usage}),
            content_type="application/json",
        )

    def _speak(self, body: dict[str, Any]) -> tuple[str, str, dict[str, float] | None]:
        """Kind, text and first-token probabilities of the answer to `body`."""
        rules = body.get("structured_outputs") or {}
        schema = rules.get("json") or body.get("response_format", {}).get("json_schema", {}).get(
            "schema"
        )
        if self.behaviour.ignores_constraints:
            return "free", "I would say that this looks fine.", None
        content = not self._is_displeased(body)
        if "choice" in rules or (schema is None and body.get("max_tokens") == 1):
            if "yes" in rules.get("choice", ()) or "yes or no" in str(
                body["messages"][-1]["content"]
            ):
                top = {"yes": self.behaviour.veto, "no": 1 - self.behaviour.veto}
            else:
                scores = self.behaviour.scores
                top = {str(k): p for k, p in enumerate(scores if content else scores[::-1], 1)}
            return "choice", max(top, key=lambda token: top[token]), top
        if schema is not None and "word" in schema["properties"]:
            return "probe", '{"word":"m3ds-probe"}', None
        if schema is not None and "fault" in schema["properties"]:
            found = complaint(body) if not content else {"sentence": "", "fault": ""}
            return "critique", orjson.dumps(found).decode(), None
        answer = compose(body, monotonous=self.behaviour.monotonous)
        if schema is not None:
            return "author", orjson.dumps(answer).decode(), None
        return "author", as_sections(answer), None

    def _is_displeased(self, body: dict[str, Any]) -> bool:
        """Whether the critic dislikes the text that it is shown; each question hears the same."""
        drawn = hashlib.blake2b(shown(body).encode(), digest_size=4).digest()
        return int.from_bytes(drawn) < self.behaviour.displeased * (1 << 32)


def main() -> None:
    """Serve until it is stopped."""
    parser = argparse.ArgumentParser(description="A stand-in for a model server.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--slots", type=int, default=256)
    for name in ("status", "drop", "malformed", "truncated", "busy", "displeased"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    given = parser.parse_args()
    how = Behaviour(
        latency_s=given.latency,
        slots=given.slots,
        status=given.status,
        drop=given.drop,
        malformed=given.malformed,
        truncated=given.truncated,
        busy=given.busy,
        displeased=given.displeased,
    )
    try:
        import uvloop

        loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    except ImportError:
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    print(f"standing in on http://127.0.0.1:{given.port}/v1", file=sys.stderr)
    web.run_app(
        Standin(how).app, host="127.0.0.1", port=given.port, access_log=None, print=None, loop=loop
    )


if __name__ == "__main__":
    main()
