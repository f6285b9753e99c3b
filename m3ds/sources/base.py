"""What an adapter is: a declaration and a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from m3ds.schema.sample import Problem, Sample
from m3ds.schema.source import Source
from m3ds.sources.tree import Tree

Reader = Callable[[Tree], Iterator[Sample | Problem]]


@dataclass(frozen=True, slots=True)
class Adapter:
    """One sub-dataset: what it declares, and how it is read.

    `read` yields samples and problems in a stable order without opening any image. It raises
    `LayoutError` where nothing of the source can be trusted (a look-alike CSV, other class names);
    that stops this source and no other. Negatives are always yielded; the recipe's policy is
    applied to them afterwards.
    """

    source: Source
    read: Reader
