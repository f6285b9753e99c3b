"""Patterns of hundreds of alternatives, gathered by their first letters.

At every word of a text `re` holds each alternative against it, one after the other. Those that
begin alike are held together here, so that a word is held against the few that may fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_LETTER = re.compile(r"[a-z](?![?*+{])")
_GROUP = re.compile(r"\(\?:")
_QUANTIFIED = re.compile(r"[?*+{]")


def gathered(*patterns: str) -> str:
    """One pattern for all alternatives of `patterns`, which match what they matched before.

    Where several begin at the same place, another than before may be the one that matches.
    """
    alternatives = [one for pattern in patterns for part in split(pattern) for one in _open(part)]
    return f"(?:{_gather(list(dict.fromkeys(alternatives)))})"


class Table:
    """Named patterns of whole words, looked for together."""

    __slots__ = ("_all", "_own")

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._all = re.compile(rf"\b{gathered(*patterns.values())}(?!\w)")
        self._own = {name: re.compile(pattern) for name, pattern in patterns.items()}

    def finditer(self, low: str) -> Iterator[tuple[str, re.Match[str]]]:
        """What is found in a clause, each with the name of the pattern that it fits."""
        for match in self._all.finditer(low):
            yield (
                next(n for n, own in self._own.items() if own.fullmatch(low, *match.span())),
                match,
            )


def split(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern, those inside its groups left alone."""
    start = 0
    for k, letter, depth in _structure(pattern):
        if letter == "|" and depth == 0:
            yield pattern[start:k]
            start = k + 1
    yield pattern[start:]


def _structure(pattern: str) -> Iterator[tuple[int, str, int]]:
    """Where parentheses and bars stand that are neither escaped nor in a class.

    Each with the depth of groups behind it.
    """
    depth, k, in_class = 0, 0, False
    while k < len(pattern):
        letter = pattern[k]
        if letter == "\\":
            k += 1
        elif in_class:
            in_class = letter != "]"
        elif letter == "[":
            in_class = True
            # A bracket right at the beginning of a class is one of its letters.
            k += pattern.startswith(("]", "^]"), k + 1)
        elif letter in "()|":
            depth += {"(": 1, ")": -1, "|": 0}[letter]
            yield k, letter, depth
        k += 1


def _open(alternative: str) -> Iterator[str]:
    """`(?:was|were) seen` as `was seen` and `were seen`."""
    if _GROUP.match(alternative):
        end = _closing(alternative)
        inner, rest = alternative[3:end], alternative[end + 1 :]
        if not _QUANTIFIED.match(rest):
            for part in split(inner):
                yield from _open(part + rest)
            return
    yield alternative


def _closing(pattern: str) -> int:
    """Where the group ends with which `pattern` begins."""
    return next(k for k, letter, depth in _structure(pattern) if letter == ")" and depth == 0)


def _gather(alternatives: Iterable[str]) -> str:
    by_letter: dict[str, list[str]] = {}
    others = []
    for one in alternatives:
        if _LETTER.match(one):
            by_letter.setdefault(one[0], []).append(one[1:])
        else:
            others.append(one)
    found = [
        letter + (rest[0] if len(rest) == 1 else f"(?:{_gather(rest)})")
        for letter, rest in sorted(by_letter.items())
    ]
    return "|".join((*found, *others))
