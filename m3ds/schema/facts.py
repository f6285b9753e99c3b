"""What is measured of a masked region in its image."""

from __future__ import annotations

from m3ds.schema.base import Frozen


class Region(Frozen):
    """One connected region (8-neighbourhood): half-open box (x0, y0, x1, y1) and area in pixels."""

    xyxy: tuple[int, int, int, int]
    area_px: int


class Facts(Frozen):
    """Measurements of a mask; a field is None where the mask does not support it.

    Args:
        n_regions: Connected regions that are not specks.
        area_fraction: Mask pixels over image pixels, 0 to 1.
        centroid_x, centroid_y: Mean position over width and height, 0 to 1 from the upper left.
        place: Where it lies: one of the vocabulary's places, in image terms.
        extent: Area over bounding box area, of the largest region.
        eccentricity: 0 (round) to 1 (a line), of the largest region.
        solidity: Area over convex hull area, of the largest region.
        irregularity: Perimeter² over 4π area, minus 1, of the largest region; 0 is a circle.
        contrast: Mean brightness inside minus mean of a surrounding ring, over 255; negative is
            darker than the surroundings.
        colour: The region's colour in one of the vocabulary's words, for colour modalities.
        version: Of the measuring code.
    """

    n_regions: int | None = None
    area_fraction: float | None = None
    centroid_x: float | None = None
    centroid_y: float | None = None
    place: str | None = None
    extent: float | None = None
    eccentricity: float | None = None
    solidity: float | None = None
    irregularity: float | None = None
    contrast: float | None = None
    colour: str | None = None
    version: str
