"""Fundus photographs: disc, macula, vessel trees, and the signs of three diseases."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from m3ds.phantoms.base import Mask, Pixels
from m3ds.phantoms.canvas import Plane, Rng, Shape, axes, blend, blob, clouds, finish, ramp

Disease = Literal["A", "D", "G", "N"]

_FINE = 2  # vessels are drawn at twice the size and averaged down, for soft borders


def fundus(rng: Rng, side: int, disease: Disease) -> tuple[Pixels, Mask]:
    """Draw a fundus.

    `A` (macular degeneration): yellow drusen and a pale scar at the macula; `D` (diabetic
    retinopathy): red dots and yellow exudates all over; `G` (glaucoma): a large pale cup and pale,
    thinned surroundings; `N`: none of these.

    Returns:
        RGB pixels of shape [side, side, 3], and the mask of the vessels, shape [side, side].
    """
    shape = (side, side)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    disc = (side * (0.5 - mirror * rng.uniform(0.20, 0.25)), side * rng.uniform(0.46, 0.54))
    macula = (side * (0.5 + mirror * rng.uniform(0.10, 0.15)), side * rng.uniform(0.48, 0.56))
    image, field = _retina(rng, shape, pale=disease == "G")
    _soft(image, rng, macula, side * 0.085, (0.42, 0.13, 0.06), 0.75, 1.0, 0.0)
    if disease == "A":
        _degeneration(rng, image, macula, side)
    _disc(rng, image, disc, side, cup=0.78 if disease == "G" else 0.38)
    vessels = _vessels(rng, side, disc, mirror)
    vessels *= field
    blend(image, vessels * np.float32(0.78), (0.40, 0.06, 0.05))
    if disease == "D":
        _retinopathy(rng, image, disc, side)
    image *= field[..., None]
    return finish(image), vessels > np.float32(0.5)


def _retina(rng: Rng, shape: Shape, *, pale: bool) -> tuple[Plane, Plane]:
    y, x = axes(shape)
    side = np.float32(shape[0])
    u, v = x / side - np.float32(0.5), y / side - np.float32(0.5)
    r2 = u * u + v * v
    field = ramp(r2, 0.2352, 0.2304)
    light = np.float32(1.0) - np.float32(1.5) * r2 + np.float32(0.06) * clouds(rng, shape, 5)
    light += np.float32(0.03) * clouds(rng, shape, 30)
    tone = rng.uniform(0.95, 1.05)
    base = (0.74, 0.42, 0.24) if pale else (0.80, 0.34, 0.13)
    return light[..., None] * np.array([c * tone for c in base], np.float32), field


def _soft(
    image: Plane,
    rng: Rng,
    at: tuple[float, float],
    radius: float,
    colour: tuple[float, float, float],
    alpha: float,
    outer: float,
    inner: float,
) -> None:
    """A round patch that fades from `inner` to `outer` times its radius."""
    spot = blob(rng, at, radius, wobble=0.04)
    window = spot.window((image.shape[0], image.shape[1]), max(1.0, outer))
    blend(image[window.at], ramp(window.rho, outer, inner) * np.float32(alpha), colour)


def _disc(rng: Rng, image: Plane, at: tuple[float, float], side: int, *, cup: float) -> None:
    radius = side * rng.uniform(0.072, 0.080) * (1.18 if cup > 0.5 else 1.0)
    if cup > 0.5:  # atrophy around a glaucomatous disc
        _soft(image, rng, at, radius * 1.7, (0.88, 0.66, 0.42), 0.75, 1.05, 0.8)
    _soft(image, rng, at, radius, (0.97, 0.76, 0.42), 0.95, 1.06, 0.9)
    white = (1.0, 0.98, 0.90) if cup > 0.5 else (1.0, 0.90, 0.62)
    _soft(image, rng, at, radius * cup, white, 0.95, 1.1, 0.85)


def _degeneration(rng: Rng, image: Plane, macula: tuple[float, float], side: int) -> None:
    _soft(image, rng, macula, side * rng.uniform(0.115, 0.14), (0.93, 0.76, 0.30), 0.85, 1.1, 0.6)
    for _ in range(int(rng.integers(22, 34))):
        turn, out = rng.uniform(0, 2 * np.pi), side * 0.21 * np.sqrt(rng.uniform(0.1, 1))
        at = (macula[0] + out * np.cos(turn), macula[1] + out * np.sin(turn))
        radius = side * rng.uniform(0.008, 0.018)
        _soft(image, rng, at, radius, (0.98, 0.86, 0.36), 0.9, 1.2, 0.6)


def _retinopathy(rng: Rng, image: Plane, disc: tuple[float, float], side: int) -> None:
    for number in range(int(rng.integers(44, 58))):
        turn, out = rng.uniform(0, 2 * np.pi), side * 0.42 * np.sqrt(rng.uniform(0, 1))
        at = (side / 2 + out * np.cos(turn), side / 2 + out * np.sin(turn))
        if np.hypot(at[0] - disc[0], at[1] - disc[1]) < side * 0.11:
            continue
        if number % 3:
            radius = side * rng.uniform(0.007, 0.017)
            _soft(image, rng, at, radius, (0.30, 0.01, 0.02), 0.95, 1.15, 0.8)
        else:
            radius = side * rng.uniform(0.008, 0.016)
            _soft(image, rng, at, radius, (1.0, 0.93, 0.62), 0.95, 1.15, 0.8)


def _vessels(
    rng: Rng,
    side: int,
    disc: tuple[float, float],
    mirror: float,
) -> Plane:
    """Coverage of each pixel by vessels, 0 to 1: two arcades around the macula, and nasal twigs."""
    big = side * _FINE
    canvas = Image.new("L", (big, big), 0)
    pen = ImageDraw.Draw(canvas)
    start = np.array(disc) * _FINE
    for up in (-1.0, 1.0):
        for turn, width, bend in (
            (1.15, 0.0145, 0.95),
            (1.35, 0.0105, 0.75),
            (2.35, 0.0090, -0.25),
        ):
            angle = turn + rng.uniform(-0.12, 0.12)
            heading = np.arctan2(up * np.sin(angle), mirror * np.cos(angle))
            curve = -up * mirror * bend
            _branch(rng, pen, start, float(heading), curve, big * width, big * 0.62, 3)
    small = canvas.reduce(_FINE)
    return np.asarray(small, np.float32) / np.float32(255)


def _branch(
    rng: Rng,
    pen: ImageDraw.ImageDraw,
    start: NDArray[np.float64],
    heading: float,
    curve: float,
    width: float,
    length: float,
    depth: int,
) -> None:
    """One vessel that bends by `curve` radians over its length, tapers, and gives off others."""
    steps = 14 if width > 4.5 else 7
    wiggle = np.cumsum(rng.normal(0, 0.07, steps))
    turn = heading + curve * np.linspace(0, 1.25, steps) + wiggle
    stride = length / steps
    points = start + np.stack([np.cumsum(np.cos(turn)), np.cumsum(np.sin(turn))], axis=1) * stride
    path = [(float(x), float(y)) for x, y in (start, *points)]
    for number in range(0, steps, 2):
        thick = max(2, round(width * (1 - 0.6 * number / steps)))
        pen.line(path[number : number + 3], fill=255, width=thick, joint="curve")
    if depth == 0 or width < 2.2:
        return
    side = 1.0 if rng.random() < 0.5 else -1.0
    for number in range(2, steps - 1, 3):
        side = -side
        _branch(
            rng,
            pen,
            np.array(path[number]),
            float(turn[number - 1] + side * rng.uniform(0.5, 0.9)),
            -side * 0.5,
            width * 0.55,
            length * rng.uniform(0.34, 0.46),
            depth - 1,
        )
