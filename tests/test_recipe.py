"""Recipes are read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds import recipe
from m3ds.errors import RecipeError
from m3ds.recipe import FactsAuthor, Phantoms, Upstream, VllmAuthor, VllmCritic

GOOD = """\
name: tiny
seed: 1
input:
  kind: phantoms
  per_source: 3
author: {backend: facts}
critic: {backend: checks}
"""


def read(tmp_path: Path, text: str) -> recipe.Recipe:
    file = tmp_path / "r.yaml"
    file.write_text(text, encoding="utf-8")
    return recipe.load(file)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(RecipeError) as caught:
        read(tmp_path, text)
    return str(caught.value)


def test_the_shipped_recipes_say_what_they_should() -> None:
    mini = recipe.load(Path("pipelines/mini.yaml"))
    assert mini.review.policy == "none"
    assert mini.input == Phantoms(kind="phantoms", per_source=24)
    assert isinstance(mini.author, FactsAuthor)
    full = recipe.load(Path("pipelines/full.yaml"))
    assert isinstance(full.author, VllmAuthor)
    assert [type(critic) for critic in full.critic] == [VllmCritic]
    assert isinstance(full.input, Upstream)
    assert (full.review.policy, full.review.random, full.review.readers) == ("flagged", 0.1, 2)
    paper = recipe.load(Path("pipelines/paper.yaml"))
    assert paper.negatives == "drop"
    sizes = (61, 43, 83, 101, 600, 100, 60, 614, 101, 101)
    assert tuple(paper.splits.test.values()) == sizes
    assert tuple(paper.splits.test) == tuple(paper.sources)


def test_every_inferred_choice_of_the_paper_recipe_is_commented() -> None:
    lines = Path("pipelines/paper.yaml").read_text().splitlines()
    sizes = lines[lines.index("  test:") + 1 :]
    assert len(sizes) == 10
    assert all("# inferred" in line or "# stated" in line for line in sizes)


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("seed: 1", "seed: one"), 2, "a whole number is expected, not 'one'"),
        (("seed: 1", "seed: 1\nsede: 2"), 3, "sede: is not known here; did you mean 'seed'?"),
        (("seed: 1", "seed: 1\nbogus: 2"), 3, "bogus: is not known here; expected one of: name"),
        (("per_source: 3", "per_source: '3'"), 5, "input.per_source"),
        (("per_source: 3", "per_sorce: 3"), 5, "did you mean 'per_source'?"),
        (("per_source: 3", "many: 3"), 5, "expected one of: kind, per_source"),
        (("per_source: 3", "per_source: 0"), 5, "at least 1 is expected, not 0"),
        (
            ("kind: phantoms", "kind: fantoms"),
            4,
            "one of 'phantoms', 'upstream' is expected, not 'fantoms'; did you mean 'phantoms'?",
        ),
        (("{backend: facts}", "{backend: fact}"), 6, "author.backend: one of 'facts', 'vllm', 'o"),
        (("{backend: checks}", "{}"), 7, "critic.backend: is missing; one of 'checks', 'vllm'"),
        (
            ("{backend: facts}", "{backend: vllm, model: m, servers: ['127.0.0.1:8101/v1']}"),
            6,
            "an address as http://host:8000/v1 is expected, not '127.0.0.1:8101/v1'",
        ),
        (
            ("{backend: facts}", "{backend: vllm, model: m, servers: ['http://:8000/v1']}"),
            6,
            "an address as http://host:8000/v1 is expected",
        ),
        (
            ("{backend: facts}", f"{{backend: vllm, model: m, revision: {'0a' * 19}}}"),
            6,
            "author.revision: a commit has 40 characters, and '0a0a",
        ),
        (
            ("{backend: facts}", f"{{backend: vllm, model: m, revision: {'0O' * 20}}}"),
            6,
            "a commit is made of 0123456789abcdef, and '0O0O",
        ),
        (("{backend: facts}", "facts"), 6, "author: keys with values are expected, not 'facts'"),
        (("name: tiny", "name: Tiny one"), 1, "small letters, digits, - and _ are expected"),
        (("{backend: facts}", "{backend: facts, model: x}"), 6, "author.model"),
        (("{backend: facts}", "{bakend: facts}"), 6, "is expected ('bakend' is not known)"),
        (("name: tiny\n", ""), 1, "name: is missing"),
        (("seed: 1", "seed: 1\nseed: 2"), 3, "the key 'seed' is given twice"),
        (("seed: 1", "seed: 1\nsources: {bussi: {}}"), 3, "'busi'"),
        (("seed: 1", "seed: 1\nsources: {busi: {negatives: some}}"), 3, "sources.busi.negatives"),
        (("seed: 1", "seed: ["), 4, "is not valid YAML"),
        (("seed: 1", "seed: 2020-13-45"), 2, "seed: month must be in 1..12"),
        (("seed: 1", "seed: !!int one"), 2, "seed"),
        (("seed: 1", "seed: &again [*again]"), 2, "nested deeper"),
        (("seed: 1", "seed: 1\nsources: []"), 3, "at least 1 is expected"),
        (("seed: 1", "seed: 1\nreview: {policy: none, readers: 2}"), 3, "have no effect"),
        (("seed: 1", "seed: 1\nsplits:\n  test: {busi: 3}"), 3, "policy paper only"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, change: tuple[str, str], line: int, says: str
) -> None:
    message = refused(tmp_path, GOOD.replace(*change))
    assert f"r.yaml:{line}: " in message
    assert says in message


def test_a_list_chooses_sources_and_a_mapping_gives_options_to_some_of_all_ten(
    tmp_path: Path,
) -> None:
    assert tuple(read(tmp_path, GOOD + "sources: [busi, tn3k]\n").sources) == ("busi", "tn3k")
    mapped = read(tmp_path, GOOD + "sources: {busi: {negatives: drop}, tn3k: }\n")
    assert len(mapped.sources) == 10
    assert [n for n, o in mapped.sources.items() if o.negatives != "default"] == ["busi"]


def test_an_engine_may_be_given_by_name(tmp_path: Path) -> None:
    short = read(tmp_path, GOOD + "engine: local\n")
    assert short == read(tmp_path, GOOD + "engine: {kind: local, workers: 0}\n")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """In the order of the lines, below one heading."""
    critic = "{backend: vllm, model: m, veto: 2}"
    wrong = GOOD.replace("seed: 1", "seed: x\nbogus: 1").replace("{backend: checks}", critic)
    heading, *faults = refused(tmp_path, wrong).splitlines()
    assert heading.endswith("r.yaml: 3 things in this recipe are wrong:")
    assert [line.split("r.yaml:")[1].partition(": ")[0] for line in faults] == ["2", "3", "8"]
    assert faults[2].endswith("critic.veto: at most 1 is expected, not 2")
    assert "input should" not in str(faults).lower()


def test_a_missing_file_lists_the_shipped_recipes(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"full\.yaml, mini\.yaml, paper\.yaml"):
        recipe.load(tmp_path / "none.yaml")


@given(st.text(max_size=60))
def test_any_text_is_a_recipe_or_a_recipe_error(text: str) -> None:
    with pytest.raises(RecipeError):
        read(Path("/tmp"), text)  # noqa: S108 - hypothesis runs one function-scoped file


def test_a_source_without_trustworthy_negatives_never_keeps_them(tmp_path: Path) -> None:
    keep = read(tmp_path, GOOD + "negatives: keep\nsources: {busi: {negatives: drop}, tn3k: {}}\n")
    assert not keep.negatives_of("tn3k", None)
    assert keep.negatives_of("tn3k", "drop")
    assert not keep.negatives_of("busi", "keep")


def test_a_wrong_name_in_a_short_form_is_named_too(tmp_path: Path) -> None:
    assert "r.yaml:8: sources.bussi" in refused(tmp_path, GOOD + "sources: [bussi]\n")
    assert "'local'" in refused(tmp_path, GOOD + "engine: rai\n")
