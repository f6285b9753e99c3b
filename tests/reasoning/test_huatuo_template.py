"""The chat template for HuatuoGPT-Vision's `-hf` checkpoints, rendered as a server renders it."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from m3ds import assets

Message = dict[str, Any]
IMAGE: Message = {"type": "image"}


def test_one_question_about_one_image() -> None:
    asked = render(user(IMAGE, text("What does the image show?")))
    assert asked == "<|user|>\n<image>\nWhat does the image show?\n<|assistant|>\n"


def test_images_come_before_the_text_wherever_they_stand() -> None:
    asked = render(user(text("Compare "), IMAGE, text(" them."), {"type": "image_url"}))
    assert asked == "<|user|>\n<image>\n<image>\nCompare\nthem.\n<|assistant|>\n"


@pytest.mark.parametrize(
    "rules", ["Be brief.\nBe sure.", [{"type": "text", "text": "Be brief.\nBe sure."}]]
)
def test_what_the_system_says_opens_the_first_turn_alone(rules: object) -> None:
    asked = render(
        {"role": "system", "content": rules},
        user(IMAGE, text("What is it?")),
        {"role": "assistant", "content": "A polyp."},
        user(text("Which side?")),
    )
    assert asked == (
        "<|user|>\n<image>\nBe brief.\nBe sure.\n\nWhat is it?\n"
        "<|assistant|>\nA polyp. \n"
        "<|user|>\nWhich side?\n<|assistant|>\n"
    )


@pytest.mark.parametrize("said", ["An <image>, is it?", "An <ima<image>ge>, is it?"])
def test_a_text_cannot_smuggle_in_an_image(said: str) -> None:
    assert "<image>" not in render(user(text(said)))
    assert "<image>" not in render({"role": "user", "content": said})


def test_a_finished_conversation_is_left_at_its_end() -> None:
    ended = render(user(text("?")), {"role": "assistant", "content": "No."}, prompt=False)
    assert ended == "<|user|>\n?\n<|assistant|>\nNo. \n"


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([{"role": "tool", "content": "x"}], "no such role: tool"),
        (
            [{"role": "user", "content": "x"}, {"role": "system", "content": "y"}],
            "a system message may only come first",
        ),
    ],
)
def test_other_roles_are_refused(messages: list[Message], words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        render(*messages)


def render(*messages: Message, prompt: bool = True) -> str:
    """As transformers does it for vLLM, with `--chat-template-content-format openai`."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = _refuse
    file = assets.folder("prompts") / "chat" / "huatuo_llava.jinja"
    template = environment.from_string(file.read_text(encoding="utf-8"))
    return template.render(messages=messages, add_generation_prompt=prompt)


def user(*parts: Message) -> Message:
    return {"role": "user", "content": list(parts)}


def text(said: str) -> Message:
    return {"type": "text", "text": said}


def _refuse(reason: str) -> NoReturn:
    raise TemplateError(reason)
