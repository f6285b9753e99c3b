"""`m3ds serve author|critic`: the model server that the recipe implies, in the foreground."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from m3ds.endpoints.command import environment, serve_command
from m3ds.errors import EmptyLedger, LedgerError, NotAvailable, UsageError
from m3ds.recipe import (
    ModelAuthor,
    ModelCritic,
    ModelPart,
    Recipe,
    VllmAuthor,
    VllmCritic,
    is_commit,
)
from m3ds.stages.cards import known_card, loaded
from m3ds.stages.progress import say
from m3ds.stages.workplace import Workplace

PORT = 8000


def run(
    place: Workplace, role: str, model: str | None, host: str, port: int | None, *, print_only: bool
) -> None:
    """Become the server (this process ends as it does), or print its command.

    Raises:
        UsageError: the recipe has no such model.
        NotAvailable: the command is not on this machine.
    """
    part = _part(place.recipe, role, model, place.pipeline)
    command = serve_command(
        role,
        part.model,
        _revision(place, part),
        part.serve,
        host=host,
        port=port or part.serve.port or _port_of(part.servers),
    )
    extra = environment(part.serve)
    if print_only:
        spelled = [f"{name}={shlex.quote(value)}" for name, value in sorted(extra.items())]
        print(" ".join([*spelled, shlex.join(command)]))  # noqa: T201
        return
    found = shutil.which(command[0])
    if found is None:
        raise NotAvailable(
            f"there is no {command[0]!r} here",
            where=place.pipeline,
            todo="pip install '.[serve]' into an environment of its own, and call this from "
            "there, or name its `vllm` in serve.command",
        )
    os.execve(found, command, {**os.environ, **extra})  # noqa: S606 - it is meant to become it


def _revision(place: Workplace, part: ModelPart) -> str | None:
    """The recipe's, or what was found at first use, where that was here; nothing is looked up.

    A host that only serves need not reach the ledger.
    """
    if is_commit(part.revision) or not place.has_ledger:
        return part.revision
    try:
        return loaded(part, known_card(place, part))
    except EmptyLedger:
        return part.revision
    except LedgerError as error:
        say(f"the newest revision is loaded, since the recorded one cannot be read: {error}")
        return part.revision
    finally:
        place.close()


def _port_of(servers: Sequence[str]) -> int:
    """The port of the recipe's only address; 8000 where it has none, or several."""
    ports = [urlsplit(url).port for url in servers]
    return ports[0] or PORT if len(ports) == 1 else PORT


def _part(recipe: Recipe, role: str, model: str | None, pipeline: Path) -> VllmAuthor | VllmCritic:
    parts: tuple[ModelAuthor | ModelCritic, ...] = recipe.critics
    if role == "author":
        parts = (recipe.author,) if isinstance(recipe.author, ModelAuthor) else ()
    served = [part for part in parts if isinstance(part, VllmAuthor | VllmCritic)]
    fitting = [part for part in served if model in {None, part.model}]
    if len(fitting) == 1:
        return fitting[0]
    if not served:
        raise UsageError(f"the recipe has no {role} behind vLLM", where=pipeline)
    names = ", ".join(part.model for part in served)
    raise UsageError(f"which {role}?", where=pipeline, todo=f"say --model, one of: {names}")
