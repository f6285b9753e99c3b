"""Which clauses state something of this image, and not of such cases or of what might be."""

from __future__ import annotations

import re
from functools import lru_cache

from m3ds.claims.diagnoses import are_named, meaning, other_meanings
from m3ds.claims.diseases import DISEASES
from m3ds.claims.nouns import found_nouns
from m3ds.claims.polarity import is_common, is_denied, is_here, is_supposed, is_usual
from m3ds.claims.subject import Subject, is_breakable, is_broken, subject_of
from m3ds.claims.text import ABOUT_IMAGE, BODY, Clause, Text, every_clause, told_before
from m3ds.claims.words import IMAGE, nouns, structures
from m3ds.schema.case import Case

_DEFINITE = re.compile(
    r"\b(?:the|this|these|its|our|whose|(?<!\w\s)that)\s+(?:(?!(?:of|in|on|with|for|to|as|by|than|"
    r"from|is|are|was|has|have|and a|or a|an?)\b)[\w-]+,?\s+){0,5}$"
)

_IN_IMAGE = re.compile(
    rf"\b(?:of|in|on) (?:the|this) {IMAGE}\b"
    r"|\bin the (?:(?:far|upper|lower|top|bottom|left|right|extreme)[\s-]+)+corner\b"
)

_SO_NAMED = frozenset({"this", "these", "the two", "the three", "the four", "all"})


@lru_cache(maxsize=512)
def _is_tied(targets: str, others: str, low: str) -> bool:
    """Whether a clause of the reasoning ties what it says to this image: "the smooth margin".

    What it says of "a malignant nodule", of "such lesions" or of what "it" means there is of cases.
    """
    if is_here(low) or _IN_IMAGE.search(low):
        return True
    found = found_nouns(targets, others, low)
    free = [noun for noun in found if not noun.inner]
    # "Each of the nodules": the word that ties stands with the second.
    heads = free[: 2 if low.startswith(("each of", "both of", "all of")) else 1] or found
    return any(
        low[noun.start : noun.end] in _SO_NAMED or _DEFINITE.search(low, 0, noun.start)
        for noun in heads
        if noun.is_target
    )


# What supports the diagnosis is what was seen: "a smooth pale nodule favours a benign one".
_ARGUES = re.compile(
    r"\b(?:favou?rs?|supports?|suggests?|argues? for|argue for|(?:points?|tends?) to(?:wards?)?|"
    r"speaks? for|fits?|(?:typical|characteristic|classic|suggestive|indicative|evidence|"
    r"a hallmark|hallmarks|the hallmark|the appearance|in favour|arguments? in favour) (?:of|for)|"
    r"corresponds? to|(?:consistent|compatible|in keeping|in line|agrees?) with|indicates?|"
    r"makes? (?:an?|the|it)|means?|amounts? to|adds? up to|suspicious for|associated with|"
    r"arguments? for|in support of|(?:best|most) (?:\w+ )?(?:regarded|read|taken|classed|"
    r"interpreted|explained|called|described)(?: as| by)?)\b"
)


def _argues_for(own: re.Pattern[str], low: str) -> bool:
    """Whether a clause gives what it tells as a reason for the diagnosis, which is `own`."""
    found = _ARGUES.search(low)
    if found is None or is_usual(low):
        return False
    return own.search(low, found.end()) is not None


_AGAINST = re.compile(
    r"\b(?:weighs?|argues?|speaks?|tells?|counts?|militates?|points? away|makes?|renders?)\b[^;]*?"
    r"\b(?:against|from|unlikely|less likely|improbable)\b"
)
_OF_ITS_FORM = re.compile(
    r"(?:shape|form|border|margin|edge|contour|outline|rim|brightness|echogenicity)s?"
)


def _argues_against(targets: str, others: str, own: re.Pattern[str], low: str) -> bool:
    """Whether a clause gives a form as a reason against something else than what `own` means."""
    found = _AGAINST.search(low)
    if found is None or is_usual(low) or own.search(low, found.start()):
        return False
    heads = [noun for noun in found_nouns(targets, others, low) if not noun.inner]
    return bool(heads) and _OF_ITS_FORM.fullmatch(low, heads[0].start, heads[0].end) is not None


_THERE = re.compile(
    r"\b(?:there (?:is|are)|one sees|i see|we see|i find|we find|(?:is|are) (?:seen|visible|"
    r"present|found|identified|demonstrated|shown|noted|evident))\b"
)


_THE_BONE_IS = re.compile(
    r"^\s*(?:the|this) (?:bone|cortex|leg|hand|hip|shoulder|wrist|elbow|finger|forearm|humerus) "
    r"(?:is|has|loses|shows)\b"
)


def speaks_of_this(case: Case, low: str) -> bool:
    """Whether a clause of the reasoning speaks of this image, and not of such cases."""
    return (
        _THERE.search(low) is not None
        or (is_breakable(case) and (_THE_BONE_IS.search(low) is not None or is_broken(case, low)))
        or _is_tied(nouns(case), structures(case), low)
    )


def stated(case: Case, text: Text) -> tuple[tuple[Clause, Subject], ...]:
    """The clauses that state something of this image, with their subjects.

    Analysis and findings speak of the image throughout, but for what might be. In reasoning and
    conclusion a clause has to name the outlined thing, and must not speak of such cases in general.
    """
    return _stated(
        nouns(case),
        structures(case),
        is_breakable(case),
        meaning(case, case.diagnosis),
        other_meanings(case),
        text,
    )


# "On the left, which is the patient's right, a small opacity lies low": the main clause goes on.
_AFTER_WHICH = re.compile(r"which [^,]{1,60},\s+(?=(?:an?|the|one|two|there)\s)")


def _with_owner(clause: Clause) -> str:
    """A clause, and of a relative one also what it is told of."""
    return clause.before + clause.low if clause.low.startswith("which") else clause.low


def _names_target(targets: str, others: str, low: str) -> bool:
    return any(noun.is_target for noun in found_nouns(targets, others, low))


_FAVOUR = re.compile(r"\bfavou?rs?\b")
_AS_A_RULE = re.compile(r"\b(?:as a rule|normally|usually|typically|ordinarily|by nature)\b")


# "It has a spiky contour, which argues against cancer": of this image, unless another case was
# spoken of just before, which "it" may mean.
_IT_IS = re.compile(
    r"^\s*(?:(?:despite|in spite of) [^,]*,\s*|and |but |so )?(?:it|they) "
    r"(?:is|are|has|have|shows?|lies?|sits?|measures?|takes?|covers?|occup\w+|looks?|appears?)\b"
)


_ANOTHER_CASE = re.compile(
    r"\b(?:malignan\w+|benign|cancers?|carcinomas?|melanomas?|n[ae]ev\w+|cysts?|folds?|such|"
    r"keratos\w+|adenomas?|fibroadenomas?|lipomas?|metastas\w+|retinopathy|glaucoma|degeneration)\b"
)


# "A fibroadenoma is weighed, but its edge is smooth": the edge of that.
_ITS = re.compile(r"^\s*(?:and |but )?(?:its|it|their|they)\b")


_THE = re.compile(r"\b(?:the|this)\s+$")


def _is_of_another(own: re.Pattern[str], clause: Clause) -> bool:
    """Whether "its" means another disease, which the sentence has named just before."""
    low, before = clause.low, clause.before
    if not _ITS.match(low) or own.search(before) or own.search(low):
        return False
    found = _ANOTHER_CASE.search(before) or DISEASES.search(before)
    if found is None or _THE.search(before, 0, found.start()):
        return False
    return not is_denied(before, *found.span())


def _is_it(text: Text, clause: Clause) -> bool:
    """Whether a clause of the reasoning speaks of "it", where that can only be what is outlined."""
    if not _IT_IS.match(clause.low):
        return False
    ahead = told_before(text, clause)
    return not (_ANOTHER_CASE.search(ahead) or DISEASES.search(ahead) or is_supposed(ahead))


# "In the former it is even, in the latter it is stretched": of what is weighed.
_FORMER = re.compile(
    r"^\s*(?:(?:in|with) )?the (?:former|latter)\b(?!.*\b(?:here|seen|this|these)\b)"
)


# Each check of what was measured asks for the same clauses.
@lru_cache(maxsize=8)
def _stated(
    targets: str,
    others: str,
    breakable: bool,
    own: re.Pattern[str],
    other_findings: tuple[re.Pattern[str], ...],
    text: Text,
) -> tuple[tuple[Clause, Subject], ...]:
    found = []
    for clause in every_clause(text, *BODY):
        if is_supposed(clause.low):
            continue
        whom = subject_of(targets, others, breakable, clause.low)
        if main := _AFTER_WHICH.match(clause.low):
            whom = subject_of(targets, others, breakable, clause.low[main.end() :])
        elif clause.low.startswith("which"):
            ahead = found_nouns(targets, others, clause.before)
            whom = "other" if ahead and not ahead[-1].is_target else "target"
        step = clause.sentence.step
        # "Consistent with a fracture in the upper half" speaks of the fracture.
        if step == "conclusion" and whom == "none" and _names_target(targets, others, clause.low):
            whom = "target"
        reason = step == "reasoning" and (
            _argues_for(own, clause.low) or _argues_against(targets, others, own, clause.low)
        )
        # "Arteries are as a rule lighter" is anatomy, wherever it stands.
        of_cases = step in ABOUT_IMAGE and _AS_A_RULE.search(clause.low)
        if of_cases and not _is_tied(targets, others, clause.low):
            continue
        if step not in ABOUT_IMAGE and _FORMER.search(clause.low):
            continue
        if step not in ABOUT_IMAGE and not reason:
            # "Benign lesion at the edge; routine follow-up": each clause concludes for itself.
            tied = (
                step == "conclusion"
                or _is_tied(targets, others, clause.low)
                or _is_it(text, clause)
            ) and not _is_of_another(own, clause)
            if whom != "target" or not tied:
                continue
            # "The findings favour a benign lesion" concludes.
            if is_common(_FAVOUR.sub("", clause.low)):
                continue
        # Another finding of the image, outlined in a sample of its own, has its own measures.
        if are_named(other_findings, said := _with_owner(clause)) and not own.search(said):
            continue
        found.append((clause, whom))
    return tuple(found)
