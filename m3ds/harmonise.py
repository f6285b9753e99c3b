"""One sample: its image made publishable, its annotation made a mask of the same size."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from m3ds.errors import CorruptImage, EmptyMask, MaskMismatch
from m3ds.imaging.decode import Clean, clean, mask_plane
from m3ds.imaging.raster import box_ring, fill
from m3ds.objects import sha256_file
from m3ds.schema.sample import Boxes, FileRef, MaskFiles, Polygons, PublishedFile, Sample

HARMONISE_VERSION = "2"
"""Raise it when the same upstream files would come out as other pixels, another id or mask, or when
a reader says something else of an image."""


@dataclass(frozen=True, slots=True)
class Harmony:
    """An image and its mask, the same size, with what was done to get there.

    `mask` is boolean, shape [H, W]. `files` are all upstream files that went in.
    """

    image: Clean
    mask: NDArray[np.bool_]
    transforms: tuple[str, ...]
    files: tuple[PublishedFile, ...]
    file_sha256: str


def harmonise(sample: Sample, *, safe_names: bool) -> Harmony:
    """Decode, orient and clean the image of `sample`, and draw its mask.

    Raises:
        CorruptImage: image or mask file cannot be decoded.
        DecompressionBomb: either claims too many pixels.
        MaskMismatch: the sizes differ, or a negative has a region.
        EmptyMask: a positive has none.
    """
    data = sample.image.path.read_bytes()
    image = clean(data)
    size = (image.image.width, image.image.height)
    mask, mask_steps, mask_files = _mask(sample, size)
    if sample.is_negative and mask.any():
        raise MaskMismatch(f"is a negative, but its mask has {int(mask.sum()):,} pixels")
    if not sample.is_negative and not mask.any():
        raise EmptyMask("its annotation covers no pixel centre")
    image_file = _published(sample.image, data, safe_names=safe_names)
    return Harmony(
        image=image,
        mask=mask,
        transforms=(*sample.notes, *image.transforms, *mask_steps),
        files=(
            image_file,
            *(_published(ref, d, safe_names=safe_names) for ref, d in mask_files),
            *(_annotation_file(ref) for ref in sample.annotations),
        ),
        file_sha256=image_file.sha256,
    )


def image_id(sample: Sample, file_sha256: str, *, safe_names: bool) -> str:
    """`<source>-<split>-<slug>`; the slug is the stem where names are safe, else of the file."""
    slug = slugify(sample.stem) if safe_names else file_sha256[:12]
    return f"{sample.source}-{sample.official_split or 'all'}-{slug}"


def sample_id(sample: Sample, image: str) -> str:
    """The image's id, and the finding's slug where an image has one sample per finding."""
    return f"{image}-{slugify(sample.finding)}" if sample.finding else image


def slugify(text: str) -> str:
    """`text` in [a-z0-9-]: lower case, every other run of characters one hyphen."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _mask(
    sample: Sample, size: tuple[int, int]
) -> tuple[NDArray[np.bool_], tuple[str, ...], list[tuple[FileRef, bytes]]]:
    """The mask at the image's size, the steps taken, and the mask files read."""
    width, height = size
    annotation = sample.annotation
    if isinstance(annotation, MaskFiles):
        return _mask_from_files(annotation, size)
    if isinstance(annotation, Polygons | Boxes):
        if annotation.size is not None and annotation.size != size:
            raise MaskMismatch(
                f"was annotated at {annotation.size[0]}×{annotation.size[1]}, "
                f"the image is {width}×{height}"
            )
        scale = (width, height) if annotation.units == "fraction" else (1, 1)
        shapes = (
            annotation.rings
            if isinstance(annotation, Polygons)
            else [box_ring(*box) for box in annotation.boxes]
        )
        rings = [[(x * scale[0], y * scale[1]) for x, y in ring] for ring in shapes]
        return fill(rings, width, height), (f"filled:{annotation.kind}",), []
    return np.zeros((height, width), dtype=bool), (), []


def _mask_from_files(
    annotation: MaskFiles, size: tuple[int, int]
) -> tuple[NDArray[np.bool_], tuple[str, ...], list[tuple[FileRef, bytes]]]:
    width, height = size
    mask = np.zeros((height, width), dtype=bool)
    steps: list[str] = []
    read: list[tuple[FileRef, bytes]] = []
    for ref in annotation.files:
        data = ref.path.read_bytes()
        try:
            plane, taken = mask_plane(data, annotation.threshold)
        except CorruptImage as error:
            raise CorruptImage(f"its mask {error.seen}", where=ref.name) from None
        if plane.shape != (height, width):
            raise MaskMismatch(
                f"its mask is {plane.shape[1]}×{plane.shape[0]}, the image {width}×{height}",
                where=ref.name,
            )
        mask |= plane
        steps += [step for step in taken if step not in steps]
        read.append((ref, data))
    if len(read) > 1:
        steps.append(f"merged:{len(read)}")
    return mask, tuple(steps), read


def _published(ref: FileRef, data: bytes, *, safe_names: bool) -> PublishedFile:
    return PublishedFile(
        role=ref.role,
        archive=ref.archive,
        name=ref.name if safe_names else None,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _annotation_file(ref: FileRef) -> PublishedFile:
    return PublishedFile(
        role=ref.role, archive=ref.archive, name=ref.name, sha256=_remembered_sha256(ref.path)
    )


@lru_cache(maxsize=256)
def _remembered_sha256(path: Path) -> str:
    """One annotation file often serves thousands of samples."""
    return sha256_file(path)
