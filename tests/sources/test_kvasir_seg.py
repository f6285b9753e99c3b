from __future__ import annotations

from pathlib import Path

from m3ds.schema.sample import MaskFiles

from .trees import kinds, read, touch, write


def test_pairs_by_name(tmp_path: Path) -> None:
    touch(tmp_path / "Kvasir-SEG", "images/b.jpg", "masks/b.jpg", "images/a.jpg", "masks/a.jpg")
    write(tmp_path, "Kvasir-SEG/kavsir_bboxes.json", "{not even JSON")  # is never read
    samples, problems = read("kvasir_seg", tmp_path)
    assert problems == []
    assert [s.stem for s in samples] == ["a", "b"]
    first = samples[0]
    assert first.diagnosis == first.paper_label == "polyp"
    assert first.official_split is None
    assert isinstance(first.annotation, MaskFiles)
    assert first.annotation.threshold == 127
    assert first.image.name == "Kvasir-SEG/images/a.jpg"
    assert [m.name for m in first.annotation.files] == ["Kvasir-SEG/masks/a.jpg"]


def test_lone_files_are_quarantined_from_an_archive_and_incomplete_in_a_folder(
    tmp_path: Path,
) -> None:
    touch(tmp_path / "Kvasir-SEG", "images/a.jpg", "masks/b.jpg")
    for partial, kind in ((False, "quarantined"), (True, "incomplete")):
        samples, problems = read("kvasir_seg", tmp_path, partial=partial)
        assert samples == []
        assert kinds(problems) == [(kind, "MissingCounterpart")] * 2
        assert [p.seen for p in problems] == ["has no mask", "has no image"]
        assert "images/a.jpg" in problems[0].where


def test_absent_source_yields_nothing(tmp_path: Path) -> None:
    assert read("kvasir_seg", tmp_path) == ([], [])


def test_a_second_file_of_one_stem_is_told_of(tmp_path: Path) -> None:
    touch(tmp_path / "Kvasir-SEG", "images/a.JPG", "images/a.jpg", "masks/a.jpg")
    samples, problems = read("kvasir_seg", tmp_path)
    assert [s.stem for s in samples] == ["a"]
    assert [p.seen for p in problems] == ["has no mask"]
