"""What models are asked, word for word. After a change that is meant: M3DS_UPDATE_GOLDEN=1."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from m3ds.reasoning.author import AuthorSettings, ModelAuthor
from m3ds.reasoning.calls import Turn
from m3ds.reasoning.critic import ModelCritic
from m3ds.reasoning.grammar import write
from m3ds.reasoning.sight import PictureOptions
from m3ds.reasoning.templates import render
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Objection
from tests.reasoning.cases import case
from tests.reasoning.test_critic import SETTINGS

GOLDEN = Path(__file__).parent / "golden" / "prompts"
CASES = {
    "tn3k-blind": (case("tn3k", 1, diagnosis="benign"), 1),
    "chestx_det-shortlist": (case("chestx_det", 4, diagnosis="effusion"), 2),
    "busi-negative": (case("busi", 2, negative=True), 1),
    "fives-label": (case("fives", 3, diagnosis="glaucoma"), 3),
    "kvasir_seg-one-label": (case("kvasir_seg", 5), 1),
}


def author(mode: str = "json") -> ModelAuthor:
    settings = AuthorSettings(
        temperatures=(0.2, 0.7, 0.9),
        hints=(0, 1, 2),
        mode=mode,
        max_tokens=1024,
        repetition_penalty=1.05,
        dialect="vllm",
        picture=PictureOptions(side=1024, quality=92, square=False),
    )
    return ModelAuthor("some/author", "r", settings, None)


def asked(of: Case, attempt: int, mode: str = "json") -> str:
    objections: tuple[Objection, ...] = ()
    if attempt > 1:
        failure = Failure(
            code="side",
            step="analysis",
            sentence="It lies on the left.",
            expected="centroid at 70 % of the width and 40 % of the height",
            claimed="left",
        )
        objections = (
            Objection(attempt=attempt - 1, text_sha="s", origin="checks", failures=(failure,)),
        )
    writer = author(mode)
    turn = Turn(attempt=attempt, seed=1, objections=objections)
    level = writer.hint_level(of, attempt)
    return f"{writer.system(of)}\n\n---- user\n{writer.question(of, turn, level)}\n"


def judged(of: Case) -> str:
    critic = ModelCritic("some/critic", "r", SETTINGS, None)
    steps = write(of, 1)
    parts = []
    for view in ("blind", "aware"):
        parts.append(f"---- system, {view}\n{critic.system(of, view)}")
        parts.append(render(f"critic/text_{view}", steps=steps, diagnosis=of.diagnosis))
    return "\n\n".join(parts) + "\n"


def hold(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("M3DS_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_the_author_is_asked(name: str) -> None:
    of, attempt = CASES[name]
    hold(f"author-{name}", asked(of, attempt))


def test_the_author_is_asked_for_sections() -> None:
    hold("author-sections", asked(*CASES["tn3k-blind"], mode="sections"))


@pytest.mark.parametrize("name", ["tn3k-blind", "busi-negative"])
def test_the_critic_is_shown(name: str) -> None:
    hold(f"critic-{name}", judged(CASES[name][0]))


@pytest.mark.parametrize("name", CASES)
def test_only_an_attempt_that_may_know_is_told_the_label(name: str) -> None:
    of, attempt = CASES[name]
    level = author().hint_level(of, attempt)
    assert ("Target interpretation:" in asked(of, attempt)) == (level == 2)
    assert ("The likelier ones:" in asked(of, attempt)) == (level == 1)


@pytest.mark.parametrize(
    ("sent_back", "says"),
    [((1,), "A first version was sent back."), ((1, 2), "Earlier versions were sent back.")],
)
def test_the_author_is_told_how_much_was_sent_back(sent_back: tuple[int, ...], says: str) -> None:
    failure = Failure(code="tone", step="analysis", sentence="", expected="x", claimed="y")
    objections = tuple(
        Objection(attempt=n, text_sha=f"{n}", origin=origin, failures=(failure,))
        for n in sent_back
        for origin in ("checks", "critic")
    )
    turn = Turn(attempt=len(sent_back) + 1, seed=1, objections=objections)
    assert says in author().question(CASES["tn3k-blind"][0], turn, 0)
