"""The command of a model server, as the recipe implies it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stages.building import m3ds
from tests.stages.modelled import COMMIT, recipe


@pytest.mark.parametrize("revision", [f'  revision: "{COMMIT}"\n', ""])
def test_a_host_that_only_serves_need_not_reach_the_ledger(revision: str, tmp_path: Path) -> None:
    file = recipe(tmp_path, "http://127.0.0.1:9101/v1")
    text = file.read_text().replace(f'  revision: "{COMMIT}"\n', revision)
    file.write_text(f"{text}ledger: postgresql+psycopg://nobody@127.0.0.1:9/nowhere\n")
    done = m3ds("serve", "author", "-p", str(file), "--print")
    assert done.returncode == 0, done.stderr
    assert ("--revision" in done.stdout) == bool(revision)
    assert ("the recorded one cannot be read" in done.stderr) == (not revision)


@pytest.mark.parametrize(
    ("servers", "asked", "port"),
    [
        ("http://127.0.0.1:9101/v1", (), "9101"),
        ("http://127.0.0.1:9101/v1", ("--port", "9200"), "9200"),
        ("http://127.0.0.1:9101/v1, http://127.0.0.1:9102/v1", (), "8000"),
    ],
)
def test_a_server_listens_where_the_build_looks_for_it(
    servers: str, asked: tuple[str, ...], port: str, tmp_path: Path
) -> None:
    file = recipe(tmp_path, servers)
    done = m3ds("serve", "author", "-p", str(file), "--print", *asked)
    assert done.returncode == 0
    words = done.stdout.split()
    assert words[words.index("--port") + 1] == port
