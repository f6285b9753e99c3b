"""The page as a reader's browser takes it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest

from m3ds.report.frames import REASONS, ROWS, Check, Contents
from m3ds.report.page import render
from m3ds.report.record import FINISHED, Record
from tests.report.contents import contents, empty, exhibit, funnel, record, row, subset

VOID = {"meta", "img", "input", "br", "hr"}
LOADS = ("src", "srcset", "poster", "data", "action", "background", "xlink:href")


class Page(HTMLParser):
    """Tags, texts and attributes, and whether every tag is closed where it should be."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [found for name, found in self.tags if name == tag]


def full() -> Contents:
    """Several sources, a negative, a withheld row, reasons, a failed check, absent archives."""
    rows = [
        row("busi-all-1"),
        row("busi-all-2", diagnosis="normal", is_negative=True, area_fraction=None),
        row("tn3k-test-3", source="tn3k", split="test", attempt=4, area_fraction=1e-5),
    ]
    reasons = [
        {"source": "tn3k", "step": "skipped", "code": "Empty", "n": 7, "example": "c"},
        {"source": "tn3k", "step": "quarantined", "code": "Corrupt", "n": 1, "example": "a.jpg"},
    ]
    return contents(
        sources=(subset(), subset("tn3k", may_pass_on=None), subset("x")),
        funnel=funnel(
            {"source": "busi", "read": 2, "harmonised": 2, "accepted": 2, "published": 2},
            {"source": "tn3k", "read": 9, "skipped": 7, "quarantined": 1, "published": 1},
            {"source": "x"},
        ),
        reasons=pl.DataFrame(reasons, schema=REASONS),
        rows=pl.DataFrame(rows, schema=ROWS),
        checks=(Check("mask", "masks fit", False, 3, ("busi-all-1: <L>",)),),
        exhibits=(
            exhibit("busi-all-1"),
            exhibit("busi-all-2", is_negative=True, diagnosis="normal", answer="Nothing."),
            exhibit(
                "tn3k-test-3",
                source="tn3k",
                split="test",
                license="NOASSERTION",
                image=None,
                mask=None,
            ),
        ),
        absent={"tn3k": ("TN3K.rar",), "busi": ()},
    )


@pytest.mark.parametrize(
    "given",
    [full(), contents(), empty(), contents(record=record())],
    ids=["full", "small", "empty", "reasoned"],
)
def test_the_page_is_whole_and_stands_alone(given: Contents) -> None:
    page = Page(render(given))
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    for tag in ("script", "link", "iframe", "object", "embed", "base", "form"):
        assert not page.all(tag)
    loaded = [a[key] for _, a in page.tags for key in LOADS if key in a]
    assert all(value.startswith("data:image/jpeg;base64,") for value in loaded)
    assert {tag for tag, a in page.tags if "href" in a} <= {"a"}
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    style = render(given).decode().split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize(
    "given",
    [full(), empty(), contents(record=record())],
    ids=["full", "empty", "reasoned"],
)
def test_headings_are_in_order_ids_are_unique_and_pictures_have_a_text(given: Contents) -> None:
    page = Page(render(given))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    named = {a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a}
    assert named <= set(ids)
    assert {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")} <= set(ids)
    assert all(a["alt"] for a in page.all("img"))
    assert all(a.get("aria-label") or a.get("aria-hidden") for a in page.all("svg"))


def test_every_exhibit_is_there_with_its_words() -> None:
    words = " ".join(Page(render(full())).words.split())
    for said in (
        *("busi-all-1", "busi-all-2", "tn3k-test-3", "What is seen?", "Firstly, the modality."),
        *("moderate, 4.5 %", "upper left", "regions two"),
        *("The image is withheld", "terms not stated", "empty, a negative"),
        *("not verified by a clinician", "1 of 1 checks failed", "masks fit", "busi-all-1: <L>"),
        *("TN3K.rar", "(tn3k)"),
    ):
        assert said in words


def test_what_may_need_mending_comes_before_what_was_only_skipped() -> None:
    words = Page(render(full())).words
    assert words.index("Corrupt") < words.index("Empty")


def test_texts_cannot_become_markup() -> None:
    evil = '<script>alert("x")</script>'
    given = contents(
        recipe=evil,
        sources=(subset(title=evil, homepage="javascript:alert(1)"),),
        funnel=funnel({"source": evil, "read": 1, "quarantined": 1}),
        reasons=pl.DataFrame(
            [{"source": evil, "step": evil, "code": evil, "n": 1, "example": evil}], schema=REASONS
        ),
        rows=pl.DataFrame([row("busi-all-1", diagnosis=evil)], schema=ROWS),
        checks=(Check("a", evil, False, 1, (evil,)),),
        exhibits=(
            exhibit(
                question=evil, answer=evil, diagnosis=evil, flags=(evil,), terms_url=f'"{evil}'
            ),
        ),
        absent={"busi": (evil,)},
        record=record(
            refusals=record().refusals.with_columns(
                pl.lit(evil).alias("judge"), pl.lit(evil).alias("code")
            ),
            models=record().models.with_columns(pl.lit(evil).alias("model")),
        ),
    )
    page = Page(render(given))
    assert not page.all("script")
    assert page.words.count(evil) >= 10
    assert all(a["href"].startswith(("#", "https://")) for a in page.all("a"))


def test_the_same_contents_give_the_same_bytes() -> None:
    assert render(full()) == render(full())


@pytest.mark.parametrize(
    ("phantoms", "says"),
    [(0, None), (1, "1 of 2 rows were drawn"), (2, "All images were drawn")],
)
def test_synthetic_images_are_called_so(phantoms: int, says: str | None) -> None:
    rows = [row(f"busi-all-{n}", is_phantom=n < phantoms) for n in range(2)]
    page = Page(render(contents(rows=pl.DataFrame(rows, schema=ROWS), exhibits=())))
    assert ("Synthetic images" in page.words) is (says is not None)
    assert says is None or says in page.words


@pytest.mark.parametrize(
    ("checks", "says"),
    [(None, "Not validated."), ((Check("a", "b", True, 0),), "All 1 checks passed.")],
)
def test_the_verdict_is_told(checks: tuple[Check, ...] | None, says: str) -> None:
    assert says in Page(render(contents(checks=checks))).words


def test_what_came_of_the_reasoning_is_told() -> None:
    page = Page(render(contents(record=record())))
    assert page.open == []
    words = " ".join(page.words.split())
    for said in (
        *("Reasoning", "attempt 1", "attempt 4", "Hint levels", "Hidden controls", "Refusals"),
        *("Critics' scores", "Models", "ffffffffffff", "not asked yet", "40 %"),
    ):
        assert said in words
    assert "Attempts" not in words
    assert {"href": "https://example.org/author", "rel": "noopener"} in page.all("a")
    bars = [
        [a["class"] for a in page.all("rect") if a.get("class") in group]
        for group in (("first", "second", "later"), ("failed",), ("waiting",))
    ]
    assert bars == [["first", "second", "later"], ["failed"], ["waiting", "waiting"]]


@pytest.mark.parametrize(
    ("frame", "heading"),
    [
        ("hints", "Hint levels"),
        ("controls", "Hidden controls"),
        ("refusals", "Refusals"),
        ("scores", "Critics' scores"),
        ("models", "Models"),
    ],
)
def test_a_figure_without_numbers_is_left_out(frame: str, heading: str) -> None:
    whole = record()
    told = record(**{frame: getattr(whole, frame).clear()})
    headings = Page(render(contents(record=told))).words
    assert heading not in headings
    assert heading in Page(render(contents(record=whole))).words


def test_an_embedded_author_that_needs_one_attempt_has_no_section() -> None:
    once = pl.DataFrame([("busi", "accepted", 1, 3)], schema=FINISHED, orient="row")
    again = pl.DataFrame([("busi", "accepted", 2, 3)], schema=FINISHED, orient="row")
    assert "Reasoning" not in Page(render(contents(record=Record(finished=once)))).words
    assert "Attempts" in Page(render(contents(record=Record(finished=once)))).words
    page = Page(render(contents(record=Record(finished=again)))).words
    assert "Reasoning" in page
    assert "Hidden controls" not in page


def test_a_frame_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="hints has the schema"):
        record(hints=pl.DataFrame({"level": [1]}))
    with pytest.raises(ValueError, match="rows has the schema"):
        contents(rows=pl.DataFrame({"sample_id": ["a"]}))
