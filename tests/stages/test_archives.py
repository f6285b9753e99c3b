"""Builds of archives that lie in a folder: which sources take part, what stands in their way."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

from tests.stages.building import SOURCES, build, dataset_bytes, m3ds, recipe, rows_by_source


def test_a_folder_of_archives_that_holds_none_is_refused(pipeline: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = m3ds(
        "build", "-p", pipeline, "--archives", tmp_path / "empty", "--workdir", tmp_path / "work"
    )
    assert done.returncode == 2
    assert "holds nothing of kvasir_seg, busi" in done.stderr


def test_a_source_whose_folder_is_misspelt_is_not_left_out_in_silence(
    built: Path, pipeline: Path, tmp_path: Path
) -> None:
    archives = tmp_path / "archives"
    shutil.copytree(built / "archives" / "busi", archives / "busi")
    shutil.copytree(built / "archives" / "kvasir_seg", archives / "Kvasir-SEG")
    said = build(pipeline, tmp_path / "work", "--archives", archives)
    assert "holds nothing of kvasir_seg" in said
    assert "its folder 'Kvasir-SEG' is called after no source; did you mean 'kvasir_seg'?" in said
    assert rows_by_source(tmp_path / "work") == {"busi": rows_by_source(built)["busi"]}
    shutil.rmtree(archives / "busi")
    done = m3ds("build", "-p", pipeline, "--archives", archives, "--workdir", tmp_path / "other")
    assert done.returncode == 2
    assert "did you mean 'kvasir_seg'?" in done.stderr


def test_a_damaged_archive_costs_its_source_and_no_other(
    built: Path, pipeline: Path, tmp_path: Path
) -> None:
    archives = Path(shutil.copytree(built / "archives", tmp_path / "archives"))
    damaged = archives / "busi" / "Dataset_BUSI.zip"
    damaged.write_bytes(damaged.read_bytes()[:5000])
    work = tmp_path / "work"
    done = m3ds("build", "-p", pipeline, "--archives", archives, "--workdir", work)
    assert done.returncode == 1
    assert "nothing of busi could be read" in done.stderr
    assert rows_by_source(work) == {"kvasir_seg": rows_by_source(built)["kvasir_seg"]}
    told = json.loads(m3ds("status", "-p", pipeline, "--workdir", work, "--json").stdout)
    assert [(r["source"], r["code"]) for r in told["reasons"] if r["source"] == "busi"] == [
        ("busi", "DownloadError")
    ]
    shutil.copy(built / "archives" / "busi" / "Dataset_BUSI.zip", damaged)
    build(pipeline, work, "--archives", archives)
    assert dataset_bytes(work) == dataset_bytes(built)


def test_a_build_from_a_folder_goes_on_as_one(built: Path, tmp_path: Path) -> None:
    """Leaving `--archives` out the second time must not replace real images by synthetic ones."""
    archives = Path(shutil.copytree(built / "archives", tmp_path / "archives"))
    other = recipe(tmp_path, *SOURCES, per_source=7)
    work = tmp_path / "work"
    build(other, work, "--archives", archives)
    first = dataset_bytes(work)
    assert "nothing to do" in build(other, work)
    assert dataset_bytes(work) == first
    assert rows_by_source(work) == rows_by_source(built)


def test_a_synthetic_build_is_not_replaced_by_a_folder(built: Path, copy: Path) -> None:
    pipeline = recipe(copy, *SOURCES)
    done = m3ds("build", "-p", pipeline, "--archives", built / "archives", "--workdir", copy)
    assert done.returncode == 2
    assert "--workdir of its own" in done.stderr
    assert dataset_bytes(copy) == dataset_bytes(built)


def test_where_no_source_can_be_used_the_build_says_so(
    built: Path, pipeline: Path, tmp_path: Path
) -> None:
    archives = Path(shutil.copytree(built / "archives", tmp_path / "archives"))
    shutil.rmtree(archives / "kvasir_seg")
    (archives / "busi" / "Dataset_BUSI.zip").write_bytes(b"no archive")
    work = tmp_path / "work"
    done = m3ds("build", "-p", pipeline, "--archives", archives, "--workdir", work)
    assert done.returncode == 1
    assert "harmonized kvasir_seg" not in done.stderr, "it was left out"
    status = f"m3ds status -p {pipeline} --workdir {work}"
    last = done.stderr.splitlines()[-1]
    assert last == f"m3ds: {work}: no source gave a single sample ({status} says why)"
    assert "cannot be unpacked" in m3ds("status", "-p", pipeline, "--workdir", work).stdout


def test_an_archive_that_holds_nothing_is_told_of(
    built: Path, pipeline: Path, tmp_path: Path
) -> None:
    archives = Path(shutil.copytree(built / "archives", tmp_path / "archives"))
    empty = archives / "kvasir_seg" / "kvasir-seg.zip"
    assert empty.exists()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "nothing else")
    work = tmp_path / "work"
    done = m3ds("build", "-p", pipeline, "--archives", archives, "--workdir", work)
    assert "harmonized kvasir_seg: 0 samples" in done.stderr
    assert rows_by_source(work) == {"busi": rows_by_source(built)["busi"]}


def test_what_another_source_has_is_released_whatever_becomes_of_the_chosen_one(
    built: Path, pipeline: Path, tmp_path: Path
) -> None:
    archives = Path(shutil.copytree(built / "archives", tmp_path / "archives"))
    work = tmp_path / "work"
    here = ("-p", pipeline, "--archives", archives, "--workdir", work)
    assert m3ds("build", *here, "--source", "kvasir_seg").returncode == 0
    shutil.rmtree(work / "dataset")
    (archives / "busi" / "Dataset_BUSI.zip").write_bytes(b"no archive")
    done = m3ds("build", *here, "--source", "busi")
    assert done.returncode == 1
    assert "nothing of busi could be read" in done.stderr
    assert rows_by_source(work) == {"kvasir_seg": rows_by_source(built)["kvasir_seg"]}
