"""Dermoscopy: skin through a lens, a lesion in its middle, hairs over it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from m3ds.phantoms.base import Pixels, Ring
from m3ds.phantoms.canvas import (
    Blob,
    Plane,
    Rng,
    Shape,
    axes,
    blend,
    blob,
    clouds,
    finish,
    grain,
    ramp,
)

Lesion = Literal["nevus", "melanoma", "seborrheic keratosis"]


def dermoscopy(rng: Rng, shape: Shape, lesion: Lesion) -> tuple[Pixels, Ring]:
    """Draw a lesion.

    A nevus is round, even and brown with a fine network; a melanoma is large and ragged, of several
    colours from black over blue-grey to red; a seborrheic keratosis is a pale crust with a sharp
    border, white cysts and dark plugs.

    Returns:
        RGB pixels of shape [H, W, 3], and the lesion's outline.
    """
    image = _skin(rng, shape)
    spot = _outline(rng, shape, lesion)
    {"nevus": _nevus, "melanoma": _melanoma, "seborrheic keratosis": _keratosis}[lesion](
        rng, image, spot
    )
    _hairs(rng, image)
    image += (np.float32(0.012) * grain(rng, shape))[..., None]
    image *= _vignette(shape)[..., None]
    return finish(image), spot.ring(80)


def _skin(rng: Rng, shape: Shape) -> Plane:
    tone = rng.uniform(0, 1)
    base = np.array([0.90 - 0.06 * tone, 0.70 - 0.08 * tone, 0.62 - 0.10 * tone], np.float32)
    light = (
        1 + np.float32(0.05) * clouds(rng, shape, 4) + np.float32(0.025) * clouds(rng, shape, 40)
    )
    return light[..., None] * base


def _outline(rng: Rng, shape: Shape, lesion: Lesion) -> Blob:
    centre = (
        shape[1] * (0.5 + rng.uniform(-0.06, 0.06)),
        shape[0] * (0.5 + rng.uniform(-0.06, 0.06)),
    )
    turn, small = rng.uniform(0, np.pi), min(shape)
    if lesion == "nevus":
        radius = small * rng.uniform(0.17, 0.24)
        return blob(rng, centre, radius, aspect=rng.uniform(1.0, 1.15), angle=turn, wobble=0.02)
    if lesion == "melanoma":
        return blob(
            rng,
            centre,
            small * rng.uniform(0.25, 0.31),
            aspect=rng.uniform(1.1, 1.4),
            angle=turn,
            wobble=0.12,
            spikes=int(rng.integers(6, 10)),
            spike=rng.uniform(0.12, 0.22),
        )
    radius = small * rng.uniform(0.22, 0.29)
    return blob(rng, centre, radius, aspect=rng.uniform(1.2, 1.5), angle=turn, wobble=0.05)


def _nevus(rng: Rng, image: Plane, spot: Blob) -> None:
    part, rho, size = _part(image, spot)
    tone = rng.uniform(-0.04, 0.04)
    blend(part, ramp(rho, 1.10, 0.85) * np.float32(0.92), (0.56 + tone, 0.36 + tone, 0.25 + tone))
    y, x = axes(size)
    pitch = np.float32(2 * np.pi / rng.uniform(5.5, 7.5))
    turn = rng.uniform(0, np.pi)
    c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    bent = np.float32(1.6) * clouds(rng, size, 7)
    net = np.sin((x * c + y * s) * pitch + bent) * np.sin((y * c - x * s) * pitch - bent)
    blend(
        part, ramp(net, -0.05, 0.25) * ramp(rho, 1.0, 0.80) * np.float32(0.22), (0.30, 0.17, 0.11)
    )
    blend(part, ramp(rho, 0.5, 0.1) * np.float32(0.25), (0.36, 0.21, 0.14))


def _melanoma(rng: Rng, image: Plane, spot: Blob) -> None:
    part, rho, size = _part(image, spot)
    body = ramp(rho, 1.03, 0.93)
    blend(part, body * np.float32(0.95), (0.36, 0.22, 0.17))
    for colour, low in (
        ((0.66, 0.34, 0.30), 0.12),
        ((0.34, 0.35, 0.42), 0.20),
        ((0.08, 0.06, 0.06), 0.02),
        ((0.72, 0.62, 0.60), 0.45),
    ):
        patch = clouds(rng, size, 3.6) + np.float32(0.45) * clouds(rng, size, 11)
        blend(part, body * ramp(patch, low, low + 0.22) * np.float32(0.85), colour)
    globules = ramp(clouds(rng, size, 24), 0.45, 0.62) * ramp(rho, 1.0, 0.92)
    blend(part, globules * np.float32(0.8), (0.07, 0.05, 0.05))


def _keratosis(rng: Rng, image: Plane, spot: Blob) -> None:
    part, rho, size = _part(image, spot)
    body = ramp(rho, 1.02, 0.98)
    # It sits on the skin: a dark rim where it casts a shadow, a light one where it catches light.
    blend(
        part, ramp(np.abs(rho - np.float32(1.03)), 0.08, 0.0) * np.float32(0.5), (0.45, 0.32, 0.26)
    )
    blend(part, body * np.float32(0.96), (0.83, 0.74, 0.52))
    crust = clouds(rng, size, 10)
    blend(part, body * ramp(crust, 0.1, 0.5) * np.float32(0.5), (0.68, 0.57, 0.40))
    furrows = ramp(np.abs(clouds(rng, size, 8)), 0.09, 0.0)
    blend(part, body * furrows * np.float32(0.45), (0.55, 0.43, 0.31))
    blend(part, body * ramp(clouds(rng, size, 17), 0.55, 0.66), (0.97, 0.95, 0.88))
    blend(part, body * ramp(clouds(rng, size, 15), 0.58, 0.68), (0.30, 0.20, 0.13))


def _part(image: Plane, spot: Blob) -> tuple[Plane, Plane, Shape]:
    window = spot.window((image.shape[0], image.shape[1]), 1.15)
    part = image[window.at]
    return part, window.rho, (part.shape[0], part.shape[1])


def _hairs(rng: Rng, image: Plane) -> None:
    """A few dark arcs, each drawn as a run of overlapping dots."""
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(0, 7))):
        t = np.linspace(0, 1, 2 * max(height, width))
        x0, y0 = rng.uniform(0, width), rng.uniform(0, height)
        angle, bend = rng.uniform(0, 2 * np.pi), rng.uniform(-1.2, 1.2)
        length = rng.uniform(0.3, 0.8) * max(height, width)
        turn = angle + bend * t
        x = (x0 + np.cumsum(np.cos(turn)) * length / len(t)).astype(int)
        y = (y0 + np.cumsum(np.sin(turn)) * length / len(t)).astype(int)
        ok = (x >= 0) & (y >= 0) & (x < width - 1) & (y < height - 1)
        x, y = x[ok], y[ok]
        dark = np.array([0.20, 0.14, 0.11], np.float32)
        image[y, x] = dark
        image[y, x + 1] = image[y, x + 1] * np.float32(0.4) + dark * np.float32(0.6)


def _vignette(shape: Shape) -> Plane:
    y, x = axes(shape)
    u = x / np.float32(shape[1]) - np.float32(0.5)
    v = y / np.float32(shape[0]) - np.float32(0.5)
    return 1 - ramp(u * u + v * v, 0.26, 0.56) * np.float32(0.75)
