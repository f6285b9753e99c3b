"""What several verbs take on the command line."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Pipeline = Annotated[
    Path,
    typer.Option("-p", "--pipeline", metavar="FILE", help="The recipe.", show_default=True),
]
Workdir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Where everything is built.  [default: build/ and the recipe's name]"
    ),
]
Archives = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="A folder that stands in for downloads: per source, its archives or extracted tree.",
    ),
]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only this source; may be given several times."),
]
Samples = Annotated[int, typer.Option(min=1, metavar="N", help="How many samples are tried out.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]

MINI = Path("pipelines/mini.yaml")
FULL = Path("pipelines/full.yaml")


class Role(StrEnum):
    """Whose model server."""

    author = "author"
    critic = "critic"
