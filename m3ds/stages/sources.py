"""`m3ds sources`: the registry as a table."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from m3ds.schema.base import SOURCE_NAMES
from m3ds.schema.source import License, Source
from m3ds.sources.registry import adapter


def show(*, as_json: bool) -> None:
    """Print every source's declaration, whole as JSON or the gist of it as a table."""
    found = [adapter(name).source for name in SOURCE_NAMES]
    if as_json:
        print(json.dumps([_plain(source) for source in found], indent=2, ensure_ascii=False))  # noqa: T201
        return
    table = Table(title="The ten sources", title_justify="left", caption_justify="left")
    for heading in ("source", "modality", "mask outlines", "labels", "negatives", "licence"):
        table.add_column(heading, overflow="fold")
    table.add_column("images may be\npassed on", justify="center")
    for source in found:
        table.add_row(
            f"[bold]{source.name}[/]\n[dim]{source.homepage}[/]",
            source.modality,
            f"{source.target} ({source.mask_kind})",
            _labels(source),
            source.negatives or "none",
            source.license.spdx,
            _may(source.license),
        )
    table.caption = "`m3ds sources --json` adds archives, hashes, citations and terms."
    Console().print(table)


def _plain(source: Source) -> dict[str, object]:
    return source.model_dump(mode="json") | {"supports": sorted(source.supports)}


def _labels(source: Source) -> str:
    names = source.labels.options(negatives=source.negatives == "keep")
    return (
        ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"
    )


def _may(terms: License) -> str:
    return {True: "yes", False: "no", None: "not stated"}[terms.redistribute_images]
