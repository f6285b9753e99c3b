"""What every verb works with: the recipe, the work folder, the ledger, the objects, the lock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import filelock

from m3ds import recipe as recipes
from m3ds.engine.base import Engine
from m3ds.errors import BuildLocked, UsageError
from m3ds.ledger.ledger import Ledger
from m3ds.objects import ObjectStore
from m3ds.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    pipeline: Path
    workdir: Path | None = None
    archives: Path | None = None
    sources: tuple[str, ...] = ()


class Workplace:
    """One recipe in one work folder. Nothing is opened before it is asked for."""

    def __init__(self, options: Options) -> None:
        self.recipe: Recipe = recipes.load(options.pipeline)
        self.pipeline = options.pipeline
        self.workdir = options.workdir or Path("build") / self.recipe.name
        named = options.archives or (Path(self.recipe.archives) if self.recipe.archives else None)
        if named is not None and not named.is_dir():
            raise UsageError("is not a folder", where=named, todo="check --archives")
        self.archives = named
        unknown = [name for name in options.sources if name not in self.recipe.sources]
        if unknown:
            raise UsageError(
                f"the recipe has no source called {', '.join(unknown)}",
                where=options.pipeline,
                todo=f"choose from: {', '.join(self.recipe.sources)}",
            )
        chosen = options.sources or tuple(self.recipe.sources)
        self.sources: tuple[str, ...] = tuple(
            name for name in self.recipe.sources if name in chosen
        )

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, created or migrated when first used."""
        return Ledger(self.recipe.ledger or f"sqlite:///{(self.workdir / 'm3ds.db').resolve()}")

    @property
    def has_ledger(self) -> bool:
        """Whether something was ever built here."""
        return self.recipe.ledger is not None or (self.workdir / "m3ds.db").exists()

    @property
    def objects_url(self) -> str:
        """Where images and masks lie."""
        return self.recipe.objects or str((self.workdir / "objects").resolve())

    @cached_property
    def objects(self) -> ObjectStore:
        """Images and masks by content."""
        return ObjectStore(self.objects_url)

    @cached_property
    def engine(self) -> Engine:
        """The engine of the recipe; its workers start when there is work for them."""
        from m3ds.engine.local import LocalEngine

        return LocalEngine(self.recipe.engine.workers, preload=("m3ds.stages.harmonize",))

    @property
    def dataset(self) -> Path:
        """The complete local dataset."""
        return self.workdir / "dataset"

    def close(self) -> None:
        """Close what was opened."""
        if "engine" in self.__dict__:
            self.engine.close()
        if "ledger" in self.__dict__:
            self.ledger.close()


@contextmanager
def opened(options: Options, *, writes: bool) -> Iterator[Workplace]:
    """Open a workplace; a verb that writes holds the build lock while it runs.

    Raises:
        BuildLocked: another process holds it.
        UsageError: there is nothing to read yet.
    """
    place = Workplace(options)
    try:
        if writes:
            place.workdir.mkdir(parents=True, exist_ok=True)
            with _locked(place.workdir / ".lock"):
                yield place
        else:
            if not place.has_ledger:
                raise UsageError(
                    "nothing was built here yet",
                    where=place.workdir,
                    todo=f"run: m3ds build -p {options.pipeline}",
                )
            yield place
    finally:
        place.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        with filelock.FileLock(path, timeout=0):
            yield
    except filelock.Timeout:
        raise BuildLocked(
            "another m3ds is working in this folder",
            where=path.parent,
            todo="wait for it, or give this one another --workdir",
        ) from None


def fingerprint(*parts: object) -> str:
    """A name for everything that `parts` say, in order."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


Say = Callable[[str], None]
