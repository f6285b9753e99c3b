from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.schema.scale import Scale
from m3ds.schema.vocabulary import (
    BORDER,
    COLOURS,
    CONTRAST,
    CONTRAST_TERMS,
    FILLING,
    OUTLINE,
    PLACES,
    SHAPE,
    SIZE,
    colour_agrees,
    colour_word,
    count_agrees,
    count_word,
    percent_agrees,
    percent_text,
    place_word,
    roughness,
    side_agrees,
)

SCALES = [SIZE, SHAPE, BORDER, OUTLINE, FILLING, CONTRAST]
UNIT = st.floats(0, 1, allow_nan=False)


@pytest.mark.parametrize("scale", SCALES)
@given(value=st.floats(-1, 3, allow_nan=False))
def test_the_word_of_a_value_agrees_with_it(scale: Scale, value: float) -> None:
    value = value if scale is CONTRAST else abs(value)
    assert scale.agrees(scale.word(value), value)


@pytest.mark.parametrize("scale", SCALES)
def test_a_neighbour_is_right_at_the_threshold_and_wrong_far_from_it(scale: Scale) -> None:
    for (word, bound), (above, end) in zip(scale.steps, scale.steps[1:], strict=False):
        assert scale.agrees(word, bound)
        assert scale.agrees(above, bound)
        far = bound + 10 * scale.slack if end == float("inf") else end + 10 * scale.slack
        if word not in scale.wide:
            assert not scale.agrees(word, max(far, 2 * bound))


def test_aliases_stand_for_words_of_their_scale() -> None:
    for scale in SCALES:
        assert set(scale.aliases.values()) <= set(scale.words)
        assert set(scale.wide) <= set(scale.words)
    for terms in CONTRAST_TERMS.values():
        for word, term in zip(CONTRAST.words, terms, strict=True):
            assert CONTRAST.agrees(
                term.removesuffix(" in brightness"),
                {
                    "markedly darker": -0.4,
                    "darker": -0.1,
                    "similar": 0.0,
                    "brighter": 0.1,
                    "markedly brighter": 0.4,
                }[word],
            )


def test_colour_neighbours_know_each_other() -> None:
    for word, near in COLOURS.items():
        assert set(near) <= set(COLOURS)
        assert all(word in COLOURS[other] for other in near), word


@given(*(st.integers(0, 255) for _ in range(3)))
def test_every_colour_has_a_word(red: int, green: int, blue: int) -> None:
    word = colour_word(red, green, blue)
    assert colour_agrees(word, word)
    assert word in COLOURS


@given(x=UNIT, y=UNIT)
def test_places(x: float, y: float) -> None:
    place = place_word(x, y)
    assert place in PLACES
    row, _, column = place.rpartition(" ")
    if column in {"left", "right"}:
        assert side_agrees(column, x)
    if row in {"upper", "lower"}:
        assert side_agrees(row, y)


def test_the_nine_places() -> None:
    assert place_word(0.1, 0.1) == "upper left"
    assert place_word(0.9, 0.5) == "centre right"
    assert place_word(0.5, 0.5) == "centre"
    assert place_word(1.0, 1.0) == "lower right"
    assert not side_agrees("left", 0.6)
    assert side_agrees("left", 0.54)


@given(st.floats(1e-6, 1, allow_nan=False))
def test_a_percentage_as_written_agrees(fraction: float) -> None:
    text = percent_text(fraction)
    if not text.startswith("less"):
        assert percent_agrees(text, fraction)
        assert not percent_agrees(str(round(float(text) * 1.4 + 0.1, 2)), fraction)


def test_round_numbers_are_held_less_closely() -> None:
    assert percent_agrees("4", 0.0449)
    assert percent_agrees("20", 0.223)
    assert not percent_agrees("4.0", 0.0449)
    assert not percent_agrees("8.43", 0.0875)


def test_counts() -> None:
    assert count_word(3) == "three"
    assert count_agrees("three", 3)
    assert not count_agrees("three", 4)
    assert count_agrees("several", 5)
    assert not count_agrees("multiple", 1)
    assert not count_agrees("single", 0)
    assert count_agrees("50", 52)


def test_an_ellipse_is_smooth_at_any_length() -> None:
    # Ramanujan's perimeter of an ellipse with axes 5 and 1 is 21.01; its area is 5 pi.
    irregularity = 21.01**2 / (4 * 3.14159**2 * 5) - 1
    assert roughness(irregularity, (1 - 1 / 25) ** 0.5) == pytest.approx(0, abs=1e-3)
    assert roughness(0.5, 0.0) == pytest.approx(0.5)
