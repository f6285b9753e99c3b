"""The tiny models and the server that the tests of this folder share.

`make test-vllm` installs their environment and runs them; no other target does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .serving import Server, build, serving


@pytest.fixture(scope="session")
def tiny_qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny Qwen2.5-VL."""
    return build("qwen", tmp_path_factory.mktemp("tiny-qwen"))


@pytest.fixture(scope="session")
def tiny_llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny LLaVA in the shape of HuatuoGPT-Vision's `-hf` checkpoints."""
    return build("llava", tmp_path_factory.mktemp("tiny-llava"))


@pytest.fixture(scope="session")
def qwen(tiny_qwen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the tiny Qwen2.5-VL, started once; tests leave it alive."""
    with serving(tiny_qwen, log=tmp_path_factory.mktemp("qwen") / "log") as server:
        yield server
