"""`m3ds download`: the archives in place, unpacked, and noted in the ledger."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from m3ds.errors import DownloadError, M3dsError, UsageError
from m3ds.expected import meant
from m3ds.ledger.views import last_pass, pass_row
from m3ds.recipe import Phantoms
from m3ds.schema.base import SOURCE_NAMES
from m3ds.schema.source import Source
from m3ds.sources.extract import extract, unpacked_size
from m3ds.sources.intake import Intake, look
from m3ds.sources.registry import adapter
from m3ds.sources.tree import Tree, problem
from m3ds.stages.progress import say, track
from m3ds.stages.workplace import Workplace, fingerprint

STAGE = "download"
_EXAMPLES = 5


def run(place: Workplace) -> int:
    """Have every chosen source's archives in place; returns how many sources changed.

    Raises:
        DownloadError: archives are missing, or are not the published ones.
    """
    _remember_input(place)
    if place.archives is None and isinstance(place.recipe.input, Phantoms):
        _draw_phantoms(place, place.recipe.input)
    found: dict[str, Intake | M3dsError] = {}
    for name in place.sources:
        try:
            found[name] = _look(place, name)
        except M3dsError as error:  # one bad archive must not cost the other sources
            found[name] = error
    place.digests.save()
    if place.archives is None:
        _refuse_gaps(place, found)
    elif not any(isinstance(i, M3dsError) or i.found for i in found.values()):
        slips = "".join(f"; {line}" for line in _slips(place.archives, list(found)))
        raise UsageError(
            f"holds nothing of {', '.join(found)}{slips}",
            where=place.archives,
            todo="it needs a folder per source, called after it; see `m3ds sources`",
        )
    else:
        _say_what_is_missing(place.archives, found)
    changed = 0
    for name, intake in found.items():
        body = _body(place, adapter(name).source, intake)
        stamp = fingerprint(sorted(body.items()))
        last = last_pass(place.ledger, STAGE, name)
        if last is None or last.fingerprint != stamp:
            place.ledger.append([pass_row(STAGE, name, stamp, body)])
            changed += 1
    _tidy(place, found)
    return changed


def _body(place: Workplace, source: Source, intake: Intake | M3dsError) -> dict[str, Any]:
    """What the ledger notes of one source, whose archives are unpacked when this returns."""
    try:
        if isinstance(intake, M3dsError):
            raise intake
        folders = [_unpacked(place, source, f.archive.name, intake) for f in intake.found]
    except M3dsError as error:
        say(f"cannot use {source.name}: {error}")
        refused = problem(error).model_dump(mode="json")
        content = fingerprint(refused)
        return {
            "content": content,
            "archives": [],
            "absent": [],
            "ignored": 0,
            "ignored_examples": [],
            "is_phantom": False,
            "refused": refused,
        }
    return {
        "content": intake.fingerprint,
        "archives": [
            {"name": f.archive.name, "folder": str(folder), "tree": f.is_tree}
            for f, folder in zip(intake.found, folders, strict=True)
        ],
        "absent": list(intake.absent),
        "ignored": len(intake.ignored),
        "ignored_examples": list(intake.ignored[:_EXAMPLES]),
        "is_phantom": intake.is_phantom,
        "refused": None,
    }


def tree_of(place: Workplace, name: str) -> tuple[Tree, dict[str, Any]] | None:
    """The unpacked files of source `name`, with what the ledger noted; None if never downloaded."""
    last = last_pass(place.ledger, STAGE, name)
    if last is None:
        return None
    source = adapter(name).source
    noted = {a["name"]: a for a in last.body["archives"]}
    folders = {a: Path(noted[a.name]["folder"]) for a in source.archives if a.name in noted}
    partial_ones = frozenset(name for name, a in noted.items() if a["tree"])
    return Tree(folders, partial=partial_ones), last.body


def _remember_input(place: Workplace) -> None:
    """Note where archives come from, and refuse to mix a build of one kind with another.

    Raises:
        UsageError: this place was built from the recipe's own input, not from a folder.
    """
    here = str(place.archives.resolve()) if place.archives is not None else None
    last = last_pass(place.ledger, "input", "*")
    if last is not None and last.body["archives"] is None and here is not None:
        raise UsageError(
            f"was built from the recipe's own input ({place.recipe.input.kind}), and would be "
            f"replaced by what is in {here}",
            where=place.workdir,
            todo="give this build a --workdir of its own",
        )
    if last is None or last.body["archives"] != here:
        place.ledger.append([pass_row("input", "*", fingerprint(here), {"archives": here})])


def _draw_phantoms(place: Workplace, phantoms: Phantoms) -> None:
    """Draw what is not there yet."""
    from m3ds.phantoms.draw import is_drawn

    todo = []
    for name in place.sources:
        folder = place.workdir / "archives" / name
        if not is_drawn(name, folder, n=phantoms.per_source, seed=place.recipe.seed):
            shutil.rmtree(folder, ignore_errors=True)
            todo.append((name, folder))
    if not todo:
        return
    work = partial(_draw_one, per_source=phantoms.per_source, seed=place.recipe.seed)
    with track("drawing phantoms", len(todo), unit="sources") as advance:
        for _, error in place.engine.map(work, todo):
            if isinstance(error, BaseException):
                raise error
            advance(1)
    say(f"drew phantoms of {len(todo)} sources, about {phantoms.per_source} images each")


def _draw_one(job: tuple[str, Path], *, per_source: int, seed: int) -> None:
    from m3ds.phantoms.draw import draw

    name, folder = job
    draw(name, folder, n=per_source, seed=seed)


def _look(place: Workplace, name: str) -> Intake:
    folder = (place.archives or place.workdir / "archives") / name
    return look(adapter(name).source, folder.resolve(), place.digests)


def _refuse_gaps(place: Workplace, found: Mapping[str, Intake | M3dsError]) -> None:
    """Without `--archives`, every declared archive must lie in the work folder."""
    gaps = {n: i.absent[0] for n, i in found.items() if isinstance(i, Intake) and i.absent}
    if not gaps:
        return
    name, missing = next(iter(gaps.items()))
    first = adapter(name).source
    url = next((u for a in first.archives if a.name == missing for u in a.urls), first.homepage)
    raise DownloadError(
        f"{len(gaps)} of {len(found)} sources are not here ({', '.join(gaps)}); this version does "
        "not fetch them itself",
        where=place.workdir / "archives",
        todo=f"put the files there by hand, e.g. {name}/{missing} from {url}, or point "
        "--archives at a folder that has them; `m3ds sources --json` lists all",
    )


def _say_what_is_missing(archives: Path, found: Mapping[str, Intake | M3dsError]) -> None:
    """With `--archives` a source may be left out; one whose folder is misspelt is so by mistake."""
    missing = [n for n, i in found.items() if isinstance(i, Intake) and not i.found]
    if not missing:
        return
    say(f"{archives} holds nothing of {', '.join(missing)}: left out")
    for line in _slips(archives, missing):
        say(line)


def _slips(archives: Path, missing: Sequence[str]) -> Iterator[str]:
    """Folders whose names are nearly those of missing sources."""
    for folder in sorted(path.name for path in archives.iterdir() if path.is_dir()):
        if folder not in SOURCE_NAMES and (hint := meant(folder.lower(), missing)):
            yield f"its folder {folder!r} is called after no source{hint}"


def _unpacked(place: Workplace, source: Source, name: str, intake: Intake) -> Path:
    """Where the members of one archive lie; unpacks it when that was not done yet."""
    found = next(f for f in intake.found if f.archive.name == name)
    if found.is_tree:
        return found.path
    if not found.archive.packed:
        return found.path.parent
    folder = _raw(place, source.name) / f"{Path(name).stem}-{found.sha256[:12]}"
    if not folder.is_dir():
        size = unpacked_size(found.path)
        with track(f"unpacking {source.name}", size, unit="bytes") as advance:
            extract(found.path, folder, advance=advance)
    return folder


def _raw(place: Workplace, source: str) -> Path:
    return (place.workdir / "raw" / source).resolve()


def _tidy(place: Workplace, found: Mapping[str, Intake | M3dsError]) -> None:
    """Drop what earlier archives were unpacked to: it can be unpacked again, and it is large."""
    for name, intake in found.items():
        if isinstance(intake, M3dsError):
            continue
        keep = {f"{Path(f.archive.name).stem}-{f.sha256[:12]}" for f in intake.found}
        for folder in _raw(place, name).glob("*"):
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)
