"""Faults of this program, or of its files, on one sample: no model and no data is to blame."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Sequence

from m3ds.errors import UnexpectedError
from m3ds.stages.progress import counted
from m3ds.stages.workplace import Workplace

_SHOWN = 5


def fault(place: Workplace, sample_id: str, error: Exception) -> UnexpectedError:
    """What happened to one sample; where the program itself is to blame, a log has the trace."""
    if isinstance(error, FileNotFoundError):
        return UnexpectedError(
            f"its stored image or mask is lost: {error.filename or error}",
            where=sample_id,
            todo=f"{place.command('build')} makes it again",
        )
    log = place.workdir / "logs" / "faults.log"
    with contextlib.suppress(OSError):  # a full disk may be the very fault
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{sample_id}\n{''.join(traceback.format_exception(error))}\n")
    return UnexpectedError(
        f"{type(error).__name__}: {error}",
        where=sample_id,
        todo=f"a rerun tries it again; if it stays, report it with {log}",
    )


def failed(n: int, faults: Sequence[str]) -> UnexpectedError:
    """Of a whole run: how many samples failed, with the first of their faults.

    Args:
        n: Samples.
        faults: As `fault` tells them.
    """
    shown = list(faults[:_SHOWN])
    more = [f"and {n - len(shown):,} more"] if n > len(shown) else []
    listed = "".join(f"\n  {line}" for line in (*shown, *more))
    return UnexpectedError(f"{counted(n, 'sample')} failed, and the others went on:{listed}")
