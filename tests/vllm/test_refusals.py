"""What the server refuses for good, and the words that a quarantined sample then carries."""

from __future__ import annotations

import pytest

from .client import chat, data_url, picture
from .serving import Server

pytestmark = pytest.mark.vllm

CUT = data_url(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (data_url(b"no image"), "cannot identify image file"),
        (CUT, "image"),
        ("data:image/png;base64,@@@@", "Non-base64 digit found"),
        (picture(width=600, height=2), "Failed to apply Qwen2_5_VLProcessor"),
    ],
    ids=["text", "cut", "encoding", "narrow"],
)
def test_a_bad_image(qwen: Server, image: str, words: str) -> None:
    reply = chat(qwen, image)
    assert reply.status == 400
    assert words in reply.error


def test_a_prompt_that_is_too_long(qwen: Server) -> None:
    reply = chat(qwen, picture(), text="word " * 5000)
    assert reply.status == 400
    assert "maximum context length is 4096 tokens" in reply.error


def test_too_many_images(qwen: Server) -> None:
    reply = chat(qwen, *map(picture, range(3)))
    assert reply.status == 400
    assert "At most 2 image(s) may be provided" in reply.error


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        ({"choices": ["yes"]}, "none are specified"),
        ({"json": {"type": "array", "uniqueItems": True}}, "Grammar error"),
    ],
)
def test_a_constraint_that_it_does_not_know(
    qwen: Server, constraint: dict[str, object], words: str
) -> None:
    reply = chat(qwen, picture(), structured_outputs=constraint)
    assert reply.status == 400
    assert words in reply.error


def test_another_model(qwen: Server) -> None:
    assert chat(qwen, picture(), model="other").status == 404


def test_a_local_file_is_refused_for_good_although_with_500(qwen: Server) -> None:
    reply = chat(qwen, "file:///etc/hostname")
    assert reply.status == 500
    assert "Cannot load local files" in reply.error


def test_the_server_lives_on(qwen: Server) -> None:
    chat(qwen, CUT)
    assert qwen.healthy()
    assert chat(qwen, picture()).status == 200
