"""The `vllm serve` command that a recipe implies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from m3ds import assets
from m3ds.recipe import Serve

# Of images that a request may hold: the image and a close-up.
_IMAGES = {"image": 2, "video": 0}
# xgrammar, vLLM's first choice, lets control characters into strings of a limited length.
_STRUCTURED = {"backend": "guidance", "disable_any_whitespace": True}


def serve_command(
    role: str, model: str, revision: str | None, serve: Serve, *, host: str, port: int
) -> list[str]:
    """The whole command line.

    Args:
        role: `author` or `critic`, which is also what the server calls the model.
        model: Name on the Hub, or a folder.
        revision: The commit, or None for the newest.
        serve: The recipe's options; `serve.flags` have the last word.
        host, port: Where it listens.
    """
    flags: dict[str, object] = {
        "served-model-name": role,
        "host": host,
        "port": port,
        "dtype": "bfloat16",
        "max-model-len": serve.max_model_len,
        "max-num-seqs": serve.max_num_seqs,
        "limit-mm-per-prompt": _IMAGES,
        "generation-config": "vllm",
        "structured-outputs-config": _STRUCTURED,
        "enable-prompt-tokens-details": True,
        "max-logprobs": 20,
        "seed": 0,
    }
    if revision:
        flags["revision"] = revision
    if serve.tensor_parallel > 1:
        flags["tensor-parallel-size"] = serve.tensor_parallel
    if serve.chat_template:
        flags["chat-template"] = str(chat_template(serve.chat_template))
        flags["chat-template-content-format"] = "openai"
    flags |= serve.flags
    return [*serve.command, model, *_spelled(flags)]


def chat_template(name: str) -> Path:
    """A file by path, or by its name in `prompts/chat/`."""
    path = Path(name)
    shipped = assets.folder("prompts") / "chat" / name
    return path if path.is_file() or not shipped.is_file() else shipped


def environment(serve: Serve) -> dict[str, str]:
    """What the server's environment has beside the usual: which GPUs, and the recipe's own."""
    shown = {"CUDA_VISIBLE_DEVICES": ",".join(map(str, serve.gpus))} if serve.gpus else {}
    return {"VLLM_NO_USAGE_STATS": "1", **shown, **serve.env}


def _spelled(flags: dict[str, object]) -> Sequence[str]:
    words: list[str] = []
    for name, value in flags.items():
        if value is False:
            continue
        words.append(f"--{name}")
        if isinstance(value, dict):
            words.append(json.dumps(value, separators=(",", ":")))
        elif value is not True:
            words.append(str(value))
    return words
