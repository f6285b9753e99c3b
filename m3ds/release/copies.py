"""Which images are copies of each other, and which must stay in one split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from m3ds.schema.base import Split


@dataclass(frozen=True, slots=True)
class Member:
    """What splitting needs to know of one sample.

    `single`: its source has one label per image, so that copies with other labels conflict.
    """

    sample_id: str
    image_id: str
    source: str
    official_split: Split | None
    group: str | None
    file_sha256: str
    pixels_sha256: str
    diagnosis: str
    malignancy: str | None
    is_negative: bool
    single: bool


class Sets:
    """Disjoint sets (union-find with path halving)."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def find(self, item: Hashable) -> Hashable:
        """The representative of the set that `item` is in."""
        parent = self._parent
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: Hashable, other: Hashable) -> None:
        """Make the sets of `one` and `other` one set."""
        self._parent[self.find(one)] = self.find(other)


def copies(members: Iterable[Member]) -> list[list[Member]]:
    """Clusters of samples whose images are the same picture, singletons included.

    The same picture: equal upstream bytes, equal decoded pixels, or the same upstream id in
    different sources. (Within one source an equal group is another picture of the same thing.)
    """
    sets = Sets()
    sources_of: dict[str, set[str]] = defaultdict(set)
    listed = list(members)
    for member in listed:
        if member.group is not None:
            sources_of[member.group].add(member.source)
    for member in listed:
        sets.join(("image", member.image_id), ("file", member.file_sha256))
        sets.join(("image", member.image_id), ("pixels", member.pixels_sha256))
        if member.group is not None and len(sources_of[member.group]) > 1:
            sets.join(("image", member.image_id), ("group", member.group))
    return _clusters(listed, sets)


def groups(members: Iterable[Member]) -> dict[str, str]:
    """Sample id to group id: copies, and what shares an upstream group, stay together.

    A group is called after the first of its image ids.
    """
    sets, listed = Sets(), list(members)
    for member in listed:
        image = ("image", member.image_id)
        sets.join(image, ("file", member.file_sha256))
        sets.join(image, ("pixels", member.pixels_sha256))
        if member.group is not None:
            sets.join(image, ("group", member.group))
    found = {}
    for cluster in _clusters(listed, sets):
        name = min(member.image_id for member in cluster)
        found.update({member.sample_id: name for member in cluster})
    return found


def conflicts(cluster: Sequence[Member]) -> Iterator[tuple[Member, Member]]:
    """Pairs of different images in a cluster of copies whose labels exclude each other."""
    for at, one in enumerate(cluster):
        for other in cluster[at + 1 :]:
            if one.image_id != other.image_id and _exclude(one, other):
                yield one, other


def _exclude(one: Member, other: Member) -> bool:
    if one.source == other.source:
        if one.single:
            return one.diagnosis != other.diagnosis
        return one.is_negative != other.is_negative
    return None not in {one.malignancy, other.malignancy} and one.malignancy != other.malignancy


def _clusters(members: Iterable[Member], sets: Sets) -> list[list[Member]]:
    found: dict[Hashable, list[Member]] = defaultdict(list)
    for member in sorted(members, key=lambda m: m.sample_id):
        found[sets.find(("image", member.image_id))].append(member)
    return list(found.values())
