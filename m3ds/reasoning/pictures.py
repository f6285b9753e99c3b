"""What models are shown of a sample: the image, a close-up, and the close-up with its outline.

Each is made once per sample, as the JSON text of a data URL, which goes into every request as it
is. What changes the pixels that are sent stands in the options, and so in the key of every call.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from m3ds.reasoning.calls import View
from m3ds.reasoning.sight import PictureOptions, Pictures

_MARGIN = 0.35
"""Of the region's box that a close-up shows on each side of it, as a share of its longer side."""
_CLOSE_SIDE = 512
_PASSED = {"JPEG": 400_000, "PNG": 150_000}
"""Most bytes of an image that is sent as it is; it is sent a dozen times, but encoded once."""

_PAD = (123, 116, 104)
"""The mean colour of CLIP's training images, which LLaVA's own tools pad with."""
_LINE = (255, 221, 0)


Load = Callable[[], tuple[bytes, bytes]]
"""The stored image and mask."""


class Stored:
    """A sight of a stored sample; decoding and encoding happen in `workers`.

    Args:
        view: By hash.
        load: Reads the stored bytes.
        box: (x0, y0, x1, y1), half-open, around all regions; None for a negative.
        workers: Where the work is done.
    """

    def __init__(
        self,
        view: View,
        load: Load,
        box: tuple[int, int, int, int] | None,
        workers: Executor,
    ) -> None:
        self.view = view
        self._load, self._box, self._workers = load, box, workers
        self._made: dict[PictureOptions, asyncio.Future[Pictures]] = {}

    async def pictures(self, options: PictureOptions) -> Pictures:
        """Image; for a positive also `close` and `outlined`."""
        if options not in self._made:
            loop = asyncio.get_running_loop()
            self._made[options] = loop.run_in_executor(self._workers, self._make, options)
        return await asyncio.shield(self._made[options])

    def _make(self, options: PictureOptions) -> Pictures:
        image_bytes, mask_bytes = self._load()
        return make(image_bytes, mask_bytes, self._box, options)


def make(
    image_bytes: bytes,
    mask_bytes: bytes,
    box: tuple[int, int, int, int] | None,
    options: PictureOptions,
) -> Pictures:
    """Make the pictures of one sample.

    An image that is small enough is sent in its published bytes, which costs nothing and loses
    nothing.

    Args:
        image_bytes: JPEG or PNG, mode L or RGB.
        mask_bytes: PNG, mode L, the image's size.
        box: Around all regions, or None.
        options: How.
    """
    image = Image.open(io.BytesIO(image_bytes))
    fits = max(image.size) <= options.side and len(image_bytes) <= _PASSED[image.format or ""]
    if fits and (not options.square or image.width == image.height):
        pictures: Pictures = {"image": _url(image_bytes, (image.format or "").lower())}
    else:
        pictures = {"image": _jpeg(_fitted(image, options.side), options)}
    if box is None:
        return pictures
    frame = _frame(box, image.size)
    close = _fitted(image.crop(frame), _CLOSE_SIDE)
    pictures["close"] = _jpeg(close, options)
    mask = Image.open(io.BytesIO(mask_bytes)).crop(frame)
    mask = mask.resize(close.size, Image.Resampling.NEAREST)
    pictures["outlined"] = _jpeg(_outlined(close.convert("RGB"), mask), options)
    return pictures


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
    scale = side / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(scale * length)) for length in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _outlined(close: Image.Image, mask: Image.Image) -> Image.Image:
    """A line one pixel outside the region, so that it hides none of it."""
    region = np.asarray(mask) > 127
    near = _grown(region)
    pixels = np.array(close)
    pixels[_grown(near) & ~near] = _LINE
    return Image.fromarray(pixels)


def _grown(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`region` and its 8-neighbourhood."""
    rows = region.copy()
    rows[1:] |= region[:-1]
    rows[:-1] |= region[1:]
    grown = rows.copy()
    grown[:, 1:] |= rows[:, :-1]
    grown[:, :-1] |= rows[:, 1:]
    return grown


def _jpeg(image: Image.Image, options: PictureOptions) -> bytes:
    if options.square and image.width != image.height:
        side = max(image.size)
        padded = Image.new("RGB", (side, side), _PAD)
        padded.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
        image = padded
    out = io.BytesIO()
    (image if image.mode in {"L", "RGB"} else image.convert("RGB")).save(
        out, "JPEG", quality=options.quality
    )
    return _url(out.getvalue(), "jpeg")


def _url(data: bytes, kind: str) -> bytes:
    return b'"data:image/' + kind.encode() + b";base64," + base64.b64encode(data) + b'"'
