"""Words along one measured quantity; the tables themselves are in `vocabulary`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scale:
    """Words along one measured quantity.

    Args:
        steps: Each word with the value below which it applies, rising; the last has infinity.
        slack: How far beyond its own bounds a claimed word still agrees.
        relative: Whether `slack` is a share of the bound, instead of an amount.
        wide: Words that are also true of everything beyond them ("large" of the very large),
            with the bounds a claim is held to before slack.
        aliases: Other words, each with the word of this table that it stands for.
    """

    steps: tuple[tuple[str, float], ...]
    slack: float
    relative: bool = False
    wide: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the table itself, from the lowest value up."""
        return tuple(word for word, _ in self.steps)

    def word(self, value: float) -> str:
        """The word for a measured value."""
        return next(word for word, bound in self.steps if value < bound or bound == math.inf)

    def known(self, claim: str) -> bool:
        """Whether `claim` is a word of this scale or stands for one."""
        return self._canonical(claim) in self.words

    def agrees(self, claim: str, value: float) -> bool:
        """Whether the word `claim` may be said of `value`.

        Raises:
            KeyError: `claim` is no word of this scale.
        """
        low, high = self._bounds(self._canonical(claim))
        if self.relative:
            return low * (1 - self.slack) <= value <= high * (1 + self.slack)
        return low - self.slack <= value <= high + self.slack

    def _canonical(self, claim: str) -> str:
        word = " ".join(claim.lower().split())
        return self.aliases.get(word, word)

    def _bounds(self, word: str) -> tuple[float, float]:
        if word in self.wide:
            return self.wide[word]
        low = -math.inf
        for name, high in self.steps:
            if name == word:
                return low, high
            low = high
        raise KeyError(word)
