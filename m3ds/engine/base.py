"""What an engine does, whichever machines it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Maps a function over items."""

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[tuple[Item, Result | BaseException]]:
        """Yield each item with its result, in the order of `items`.

        `items` is drawn lazily and only a bounded number is in flight, so memory does not grow with
        their count. An item whose call raises, or whose worker dies, yields the exception: one bad
        item never costs another.
        """
        ...

    def close(self) -> None:
        """Give the workers back."""
        ...
