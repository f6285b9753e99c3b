"""Colonoscopy: folds of pink mucosa, the tube's dark depth, and polyps with wet highlights."""

from __future__ import annotations

import numpy as np

from m3ds.phantoms.base import Pixels, Ring
from m3ds.phantoms.canvas import Blob, Plane, Rng, Shape, axes, blend, blob, clouds, finish, ramp


def colonoscopy(rng: Rng, shape: Shape, polyps: int) -> tuple[Pixels, list[Ring]]:
    """Draw a frame with `polyps` polyps.

    Returns:
        RGB pixels of shape [H, W, 3], and one ring per polyp.
    """
    image = _mucosa(rng, shape)
    spots = [_place(rng, shape, number, polyps) for number in range(polyps)]
    for spot in spots:
        _raise(rng, image, spot)
    _glints(rng, image)
    image *= _aperture(shape)[..., None]
    if polyps == 1 and rng.random() < 0.6:
        _inset(image)
    return finish(image), [spot.ring(72) for spot in spots]


def _place(rng: Rng, shape: Shape, number: int, total: int) -> Blob:
    size = min(shape) * rng.uniform(0.14, 0.24) / (1 + 0.45 * (total - 1))
    x = shape[1] * ((number + 1) / (total + 1) + rng.uniform(-0.07, 0.07))
    y = shape[0] * rng.uniform(0.40, 0.62)
    turn = rng.uniform(0, np.pi)
    return blob(rng, (x, y), size, aspect=rng.uniform(1.05, 1.35), angle=turn, wobble=0.05)


def _mucosa(rng: Rng, shape: Shape) -> Plane:
    """Rings of folds around the lumen, which is off the centre and dark."""
    y, x = axes(shape)
    side = np.float32(max(shape))
    cx, cy = shape[1] * rng.uniform(0.2, 0.8), shape[0] * rng.uniform(0.12, 0.35)
    far = np.sqrt((x - np.float32(cx)) ** 2 + (y - np.float32(cy)) ** 2) / side
    warped = far + np.float32(0.05) * clouds(rng, shape, 5)
    folds = np.sin(np.float32(34) * np.sqrt(np.maximum(warped + np.float32(0.02), 0)))
    light = np.float32(0.52) + np.float32(0.38) * ramp(warped, 0.03, 0.34)
    light *= 1 + np.float32(0.10) * folds + np.float32(0.05) * clouds(rng, shape, 22)
    light *= 1 - np.float32(0.8) * ramp(warped, 0.12, 0.0)
    image = light[..., None] * np.array([0.95, 0.56, 0.46], np.float32)
    # Capillaries: the zero lines of smooth noise branch and close like vessels do.
    lines = ramp(np.abs(clouds(rng, shape, 10)), 0.035, 0.0) * ramp(warped, 0.15, 0.35)
    blend(image, lines * np.float32(0.42), (0.66, 0.22, 0.20))
    return image


def _raise(rng: Rng, image: Plane, spot: Blob) -> None:
    """A dome lit from the lens: bright top, red body, shadowed foot, white reflections."""
    window = spot.window((image.shape[0], image.shape[1]), 1.5)
    part, rho = image[window.at], window.rho
    size = (part.shape[0], part.shape[1])
    blend(part, ramp(rho, 1.38, 1.0) * np.float32(0.55), (0.34, 0.13, 0.11))
    dome = np.sqrt(np.maximum(1 - np.minimum(rho, 1) ** 2, 0))
    y, x = axes(size)
    slant = (x / np.float32(size[1]) + y / np.float32(size[0]) - 1) * np.float32(-0.16)
    light = np.float32(0.50) + np.float32(0.44) * dome + slant
    light *= 1 + np.float32(0.10) * clouds(rng, size, 13)
    body = ramp(rho, 1.03, 0.95)
    for channel, share in enumerate((0.98, 0.40, 0.34)):
        part[..., channel] += body * (light * np.float32(share) - part[..., channel])
    pits = ramp(np.abs(clouds(rng, size, 17)), 0.06, 0.0) * body
    blend(part, pits * np.float32(0.3), (0.58, 0.12, 0.13))
    for _ in range(int(rng.integers(2, 5))):
        turn, out = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.5)
        radius = float(spot.radii.mean())
        at = (
            spot.x + out * radius * np.cos(turn) - 0.15 * radius,
            spot.y + out * radius * np.sin(turn) - 0.2 * radius,
        )
        _glint(image, blob(rng, at, radius * rng.uniform(0.06, 0.13), aspect=1.6, angle=turn))


def _glints(rng: Rng, image: Plane) -> None:
    """Small reflections on wet folds."""
    height, width = image.shape[:2]
    for _ in range(int(rng.integers(3, 8))):
        at = (width * rng.uniform(0.15, 0.85), height * rng.uniform(0.15, 0.85))
        size = max(height, width) * rng.uniform(0.004, 0.012)
        _glint(image, blob(rng, at, size, aspect=2.0, angle=rng.uniform(0, 3)))


def _glint(image: Plane, spot: Blob) -> None:
    window = spot.window((image.shape[0], image.shape[1]), 1.6)
    blend(image[window.at], ramp(window.rho, 1.4, 0.7), (1.0, 0.97, 0.95))


def _aperture(shape: Shape) -> Plane:
    """The round view, cut by the picture's sides: black corners."""
    y, x = axes(shape)
    u = x / np.float32(shape[1]) - np.float32(0.5)
    v = y / np.float32(shape[0]) - np.float32(0.5)
    return ramp(u * u + v * v, 0.315, 0.300) * (1 - np.float32(1.1) * (u * u + v * v))


def _inset(image: Plane) -> None:
    """The scope guide's dark green box in the lower left corner."""
    height, width = image.shape[:2]
    box = image[int(height * 0.70) : int(height * 0.97), int(width * 0.02) : int(width * 0.20)]
    box[:] = np.array([0.02, 0.16, 0.05], np.float32)
    box[2:-2, 2:-2] = np.array([0.01, 0.05, 0.02], np.float32)
