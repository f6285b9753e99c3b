"""The typed errors. Each says what was seen, where, and what to do.

An error that concerns one file ends as a `Problem` row in the ledger (`m3ds status` shows it) and
the build goes on; an error that concerns the whole run reaches the command line, which prints it
without a traceback and exits with `exit_code`.
"""

from __future__ import annotations


class M3dsError(Exception):
    """Base of all errors that a user is meant to read.

    Args:
        seen: What was found, in one sentence.
        where: The file, key or sample it was found in.
        todo: What the reader can do about it; empty when nothing can be done.
    """

    exit_code = 1

    def __init__(self, seen: str, *, where: object = "", todo: str = "") -> None:
        self.seen = seen
        self.where = str(where)
        self.todo = todo
        super().__init__(seen)

    @property
    def code(self) -> str:
        """The error's name, which `status` counts by."""
        return type(self).__name__

    @property
    def placed(self) -> str:
        """Where, and what was seen; for those who add what to do themselves."""
        return f"{self.where}: {self.seen}" if self.where else self.seen

    def __str__(self) -> str:
        return f"{self.placed} ({self.todo})" if self.todo else self.placed

    def __reduce__(self) -> tuple[object, ...]:
        # The default pickling calls the class with positional `args` only and would lose the rest.
        return (_rebuild, (type(self), self.seen, self.where, self.todo))


def cause(error: Exception) -> str:
    """What went wrong in the words of the system; of an error of a file neither number nor name."""
    words = error.strerror if isinstance(error, OSError) else None
    return f"{words[:1].lower()}{words[1:]}" if words else str(error)


def _rebuild(kind: type[M3dsError], seen: str, where: str, todo: str) -> M3dsError:
    return kind(seen, where=where, todo=todo)


class UsageError(M3dsError):
    """The command line asks for something that cannot be done."""

    exit_code = 2


class RecipeError(M3dsError):
    """A recipe says something that the model of a recipe does not know."""

    exit_code = 2


class NotAvailable(M3dsError):
    """A verb or backend that this version, or this machine, does not have."""

    exit_code = 2


class ModelUnavailable(M3dsError):
    """The run waits for a model server."""

    exit_code = 3


class LicenceRefused(M3dsError):
    """The terms of a source or a model do not allow what was asked for."""

    exit_code = 2


class CriticBelowFloor(M3dsError):
    """The critic missed too many planted errors, or refused too many sound texts."""


class WaitingForPeople(M3dsError):
    """The run waits for reviewers."""

    exit_code = 3


class LedgerError(M3dsError):
    """The ledger cannot be used: newer than this program, locked, or not a ledger."""

    exit_code = 2


class EmptyLedger(LedgerError):
    """There is a database, and no build has written to it yet."""


class BuildLocked(M3dsError):
    """Another process is building in this work folder."""

    exit_code = 2


class DownloadError(M3dsError):
    """An archive could not be had, or is not the one that was declared."""

    exit_code = 2


class LayoutError(M3dsError):
    """A source's folders or annotation files do not look as its declaration says."""


class AnnotationError(M3dsError):
    """One annotation (a line, a polygon, a record) cannot be read."""


class UnknownLabel(M3dsError):
    """A label that the source's label set does not know."""


class CorruptImage(M3dsError):
    """An image file that cannot be decoded to its last row."""


class DecompressionBomb(M3dsError):
    """An image that claims more pixels than any of the sources has."""


class MaskMismatch(M3dsError):
    """A mask that does not fit its image: other size, or a region where none may be."""


class MissingCounterpart(M3dsError):
    """An image without its mask or label, or an annotation without its image."""


class EmptyMask(M3dsError):
    """A positive sample whose annotation covers no pixel centre."""


class DuplicateId(M3dsError):
    """Two files of one source and split lead to the same sample id."""


class LabelConflict(M3dsError):
    """Copies of one image carry labels that exclude each other."""


class TextsError(M3dsError):
    """A line of a file of texts cannot be read."""

    exit_code = 2


class DecisionsError(M3dsError):
    """A line of a file of people's decisions cannot be read, or speaks of nothing that is here."""

    exit_code = 2


class NothingToRelease(M3dsError):
    """All was done, and nothing came of it that could be a dataset."""


class ValidationFailed(M3dsError):
    """The dataset folder is not as it must be."""


class UnexpectedError(M3dsError):
    """A fault of this program on one item; the item is set aside and the fault is shown."""


class WorkerCrashed(M3dsError):
    """The process that worked on this item died (out of memory, or a fault in a codec)."""
