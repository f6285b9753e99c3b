"""What a source declares of itself: archives, licence, labels, and what its masks support."""

from __future__ import annotations

from typing import Literal

from m3ds.errors import UnknownLabel
from m3ds.schema.base import FactGroup, Frozen, Laterality, MaskKind, Modality


class Label(Frozen):
    """One diagnosis.

    `name` is the canonical word; `upstream` the spellings in the source's files; `synonyms` what a
    text may call it; `paper` the wording of the Sim4Seg paper, or None where it shows none;
    `malignancy` lets labels of different sources be held against each other; `visible` says that
    the word names the object seen (a polyp) and may stand in findings.
    """

    name: str
    upstream: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    paper: str | None = None
    malignancy: Literal["benign", "malignant"] | None = None
    visible: bool = False


class LabelSet(Frozen):
    """The closed set of diagnoses of a source, and what a negative is called there (or None)."""

    labels: tuple[Label, ...]
    negative: str | None = None

    def find(self, upstream: str) -> Label:
        """The label whose upstream spelling (any case, outer blanks ignored) is `upstream`.

        Raises:
            UnknownLabel: no label has that spelling.
        """
        key = upstream.strip().casefold()
        for label in self.labels:
            if key in {word.casefold() for word in label.upstream}:
                return label
        known = ", ".join(word for label in self.labels for word in label.upstream)
        raise UnknownLabel(f"label {upstream!r} is not one of: {known}")

    def options(self, *, negatives: bool) -> tuple[str, ...]:
        """The closed set that a model is scored on; with the negative's name if those are kept."""
        names = tuple(dict.fromkeys(label.name for label in self.labels))
        extra = self.negative if negatives else None
        return (*names, extra) if extra and extra not in names else names


class Archive(Frozen):
    """One upstream file.

    Args:
        name: The file name under which it is taken, and no other.
        roots: The top folders or files it unpacks to; alternatives where releases differ. For a
            plain file (`packed=False`) its own name. `""` never occurs.
        urls: Where it can be had, in order of preference; empty where that takes an account.
        bytes, sha256, md5: As published upstream; None where nothing was. A packed archive is held
            against its sha256; a plain table is judged by its reader, which can say more.
    """

    name: str
    roots: tuple[str, ...]
    packed: bool = True
    urls: tuple[str, ...] = ()
    bytes: int | None = None
    sha256: str | None = None
    md5: str | None = None


class License(Frozen):
    """A source's terms, and what they allow; None is "not stated", which no gate takes for yes."""

    spdx: str
    terms_url: str
    attribution: str
    redistribute_images: bool | None
    redistribute_masks: bool | None
    derivatives: bool | None
    commercial: bool | None
    share_alike: bool = False
    third_party_models: bool | None = None
    note: str = ""


class Source(Frozen):
    """The declaration of one sub-dataset.

    Args:
        name: Config name in the published dataset.
        title, homepage, citation: For the card.
        anatomy: Default; a sample may say more (a hand, a hip).
        target: What the mask outlines: lesion, fracture, vessels.
        mask_kind: How the mask came about; `anatomy` outlines a structure, not the disease.
        negatives: Default policy; None where the source has no trustworthy negatives.
        supports: Which facts the mask can carry.
        safe_names: Whether upstream file names may be published.
        single: One sample per image; False where it is one per image and finding.
        grouping: What `Sample.group` holds, in words, for the card.
    """

    name: str
    title: str
    modality: Modality
    anatomy: str
    target: str
    homepage: str
    citation: str
    archives: tuple[Archive, ...]
    license: License
    labels: LabelSet
    mask_kind: MaskKind
    negatives: Literal["drop", "keep"] | None
    supports: frozenset[FactGroup]
    laterality: Laterality
    safe_names: bool
    single: bool = True
    grouping: str = ""
