"""Names of bytes and of pixels."""

from __future__ import annotations

import hashlib

from PIL import Image


def sha256(data: bytes) -> str:
    """Hex sha256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def pixels_sha256(image: Image.Image) -> str:
    """Hex sha256 of `mode:WxH:` and the decoded pixels: equal for repackaged copies."""
    digest = hashlib.sha256(f"{image.mode}:{image.width}x{image.height}:".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()
