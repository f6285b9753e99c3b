"""The thirteen findings of ChestX-Det: where each lies, its outline, what it does to the film."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from m3ds.phantoms.base import Ring
from m3ds.phantoms.canvas import Plane, Rng, blob, clouds, inside, ramp, union

Lung = tuple[float, float, float, float]

SLOTS = ("apex", "mid", "base", "wall")
"""Places in a lung; a finding takes one, or all of them."""

FINDINGS = (
    "Atelectasis",
    "Calcification",
    "Cardiomegaly",
    "Consolidation",
    "Diffuse Nodule",
    "Effusion",
    "Emphysema",
    "Fibrosis",
    "Fracture",
    "Mass",
    "Nodule",
    "Pleural Thickening",
    "Pneumothorax",
)
"""As upstream spells them."""


def place_finding(
    rng: Rng, film: Plane, lungs: tuple[Lung, Lung], name: str, free: list[set[str]]
) -> list[Ring]:
    """Paint the finding `name` into one or both lungs, where there is room.

    Args:
        rng: Decides side, place and shape.
        film: Grey plane of shape [H, W], changed in place.
        lungs: Picture-left first: centre x, centre y, half width, half height.
        name: One of `FINDINGS`, but Cardiomegaly.
        free: Per lung the slots not yet taken; changed in place.

    Returns:
        One ring per instance; none where every place is taken.
    """
    slots, paint = _PAINT[name]
    both = name in _BILATERAL and rng.random() < _BILATERAL[name]
    rings: list[Ring] = []
    for side in rng.permutation(2):
        if rings and not both:
            break
        room = [slot for slot in slots if slot in free[side]]
        if not room or (slots == SLOTS and len(room) < len(SLOTS)):
            continue
        taken = SLOTS if slots == SLOTS else (room[int(rng.integers(len(room)))],)
        free[side] -= set(taken)
        mirror = -1.0 if side == 0 else 1.0
        rings.append(inside(paint(rng, film, lungs[side], mirror, taken[0]), _shape(film)))
    return rings


def _shape(film: Plane) -> tuple[int, int]:
    return film.shape[0], film.shape[1]


def _centre(rng: Rng, lung: Lung, slot: str, mirror: float) -> tuple[float, float]:
    """Somewhere in a slot; `mirror` is the sign of the direction away from the spine."""
    x, y, a, b = lung
    u, v = {"apex": (-0.05, -0.55), "mid": (0.05, -0.1), "base": (0.1, 0.5), "wall": (0.5, 0.1)}[
        slot
    ]
    return (
        x + a * (mirror * u + rng.uniform(-0.16, 0.16)),
        y + b * (v + rng.uniform(-0.08, 0.08)),
    )


def _lay(film: Plane, ring: Ring, light: Plane | float, soft: int = 2) -> None:
    """Move the film towards `light` inside a ring, its border softened over `soft` pixels."""
    shape = _shape(film)
    far = soft + 2
    left, top = np.maximum(ring.min(axis=0) - far, 0).astype(int)
    right, bottom = np.minimum(ring.max(axis=0) + far, (shape[1], shape[0])).astype(int)
    at = (slice(top, bottom), slice(left, right))
    weight = union([ring - (left, top)], (bottom - top, right - left)).astype(np.float32)
    for _ in range(soft):
        weight[1:-1] = (weight[:-2] + 2 * weight[1:-1] + weight[2:]) / 4
        weight[:, 1:-1] = (weight[:, :-2] + 2 * weight[:, 1:-1] + weight[:, 2:]) / 4
    target = light if isinstance(light, float) else light[at]
    film[at] += weight * (target - film[at])


def _round(film: Plane, rng: Rng, at: tuple[float, float], radius: float, light: float) -> Ring:
    spot = blob(rng, at, radius, wobble=0.03)
    window = spot.window(_shape(film), 1.4)
    film[window.at] += ramp(window.rho, 1.12, 0.8) * (np.float32(light) - film[window.at])
    return spot.ring(40)


def _nodule(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    return _round(
        film, rng, _centre(rng, lung, slot, mirror), lung[2] * rng.uniform(0.15, 0.18), 0.62
    )


def _mass(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    return _round(
        film, rng, _centre(rng, lung, slot, mirror), lung[2] * rng.uniform(0.42, 0.5), 0.72
    )


def _calcification(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    radius = max(2.6, lung[2] * rng.uniform(0.07, 0.09))
    return _round(film, rng, _centre(rng, lung, slot, mirror), radius, 0.98)


def _consolidation(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    patch = blob(
        rng,
        _centre(rng, lung, slot, mirror),
        lung[2] * rng.uniform(0.60, 0.72),
        aspect=1.5,
        angle=np.pi / 2 + rng.uniform(-0.2, 0.2),
        wobble=0.13,
    )
    light = np.float32(0.58) + np.float32(0.10) * clouds(rng, _shape(film), 26)
    _lay(film, patch.ring(), light, 4)
    return patch.ring(72)


def _atelectasis(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    plate = blob(
        rng,
        _centre(rng, lung, slot, mirror),
        lung[2] * rng.uniform(0.27, 0.31),
        aspect=7.5,
        angle=rng.uniform(-0.16, 0.16),
        wobble=0.04,
    )
    _lay(film, plate.ring(), 0.66, 1)
    return plate.ring(48)


def _fibrosis(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    patch = blob(
        rng,
        _centre(rng, lung, slot, mirror),
        lung[2] * rng.uniform(0.50, 0.58),
        aspect=1.1,
        angle=rng.uniform(0, 3),
        wobble=0.16,
    )
    mesh = np.abs(clouds(rng, _shape(film), 46))
    light = np.float32(0.84) - np.float32(0.62) * ramp(mesh, 0.04, 0.30)
    _lay(film, patch.ring(), light, 1)
    return patch.ring(72)


def _diffuse(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    x, y, a, b = lung
    field = blob(rng, (x, y), np.sqrt(a * b) * 0.80, aspect=b / a, angle=np.pi / 2, wobble=0.03)
    dots = ramp(clouds(rng, _shape(film), 52), 0.30, 0.55)
    at = union([field.ring()], _shape(film))
    film += at * dots * np.float32(0.36)
    return field.ring(80)


def _emphysema(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    x, y, a, b = lung
    field = blob(rng, (x, y), np.sqrt(a * b) * 0.86, aspect=b / a, angle=np.pi / 2, wobble=0.02)
    film -= union([field.ring()], _shape(film)) * film * np.float32(0.62)
    return field.ring(80)


def _effusion(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    """Fluid: its upper border climbs towards the chest wall, its lower one is the diaphragm."""
    x, y, a, b = lung
    s = np.linspace(-0.9, 0.98, 24)
    level = y + b * rng.uniform(0.50, 0.58)
    top = level + b * 0.32 * (1 - ((s + 0.9) / 1.88) ** 1.8)
    floor = y + b * (0.99 - 0.16 * s**4)
    upper = np.stack([x + mirror * a * s, top], axis=1)
    lower = np.stack([x + mirror * a * s, floor], axis=1)[::-1]
    ring = np.concatenate([upper, lower])
    _lay(film, ring, 0.80, 3)
    return ring


def _pneumothorax(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    """Air outside the collapsed lung: a black crescent over the apex and down the side."""
    x, y, a, b = lung
    turn = np.linspace(-np.pi * 0.80, np.pi * 0.14, 40)
    thick = rng.uniform(0.34, 0.42) * np.sin((turn - turn[0]) / (turn[-1] - turn[0]) * np.pi) ** 0.7
    outer = np.stack([x + mirror * a * 0.92 * np.cos(turn), y + b * 0.92 * np.sin(turn)], axis=1)
    r = 0.92 - thick
    inner = np.stack([x + mirror * a * r * np.cos(turn), y + b * r * np.sin(turn)], axis=1)
    ring = np.concatenate([outer, inner[::-1]])
    _lay(film, ring, 0.03, 1)
    return ring


def _thickening(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    """A bright lining along the side wall."""
    x, y, a, b = lung
    v = np.linspace(-0.42, 0.52, 24)
    wall = x + mirror * a * (0.84 + 0.20 * v) * np.cbrt(1 - np.abs(v) ** 3)
    thick = a * rng.uniform(0.15, 0.19) * (0.55 + 0.45 * np.sin((v + 0.42) / 0.94 * np.pi))
    outer = np.stack([wall + mirror * a * 0.03, y + b * v], axis=1)
    inner = np.stack([wall - mirror * thick, y + b * v], axis=1)
    ring = np.concatenate([outer, inner[::-1]])
    _lay(film, ring, 0.78, 1)
    return ring


def _fracture(rng: Rng, film: Plane, lung: Lung, mirror: float, slot: str) -> Ring:
    """A rib that is cut through: a bright stump on each side of a black gap."""
    x, y = _centre(rng, lung, slot, mirror)
    slope = mirror * rng.uniform(0.60, 0.75)
    length, half = lung[2] * rng.uniform(0.30, 0.35), lung[2] * 0.12
    u = np.array([np.cos(slope), np.sin(slope)])
    n = np.array([-u[1], u[0]])
    at = np.array([x, y])

    def bar(low: float, high: float, wide: float) -> Ring:
        return np.array(
            [
                at + u * low - n * wide,
                at + u * high - n * wide,
                at + u * high + n * wide,
                at + u * low + n * wide,
            ]
        )

    _lay(film, bar(-length, length, half), 0.88, 1)
    _lay(film, bar(-length * 0.16, length * 0.16, half * 1.25), 0.04, 1)
    return bar(-length, length, half * 1.3)


_Painter = Callable[[Rng, Plane, Lung, float, str], Ring]

_PAINT: dict[str, tuple[tuple[str, ...], _Painter]] = {
    "Atelectasis": (("mid", "base"), _atelectasis),
    "Calcification": (("apex", "mid"), _calcification),
    "Consolidation": (("mid", "base"), _consolidation),
    "Diffuse Nodule": (SLOTS, _diffuse),
    "Effusion": (("base",), _effusion),
    "Emphysema": (SLOTS, _emphysema),
    "Fibrosis": (("apex", "mid"), _fibrosis),
    "Fracture": (("mid", "base"), _fracture),
    "Mass": (("apex", "mid"), _mass),
    "Nodule": (("apex", "mid", "base"), _nodule),
    "Pleural Thickening": (("wall",), _thickening),
    "Pneumothorax": (SLOTS, _pneumothorax),
}
_BILATERAL = {
    "Consolidation": 0.3,
    "Diffuse Nodule": 0.6,
    "Effusion": 0.4,
    "Emphysema": 0.6,
    "Fibrosis": 0.25,
    "Nodule": 0.35,
    "Calcification": 0.3,
    "Pleural Thickening": 0.3,
}
"""How often a finding is on both sides."""
