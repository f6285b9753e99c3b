"""What models are shown of a sample: the image, a close-up, and the close-up with its outline.

Each is made once per sample, as the JSON text of a data URL, which goes into every request as it
is. What changes the pixels that are sent stands in the options, and so in the key of every call.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable, Sequence
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


@dataclass(frozen=True, slots=True)
class Views:
    """What is shown of an image by itself: the whole, and a close-up for each box."""

    whole: bytes
    close: dict[Box, bytes]


class Photograph:
    """One image, which several samples may have in common; it is decoded once for all of them.

    Args:
        image: Reads the stored bytes.
        boxes: Around the regions of each sample that has some.
        workers: Where the work is done.
    """

    def __init__(self, image: Load, boxes: Sequence[Box], workers: Executor) -> None:
        self.workers = workers
        self._image, self._boxes = image, tuple(boxes)
        self._made: dict[PictureOptions, asyncio.Future[Views]] = {}

    async def views(self, options: PictureOptions) -> Views:
        """All that its samples show of it, as JSON texts."""
        if options not in self._made:
            run = asyncio.get_running_loop().run_in_executor
            self._made[options] = run(
                self.workers, lambda: views(self._image(), self._boxes, options)
            )
        return await asyncio.shield(self._made[options])


class Stored:
    """A sight of a stored sample; decoding and encoding happen in the photograph's workers.

    Args:
        view: By hash.
        photograph: Of it, perhaps shared.
        mask: Reads the stored bytes.
        box: Around all regions, one of the photograph's; None for a negative.
    """

    def __init__(self, view: View, photograph: Photograph, mask: Load, box: Box | None) -> None:
        self.view = view
        self._photograph, self._mask, self._box = photograph, mask, box
        self._outlined: dict[PictureOptions, asyncio.Future[bytes]] = {}

    async def pictures(self, options: PictureOptions, names: Sequence[Name]) -> Pictures:
        """`image`, and of a positive also `close` and `outlined`."""
        seen = await self._photograph.views(options)
        found: Pictures = {}
        for name in names:
            if name == "image":
                found[name] = seen.whole
            elif self._box is None:
                raise ValueError("a negative has no region to come close to")
            elif name == "close":
                found[name] = seen.close[self._box]
            else:
                found[name] = await self._outline(seen.close[self._box], self._box, options)
        return found

    async def _outline(self, close: bytes, box: Box, options: PictureOptions) -> bytes:
        if options not in self._outlined:
            run = asyncio.get_running_loop().run_in_executor
            self._outlined[options] = run(
                self._photograph.workers, lambda: outlined(close, self._mask(), box, options)
            )
        return await asyncio.shield(self._outlined[options])


def views(image_bytes: bytes, boxes: Sequence[Box], options: PictureOptions) -> Views:
    """Everything that is shown of an image by itself.

    Args:
        image_bytes: JPEG or PNG, mode L or RGB.
        boxes: What to come close to.
        options: How.
    """
    image = Image.open(io.BytesIO(image_bytes))
    return Views(
        whole=whole(image, image_bytes, options),
        close={box: close_up(image, box, options) for box in boxes},
    )


def whole(image: Image.Image, image_bytes: bytes, options: PictureOptions) -> bytes:
    """The whole image; one that is small enough in its published bytes, which loses nothing."""
    kind = image.format or ""
    fits = max(image.size) <= options.side and len(image_bytes) <= _PASSED.get(kind, 0)
    if fits and (not options.square or image.width == image.height):
        return _url(image_bytes, kind.lower())
    return _jpeg(_fitted(image, options.side), options)


def close_up(image: Image.Image, box: Box, options: PictureOptions) -> bytes:
    """The surroundings of all regions, at most 448 pixels long."""
    return _jpeg(_fitted(image.crop(_frame(box, image.size)), _CLOSE_SIDE), options)


def outlined(close: bytes, mask_bytes: bytes, box: Box, options: PictureOptions) -> bytes:
    """A close-up with a line around each region.

    Args:
        close: As `close_up` made it.
        mask_bytes: PNG, mode L, the image's size.
        box: The one that it was made with.
        options: Likewise.
    """
    picture = Image.open(io.BytesIO(_data(close))).convert("RGB")
    plane = Image.open(io.BytesIO(mask_bytes))
    mask = plane.crop(_frame(box, plane.size))
    size = _fitted_size(mask.size, _CLOSE_SIDE)
    mask = mask.resize(size, Image.Resampling.NEAREST)
    padding = (picture.width - size[0]) // 2, (picture.height - size[1]) // 2
    _draw_line(picture, mask, padding)
    return _jpeg(picture, options, fine_colour=True)


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
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _fitted_size(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(size))
    return max(1, round(scale * size[0])), max(1, round(scale * size[1]))


def _draw_line(picture: Image.Image, mask: Image.Image, at: tuple[int, int]) -> None:
    """A line of two pixels, one pixel outside the region, so that it hides none of it."""
    found = mask.getbbox()
    if found is None:
        return
    x, y = max(0, found[0] - _REACH), max(0, found[1] - _REACH)
    # Only around the region: it takes up about a third of a close-up.
    around = (x, y, min(mask.width, found[2] + _REACH), min(mask.height, found[3] + _REACH))
    near = _grown(np.asarray(mask.crop(around)) > 127)
    line = Image.fromarray(_grown(_grown(near)) & ~near)
    picture.paste(_LINE, (at[0] + x, at[1] + y), line)


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


def _data(url: bytes) -> bytes:
    """The bytes behind a data URL in quotes."""
    return base64.b64decode(url[url.index(b",") + 1 : -1])
