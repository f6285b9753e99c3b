"""Pixels to upstream-like files: JPEG and PNG, with the metadata and damage of real ones."""

from __future__ import annotations

import io
import zlib

import numpy as np
from PIL import ExifTags, Image, PngImagePlugin

from m3ds.phantoms.base import Mask, Pixels

PATIENT = "PHANTOM PATIENT"
"""What a harmonised file must no longer contain."""

# What must be done to an upright picture so that a reader of its EXIF orientation undoes it.
_TURNS = {
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}


def jpeg(
    pixels: Pixels, *, quality: int = 88, patient: bool = False, orientation: int = 1
) -> bytes:
    """A JPEG file.

    Args:
        pixels: Upright, shape [H, W] (mode L) or [H, W, 3] (mode RGB).
        quality: Pillow's scale.
        patient: Write a name and a comment into it.
        orientation: EXIF orientation 1, 3, 6 or 8; other than 1 the stored pixels are turned.
    """
    image = Image.fromarray(pixels)
    if orientation != 1:
        image = image.transpose(_TURNS[orientation])
    exif = Image.Exif()
    if orientation != 1:
        exif[ExifTags.Base.Orientation] = orientation
    if patient:
        exif[ExifTags.Base.ImageDescription] = PATIENT
        exif[ExifTags.Base.Artist] = PATIENT
    out = io.BytesIO()
    more = {"exif": exif.tobytes()} if len(exif) else {}
    if patient:
        image.save(out, "JPEG", quality=quality, comment=PATIENT.encode(), **more)
    else:
        image.save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def png(
    pixels: Pixels, *, mode: str | None = None, patient: bool = False, runs: bool = False
) -> bytes:
    """A PNG file.

    Args:
        pixels: Shape [H, W] (mode L) or [H, W, 3] (mode RGB).
        mode: Convert to it first: `1`, `RGB`, `RGBA`.
        patient: Add a text chunk with a name.
        runs: Look for runs of equal bytes only, which is faster for enlarged pictures.
    """
    image = Image.fromarray(pixels)
    if mode is not None and mode != image.mode:
        image = image.convert(mode)
    text = PngImagePlugin.PngInfo()
    if patient:
        text.add_text("PatientName", PATIENT)
    out = io.BytesIO()
    # Level 1: drawing thousands for a benchmark must not be all deflate.
    strategy = zlib.Z_RLE if runs else zlib.Z_DEFAULT_STRATEGY
    image.save(out, "PNG", compress_level=1, compress_type=strategy, pnginfo=text)
    return out.getvalue()


def plane(mask: Mask) -> Pixels:
    """A mask as 0 and 255."""
    return mask.astype(np.uint8) * np.uint8(255)


def truncated(data: bytes) -> bytes:
    """The first 55 % of a file, as a broken transfer leaves it."""
    return data[: len(data) * 55 // 100]


def without_end(data: bytes) -> bytes:
    """A JPEG with padding in place of its end marker: enough for a decoder's last look ahead."""
    return data.removesuffix(b"\xff\xd9") + bytes(16)
