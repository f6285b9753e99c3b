"""From a recipe to those who write and judge, and to the servers behind them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import orjson

from m3ds.errors import ModelUnavailable
from m3ds.reasoning.backends import AuthorBackend, CriticBackend, FactsAuthor
from m3ds.reasoning.sight import PictureOptions
from m3ds.recipe import ModelAuthor as AuthorPart
from m3ds.recipe import ModelCritic as CriticPart
from m3ds.recipe import ModelPart, OpenaiAuthor, OpenaiCritic, is_commit
from m3ds.schema.base import MODALITIES
from m3ds.stages.cards import card_of, known_card, loaded, revision_of
from m3ds.stages.served import differs
from m3ds.stages.workplace import Workplace

if TYPE_CHECKING:
    from m3ds.endpoints.pool import Pool
    from m3ds.endpoints.server import Server
    from m3ds.endpoints.wire import Completion
    from m3ds.reasoning.calls import Body

Open = frozenset[tuple[str, str]]
"""Which (role, model) can be asked now."""


class PoolLine:
    """A pool, and what its endpoints call the model."""

    def __init__(self, pool: Pool, name: str) -> None:
        self.pool = pool
        self.name = name

    async def ask(self, body: Body, *, tag: str, rank: int) -> Completion:
        """See `Pool.ask`."""

        def encoded() -> bytes:
            return orjson.dumps({"model": self.name, **body})

        return await self.pool.ask(encoded, tag=tag, rank=rank)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works in one turn.

    Args:
        author, critics: All of the recipe, whether they can be asked now or not.
        open: Those that can.
        slots: Requests that their endpoints take at a time, together.
        pools: By role and model.
        away: Why others of this turn cannot be asked.
    """

    author: AuthorBackend
    critics: tuple[CriticBackend, ...]
    open: Open
    slots: int
    pools: Mapping[tuple[str, str], Pool]
    away: Mapping[tuple[str, str], ModelUnavailable]

    def absence(self, role: str) -> tuple[str, str]:
        """Why a role cannot be asked, with whoever else cannot; empty where it can.

        And what to do about it.
        """
        if not any(whose == role for whose, _ in self.away):
            return "", ""
        errors = self.away.values()
        seen = "; ".join(dict.fromkeys(error.placed for error in errors))
        return seen, next((error.todo for error in errors), "")


def members(place: Workplace) -> list[tuple[str, ModelPart]]:
    """The models of the recipe: (role, part), the author first."""
    found: list[tuple[str, ModelPart]] = []
    if isinstance(place.recipe.author, AuthorPart):
        found.append(("author", place.recipe.author))
    found += [("critic", part) for part in place.recipe.critics]
    return found


def turns(place: Workplace, roles: Sequence[str]) -> list[list[tuple[str, ModelPart]]]:
    """Which models work at the same time, turn by turn.

    Endpoints that are there anyway work all the time. Servers that are started here share a turn
    if their GPUs are named and differ; otherwise they take turns, the author first.
    """
    wanted = [(role, part) for role, part in members(place) if role in roles]
    always = [(role, part) for role, part in wanted if part.servers]
    started = [(role, part) for role, part in wanted if not part.servers]
    groups: list[list[tuple[str, ModelPart]]] = []
    for role, part in started:
        for group in groups:
            taken = [gpu for _, other in group for gpu in other.serve.gpus]
            apart = part.serve.gpus and all(other.serve.gpus for _, other in group)
            if apart and not set(taken) & set(part.serve.gpus):
                group.append((role, part))
                break
        else:
            groups.append([(role, part)])
    return [[*always, *group] for group in groups] or [always]


@asynccontextmanager
async def at_work(place: Workplace, turn: Sequence[tuple[str, ModelPart]]) -> AsyncIterator[Crew]:
    """The crew of one turn; servers that were started for it are stopped at its end.

    A model whose server does not come up or answer is left out: the others need not wait for it.
    """
    async with AsyncExitStack() as stack:
        lines: dict[tuple[str, str], PoolLine] = {}
        away: dict[tuple[str, str], ModelUnavailable] = {}
        for role, part in turn:
            try:
                lines[role, part.model] = await _line(place, role, part, stack)
            except ModelUnavailable as error:
                away[role, part.model] = error
        # A commit that the recipe names needs no answer from the Hub, but its licence is recorded.
        hub = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="hub"))
        for _, part in turn:
            looking = asyncio.get_running_loop().run_in_executor(hub, card_of, place, part)
            stack.push_async_callback(asyncio.wait, [looking])
        yield Crew(
            author=author_of(place, lines),
            critics=critics_of(place, lines),
            open=frozenset(lines),
            slots=sum(e.window for line in lines.values() for e in line.pool.endpoints),
            pools={who: line.pool for who, line in lines.items()},
            away=away,
        )


async def _line(place: Workplace, role: str, part: ModelPart, stack: AsyncExitStack) -> PoolLine:
    """The way to one model, open until the turn's `stack` is left.

    Raises:
        ModelUnavailable: it cannot be asked; a server that was started for it is stopped again.
    """
    from m3ds.endpoints.pool import Pool
    from m3ds.endpoints.probe import Probe

    async with AsyncExitStack() as own:
        server = None
        if not part.servers:
            server = await own.enter_async_context(await _server(place, role, part))
        pool = Pool(
            (server.url,) if server else part.servers,
            window=part.slots,
            timeout_s=part.timeout_s,
            patience_s=part.patience_s,
            api_key=_api_key(part),
            tell=partial(place.notices, role),
        )
        await own.enter_async_context(pool)
        try:
            name = part.served_name or await _name(place, role, part, pool)
            free = isinstance(part, AuthorPart) and part.mode == "sections"
            pool.start(Probe(name, part.backend, constrained=not free))
            if server is not None:
                pool.supervise(server, part.serve.recycle, part.serve.ready_s)
                await pool.proven(part.serve.ready_s)
        except ModelUnavailable as error:
            if server is None:
                raise
            said = f"answers, but cannot be used ({error.seen})"
            raise server.not_up(said, pool.endpoints[0].todo) from None
        stack.push_async_exit(own.pop_all())
        return PoolLine(pool, name)


async def _server(place: Workplace, role: str, part: ModelPart) -> Server:
    """The server that the recipe lets be started here; to be entered."""
    from m3ds.endpoints.server import Server

    # What is kept under a commit has to be written by that commit.
    card = known_card(place, part) or await asyncio.to_thread(card_of, place, part)
    revision, logs = loaded(part, card), place.workdir / "logs"
    by_hand = place.command(f"serve {role}")
    return Server(role, part.model, revision, part.serve, logs, by_hand=by_hand)


def _api_key(part: ModelPart) -> str | None:
    if isinstance(part, OpenaiAuthor | OpenaiCritic):
        return os.environ.get(part.api_key_env)
    return None


async def _name(place: Workplace, role: str, part: ModelPart, pool: Pool) -> str:
    """What the endpoints call the model; that it seems to be another one is said."""
    served = await pool.served(f"the {role} {part.model}")
    if part.servers and (difference := differs((served,), role, part)):
        place.notices.once(
            f"{role}: a server of the recipe {difference}, under which its answers are kept; "
            "if it is that model under another name, name it in `served_name`"
        )
    return served.name


def author_of(
    place: Workplace, lines: Mapping[tuple[str, str], PoolLine] | None = None
) -> AuthorBackend:
    """The recipe's author."""
    part = place.recipe.author
    if not isinstance(part, AuthorPart):
        return FactsAuthor()
    from m3ds.reasoning.author import AuthorSettings, ModelAuthor

    settings = AuthorSettings(
        temperatures=part.temperatures,
        hints=part.hints,
        mode=part.mode,
        max_tokens=part.max_tokens,
        repetition_penalty=part.repetition_penalty,
        dialect=part.backend,
        picture=PictureOptions(**part.picture.model_dump()),
    )
    line = (lines or {}).get(("author", part.model))
    return ModelAuthor(part.model, revision_of(place, part), settings, line)


def critics_of(
    place: Workplace, lines: Mapping[tuple[str, str], PoolLine] | None = None
) -> tuple[CriticBackend, ...]:
    """The recipe's critics; none where no model follows the checks."""
    given = lines or {}
    return tuple(
        _critic(part, revision_of(place, part), given.get(("critic", part.model)))
        for part in place.recipe.critics
    )


def judges(place: Workplace) -> dict[str, str]:
    """The version of each critic's verdicts, by the name it judges under.

    Nothing is looked up: a critic whose revision is not known yet has judged nothing.
    """
    found = {}
    for part in place.recipe.critics:
        known = known_card(place, part)
        found_then = known.revision if known else None
        revision = part.revision if is_commit(part.revision) else found_then
        if revision is not None:
            critic = _critic(part, revision, None)
            found[critic.judge_name] = critic.version
    return found


def _critic(part: CriticPart, revision: str, line: PoolLine | None) -> CriticBackend:
    from m3ds.reasoning.critic import CriticSettings, ModelCritic

    settings = CriticSettings(
        minima={
            name: part.by_modality.get(name, part.thresholds).model_dump() for name in MODALITIES
        },
        veto=part.veto,
        max_tokens=part.max_tokens,
        dialect=part.backend,
        picture=PictureOptions(**part.picture.model_dump()),
    )
    return ModelCritic(part.model, revision, settings, line)
