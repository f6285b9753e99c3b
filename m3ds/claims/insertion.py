"""Findings that a text adds to what was outlined: a further lesion, another disease."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.absence import is_listed_as_absent
from m3ds.claims.added import ADDED, is_added, is_beside, is_placed
from m3ds.claims.diagnoses import meaning, meaning_of_any, named_on_sight
from m3ds.claims.diseases import DISEASES, is_sign
from m3ds.claims.dismissal import is_dismissed
from m3ds.claims.further import one_more
from m3ds.claims.polarity import is_denied, is_general, is_supposed
from m3ds.claims.text import ABOUT_IMAGE, BODY, Clause, Text, every_clause, told_before
from m3ds.claims.words import plurals
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_LIKENED = re.compile(
    r"\b(?:like|as with|as in|mimic\w*|resembl\w+|suggest\w*|typical of|characteristic of|"
    r"suspicio\w+|rule out|differential|versus|vs|or|probab\w+|likely|possible|question\w*|"
    r"(?:assessment|evaluation|detection|judg\w+) of|pattern of|appearance of|features of|signs of|"
    r"against|exclude\w*|corresponds? to|compatible|consistent|search\w* for|looked for|risk of|"
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
        found = one_more(case, clause, text) or _another_disease(
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
    r"an?)\b|(?:is|are) (?:also )?(?:present|seen|noted|visible|found|an? (?:second|further|"
    r"additional|incidental|separate) (?:finding|diagnosis)))"
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
    r"and|or|with|neither|nor|without|not|than)\b)[\w-]+\s+){0,3}(?:nodules?|tumours?|mass(?:es)?|"
    r"polyps?|neoplasms?)\b(?!\s+(?:would|effect|like|might|could))"
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
