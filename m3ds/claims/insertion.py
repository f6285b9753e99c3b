"""Findings that a text adds to what was outlined: a further lesion, another disease."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.absence import is_listed_as_absent
from m3ds.claims.added import ADDED, is_added, is_beside, is_placed
from m3ds.claims.diagnoses import (
    are_named,
    meaning,
    meaning_of_any,
    named_on_sight,
    other_meanings,
)
from m3ds.claims.diseases import DISEASES, is_sign
from m3ds.claims.dismissal import is_dismissed
from m3ds.claims.polarity import is_denied, is_general, is_supposed
from m3ds.claims.subject import is_really_other
from m3ds.claims.text import ABOUT_IMAGE, BODY, Clause, Text, every_clause, told_before, words
from m3ds.claims.words import counted, plurals
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_ADJECTIVES = (
    r"(?:,?\s+(?:and\s+|but\s+)?(?!the\b|growth\b|rib\b|ribs\b|metacarpal|metatarsal|finger|"
    r"digit|intercostal|half|portion|part\b|an?\b|segment|look|reading|film|crosses|of\b|"
    r"in\b|on\b|is\b|are\b|was\b|with\b|at\b|to\b|"
    r"from\b|for\b|by\b|than\b|and\b|or\b|view|projection"
    r"|possibility|option|feature|diagnosis|explanation|cause|condition|sign\b|"
    r"imaging|biopsy|that\b|which\b|no\b)[\w'-]+){0,4}?"
)


@lru_cache(maxsize=64)
def _further(thing: str) -> re.Pattern[str]:
    return re.compile(
        r"\b(?:(?<!central )(?<!upper )(?<!lower )(?<!left )(?<!right )(?<!middle )(?<!outer )"
        rf"(?<!inner )(?<!last )(?<!first )(?P<ordinal>{'|'.join(_ORDINALS)})|(?P<more>(?<!one "
        rf")an?other|"
        r"(?!one another)(?:one|two|three|"
        r"some|several|a few|yet) (?:more|another)|further|"
        r"additional|(?<!the )accompanying|extra|satellite|accessory|daughter|(?<!the "
        r")neighbouring|"
        r"coexisting|"
        r"concomitant|synchronous|companion|remote|distant|(?:a|one) separate|an? "
        r"(?:smaller|larger)|two "
        r"(?:smaller|other|further)|several (?:other|smaller|further|tiny)|multiple "
        r"(?:other|smaller)|(?:some|many|few) (?:other|smaller)|an? (?:(?:adjacent|"
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
    r"break))\b[^.;]{0,40}?\b(?:too(?!\s+\w)|"
    r"as well|also|likewise|of its own)\b|\ba (?:broken|fractured)\b[^.;]{0,30}\b(?:of its own|too|"
    r"as well|also)\b"
)
_LIKENED = re.compile(
    r"\b(?:like|as with|as in|mimic\w*|resembl\w+|suggest\w*|typical of|characteristic of|"
    r"suspicio\w+|rule out|differential|versus|vs|or|probab\w+|likely|possible|"
    r"question\w*|(?:assessment|evaluation|detection|judg\w+) of|pattern of|appearance of|"
    r"features of|signs of|against|exclude\w*|"
    r"corresponds? to|compatible|consistent|search\w* for|looked for|risk of|"
    r"rather)\s+(?:\w+\s+){0,3}$"
)


def check_insertion(case: Case, text: Text) -> Iterator[Failure]:
    """No further lesion, no second disease, no finding of another organ is stated."""
    options = tuple(
        option
        for option in case.label_options
        if option not in (case.diagnosis, *case.other_findings, "normal", "no fracture")
        and not named_on_sight(case, option)
    )
    named = meaning_of_any(case, case.label_options, exact=True)
    for clause in every_clause(text, *BODY):
        step = clause.sentence.step
        general = step not in ABOUT_IMAGE and is_general(clause.low, clause.sentence.low)
        if is_supposed(clause.low) or (general and not is_added(step, clause.low)):
            continue
        found = _one_more(case, clause, text) or _another_disease(
            case, clause, text, options if named.search(clause.low) else ()
        )
        if found:
            yield Failure(
                code="insertion",
                step=step,
                sentence=clause.sentence.text,
                expected=f"{case.facts.n_regions or ''} {case.target}".strip(),
                claimed=found,
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


def _one_more(case: Case, clause: Clause, text: Text) -> str:
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


def _another_disease(case: Case, clause: Clause, text: Text, options: tuple[str, ...]) -> str:
    """A disease, or one of `options`, that is neither the diagnosis nor known to be there too."""
    low, step = clause.low, clause.sentence.step
    asserted = step in ABOUT_IMAGE or (step == "conclusion" and case.is_negative)
    known = (case.diagnosis, *case.other_findings)
    for match in DISEASES.finditer(low):
        word = match["word"]
        denied = is_denied(low, *match.span()) or is_denied(low, match.end() - 1, match.end())
        if denied or _LIKENED.search(low, 0, match.start()):
            continue
        if is_listed_as_absent(clause, *match.span()):
            continue
        if is_dismissed(low, *match.span()):
            continue
        if any(_is_meant(case, option, low, match) for option in known) or _is_home(
            case, word, low
        ):
            continue
        if case.target == "polyp" and word.startswith("erosion") and _ON_POLYP.search(low):
            continue
        if any(is_sign(word, one, case.target) for one in known):
            continue
        if re.match(
            r"\s*(?:-like|-type|like\b|protocol|series|views?|(?:favours?|prefers?|likes) )",
            low[match.end() :],
        ):
            continue
        if (
            asserted
            or is_beside(clause, match)
            or is_added(step, low)
            or (step == "reasoning" and is_placed(clause, match))
            or (step == "conclusion" and _is_appended(clause, text, match))
        ):
            return word
    if case.is_negative and asserted:
        calcified = _CALCIFIED.search(low)
        if calcified and not is_denied(low, *calcified.span()):
            return calcified.group()
    aside = asserted or (step == "conclusion" and _ASIDE.match(clause.sentence.low))
    if case.target in {"fracture", "vessels"} and aside:
        lump = _LUMP.search(low)
        if lump and not (is_denied(low, *lump.span()) or is_dismissed(low, *lump.span())):
            return lump.group()
    if step == "conclusion" or not (asserted or step == "reasoning"):
        return ""
    if case.target == "fracture" and asserted and ADDED.search(low):
        for option in (one for one in case.label_options if one != "no fracture"):
            found = meaning(case, option, exact=True).search(low)
            if found and option not in known and not is_denied(low, *found.span()):
                return found.group()
    for option in options:
        for found in meaning(case, option, exact=True).finditer(low):
            if is_denied(low, *found.span()) or _LIKENED.search(low, 0, found.start()):
                continue
            if is_dismissed(low, *found.span()):
                continue
            if any(_is_meant(case, other, low, found) for other in known):
                continue
            if is_added(step, low):
                return found.group()
            if step == "reasoning" and re.search(
                (
                    r"\b(?:also|in addition|additionally|coexisting|concomitant|"
                    r"accompanied by|together with an?)\b[^.;]{0,50}$"
                ),
                low[: found.end()],
            ):
                return found.group()
    return ""


# "Fracture of the wrist. Scapholunate dissociation too."
_APPENDED = re.compile(
    r"\s*(?:(?:too|as well|also|in addition)\b|(?:at|in|near|along|beside|next to) (?:the|its|it|"
    r"an?)\b|"
    r"(?:is|are) (?:also )?(?:present|seen|noted|visible|found|an? (?:second|further|additional|"
    r"incidental|"
    r"separate) (?:finding|diagnosis)))"
)
_BARE = re.compile(r"^\s*(?:and |plus |also )?(?:an? |the |some )?(?:[\w-]+ ){0,2}$")


def _is_appended(clause: Clause, text: Text, match: re.Match[str]) -> bool:
    """Whether a conclusion names a further disease, after it has said what it concludes."""
    if not told_before(text, clause) or not _BARE.match(clause.low[: match.start()]):
        return False
    return _APPENDED.match(clause.low, match.end()) is not None


def _is_meant(case: Case, option: str, low: str, word: re.Match[str]) -> bool:
    """Whether a word is part of what means `option`: the nodules of "diffuse nodules"."""
    return any(
        found.start() < word.end() and word.start() < found.end()
        for found in meaning(case, option).finditer(low)
    )


_ON_POLYP = re.compile(r"\b(?:its|of the polyp|surface|tip|top)\b")
_ASIDE = re.compile(r"^\s*(?:incidental\w*|additional(?:ly)?|also|in addition)\b")
# In a bone or an eye ground, no outlined thing is called so.
_LUMP = re.compile(
    r"(?<!no )\b(?:incidental|additional|an?|the|two|several|multiple|some)\s+(?:(?!(?:no|of|in|"
    r"and|or|with|neither|nor|without|not|"
    r"than)\b)[\w-]+\s+){0,3}"
    r"(?:nodules?|tumours?|mass(?:es)?|polyps?|neoplasms?)\b(?!\s+(?:would|effect|like|might|"
    r"could))"
)
# A nodule may hold some; where nothing is the matter, they are a finding.
_CALCIFIED = re.compile(r"\b(?:micro|macro)?calcifications?\b")
_HOMES: dict[str, frozenset[str]] = {
    "fracture": frozenset(plurals({"fracture"})),
    "polyp": frozenset(plurals({"polyp"})),
    "tumor": frozenset(plurals({"breast mass", "breast nodule", "cyst"})),
    "nodule": frozenset(plurals({"thyroid nodule"})),
    "lesion": frozenset(),
    "finding": frozenset(plurals({"cyst", "ground-glass opacity", "ground-glass change"})),
    "vessels": frozenset(),
}


_NEARBY = re.compile(
    r"\b(?:beside|next to|adjacent|nearby|also|second|alongside|close to|other|in addition)\b"
)


def _is_home(case: Case, word: str, low: str) -> bool:
    """Whether a word may mean the outlined thing itself."""
    if (
        not case.is_negative
        and word in _HOMES.get(case.target, frozenset())
        and not (word in {"cyst", "cysts"} and _NEARBY.search(low))
    ):
        return True
    broken = ("fracture", "broken", "break", "cracked")
    return case.target == "fracture" and any(said in word for said in broken)
