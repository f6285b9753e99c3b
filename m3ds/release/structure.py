"""Structural checks on a dataset folder, one shard at a time, reading nothing else."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from PIL import Image

from m3ds.imaging.hashes import pixels_sha256
from m3ds.imaging.strip import strip
from m3ds.release.bounds import MAX_ROW_GROUP

_SEEN_AT_MOST = 5
_OVERHEAD = 2 << 20  # lengths and page headers around the pictures


@dataclass(slots=True)
class ShardReport:
    """What one shard is like: row count, ids, group ids, and faults by the name of the check."""

    config: str
    split: str
    n: int = 0
    ids: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def fault(self, check: str, seen: str) -> None:
        """Note that `check` failed."""
        self.faults.setdefault(check, []).append(seen)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check over the whole folder: passed, or the first few things that were seen."""

    check: str
    passed: bool
    seen: tuple[str, ...]
    n: int


CHECKS = {
    "schema": "every shard has the one schema, in the syntax that old and new readers know",
    "row_groups": "no row group holds more than 64 MiB of pictures, and each has a page index",
    "image": "every image decodes, is L or RGB, and has the stated size and hashes",
    "metadata": "no image carries metadata",
    "mask": "every mask is an L PNG of the image's size with values 0 and 255 only",
    "negative": "a mask is all zero exactly where the row is a negative",
    "answer": "an answer holds [SEG] once, a negative's never, and the question is not empty",
    "steps": "no step of a reasoning is empty",
    "diagnosis": "the diagnosis is one of the label options",
    "files": "every row names the upstream files it needs, by sha256",
    "sorted": "rows are sorted by sample id",
    "unique": "no sample id occurs twice",
    "groups": "no group is in two splits, unless its rows are flagged leaks_across_splits",
    "card": "the card's configs and counts are those of the files",
}


def check_shard(path: Path, *, schema: pa.Schema) -> ShardReport:
    """Read one shard to its last pixel; `schema` is what every shard must have."""
    report = ShardReport(path.parent.name, path.name.split("-")[0])
    file = pq.ParquetFile(path)
    stated = (file.schema_arrow.metadata or {}).get(b"huggingface")
    if not file.schema_arrow.equals(schema) or stated != schema.metadata[b"huggingface"]:
        report.fault("schema", f"{path.name} has another schema")
        return report
    _check_layout(file, path, report)
    for group in range(file.num_row_groups):
        for batch in pa.Table.to_batches(file.read_row_group(group), max_chunksize=16):
            for row in batch.to_pylist():
                _check_row(row, report)
                report.n += 1
    return report


def findings(folder: Path, reports: list[ShardReport]) -> list[Finding]:
    """Every check of `CHECKS`, over all shards and the card."""
    faults: dict[str, list[str]] = {name: [] for name in CHECKS}
    for report in reports:
        for name, seen in report.faults.items():
            faults[name] += seen
        if report.ids != sorted(report.ids):
            faults["sorted"].append(f"{report.config}/{report.split}")
    faults["unique"] += _twice(reports)
    faults["groups"] += _astray(reports)
    faults["card"] += _card_faults(folder / "README.md", reports)
    return [
        Finding(name, not seen, tuple(seen[:_SEEN_AT_MOST]), len(seen))
        for name, seen in faults.items()
    ]


def fingerprint(folder: Path) -> str:
    """A name for the folder's content: sha256 over the sorted names and file hashes."""
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(folder).as_posix()}\t{digest}\n".encode())
    return whole.hexdigest()


def _check_layout(file: pq.ParquetFile, path: Path, report: ShardReport) -> None:
    metadata = file.metadata
    for at in range(metadata.num_row_groups):
        group = metadata.row_group(at)
        columns = [group.column(i) for i in range(group.num_columns)]
        pictures = sum(
            c.total_uncompressed_size for c in columns if c.path_in_schema.endswith(".bytes")
        )
        if pictures > MAX_ROW_GROUP + _OVERHEAD and group.num_rows > 1:
            report.fault("row_groups", f"{path.name} group {at}: {pictures:,} bytes")
        if not all(c.has_offset_index for c in columns):
            report.fault("row_groups", f"{path.name} group {at}: no page index")


def _check_row(row: Mapping[str, Any], report: ShardReport) -> None:
    name = row["sample_id"]
    report.ids.append(name)
    if "leaks_across_splits" not in row["flags"]:
        report.groups.add(row["group_id"])
    _check_pictures(row, report)
    segments = row["answer"].count("[SEG]")
    if segments != (0 if row["is_negative"] else 1) or not row["question"].strip():
        report.fault("answer", f"{name}: {segments} × [SEG]")
    if not all(text and text.strip() for text in row["steps"].values()):
        report.fault("steps", name)
    if row["diagnosis"] not in row["label_options"]:
        report.fault("diagnosis", f"{name}: {row['diagnosis']}")
    if not row["files"] or not all(len(file["sha256"] or "") == 64 for file in row["files"]):
        report.fault("files", name)


def _check_pictures(row: Mapping[str, Any], report: ShardReport) -> None:
    name = row["sample_id"]
    size = (row["width"], row["height"])
    for kind in ("image", "mask"):
        data = row[kind]["bytes"]
        try:
            picture = Image.open(io.BytesIO(data))
            picture.load()
            removed = strip(data).removed
        except Exception as error:  # noqa: BLE001 - any codec's error is the finding
            report.fault(kind, f"{name}: {error}")
            continue
        if removed:
            report.fault("metadata", f"{name}: {kind} holds {', '.join(removed)}")
        if (
            picture.size != size
            or hashlib.sha256(data).hexdigest() != row[f"{kind}_sha256"]
            or pixels_sha256(picture) != row[f"{kind}_pixels_sha256"]
            or picture.mode not in ({"L", "RGB"} if kind == "image" else {"L"})
        ):
            report.fault(kind, f"{name}: {picture.mode} {picture.size}, stated {size}")
        if kind == "mask":
            _check_mask(row, picture, report)


def _check_mask(row: Mapping[str, Any], mask: Image.Image, report: ShardReport) -> None:
    used = {value for value, n in enumerate(mask.convert("L").histogram()) if n}
    if not used <= {0, 255}:
        report.fault("mask", f"{row['sample_id']}: has values {sorted(used)[:6]}")
    if (255 not in used) != row["is_negative"]:
        report.fault("negative", row["sample_id"])


def _twice(reports: list[ShardReport]) -> Iterator[str]:
    seen: set[str] = set()
    for report in reports:
        for name in report.ids:
            if name in seen:
                yield name
            seen.add(name)


def _astray(reports: list[ShardReport]) -> Iterator[str]:
    where: dict[str, str] = {}
    for report in reports:
        for group in sorted(report.groups):
            if where.setdefault(group, report.split) != report.split:
                yield f"{group}: {where[group]} and {report.split}"


def _card_faults(card: Path, reports: list[ShardReport]) -> Iterator[str]:
    from m3ds.release.features import FEATURES  # not in the workers: `datasets` imports slowly

    counted: dict[tuple[str, str], int] = {}
    for report in reports:
        for config in (report.config, "all"):
            key = (config, report.split)
            counted[key] = counted.get(key, 0) + report.n
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    head = yaml.safe_load(text.split("---\n")[1]) if text.startswith("---\n") else {}
    stated = {
        (info["config_name"], split["name"]): split["num_examples"]
        for info in head.get("dataset_info", ())
        for split in info["splits"]
    }
    listed = {
        (config["config_name"], file["split"])
        for config in head.get("configs", ())
        for file in config["data_files"]
    }
    if stated != counted or listed != set(counted):
        yield f"the card states {stated}, the files hold {counted}"
    infos = head.get("dataset_info", ())
    if any(info["features"] != FEATURES._to_yaml_list() for info in infos):
        yield "the card states other features"
