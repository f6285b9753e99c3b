"""What models are shown of a sample: the image, a close-up, and the close-up with its outline.

Each is made once per sample, as the JSON text of a data URL, which goes into every request as it
is. What changes the pixels that are sent stands in the options, and so in the key of every call.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from m3ds.reasoning.calls import View
from m3ds.reasoning.sight import Name, PictureOptions, Pictures

_MARGIN = 0.35
"""Of the region's box that a close-up shows on each side of it, as a share of its longer side."""
_CLOSE_SIDE = 448
_PASSED = {"JPEG": 400_000, "PNG": 150_000}
"""Most bytes of an image that is sent as it is; it is sent a dozen times, but encoded once."""

_PAD = (123, 116, 104)
"""The mean colour of CLIP's training images, which LLaVA's own tools pad with."""
_LINE = (255, 221, 0)
_REACH = 3
"""Pixels from a region to the far side of its line."""


Box = tuple[int, int, int, int]
"""(x0, y0, x1, y1), half-open."""

Load = Callable[[], bytes]
"""Reads stored bytes."""


@dataclass(frozen=True, eq=False, slots=True)
class Region:
    """What a sample has outlined in its image.

    Args:
        box: Around all of it.
        mask: Reads the stored bytes: PNG, mode L, the image's size.
    """

    box: Box
    mask: Load


@dataclass(frozen=True, slots=True)
class Views:
    """What is shown of an image: the whole, and of each region what it was made for."""

    whole: bytes
    of: dict[Region, Pictures]


class Photograph:
    """One image, which several samples may have in common; it is decoded once for all of them.

    Args:
        image: Reads the stored bytes.
        regions: Of each sample that has one.
        names: What will be asked for; what nobody looks at is not made.
        workers: Where the work is done.
    """

    def __init__(
        self, image: Load, regions: Sequence[Region], names: Collection[Name], workers: Executor
    ) -> None:
        self._image, self._regions, self._names = image, tuple(regions), frozenset(names)
        self._workers = workers
        self._made: dict[PictureOptions, asyncio.Future[Views]] = {}

    async def views(self, options: PictureOptions) -> Views:
        """All that its samples show of it, as JSON texts."""
        if options not in self._made:
            run = asyncio.get_running_loop().run_in_executor
            self._made[options] = run(
                self._workers, lambda: views(self._image(), self._regions, self._names, options)
            )
        return await asyncio.shield(self._made[options])


class Stored:
    """A sight of a stored sample; decoding and encoding happen in the photograph's workers.

    Args:
        view: By hash.
        photograph: Of it, perhaps shared.
        region: One of the photograph's; None for a negative.
    """

    def __init__(self, view: View, photograph: Photograph, region: Region | None) -> None:
        self.view = view
        self._photograph, self._region = photograph, region

    async def pictures(self, options: PictureOptions, names: Sequence[Name]) -> Pictures:
        """`image`, and of a positive also `close` and `outlined`."""
        seen = await self._photograph.views(options)
        found: Pictures = {"image": seen.whole}
        if self._region is not None:
            found |= seen.of[self._region]
        return {name: found[name] for name in names}


def views(
    image_bytes: bytes,
    regions: Sequence[Region],
    names: Collection[Name],
    options: PictureOptions,
) -> Views:
    """Everything that is shown of an image.

    Args:
        image_bytes: JPEG or PNG, mode L or RGB.
        regions: What to come close to.
        names: What is looked at.
        options: How.
    """
    image = Image.open(io.BytesIO(image_bytes))
    return Views(
        whole=whole(image, image_bytes, options),
        of={region: _near(image, region, names, options) for region in regions},
    )


def _near(
    image: Image.Image, region: Region, names: Collection[Name], options: PictureOptions
) -> Pictures:
    """A close-up of a region, by itself and with a line around it."""
    found: Pictures = {}
    if {"close", "outlined"}.isdisjoint(names):
        return found
    frame = _frame(region.box, image.size)
    close = _fitted(image.crop(frame), _CLOSE_SIDE)
    if "close" in names:
        found["close"] = _jpeg(close, options)
    if "outlined" in names:
        mask = Image.open(io.BytesIO(region.mask())).crop(frame)
        line = _line(mask.resize(close.size, Image.Resampling.NEAREST))
        outlined = close.convert("RGB")
        if line is not None:
            outlined.paste(_LINE, line[0], line[1])
        found["outlined"] = _jpeg(outlined, options, fine_colour=True)
    return found


def whole(image: Image.Image, image_bytes: bytes, options: PictureOptions) -> bytes:
    """The whole image; one that is small enough in its published bytes, which loses nothing."""
    kind = image.format or ""
    fits = max(image.size) <= options.side and len(image_bytes) <= _PASSED.get(kind, 0)
    if fits and (not options.square or image.width == image.height):
        return _url(image_bytes, kind.lower())
    return _jpeg(_fitted(image, options.side), options)


def _frame(box: Box, size: tuple[int, int]) -> Box:
    x0, y0, x1, y1 = box
    margin = max(16, round(_MARGIN * max(x1 - x0, y1 - y0)))
    return (
        max(0, x0 - margin),
        max(0, y0 - margin),
        min(size[0], x1 + margin),
        min(size[1], y1 + margin),
    )


def _fitted(image: Image.Image, side: int) -> Image.Image:
    """`image` at most `side` pixels long; small ones are not blown up."""
    size = _fitted_size(image.size, side)
    if size == image.size:
        return image
    # As sharp as bicubic when an image is made smaller, at two thirds of its cost.
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)


def _fitted_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(size))
    return max(1, round(scale * size[0])), max(1, round(scale * size[1]))


def _line(mask: Image.Image) -> tuple[tuple[int, int], Image.Image] | None:
    """A line of two pixels, one pixel outside the region, so that it hides none of it.

    Where it begins, (x, y), and itself, mode L or 1; None for an empty mask.
    """
    found = mask.getbbox()
    if found is None:
        return None
    x, y = max(0, found[0] - _REACH), max(0, found[1] - _REACH)
    # Only around the region: it takes up about a third of a close-up.
    around = (x, y, min(mask.width, found[2] + _REACH), min(mask.height, found[3] + _REACH))
    near = _grown(np.asarray(mask.crop(around)) > 127)
    return (x, y), Image.fromarray(_grown(_grown(near)) & ~near)


def _grown(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`region` and its 8-neighbourhood."""
    rows = region.copy()
    rows[1:] |= region[:-1]
    rows[:-1] |= region[1:]
    grown = rows.copy()
    grown[:, 1:] |= rows[:, :-1]
    grown[:, :-1] |= rows[:, 1:]
    return grown


def _jpeg(image: Image.Image, options: PictureOptions, *, fine_colour: bool = False) -> bytes:
    """As JPEG; `fine_colour` keeps the colour of thin lines, which is halved otherwise."""
    if options.square and image.width != image.height:
        side = max(image.size)
        padded = Image.new("RGB", (side, side), _PAD)
        padded.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
        image = padded
    out = io.BytesIO()
    (image if image.mode in {"L", "RGB"} else image.convert("RGB")).save(
        out, "JPEG", quality=options.quality, subsampling=0 if fine_colour else 2
    )
    return _url(out.getvalue(), "jpeg")


def _url(data: bytes, kind: str) -> bytes:
    return b'"data:image/' + kind.encode() + b";base64," + base64.b64encode(data) + b'"'
