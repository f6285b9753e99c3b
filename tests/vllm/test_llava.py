"""The `-hf` checkpoints of HuatuoGPT-Vision: served with our chat template, refused without it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .client import STEPS_SCHEMA, chat, picture, post
from .serving import NAME, Server, serving

pytestmark = pytest.mark.vllm

TEMPLATE_FLAGS = (
    *("--chat-template", "prompts/chat/huatuo_llava.jinja"),
    *("--chat-template-content-format", "openai"),
)
IMAGE_TOKENS = 576
"""24 × 24 patches of 14 px, whatever the image."""


@pytest.fixture(scope="module")
def llava(tiny_llava: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("llava") / "log"
    with serving(tiny_llava, *TEMPLATE_FLAGS, log=log) as server:
        yield server


@pytest.mark.parametrize("images", [1, 2])
def test_it_answers_in_our_form(llava: Server, images: int) -> None:
    pictures = [picture(number, width=200, height=90) for number in range(images)]
    reply = chat(llava, *pictures, max_tokens=600, structured_outputs={"json": STEPS_SCHEMA})
    assert set(json.loads(reply.text)) == set(STEPS_SCHEMA["required"])
    counted = reply.body["usage"]["prompt_tokens_details"]["multimodal_tokens"]
    assert counted == {"image": images * IMAGE_TOKENS}


def test_the_server_renders_what_the_template_says(llava: Server) -> None:
    parts = [
        {"type": "text", "text": "What is <image> it?"},
        {"type": "image_url", "image_url": {"url": picture()}},
    ]
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts}]
    tokens = post(llava, "/tokenize", {"model": NAME, "messages": messages}).body["tokens"]
    prompt = post(llava, "/detokenize", {"model": NAME, "tokens": tokens}).body["prompt"]
    assert prompt == (
        f"<|user|>\n{'<image>' * IMAGE_TOKENS}\nBe brief.\n\nWhat is   it?\n<|assistant|>\n"
    )


def test_without_the_template_every_chat_is_refused(tiny_llava: Path, tmp_path: Path) -> None:
    with serving(tiny_llava, log=tmp_path / "log") as bare:
        reply = chat(bare, picture())
    assert reply.status == 400
    assert "chat template" in reply.error
