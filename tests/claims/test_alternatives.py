"""Alternatives gathered by their first letters find what they found one by one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.claims.alternatives import Table, gathered, split

WORDS = st.text("abc", min_size=1, max_size=4)
ATOMS = st.one_of(
    WORDS,
    WORDS.map(lambda word: f"{word}?"),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda words: f"(?:{'|'.join(words)})"),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda words: f"(?:{'|'.join(words)})?"),
    st.sampled_from(["[ab]+", r"\w", "a{2}", "c*", "[|(]?"]),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda words: f"(?<!b )(?:{'|'.join(words)})"),
    WORDS.map(lambda word: f"(?<!a )(?<!c b){word}"),
)
PATTERNS = st.lists(ATOMS, min_size=1, max_size=3).map("".join)


@given(st.lists(PATTERNS, min_size=1, max_size=6), st.text("abc ", max_size=20))
def test_the_same_is_found_at_the_same_places(patterns: list[str], low: str) -> None:
    plain = re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)")
    fast = re.compile(rf"\b{gathered(*patterns)}(?!\w)")
    for start in range(len(low) + 1):
        assert (plain.match(low, start) is None) == (fast.match(low, start) is None)


@pytest.mark.parametrize(
    ("pattern", "alternatives"),
    [
        ("a|b", ["a", "b"]),
        ("a(?:b|c)|d", ["a(?:b|c)", "d"]),
        (r"a\|b|[|)]c", [r"a\|b", "[|)]c"]),
        (r"[]|]|\(a|b", ["[]|]", r"\(a", "b"]),
    ],
)
def test_alternatives_inside_groups_and_classes_stay_together(
    pattern: str, alternatives: list[str]
) -> None:
    assert list(split(pattern)) == alternatives


def test_a_table_names_what_it_finds() -> None:
    table = Table({"ct": r"ct|computed tomogra\w+", "mri": r"mri|magnetic resonance"})
    found = table.finditer("an mri, then computed tomography; no octet")
    assert [(name, match.group()) for name, match in found] == [
        ("mri", "mri"),
        ("ct", "computed tomography"),
    ]
