"""The numbers behind the plots and in the tables."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.report import flow, plots, words
from m3ds.report.frames import FUNNEL, ROWS
from m3ds.schema.facts import Facts
from tests.report.contents import FACTS, row

counts = st.integers(0, 5000)


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=ROWS)


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@given(st.lists(counts, min_size=9, max_size=9), counts, counts)
def test_a_bar_is_whole_and_tells_where_all_went(
    lost: list[int], left_out: int, published: int
) -> None:
    steps = ("incomplete", "skipped", "dropped", "quarantined")
    waits = ("needs_author", "needs_critic", "needs_review", "exhausted", "rejected")
    own = dict.fromkeys(flow.STEPS, 0) | dict(zip((*steps, *waits), lost, strict=True))
    own |= {"accepted": left_out + published, "left_out": left_out, "published": published}
    own["read"] = sum(lost) + left_out + published
    parts = flow.bar(own)
    assert sum(part.n for part in parts) == own["read"]
    if parts:
        assert sum(part.width for part in parts) == pytest.approx(100)
        assert all(part.width > 1 for part in parts)
        assert parts[0].x == 0
        assert parts[-1].x + parts[-1].width == pytest.approx(100)


def test_what_is_accepted_and_not_released_yet_waits() -> None:
    own = dict.fromkeys(flow.STEPS, 0) | {"read": 9, "harmonised": 9, "accepted": 9}
    assert [(part.tone, part.n) for part in flow.bar(own)] == [("waiting", 9)]


def test_only_steps_that_occur_get_a_column() -> None:
    own = dict.fromkeys(FUNNEL, 0) | {"source": "busi", "read": 3, "skipped": 3}
    funnel = pl.DataFrame([own], schema=FUNNEL)
    assert flow.used_steps(funnel) == ["read", "skipped", "harmonised", "accepted", "published"]


def test_the_plots_print_their_numbers() -> None:
    rows = frame(
        *(row(f"a{n}", area_fraction=0.01 * (n + 1)) for n in range(3)),
        row("b", source="tn3k", split="test", diagnosis="malignant", attempt=2),
        row("c", is_negative=True, diagnosis="normal", area_fraction=0.0),
    )
    split = texts(plots.splits(rows, ["busi", "tn3k", "fives"]))
    assert split[3:7] == ["busi", "4", "·", "·"]
    assert split[7:11] == ["tn3k", "·", "·", "1"]
    assert split[11:] == ["fives", "·", "·", "·"]
    assert texts(plots.diagnoses(rows, "busi")) == ["benign", "3", "normal", "1"]
    assert texts(plots.attempts(rows))[:6] == [
        "attempt 1",
        "4",
        "80\u00a0%",
        "attempt 2",
        "1",
        "20\u00a0%",
    ]
    assert texts(plots.modalities(rows))[9:12] == ["ultrasound", "5", "100\u00a0%"]
    area = texts(plots.areas(rows, ["busi", "tn3k", "fives"]))
    assert area[-6:] == ["busi", "2.0\u00a0%", "tn3k", "4.5\u00a0%", "fives", "–"]


def test_a_negative_is_paler_and_comes_last() -> None:
    rows = frame(row("a"), *(row(f"n{n}", diagnosis="normal", is_negative=True) for n in range(3)))
    svg = plots.diagnoses(rows, "busi")
    assert texts(svg) == ["benign", "1", "normal", "3"]
    assert re.findall(r'<rect[^>]*class="(\w+)"', svg) == ["one", "pale"]


@given(st.lists(st.floats(1e-7, 1.0), min_size=1, max_size=40))
def test_the_area_histogram_counts_every_row_within_its_box(fractions: list[float]) -> None:
    rows = frame(*(row(f"r{n}", area_fraction=f) for n, f in enumerate(fractions)))
    svg = plots.areas(rows, ["busi"])
    height = float(re.findall(r'viewBox="0 0 420 ([\d.]+)"', svg)[0])
    bars = [
        [float(v) for v in bar]
        for bar in re.findall(r"M([\d.]+) ([\d.]+)v-([\d.]+)h([\d.]+)v[\d.]+z", svg)
    ]
    assert all(x >= 162 and x + w <= 358.2 for x, _, _, w in bars)
    assert all(0 < y - tall < y < height for _, y, tall, _ in bars)
    tallest = max(tall for _, _, tall, _ in bars)
    assert tallest == 20
    # Heights are in proportion, so some number of rows per unit makes them add up to all rows.
    units = sum(tall / tallest for _, _, tall, _ in bars)
    assert any(abs(units * n - len(fractions)) < 0.3 for n in range(1, len(fractions) + 1))


@pytest.mark.parametrize("draw", [plots.modalities, plots.attempts])
def test_no_rows_make_a_plot_too(draw: object) -> None:
    assert callable(draw)
    assert draw(frame()).startswith("<svg")


def test_facts_are_told_in_the_vocabularys_words() -> None:
    said = dict(words.facts_in_words(FACTS, "ultrasound", is_negative=False))
    assert said["size"] == "moderate, 4.5\u00a0%"
    assert said["place"] == "upper left"
    assert said["regions"] == "two"
    assert said["shape"] == "oval"
    assert "contrast" not in said
    assert words.facts_in_words(Facts(version="1"), "x-ray", is_negative=False) == []


@pytest.mark.parametrize(
    ("part", "whole", "says"),
    [(0, 9, "0"), (1, 1000, "<1"), (999, 1000, ">99"), (1, 3, "33"), (3, 3, "100")],
)
def test_a_share_is_never_a_false_nothing_or_all(part: int, whole: int, says: str) -> None:
    assert words.share(part, whole) == f"{says}\u00a0%"


def test_an_answer_is_cut_before_its_ordinals_and_loses_no_word() -> None:
    answer = "Sure, [SEG]. Firstly, x is 3 % firstly, y. Secondly, z? Finally, done."
    cut = words.paragraphs(answer)
    assert [part.split(",")[0] for part in cut] == ["Sure", "Firstly", "Secondly", "Finally"]
    assert " ".join(cut).replace("\u00a0", " ") == answer
