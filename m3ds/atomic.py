"""Files and folders that appear whole or not at all, even when the power goes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from m3ds import failpoints


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader finds the old bytes or the new ones, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.part")
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    rename(scratch, path)


def rename(old: Path, new: Path) -> None:
    """Rename and make the new name durable; replaces a file, but not a folder that has content."""
    failpoints.hit("rename.before")
    old.replace(new)
    sync_folder(new.parent)
    failpoints.hit("rename.after")


def scratch_folder(folder: Path) -> Path:
    """An empty folder beside `folder` to prepare its next content in; see `replace_folder`.

    What an earlier, killed preparation left is removed.
    """
    scratch, retired = _beside(folder)
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(retired, ignore_errors=True)
    scratch.mkdir(parents=True)
    return scratch


def replace_folder(folder: Path) -> None:
    """Put what was prepared in `scratch_folder(folder)` in the place of `folder`.

    A kill between the two renames leaves no `folder`; the caller's rerun makes it again.
    """
    scratch, retired = _beside(folder)
    sync_tree(scratch)
    if folder.exists():
        rename(folder, retired)
    rename(scratch, folder)
    shutil.rmtree(retired, ignore_errors=True)


def _beside(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.part"), folder.with_name(f".{folder.name}.retired")


def sync_tree(folder: Path) -> None:
    """Flush every file below `folder` to the disk, so that a rename may follow."""
    for parent, _, names in os.walk(folder):
        for name in names:
            handle = os.open(Path(parent) / name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(parent))


def sync_folder(folder: Path) -> None:
    """Flush a folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
