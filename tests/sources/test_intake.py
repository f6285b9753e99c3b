"""What is taken from a folder that stands in for downloads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from m3ds.errors import DownloadError
from m3ds.schema.source import Archive, Source
from m3ds.sources.intake import Intake, look
from m3ds.sources.registry import adapter

SOURCE = adapter("chestx_det").source.model_copy(
    update={
        "archives": (
            Archive(name="data.zip", roots=("data", "other/data")),
            Archive(name="labels.csv", roots=("labels.csv",), packed=False),
        )
    }
)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def seen(folder: Path, source: Source = SOURCE) -> Intake:
    return look(source, folder, digest)


def test_an_archive_is_taken_by_its_name_and_a_tree_by_its_folders(tmp_path: Path) -> None:
    packed = seen(put(tmp_path / "a", "data.zip", "labels.csv"))
    assert [(f.archive.name, f.is_tree) for f in packed.found] == [
        ("data.zip", False),
        ("labels.csv", False),
    ]
    for root in ("data", "other/data"):
        tree = seen(put(tmp_path / root, f"{root}/1.png"))
        assert [(f.archive.name, f.is_tree) for f in tree.found] == [("data.zip", True)]
        assert tree.absent == ("labels.csv",)


def test_anything_else_is_ignored_and_counted(tmp_path: Path) -> None:
    put(tmp_path, "data/1.png", "data/deep/2.png", "labels.csv")
    put(tmp_path, "SOURCE.txt", "Data.zip", "labels (1).csv", "more/3.png", "more/4.png")
    assert seen(tmp_path).ignored == (
        "Data.zip",
        "SOURCE.txt",
        "labels (1).csv",
        "more/3.png",
        "more/4.png",
    )


def test_a_packed_archive_wins_over_its_tree(tmp_path: Path) -> None:
    intake = seen(put(tmp_path, "data.zip", "data/1.png", "data/2.png"))
    assert [f.is_tree for f in intake.found] == [False]
    assert intake.ignored == ("data/1.png", "data/2.png")


def test_nothing_there_is_everything_absent(tmp_path: Path) -> None:
    intake = seen(tmp_path / "nowhere")
    assert intake.found == ()
    assert intake.absent == ("data.zip", "labels.csv")


@pytest.mark.parametrize("change", ["content", "name", "more", "gone", "marker"])
def test_the_fingerprint_changes_with_what_a_reader_sees(tmp_path: Path, change: str) -> None:
    put(tmp_path, "data/1.png", "data/2.png", "labels.csv", "note.txt")
    before = seen(tmp_path).fingerprint
    (tmp_path / "note.txt").write_text("a reader never sees this")
    assert seen(tmp_path).fingerprint == before
    match change:
        case "content":
            (tmp_path / "data" / "1.png").write_text("other")
        case "name":
            (tmp_path / "data" / "1.png").rename(tmp_path / "data" / "3.png")
        case "more":
            put(tmp_path, "data/9.png")
        case "gone":
            (tmp_path / "labels.csv").unlink()
        case "marker":
            put(tmp_path, "PHANTOM.json")
    assert seen(tmp_path).fingerprint != before


def test_what_lies_behind_a_linked_folder_counts(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "1.png", "2.png")
    (tmp_path / "here" / "data").mkdir(parents=True)
    (tmp_path / "here" / "data" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "here" / "data" / "round").symlink_to(tmp_path / "here")
    before = seen(tmp_path / "here").fingerprint
    (tmp_path / "elsewhere" / "2.png").unlink()
    assert seen(tmp_path / "here").fingerprint != before


def test_an_archive_of_another_hash_is_refused_unless_it_is_a_phantoms(tmp_path: Path) -> None:
    put(tmp_path, "data.zip")
    archives = (Archive(name="data.zip", roots=("data",), sha256="0" * 64),)
    strict = SOURCE.model_copy(update={"archives": archives})
    with pytest.raises(DownloadError, match="upstream published 0000"):
        seen(tmp_path, strict)
    put(tmp_path, "PHANTOM.json")
    assert seen(tmp_path, strict).is_phantom
