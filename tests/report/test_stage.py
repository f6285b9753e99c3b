"""`m3ds report` over a tiny build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from m3ds.errors import UsageError, ValidationFailed
from m3ds.report.frames import FUNNEL
from m3ds.stages import download, funnel, generate, harmonize, publish, report, validate
from m3ds.stages.workplace import Options, Workplace, opened
from tests.stages.building import recipe


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def place(folder: Path) -> Iterator[Workplace]:
    """A tiny build up to the validation."""
    pipeline = recipe(folder, "busi", more="engine: {workers: 1}")
    with opened(Options(pipeline, folder / "work"), writes=True) as built:
        for stage in (download, harmonize, generate, publish, validate):
            stage.run(built)
        yield built


def page(place: Workplace) -> Path:
    return place.workdir / "report" / "index.html"


def ids(place: Workplace) -> list[str]:
    shards = sorted(place.dataset.glob("*/*.parquet"))
    return pl.concat([pl.read_parquet(p, columns=["sample_id"]) for p in shards])[
        "sample_id"
    ].to_list()


def test_it_shows_what_is_published_once(place: Workplace) -> None:
    assert report.run(place)
    first = page(place).read_bytes()
    text = first.decode()
    published = ids(place)
    assert 0 < len(published) <= 6
    assert all(f'id="s-{name}"' in text for name in published)
    assert "checks passed" in text
    assert "Synthetic images" in text
    assert str(place.workdir) not in text
    assert not report.run(place)
    page(place).unlink()
    assert report.run(place)
    assert page(place).read_bytes() == first


def test_a_cut_page_is_written_again(place: Workplace) -> None:
    report.run(place)
    whole = page(place).read_bytes()
    page(place).write_bytes(whole[:-7])
    assert report.run(place)
    assert page(place).read_bytes() == whole


def test_another_verdict_makes_another_page(place: Workplace) -> None:
    report.run(place)
    gate = place.workdir / "gate.json"
    kept = gate.read_text()
    verdict = json.loads(kept)
    verdict["checks"][0] |= {"passed": False, "failures": 2, "seen": ["busi-all-9"]}
    gate.write_text(json.dumps(verdict))
    assert report.run(place)
    assert f"1 of {len(verdict['checks'])} checks failed" in page(place).read_text()
    gate.unlink()
    assert report.run(place)
    assert "Not validated" in page(place).read_text()
    gate.write_text(kept)


def test_a_shard_that_cannot_be_read_is_named(place: Workplace) -> None:
    shard = min(place.dataset.glob("*/*.parquet"))
    kept = shard.read_bytes()
    page(place).unlink(missing_ok=True)
    shard.write_bytes(kept[:99])
    try:
        with pytest.raises(ValidationFailed, match=shard.name):
            report.run(place)
    finally:
        shard.write_bytes(kept)


def test_before_anything_is_harmonised_there_is_nothing_to_tell(
    folder: Path, tmp_path: Path
) -> None:
    with (
        opened(Options(folder / "tiny.yaml", tmp_path), writes=True) as fresh,
        pytest.raises(UsageError, match="nothing is harmonised"),
    ):
        report.run(fresh)


def test_an_unpublished_build_has_a_funnel_to_show(folder: Path, tmp_path: Path) -> None:
    with opened(Options(folder / "tiny.yaml", tmp_path), writes=True) as fresh:
        download.run(fresh)
        harmonize.run(fresh)
        assert report.run(fresh)
        text = page(fresh).read_text()
    assert "Nothing is published yet" in text
    assert "needs author" in text


def test_the_room_and_the_stage_mean_the_same_steps() -> None:
    assert tuple(FUNNEL)[1:] == funnel.STEPS
