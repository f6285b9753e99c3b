"""A sample as its reader found it, and as the harmoniser left it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from m3ds.schema.base import Frozen, MaskKind, Split
from m3ds.schema.facts import Facts, Region

Point = tuple[float, float]
Role = Literal["image", "mask", "annotation"]
Units = Literal["pixels", "fraction"]


class FileRef(Frozen):
    """An upstream file: which archive it is of, its name inside it, and where it lies now."""

    role: Role
    archive: str
    name: str
    path: Path


class MaskFiles(Frozen):
    """The region is where any of these images is brighter than `threshold` (0 to 255)."""

    kind: Literal["files"] = "files"
    files: tuple[FileRef, ...]
    threshold: int = 127


class Polygons(Frozen):
    """The region is the union of these rings; x first, origin at the image's upper left corner.

    `units` is `pixels`, or `fraction` of width and height. `size` is the width and height that the
    annotation was drawn on, if it says so: an image of another size is a `MaskMismatch`.
    """

    kind: Literal["polygons"] = "polygons"
    rings: tuple[tuple[Point, ...], ...]
    units: Units = "pixels"
    size: tuple[int, int] | None = None


class Boxes(Frozen):
    """The region is the union of these filled boxes, each (x0, y0, x1, y1)."""

    kind: Literal["boxes"] = "boxes"
    boxes: tuple[tuple[float, float, float, float], ...]
    units: Units = "pixels"
    size: tuple[int, int] | None = None


class NoRegion(Frozen):
    """A negative without a mask file: nothing is outlined."""

    kind: Literal["none"] = "none"


Annotation = Annotated[MaskFiles | Polygons | Boxes | NoRegion, Field(discriminator="kind")]


class Sample(Frozen):
    """One image and what upstream says of it, not yet opened.

    Args:
        stem: The upstream stem; unique within source and split.
        official_split: Upstream's split, normalised; None where upstream has none.
        finding: Slug that tells samples of one image apart; None where there is one per image.
        group: What must stay in one split beyond this image (a lesion id, the source of several
            renders), namespaced: `isic:ISIC_0000000`. None where upstream gives nothing.
        annotations: Annotation files, beside image and masks, that the sample depends on.
        annotation_ids: The polygons or boxes used, by upstream's ids or 0-based line numbers.
        notes: What the reader changed (`dropped:humerus`), for the row's `transforms`.
    """

    source: str
    stem: str
    official_split: Split | None
    image: FileRef
    annotation: Annotation
    diagnosis: str
    source_label: str
    paper_label: str | None = None
    is_negative: bool = False
    finding: str | None = None
    other_findings: tuple[str, ...] = ()
    anatomy: str | None = None
    group: str | None = None
    has_overlay_text: bool = False
    annotations: tuple[FileRef, ...] = ()
    annotation_ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Problem(Frozen):
    """Something that did not become a sample.

    `quarantined`: broken, and named so that someone may mend it. `incomplete`: its counterpart is
    not in the folder that stands in for a download. `skipped`: sound, but not what this dataset
    takes (an image without any annotation, where that does not mean "normal").
    """

    kind: Literal["quarantined", "incomplete", "skipped"]
    code: str
    where: str
    seen: str
    todo: str = ""


class PublishedFile(Frozen):
    """An upstream file that a row needs; `name` is None where names may not be published."""

    role: Role
    archive: str
    name: str | None
    sha256: str


class Harmonised(Frozen):
    """A sample whose image and mask are in the object store.

    `image_sha256` and `mask_sha256` address the stored, published bytes; the `pixels` hashes are of
    the decoded pixels (`mode:WxH:` and the raw bytes); `file_sha256` is upstream's image file.
    """

    sample_id: str
    image_id: str
    source: str
    official_split: Split | None
    group: str | None
    file_sha256: str
    image_sha256: str
    image_pixels_sha256: str
    image_format: Literal["jpg", "png"]
    mask_sha256: str
    mask_pixels_sha256: str
    mask_kind: MaskKind
    width: int
    height: int
    anatomy: str
    diagnosis: str
    source_label: str
    paper_label: str | None
    other_findings: tuple[str, ...]
    is_negative: bool
    is_phantom: bool
    has_overlay_text: bool
    files: tuple[PublishedFile, ...]
    annotation_ids: tuple[str, ...]
    transforms: tuple[str, ...]
    facts: Facts
    regions: tuple[Region, ...]
