"""The door: same bytes for same arguments, whole archives or none, and the cases behind them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from m3ds import atomic
from m3ds.errors import UsageError
from m3ds.phantoms import draw as door
from m3ds.phantoms.base import Case
from m3ds.phantoms.draw import LAYOUTS, PHANTOM_VERSION, cases, draw, is_drawn
from m3ds.phantoms.encode import PATIENT
from m3ds.schema.base import SOURCE_NAMES

from .unpack import Files

SOURCES = tuple(LAYOUTS)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def test_every_source_can_be_drawn() -> None:
    assert SOURCES == SOURCE_NAMES


@pytest.mark.parametrize("source", SOURCES)
def test_same_arguments_same_bytes_and_another_seed_others(source: str, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        draw(source, tmp_path / name, n=6, seed=seed)
    first, again, other = (_hashes(tmp_path / name) for name in "abc")
    assert first == again
    assert first.keys() == other.keys() == {*LAYOUTS[source].ARCHIVES, "PHANTOM.json"}
    packed = [n for n in first if zipfile.is_zipfile(tmp_path / "a" / n)]
    assert all(first[name] != other[name] for name in packed)


@pytest.mark.parametrize("source", SOURCES)
def test_members_are_listed_by_name_and_carry_no_time(source: str, tmp_path: Path) -> None:
    draw(source, tmp_path, n=5, seed=0)
    for path in tmp_path.iterdir():
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
                assert archive.namelist() == sorted(archive.namelist())
                assert {m.date_time for m in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("source", SOURCES)
def test_the_smallest_draws_work_too(source: str, n: int, tmp_path: Path) -> None:
    draw(source, tmp_path, n=n, seed=0)
    assert is_drawn(source, tmp_path, n=n, seed=0)


@pytest.mark.parametrize("source", SOURCES)
def test_about_as_many_cases_as_asked_for(source: str) -> None:
    drawn = list(cases(source, 24, 5))
    assert 20 <= len(drawn) <= 24
    assert len({(case.split, case.stem) for case in drawn}) == len(drawn)
    for case in drawn:
        assert case.pixels.dtype == np.uint8
        assert case.mask.dtype == np.bool_
        assert case.pixels.shape[:2] == case.mask.shape
        assert case.pixels.std() > 10
        positive = bool(case.regions) or source == "fives"
        assert case.mask.any() == positive


@pytest.mark.parametrize("source", SOURCES)
def test_cases_are_the_same_twice_and_do_not_depend_on_how_far_one_reads(source: str) -> None:
    whole = list(cases(source, 12, 4))
    first = next(cases(source, 12, 4))
    assert first.stem == whole[0].stem
    assert np.array_equal(first.pixels, whole[0].pixels)


def test_the_marker_says_what_was_drawn(tmp_path: Path) -> None:
    draw("tn3k", tmp_path, n=4, seed=9)
    stated = json.loads((tmp_path / "PHANTOM.json").read_text())
    assert stated == {"source": "tn3k", "n": 4, "seed": 9, "version": PHANTOM_VERSION}
    assert is_drawn("tn3k", tmp_path, n=4, seed=9)
    assert not is_drawn("tn3k", tmp_path, n=5, seed=9)
    assert not is_drawn("tn3k", tmp_path, n=4, seed=8)
    (tmp_path / "TN3K.rar").unlink()
    assert not is_drawn("tn3k", tmp_path, n=4, seed=9)


def test_an_interrupted_draw_leaves_no_archive_and_no_marker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw("tn3k", tmp_path, n=4, seed=0)
    before = (tmp_path / "TN3K.rar").read_bytes()

    def stop(old: Path, new: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic, "rename", stop)
    with pytest.raises(KeyboardInterrupt):
        draw("tn3k", tmp_path, n=6, seed=0)
    assert _hashes(tmp_path) == {"TN3K.rar": hashlib.sha256(before).hexdigest()}


def test_archives_are_drawn_one_case_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scratch file grows from case to case: no archive is gathered in memory first."""
    tn3k = door.LAYOUTS["tn3k"]
    real: Callable[..., Case] = tn3k._case  # type: ignore[attr-defined]
    sizes: list[int] = []

    def spy(*args: object) -> Case:
        sizes.append(sum(path.stat().st_size for path in tmp_path.iterdir()))
        return real(*args)

    monkeypatch.setattr(tn3k, "_case", spy)
    draw("tn3k", tmp_path, n=12, seed=0)
    assert sizes[0] == 0
    assert sizes[-1] > sizes[len(sizes) // 2] > 10_000


@pytest.mark.parametrize(("source", "n"), [("nowhere", 4), ("tn3k", 0), ("tn3k", -3)])
def test_what_cannot_be_drawn_is_refused(source: str, n: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        draw(source, tmp_path, n=n, seed=0)
    with pytest.raises(UsageError):
        cases(source, n, 0)


@pytest.mark.parametrize("source", SOURCES)
def test_some_files_name_a_patient_and_some_do_not(
    source: str, drawn: Callable[[str], Files]
) -> None:
    files = drawn(source)
    images = [n for n in files.names(r".*\.(jpg|png)") if "mask" not in n.lower()]
    named = [name for name in images if PATIENT.encode() in files[name]]
    assert 0 < len(named) < len(images)


@pytest.mark.parametrize(
    ("source", "image", "mask"),
    [
        ("isbi2016", "{part}_Data/{stem}.jpg", "{part}_Data/{stem}_Segmentation.png"),
        ("fives", "{part}/Original/{stem}.png", "{part}/Ground truth/{stem}.png"),
    ],
)
def test_archives_hold_the_pixels_of_the_cases(
    source: str, image: str, mask: str, drawn: Callable[[str], Files]
) -> None:
    files = drawn(source)
    for case in _some(cases(source, 24, 3)):
        part = {
            "isbi2016": {"train": "Training", "test": "Test"}.get(str(case.split), ""),
            "fives": str(case.split),
        }[source]
        (found,) = [n for n in files.content if n.endswith(image.format(part=part, stem=case.stem))]
        difference = files.pixels(found).astype(int) - case.pixels
        assert abs(difference).mean() < 6  # JPEG's loss
        (found,) = [n for n in files.content if n.endswith(mask.format(part=part, stem=case.stem))]
        lit = np.asarray(files.image(found).convert("L")) > 127
        assert np.array_equal(lit, case.mask)


def _some(all_cases: Iterator[Case]) -> list[Case]:
    return list(all_cases)[::5]
