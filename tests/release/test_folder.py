"""The dataset folder: what it holds, and that faults in it are seen."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from m3ds.imaging.decode import encode_mask, encode_png
from m3ds.imaging.hashes import pixels_sha256, sha256
from m3ds.objects import ObjectStore
from m3ds.release import bounds
from m3ds.release import folder as folders
from m3ds.release.features import FEATURES, arrow_schema
from m3ds.release.structure import CHECKS, check_shard, findings, fingerprint
from m3ds.schema.base import Split
from m3ds.schema.facts import Facts, Region
from m3ds.schema.release import Accepted, Row
from m3ds.schema.sample import Harmonised, PublishedFile
from m3ds.schema.text import Author, Steps
from m3ds.sources.registry import adapter

GOLDEN = Path(__file__).parent / "golden"
BUSI = adapter("busi").source
TN3K = adapter("tn3k").source


def row(
    objects: ObjectStore,
    number: int,
    split: Split = "train",
    *,
    negative: bool = False,
    **change: Any,
) -> Row:
    """A row with a picture of its own."""
    rng = np.random.default_rng(number)
    image = Image.fromarray(rng.integers(0, 255, (16, 24), dtype=np.uint8))
    mask = np.zeros((16, 24), dtype=bool)
    if not negative:
        mask[4:9, 5:15] = True
    mask_data, mask_image = encode_mask(mask)
    source = change.pop("source", BUSI)
    name = f"{source.name}-all-{number:03}"
    sample = Harmonised(
        sample_id=name,
        image_id=name,
        source=source.name,
        official_split=None,
        group=None,
        file_sha256=sha256(name.encode()),
        image_sha256=objects.put(encode_png(image)),
        image_pixels_sha256=pixels_sha256(image),
        image_format="png",
        mask_sha256=objects.put(mask_data),
        mask_pixels_sha256=pixels_sha256(mask_image),
        mask_kind="none" if negative else "contour",
        width=24,
        height=16,
        anatomy="breast",
        diagnosis="normal" if negative else "benign",
        source_label="benign",
        paper_label=None,
        other_findings=(),
        is_negative=negative,
        is_phantom=True,
        has_overlay_text=False,
        files=(PublishedFile(role="image", archive="a.zip", name="x.png", sha256="0" * 64),),
        annotation_ids=("0",),
        transforms=("threshold:127",),
        facts=Facts(n_regions=1, area_fraction=0.13, place="centre", version="1"),
        regions=() if negative else (Region(xyxy=(5, 4, 15, 9), area_px=50),),
    )
    answer = "Nothing is seen." if negative else "Sure, it is [SEG]. Firstly, …"
    accepted = Accepted(
        sample=sample.model_copy(update=change.pop("sample", {})),
        label_options=("benign", "malignant", "normal"),
        question="What is it?",
        answer=answer,
        messages=(
            {"role": "user", "content": [{"type": "text", "text": "What is it?"}]},
            {"role": "assistant", "content": [{"type": "text", "text": answer}]},
        ),
        steps=Steps(modality="m", analysis="a", reasoning="r", conclusion="c"),
        hint_level=2,
        attempt=1,
        author=Author(
            backend="facts",
            model="grammar",
            revision="1",
            prompt_version="1",
            prompt_sha256="0" * 64,
            call_key="1" * 64,
            seed=7,
            temperature=None,
        ),
        checks_version="1",
        text_sha="2" * 64,
        review_policy="none",
    ).model_copy(update=change)
    return Row(accepted=accepted, source=source, split=split, group_id=name, flags=())


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "objects")


def rows(objects: ObjectStore) -> list[Row]:
    return [
        row(objects, 3),
        row(objects, 1),
        row(objects, 2, "test", negative=True),
        row(objects, 4, "validation", source=TN3K),
    ]


def write(folder: Path, listed: list[Row], objects: ObjectStore) -> None:
    folders.write(
        folder,
        listed,
        [BUSI, TN3K],
        objects,
        recipe="test",
        excluded={},
        advance=lambda _: None,
    )


def failed(folder: Path) -> dict[str, tuple[str, ...]]:
    reports = [
        check_shard(path, schema=arrow_schema()) for path in sorted(folder.glob("*/*.parquet"))
    ]
    return {f.check: f.seen for f in findings(folder, reports) if not f.passed}


def test_the_schema_is_the_golden_one() -> None:
    """Changing it is a major version: whoever means to, writes the file anew."""
    golden = json.loads((GOLDEN / "schema.json").read_text())
    assert {field.name: str(field.type) for field in arrow_schema()} == golden["arrow"]
    assert json.loads(arrow_schema().metadata[b"huggingface"]) == golden["huggingface"]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, objects: ObjectStore) -> None:
    write(tmp_path / "a", rows(objects), objects)
    write(tmp_path / "b", rows(objects)[::-1], objects)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def test_a_split_without_rows_has_no_file_and_a_source_without_rows_no_config(
    tmp_path: Path, objects: ObjectStore
) -> None:
    write(tmp_path / "d", [row(objects, 1)], objects)
    files = [p.relative_to(tmp_path / "d").as_posix() for p in (tmp_path / "d").rglob("*.*")]
    assert sorted(files) == ["README.md", "busi/train-00000-of-00001.parquet"]
    assert "config_name: tn3k" not in (tmp_path / "d" / "README.md").read_text()
    assert not failed(tmp_path / "d")


def test_it_opens_with_load_dataset(
    tmp_path: Path, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasets import get_dataset_config_names, load_dataset

    write(tmp_path / "d", rows(objects), objects)
    folder = str(tmp_path / "d")
    cache = str(tmp_path / "cache")
    assert get_dataset_config_names(folder) == ["all", "busi", "tn3k"]
    everything = load_dataset(folder, cache_dir=cache)
    assert {name: len(split) for name, split in everything.items()} == {
        "train": 2,
        "validation": 1,
        "test": 1,
    }
    assert everything["train"].features == FEATURES
    first = everything["train"][0]
    assert first["sample_id"] == "busi-all-001"
    assert first["mask"].mode == "L"
    assert first["image"].size == first["mask"].size == (24, 16)
    assert set(load_dataset(folder, "busi", cache_dir=cache)) == {"train", "test"}


def test_rows_of_an_older_build_are_not_taken_from_the_cache(
    tmp_path: Path, objects: ObjectStore
) -> None:
    from datasets import load_dataset

    def loaded(version: str) -> list[str]:
        listed = [row(objects, n, checks_version=version) for n in (1, 2)]
        write(tmp_path / "d", listed, objects)
        found = load_dataset(str(tmp_path / "d"), split="train", cache_dir=str(tmp_path / "cache"))
        return list(found["checks_version"])

    assert loaded("1") == ["1", "1"]
    assert loaded("2") == ["2", "2"]


def test_a_sound_folder_passes_every_check(tmp_path: Path, objects: ObjectStore) -> None:
    write(tmp_path / "d", rows(objects), objects)
    assert failed(tmp_path / "d") == {}


def png_with_text(objects: ObjectStore) -> str:
    from PIL import PngImagePlugin

    notes = PngImagePlugin.PngInfo()
    notes.add_text("Patient", "someone")
    buffer = io.BytesIO()
    Image.new("L", (24, 16)).save(buffer, "PNG", pnginfo=notes)
    return objects.put(buffer.getvalue())


def grey_mask(objects: ObjectStore) -> dict[str, str]:
    image = Image.new("L", (24, 16), 128)
    return {
        "mask_sha256": objects.put(encode_png(image)),
        "mask_pixels_sha256": pixels_sha256(image),
    }


def other_size(objects: ObjectStore) -> dict[str, str]:
    data, image = encode_mask(np.ones((8, 8), dtype=bool))
    return {"mask_sha256": objects.put(data), "mask_pixels_sha256": pixels_sha256(image)}


def planted(objects: ObjectStore) -> dict[str, Row]:
    """One faulty row for each check of a row."""
    broken = objects.put(b"no picture")
    return {
        "image": row(objects, 9, sample={"image_sha256": broken}),
        "metadata": row(objects, 9, sample={"image_sha256": png_with_text(objects)}),
        "mask": row(objects, 9, sample=grey_mask(objects)),
        "negative": row(objects, 9, sample={"is_negative": True}, answer="none"),
        "answer": row(objects, 9, answer="Sure, it is [SEG]. And again [SEG]."),
        "steps": row(
            objects, 9, steps=Steps(modality="m", analysis=" ", reasoning="", conclusion="c")
        ),
        "diagnosis": row(objects, 9, sample={"diagnosis": "cyst"}),
        "files": row(objects, 9, sample={"files": ()}),
        "unique": row(objects, 1),
        "groups": row(objects, 9, "test").model_copy(update={"group_id": "busi-all-001"}),
    }


@pytest.mark.parametrize("check", sorted(set(CHECKS) - {"schema", "row_groups", "sorted", "card"}))
def test_each_fault_of_a_row_is_seen(tmp_path: Path, objects: ObjectStore, check: str) -> None:
    write(tmp_path / "d", [*rows(objects), planted(objects)[check]], objects)
    seen = failed(tmp_path / "d")
    assert check in seen
    assert "9" in seen[check][0] or "busi-all-001" in seen[check][0]


def test_a_mask_of_another_size_is_seen(tmp_path: Path, objects: ObjectStore) -> None:
    write(tmp_path / "d", [row(objects, 9, sample=other_size(objects))], objects)
    assert "mask" in failed(tmp_path / "d")


def test_a_shard_of_another_schema_is_seen(tmp_path: Path, objects: ObjectStore) -> None:
    write(tmp_path / "d", rows(objects), objects)
    shard = tmp_path / "d" / "busi" / "train-00000-of-00001.parquet"
    pq.write_table(pq.read_table(shard).drop_columns(["flags"]), shard)
    assert "schema" in failed(tmp_path / "d")


def test_unsorted_rows_and_missing_page_indexes_are_seen(
    tmp_path: Path, objects: ObjectStore
) -> None:
    write(tmp_path / "d", rows(objects), objects)
    shard = tmp_path / "d" / "busi" / "train-00000-of-00001.parquet"
    table = pq.read_table(shard)
    pq.write_table(table.take([1, 0]), shard, write_page_index=False)
    assert {"sorted", "row_groups"} <= set(failed(tmp_path / "d"))


def test_a_card_that_counts_otherwise_is_seen(tmp_path: Path, objects: ObjectStore) -> None:
    write(tmp_path / "d", rows(objects), objects)
    card = tmp_path / "d" / "README.md"
    card.write_text(card.read_text().replace("num_examples: 2", "num_examples: 3"))
    assert "card" in failed(tmp_path / "d")


def test_row_groups_and_shards_stay_within_their_bounds(
    tmp_path: Path, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MAX_ROW_GROUP", 1200)
    monkeypatch.setattr(bounds, "MAX_SHARD", 2000)
    write(tmp_path / "d", [row(objects, n) for n in range(10)], objects)
    shards = sorted((tmp_path / "d" / "busi").iterdir())
    assert len(shards) > 1
    assert shards[-1].name == f"train-{len(shards) - 1:05}-of-{len(shards):05}.parquet"
    groups = [pq.ParquetFile(shard).metadata.num_row_groups for shard in shards]
    assert max(groups) > 1
    assert sum(pq.ParquetFile(shard).metadata.num_rows for shard in shards) == 10
    assert not failed(tmp_path / "d")
