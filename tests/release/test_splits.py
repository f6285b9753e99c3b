"""Which split a sample goes to, and which must stay out."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from m3ds.recipe import Splits
from m3ds.release.copies import Member
from m3ds.release.splits import Assignment, assign
from m3ds.schema.base import Split

CLEAN = Splits(policy="clean")


def member(
    name: str,
    *,
    source: str = "busi",
    split: Split | None = None,
    group: str | None = None,
    file: str | None = None,
    pixels: str | None = None,
    diagnosis: str = "benign",
    malignancy: str | None = None,
    image: str | None = None,
    negative: bool = False,
    single: bool = True,
) -> Member:
    image_id = f"{source}-{image or name}"
    return Member(
        sample_id=f"{source}-{name}",
        image_id=image_id,
        source=source,
        official_split=split,
        group=group,
        file_sha256=file or f"file of {image_id}",
        pixels_sha256=pixels or f"pixels of {image_id}",
        diagnosis=diagnosis,
        malignancy=malignancy,
        is_negative=negative,
        single=single,
    )


def many(n: int, **options: object) -> list[Member]:
    return [member(f"{k:04}", **options) for k in range(n)]  # type: ignore[arg-type]


def sizes(result: Assignment) -> Counter[str]:
    return Counter(result.split.values())


def test_without_official_splits_it_is_80_10_10() -> None:
    counts = sizes(assign(many(3000), CLEAN))
    assert counts["train"] == pytest.approx(2400, abs=90)
    assert counts["validation"] == pytest.approx(300, abs=70)
    assert counts["test"] == pytest.approx(300, abs=70)


def test_official_splits_stand() -> None:
    members = [
        *many(50, source="a", split="train"),
        *many(20, source="b", split="validation"),
        *many(20, source="c", split="test"),
        member("v", source="a", split="validation"),
    ]
    result = assign(members, CLEAN)
    for m in members:
        assert result.split[m.sample_id] == m.official_split


def test_a_tenth_of_the_training_groups_validates_where_upstream_has_no_validation() -> None:
    members = [*many(2000, split="train"), member("t", split="test")]
    counts = sizes(assign(members, CLEAN))
    assert counts["test"] == 1
    assert counts["validation"] == pytest.approx(200, abs=60)


@pytest.mark.parametrize("same", ["file", "pixels"])
def test_a_copy_of_an_official_test_image_is_left_out(same: str) -> None:
    shared = {same: "the same"}
    test = member("t", source="isbi2016", split="test", **shared)  # type: ignore[arg-type]
    train = member("x", source="isic2017", split="train", **shared)  # type: ignore[arg-type]
    result = assign([test, train], CLEAN)
    assert result.split == {test.sample_id: "test"}
    assert result.excluded[train.sample_id][0] == "leaks_official_test"
    assert test.image_id in result.excluded[train.sample_id][1]


def test_the_same_id_in_two_sources_is_a_copy_but_not_within_one() -> None:
    test = member("t", source="isbi2016", split="test", group="isic:1")
    elsewhere = member("x", source="isic2017", split="train", group="isic:1")
    assert elsewhere.sample_id in assign([test, elsewhere], CLEAN).excluded
    renders = [member(str(k), split="train", group="render:1") for k in range(3)]
    result = assign(renders, CLEAN)
    assert not result.excluded
    assert len(set(result.split.values())) == len(set(result.group_id.values())) == 1


def test_the_paper_policy_keeps_leaks_and_flags_them() -> None:
    test = member("t", source="isbi2016", split="test", group="isic:1")
    train = member("x", source="isic2017", split="train", group="isic:1")
    result = assign([test, train], Splits(policy="paper"))
    assert result.split[train.sample_id] in {"train", "validation"}
    assert result.flags[train.sample_id] == (
        "leaks_official_test",
        "duplicate",
        "leaks_across_splits",
    )
    assert not result.excluded


def test_copies_whose_labels_exclude_each_other_are_left_out() -> None:
    benign = member("b", diagnosis="benign", file="same")
    malignant = member("m", diagnosis="malignant", file="same")
    other = member("o")
    result = assign([benign, malignant, other], CLEAN)
    assert set(result.excluded) == {benign.sample_id, malignant.sample_id}
    assert all(code == "label_conflict" for code, _ in result.excluded.values())
    assert set(result.split) == {other.sample_id}


def test_across_sources_only_malignancy_can_conflict() -> None:
    def pair(one: str | None, other: str | None) -> Assignment:
        a = member("a", source="isbi2016", diagnosis="x", malignancy=one, group="isic:1")
        b = member("b", source="isic2017", diagnosis="y", malignancy=other, group="isic:1")
        return assign([a, b], CLEAN)

    assert pair("benign", "malignant").excluded
    assert not pair("benign", "benign").excluded
    assert not pair("benign", None).excluded


def test_findings_of_one_image_do_not_conflict_and_stay_together() -> None:
    findings = [
        member(f"i{k}-{f}", source="chestx_det", image=f"i{k}", diagnosis=f, single=False)
        for k in range(40)
        for f in ("mass", "nodule", "effusion")
    ]
    result = assign(findings, CLEAN)
    assert not result.excluded
    by_image: dict[str, set[str]] = {}
    for m in findings:
        by_image.setdefault(m.image_id, set()).add(result.split[m.sample_id])
    assert all(len(splits) == 1 for splits in by_image.values())


def test_duplicates_that_agree_stay_together_and_are_flagged() -> None:
    twins = [member("1", pixels="same"), member("2", pixels="same")]
    result = assign(twins, CLEAN)
    assert len({result.split[m.sample_id] for m in twins}) == 1
    assert all(result.flags[m.sample_id] == ("duplicate",) for m in twins)


def test_a_copy_of_an_official_validation_image_goes_there_with_it() -> None:
    val = member("v", source="isic2017", split="validation", group="isic:1")
    train = member("x", source="isbi2016", split="train", group="isic:1")
    result = assign([val, train], CLEAN)
    assert result.split == {val.sample_id: "validation", train.sample_id: "validation"}


def test_the_paper_policy_cuts_the_official_test_and_keeps_the_rest_for_validation() -> None:
    members = [*many(379, split="test")]
    members += [member(f"x{k}", split="train") for k in range(900)]
    result = assign(members, Splits(policy="paper", test={"busi": 101}))
    assert sizes(result) == {"test": 101, "validation": 278, "train": 900}


def test_the_paper_policy_cuts_twice_where_upstream_has_no_split() -> None:
    result = assign(many(647), Splits(policy="paper", test={"busi": 60}))
    assert sizes(result) == {"test": 60, "validation": 60, "train": 527}


def test_the_paper_cut_is_the_first_by_hash_so_a_smaller_one_is_part_of_a_larger() -> None:
    def test_of(n: int) -> set[str]:
        split = assign(many(300), Splits(policy="paper", test={"busi": n})).split
        return {name for name, s in split.items() if s == "test"}

    assert test_of(20) < test_of(50)


splits = st.sampled_from([None, "train", "validation", "test"])
anyone = st.builds(
    member,
    st.integers(0, 30).map(str),
    source=st.sampled_from(["isbi2016", "isic2017", "busi"]),
    split=splits,
    group=st.sampled_from([None, "g:1", "g:2", "g:3"]),
    file=st.sampled_from([None, "f1", "f2"]),
    pixels=st.sampled_from([None, "p1", "p2"]),
    diagnosis=st.sampled_from(["benign", "malignant"]),
)


@given(
    st.lists(anyone, max_size=25, unique_by=lambda m: m.sample_id),
    st.sampled_from([CLEAN, Splits(policy="paper", test={"busi": 3, "isbi2016": 2})]),
    st.randoms(),
)
@settings(max_examples=150, deadline=None)
def test_whatever_comes_the_invariants_hold(
    members: list[Member],
    policy: Splits,
    random: object,
) -> None:
    result = assign(members, policy)
    names = {m.sample_id for m in members}
    assert set(result.split) | set(result.excluded) == names
    assert not set(result.split) & set(result.excluded)
    shuffled = list(members)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = assign(shuffled, policy)
    assert (again.split, again.group_id, again.excluded) == (
        result.split,
        result.group_id,
        result.excluded,
    )
    if policy.policy == "clean":
        of_group: dict[str, set[str]] = {}
        for name, split in result.split.items():
            of_group.setdefault(result.group_id[name], set()).add(split)
        assert all(len(found) == 1 for found in of_group.values())
        kept_tests = [
            m for m in members if m.official_split == "test" and m.sample_id in result.split
        ]
        assert all(result.split[m.sample_id] == "test" for m in kept_tests)
