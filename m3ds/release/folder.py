"""The dataset folder: parquet per source and split, and the card."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from m3ds import atomic
from m3ds.objects import ObjectStore
from m3ds.release.card import Counts, Size, render
from m3ds.release.parquet import shard_plan, write_shard
from m3ds.release.rows import values
from m3ds.release.structure import fingerprint
from m3ds.schema.base import SPLITS
from m3ds.schema.release import Row
from m3ds.schema.source import Source


def write(
    folder: Path,
    rows: Sequence[Row],
    sources: Sequence[Source],
    objects: ObjectStore,
    *,
    recipe: str,
    excluded: Mapping[str, int],
    advance: Callable[[int], None],
) -> Counts:
    """Write the dataset beside `folder` and put it in its place when it is whole.

    Rows are sorted by sample id; a split without rows gets no file, a source without rows no
    config. Neither clock nor path nor run leaves a trace in the bytes.
    """
    scratch = atomic.scratch_folder(folder)
    by_file: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.accepted.sample.sample_id):
        by_file[row.source.name, row.split].append(row)
    sizes: dict[str, dict[str, Size]] = {}
    for source in sources:
        for split in SPLITS:
            group = by_file.get((source.name, split))
            if group:
                size = _write_split(scratch / source.name, split, group, objects, advance)
                sizes.setdefault(source.name, {})[split] = size
    result = Counts(sizes)
    card = render(
        result,
        sources,
        content=fingerprint(scratch)[:16],
        recipe=recipe,
        is_phantom=any(row.accepted.sample.is_phantom for row in rows),
        excluded=excluded,
    )
    (scratch / "README.md").write_text(card, encoding="utf-8")
    atomic.replace_folder(folder)
    return result


def _write_split(
    folder: Path,
    split: str,
    rows: Sequence[Row],
    objects: ObjectStore,
    advance: Callable[[int], None],
) -> Size:
    samples = [row.accepted.sample for row in rows]
    plan = shard_plan([objects.size(s.image_sha256) + objects.size(s.mask_sha256) for s in samples])
    remaining = iter(rows)
    total = Size()
    for number, length in enumerate(plan):
        name = f"{split}-{number:05}-of-{len(plan):05}.parquet"
        part = list(islice(remaining, length))
        held = write_shard(folder / name, (values(row, objects) for row in part))
        total += Size(len(part), held, (folder / name).stat().st_size)
        advance(len(part))
    return total
