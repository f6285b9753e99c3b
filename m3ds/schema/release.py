"""What the release is given for one row."""

from __future__ import annotations

from typing import Any

from m3ds.schema.base import Frozen, Split
from m3ds.schema.sample import Harmonised
from m3ds.schema.source import Source
from m3ds.schema.text import Author, Judgement, Steps

CONFLICT = "label_conflict"
"""Copies whose labels exclude each other: a fault of the samples, whatever their texts."""


def fate(code: str) -> str:
    """What is said of a sample that a release excludes for `code`: one word, everywhere."""
    return "quarantined" if code == CONFLICT else "left out"


class Accepted(Frozen):
    """A sample with its accepted text, in all forms that are published.

    `messages` are chat turns: {role, content: [{type, text}]}.
    """

    sample: Harmonised
    label_options: tuple[str, ...]
    question: str
    answer: str
    messages: tuple[dict[str, Any], ...]
    steps: Steps
    hint_level: int | None
    attempt: int
    author: Author
    judgements: tuple[Judgement, ...] = ()
    checks_version: str
    text_sha: str
    review_policy: str


class Row(Frozen):
    """An accepted sample in its place in the dataset."""

    accepted: Accepted
    source: Source
    split: Split
    group_id: str
    flags: tuple[str, ...]
