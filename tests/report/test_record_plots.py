"""The numbers behind the plots of the reasoning."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.report import record_plots
from m3ds.report.record import OTHER_ENDS
from m3ds.report.svg import WIDTH
from tests.report.contents import record
from tests.report.test_plots import texts


def numbers(svg: str, tag: str, *names: str) -> list[list[float]]:
    """The attributes `names` of every `tag`, in order."""
    return [
        [float(re.findall(f' {name}="([-0-9.]+)"', found)[0]) for name in names]
        for found in re.findall(f"<{tag}[^>]*>", svg)
    ]


@given(st.lists(st.integers(0, 5000), min_size=13, max_size=13))
def test_a_source_is_one_whole_bar(counts: list[int]) -> None:
    ends = [*(f"attempt {n}" for n in range(1, 10)), *OTHER_ENDS]
    parts = record_plots.finished_bar(dict(zip(ends, counts, strict=True)))
    assert sum(part.n for part in parts) == sum(counts)
    if parts:
        assert sum(part.width for part in parts) == pytest.approx(100)


def test_ends_are_told_source_by_source() -> None:
    told = record()
    assert told.ends == [*(f"attempt {n}" for n in range(1, 5)), "exhausted", "waiting"]
    assert list(told.by_source()["busi"].values()) == [8, 3, 0, 1, 2, 0]
    assert list(told.by_source()["tn3k"].values()) == [0, 0, 0, 0, 0, 6]


def test_hint_levels_are_summed_over_sources() -> None:
    assert texts(record_plots.hints(record())) == [
        *("blind", "8", "50\u00a0%", "the label", "4", "25\u00a0%"),
        *("one label only", "4", "25\u00a0%"),
    ]


def test_refusals_are_told_by_judge_with_their_share() -> None:
    svg = record_plots.refusals(record().refusals)
    assert texts(svg) == [
        *("checks", "9 refused", "label", "8", "89\u00a0%", "side", "2", "22\u00a0%"),
        *("some/critic", "4 refused", "visual", "4", "100\u00a0%"),
    ]
    widths = [width for (width,) in numbers(svg, "rect", "width")]
    assert widths == pytest.approx([8 * widths[0] / 8, 2 * widths[0] / 8, 4 * widths[0] / 8], abs=1)
    assert "left; expected: right (busi-all-1)" in svg


def test_scores_are_drawn_from_1_to_5_with_their_mean() -> None:
    svg = record_plots.scores(record().scores)
    said = texts(svg)
    assert said[:2] == ["some/critic", "mean"]
    assert said[7:] == ["visual", "3.0", "link", "5.0"]
    left, right = 162.0, WIDTH - 62.0
    bars = [[float(v) for v in bar] for bar in re.findall(r"M([\d.]+) [\d.]+v-([\d.]+)h", svg)]
    bin_width = (right - left) / 16
    assert [x for x, _ in bars] == pytest.approx(
        [left, left + 12 * bin_width, right - bin_width], abs=0.1
    )
    assert [tall for _, tall in bars] == pytest.approx([10, 20, 20])
    means = [
        x
        for x, style in re.findall(r'<line x1="([\d.]+)"[^>]*class="(\w+)"', svg)
        if style == "median"
    ]
    assert [float(x) for x in means] == pytest.approx([(left + right) / 2, right], abs=0.1)


def test_controls_stand_beside_the_limits() -> None:
    svg = record_plots.controls(record().controls)
    assert texts(svg) == [
        *("some/critic", "refused", "flipped side", "4 of 10", "40\u00a0%"),
        *("wrong diagnosis", "10 of 10", "100\u00a0%", "all planted errors", "14 of 20"),
        *("70\u00a0%", "sound text", "2 of 8", "25\u00a0%"),
    ]
    (left, whole), *_ = numbers(svg, "rect", "x", "width")
    shares = [width / whole for _, width in numbers(svg, "rect", "x", "width")][1::2]
    assert shares == pytest.approx([0.4, 1.0, 0.7, 0.25], abs=0.001)
    limits = [(x - left) / whole for (x,) in numbers(svg, "line", "x1")]
    assert limits == pytest.approx([0.9, 0.5], abs=0.001)
    assert "limit ≥ 90%" in svg
