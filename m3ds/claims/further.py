"""A further one of the things outlined, which the mask does not hold."""

from __future__ import annotations

import re
from functools import lru_cache

from m3ds.claims.absence import is_listed_as_absent
from m3ds.claims.diagnoses import are_named, other_meanings
from m3ds.claims.diseases import DISEASES
from m3ds.claims.polarity import is_denied
from m3ds.claims.subject import is_really_other
from m3ds.claims.text import ABOUT_IMAGE, Clause, Text, told_before, words
from m3ds.claims.words import counted
from m3ds.schema.case import Case

_ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_ADJECTIVES = (
    r"(?:,?\s+(?:and\s+|but\s+)?(?!the\b|growth\b|rib\b|ribs\b|metacarpal|metatarsal|finger|digit|"
    r"intercostal|half|portion|part\b|an?\b|segment|look|reading|film|crosses|of\b|in\b|on\b|is\b|"
    r"are\b|was\b|with\b|at\b|to\b|from\b|for\b|by\b|than\b|and\b|or\b|view|projection"
    r"|possibility|option|feature|diagnosis|explanation|cause|condition|sign\b|"
    r"imaging|biopsy|that\b|which\b|no\b)[\w'-]+){0,4}?"
)


@lru_cache(maxsize=64)
def _further(thing: str) -> re.Pattern[str]:
    return re.compile(
        r"\b(?:(?<!central )(?<!upper )(?<!lower )(?<!left )(?<!right )(?<!middle )(?<!outer )"
        rf"(?<!inner )(?<!last )(?<!first )(?P<ordinal>{'|'.join(_ORDINALS)})|(?P<more>(?<!one "
        rf")an?other|"
        r"(?!one another)(?:one|two|three|some|several|a few|yet) (?:more|another)|further|"
        r"additional|(?<!the )accompanying|extra|satellite|accessory|daughter|"
        r"(?<!the )neighbouring|coexisting|concomitant|synchronous|companion|remote|distant|(?:a|"
        r"one) separate|an? (?:smaller|larger)|two (?:smaller|other|further)|several (?:other|"
        r"smaller|further|tiny)|multiple (?:other|smaller)|(?:some|many|few) (?:other|smaller)|"
        r"an? (?:(?:adjacent|"
        rf"similar|tiny|small|smaller|larger|separate) ){{1,2}}(?:second|adjacent|"
        r"similar|separate)))"
        rf"{_ADJECTIVES}\s+(?:{thing}|ones?|foc(?:us|i)|area|spot|site|deposit)\b(?<!one "
        r"of)(?! possib)(?<!\bone)(?! of the (?:two|three))|"
        r"\b(?P<satellites>satellites?)\b(?! (?:dish|image))"
        r"|\b(?:accompanied|flanked|surrounded) by (?:an?|two|three|several|multiple|"
        rf"some|many|smaller|numerous) {_ADJECTIVES}\s*{thing}\b"
        r"|\b(?:also|additionally|in addition|besides|moreover|separately|as well(?! "
        rf"as))\b[^.;]{{0,30}}?\b(?:an?|two|three|several|multiple|"
        rf"some)\b{_ADJECTIVES}\s+{thing}\b"
        rf"|^\s*an?\b{_ADJECTIVES}\s+{thing}\s+(?:lies|sits|is seen|is) (?:beside|next to|"
        rf"adjacent to|alongside) "
        r"(?:it|this|them)\b"
        rf"|\b(?:an?|two|three|some)\b{_ADJECTIVES}\s+{thing}\s+(?:is|are)\s+(?:[\w-]+\s+){{0,4}}?"
        r"(?:as well|besides|in addition)\b(?!\s+as)"
    )


# Without one of these, nothing further is told of: the dear pattern need not look.
_MORE = frozenset(
    (
        *_ORDINALS,
        *("another", "other", "more", "further", "additional", "accompanying", "extra"),
        *("satellite", "satellites", "accessory", "daughter", "neighbouring", "coexisting"),
        *("concomitant", "synchronous", "companion", "remote", "distant", "separate", "smaller"),
        *("larger", "adjacent", "similar", "accompanied", "flanked", "surrounded", "also"),
        *("additionally", "addition", "besides", "moreover", "separately", "well", "several"),
        *("beside", "next", "alongside"),
    )
)
_BREAKS = frozenset({"fractured", "broken", "dislocated", "enlarged", "fracture", "break"})
_BROKEN = re.compile(
    r"\b(?:in addition|additionally|also|as well|besides|moreover)\b[^.;]{0,"
    r"40}\b(?:is|are|was|were)\b[^.;]{0,15}\b(?:fractured|broken|dislocated)\b"
    r"|\b(?:is|are)\s+(?:also|additionally|likewise|equally)\s+(?:fractured|broken|dislocated|"
    r"enlarged)\b"
    r"|\b(?:fractured|broken|dislocated|enlarged|a (?:fracture|"
    r"break))\b[^.;]{0,40}?\b(?:too(?!\s+\w)|as well|also|likewise|of its own)\b|\ba (?:broken|"
    r"fractured)\b[^.;]{0,30}\b(?:of its own|too|as well|also)\b"
)
_WEIGHED = re.compile(rf",\s+{DISEASES.pattern},")
# What else was found may be called so, without its name.
_SOME_FINDING = re.compile(r"(?:opacity|finding|abnormality|density|shadow)$")
# "A second one lies beside it."
_SECOND_ONE = re.compile(
    r"^\s*(?:and\s+)?a\s+(?:second|third|further)\s+one\s+(?:lies|sits|(?:is|can\s+be)\s+(?:seen|"
    r"visible|present|found|noted))\b"
)
# "I searched the rest of the skin for a second spot", "at second glance one small fracture".
_SOUGHT = re.compile(r"\b(?:searched|looked|hunted|scanned)\b[^.;:]*\bfor\s+(?:an?\s+|any\s+)?$")
# "At 65 % of the width and also at 65 % of the height, a break".
_OTHER_AXIS = re.compile(
    r"\bwidth\b.*\balso at\b[^,;]*\bheight\b|\bheight\b.*\balso at\b[^,;]*\bwidth\b"
)
_FOUND = re.compile(
    r"\band (?:there (?:it is|they are)|found (?:it|one|them|another))\b|,\s+which (?:lies|sits)\b"
)
_SEEMING = re.compile(
    r"\bwhat (?:looks|seems|appears)\b.*\b(?:is|are|turns? out|proves?)\s+(?:only\s+|just\s+|"
    r"really\s+|to be\s+)?(?:an?|the|overlap\w*|superimpos\w+|part)\b"
)
_GLANCE = re.compile(r"\bsecond (?:glance|look|sight|thought|reading)\b")


def one_more(case: Case, clause: Clause, text: Text) -> str:
    """The words that tell of a further one of what is outlined; empty where none do."""
    if case.mask_kind == "anatomy":
        return ""
    n = 0 if case.is_negative else case.facts.n_regions
    low = clause.low
    others = other_meanings(case)
    told = not words(low).isdisjoint(_MORE)
    for match in _further(counted(case)).finditer(low) if told else ():
        # "Myeloma also gives several defects" is knowledge of myeloma.
        known = (
            clause.sentence.step == "reasoning"
            and match.group().startswith("also ")
            and DISEASES.search(low, 0, match.start())
        )
        if (
            known
            or is_denied(low, *match.span())
            or is_denied(low, match.end() - 1, match.end())
            or is_listed_as_absent(clause, *match.span())
            or _is_denied_later(clause, match)
            or are_named(others, low)
        ):
            continue
        if low[: match.start()].endswith(("or ", "like ", "as with ", "as in ")) or (
            case.other_findings and _SOME_FINDING.search(match.group())
        ):
            continue
        if _OTHER_AXIS.search(low) and match.group().startswith("also at "):
            continue
        sought = _SOUGHT.search(low, 0, match.start()) and not _FOUND.search(clause.sentence.low)
        if sought or _GLANCE.search(match.group()):
            continue
        # "What looks like a second bump is a fold."
        if is_really_other(case, low, match.end()) or _SEEMING.search(low):
            continue
        ordinal = match["ordinal"]
        # "The second, melanoma, fails": of what is weighed.
        if ordinal and _WEIGHED.match(low, match.end("ordinal")):
            continue
        if ordinal and n is not None and _ORDINALS.index(ordinal) + 2 <= n:
            continue
        if n is not None and n > 1 and match.group().startswith(("another ", "accompanying ")):
            continue
        if n is not None and n > 1 and _is_one_of(case, match.group(), clause, text):
            continue
        return match.group()
    second = _SECOND_ONE.search(low) if n == 1 else None
    if (
        second
        and not is_denied(low, *second.span())
        and not is_really_other(case, low, second.end())
    ):
        return second.group()
    found = None if words(low).isdisjoint(_BREAKS) else _BROKEN.search(low)
    said = found and not is_denied(low, *found.span()) and not are_named(others, low)
    return found.group() if found and said else ""


_SOME_MORE = frozenset(
    (
        "two",
        "three",
        "some",
        "several",
        "multiple",
        "many",
        "few",
        "satellites",
        "remote",
        "distant",
    )
)
_SEVERAL_TOLD = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|both|pair|second|another|others?|several|"
    r"multiple|many|numerous|few|cluster|group|all|\d+)\b"
)


@lru_cache(maxsize=64)
def _numbered(thing: str) -> re.Pattern[str]:
    some = r"(?:two|three|four|five|six|seven|eight|nine|ten|both|several|multiple|many|numerous)"
    return re.compile(rf"\b{some}\s+(?:(?!of\b)[\w-]+\s+){{0,3}}{thing}\b")


def _is_one_of(case: Case, further: str, clause: Clause, text: Text) -> bool:
    """Whether "a further one" is one of those measured, of which no two were told of before."""
    beyond = _SOME_MORE.union(_ORDINALS[(case.facts.n_regions or 0) - 1 :])
    several = further.endswith("s") and not further.endswith(("ss", "us"))
    if several or not words(further).isdisjoint(beyond):
        return False
    if _SEVERAL_TOLD.search(told_before(text, clause)):
        return False
    # A reasoning comes back to what the analysis has counted.
    in_analysis = clause.sentence.step in ABOUT_IMAGE
    return in_analysis or _numbered(counted(case)).search(text.analysis.lower()) is None


_WHICH = re.compile(r"(?: [\w-]+)?, which ")


def _is_denied_later(clause: Clause, match: re.Match[str]) -> bool:
    """Behind a relative clause: "satellites, which would count as a second lesion, are absent"."""
    whole = clause.sentence.low
    start = whole.find(clause.low)
    begun = _WHICH.match(whole, start + match.end())
    return begun is not None and is_denied(whole, start + match.start(), start + match.end())
