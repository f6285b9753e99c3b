"""What every verb works with: the recipe, the work folder, the ledger, the objects, the lock."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from m3ds import recipe as recipes
from m3ds.engine.base import Engine
from m3ds.errors import BuildLocked, EmptyLedger, RecipeError, UsageError
from m3ds.ledger.ledger import Ledger
from m3ds.ledger.views import last_pass
from m3ds.objects import ObjectStore
from m3ds.recipe import Recipe
from m3ds.stages.digests import Digests
from m3ds.stages.notices import Notices

if TYPE_CHECKING:
    from m3ds.endpoints.card import Card


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    pipeline: Path
    workdir: Path | None = None
    archives: Path | None = None
    sources: tuple[str, ...] = ()


class Workplace:
    """One recipe in one work folder. Nothing is opened before it is asked for."""

    def __init__(self, options: Options, *, writes: bool = False) -> None:
        self._writes = writes
        self.recipe: Recipe = recipes.load(options.pipeline)
        self.pipeline = options.pipeline
        self._default = options.workdir is None
        self.workdir = options.workdir or Path("build") / self.recipe.name
        self._archives = options.archives
        if self._archives is None and self.recipe.archives is not None:
            self._archives = Path(self.recipe.archives)
        if self._archives is not None and not self._archives.is_dir():
            raise UsageError("is not a folder", where=self._archives, todo="check --archives")
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
    def archives(self) -> Path | None:
        """The folder that stands in for downloads: named now, or once before in this place.

        So a build of real archives goes on as one when the option is left out.
        """
        if self._archives is not None or not self.has_ledger:
            return self._archives
        try:
            last = last_pass(self.ledger, "input", "*")
        except EmptyLedger:
            return None
        remembered = last.body["archives"] if last else None
        return Path(remembered) if remembered else None

    @cached_property
    def cards(self) -> dict[tuple[str, str], Card]:
        """What is known of the recipe's models, by name and the revision asked for."""
        return {}

    @cached_property
    def notices(self) -> Notices:
        """Says what becomes of the models' endpoints."""
        return Notices()

    def command(self, verb: str) -> str:
        """How to call `verb` on this very place."""
        place = [] if self._default else ["--workdir", str(self.workdir)]
        return shlex.join(["m3ds", *verb.split(), "-p", str(self.pipeline), *place])

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, created or migrated when first used."""
        url = self.recipe.ledger or f"sqlite:///{(self.workdir / 'm3ds.db').resolve()}"
        return Ledger(url, migrates=self._writes)

    @cached_property
    def digests(self) -> Digests:
        """sha256 of files, each read once while it does not change."""
        return Digests(self.ledger)

    @property
    def harmonised(self) -> tuple[str, ...]:
        """The recipe's sources that were ever harmonised here, chosen or not.

        What is released is made of these: what a split holds must not depend on `--source`.
        """
        names: tuple[str, ...] = tuple(self.recipe.sources)
        return tuple(n for n in names if last_pass(self.ledger, "harmonize", n) is not None)

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
        try:
            return ObjectStore(self.objects_url)
        except (ValueError, ImportError) as error:  # fsspec's ways of not knowing a URL
            raise RecipeError(f"objects: {error}", where=self.pipeline) from None

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
    place = Workplace(options, writes=writes)
    try:
        if writes:
            try:
                place.workdir.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UsageError(
                    f"cannot be the work folder: {error.strerror}", where=place.workdir
                ) from None
            with _locked(place.workdir / ".lock"):
                _ = place.objects, place.ledger  # a bad URL is said before any work
                yield place
        else:
            if not place.has_ledger:
                raise UsageError(
                    "nothing was built here yet",
                    where=place.workdir,
                    todo=f"run: {place.command('build')}",
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
