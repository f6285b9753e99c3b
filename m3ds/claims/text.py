"""English as far as the checks need it: sentences, negation, and statements in general."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from m3ds.schema.text import Steps


class Sentence(NamedTuple):
    """A sentence and the step it stands in."""

    step: str
    text: str


_END = re.compile(r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)(?<!\bvs\.)(?<!\bapprox\.)\s+")

_GENERAL = re.compile(
    r"\b(?:may|might|can|could|would|often|typical(?:ly)?|usual(?:ly)?|common(?:ly)?|general(?:ly)?"
    r"|classic(?:ally)?|frequent(?:ly)?|tends?|sometimes|rarely|in general|as a rule|if|when"
    r"|whenever|by definition|favou?rs?|recommend(?:ed)?|advis(?:ed|able)|follow-up|correlation)\b",
    re.IGNORECASE,
)

_NEGATING = re.compile(
    r"\b(?:no|not|non|without|neither|nor|never|none|hardly|scarcely|unlikely|absence of|lack of"
    r"|lacks|lacking|negative for|rather than|instead of|free of|free from|excludes?|excluding"
    r"|rules? out|ruling out|isn't|aren't|doesn't|don't|cannot|can't)\b",
    re.IGNORECASE,
)
# Words of denial that affirm.
_AFFIRMING = re.compile(
    r"\b(?:no|without(?: any| a)?|beyond(?: any| all)?) (?:doubt|question)\b|\bnot only\b",
    re.IGNORECASE,
)
_QUOTES = str.maketrans({"’": "'", "‘": "'"})
_NEGATED_AFTER = re.compile(
    r"^[^.;:]{0,40}?\b(?:(?:is|are|was|were) (?:not|excluded|ruled out|absent|unlikely)"
    r"|(?:can|could) be (?:excluded|ruled out)|(?:is|are) (?:less|not) likely"
    r"|(?:seems?|appears?) unlikely)\b",
    re.IGNORECASE,
)
# A negation holds up to one of these: what follows is a statement of its own.
_SCOPE_END = re.compile(
    r"[;:]|\bbut\b|\bhowever\b|\balthough\b|\bthough\b|\bwhile\b|\bwhereas\b"
    r"|,\s*(?:and\s+)?(?:it|this|that|these|those|they|there|which|the|with|in)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def split(text: str) -> tuple[str, ...]:
    """The sentences of `text`, with straight apostrophes; decimals do not end one."""
    return tuple(part for part in _END.split(text.translate(_QUOTES).strip()) if part)


def sentences(steps: Steps, *names: str) -> Iterator[Sentence]:
    """All sentences of the steps called `names`, in order."""
    for name in names:
        for text in split(getattr(steps, name)):
            yield Sentence(name, text)


def particular(steps: Steps) -> tuple[Sentence, ...]:
    """The sentences that speak of this image.

    The analysis is about it throughout; in reasoning and conclusion, what is said of cases in
    general ("such nodules tend to be oval") is knowledge, not a finding.
    """
    return _particular(steps.analysis, steps.reasoning, steps.conclusion)


# Each check asks again for the same text's sentences.
@lru_cache(maxsize=8)
def _particular(analysis: str, reasoning: str, conclusion: str) -> tuple[Sentence, ...]:
    later = (("reasoning", reasoning), ("conclusion", conclusion))
    return (
        *(Sentence("analysis", text) for text in split(analysis)),
        *(
            Sentence(step, text)
            for step, whole in later
            for text in split(whole)
            if not is_general(text)
        ),
    )


def is_general(sentence: str) -> bool:
    """Whether a sentence is about such cases in general, or about what might be."""
    return _GENERAL.search(sentence) is not None


def is_negated(sentence: str, start: int, end: int) -> bool:
    """Whether what stands at [start, end) of `sentence` is denied by it."""
    before = sentence[:start]
    cut = 0
    for match in _SCOPE_END.finditer(before):
        cut = match.start()
    if _NEGATING.search(_AFFIRMING.sub("", before[cut:])):
        return True
    after = sentence[end:]
    limit = _SCOPE_END.search(after)
    return _NEGATED_AFTER.match(after[: limit.start()] if limit else after) is not None


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of `words`, longest first; a blank also stands for a hyphen."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in ordered)


IMAGE = (
    r"(?:image|picture|frame|photograph|photo|radiograph|x-ray|film|scan|sonogram|view|field"
    r"(?: of view)?)"
)
"""What a text may call the image as a whole."""

REGION = (
    r"(?:lesions?|nodules?|mass(?:es)?|polyps?|regions?|areas?|foci|focus|opacit(?:y|ies)|sites?"
    r"|tumou?rs?|abnormalit(?:y|ies)|fractures?|findings?|growths?|spots?|patch(?:es)?"
    r"|consolidations?|effusions?|shadows?|calcifications?|pneumothorax)"
)
"""What a text may call the outlined region."""
