"""The tiny models are the same every time, and shaped as the real ones are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from .serving import build

pytestmark = pytest.mark.vllm


@pytest.mark.parametrize("kind", ["qwen", "llava"])
def test_a_model_is_built_alike_every_time(
    kind: Literal["qwen", "llava"], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    first: Path = request.getfixturevalue(f"tiny_{kind}")
    again = build(kind, tmp_path / kind)
    assert _contents(again) == _contents(first)


def test_the_llava_is_shaped_like_the_hf_checkpoints(tiny_llava: Path) -> None:
    names = set(_header(tiny_llava / "model.safetensors")) - {"__metadata__"}
    assert "vision_tower.vision_model.embeddings.class_embedding" in names
    assert {"language_model.lm_head.weight", "multi_modal_projector.linear_1.weight"} <= names
    assert not [name for name in names if name.startswith("model.")]
    assert _json(tiny_llava / "config.json")["architectures"] == ["LlavaForConditionalGeneration"]
    assert _json(tiny_llava / "processor_config.json")["patch_size"] is None
    assert not list(tiny_llava.glob("chat_template*"))
    assert "chat_template" not in _json(tiny_llava / "tokenizer_config.json")


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _header(weights: Path) -> dict[str, Any]:
    """The JSON that a safetensors file opens with, behind its length in 8 bytes."""
    data = weights.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header: dict[str, Any] = json.loads(data[8 : 8 + length])
    return header


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
