"""Places where a test may kill the process group, to prove that a rerun ends in the same bytes.

`M3DS_FAILPOINT=object.before:3` kills at the third time that any process of the run passes the
site `object.before`; `M3DS_FAILPOINT_LOG=FILE` counts the passes of every site in FILE instead.
Neither is set outside of tests, and then a site costs one look into a dictionary.
"""

from __future__ import annotations

import os
import signal

SITES = (
    "commit.before",
    "commit.after",
    "rename.before",
    "rename.after",
    "object.before",
    "object.after",
)


def hit(site: str) -> None:
    """Pass the failpoint `site`; the armed one kills the whole process group with SIGKILL."""
    log = os.environ.get("M3DS_FAILPOINT_LOG")
    if log is None:
        return
    if _count(f"{log}.{site}") == _armed(site):
        os.killpg(os.getpgid(0), signal.SIGKILL)


def _armed(site: str) -> int:
    name, _, nth = os.environ.get("M3DS_FAILPOINT", "").partition(":")
    return int(nth) if name == site else 0


def _count(path: str) -> int:
    """Append one byte to `path` and return its length: a counter shared by all processes."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, b".")
        return os.fstat(handle).st_size
    finally:
        os.close(handle)
