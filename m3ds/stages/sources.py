"""`m3ds sources`: the registry as a table."""

from __future__ import annotations

import json

from rich import box
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
    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in ("source", "modality", "mask of"):
        table.add_column(heading, no_wrap=True)
    table.add_column("labels", justify="right")
    table.add_column("licence", no_wrap=True)
    table.add_column("share", justify="center")
    for source in found:
        table.add_row(
            source.name,
            source.modality,
            source.target,
            str(len(source.labels.options(negatives=source.negatives is not None))),
            _licence(source.license),
            {True: "yes", False: "no", None: "?"}[source.license.redistribute_images],
        )
    console = Console(highlight=False)
    console.print(table)
    console.print(
        "labels: the negative included, where a source has one. share: whether the terms let you "
        "pass images on (?: not stated).\n--json adds titles, homepages, archives with their "
        "hashes, labels, citations and terms."
    )


def _plain(source: Source) -> dict[str, object]:
    return source.model_dump(mode="json") | {"supports": sorted(source.supports)}


def _licence(terms: License) -> str:
    own = terms.spdx.removeprefix("LicenseRef-")
    return "not stated" if own == "NOASSERTION" else own
