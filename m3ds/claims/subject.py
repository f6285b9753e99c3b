"""Whom a clause speaks of: the outlined thing, or something else in sight."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from m3ds.claims.diagnoses import meaning, meaning_of_any
from m3ds.claims.polarity import is_general, is_here, is_supposed
from m3ds.claims.shares import PARTS
from m3ds.claims.text import ABOUT_IMAGE, BODY, Clause, Text, every_clause
from m3ds.claims.words import FEATURE, IMAGE, any_of, nouns, structures
from m3ds.schema.case import Case

Subject = Literal["target", "other", "none"]


class Noun(NamedTuple):
    """A known noun of a clause; `inner` where a preposition leads it in."""

    start: int
    end: int
    is_target: bool
    inner: bool


_VERB = (
    r"is|are|was|were|be|been|has|have|had|shows?|shown|seen|displays?|lies|lie|sits?|"
    r"occup\w+|fills?"
    r"|covers?|contains?|demonstrates?|reveals?|exhibits?|appears?|presents?|"
    r"measures?|takes?|looks?"
    r"|and|or|that|which|it|they|there|there's|centres"
)
# What an article begins after the place is no longer led in: "at the upper left a bright spot".
_ARTICLE = r"an?|the|some|several|there|we|one(?= \w+ \w+ (?:is|are))"
_LED_IN = re.compile(
    r"(?:(?:^|[\s(,:])(?:of|in|on|at|to|from|by|with|without|within|into|near|along|above|below"
    r"|beneath|beside|behind|around|against|than|over|under|across|between|through|towards?"
    r"|beyond|despite|inside|outside|including|alongside|next to|relative to|like|per|as|for|vs|"
    r"versus"
    r"|resembles?|about|adjacent to|from the)"
    # At the start, or after an article, these are adjectives: "adjacent ribs are intact".
    r"|(?<!\bthe)(?<!\ban)(?<!^)\s(?:adjacent|adjoining|overlying|abutting|facing))\s+"
    rf"(?:(?!(?:{_VERB})\b)[\w'-]+\s+)?(?:(?!(?:{_VERB}|{_ARTICLE})\b)[\w'-]+\s+){{0,3}}$"
)
_LEDS = re.compile(
    r"(?:^|[\s(,])(?:of|in|on|at|to|from|by|with|without|within|into|near|along|above|below|"
    r"beneath|"
    r"beside|behind|around|against|than|over|under|across|between|through|towards?|beyond|"
    r"outside|inside|like|as|for|about|round)\s+$"
)
_HOLDS = re.compile(
    r"\b(?:shows?|includes?|features?|depicts?|contains?|harbours?|bears?|carries|reveals?|demonstrates?|exhibits?|displays?|has"
    r"|have|(?<!confused )(?<!mistaken )(?<!compared )(?<!continuous )with|there (?:is|are)|"
    r"(?:is|are) centred on|centres on|"
    r"(?:is|are) (?:missing|"
    r"absent|lost|obscured|effaced|replaced|faint|reduced) (?:over|in|"
    r"within|along|by)|is interrupted|is broken|surrounds?|encloses?|is the seat of|(?:is|"
    r"are) (?:\w+ )?(?:covered|taken up|filled|occupied|replaced|involved|crossed|"
    r"dominated|blunted|obscured|effaced|obliterated) by)\b"
)
_BROKEN = re.compile(
    r"(?<!not )\b(?:broken|fractured|interrupted|disrupted|breached|discontinuous|gives way|"
    r"(?:has |have )?los(?:t|es) (?:its|their) continuity|shows? (?:an? )?loss of (?:its |the "
    r")?(?:normal )?(?:cortical|continuity)|fails to (?:continue|meet)|does not "
    r"(?:run through|continue)|cracked|splintered)\b(?! "
    r"(?:no|by nothing))"
)
_PRONOUN = (
    r"it|they|it's|they're|itself|there's one|both(?! (?:the|sides?|lungs?))|"
    r"(?:this|these|(?<!\w\s)(?<!,\s)that|which)(?=\s+(?:is|are|was|were|has|have|lies?|sits?|"
    r"occup\w+|measures?"
    r"|covers?|takes?|appears?|looks?|fills?))|(?:large|bigg|small|dark|bright)er(?! (?!of\b|"
    r"one\b|is\b|are\b|has\b|lies\b|"
    r"sits\b|measures\b|shows\b)\w)|"
    r"(?:large|bigg|small)est|each|neither(?= (?:is|of them))|all(?= (?:are|of them|"
    r"share|three|four))"
    r"|one(?= (?:only|is|lies))|together|the two|the three|the four|the pair(?! of)"
)


_TITLE = re.compile(r"^[^:;]{1,90}:(?!\s*(?:no|none|nothing|not|without|normal|intact|clear)\b)")
# "The affected segment": what is so called is the outlined thing, whatever it is a part of.
_AFFECTED = re.compile(
    r"\b(?:affected|involved|disturbed|damaged|diseased|abnormal|altered|injured|broken|fractured|opacified|"
    r"interrupted|pathological|hyperlucent|consolidated)\s+(?:[\w-]+\s+)?$"
)
# "14 % of the image are covered" tells the share of what covers it.
_SHARE_FIRST = re.compile(
    rf"^[^,;]{{0,30}}?(?:%|per\s?cent|{any_of(PARTS)}s?)\s+of\s+(?:the|this)\s+"
    rf"(?:[\w-]+\s+){{0,2}}?{IMAGE}\s+(?:is|are|belongs?|corresponds?|goes?)\s+(?:\w+ly\s+)?"
    r"(?:covered|occupied|taken|filled|pigmented|involved|affected|opacified|replaced|abnormal|to)\b"
)
_OWN_TITLES = ("echo", "density", "contrast", "brightness")
_PART_OF = re.compile(
    r"^\s*(?:(?:an?|the|some|both|mild|small|large|visible|slight|minor|only)\s+){0,"
    r"3}[\w-]+\s+of\s+(?:[\w-]+\s+){0,3}$"
)


@lru_cache(maxsize=64)
def _pattern(targets: str, others: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:(?P<compound>(?:{others}|[a-z]+al)[\s)-]+(?=(?:[a-z]+[\s-])?{targets}(?!\w))|"
        r"joint (?=centre|midpoint|area|share|extent))"
        rf"|(?P<target>{targets}|{FEATURE}|{_PRONOUN})(?!\w)|(?P<other>{others})(?!\w))"
    )


@lru_cache(maxsize=1024)
def _found(targets: str, others: str, low: str) -> tuple[Noun, ...]:
    found = []
    for match in _pattern(targets, others).finditer(low):
        if match["compound"] is None:
            # "Against the skin around it looks pale": a pronoun is led in by what stands before it.
            near = match.start() - 12 if match.group() in {"it", "they"} else 0
            led_in = _LEDS if near else _LED_IN
            inner = led_in.search(low, max(0, near), match.start()) is not None
            found.append(Noun(match.start(), match.end(), match["target"] is not None, inner))
    return tuple(found)


@lru_cache(maxsize=64)
def _is_really(others: str) -> re.Pattern[str]:
    return re.compile(
        r"\b(?:is|are|corresponds? to|represents?|belongs? to)\s+(?:simply\s+|just\s+|"
        r"merely\s+|only\s+)?"
        r"(?:the|an?|normal)\s+(?:(?:normal|ordinary|air|bowel|"
        rf"open)\s+)?{others}(?!\w)(?![\s-]+(?:lesion|nodule|mass|polyp|tumour|"
        r"fracture|break))"
    )


def known_nouns(case: Case, low: str) -> tuple[Noun, ...]:
    """The nouns of a clause that mean the outlined thing, a feature of it, or something else."""
    return _found(nouns(case), structures(case), low)


def subject(case: Case, low: str) -> Subject:
    """Whom a clause speaks of: its first noun that no preposition leads in."""
    return _subject(nouns(case), structures(case), case.target == "fracture", low)


def _subject(targets: str, others: str, breakable: bool, low: str) -> Subject:
    found = _found(targets, others, low)
    heads = [noun for noun in found if not noun.inner]
    # "Hand: solitary break in the cortex"; but "Ribs: no fracture".
    titled = _TITLE.match(low)
    if titled and heads and heads[0].end <= titled.end():
        heads = [noun for noun in heads if noun.start >= titled.end()] or heads
        if heads[0].end <= titled.end() and low.startswith(_OWN_TITLES):
            return "none"
    if _SHARE_FIRST.match(low) and not any(n.is_target for n in heads):
        return "none"
    if not heads:
        # "A small part of the gullet": what it is a part of.
        part = found and not found[0].is_target and _PART_OF.match(low, 0, found[0].start)
        return "other" if part else "none"
    head = heads[0]
    if breakable and _BROKEN.search(low):
        return "target"
    if head.is_target:
        # "The dark area at the top left is the lumen."
        named = _is_really(others).search(low, head.end)
        return "other" if named else "target"
    if _AFFECTED.search(low, 0, head.start):
        return "target"
    held = any(n.is_target and _HOLDS.search(low, head.end, n.start) for n in found)
    return "target" if held else "other"


_DEFINITE = re.compile(
    r"\b(?:the|this|these|its|our|whose|(?<!\w\s)that)\s+(?:(?!(?:of|in|on|with|for|to|as|by|than|from|is|are|"
    r"was|has|have|and a|or a|an?)\b)[\w-]+,?\s+){0,5}$"
)
_IN_IMAGE = re.compile(rf"\b(?:of|in|on) (?:the|this) {IMAGE}\b")
_SO_NAMED = frozenset({"this", "these", "the two", "the three", "the four", "all"})


@lru_cache(maxsize=512)
def is_tied(targets: str, others: str, low: str) -> bool:
    """Whether a clause of the reasoning ties what it says to this image: "the smooth margin".

    What it says of "a malignant nodule", of "such lesions" or of what "it" means there is of cases.
    """
    if is_here(low) or _IN_IMAGE.search(low):
        return True
    found = _found(targets, others, low)
    heads = [noun for noun in found if not noun.inner][:1] or found
    return any(
        low[noun.start : noun.end] in _SO_NAMED or _DEFINITE.search(low, 0, noun.start)
        for noun in heads
        if noun.is_target
    )


def speaks_of_this(case: Case, low: str) -> bool:
    """Whether a clause of the reasoning speaks of this image, and not of such cases."""
    return _THERE.search(low) is not None or is_tied(nouns(case), structures(case), low)


_SEVERAL = re.compile(
    r"(?:foci|spots|dots|opacities|nodules|masses|lesions|areas|regions|patches|tumours|structures|shadows|"
    r"densities|elevations|polyps|fractures|breaks|marks|bumps|plaques|naevi|nevi)"
)

# Of diffuse nodules areas are outlined, each of which holds many of these.
_PIECES = re.compile(r"foci|spots|dots|opacities|nodules|masses|lesions|shadows|densities|marks")


def of_several(case: Case, low: str) -> bool:
    """Whether a clause tells of several things where one is measured.

    "Small echogenic foci" tells neither size nor brightness of the one lesion that they lie in.
    """
    one = case.facts.n_regions == 1
    if not one and case.diagnosis != "diffuse nodule":
        return False
    return _speaks_of(_SEVERAL if one else _PIECES, nouns(case), structures(case), low)


@lru_cache(maxsize=512)
def _speaks_of(words: re.Pattern[str], targets: str, others: str, low: str) -> bool:
    """Whether a clause's first free noun is one of `words`."""
    head = next((noun for noun in _found(targets, others, low) if not noun.inner), None)
    return head is not None and words.fullmatch(low, head.start, head.end) is not None


_THERE = re.compile(
    r"\b(?:there (?:is|are)|one sees|i see|we see|i find|we find|(?:is|are) (?:seen|visible|"
    r"present|found|"
    r"identified|demonstrated|shown|noted|evident))\b"
)


def stated(case: Case, text: Text) -> tuple[tuple[Clause, Subject], ...]:
    """The clauses that state something of this image, with their subjects.

    Analysis and findings speak of the image throughout, but for what might be. In reasoning and
    conclusion a clause has to name the outlined thing, and must not speak of such cases in general.
    """
    return _stated(
        nouns(case),
        structures(case),
        case.target == "fracture",
        meaning(case, case.diagnosis),
        meaning_of_any(case, case.other_findings),
        text,
    )


def _with_owner(clause: Clause) -> str:
    """A clause, and of a relative one also what it is told of."""
    return clause.before + clause.low if clause.low.startswith("which") else clause.low


def _names_target(targets: str, others: str, low: str) -> bool:
    return any(noun.is_target for noun in _found(targets, others, low))


# Each check of what was measured asks for the same clauses.
@lru_cache(maxsize=8)
def _stated(
    targets: str,
    others: str,
    breakable: bool,
    own: re.Pattern[str],
    other_findings: re.Pattern[str],
    text: Text,
) -> tuple[tuple[Clause, Subject], ...]:
    found = []
    for clause in every_clause(text, *BODY):
        if is_supposed(clause.low):
            continue
        whom = _subject(targets, others, breakable, clause.low)
        if clause.low.startswith("which"):
            ahead = _found(targets, others, clause.before)
            whom = "other" if ahead and not ahead[-1].is_target else "target"
        step = clause.sentence.step
        # "Consistent with a fracture in the upper half" speaks of the fracture.
        if step == "conclusion" and whom == "none" and _names_target(targets, others, clause.low):
            whom = "target"
        if step not in ABOUT_IMAGE and (
            whom != "target" or is_general(clause.low, clause.sentence.low)
        ):
            continue
        if step == "reasoning" and not is_tied(targets, others, clause.low):
            continue
        # Another finding of the image, outlined in a sample of its own, has its own measures.
        if other_findings.search(said := _with_owner(clause)) and not own.search(said):
            continue
        found.append((clause, whom))
    return tuple(found)
