"""Radiographs of limbs: the skeleton of each body part, laid out in fractions of the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from m3ds.phantoms.base import Pixels, Ring
from m3ds.phantoms.bones import Bone, Break, expose, outline
from m3ds.phantoms.canvas import Plane, Rng, Shape, clouds, finish, grain, inside

# start x, start y, end x, end y, shaft, head at start, head at end, density
_Row = tuple[float, float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """A body part.

    Args:
        rows: Its bones; positions relative to the picture, widths to its longer side.
        sites: Where it breaks: (bone, from, to) with places along the bone.
        thickness: Brightness of the soft tissue: a shoulder swallows more than a finger.
        haze: Brightness of what lies around it.
        length, margin: Half length of the outlined region relative to the bone's half width there,
            and its half width likewise.
        slope: Greatest slope of the break.
    """

    rows: tuple[_Row, ...]
    sites: tuple[tuple[int, float, float], ...]
    thickness: float
    haze: float
    length: float
    margin: float
    slope: float


def _fingers() -> tuple[_Row, ...]:
    rows: list[_Row] = []
    for column, (x, top, lean) in enumerate(
        ((0.16, 0.22, -0.05), (0.38, 0.08, -0.015), (0.60, 0.06, 0.02), (0.82, 0.18, 0.06))
    ):
        joints = [0.98, 0.70, 0.47, 0.31, 0.20]
        scale = (0.98 - top) / 0.78
        ys = [0.98 - (0.98 - joint) * scale for joint in joints]
        for part in range(4):
            x0, x1 = x + lean * (0.98 - ys[part]), x + lean * (0.98 - ys[part + 1])
            width = (0.030, 0.026, 0.021, 0.016)[part] * (0.92 if column in {0, 3} else 1.0)
            y0, y1 = ys[part] - 0.012, ys[part + 1] + 0.012
            rows.append((x0, y0, x1, y1, width, width * 1.45, width * 1.3, 1.0))
    return tuple(rows)


def _wrist() -> tuple[_Row, ...]:
    rows: list[_Row] = [
        (0.36, 1.05, 0.40, 0.60, 0.055, 0.055, 0.098, 1.0),
        (0.64, 1.05, 0.63, 0.63, 0.036, 0.036, 0.055, 1.0),
    ]
    for x, y in (
        (0.36, 0.48),
        (0.48, 0.47),
        (0.60, 0.50),
        (0.34, 0.38),
        (0.45, 0.36),
        (0.57, 0.38),
    ):
        rows.append((x - 0.015, y, x + 0.015, y + 0.01, 0.045, 0.045, 0.045, 0.8))
    for x, lean in ((0.24, -0.16), (0.38, -0.05), (0.52, 0.05), (0.64, 0.14)):
        rows.append((x, 0.28, x + lean, -0.08, 0.026, 0.042, 0.040, 0.95))
    return tuple(rows)


PARTS: dict[str, Part] = {
    "elbow": Part(
        rows=(
            (0.34, -0.05, 0.44, 0.52, 0.058, 0.058, 0.118, 1.0),
            (0.40, 0.60, 1.04, 0.84, 0.040, 0.082, 0.040, 1.0),
            (0.52, 0.55, 1.05, 0.68, 0.032, 0.055, 0.034, 0.9),
        ),
        sites=((0, 0.84, 0.90),),
        thickness=0.24,
        haze=0.02,
        length=0.35,
        margin=1.0,
        slope=0.12,
    ),
    "fingers": Part(
        _fingers(), ((4, 0.4, 0.6), (5, 0.3, 0.7), (8, 0.4, 0.7)), 0.15, 0.01, 0.9, 1.4, 0.3
    ),
    "forearm": Part(
        rows=(
            (0.37, -0.05, 0.40, 1.05, 0.046, 0.075, 0.06, 1.0),
            (0.62, -0.05, 0.60, 1.05, 0.040, 0.05, 0.07, 1.0),
        ),
        sites=((0, 0.35, 0.65), (1, 0.35, 0.65)),
        thickness=0.19,
        haze=0.015,
        length=2.5,
        margin=1.0,
        slope=0.9,
    ),
    "humerus": Part(
        rows=(
            (0.50, 0.16, 0.47, 1.06, 0.078, 0.145, 0.10, 1.05),
            (0.66, 0.02, 0.86, 0.30, 0.040, 0.06, 0.05, 0.5),
        ),
        sites=((0, 0.42, 0.66),),
        thickness=0.33,
        haze=0.04,
        length=1.15,
        margin=1.25,
        slope=0.5,
    ),
    "shoulder": Part(
        rows=(
            (0.36, 0.40, 0.24, 1.06, 0.070, 0.135, 0.075, 1.0),
            (0.34, 0.20, 1.05, 0.12, 0.032, 0.045, 0.05, 0.8),
            (0.58, 0.34, 0.70, 0.92, 0.060, 0.075, 0.035, 0.45),
            (0.70, 0.40, 1.05, 0.60, 0.018, 0.02, 0.02, 0.35),
            (0.72, 0.55, 1.05, 0.76, 0.018, 0.02, 0.02, 0.35),
            (0.74, 0.70, 1.05, 0.92, 0.018, 0.02, 0.02, 0.35),
        ),
        sites=((0, 0.10, 0.17),),
        thickness=0.42,
        haze=0.22,
        length=0.55,
        margin=0.95,
        slope=0.2,
    ),
    "wrist": Part(_wrist(), ((0, 0.86, 0.92),), 0.20, 0.015, 0.3, 1.05, 0.1),
    "hand": Part(
        _fingers(),
        ((0, 0.2, 0.7), (4, 0.3, 0.7), (9, 0.3, 0.7), (13, 0.2, 0.7)),
        0.17,
        0.01,
        1.2,
        1.2,
        0.5,
    ),
    "leg": Part(
        rows=(
            (0.42, -0.05, 0.44, 1.02, 0.068, 0.13, 0.09, 1.05),
            (0.66, 0.06, 0.61, 1.02, 0.026, 0.042, 0.045, 0.9),
        ),
        sites=((0, 0.3, 0.8), (1, 0.3, 0.85)),
        thickness=0.27,
        haze=0.02,
        length=1.0,
        margin=1.1,
        slope=0.7,
    ),
    "hip": Part(
        rows=(
            (0.31, 0.66, 0.49, 0.47, 0.066, 0.080, 0.112, 0.95),
            (0.29, 0.60, 0.25, 1.06, 0.070, 0.098, 0.070, 1.0),
            (0.56, 0.42, 0.66, -0.06, 0.105, 0.115, 0.22, 0.5),
            (0.56, 0.53, 0.98, 0.60, 0.034, 0.060, 0.050, 0.6),
            (0.58, 0.56, 0.70, 0.88, 0.042, 0.065, 0.055, 0.6),
            (0.72, 0.88, 0.98, 0.66, 0.030, 0.050, 0.040, 0.5),
            (0.97, -0.08, 0.97, 0.44, 0.100, 0.120, 0.06, 0.45),
        ),
        sites=((0, 0.45, 0.6), (1, 0.15, 0.35)),
        thickness=0.40,
        haze=0.10,
        length=0.6,
        margin=1.0,
        slope=0.4,
    ),
}


def radiograph(
    rng: Rng, shape: Shape, part: str, breaks: int, *, vertices: tuple[int, int]
) -> tuple[Pixels, list[Ring]]:
    """Draw a body part with `breaks` fractures.

    Args:
        rng: Decides pose, exposure and the fractures.
        shape: (height, width).
        part: A key of `PARTS`.
        breaks: How many bones are broken; fewer where a part has fewer sites.
        vertices: Least and greatest number of an outline's vertices.

    Returns:
        Grey pixels of shape [H, W], and one ring per fracture.
    """
    what = PARTS[part]
    place = _pose(rng, shape)
    bones = [_bone(row, place, shape, what) for row in what.rows]
    sites = rng.permutation(len(what.sites))[:breaks]
    cracks = {what.sites[i][0]: _crack(rng, bones, what, what.sites[i]) for i in sites}
    film, tissue = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for index, bone in enumerate(bones):
        expose(rng, film, tissue, bone, cracks.get(index))
    rings = [
        inside(
            outline(rng, bones[i], crack, int(rng.integers(vertices[0], vertices[1] + 1))), shape
        )
        for i, crack in cracks.items()
    ]
    return _develop(rng, film, tissue, what), rings


def _pose(rng: Rng, shape: Shape) -> Callable[[float, float], tuple[float, float]]:
    """A little turn, scale and shift, and a mirror for the other side of the body."""
    turn, scale = rng.uniform(-0.12, 0.12), rng.uniform(0.94, 1.06)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    dx, dy = rng.uniform(-0.03, 0.03, 2)
    c, s = float(np.cos(turn)) * scale, float(np.sin(turn)) * scale

    def place(x: float, y: float) -> tuple[float, float]:
        px, py = (x - 0.5) * shape[1], (y - 0.5) * shape[0]
        qx, qy = c * px - s * py, s * px + c * py
        return mirror * qx + (0.5 + dx) * shape[1], qy + (0.5 + dy) * shape[0]

    return place


def _bone(
    row: _Row, place: Callable[[float, float], tuple[float, float]], shape: Shape, part: Part
) -> Bone:
    x0, y0, x1, y1, shaft, head0, head1, density = row
    # Widths go with the narrower fit of the part to the picture.
    unit = min(max(shape), min(shape) * 1.25)
    return Bone(
        place(x0, y0),
        place(x1, y1),
        shaft * unit,
        (head0 * unit, head1 * unit),
        density,
        2.6 + part.thickness,
    )


def _crack(rng: Rng, bones: list[Bone], part: Part, site: tuple[int, float, float]) -> Break:
    bone = bones[site[0]]
    spot = float(rng.uniform(site[1], site[2]))
    width = bone.width_at(spot)
    return Break(
        place=spot,
        slope=float(rng.uniform(0.5, 1.0) * part.slope * rng.choice([-1, 1])),
        gap=max(1.2, 0.09 * width),
        shift=float(rng.uniform(0.08, 0.28) * width * rng.choice([-1, 1])),
        bend=float(rng.uniform(-0.08, 0.08)),
        half_length=max(3.0, part.length * width * float(rng.uniform(0.92, 1.08))),
        margin=part.margin,
    )


def _develop(rng: Rng, film: Plane, tissue: Plane, part: Part) -> Pixels:
    shape = (film.shape[0], film.shape[1])
    uneven = 1 + np.float32(0.18) * clouds(rng, shape, 5)
    soft = np.float32(part.haze) + np.float32(part.thickness) * tissue * uneven
    trabeculae = 1 + np.float32(0.10) * clouds(rng, shape, 60)
    light = soft + (1 - soft) * film * trabeculae
    light += np.float32(0.012) * grain(rng, shape)
    return finish(light * np.float32(rng.uniform(0.94, 1.06)))
