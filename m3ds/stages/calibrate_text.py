"""What `m3ds calibrate` prints, and the fragment of a recipe that it writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from m3ds.calibration.agreement import Agreement
from m3ds.calibration.critics import OF_ITS_OWN, Compared, Fitted
from m3ds.calibration.fit import Floats
from m3ds.recipe import ModelCritic
from m3ds.schema.base import MODALITIES
from m3ds.stages.decisions import DIMENSIONS, Joined
from m3ds.stages.progress import counted

_WIDE = 110


def show(
    joined: Joined,
    found: Sequence[Compared],
    missing: Sequence[str],
    compared: pl.DataFrame,
    goal: float,
) -> None:
    """Print decisions, critics now and fitted, and prompt modes."""
    console = Console(highlight=False)
    console.width = max(console.width, _WIDE)
    approved = int(joined.items["approved"].sum())
    judged = joined.judged["text_sha"].n_unique()
    both = f", {joined.split:,} both ways" if joined.split else ""
    console.print(
        f"people decided on {counted(len(joined.items), 'text')}{both}: {approved:,} approved; "
        f"{judged:,} were judged by a critic"
    )
    if joined.older:
        old = counted(joined.older, "judgement")
        console.print(f"[yellow]{old} by an earlier prompt or revision left out[/]")
    console.print(_critics(found))
    for one in found:
        if one.fitted.why_not:
            console.print(f"[red]{escape(one.model)}[/]: {one.fitted.why_not}", soft_wrap=True)
    for model in missing:
        console.print(f"[red]{escape(model)}[/]: it judged none of the decided texts")
    for one in found:
        if one.in_recipe and not one.fitted.why_not:
            console.print(_thresholds(one))
    if len(compared):
        console.print(_modes(compared))
    if all(one.fitted.why_not for one in found):
        return
    console.print(
        "[dim]Held out: each text was judged by thresholds that were fitted without it, so this is "
        f"what to expect of new texts. The goal is a precision of {goal:.0%}, nine times in ten. "
        f"A modality with fewer than {OF_ITS_OWN} texts, or that cannot reach it by itself, takes "
        "the thresholds of all.[/]",
        soft_wrap=True,
    )


def _critics(found: Sequence[Compared]) -> Table:
    table = _table("critics against people")
    table.add_column("", no_wrap=True)
    for head in ("texts", "accepted", "precision", "recall", "kappa", "AUC"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in found:
        now = "as the recipe has it" if one.in_recipe else "as it said; not in the recipe"
        table.add_row(f"[bold]{escape(one.model)}[/]")
        table.add_row(f"  {now}", *_cells(one.now), _number(one.fitted.auc))
        if "all" in one.fitted.left_out:
            table.add_row("  fitted, left out", *_cells(one.fitted.left_out["all"]), "")
    return table


def _thresholds(one: Compared) -> Table:
    table = _table(f"thresholds fitted for {escape(one.model)}")
    table.add_column("", no_wrap=True)
    for head in (*DIMENSIONS, "mean", "texts", "accepted", "precision"):
        table.add_column(head, justify="right", no_wrap=True)
    for name in ("all", *MODALITIES):
        fit = one.fitted.pooled if name == "all" else one.fitted.own.get(name)
        left_out = one.fitted.left_out.get(name)
        if left_out is None:
            continue
        instead = "" if one.fitted.pooled is None else "as all"
        scores = _scores(fit.thresholds) if fit else [instead] * (len(DIMENSIONS) + 1)
        table.add_row(name, *scores, *_cells(left_out)[:3])
    return table


def _modes(compared: pl.DataFrame) -> Table:
    table = _table("prompt modes")
    table.add_column("", no_wrap=True)
    for head in ("texts", "approved", "attempts", "at the first"):
        table.add_column(head, justify="right", no_wrap=True)
    for row in compared.iter_rows(named=True):
        approved = f"{row['approved']:.3f} ({row['low']:.3f}–{row['high']:.3f})"
        texts, attempts = f"{row['texts']:,}", f"{row['attempts']:.2f}"
        table.add_row(row["mode"], texts, approved, attempts, f"{row['first']:.3f}")
    return table


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", box=box.SIMPLE, padding=(0, 2, 0, 0), pad_edge=False
    )


def _cells(of: Agreement) -> list[str]:
    share = of.accepted / of.texts if of.texts else None
    numbers = (share, of.precision, of.recall, of.kappa)
    return [f"{of.texts:,}", *map(_number, numbers)]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _scores(thresholds: Floats) -> list[str]:
    return [f"{value:.2f}" for value in thresholds]


def fragment(critics: Sequence[tuple[ModelCritic, Fitted]], decisions: str, goal: float) -> str:
    """The `critic:` of a recipe, with nothing but thresholds.

    Args:
        critics: The recipe's, in its order, each with what was fitted.
        decisions: The name of the file of decisions.
        goal: The precision that was aimed for.
    """
    lines = [
        f"# Fitted by `m3ds calibrate` to {decisions}:",
        f"# people should approve at least {goal:.0%} of what is accepted.",
        "# Put these keys into the critic of a recipe, in place of those of the same name.",
        "critic:",
    ]
    if len(critics) == 1:
        lines += _keys(*critics[0])
    for part, fit in critics if len(critics) > 1 else ():
        keys = list(_keys(part, fit))
        if fit.why_not:
            lines += [*(f"  {line.strip()}" for line in keys), "  - {}"]
        else:
            lines += [f"  -{keys[0][1:]}", *(f"  {line}" for line in keys[1:])]
    return "\n".join(lines) + "\n"


def _keys(part: ModelCritic, fit: Fitted) -> Iterator[str]:
    """The keys of one critic, two blanks in; the first line is a comment."""
    if fit.why_not:
        yield f"  # {part.model}: nothing fitted: {fit.why_not}"
        return
    yield f"  # {part.model}: {_worth(fit.left_out['all'])}"
    if fit.pooled is not None:
        yield "  thresholds:"
        yield from _spelled(fit.pooled.thresholds, 4)
    if fit.own:
        yield "  by_modality:"
    for name in MODALITIES:
        if name in fit.own:
            yield f"    # {_worth(fit.left_out[name])}"
            yield f"    {name}:"
            yield from _spelled(fit.own[name].thresholds, 6)


def _spelled(thresholds: Floats, blanks: int) -> Iterator[str]:
    for name, text in zip((*DIMENSIONS, "mean"), _scores(thresholds), strict=True):
        yield f"{' ' * blanks}{name}: {text}"


def _worth(of: Agreement) -> str:
    return (
        f"of {counted(of.texts, 'text')} held out of the fit, {of.accepted:,} accepted, "
        f"{_number(of.precision)} of these approved"
    )
