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


Load = Callable[[], bytes]
"""Reads stored bytes."""


class Stored:
    """A sight of a stored sample; decoding and encoding happen in `workers`.

    Args:
        view: By hash.
        image, mask: Read the stored bytes.
        box: (x0, y0, x1, y1), half-open, around all regions; None for a negative.
        workers: Where the work is done.
    """

    def __init__(
        self,
        view: View,
        image: Load,
        mask: Load,
        box: tuple[int, int, int, int] | None,
        workers: Executor,
    ) -> None:
        self.view = view
        self._image, self._mask, self._box, self._workers = image, mask, box, workers
        self._made: dict[tuple[PictureOptions, Name], asyncio.Task[bytes]] = {}

    async def pictures(self, options: PictureOptions, names: Sequence[Name]) -> Pictures:
        """`image`, and of a positive also `close` and `outlined`."""
        # All are begun before one is awaited: a sample's second picture would otherwise queue
        # behind the first ones of all others, and no request would leave until those are made.
        made = [self._picture(options, name) for name in names]
        if not all(one.done() for one in made):
            await asyncio.shield(asyncio.gather(*made))
        return {name: one.result() for name, one in zip(names, made, strict=True)}

    def _picture(self, options: PictureOptions, name: Name) -> asyncio.Task[bytes]:
        """Under way, or made."""
        key = options, name
        if key not in self._made:
            self._made[key] = asyncio.create_task(self._make(options, name))
        return self._made[key]

    async def _make(self, options: PictureOptions, name: Name) -> bytes:
        run = asyncio.get_running_loop().run_in_executor
        if name == "image":
            return await run(self._workers, lambda: whole(self._image(), options))
        box = self._box
        if box is None:
            raise ValueError("a negative has no region to come close to")
        if name == "close":
            return await run(self._workers, lambda: close_up(self._image(), box, options))
        close = await asyncio.shield(self._picture(options, "close"))
        return await run(self._workers, lambda: outlined(close, self._mask(), box, options))


def whole(image_bytes: bytes, options: PictureOptions) -> bytes:
    """The whole image; one that is small enough in its published bytes, which loses nothing.

    Args:
        image_bytes: JPEG or PNG, mode L or RGB.
        options: How.
    """
    image = Image.open(io.BytesIO(image_bytes))
    kind = image.format or ""
    fits = max(image.size) <= options.side and len(image_bytes) <= _PASSED.get(kind, 0)
    if fits and (not options.square or image.width == image.height):
        return _url(image_bytes, kind.lower())
    return _jpeg(_fitted(image, options.side), options)


def close_up(image_bytes: bytes, box: tuple[int, int, int, int], options: PictureOptions) -> bytes:
    """The surroundings of all regions, at most 448 pixels long."""
    image = Image.open(io.BytesIO(image_bytes))
    return _jpeg(_fitted(image.crop(_frame(box, image.size)), _CLOSE_SIDE), options)


def outlined(
    close: bytes, mask_bytes: bytes, box: tuple[int, int, int, int], options: PictureOptions
) -> bytes:
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
    x, y = (picture.width - size[0]) // 2, (picture.height - size[1]) // 2  # of the padding
    picture.paste(_drawn(picture.crop((x, y, x + size[0], y + size[1])), mask), (x, y))
    return _jpeg(picture, options, fine_colour=True)


def _frame(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
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


def _drawn(close: Image.Image, mask: Image.Image) -> Image.Image:
    """A line of two pixels, one pixel outside the region, so that it hides none of it."""
    near = _grown(np.asarray(mask) > 127)
    drawn = close.copy()
    drawn.paste(_LINE, mask=Image.fromarray(_grown(_grown(near)) & ~near))
    return drawn


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
