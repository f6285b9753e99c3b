from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from m3ds.claims.mutate import KINDS
from m3ds.cli import app
from m3ds.schema.base import MODALITIES
from m3ds.stages.texts import SHIPPED, read_texts

ROW = {
    "id": "a",
    "source": "tn3k",
    "modality": "ultrasound",
    "anatomy": "thyroid",
    "diagnosis": "benign",
    "label_options": ["benign", "malignant"],
    "laterality": "image",
    "facts": {
        "n_regions": 1,
        "area_fraction": None,
        "centroid_x": 0.2,
        "centroid_y": 0.2,
    },
    "steps": {
        "modality": "Sonogram of the thyroid.",
        "analysis": "One nodule is seen in the upper left part of the image.",
        "reasoning": "The gland around it is even, and nothing else stands out in this picture.",
        "conclusion": "A benign nodule.",
    },
    "error": None,
}


def _planted(step: str, said: str, error: str) -> dict[str, object]:
    steps = ROW["steps"]
    assert isinstance(steps, dict)
    return ROW | {"id": f"a-{error}", "steps": steps | {step: said}, "error": error, "extra": 2}


def _write(folder: Path, *rows: object) -> Path:
    path = folder / "texts.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    return path


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["bench", "checks", *arguments])
    return done.exit_code, done.output


def test_recall_and_false_rejects_of_a_file(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        ROW,
        ROW | {"id": "refused", "facts": {"centroid_x": 0.9, "centroid_y": 0.2}},
        _planted("analysis", "One nodule is seen in the upper right part of the image.", "side"),
        _planted("analysis", "One nodule is seen, and it looks good in every respect.", "quadrant"),
        _planted("conclusion", "A malignant nodule.", "label"),
    )
    code, output = _run("--texts", str(path), "--json")
    found = json.loads(output)
    assert code == 0
    assert (found["n_clean"], found["false_reject_rate"]) == (2, 0.5)
    assert found["recall"] == {"label": 1.0, "quadrant": 0.0, "side": 1.0}
    assert found["n"] == {"label": 1, "quadrant": 1, "side": 1}
    assert found["per_modality"]["ultrasound"]["recall"] == found["recall"]
    assert found["missed"] == ["a-quadrant"]
    assert found["falsely_rejected"][0]["id"] == "refused"
    assert found["falsely_rejected"][0]["failures"][0]["code"] == "side"


def test_the_table_is_readable(tmp_path: Path) -> None:
    code, output = _run(
        "--texts", str(_write(tmp_path, ROW, _planted("conclusion", "Malignant.", "label")))
    )
    assert code == 0
    assert "recall of" in output
    assert " label " in output
    assert "false rejects" in output


def test_no_heading_is_bare_or_cut_at_80_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    each = [ROW | {"id": name, "modality": name} for name in MODALITIES]
    _, output = _run("--texts", str(_write(tmp_path, *each, _planted("conclusion", "x", "label"))))
    heading = next(line for line in output.splitlines() if "dermoscopy" in line)
    assert heading.split() == ["recall", "of", "n", "all", *MODALITIES]
    assert max(map(len, output.splitlines())) <= 80


def test_facts_that_are_null_are_none(tmp_path: Path) -> None:
    code, output = _run("--texts", str(_write(tmp_path, ROW | {"facts": None})), "--json")
    assert code == 0
    assert json.loads(output)["n_clean"] == 1


def test_a_file_without_clean_texts_has_no_false_reject_rate(tmp_path: Path) -> None:
    _, output = _run(
        "--texts", str(_write(tmp_path, _planted("conclusion", "Malignant.", "label"))), "--json"
    )
    assert json.loads(output)["false_reject_rate"] is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "is no JSON object"),
        ("[1]", "is no JSON object"),
        (
            json.dumps({key: value for key, value in ROW.items() if key != "steps"}),
            "steps is missing",
        ),
        (json.dumps(ROW | {"source": "elsewhere"}), "no source called"),
        (json.dumps(ROW | {"error": 3}), "neither null nor"),
        (json.dumps(ROW | {"error": "wrongness"}), "classes are null, "),
        (json.dumps(ROW | {"facts": {"n_regions": "many"}}), "n_regions"),
        (
            json.dumps(ROW | {"facts": {"n_region": 2}}),
            "no facts called n_region; did you mean 'n_regions'",
        ),
        (json.dumps(ROW | {"facts": {"share": 0.2}}), "share; they are n_regions, area_fraction"),
        (json.dumps({k: v for k, v in ROW.items() if k != "error"}), "error is missing"),
        (json.dumps(ROW | {"facts": {"place": "top left"}}), "places are upper left"),
        (json.dumps(ROW | {"diagnosis": "bening"}), "not among the options: benign, malignant"),
        (json.dumps(ROW | {"eror": "side"}), "did you mean 'error'"),
        (json.dumps(ROW | {"facts": {"area_fraction": 12.5}}), "is 12.5, and goes from 0 to 1"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{line}\n", encoding="utf-8")
    code, output = _run("--texts", str(path))
    assert code == 2
    assert f"{path.name}:2" in output.replace("\n", "")
    assert told in " ".join(output.split())


def test_what_cannot_be_found_and_ids_that_come_twice_are_told(tmp_path: Path) -> None:
    planted = _planted("analysis", "One nodule, which fills half of the image.", "size")
    path = _write(tmp_path, ROW, ROW, planted, planted | {"facts": {"area_fraction": 0.02}})
    done = CliRunner().invoke(app, ["bench", "checks", "--texts", str(path), "--json"])
    assert json.loads(done.stdout)["recall"] == {"size": 0.5}
    told = " ".join(done.stderr.split())
    assert "1 text with a planted size and no area_fraction" in told
    assert "2 ids used more than once (first: a)" in told


def test_a_file_without_texts_is_told(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("\n\n")
    code, output = _run("--texts", str(tmp_path / "none.jsonl"))
    assert code == 2
    assert "holds no text" in " ".join(output.split())


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    code, _ = _run("--texts", str(tmp_path / "none.jsonl"))
    assert code == 2


@pytest.mark.slow
def test_the_texts_that_nobody_tuned_on_meet_the_goal() -> None:
    """Figures only: whoever mends the checks must not read these texts, so no id is shown."""
    code, output = _run("--json")
    assert code == 0
    found = json.loads(output)["held_out"]
    least = {how: min(of["recall"].values()) for how, of in found.items()}
    refused = {how: of["false_reject_rate"] for how, of in found.items()}
    assert (min(least.values()) >= 0.98, max(refused.values()) <= 0.01) == (True, True)


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_the_shipped_texts_are_many_and_of_every_class(half: str) -> None:
    texts = list(read_texts(SHIPPED / f"{half}.jsonl"))
    assert sum(text.error is None for text in texts) >= 60
    assert {text.error for text in texts} == {None, *KINDS}
    assert {text.case.modality for text in texts} == {
        *("x-ray", "dermoscopy", "endoscopy", "ultrasound", "fundus")
    }


def test_the_tuning_half_reaches_the_goal() -> None:
    code, output = _run("--texts", str(SHIPPED / "tuning.jsonl"), "--json")
    found = json.loads(output)
    assert code == 0
    assert found["false_reject_rate"] <= 0.01
    assert min(found["recall"].values()) >= 0.98


def test_the_shipped_halves_are_shown_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for half in ("tuning", "held_out"):
        row = _planted("conclusion", "A malignant nodule.", "label")
        _write(tmp_path, ROW, row).rename(tmp_path / f"{half}.jsonl")
    monkeypatch.setattr("m3ds.stages.bench.SHIPPED", tmp_path)
    code, output = _run("--json")
    found = json.loads(output)
    assert code == 0
    assert (found["n_clean"], found["recall"]) == (2, {"label": 1.0})
    for half in ("tuning", "held_out"):
        assert found[half]["by_hand"]["recall"] == {"label": 1.0}
        assert found[half]["by_mutate"]["n_clean"] == 1
        assert "side" in found[half]["by_mutate"]["recall"]
    assert "held_out, planted by mutate" in _run()[1]
