"""Small work on English strings: choosing, articles, sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiouAEIOU])")
_KEEP = re.compile(r"^(?:[A-Z][A-Z-]|[A-Z]-|I\b)")


class Chooser:
    """Seeded choices; the same seed gives the same text on every machine."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64(seed))

    def one(self, options: Sequence[str]) -> str:
        """One of `options`."""
        return options[self.below(len(options))]

    def below(self, n: int) -> int:
        """A number from 0 to n - 1."""
        return int(self._rng.random() * n)

    def chance(self, probability: float) -> bool:
        """True with `probability`."""
        return bool(self._rng.random() < probability)

    def shuffled(self, items: Sequence[str]) -> list[str]:
        """`items` in another order (Fisher-Yates)."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return out


def a(words: str) -> str:
    """`words` with its indefinite article."""
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"


def sentence(words: str) -> str:
    """`words` with a capital and a full stop."""
    words = _ARTICLE.sub(r"\1n ", words.strip())
    words = words[:1].upper() + words[1:]
    return words if words[-1] in ".!?" else f"{words}."


def lower_first(text: str) -> str:
    """`text` without its capital, unless that belongs to the word (X-ray, CT, B-mode)."""
    return text if _KEEP.match(text) else text[:1].lower() + text[1:]


def listed(items: Sequence[str]) -> str:
    """`items` as an English list."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
