"""What `m3ds doctor` says of a machine, and of the servers that a recipe names."""

from __future__ import annotations

from pathlib import Path

import pytest

from m3ds.endpoints.served import Served
from m3ds.recipe import VllmAuthor
from m3ds.stages.served import differs
from tests.stages.building import m3ds, recipe
from tests.standing import standing

OTHER = "– author: some/author at URL: answers, but serves 'standin', and the recipe's model is"
SAME = "✓ author: some/author at URL: answers\n"
WRONG = "✗ author: some/author at URL: answers, but serves 'standin', and the recipe's served_name"


def test_doctor_says_what_a_recipe_needs(tmp_path: Path) -> None:
    fine = m3ds("doctor", "-p", recipe(tmp_path, "busi"), "--workdir", tmp_path)
    assert fine.returncode == 0, fine.stdout
    assert "can run" in fine.stdout
    full = m3ds("doctor", "-p", "pipelines/full.yaml", "--workdir", tmp_path)
    assert full.returncode == 1
    assert "HuatuoGPT" in full.stdout


@pytest.mark.parametrize("verb", ["doctor", "status"])
def test_who_only_looks_leaves_nothing_behind(verb: str, tmp_path: Path) -> None:
    ledger = tmp_path / "ledgers" / "mine.db"
    file = recipe(tmp_path, "busi")
    file.write_text(f"{file.read_text()}\nledger: sqlite:///{ledger}\n")
    before = set(tmp_path.rglob("*"))
    done = m3ds(verb, "-p", file, "--workdir", tmp_path / "work")
    assert "Traceback" not in done.stderr
    assert "nothing yet" in done.stderr or "the first build fills it" in done.stdout
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ("", 0, f"{OTHER} 'some/author' (serve the recipe's model there, or name what it is"),
        ("served_name: standin", 0, SAME),
        ("served_name: other", 1, f"{WRONG} is 'other'"),
    ],
)
def test_doctor_compares_what_is_served_with_the_recipe(
    more: str, code: int, says: str, tmp_path: Path
) -> None:
    with standing() as server:
        author = f"{{backend: vllm, model: some/author, servers: ['{server.url}'], {more}}}"
        file = recipe(tmp_path, "busi")
        file.write_text(file.read_text().replace("{backend: facts}", author))
        done = m3ds("doctor", "-p", file, "--workdir", tmp_path)
        assert done.returncode == code, done.stdout
        assert says.replace("URL", server.url) in done.stdout


@pytest.mark.parametrize(
    ("name", "root", "same"),
    [
        ("some/author", "", True),
        ("author", "some/author", True),
        ("author", "", True),
        ("author", "some/other", False),
        ("critic", "some/author", False),
        ("some/other", "", False),
    ],
)
def test_a_server_of_m3ds_names_its_model_as_the_root(name: str, root: str, same: bool) -> None:
    part = VllmAuthor(backend="vllm", model="some/author")
    difference = differs([Served(name=name, root=root)], "author", part)
    assert (difference is None) == same
