"""Which split a sample goes to, and which samples must stay out."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from m3ds.recipe import Splits
from m3ds.release.copies import Member, conflicts, copies, groups
from m3ds.schema.base import Split

VALIDATION_SHARE = 0.1
TEST_SHARE = 0.1


@dataclass(slots=True)
class Assignment:
    """The result, by sample id. `excluded` holds (code, what was seen)."""

    split: dict[str, Split] = field(default_factory=dict)
    group_id: dict[str, str] = field(default_factory=dict)
    excluded: dict[str, tuple[str, str]] = field(default_factory=dict)
    flags: dict[str, tuple[str, ...]] = field(default_factory=dict)


def assign(members: Iterable[Member], policy: Splits) -> Assignment:
    """Divide `members`; see `m3ds.recipe.Splits` for the two policies.

    Copies whose labels exclude each other are left out as `label_conflict`. Under `clean`, a copy
    of an official test image is left out as `leaks_official_test`; under `paper` it is flagged so,
    and every sample whose group is in several splits as `leaks_across_splits`.
    """
    listed = sorted(members, key=lambda m: m.sample_id)
    result = Assignment()
    flags: dict[str, list[str]] = defaultdict(list)
    for cluster in copies(listed):
        _judge(cluster, result, flags, drop_leaks=policy.policy == "clean")
    kept = [m for m in listed if m.sample_id not in result.excluded]
    result.group_id = groups(kept)
    if policy.policy == "clean":
        result.split = _clean(kept, result.group_id)
    else:
        sizes = {str(name): n for name, n in policy.test.items()}
        result.split = _paper(kept, result.group_id, sizes)
        for name in _astray(result):
            flags[name].append("leaks_across_splits")
    result.flags = {name: tuple(found) for name, found in flags.items()}
    return result


def share(group_id: str) -> float:
    """A number in [0, 1) that depends on the group's name alone."""
    return int.from_bytes(hashlib.sha256(group_id.encode()).digest()[:8], "big") / 2**64


def _judge(
    cluster: Sequence[Member],
    result: Assignment,
    flags: dict[str, list[str]],
    *,
    drop_leaks: bool,
) -> None:
    """Conflicts, leaks and flags of one cluster of copies."""
    if len({m.image_id for m in cluster}) < 2:
        return
    clash = next(conflicts(cluster), None)
    if clash is not None:
        one, other = clash
        seen = f"{one.sample_id} is {one.diagnosis}, its copy {other.sample_id} {other.diagnosis}"
        result.excluded.update({m.sample_id: ("label_conflict", seen) for m in cluster})
        return
    tests = [m for m in cluster if m.official_split == "test"]
    for member in cluster:
        if tests and member.official_split != "test":
            if drop_leaks:
                seen = f"is a copy of the official test image {tests[0].image_id}"
                result.excluded[member.sample_id] = ("leaks_official_test", seen)
                continue
            flags[member.sample_id].append("leaks_official_test")
        flags[member.sample_id].append("duplicate")


def _clean(members: Sequence[Member], group_of: Mapping[str, str]) -> dict[str, Split]:
    """Official test, official validation, then a hash; a group is never divided."""
    has_validation = {m.source for m in members if m.official_split == "validation"}
    found: dict[str, Split] = {}
    for name, group in _by_group(members, group_of).items():
        official = {m.official_split for m in group}
        if "test" in official:
            split: Split = "test"
        elif "validation" in official:
            split = "validation"
        elif "train" in official:
            free = all(m.source not in has_validation for m in group)
            split = "validation" if free and share(name) < VALIDATION_SHARE else "train"
        else:
            split = _by_hash(name)
        found.update({m.sample_id: split for m in group})
    return found


def _by_hash(group: str) -> Split:
    where = share(group)
    if where < TEST_SHARE:
        return "test"
    return "validation" if where < TEST_SHARE + VALIDATION_SHARE else "train"


def _paper(
    members: Sequence[Member], group_of: Mapping[str, str], sizes: Mapping[str, int]
) -> dict[str, Split]:
    """Per source: the official splits, with the first n of the official test by hash as test.

    What the cut leaves over is validation; so are as many rows as the test has where upstream has
    no split, and a tenth of the training groups where there would be no validation at all.
    """
    by_source: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        by_source[member.source].append(member)
    found: dict[str, Split] = {}
    for source, own in by_source.items():
        found.update(_paper_source(own, group_of, sizes.get(source)))
    return found


def _paper_source(
    own: Sequence[Member], group_of: Mapping[str, str], size: int | None
) -> dict[str, Split]:
    official = {m.official_split for m in own} - {None}
    pool = [m for m in own if m.official_split == "test"] if official else own
    test = _first(pool, group_of, len(pool) if size is None else size)
    rest = [m for m in pool if m.sample_id not in test]
    validation = {m.sample_id for m in own if m.official_split == "validation"}
    validation |= {m.sample_id for m in rest} if official else _first(rest, group_of, len(test))
    if not validation:
        tenth = {m.sample_id for m in own if share(group_of[m.sample_id]) < VALIDATION_SHARE}
        validation = tenth - test
    return {
        m.sample_id: "test"
        if m.sample_id in test
        else ("validation" if m.sample_id in validation else "train")
        for m in own
    }


def _astray(result: Assignment) -> list[str]:
    """The samples of groups that are in more than one split, which only `paper` lets happen."""
    splits_of: dict[str, set[Split]] = defaultdict(set)
    for name, split in result.split.items():
        splits_of[result.group_id[name]].add(split)
    return [name for name in result.split if len(splits_of[result.group_id[name]]) > 1]


def _first(members: Sequence[Member], group_of: Mapping[str, str], size: int) -> set[str]:
    """The samples of the first groups by hash that fit into `size`; no group is divided."""
    taken: set[str] = set()
    by_group = _by_group(members, group_of)
    for name in sorted(by_group, key=share):
        if len(taken) + len(by_group[name]) <= size:
            taken.update(m.sample_id for m in by_group[name])
    return taken


def _by_group(members: Iterable[Member], group_of: Mapping[str, str]) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        found[group_of[member.sample_id]].append(member)
    return found
