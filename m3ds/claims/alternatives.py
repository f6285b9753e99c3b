"""Patterns of hundreds of alternatives, gathered by their first letters.

At every word of a text `re` holds each alternative against it, one after the other. Those that
begin alike are held together here, so that a word is held against the few that may fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_LETTER = re.compile(r"(?P<behind>(?:\(\?<![a-z -]+\))*)(?P<letter>[a-z])(?![?*+{])")
_BEHIND = re.compile(r"(?:\(\?<![a-z -]+\))+")
_GROUP = re.compile(r"\(\?:")
_OPTIONAL = re.compile(r"\?(?![?+])")
_QUANTIFIED = re.compile(r"[?*+{]")


def gathered(*patterns: str) -> str:
    """One pattern for all alternatives of `patterns`, which match what they matched before.

    Where several begin at the same place, another than before may be the one that matches.
    """
    alternatives = [one for pattern in patterns for part in split(pattern) for one in _open(part)]
    return f"(?:{_gather(list(dict.fromkeys(alternatives)))})"


def found_apart(first: re.Pattern[str], then: re.Pattern[str], low: str) -> Iterator[re.Match[str]]:
    """What `first` finds in a clause, and what `then` finds beside that.

    A pattern that is made for each kind of sample is kept short so: what it says of all of them
    is made once.
    """
    found = list(first.finditer(low))
    yield from found
    for match in then.finditer(low):
        if not any(match.start() < one.end() and one.start() < match.end() for one in found):
            yield match


class Table:
    """Named patterns of whole words, looked for together."""

    __slots__ = ("_all", "_own")

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._all = re.compile(rf"\b{gathered(*patterns.values())}(?!\w)")
        self._own = {name: re.compile(pattern) for name, pattern in patterns.items()}

    def search(self, low: str) -> bool:
        """Whether anything is found in a clause."""
        return self._all.search(low) is not None

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
    """`(?:was|were )?seen` as `was seen`, `were seen` and `seen`, what may not stand ahead kept."""
    if behind := _BEHIND.match(alternative):
        for opened in _open(alternative[behind.end() :]):
            yield behind.group() + opened
        return
    if _GROUP.match(alternative):
        end = _closing(alternative)
        inner, rest = alternative[3:end], alternative[end + 1 :]
        if optional := _OPTIONAL.match(rest):
            rest = rest[optional.end() :]
        if not _QUANTIFIED.match(rest) or optional:
            for part in split(inner):
                yield from _open(part + rest)
            if optional:
                yield from _open(rest)
            return
    yield alternative


def _last_group(alternative: str) -> Iterator[str]:
    """The parts of a group that is all of `alternative`: to open it repeats nothing."""
    if _GROUP.match(alternative) and _closing(alternative) == len(alternative) - 1:
        yield from split(alternative[3:-1])
    else:
        yield alternative


def _closing(pattern: str) -> int:
    """Where the group ends with which `pattern` begins."""
    return next(k for k, letter, depth in _structure(pattern) if letter == ")" and depth == 0)


def _gather(alternatives: Iterable[str]) -> str:
    by_letter: dict[str, list[str]] = {}
    others = []
    for one in dict.fromkeys(part for whole in alternatives for part in _last_group(whole)):
        if begun := _LETTER.match(one):
            letter = begun["letter"]
            # What may not stand ahead of the letter may not, with it, stand ahead of the rest.
            behind = begun["behind"].replace(")", f"{letter})")
            by_letter.setdefault(letter, []).append(behind + one[begun.end() :])
        else:
            others.append(one)
    found = [
        letter + (rest[0] if len(rest) == 1 else f"(?:{_gather(rest)})")
        for letter, rest in sorted(by_letter.items())
    ]
    return "|".join((*found, *others))
