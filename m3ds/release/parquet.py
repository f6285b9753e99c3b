"""Rows to parquet files, the way the Hub reads them best."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel
from datasets.arrow_writer import get_parquet_column_options
from datasets.config import DEFAULT_CDC_OPTIONS

from m3ds.release import bounds
from m3ds.release.features import FEATURES, arrow_schema

_LABELS = {name: feature for name, feature in FEATURES.items() if isinstance(feature, ClassLabel)}


def shard_plan(sizes: Sequence[int]) -> list[int]:
    """How many consecutive rows go into each shard, given the bytes of each row's pictures."""
    plan, held = [0], 0
    for size in sizes:
        if plan[-1] and held + size > bounds.MAX_SHARD:
            plan.append(0)
            held = 0
        plan[-1] += 1
        held += size
    return plan


def write_shard(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Write one parquet file and return its size in memory; the same rows give the same bytes.

    Content-defined chunking lets the Hub store only what changed; the page index lets readers skip
    the pictures. Images are not compressed again.
    """
    schema = arrow_schema()
    path.parent.mkdir(parents=True, exist_ok=True)
    held = 0
    with pq.ParquetWriter(
        path,
        schema,
        use_content_defined_chunking=DEFAULT_CDC_OPTIONS,
        write_page_index=True,
        **get_parquet_column_options(FEATURES, schema),
    ) as writer:
        for group in _row_groups(rows):
            table = pa.Table.from_pylist(group, schema=schema)
            writer.write_table(table)
            held += table.nbytes
        writer.add_key_value_metadata({"content_defined_chunking": json.dumps(DEFAULT_CDC_OPTIONS)})
    return held


def _row_groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    held = 0
    for row in rows:
        size = len(row["image"]["bytes"]) + len(row["mask"]["bytes"])
        if group and held + size > bounds.MAX_ROW_GROUP:
            yield group
            group, held = [], 0
        group.append(_encoded(row))
        held += size
    if group:
        yield group


def _encoded(row: dict[str, Any]) -> dict[str, Any]:
    """Class labels as their numbers."""
    return row | {name: label.str2int(row[name]) for name, label in _LABELS.items()}
