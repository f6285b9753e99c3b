"""B-mode ultrasound: speckle, layers, attenuation, and a dark nodule with what lies behind it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from m3ds.phantoms.base import Pixels, Ring
from m3ds.phantoms.canvas import Blob, Plane, Rng, Shape, axes, blob, clouds, finish, ramp

Organ = Literal["breast", "thyroid"]


def scan(
    rng: Rng, shape: Shape, organ: Organ, lesions: tuple[bool, ...]
) -> tuple[Pixels, list[Ring]]:
    """Draw a scan with one nodule per entry of `lesions`, malignant where it is true.

    A benign nodule is an oval, wider than tall, smooth, with bright tissue behind it; a malignant
    one is angular and spiked, taller than wide, darker, and casts a shadow.

    Returns:
        Grey pixels of shape [H, W], and one ring per nodule.
    """
    tissue = _breast(rng, shape) if organ == "breast" else _thyroid(rng, shape)
    nodules = [
        (_nodule(rng, shape, malignant, number, len(lesions)), malignant)
        for number, malignant in enumerate(lesions)
    ]
    for nodule, malignant in nodules:
        _behind(tissue, nodule, malignant)
        _inside(rng, tissue, nodule, malignant)
    return finish(_speckle(rng, tissue)), [nodule.ring(72) for nodule, _ in nodules]


def _nodule(rng: Rng, shape: Shape, malignant: bool, number: int, total: int) -> Blob:
    x = shape[1] * ((number + 1) / (total + 1) + rng.uniform(-0.08, 0.08) / total)
    y = shape[0] * rng.uniform(0.42, 0.54)
    size = min(shape) * rng.uniform(0.13, 0.18) / (1 + 0.5 * (total - 1))
    if malignant:
        return blob(
            rng,
            (x, y),
            size * 0.92,
            aspect=rng.uniform(1.15, 1.4),
            angle=np.pi / 2 + rng.uniform(-0.25, 0.25),
            wobble=0.07,
            spikes=int(rng.integers(8, 13)),
            spike=rng.uniform(0.32, 0.5),
        )
    return blob(
        rng,
        (x, y),
        size * 1.08,
        aspect=rng.uniform(1.4, 1.8),
        angle=rng.uniform(-0.15, 0.15),
        wobble=0.015,
    )


def _inside(rng: Rng, tissue: Plane, nodule: Blob, malignant: bool) -> None:
    window = nodule.window((tissue.shape[0], tissue.shape[1]), 1.3)
    part = tissue[window.at]
    size = (part.shape[0], part.shape[1])
    level = 0.09 if malignant else 0.24
    echo = np.float32(level) * (1 + np.float32(0.5 if malignant else 0.2) * clouds(rng, size, 5))
    border = (1.10, 0.88) if malignant else (1.03, 0.96)
    if not malignant:  # the capsule
        part += ramp(np.abs(window.rho - np.float32(1.05)), 0.09, 0.0) * np.float32(0.25)
    part += ramp(window.rho, *border) * (echo - part)
    if malignant:  # microcalcifications
        dots = ramp(clouds(rng, size, 26), 0.72, 0.80) * ramp(window.rho, 0.9, 0.7)
        part += dots * np.float32(0.5)


def _behind(tissue: Plane, nodule: Blob, malignant: bool) -> None:
    """Shadow or enhancement: a column below the nodule, fading with depth."""
    y, x = axes((tissue.shape[0], tissue.shape[1]))
    half = float(np.abs(nodule.radii * np.cos(np.arange(256) * np.pi / 128)).max()) * 0.85
    deep = (y - np.float32(nodule.y)) / np.float32(tissue.shape[0])
    column = ramp(np.abs(x - np.float32(nodule.x)) / np.float32(half), 1.1, 0.7)
    fade = ramp(deep, 0.0, 0.06) * ramp(deep, 0.62, 0.1)
    tissue *= 1 + column * fade * np.float32(-0.72 if malignant else 0.75)


def _breast(rng: Rng, shape: Shape) -> Plane:
    """Skin, fat lobules, fibroglandular tissue, the muscle's fascia, from top to bottom."""
    y, _ = axes(shape)
    depth = y / np.float32(shape[0]) + np.float32(0.035) * clouds(rng, shape, 4)
    gland = ramp(depth, 0.20, 0.30) * ramp(depth, 0.82, 0.72)
    lobules = np.abs(clouds(rng, shape, 9))
    tissue = np.float32(0.20) + gland * np.float32(0.26)
    tissue += (
        np.float32(0.20) * clouds(rng, shape, 16) * (np.float32(0.4) + gland * np.float32(0.6))
    )
    tissue += ramp(lobules, 0.10, 0.0) * np.float32(0.16)
    tissue += _band(depth, 0.045, 0.028) * np.float32(0.55)
    tissue += _band(depth, 0.80, 0.018) * np.float32(0.32)
    lit: Plane = np.maximum(tissue, 0.04) * _gain(shape)
    return lit


def _thyroid(rng: Rng, shape: Shape) -> Plane:
    """Strap muscles, the even gland, the trachea's arc on one side and the carotid on the other."""
    y, x = axes(shape)
    depth = y / np.float32(shape[0]) + np.float32(0.02) * clouds(rng, shape, 3)
    side = 1.0 if rng.random() < 0.5 else -1.0
    across = np.float32(side) * (x / np.float32(shape[1]) - np.float32(0.5))
    gland = ramp(depth, 0.26, 0.30) * ramp(depth, 0.80, 0.74)
    fibres = np.sin(depth * 150) * ramp(depth, 0.28, 0.22)
    tissue = np.float32(0.20) + gland * np.float32(0.27) + np.float32(0.05) * fibres
    tissue += np.float32(0.06) * clouds(rng, shape, 20)
    tissue += _band(depth, 0.05, 0.03) * np.float32(0.45)
    tissue += _band(depth, 0.27, 0.012) * np.float32(0.35)
    tissue += _band(depth, 0.80, 0.014) * np.float32(0.3)
    rings = (across - np.float32(0.52)) ** 2 * 2 + (depth - np.float32(0.62)) ** 2
    tissue += (ramp(rings, 0.055, 0.045) * ramp(rings, 0.030, 0.042)) * np.float32(0.5)
    tissue *= 1 - np.float32(0.8) * ramp(rings, 0.040, 0.025)
    vessel = (across + np.float32(0.43)) ** 2 * 1.6 + (depth - np.float32(0.60)) ** 2
    tissue *= 1 - np.float32(0.85) * ramp(vessel, 0.0075, 0.005)
    lit: Plane = np.maximum(tissue, 0.03) * _gain(shape)
    return lit


def _band(depth: Plane, at: float, half: float) -> Plane:
    return ramp(np.abs(depth - np.float32(at)), half, half * 0.2)


def _gain(shape: Shape) -> Plane:
    """Brightness over depth, focused in the middle, and a little weaker at the probe's ends."""
    y, x = axes(shape)
    v = y / np.float32(shape[0])
    u = x / np.float32(shape[1]) - np.float32(0.5)
    along = np.float32(1.12) - np.float32(0.75) * (v - np.float32(0.40)) ** 2
    gain: Plane = along * (1 - np.float32(0.9) * u * u)
    return gain


def _speckle(rng: Rng, tissue: Plane) -> Plane:
    """Multiplicative noise with a Rayleigh-like tail, coarser across the beam than in depth."""
    height, width = tissue.shape
    # The root of an exponential variate is a Rayleigh one: the envelope of many scatterers.
    envelope = np.sqrt(rng.standard_exponential((height, width // 2 + 2), dtype=np.float32))
    smooth = np.empty((height, 2 * (envelope.shape[1] - 1)), np.float32)
    smooth[:, 0::2] = envelope[:, :-1]
    smooth[:, 1::2] = (envelope[:, :-1] + envelope[:, 1:]) / 2
    smooth[1:] = smooth[1:] * np.float32(0.65) + smooth[:-1] * np.float32(0.35)
    return tissue * (np.float32(0.30) + np.float32(0.80) * smooth[:, :width])
