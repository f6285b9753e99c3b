"""Texts, attempts at them, and what was said of them."""

from __future__ import annotations

import hashlib
from typing import Literal

from m3ds.schema.base import Frozen, State


class Steps(Frozen):
    """The four steps of a reasoning, without the words that the answer's form puts before them."""

    modality: str
    analysis: str
    reasoning: str
    conclusion: str


class TextVersion(Frozen):
    """One version of a text, addressed by `sha` = H(steps, parent, origin); see `text_version`."""

    sha: str
    parent: str | None
    origin: str
    steps: Steps


def text_version(steps: Steps, *, origin: str, parent: str | None = None) -> TextVersion:
    """Make the version that `steps` are, written by `origin` on top of `parent`."""
    content = "\x1f".join((parent or "", origin, *steps.model_dump().values()))
    return TextVersion(
        sha=hashlib.sha256(content.encode()).hexdigest(), parent=parent, origin=origin, steps=steps
    )


class Failure(Frozen):
    """One claim that does not hold: its sentence, what the facts make expected, what it says."""

    code: str
    step: str
    sentence: str
    expected: str
    claimed: str


class Objection(Frozen):
    """Typed reasons against one text version; an objection to attempt k goes on at k + 1."""

    attempt: int
    text_sha: str
    origin: Literal["checks", "critic", "near_duplicate", "person"]
    failures: tuple[Failure, ...]


class Judgement(Frozen):
    """What a critic's answers were, before thresholds were put to them.

    Args:
        expected: Of each rubric dimension the expected score, 1 to 5.
        entropy: Of each dimension, in bits; 0 where the critic was sure.
        vetoes: Of each veto question the probability of a yes.
        critiques: Per view the quoted sentence and its fault.
    """

    model: str
    revision: str
    prompt_version: str
    expected: dict[str, float]
    entropy: dict[str, float]
    vetoes: dict[str, float]
    critiques: dict[str, str]


class Draft(Frozen):
    """What an author wrote.

    Args:
        steps: The text.
        call_key: Of the call that it came from.
        findings: What it lists beside the text, as sentences; checked, not published.
        diagnosis: The option that it names beside the text.
    """

    steps: Steps
    call_key: str
    findings: tuple[str, ...] = ()
    diagnosis: str | None = None


class Verdict(Frozen):
    """What one judge (`checks`, or a model) found about one text version."""

    text_sha: str
    judge: str
    version: str
    accepted: bool
    failures: tuple[Failure, ...] = ()
    judgement: Judgement | None = None


class Author(Frozen):
    """Who wrote a text, completely enough to ask for it again."""

    backend: str
    model: str
    revision: str
    prompt_version: str
    prompt_sha256: str
    call_key: str
    seed: int
    temperature: float | None


class Attempt(Frozen):
    """One attempt of the author at one sample (1 is the first)."""

    sample_id: str
    attempt: int
    hint_level: int | None
    author: Author
    text: TextVersion


class Outcome(Frozen):
    """How the loop ended for one sample, under the fingerprint of all that it read.

    `attempt`, `text_sha` and `call_key` are those of the last attempt, if there was one; `reason`
    says why a sample waits or was quarantined.
    """

    sample_id: str
    fingerprint: str
    state: State
    attempt: int
    text_sha: str | None
    call_key: str | None
    checks_version: str
    reason: str = ""
