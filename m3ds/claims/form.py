"""What no text may be whatever the image: markup, a refusal, no English, a loop, no length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.text import PARTS, Text, sentences
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

STEPS = ("modality", "analysis", "reasoning", "conclusion")

LENGTHS = {
    "modality": (2, 300),
    "analysis": (25, 1200),
    "reasoning": (20, 1200),
    "conclusion": (2, 400),
}
"""Shortest and longest step, in characters."""

_MARKUP = re.compile(r"\[/?SEG\]|<[^<>]{1,40}>(?!\s*\d)|```|^#{2,6} |\[/?INST\]|\\boxed|</?s>")
# Without one of these there is no markup: the dear pattern need not look.
_BRACKET = re.compile(r"[\[<`#\\]")
_REFUSAL = re.compile(
    r"\bas an? (?:ai|artificial|language|large language|assistant)\b|\blanguage model\b"
    r"|\b(?:i(?:'m| am)|we(?:'re| are)) (?:sorry|(?:unable|not able) to "
    r"(?!(?:find|see|detect|make out|discern) (?!(?:the |an? |any |this )?(?:image|picture|photo|"
    r"scan|film)))|not (?:a|allowed|qualified))\b"
    r"|\bi apologi[sz]e\b|\bmedical advice\b|\bhealth ?care (?:professional|provider)s?\b"
    r"|\b(?:i|we) (?:cannot|can't|can not|won't|will not|am unable to|must decline) "
    r"(?:to )?(?:help|assist"
    r"|provide|give|offer|answer|comply|diagnose|interpret|analy[sz]e|view|process|"
    r"access|fulfil|open"
    r"|complete|make a diagnosis|render|perform|generate|determine (?:what|the "
    r"diagnosis|anything|which))\b"
    r"|\b(?:no|cannot see any|can't see any|without an|there is no) image (?:was |has been |is )?"
    r"(?:attached|provided|given|to (?:analy[sz]e|view)|uploaded|available)?(?=[.,;]|$)"
    r"|\bplease (?:consult|provide|upload|note that|see a)\b|\bconsult (?:a|an|your) "
    r"(?:doctor|physician"
    r"|dermatologist|radiologist|specialist|qualified)\b"
)
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "is",
        "a",
        "in",
        "to",
        "with",
        "are",
        "no",
        "this",
        "it",
        "as",
        "an",
        "on",
        "or",
        "by",
        "for",
        "from",
        "at",
        "not",
        "which",
        "be",
        "than",
        "that",
        "there",
        "its",
        "one",
        "but",
        "seen",
        "image",
        "left",
        "right",
        "small",
        "large",
        "lesion",
        "margin",
        "both",
        "any",
        "per",
        "all",
    ]
)
_OTHERS = frozenset(
    [
        "der",
        "die",
        "das",
        "und",
        "ist",
        "mit",
        "ein",
        "eine",
        "einer",
        "nicht",
        "von",
        "im",
        "des",
        "dem",
        "auf",
        "zeigt",
        "für",
        "le",
        "la",
        "les",
        "des",
        "est",
        "une",
        "dans",
        "avec",
        "du",
        "et",
        "sur",
        "pas",
        "el",
        "los",
        "las",
        "una",
        "con",
        "del",
        "en",
        "se",
        "por",
        "y",
        "il",
        "lo",
        "di",
        "che",
        "per",
        "un",
        "uno",
        "nella",
        "della",
        "sono",
        "het",
        "een",
        "van",
        "wordt",
        "op",
        "voor",
        "zijn",
        "och",
        "är",
        "med",
        "som",
        "av",
        "em",
        "uma",
        "com",
        "dos",
        "das",
        "não",
        "são",
        "na",
        "no",
        "é",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
_LOOP = re.compile(r"\b(\w[\w\s,'-]{0,60}?)(?:[\s,.;]+\1\b){3,}")


_TICKED = frozenset({"absent", "none", "normal", "clear", "no", "nil", "intact"})


# Asked for by two checks in a row.
@lru_cache(maxsize=64)
def _spoken(low: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(low))


def check_markup(case: Case, text: Text) -> Iterator[Failure]:
    """Tokens and tags belong to the answer's form, never to a step."""
    del case
    for sentence in sentences(text, *PARTS):
        if not _BRACKET.search(sentence.text):
            continue
        for match in _MARKUP.finditer(sentence.text):
            yield _failure("markup", sentence.step, sentence.text, "plain text", match.group())


def check_refusal(case: Case, text: Text) -> Iterator[Failure]:
    """The text reads the image and does not decline to."""
    del case
    for sentence in sentences(text, *PARTS):
        if found := _REFUSAL.search(sentence.low):
            yield _failure("refusal", sentence.step, sentence.text, "a reading", found.group())


def check_language(case: Case, text: Text) -> Iterator[Failure]:
    """The text is English: in its letters, and in its small words."""
    del case
    for part in PARTS:
        content = " ".join(text.findings) if part == "findings" else getattr(text, part)
        letters = [] if content.isascii() else [c for c in content if c.isalpha()]
        strange = sum(not ("a" <= c.lower() <= "z" or c in "éèüöäïçñµμβα") for c in letters)
        words = [word for sentence in sentences(text, part) for word in _spoken(sentence.low)]
        other = sum(map(_OTHERS.__contains__, words))
        foreign = len(words) >= 8 and other >= 3 and other > sum(map(_ENGLISH.__contains__, words))
        if strange > 0.05 * len(letters) or foreign:
            yield _failure("language", part, content[:200], "English", "another language")


def check_repetition(case: Case, text: Text) -> Iterator[Failure]:
    """No part says the same sentence twice, and none runs in a loop."""
    del case
    for part in PARTS:
        said: Counter[tuple[str, ...]] = Counter()
        for sentence in sentences(text, part):
            spoken = _spoken(sentence.low)
            said[spoken] += 1
            if said[spoken] == 2 and len(spoken) >= 4:
                yield _failure("repetition", part, sentence.text, "said once", "said again")
            # Only where few words make up the sentence can it run in a loop.
            if len(spoken) < 8 or len(set(spoken)) > 0.6 * len(spoken):
                continue
            found = _LOOP.search(sentence.low[:600])
            # "Exudates, drusen, blood: absent, absent, absent".
            if found and found.group(1) not in _TICKED:
                yield _failure("repetition", part, sentence.text[:200], "said once", found.group(1))


def check_length(case: Case, text: Text) -> Iterator[Failure]:
    """Each step is neither empty nor endless."""
    del case
    for step in STEPS:
        content = getattr(text, step).strip()
        low, high = LENGTHS[step]
        if not low <= len(content) <= high:
            expected = f"{low} to {high} characters"
            yield _failure("length", step, content[:200], expected, str(len(content)))


def _failure(code: str, step: str, sentence: str, expected: str, claimed: str) -> Failure:
    return Failure(code=code, step=step, sentence=sentence, expected=expected, claimed=claimed)
