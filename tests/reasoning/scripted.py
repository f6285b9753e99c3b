"""Authors and critics whose answers are written beforehand, and a memo in memory."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from m3ds.errors import ModelUnavailable
from m3ds.reasoning.backends import Identity, MalformedReply
from m3ds.reasoning.calls import Ask, Body, Call, Perform, Turn
from m3ds.reasoning.sight import Sight
from m3ds.schema.case import Case
from m3ds.schema.text import Draft, Failure, Steps, TextVersion, Verdict


class Memo:
    """A memo in memory; `open` says whether what is not stored may be asked."""

    def __init__(self) -> None:
        self.kept: dict[str, Body] = {}
        self.requests: list[Body] = []
        self.asked = 0
        self.open = True

    async def __call__(self, key: str, content: Body, perform: Perform) -> Body:
        self.requests.append(content)
        if key not in self.kept:
            if not self.open:
                raise ModelUnavailable("no server")
            self.asked += 1
            self.kept[key] = await perform()
        return self.kept[key]


class Scripted:
    """An author or critic whose answers are written beforehand, by attempt."""

    def __init__(self, answers: list[Any], *, model: str = "m") -> None:
        self.answers = answers
        self.model = model
        self.turns: list[Turn] = []
        self.documents: dict[str, str] = {}
        self.judge_name = "scripted"
        self.version = "1"

    @property
    def identity(self) -> Identity:
        return Identity(
            backend="scripted", model=self.model, revision="r", prompt_version="1", prompt_sha256=""
        )

    def settings(self) -> dict[str, JsonValue]:
        return {}

    def hint_level(self, case: Case, attempt: int) -> int | None:
        return attempt - 1

    def temperature(self, attempt: int) -> float | None:
        return attempt / 10

    async def _call(self, turn: Turn, ask: Ask, name: str) -> tuple[str, Body]:
        self.turns.append(turn)

        async def perform() -> Body:
            answer = self.answers[turn.attempt - 1]
            return answer.model_dump() if isinstance(answer, Steps) else {"value": answer}

        call = Call(name=name, backend="scripted", model=self.model, revision="r", messages=())
        reply = await ask(call, perform)
        return reply.key, reply.body

    async def write(self, case: Case, sight: Sight, turn: Turn, ask: Ask) -> Draft:
        key, body = await self._call(turn, ask, "write")
        if "value" in body:
            raise MalformedReply("no JSON", where=body["value"])
        return Draft(steps=Steps.model_validate(body), call_key=key)

    async def judge(
        self, case: Case, sight: Sight, text: TextVersion, turn: Turn, ask: Ask
    ) -> Verdict:
        _, body = await self._call(turn, ask, "judge")
        failure = Failure(code="visual", step="analysis", sentence="s", expected="e", claimed="c")
        fine = bool(body["value"])
        return Verdict(
            text_sha=text.sha,
            judge="scripted",
            version="1",
            accepted=fine,
            failures=() if fine else (failure,),
        )
