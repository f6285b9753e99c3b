"""The whole road with real upstream files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.stages.building import m3ds, rows, rows_by_source

ALWAYS = {
    "fracatlas": 3,
    "bone_fracture": 4,
    "bone_fracture_detection": 7,
    "kvasir_seg": 3,
    "busi": 4,
    "chestx_det": 2,
    "fives": 3,
}


@pytest.mark.parametrize(
    ("negatives", "expected"),
    [("drop", ALWAYS), ("keep", {**ALWAYS, "fracatlas": 6, "busi": 5, "chestx_det": 4})],
)
def test_every_image_with_mask_and_label_becomes_a_row(
    samples: Path, tmp_path: Path, negatives: str, expected: dict[str, int]
) -> None:
    recipe = tmp_path / "samples.yaml"
    recipe.write_text(Path("pipelines/mini.yaml").read_text() + f"\nnegatives: {negatives}\n")
    done = m3ds("build", "-p", recipe, "--archives", samples, "--workdir", tmp_path / "work")
    assert done.returncode == 0, done.stderr
    assert rows_by_source(tmp_path / "work") == expected
    assert not any(row["is_phantom"] for row in rows(tmp_path / "work"))

    status = m3ds("status", "-p", recipe, "--workdir", tmp_path / "work", "--json")
    told = json.loads(status.stdout)
    quarantined = [r for r in told["reasons"] if r["step"] == "quarantined"]
    assert [(r["source"], r["code"], r["n"]) for r in quarantined] == [
        ("isic2017", "MaskMismatch", 1)
    ]
    by_name = {counts["source"]: counts for counts in told["sources"]}
    for name in ("tn3k", "isbi2016", "isic2017"):
        assert by_name[name]["published"] == 0
        assert by_name[name]["incomplete"] > 0
    assert sum(told["ignored"].values()) > 0
