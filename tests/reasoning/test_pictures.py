"""What models are shown."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from m3ds.reasoning.calls import View
from m3ds.reasoning.pictures import Photograph, Region, Stored, views
from m3ds.reasoning.sight import Name, PictureOptions

BOX = (300, 100, 340, 160)
PLAIN = PictureOptions(side=512, quality=92, square=False)


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def decoded(url: bytes) -> Image.Image:
    text = json.loads(url)
    assert text.startswith("data:image/")
    return Image.open(io.BytesIO(base64.b64decode(text.split(",")[1])))


def picture(width: int = 640, height: int = 360) -> Image.Image:
    pixels = np.full((height, width, 3), 90, np.uint8)
    pixels[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 30
    return Image.fromarray(pixels)


def mask(width: int = 640, height: int = 360) -> bytes:
    pixels = np.zeros((height, width), np.uint8)
    pixels[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 255
    return encoded(Image.fromarray(pixels))


def whole(data: bytes, options: PictureOptions) -> bytes:
    return views(data, (), (), options).whole


def near(name: Name, options: PictureOptions, outline: bytes | None = None) -> Image.Image:
    """The close-up of `BOX`, or that with the line around `outline`."""
    region = Region(BOX, lambda: outline or mask())
    made = views(encoded(picture()), (region,), (name,), options).of[region]
    assert list(made) == [name]
    return decoded(made[name])


def test_a_small_image_is_sent_in_its_own_bytes() -> None:
    for kind in ("JPEG", "PNG"):
        data = encoded(picture(200, 100), kind)
        assert base64.b64decode(json.loads(whole(data, PLAIN)).split(",")[1]) == data


def test_a_large_image_is_fitted() -> None:
    shown = decoded(whole(encoded(picture()), PLAIN))
    assert (shown.format, shown.size) == ("JPEG", (512, 288))


def test_padding_to_a_square_keeps_everything_in_view() -> None:
    square = PictureOptions(side=336, quality=92, square=True)
    shown = decoded(whole(encoded(picture()), square))
    assert shown.size == (336, 336)
    assert np.abs(np.asarray(shown.convert("RGB"))[5, 5] - np.array([123, 116, 104])).max() < 6
    assert np.abs(np.asarray(shown.convert("RGB"))[168, 5].astype(int) - 90).max() < 6


def test_a_close_up_shows_the_region_and_a_margin() -> None:
    shown = near("close", PLAIN)
    assert shown.size == (40 + 2 * 21, 60 + 2 * 21)
    assert np.asarray(shown.convert("L"))[50, 40] < 40


def test_the_outline_hides_nothing_of_the_region() -> None:
    shown = np.asarray(near("outlined", PLAIN).convert("RGB")).astype(int)
    yellow = (shown[..., 0] - shown[..., 2]) > 100
    inside = np.zeros(shown.shape[:2], bool)
    inside[21:-21, 21:-21] = True
    assert yellow.sum() > 150
    assert not (yellow & inside).any()
    assert shown[inside].max() < 120


def test_a_tall_region_is_outlined_on_a_padded_close_up_too() -> None:
    square = PictureOptions(side=336, quality=92, square=True)
    shown = np.asarray(near("outlined", square).convert("RGB")).astype(int)
    assert shown.shape[0] == shown.shape[1]
    columns = np.flatnonzero(((shown[..., 0] - shown[..., 2]) > 100).any(axis=0))
    assert abs(columns.mean() - shown.shape[1] / 2) < 3


def test_an_empty_mask_has_no_outline() -> None:
    nothing = encoded(Image.new("L", (640, 360)))
    shown = np.asarray(near("outlined", PLAIN, nothing).convert("RGB")).astype(int)
    assert ((shown[..., 0] - shown[..., 2]) < 40).all()


def test_each_picture_is_made_once_also_for_several_samples_of_an_image() -> None:
    loads = []
    names: tuple[Name, ...] = ("image", "close", "outlined")

    def image() -> bytes:
        loads.append("image")
        return encoded(picture())

    def region() -> bytes:
        loads.append("mask")
        return mask()

    async def look() -> None:
        with ThreadPoolExecutor(2) as workers:
            regions = [Region(box, region) for box in (BOX, (10, 20, 60, 50))]
            photograph = Photograph(image, regions, names, workers)
            view = View(image_pixels_sha256="i", mask_pixels_sha256="m")
            one, two = (Stored(view, photograph, near) for near in regions)
            first, second, *others = await asyncio.gather(
                *(sight.pictures(PLAIN, names) for sight in (one, two) * 3)
            )
            assert others == [first, second] * 2
            assert list(first) == list(names)
            assert first["image"] is second["image"]
            assert first["close"] != second["close"]

    asyncio.run(look())
    assert sorted(loads) == ["image", "mask", "mask"]


def test_a_negative_has_nothing_to_come_close_to() -> None:
    async def look() -> None:
        with ThreadPoolExecutor(1) as workers:
            photograph = Photograph(lambda: encoded(picture()), (), ("image", "close"), workers)
            view = View(image_pixels_sha256="i", mask_pixels_sha256="m")
            sight = Stored(view, photograph, None)
            assert list(await sight.pictures(PLAIN, ("image",))) == ["image"]
            with pytest.raises(KeyError, match="close"):
                await sight.pictures(PLAIN, ("close",))

    asyncio.run(look())
