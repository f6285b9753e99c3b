"""Brushes: noise, star-shaped blobs and curves on float32 planes with values of 0 to 1.

Everything is element-wise NumPy: no BLAS call, whose sums may depend on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from m3ds.imaging.raster import fill
from m3ds.phantoms.base import Mask, Pixels, Ring

Plane = NDArray[np.float32]
Rng = np.random.Generator
Shape = tuple[int, int]
Colour = tuple[float, float, float]

_ANGLES = 256


@lru_cache(maxsize=64)
def axes(shape: Shape) -> tuple[Plane, Plane]:
    """Pixel centres as an open grid: y of shape [H, 1], x of shape [1, W]."""
    y = np.arange(shape[0], dtype=np.float32)[:, None] + np.float32(0.5)
    x = np.arange(shape[1], dtype=np.float32)[None, :] + np.float32(0.5)
    y.setflags(write=False)
    x.setflags(write=False)
    return y, x


@lru_cache(maxsize=512)
def _knots(length: int, cells: int) -> tuple[NDArray[np.intp], Plane]:
    """Per pixel its lattice cell and its eased place (3t² − 2t³) between the cell's two ends."""
    place = (np.arange(length, dtype=np.float32) + np.float32(0.5)) * np.float32(cells / length)
    cell = np.minimum(place.astype(np.intp), cells - 1)
    t = place - cell.astype(np.float32)
    return cell, (t * t * (3 - 2 * t)).astype(np.float32)


def clouds(rng: Rng, shape: Shape, cells: float) -> Plane:
    """Value noise of shape [H, W] in −1 to 1, with `cells` bumps along the longer side."""
    step = max(shape) / cells
    rows, columns = (max(1, round(side / step)) for side in shape)
    lattice = rng.uniform(-1, 1, (rows + 1, columns + 1)).astype(np.float32)
    i, s = _knots(shape[0], rows)
    lines = lattice[i] + s[:, None] * (lattice[i + 1] - lattice[i])
    j, t = _knots(shape[1], columns)
    left = lines[:, j]
    return left + t[None, :] * (lines[:, j + 1] - left)


def grain(rng: Rng, shape: Shape) -> Plane:
    """White noise of shape [H, W], mean 0 and deviation 1."""
    return rng.standard_normal(shape, dtype=np.float32)


def ramp(values: Plane, low: float, high: float) -> Plane:
    """0 at `low`, 1 at `high`, eased between them; `low` may be the greater one."""
    t: Plane = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)


def finish(plane: Plane) -> Pixels:
    """Values of 0 to 1 as 8 bits, rounded."""
    return (np.clip(plane, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def blend(image: Plane, alpha: Plane, colour: Colour) -> None:
    """Lay `colour` over an RGB plane of shape [H, W, 3], in place; `alpha` has shape [H, W]."""
    for channel, value in enumerate(colour):
        image[..., channel] += alpha * (np.float32(value) - image[..., channel])


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a picture that a blob reaches, and each pixel's radius relative to its border."""

    at: tuple[slice, slice]
    rho: Plane


@dataclass(frozen=True, slots=True)
class Blob:
    """A star-shaped region: the border's distance from (x, y) at 256 equal steps of the angle."""

    x: float
    y: float
    radii: NDArray[np.float64]

    def ring(self, vertices: int = 64) -> Ring:
        """The outline, shape [vertices, 2]."""
        pick = np.linspace(0, _ANGLES, vertices, endpoint=False).astype(int)
        angle = pick * (2 * np.pi / _ANGLES)
        radius = self.radii[pick]
        return np.stack([self.x + radius * np.cos(angle), self.y + radius * np.sin(angle)], axis=1)

    def window(self, shape: Shape, reach: float = 1.0) -> Window:
        """The pixels within `reach` times the greatest radius; `rho` is 1 on the border."""
        far = float(self.radii.max()) * reach
        top, left = max(0, int(self.y - far)), max(0, int(self.x - far))
        bottom, right = min(shape[0], int(self.y + far) + 2), min(shape[1], int(self.x + far) + 2)
        at = (slice(top, max(top, bottom)), slice(left, max(left, right)))
        y, x = axes(shape)
        dy, dx = y[at[0]] - np.float32(self.y), x[:, at[1]] - np.float32(self.x)
        turn = np.arctan2(dy, dx) * np.float32(_ANGLES / (2 * np.pi))
        border = self.radii.astype(np.float32)[turn.astype(np.intp) % _ANGLES]
        return Window(at, np.sqrt(dx * dx + dy * dy) / border)


def blob(
    rng: Rng,
    centre: tuple[float, float],
    radius: float,
    *,
    aspect: float = 1.0,
    angle: float = 0.0,
    wobble: float = 0.05,
    spikes: int = 0,
    spike: float = 0.0,
) -> Blob:
    """An ellipse whose border is bent and, if asked, spiked.

    Args:
        rng: Decides where the border bends.
        centre: (x, y) in pixels.
        radius: Geometric mean of the half axes, in pixels.
        aspect: First half axis over second.
        angle: Of the first axis, in radians.
        wobble: Amplitude of the slow bends (2 to 6 per turn), relative to the radius.
        spikes, spike: Number and relative height of pointed outgrowths.
    """
    theta = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    a, b = radius * np.sqrt(aspect), radius / np.sqrt(aspect)
    c, s = np.cos(theta - angle), np.sin(theta - angle)
    border = a * b / np.sqrt((b * c) ** 2 + (a * s) ** 2)
    bend = np.zeros(_ANGLES)
    for order in range(2, 7):
        bend += rng.normal() / order * np.cos(order * theta + rng.uniform(0, 2 * np.pi))
    border *= 1 + wobble * 2 * np.clip(bend, -2, 2)
    if spikes:
        place = (np.arange(spikes) + rng.uniform(-0.3, 0.3, spikes)) * (2 * np.pi / spikes)
        height = spike * rng.uniform(0.6, 1.2, spikes)
        apart = np.abs((theta[:, None] - place[None, :] + np.pi) % (2 * np.pi) - np.pi)
        border *= 1 + (height * np.clip(1 - apart * spikes / 2.2, 0, 1) ** 1.6).max(axis=1)
    return Blob(centre[0], centre[1], np.maximum(border, 1.5))


def union(rings: list[Ring], shape: Shape) -> Mask:
    """The pixels whose centre lies in any of the rings."""
    return fill([[(float(x), float(y)) for x, y in ring] for ring in rings], shape[1], shape[0])


def inside(ring: Ring, shape: Shape, margin: float = 1.0) -> Ring:
    """The ring with its vertices moved into the picture, `margin` pixels from its border."""
    return np.stack(
        [
            np.clip(ring[:, 0], margin, shape[1] - margin),
            np.clip(ring[:, 1], margin, shape[0] - margin),
        ],
        axis=1,
    )
