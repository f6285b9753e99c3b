"""Repetitions are found, in an order that does not depend on chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.reasoning.near_duplicates import copies

BASE = (
    "A single oval nodule is seen in the upper left of the image. It is darker than the tissue "
    "around it and has a smooth border. It takes up a small part of the picture, and nothing else "
    "stands out. The surrounding gland is even in texture, and the muscles beneath are intact. "
    "No second nodule can be made out, and the capsule of the gland is followed all the way round."
)


def test_a_text_with_one_word_changed_is_a_copy_and_another_one_is_not() -> None:
    found = copies(
        [
            ("a", BASE),
            ("b", BASE.replace("picture", "frame")),
            (
                "c",
                "Two round areas lie low on the right side of this view, brighter than the rest.",
            ),
            ("d", BASE),
        ],
        0.8,
    )
    assert found == {"b": "a", "d": "a"}


def test_the_first_one_counts() -> None:
    assert copies([("z", BASE), ("a", BASE)], 0.9) == {"a": "z"}
    assert copies([("a", BASE), ("z", BASE)], 0.9) == {"z": "a"}


def test_nothing_is_a_copy_of_nothing() -> None:
    assert copies([], 0.9) == {}
    assert copies([("a", "")], 0.9) == {}


@given(st.lists(st.text(max_size=30), max_size=8))
def test_no_repetition_is_held_against_a_repetition(texts: list[str]) -> None:
    found = copies([(str(n), text) for n, text in enumerate(texts)], 0.9)
    assert not set(found) & set(found.values())
    assert all(int(later) > int(earlier) for later, earlier in found.items())


@pytest.mark.parametrize("shared", [0, 200, 300, 400])
def test_the_estimate_is_near_the_true_share(shared: int) -> None:
    """Of 500 words each, the first `shared` are common; 24 pairs, each with words of its own."""
    texts, true = [], 0.0
    for pair in range(24):
        common = [f"c{pair}x{n}" for n in range(shared)]
        for side in "ab":
            own = [f"{side}{pair}x{n}" for n in range(500 - shared)]
            texts.append((f"{side}{pair}", " ".join([*common, *own])))
        runs = max(0, shared - 4)
        true = runs / (2 * 496 - runs)
    above = len(copies(texts, min(0.98, true + 0.2)))
    assert above <= 1
    if shared >= 400:  # below, no band agrees, and none has to: such pairs are not looked for
        assert len(copies(texts, true - 0.2)) >= 20
