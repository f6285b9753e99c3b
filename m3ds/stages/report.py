"""`m3ds report`: one page that shows what was built."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from m3ds import __version__, atomic
from m3ds.errors import UsageError, ValidationFailed, cause
from m3ds.ledger.views import last_pass, pass_row
from m3ds.release.rows import SCORED
from m3ds.report import PAGE_VERSION
from m3ds.report.frames import FUNNEL, ROWS, Check, Contents, Exhibit, Subset
from m3ds.report.record import SCORES
from m3ds.schema.base import SPLITS
from m3ds.schema.facts import Facts
from m3ds.sources.registry import adapter
from m3ds.stages import funnel, record, validate
from m3ds.stages.progress import say
from m3ds.stages.workplace import Workplace, fingerprint

STAGE = "report"
_READ = (("download", True), ("harmonize", True), ("reason", False), ("publish", False))
"""The stages whose passes the page tells of, and whether they pass source by source."""

_SHOWN = ("question", "answer", "facts", "flags", "license", "image_sha256", "mask_sha256")


def is_done(place: Workplace) -> bool:
    """Whether the page that lies there tells of this very build."""
    last = last_pass(place.ledger, STAGE, "*")
    page = _page(place)
    return (
        last is not None
        and last.fingerprint == _stamp(place)
        and page.is_file()
        and page.stat().st_size == last.body["bytes"]
    )


def run(place: Workplace) -> bool:
    """Write `report/index.html`; returns whether there was anything to do.

    A build that is not published yet has a funnel to show.

    Raises:
        UsageError: nothing is harmonised yet, so there is nothing to tell.
        ValidationFailed: a file of the dataset folder cannot be read.
    """
    if not place.harmonised:
        raise UsageError(
            "nothing is harmonised yet",
            where=place.workdir,
            todo=f"run: {place.command('harmonize')}",
        )
    if is_done(place):
        return False
    from m3ds.report.page import render  # scikit-image loads slowly: only when there is work

    data = render(_contents(place))
    atomic.write_bytes(_page(place), data)
    place.ledger.append([pass_row(STAGE, "*", _stamp(place), {"bytes": len(data)})])
    say(f"wrote {_page(place)} ({max(1, len(data) // 1000):,} kB)")
    return True


def _contents(place: Workplace) -> Contents:
    from m3ds.report.gallery import choose

    counted = funnel.collect(place, place.harmonised)
    shards = {path: _rows(path) for path in sorted(place.dataset.glob("*/*.parquet"))}
    rows = pl.concat([pl.DataFrame(schema=ROWS), *shards.values()])
    chosen = [name for source in place.harmonised for name in choose(rows, source)]
    exhibits = {e.sample_id: e for e in _exhibits(place, shards, frozenset(chosen))}
    return Contents(
        recipe=place.recipe.name,
        sources=tuple(_subset(name) for name in place.harmonised),
        funnel=counted.counts.select(list(FUNNEL)),
        reasons=counted.reasons,
        rows=rows,
        checks=_checks(place),
        exhibits=tuple(exhibits[name] for name in chosen),
        absent={name: tuple(archives) for name, archives in counted.absent.items()},
        record=replace(
            record.collect(place, place.harmonised), scores=_scores(place, list(shards))
        ),
    )


def _rows(path: Path) -> pl.DataFrame:
    """What the plots need of one shard; the pictures are not read."""
    source, split = _config_and_split(path)
    labels = adapter(source).source
    own = ("sample_id", "image_id", "diagnosis", "is_negative", "is_phantom", "attempt", "facts")
    return (
        _read_shard(path, own)
        .select(
            "sample_id",
            "image_id",
            pl.lit(source).alias("source"),
            pl.lit(split).alias("split"),
            pl.lit(labels.modality).alias("modality"),
            "diagnosis",
            "is_negative",
            "is_phantom",
            pl.col("facts").struct.field("area_fraction").cast(pl.Float64),
            pl.col("attempt").cast(pl.Int64),
        )
        .cast(ROWS)
    )


def _scores(place: Workplace, shards: Sequence[Path]) -> pl.DataFrame:
    """How often each critic gave which score, over all published rows."""
    models = [part.model for part in place.recipe.critics]
    parts = [pl.DataFrame(schema=SCORES)]
    for path in shards if models else ():
        judged = _read_shard(path, ("critics",)).explode("critics").unnest("critics")
        parts.append(
            judged.filter(pl.col("model").is_in(models))
            .unpivot(SCORED, index="model", variable_name="dimension", value_name="score")
            .drop_nulls("score")
            .group_by("model", "dimension", pl.col("score").cast(pl.Float64).round(2))
            .agg(pl.len().cast(pl.Int64).alias("n"))
        )
    whole = pl.concat(parts).group_by("model", "dimension", "score").agg(pl.col("n").sum())
    return whole.sort(_place_in("model", models), _place_in("dimension", SCORED), "score")


def _place_in(column: str, order: Sequence[str]) -> pl.Expr:
    ranks = {name: at for at, name in enumerate(order)}
    return pl.col(column).replace_strict(ranks, return_dtype=pl.Int64)


def _read_shard(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, columns=list(columns))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ValidationFailed(
            f"cannot be read: {cause(error)}", where=path, todo="`m3ds publish` writes it anew"
        ) from None


def _exhibits(
    place: Workplace, shards: Mapping[Path, pl.DataFrame], chosen: frozenset[str]
) -> Iterator[Exhibit]:
    """The chosen rows: texts from the shards, pictures by their published hashes."""
    for path, rows in shards.items():
        here = rows.filter(pl.col("sample_id").is_in(sorted(chosen)))
        if not here.height:
            continue
        columns = ("sample_id", "image_status", *_SHOWN)
        whole = _read_shard(path, columns).join(here, on="sample_id")
        for row in whole.iter_rows(named=True):
            yield _exhibit(place, row)


def _exhibit(place: Workplace, row: Mapping[str, Any]) -> Exhibit:
    shown = row["image_status"] == "embedded"
    return Exhibit(
        sample_id=row["sample_id"],
        source=row["source"],
        split=row["split"],
        modality=row["modality"],
        diagnosis=row["diagnosis"],
        is_negative=row["is_negative"],
        question=row["question"],
        answer=row["answer"],
        facts=Facts.model_validate(row["facts"]),
        license=row["license"]["spdx"],
        terms_url=row["license"]["terms_url"],
        image=place.objects.get(row["image_sha256"]) if shown else None,
        mask=place.objects.get(row["mask_sha256"]) if shown else None,
        flags=tuple(row["flags"]),
    )


def _subset(name: str) -> Subset:
    source = adapter(name).source
    return Subset(
        name=name,
        title=source.title,
        target=source.target,
        mask_kind=source.mask_kind,
        homepage=source.homepage,
        may_pass_on=source.license.redistribute_images,
    )


def _checks(place: Workplace) -> tuple[Check, ...] | None:
    """The verdict in gate.json, if it is of the folder that lies there."""
    if not validate.is_done(place):
        return None
    verdict = json.loads(_gate(place).read_text(encoding="utf-8"))
    return tuple(
        Check(c["check"], c["means"], c["passed"], c["failures"], tuple(c["seen"]))
        for c in verdict["checks"]
    )


def _stamp(place: Workplace) -> str:
    """The fingerprint of all that the page tells of."""
    passes = []
    for stage, by_source in _READ:
        for scope in place.harmonised if by_source else ("*",):
            last = last_pass(place.ledger, stage, scope)
            passes.append((stage, scope, last.fingerprint, last.body) if last else (stage, scope))
    verdict = _gate(place).read_bytes() if validate.is_done(place) else b""
    told = (passes, place.recipe.name, verdict, *record.mark(place))
    return fingerprint(*told, __version__, PAGE_VERSION)


def _config_and_split(path: Path) -> tuple[str, str]:
    split = next(split for split in SPLITS if path.name.startswith(f"{split}-"))
    return path.parent.name, split


def _gate(place: Workplace) -> Path:
    return place.workdir / "gate.json"


def _page(place: Workplace) -> Path:
    return place.workdir / "report" / "index.html"
