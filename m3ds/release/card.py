"""The dataset card: README.md with the YAML that `load_dataset` and the Hub read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2
import yaml

from m3ds.release.features import FEATURES
from m3ds.release.rows import TEXT_LICENSE
from m3ds.schema.base import SPLITS
from m3ds.schema.release import fate
from m3ds.schema.source import Source

_TEMPLATE = jinja2.Environment(
    loader=jinja2.PackageLoader("m3ds.release", "."),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - Markdown, from our own declarations
).get_template("card.md.jinja")


@dataclass(frozen=True, slots=True)
class Size:
    """Rows of one split, their bytes in memory, and the bytes of its files."""

    rows: int = 0
    bytes: int = 0
    file_bytes: int = 0

    def __add__(self, other: Size) -> Size:
        """Both together."""
        return Size(
            self.rows + other.rows,
            self.bytes + other.bytes,
            self.file_bytes + other.file_bytes,
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Sizes per config and split, in the order of the splits; sources without rows are absent."""

    sizes: Mapping[str, Mapping[str, Size]]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(size.rows for splits in self.sizes.values() for size in splits.values())

    def rows(self, source: str, split: str) -> int:
        """Rows of one source in one split."""
        return self.sizes[source].get(split, Size()).rows

    def union(self) -> dict[str, Size]:
        """Sizes over all sources, of the splits that have rows."""
        found = {
            split: sum((s[split] for s in self.sizes.values() if split in s), Size())
            for split in SPLITS
        }
        return {split: size for split, size in found.items() if size.rows}


def render(
    counts: Counts,
    sources: Sequence[Source],
    *,
    content: str,
    recipe: str,
    is_phantom: bool,
    excluded: Mapping[str, int],
) -> str:
    """The whole card, as Markdown with a YAML head; depends on nothing but its arguments.

    Args:
        counts: What is in it.
        sources: Of the recipe, in its order.
        content: A name for the files' content; see `_head`.
        recipe: Its name.
        is_phantom: Whether images were drawn by a program.
        excluded: How many samples are not in it, by code.
    """
    present = [source for source in sources if source.name in counts.sizes]
    head = yaml.safe_dump(
        _head(counts, present, content), sort_keys=False, allow_unicode=True, width=100
    )
    body = _TEMPLATE.render(
        counts=counts,
        sources=present,
        splits=SPLITS,
        recipe=recipe,
        is_phantom=is_phantom,
        excluded=[(code, n, fate(code)) for code, n in sorted(excluded.items())],
        text_license=TEXT_LICENSE,
    )
    return f"---\n{head}---\n\n{body}"


def _head(counts: Counts, sources: Sequence[Source], content: str) -> dict[str, Any]:
    """What `load_dataset` and the Hub read.

    `load_dataset` caches a folder's rows under a hash of this head, whatever its files hold: that
    two builds of equal sizes are not taken for one another, the content's name stands in it.
    """
    features = FEATURES._to_yaml_list()
    configs: dict[str, Mapping[str, Size]] = {"all": counts.union()}
    configs |= {source.name: counts.sizes[source.name] for source in sources}
    return {
        "pretty_name": "M3DS",
        "license": "other",
        "license_name": "m3ds-mixed-per-source",
        "language": ["en"],
        "task_categories": [
            "image-segmentation",
            "visual-question-answering",
            "image-classification",
        ],
        "annotations_creators": ["found", "machine-generated"],
        "size_categories": [_size_category(counts.total)],
        "tags": ["medical", *dict.fromkeys(s.modality for s in sources), "chain-of-thought"],
        "configs": [
            {
                "config_name": name,
                **({"default": True} if name == "all" else {}),
                "data_files": [
                    {
                        "split": split,
                        "path": f"{'*' if name == 'all' else name}/{split}-*.parquet",
                    }
                    for split in splits
                ],
            }
            for name, splits in configs.items()
        ],
        "dataset_info": [
            {
                "config_name": name,
                "description": f"Content {content}",
                "features": features,
                "splits": [
                    {"name": split, "num_bytes": size.bytes, "num_examples": size.rows}
                    for split, size in splits.items()
                ],
                "download_size": sum(size.file_bytes for size in splits.values()),
                "dataset_size": sum(size.bytes for size in splits.values()),
            }
            for name, splits in configs.items()
        ],
    }


def _size_category(n: int) -> str:
    for bound, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K")):
        if n < bound:
            return name
    return "100K<n<1M"
