"""What the tests of the layouts ask of unpacked archives."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Files:
    """A source's files by their path; archives are unpacked into one namespace."""

    def __init__(self, content: dict[str, bytes]) -> None:
        self.content = content

    def __getitem__(self, name: str) -> bytes:
        return self.content[name]

    def __contains__(self, name: str) -> bool:
        return name in self.content

    def names(self, pattern: str) -> list[str]:
        """The paths that `pattern` matches from end to end, sorted."""
        return sorted(name for name in self.content if re.fullmatch(pattern, name))

    def text(self, name: str) -> str:
        return self.content[name].decode()

    def json(self, name: str) -> Any:
        return json.loads(self.content[name])

    def image(self, name: str) -> Image.Image:
        """Open, not decoded."""
        return Image.open(io.BytesIO(self.content[name]))

    def pixels(self, name: str) -> NDArray[np.uint8]:
        return np.asarray(self.image(name))

    def twins(self, pattern: str) -> list[list[str]]:
        """Groups of byte-identical files among those that `pattern` matches."""
        groups: dict[bytes, list[str]] = {}
        for name in self.names(pattern):
            groups.setdefault(self.content[name], []).append(name)
        return [group for group in groups.values() if len(group) > 1]
