"""Small edits of a text: what all mutations are made of."""

from __future__ import annotations

import re

from m3ds.claims.planted import NAMES
from m3ds.schema.case import Case
from m3ds.schema.text import Steps


def sentences_of(text: str) -> list[str]:
    """The sentences of a text."""
    return re.split(r"(?<=[.!?])\s+", text.strip())


def changed(steps: Steps, step: str, sentences: list[str]) -> Steps:
    """The text with `sentences` as its `step`."""
    return steps.model_copy(update={step: " ".join(sentences)})


def added(steps: Steps, step: str, sentence: str) -> Steps:
    """The text with one more sentence in `step`."""
    return changed(steps, step, [*sentences_of(getattr(steps, step)), sentence])


def swapped(text: str, words: dict[str, str]) -> str:
    """`text` with each of `words` in the other's place, capitals kept.

    "All round" and "the skin round about" have no shape.
    """
    pattern = re.compile(
        rf"(?<!all )(?<!way )(?<!whole )\b(?:{'|'.join(map(re.escape, words))})\b"
        r"(?!(?<=round) (?:about|it|the|them)\b)",
        re.IGNORECASE,
    )

    def other(match: re.Match[str]) -> str:
        word = words[match.group().lower()]
        return word[:1].upper() + word[1:] if match.group()[0].isupper() else word

    return pattern.sub(other, text)


def both_ways(**words: str) -> dict[str, str]:
    return words | {other: word for word, other in words.items()}


def article(word: str) -> str:
    """A word with the article it takes."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def name_of(case: Case) -> str:
    """A plain noun for what is outlined."""
    return NAMES.get(case.target, case.target)


def fitting(match: re.Match[str], text: str) -> str:
    """The article that fits what follows `match` in `text`."""
    ahead = text[match.end() :].lower()
    vowel = ahead.startswith(("a", "e", "i", "o", "un", "up")) and not ahead.startswith(
        ("one", "uni")
    )
    return f"{match.group(1)}n " if vowel else f"{match.group(1)} "


def plural(name: str) -> str:
    """More than one of `name`."""
    return f"{name}es" if name.endswith("s") else f"{name}s"
