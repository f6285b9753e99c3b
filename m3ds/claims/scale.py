"""Words for values of one scale, against the value that was measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from m3ds.claims.bearer import INNER, is_given, is_inner, is_of_something_else
from m3ds.claims.looks import JAGGED, Bounds
from m3ds.claims.polarity import is_denied
from m3ds.claims.stated import stated
from m3ds.claims.subject import of_several
from m3ds.claims.text import Clause, Text, words
from m3ds.claims.words import IMAGE, any_of
from m3ds.schema.case import Case
from m3ds.schema.text import Failure


class ScaleWords(NamedTuple):
    """Words for the values of one scale; a clause with none of `firsts` has none of them."""

    bounds: Mapping[str, Bounds]
    pattern: re.Pattern[str]
    firsts: frozenset[str]


def scale_words(bounds: Mapping[str, Bounds], pattern: re.Pattern[str]) -> ScaleWords:
    """Words with their bounds, and the pattern that finds them."""
    # The words of a clause are letters only, so "well-defined" begins with "well".
    firsts = frozenset(min(words(word), key=word.index) for word in bounds)
    return ScaleWords(bounds, pattern, firsts)


def compiled(words: Mapping[str, Bounds]) -> re.Pattern[str]:
    """The usual pattern for some words: `second` of a range, `noun` if they are said of a part."""
    return re.compile(
        rf"(?:(?<![\w-])|(?<=\bnear-)|(?<=\bwell-))(?<!all )(?<!way "
        rf")(?P<word>{any_of(words)})\b(?!-(?!than))(?:\s+to\s+(?P<second>{any_of(words)})\b)?"
        r"(?P<inner>(?=(?:(?:,\s+|\s+and\s+|\s+)(?!and\b|than\b|vs\b|versus\b|cf\b|to\b|"
        r"relative\b|compared\b|against\b|in\b|"
        rf"of\b|with\b|where\b|the\b|as\b|from\b|like\b|"
        rf"an?\b)[\w-]+){{0,2}}?\s+(?P<noun>{INNER})\b))?"
    )


# "The left third of the image: black" is no brightness of what is outlined.
_OF_PLACE = re.compile(
    r"^\s*(?:the\s+)?(?:upper|lower|left|right|top|bottom)(?:-hand)?(?:\s+(?:left|right))?\s+"
    r"(?:side|half|third|quarter|part|edge|border|margin|corner|strip)"
    rf"(?:\s+of\s+(?:the|this)\s+(?:\w+\s+)?{IMAGE})?\s*(?::|\b(?:is|looks|remains|appears|"
    rf"seems)\b)"
    r"|^\s*the\s+(?:top|bottom|(?:visible\s+)?field(?:\s+of\s+view)?|vignette|"
    rf"(?:edge|border|rim)\s+of\s+(?:the|this)\s+{IMAGE})\s+(?:is|looks|remains|appears)\b"
    r"|^\s*elsewhere\b|^\s*(?:the\s+)?(?:neighbouring|surrounding|adjacent|remaining)\s+[\w-]+\s+"
    r"(?:is|are|looks?|remains?|appears?|show)\b|^\s*(?:the\s+)?(?:\w+\s+)?layers\s+(?:is|are|"
    r"look)\b"
)
# "Linear atelectasis" is a kind, whatever its form.
_KINDS = (" atelectas", " collapse")

Exempt = Callable[[Case, Clause, "re.Match[str]"], bool]
"""Whether a word says nothing of the scale."""


def on_scale(
    case: Case,
    text: Text,
    code: str,
    scale: ScaleWords,
    values: tuple[float, ...],
    expected: str,
    *,
    exempt: Exempt,
    edge: re.Pattern[str] | None = None,
) -> Iterator[Failure]:
    """Words of one scale that agree with none of `values`, measures of the same.

    Args:
        case: The sample.
        text: The text.
        code: Of the failures.
        scale: The words.
        values: What was measured.
        expected: In words.
        exempt: What the scale leaves out.
        edge: Of words for an edge, what a clause that speaks of one has; most are said of much
            else.
    """
    for clause, whom in stated(case, text):
        low = clause.low
        if scale.firsts.isdisjoint(words(low)):
            continue
        if whom == "other" or (whom == "none" and case.mask_kind == "anatomy"):
            continue
        if of_several(case, low) or (whom == "none" and _OF_PLACE.match(low)):
            continue
        edged = edge is None or edge.search(low) is not None
        for match in scale.pattern.finditer(low):
            if is_inner(case, low, match) or low.startswith(_KINDS, match.end()):
                continue
            if is_denied(low, *match.span("word")) and not is_given(low, match):
                continue
            if exempt(case, clause, match):
                continue
            if is_of_something_else(clause, match, edge=edge is not None):
                continue
            said = [word for word in (match["word"], match["second"]) if word]
            bounds = [_of(scale.bounds, word) for word in said]
            # "Smooth" and "regular" are said of much; "spiculated" of nothing but an edge.
            if not edged and bounds[0] is not JAGGED:
                continue
            if not any(lo <= one <= hi for lo, hi in bounds for one in values):
                yield failure(code, clause, expected, match.group())


def _of(words: Mapping[str, Bounds], word: str) -> Bounds:
    """A word as its table spells it: patterns take a hyphen for a blank and the reverse."""
    spaced = re.sub(r"[\s-]+", " ", word)
    for spelled in (word, spaced, spaced.replace(" ", "-")):
        if spelled in words:
            return words[spelled]
    by_letters = {re.sub(r"[\s-]+", " ", key): key for key in words}
    return words[by_letters[spaced]]


def failure(code: str, clause: Clause, expected: str, words: str) -> Failure:
    """What is wrong with a word of a clause."""
    return Failure(
        code=code,
        step=clause.sentence.step,
        sentence=clause.sentence.text,
        expected=expected,
        claimed=words.strip(),
    )
