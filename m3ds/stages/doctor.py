"""`m3ds doctor`: what this machine can run of a recipe, and what is missing."""

from __future__ import annotations

import ctypes.util
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version

import sqlalchemy.exc
from rich.console import Console
from rich.markup import escape

from m3ds.errors import EmptyLedger, LedgerError, ModelUnavailable, RecipeError
from m3ds.recipe import FactsAuthor, ModelPart, Phantoms
from m3ds.stages.crew import members
from m3ds.stages.progress import counted
from m3ds.stages.served import differs, served_at
from m3ds.stages.workplace import Options, Workplace

_PACKAGES = ("datasets", "huggingface-hub", "pyarrow", "polars", "pillow", "sqlalchemy", "typer")
_GIB = 1 << 30
_REAL_ARCHIVES_GIB = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at: fine, or missing and whether the recipe needs it."""

    what: str
    found: str
    ok: bool
    needed: bool
    todo: str = ""


def show(options: Options, *, as_json: bool) -> int:
    """Print what was found; returns 1 if something that the recipe needs is missing."""
    lines = list(_look(Workplace(options)))
    if as_json:
        print(json.dumps([asdict(line) for line in lines], indent=2))  # noqa: T201
    else:
        console = Console(highlight=False)
        for line in lines:
            mark = "[green]✓[/]" if line.ok else ("[red]✗[/]" if line.needed else "[yellow]–[/]")
            todo = f" [dim]({line.todo})[/]" if line.todo and not line.ok else ""
            console.print(f"{mark} {line.what}: {escape(line.found)}{todo}", soft_wrap=True)
        missing = sum(line.needed and not line.ok for line in lines)
        console.print(
            f"\nthis machine can run {options.pipeline}"
            if not missing
            else f"\nto run {options.pipeline}, {counted(missing, 'thing')} must be mended (✗)"
        )
    return int(any(line.needed and not line.ok for line in lines))


def _look(place: Workplace) -> Iterator[Line]:
    recipe = place.recipe
    real = not isinstance(recipe.input, Phantoms) or place.archives is not None
    python = ".".join(map(str, sys.version_info[:3]))
    yield Line("Python", python, sys.version_info >= (3, 11), True, "3.11 or newer")
    for name in _PACKAGES:
        try:
            yield Line(name, version(name), True, True)
        except PackageNotFoundError:
            yield Line(name, "not installed", False, True, "pip install m3ds")
    yield Line("cores", str(os.cpu_count()), True, True)
    yield _disk(place, real=real)
    yield _ledger(place)
    yield _objects(place)
    library = ctypes.util.find_library("archive")
    yield Line(
        "libarchive (unpacks the RAR archives of TN3K and FIVES)",
        library or "not found",
        library is not None,
        real and bool({"tn3k", "fives"} & set(place.sources)),
        "Debian: apt install libarchive13; macOS: brew install libarchive",
    )
    if real and place.archives is None:
        yield Line(
            "archives",
            f"this version fetches none; put them under {place.workdir / 'archives'}",
            False,
            True,
            "or use --archives",
        )
    yield from _models(place)
    if recipe.review.policy != "none":
        yield Line("review", "this version has no review screen", False, True, "policy: none")


def _models(place: Workplace) -> Iterator[Line]:
    """Author and critics: embedded, or behind servers that answer, or to be started here."""
    recipe = place.recipe
    if isinstance(recipe.author, FactsAuthor):
        yield Line("author", "facts (embedded)", True, True)
    if not recipe.critics:
        yield Line("critic", "checks (embedded)", True, True)
    for role, part in members(place):
        if part.servers:
            yield from (_endpoint(role, part, url) for url in part.servers)
        else:
            command = part.serve.command[0]
            found = shutil.which(command)
            yield Line(
                role,
                f"{part.model}, to be started with {found or command}",
                found is not None,
                True,
                "install vLLM in an environment of its own and name its `vllm` in serve.command, "
                "or name servers",
            )


def _endpoint(role: str, part: ModelPart, url: str) -> Line:
    """One server: whether it answers, and whether what it serves is what the recipe says."""
    at = f"{part.model} at {url}"
    try:
        served = served_at(url, part)
    except ModelUnavailable as error:
        return Line(role, f"{at}: {error.seen}", False, True, error.todo)
    difference = differs(served, role, part)
    if difference is None:
        return Line(role, f"{at}: answers", True, True)
    # Under any other name than one that the recipe insists on, what is served there is asked.
    todo = "serve the recipe's model there, or name what it is called in `served_name`"
    needed = part.served_name is not None
    return Line(role, f"{at}: answers, but {difference}", False, needed, todo)


def _ledger(place: Workplace) -> Line:
    if not place.has_ledger:
        return Line("ledger", f"a new SQLite file in {place.workdir}", True, True)
    try:
        _ = place.ledger
    except EmptyLedger:
        return Line("ledger", "is empty; the first build fills it", True, True)
    except LedgerError as error:
        return Line("ledger", str(error), False, True)
    except sqlalchemy.exc.DBAPIError as error:
        return Line("ledger", f"cannot be reached: {error.orig}", False, True)
    return Line("ledger", "opens", True, True)


def _objects(place: Workplace) -> Line:
    try:
        _ = place.objects
    except RecipeError as error:
        return Line("objects", str(error), False, True)
    return Line("objects", place.objects_url, True, True)


def _disk(place: Workplace, *, real: bool) -> Line:
    there = place.workdir.resolve()
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free / _GIB
    wanted = _REAL_ARCHIVES_GIB if real else 1
    return Line(
        "disk", f"{free:.0f} GiB free in {there}", free >= wanted, True, f"needs about {wanted} GiB"
    )
