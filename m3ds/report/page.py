"""From the contents to the bytes of the page."""

from __future__ import annotations

from dataclasses import dataclass

import jinja2
import polars as pl
from markupsafe import Markup

from m3ds.report import flow, plots, record_plots, words
from m3ds.report.frames import Contents, Exhibit, Subset
from m3ds.report.gallery import Picture, picture
from m3ds.report.record import Record
from m3ds.report.svg import number

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("m3ds.report", "."),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot under its heading, with a line on how to read it."""

    heading: str
    caption: str
    plot: Markup


@dataclass(frozen=True, slots=True)
class Reasoning:
    """How samples finished, source by source, and what else is drawn of their texts.

    Args:
        ends: The columns.
        finished: Per source its bar, and how many samples came to each end.
        totals: Over all sources.
        figures: As they are shown.
    """

    ends: list[str]
    finished: list[tuple[str, list[flow.Part], dict[str, int]]]
    totals: dict[str, int]
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class Card:
    """One exhibit, ready to be shown."""

    exhibit: Exhibit
    picture: Picture | None
    alt: str
    facts: list[tuple[str, str]]
    paragraphs: list[str]


@dataclass(frozen=True, slots=True)
class Room:
    """The part of the gallery that shows one source."""

    source: Subset
    n_rows: int
    modality: str
    cards: list[Card]


def render(contents: Contents) -> bytes:
    """The whole page as UTF-8: nothing is fetched, nothing runs, the same bytes each time."""
    rows, names = contents.rows, [source.name for source in contents.sources]
    published = [name for name in names if rows.filter(source=name).height]
    failed = [check for check in contents.checks or () if not check.passed]
    # A phantom only borrows its source's terms.
    kept = [s.name for s in contents.sources if s.may_pass_on is not True and _is_real(rows, s)]
    page = _ENVIRONMENT.get_template("report.html.jinja").render(
        contents=contents,
        n_rows=rows.height,
        n_phantoms=int(rows["is_phantom"].sum()),
        n_images=rows["image_id"].n_unique(),
        n_negatives=int(rows["is_negative"].sum()),
        published=published,
        failed=failed,
        keep_here=words.listed(kept),
        steps=flow.used_steps(contents.funnel),
        flows=[(row, flow.bar(row)) for row in contents.funnel.iter_rows(named=True)],
        totals=flow.totals(contents.funnel),
        reasons=flow.by_urgency(contents.reasons),
        absent=[(name, list(archives)) for name, archives in contents.absent.items() if archives],
        reasoning=_reasoning(contents.record) if contents.record.is_worth_telling else None,
        columns=_plots(contents, names) if rows.height else [],
        diagnoses=[(name, plots.diagnoses(rows, name)) for name in published],
        rooms=[room for source in contents.sources for room in _room(contents, source)],
        name_of=flow.name_of,
        tone_of=flow.tone_of,
        tone_of_end=record_plots.tone_of_end,
        share=words.share,
        license_name=words.license_name,
        mask_name=words.mask_name,
        listed=words.listed,
        number=number,
    )
    return page.encode()


def _reasoning(record: Record) -> Reasoning:
    """How samples finished, and the figures of what is known of their texts' judges."""
    by_source = record.by_source()
    found = []
    if record.hints.height:
        said = "Accepted texts by what their author was told of the diagnosis."
        found.append(Figure("Hint levels", said, record_plots.hints(record)))
    if record.controls.height:
        said = (
            "Of items with a known answer, the share that the critic refused. The line is the "
            "recipe's: planted errors should reach it, sound texts stay below it."
        )
        found.append(Figure("Hidden controls", said, record_plots.controls(record.controls)))
    if record.refusals.height:
        said = "Texts that were refused on the way, by judge and reason; some for several reasons."
        found.append(Figure("Refusals", said, record_plots.refusals(record.refusals)))
    if record.scores.height:
        said = "Expected scores of the published texts, 1 to 5; the line is the mean."
        found.append(Figure("Critics' scores", said, record_plots.scores(record.scores)))
    return Reasoning(
        ends=record.ends,
        finished=[(name, record_plots.finished_bar(own), own) for name, own in by_source.items()],
        totals={end: sum(own[end] for own in by_source.values()) for end in record.ends},
        figures=found,
    )


def _plots(contents: Contents, names: list[str]) -> list[list[Figure]]:
    """The figures of the published rows, in columns."""
    rows = contents.rows
    n_empty = rows.filter(~(pl.col("area_fraction") > 0).fill_null(value=False)).height
    aside = f" {n_empty:,} without a region are not in it." if n_empty else ""
    attempts = [Figure("Attempts", "Rows by the attempt whose text passed.", plots.attempts(rows))]
    if contents.record.is_worth_telling:
        attempts = []  # told above, of all samples
    areas = f"Share of the image that the mask covers, by source; the line is the median.{aside}"
    return [
        [Figure("Splits", "Rows by source and split.", plots.splits(rows, names))],
        [Figure("Mask area", areas, plots.areas(rows, names))],
        [Figure("Modalities", "Rows by imaging modality.", plots.modalities(rows)), *attempts],
    ]


def _room(contents: Contents, source: Subset) -> list[Room]:
    cards = [_card(e, source) for e in contents.exhibits if e.source == source.name]
    if not cards:
        return []
    n_rows = contents.rows.filter(source=source.name).height
    return [Room(source, n_rows, cards[0].exhibit.modality, cards)]


def _card(exhibit: Exhibit, source: Subset) -> Card:
    what = "no region outlined" if exhibit.is_negative else f"{source.target} outlined"
    return Card(
        exhibit=exhibit,
        picture=picture(exhibit),
        alt=f"{exhibit.modality} image of {exhibit.sample_id}, {exhibit.diagnosis}, {what}",
        facts=words.facts_in_words(
            exhibit.facts, exhibit.modality, is_negative=exhibit.is_negative
        ),
        paragraphs=words.paragraphs(exhibit.answer),
    )


def _is_real(rows: pl.DataFrame, source: Subset) -> bool:
    return rows.filter(source=source.name, is_phantom=False).height > 0
