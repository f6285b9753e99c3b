"""A frontal chest film: thorax, lungs, ribs, heart, and findings laid over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from m3ds.phantoms.base import Pixels, Region
from m3ds.phantoms.canvas import Blob, Plane, Rng, Shape, axes, blob, clouds, finish, grain, ramp
from m3ds.phantoms.findings import SLOTS, place_finding


@dataclass(frozen=True, slots=True)
class Thorax:
    """Where things are in one chest, in pixels of a square film of side `side`.

    Args:
        side: Of the film.
        lungs: Per lung (picture-left first) centre x, centre y, half width, half height.
    """

    side: int
    lungs: tuple[tuple[float, float, float, float], tuple[float, float, float, float]]


def chest_film(rng: Rng, side: int, findings: tuple[str, ...]) -> tuple[Pixels, list[Region]]:
    """Draw a chest with `findings`, each where it belongs.

    Args:
        rng: Decides build, exposure and places.
        side: Height and width.
        findings: Names out of `SLOTS`, each once; a finding may get several instances. One whose
            place is taken by those before it is left out.

    Returns:
        Grey pixels of shape [side, side], and one region per instance.
    """
    shape = (side, side)
    thorax = _thorax(rng, side)
    enlarged = "Cardiomegaly" in findings
    film, heart = _anatomy(rng, thorax, enlarged=enlarged)
    regions = [Region("Cardiomegaly", heart.ring(96))] if enlarged else []
    free = [set(SLOTS), set(SLOTS)]
    for name in findings:
        if name == "Cardiomegaly":
            continue
        rings = place_finding(rng, film, thorax.lungs, name, free)
        regions += [Region(name, ring) for ring in rings]
    film += np.float32(0.016) * grain(rng, shape)
    return finish(film), regions


def _thorax(rng: Rng, side: int) -> Thorax:
    middle = 0.5 + rng.uniform(-0.02, 0.02)
    width, height = rng.uniform(0.160, 0.182), rng.uniform(0.305, 0.345)
    y = 0.45 + rng.uniform(-0.02, 0.02)
    apart = width + 0.065
    return Thorax(
        side,
        (
            ((middle - apart) * side, y * side, width * side, height * side),
            ((middle + apart + 0.01) * side, (y + 0.01) * side, width * side, height * side),
        ),
    )


def _lung_cubed(lung: tuple[float, float, float, float], shape: Shape) -> Plane:
    """Cube of the distance from a lung's centre relative to its border; narrow at the apex."""
    y, x = axes(shape)
    cx, cy, a, b = lung
    v = (y - np.float32(cy)) / np.float32(b)
    # A lung widens downwards: its half width runs from 0.64 at the apex to full at the base.
    wide = np.float32(a) * (np.float32(0.84) + np.float32(0.20) * np.clip(v, -1, 0.8))
    u = (x - np.float32(cx)) / wide
    cubed: Plane = u * u * np.abs(u) + v * v * np.abs(v)
    return cubed


def _anatomy(rng: Rng, thorax: Thorax, *, enlarged: bool) -> tuple[Plane, Blob]:
    shape = (thorax.side, thorax.side)
    side = np.float32(thorax.side)
    y, x = axes(shape)
    middle = (thorax.lungs[0][0] + thorax.lungs[1][0]) / 2
    # Body: shoulders wide, neck above; outside of it is air.
    across = np.abs(x - np.float32(middle)) / side
    reach = np.float32(0.455) - np.float32(0.34) * ramp(y / side, 0.13, -0.02)
    body = ramp(across - reach, 0.02, -0.02)
    film = body * (np.float32(0.60) + np.float32(0.04) * clouds(rng, shape, 4))
    air = np.maximum(*(ramp(_lung_cubed(lung, shape), 1.16, 0.8) for lung in thorax.lungs))
    vessels = np.float32(0.035) * clouds(rng, shape, 34) + np.float32(0.03) * clouds(rng, shape, 14)
    film += air * (np.float32(0.20) + vessels - film)
    _ribs(film, thorax, air, body)
    spine = ramp(across, 0.075, 0.045) * (
        np.float32(0.72) + np.float32(0.03) * np.sin(y / side * 95)
    )
    np.maximum(film, spine * body, out=film)
    return film, _heart(rng, film, thorax, middle, enlarged=enlarged)


def _ribs(film: Plane, thorax: Thorax, air: Plane, body: Plane) -> None:
    """Bands that fall away from the spine, twelve a side, brighter over the lungs' darkness."""
    side = np.float32(thorax.side)
    y, x = axes((thorax.side, thorax.side))
    middle = np.float32((thorax.lungs[0][0] + thorax.lungs[1][0]) / 2)
    out = np.abs(x - middle) / side
    # Each rib rises a little from the spine and then falls: a parabola per side.
    phase = (y / side - np.float32(0.9) * out * out + np.float32(0.16) * out) * np.float32(15.5)
    band = np.abs(phase - np.floor(phase) - np.float32(0.5))
    rib = ramp(band, 0.24, 0.17) * (np.float32(0.55) + np.float32(0.45) * ramp(band, 0.05, 0.19))
    film += rib * (np.float32(0.13) * air + np.float32(0.035) * body)
    collar = np.abs(y / side - np.float32(0.155) + np.float32(0.10) * out)
    film += (
        ramp(collar, 0.018, 0.010)
        * ramp(out, 0.40, 0.36)
        * ramp(out, 0.03, 0.06)
        * np.float32(0.16)
    )


def _heart(rng: Rng, film: Plane, thorax: Thorax, middle: float, *, enlarged: bool) -> Blob:
    side = thorax.side
    size = rng.uniform(0.195, 0.215) if enlarged else rng.uniform(0.115, 0.13)
    heart = blob(
        rng,
        (middle + side * (0.035 if enlarged else 0.045), side * (0.605 if enlarged else 0.62)),
        side * size,
        aspect=1.42 if enlarged else 1.15,
        angle=0.35,
        wobble=0.02,
    )
    window = heart.window((side, side), 1.15)
    film[window.at] += ramp(window.rho, 1.09, 0.9) * (np.float32(0.70) - film[window.at])
    arch = blob(rng, (middle + side * 0.04, side * 0.34), side * 0.055, wobble=0.02)
    window = arch.window((side, side), 1.3)
    film[window.at] += (
        ramp(window.rho, 1.1, 0.8) * (np.float32(0.68) - film[window.at]) * np.float32(0.8)
    )
    return heart
