"""English as far as the checks need it: sentences, negation, and statements in general."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from m3ds.schema.text import Steps


class Sentence(NamedTuple):
    """A sentence and the step it stands in; `said` is what it says of the region, if anything.

    A leading clause about another structure ("The trachea lies left of centre, and ...") is no
    statement about the region and is missing from `said`.
    """

    step: str
    text: str
    said: str


_END = re.compile(r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)(?<!\bvs\.)(?<!\bapprox\.)\s+")

_GENERAL = re.compile(
    r"\b(?:may|might|can|could|would|often|typical(?:ly)?|usual(?:ly)?|common(?:ly)?|general(?:ly)?"
    r"|classic(?:ally)?|frequent(?:ly)?|tends?|sometimes|rarely|in general|as a rule|if|when"
    r"|whenever|by definition|favou?rs?|recommend(?:ed)?|advis(?:ed|able)|follow-up|correlation)\b",
    re.IGNORECASE,
)

_NEGATING = re.compile(
    r"\b(?:no|not|non|without|neither|nor|never|none|nothing|hardly|scarcely|barely|unlikely"
    r"|improbable|doubtful|anything but|far from(?! (?:the|its|any|each)\b)|absence of|lack of"
    r"|lacks|lacking|negative for|rather than|instead of|free of|free from|excludes?|excluding"
    r"|rules? out|ruling out|cannot"
    r"|(?:is|are|was|were|do|does|did|has|have|had|ca|could|would|should|wo)n't)\b",
    re.IGNORECASE,
)
# Words of denial that affirm.
_AFFIRMING = re.compile(
    r"\b(?:no|without(?: any| a)?|beyond(?: any| all| a)?|(?:is not|isn't) any)"
    r" (?:(?:reasonable|real|serious) )?(?:doubt|question)\b|\bnot only\b",
    re.IGNORECASE,
)
_QUOTES = str.maketrans({"’": "'", "‘": "'"})
_NEGATED_AFTER = re.compile(
    r"^[^.;:]{0,40}?\b(?:(?:is|are|was|were)"
    r"(?:n't| (?:not|excluded|ruled out|absent|unlikely|improbable|doubtful))"
    r"|(?:can|could) be (?:excluded|ruled out)|(?:is|are) (?:less|not) likely"
    r"|(?:seems?|appears?) unlikely)\b",
    re.IGNORECASE,
)
# A negation holds up to one of these: what follows is a statement of its own.
_SCOPE_END = re.compile(
    r"[;:]|(?<!anything )\bbut\b|\bhowever\b|\balthough\b|\bthough\b|\bwhile\b|\bwhereas\b"
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
            yield Sentence(name, text, text)


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
        *(Sentence("analysis", text, _of_region(text)) for text in split(analysis)),
        *(
            Sentence(step, text, _of_region(text))
            for step, whole in later
            for text in split(whole)
            if not is_general(text)
        ),
    )


def _of_region(sentence: str) -> str:
    """`sentence` without a leading clause whose subject is another structure."""
    found = _LANDMARK.match(sentence)
    return sentence[found.end() :] if found else sentence


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

_STRUCTURE = (
    r"(?:trache\w+|carina|larynx|carotid|jugular|isthmus|oesophagus|esophagus|strap\s+muscles?"
    r"|pectoral\w*|muscles?|heart|aort\w+|mediastinum|hil\w+|diaphragm|hemidiaphragm|clavicles?"
    r"|ribs?|sternum|spine|vertebra\w*|gastric\s+bubble|optic\s+disc|macula|fovea|nipple|hairs?"
    r"|ruler|marker|label|instrument|lumen|folds?)"
)
_FREE_PART = (
    r"(?:left|right|upper|lower|top|bottom)\s+(?:[\w-]+\s+){1,2}?"
    rf"(?:of\s+(?:the|this)\s+{IMAGE}\s+)?(?:is|are|appears?)\s+"
    r"(?:free|clear|unremarkable|normal|empty)"
)
# Up to where a sentence turns to another subject; "on the right, the trachea" leads one in, too.
_LANDMARK = re.compile(
    r"^\s*(?:(?:on|in|at|to|towards?|near)\s+[^,;:]{1,50},\s+)?(?:the|a|an|both|two)\s+"
    r"(?:(?:normal|common|visible|patient's|left|right|thyroid|cardiac)\s+){0,2}"
    rf"(?:{_FREE_PART}\b|{_STRUCTURE}\b)(?!\s+(?!shadows?\b){REGION}\b)"
    r"(?:(?!;|\b(?:while|whereas|but)\b|,?\s+(?:and|with)\s+(?:the|an?|it|its|one|this)\b"
    rf"|\b(?:an?|one|two|several|multiple)\s+(?:[\w-]+,?\s+){{0,4}}?{REGION}\b).)*",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)
def lesion(target: str) -> re.Pattern[str]:
    """What can only mean an outlined lesion, the source's own `target` included."""
    words = (target, "lesion", "nodule", "mass", "polyp", "tumour", "tumor", "fracture", "growth")
    return re.compile(rf"\b(?:{any_of(words)})(?:s|es)?\b(?! (?:effect|plates?))", re.IGNORECASE)
