"""A tubular bone on a radiograph: cortex, marrow, soft tissue around it, and a break in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from m3ds.phantoms.base import Ring
from m3ds.phantoms.canvas import Plane, Rng, axes, ramp


@dataclass(frozen=True, slots=True)
class Break:
    """A fracture across a bone.

    Args:
        place: Along the bone, 0 to 1.
        slope: Pixels along the bone per pixel across it; 0 is transverse.
        gap, shift: Width of the line and step of the far part, in pixels.
        bend: Angulation of the far part, in radians (small).
        half_length: Of the outlined region along the bone, in pixels.
        margin: Half width of the outlined region, relative to the bone's.
    """

    place: float
    slope: float
    gap: float
    shift: float
    bend: float
    half_length: float
    margin: float = 1.15


@dataclass(frozen=True, slots=True)
class Bone:
    """A bone between two points; all lengths in pixels.

    Args:
        start, end: (x, y) of the axis' ends.
        shaft: Half width in the middle.
        heads: Half widths at start and end.
        density: How bright, 1 for an adult's long bone.
        tissue: Half width of the soft tissue, relative to the bone's.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    shaft: float
    heads: tuple[float, float]
    density: float = 1.0
    tissue: float = 2.5

    @property
    def length(self) -> float:
        """From start to end."""
        return float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))

    def width_at(self, t: float) -> float:
        """Half width at `t` (0 to 1) along the axis."""
        near, far = (1 - t) ** 8, t**8
        return self.shaft + (self.heads[0] - self.shaft) * near + (self.heads[1] - self.shaft) * far

    def point(self, along: float, across: float) -> tuple[float, float]:
        """Picture coordinates of a point given in pixels along and across the axis."""
        ux = (self.end[0] - self.start[0]) / self.length
        uy = (self.end[1] - self.start[1]) / self.length
        return (
            self.start[0] + along * ux - across * uy,
            self.start[1] + along * uy + across * ux,
        )


def expose(rng: Rng, film: Plane, tissue: Plane, bone: Bone, crack: Break | None) -> None:
    """Add one bone to `film` and its soft tissue to `tissue`, both of shape [H, W], in place."""
    window = _window(film.shape, bone)
    y, x = axes((film.shape[0], film.shape[1]))
    ux = (bone.end[0] - bone.start[0]) / bone.length
    uy = (bone.end[1] - bone.start[1]) / bone.length
    dx = x[:, window[1]] - np.float32(bone.start[0])
    dy = y[window[0]] - np.float32(bone.start[1])
    along = dx * np.float32(ux) + dy * np.float32(uy)
    across = dy * np.float32(ux) - dx * np.float32(uy)
    line: Plane | None = None
    if crack is not None:
        line = _line(rng, bone, crack, across)
        beyond = along > line
        moved = crack.shift + crack.bend * (along - crack.place * bone.length)
        across = across - beyond * moved.astype(np.float32)
    length = np.float32(bone.length)
    t: Plane = np.clip(along / length, 0, 1)
    near, far = _eighth(1 - t), _eighth(t)
    flare = (bone.heads[0] - bone.shaft, bone.heads[1] - bone.shaft)
    width = bone.shaft + np.float32(flare[0]) * near + np.float32(flare[1]) * far
    over = np.maximum(np.maximum(-along, along - length), 0)
    u = np.sqrt((across / width) ** 2 + (over / (width * np.float32(0.75))) ** 2)
    wall = ramp(u, 0.45, 0.85) * (1 - np.float32(0.55) * np.maximum(near, far))
    shade = ramp(u, 1.06, 0.93) * (np.float32(0.36) + np.float32(0.36) * wall)
    if crack is not None and line is not None:
        shade *= 1 - np.float32(0.85) * ramp(np.abs(along - line), crack.gap * 1.6, crack.gap * 0.4)
    shade *= np.float32(bone.density)
    film[window] += shade * (1 - film[window])
    np.maximum(tissue[window], ramp(u, bone.tissue, bone.tissue * 0.55), out=tissue[window])


def outline(rng: Rng, bone: Bone, crack: Break, vertices: int) -> Ring:
    """The region that an annotator draws around a break, shape [vertices, 2]."""
    half_width = bone.width_at(crack.place) * crack.margin + abs(crack.shift) * 0.5
    turn = (np.arange(vertices) + rng.uniform(-0.2, 0.2, vertices)) * (2 * np.pi / vertices)
    # From π/4 on, so that four vertices make a box along the bone and not a diamond.
    turn += np.pi / 4
    stretch = np.sqrt(2.0) if vertices == 4 else 1.1
    radius = stretch * rng.uniform(0.92, 1.05, vertices)
    points = []
    for angle, r in zip(turn, radius, strict=True):
        across = float(half_width * r * np.sin(angle)) + crack.shift * 0.5
        along = float(crack.half_length * r * np.cos(angle))
        points.append(bone.point(crack.place * bone.length + crack.slope * across + along, across))
    return np.array(points)


def _window(shape: tuple[int, ...], bone: Bone) -> tuple[slice, slice]:
    far = max(bone.shaft, *bone.heads) * bone.tissue
    ends = np.array([bone.start, bone.end])
    left, top = np.maximum(ends.min(axis=0) - far, 0).astype(int)
    right, bottom = np.maximum(ends.max(axis=0) + far + 1, 0).astype(int)
    return (
        slice(min(top, shape[0]), min(bottom, shape[0])),
        slice(min(left, shape[1]), min(right, shape[1])),
    )


def _line(rng: Rng, bone: Bone, crack: Break, across: Plane) -> Plane:
    """Where along the bone the break runs, per pixel: a slanted line with teeth."""
    teeth = np.cumsum(rng.normal(0, 0.8, 64)).astype(np.float32)
    teeth -= teeth.mean()
    step = np.clip(across / np.float32(bone.shaft / 8) + 32, 0, 63).astype(np.intp)
    limit = np.float32(bone.shaft * 1.6)
    slanted = np.clip(across, -limit, limit) * np.float32(crack.slope)
    line: Plane = np.float32(crack.place * bone.length) + slanted + np.clip(teeth, -3, 3)[step]
    return line


def _eighth(t: Plane) -> Plane:
    t = t * t
    t = t * t
    return t * t
