"""Image files to pixels, and to bytes that may be published."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from m3ds.errors import CorruptImage, DecompressionBomb, M3dsError
from m3ds.imaging.strip import strip

MAX_PIXELS = 100_000_000
"""Twice the largest image of any source (ISIC 2017: 6,748 px wide); more is taken for a bomb."""

Image.MAX_IMAGE_PIXELS = None  # `_open` asks before a pixel is decoded, and raises a typed error


@dataclass(frozen=True, slots=True)
class Clean:
    """A published image: its bytes, its decoded pixels (mode L or RGB) and what was changed."""

    data: bytes
    format: Literal["jpg", "png"]
    image: Image.Image
    transforms: tuple[str, ...]


def clean(data: bytes) -> Clean:
    """Make an upstream image publishable, keeping its bytes wherever they can be kept.

    A sound 8-bit L or RGB file in JPEG or PNG loses its metadata and nothing else. Any other is
    decoded, oriented, converted and written as PNG. `transforms` names each step.

    Raises:
        CorruptImage: it cannot be decoded to its last row.
        DecompressionBomb: it claims more than `MAX_PIXELS`.
    """
    image = _open(data)
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    # MPO is a JPEG with more pictures behind the first, which stripping cuts off.
    kept = image.format in {"JPEG", "MPO", "PNG"} and image.mode in {"L", "RGB"}
    turned = orientation in range(2, 9)
    if kept and not turned and not image.info.keys() & {"transparency"} and not _moves(image):
        stripped = strip(data)
        transforms = [f"stripped:{','.join(stripped.removed)}"] if stripped.removed else []
        suffix: Literal["jpg", "png"] = "png" if image.format == "PNG" else "jpg"
        return Clean(stripped.data, suffix, image, tuple(transforms))
    transforms = ["first-frame"] if _moves(image) else []
    if turned:
        image = ImageOps.exif_transpose(image)
        transforms.append(f"exif:{orientation}")
    image, steps = _to_8bit(image)
    transforms += [*steps, "encoded:png"]
    return Clean(encode_png(image), "png", image, tuple(transforms))


def mask_plane(data: bytes, threshold: int) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """A mask file as a boolean plane of shape [H, W]: luminance above `threshold`.

    Transparent pixels are outside whatever their colour. Returns the plane and the steps taken.
    """
    image = _open(data)
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    transforms = []
    if orientation in range(2, 9):
        image = ImageOps.exif_transpose(image)
        transforms.append(f"mask-exif:{orientation}")
    image, _ = _to_8bit(image)
    grey = np.asarray(image.convert("L"))
    plane = grey > threshold
    if not np.array_equal(plane * np.uint8(255), grey):
        transforms.append(f"threshold:{threshold}")
    return plane, tuple(transforms)


def encode_png(image: Image.Image) -> bytes:
    """The image as PNG, without any metadata; the same bytes for the same pixels and Pillow."""
    buffer = io.BytesIO()
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    bare.save(buffer, format="PNG", compress_level=6)
    return buffer.getvalue()


def encode_mask(mask: NDArray[np.bool_]) -> tuple[bytes, Image.Image]:
    """A boolean mask of shape [H, W] as single-channel PNG with values 0 and 255."""
    image = Image.fromarray(mask.astype(np.uint8) * np.uint8(255), mode="L")
    return encode_png(image), image


def _open(data: bytes) -> Image.Image:
    """Open and decode fully; Pillow's many exceptions become one typed error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # EXIF oddities; what matters raises
            image = Image.open(io.BytesIO(data))
            if image.width * image.height > MAX_PIXELS:
                raise DecompressionBomb(
                    f"claims {image.width}×{image.height} pixels, more than {MAX_PIXELS:,}"
                )
            image.load()
    except M3dsError:
        raise
    except UnidentifiedImageError:  # its own message names an address in memory
        seen = "is no image of any known format" if data else "is empty"
        raise CorruptImage(f"{seen} ({len(data):,} bytes)") from None
    except Exception as error:  # noqa: BLE001 - codecs raise OSError, SyntaxError, struct.error, …
        seen = str(error) or type(error).__name__
        raise CorruptImage(f"cannot be decoded: {seen} ({len(data):,} bytes)") from None
    return image


def _to_8bit(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """Convert any mode to L or RGB, and say how."""
    mode = image.mode
    if mode in {"L", "RGB"} and "transparency" not in image.info:
        return image, ()
    if mode == "1":
        return image.convert("L"), ("bilevel:L",)
    if mode in {"I", "F"} or mode.startswith("I;16"):
        return _window(image), (f"{mode}:min-max-8bit",)
    if mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        return _flatten(image.convert("RGBA"), grey=mode == "LA")
    grey = mode == "P" and _is_grey(image.convert("RGB"))
    return image.convert("L" if grey else "RGB"), (f"{mode}:{'L' if grey else 'RGB'}",)


def _window(image: Image.Image) -> Image.Image:
    """Scale a 16-bit, 32-bit or float image to 0–255 over the values it uses."""
    values = np.asarray(image, dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise CorruptImage("has pixels that are no numbers")
    scaled = (values - low) * (255 / (high - low)) if high > low else np.zeros_like(values)
    return Image.fromarray(np.round(scaled).astype(np.uint8), mode="L")


def _flatten(image: Image.Image, *, grey: bool) -> tuple[Image.Image, tuple[str, ...]]:
    """Composite over black, the background of every modality here; grey stays grey."""
    opaque = image.getchannel("A").getextrema() == (255, 255)
    flat = Image.new("RGB", image.size)
    flat.paste(image, mask=image.getchannel("A"))
    if grey or _is_grey(flat):
        flat = flat.convert("L")
    return flat, ("alpha:dropped" if opaque else "alpha:over-black", f"{image.mode}:{flat.mode}")


def _moves(image: Image.Image) -> bool:
    """Whether the file is an animation, of which only the first frame is taken."""
    return image.format != "MPO" and getattr(image, "n_frames", 1) > 1


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()
    return red.tobytes() == green.tobytes() == blue.tobytes()
