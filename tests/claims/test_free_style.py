"""Texts by writers who had not seen the checks, with the errors that they planted.

`texts/free_style.jsonl` has a case, its clean text and the errors planted in it a line. The checks
were mended by these texts, so that the figures here guard what was won and measure nothing new:
`m3ds bench checks` has texts for that which nobody has tuned on. Of the sets v and w, whose writers
were asked for six far-fetched wordings a case, only the errors that were found are kept; and of q6
the insertions that were found, for its writer was asked for whatever an image could show (hairs, a
catheter), which no fact tells of; so are left out the few of them in the sets s1 to sc. Of the set
sd, whose writer was asked for whatever trips a checker, only what was told apart is kept. The sets
t are clean texts in the manner of the shipped tuning half. The writers of uc to ue, um, uq and ut
put errors into all steps, and those of ug to ul, uo and up wrote as literary as they could: of
these, too, only what was told apart is kept; and of va to vn, which are in the manner of the
tuning half again, most of them clean texts only. Of wa to wd, whose insertions
were features of the lesion and devices as well, only what was told apart.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from m3ds.claims import check
from m3ds.stages.texts import PlantedText, read_texts

TEXTS = Path(__file__).parent / "texts" / "free_style.jsonl"


def _lines() -> Iterator[str]:
    for line in TEXTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        planted = row.pop("planted")
        yield json.dumps(row | {"error": None})
        for one in planted:
            steps = row["steps"] | {one["step"]: one["text"]}
            yield json.dumps(row | {"steps": steps, "error": one["error"]})


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> tuple[PlantedText, ...]:
    path = tmp_path_factory.mktemp("texts") / "one_a_line.jsonl"
    path.write_text("\n".join(_lines()), encoding="utf-8")
    return tuple(read_texts(path))


def test_hardly_a_clean_text_is_refused(texts: tuple[PlantedText, ...]) -> None:
    clean = [one for one in texts if one.error is None]
    refused = [one.id for one in clean if check(one.case, one.steps)]
    assert len(clean) > 500
    assert len(refused) <= 0.01 * len(clean), refused


def test_hardly_a_planted_error_passes(texts: tuple[PlantedText, ...]) -> None:
    planted = [one for one in texts if one.error]
    passed = [one for one in planted if not check(one.case, one.steps)]
    of_class = Counter(one.error for one in planted)
    missed = Counter(one.error for one in passed)
    assert min(of_class.values()) > 90
    told = [(one.id, one.error) for one in passed]
    assert len(passed) <= 0.016 * len(planted), told
    assert all(missed[name] <= 0.04 * n for name, n in of_class.items()), told
