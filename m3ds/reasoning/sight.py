"""What a backend is handed of a sample's pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import JsonValue

from m3ds.reasoning.calls import View

Name = Literal["image", "close", "outlined"]
"""The image, a close-up of its region, and that close-up with the region's outline."""

Pictures = dict[Name, bytes]
"""Each picture as JSON text: a data URL in double quotes."""

SHOWN: Mapping[str, tuple[Name, ...]] = {
    "author": ("image", "close"),
    "critic": ("image", "outlined"),
}
"""What each role is shown of a sample that has a region."""

PICTURES_VERSION = "2"
"""Of how pictures are made; raise it with any change of what is sent."""


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """How pictures are made: longest side in pixels, JPEG quality, padded to a square or not."""

    side: int
    quality: int
    square: bool

    def plain(self) -> dict[str, JsonValue]:
        """For the key of a call."""
        return {"side": self.side, "quality": self.quality, "square": self.square}


class Sight(Protocol):
    """One sample's pixels: what identifies them, and the pictures when they are needed."""

    @property
    def view(self) -> View:
        """By hash."""

    async def pictures(self, options: PictureOptions, names: Sequence[Name]) -> Pictures:
        """Those that are asked for, each made at the first call and kept for the others."""


class Unseen:
    """A sight for those who look at nothing."""

    def __init__(self, view: View) -> None:
        self.view = view

    async def pictures(self, options: PictureOptions, names: Sequence[Name]) -> Pictures:
        """There are none."""
        del options, names
        return {}
