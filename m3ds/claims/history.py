"""What no image shows of a patient: age, complaints, past examinations, what changed since."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.knowledge import GIVEN, is_knowledge
from m3ds.claims.polarity import is_common, is_denied, is_supposed
from m3ds.claims.story import TIMES
from m3ds.claims.telling import NUMBER, TELLING, UNIT, without_other_senses
from m3ds.claims.text import ABOUT_IMAGE, PARTS, Clause, Text, every_clause, is_next_step
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

# Of these a text may speak without making up a patient's story.
_HARMLESS = re.compile(
    r"\b(?:the patient's (?:left|right)|clinical (?:correlation|context|grounds)|"
    r"correlat\w+ with (?:\w+ )?(?:history|clinical|symptoms)|comparison "
    r"(?:with|to) the (?:other|opposite|contralateral)"
    r"|no (?:prior|previous|earlier|former|old|comparison|history|clinical)|not available|"
    r"unavailable|is not known|are not known|(?:history|age|symptoms?|sex|duration|growth|change|"
    r"acuity|pain|complaints?|cause)(?: [\w-]+){0,4} (?:cannot be|is not|are not) (?:visible|"
    r"shown|inferred|told|known|judged|seen|assessed|derived|determined)|unknown|not provided|"
    r"not given|of [^,;]{1,60} (?:nothing|no more|little) is (?:known|said|told)|"
    r"there is no information|without (?:\w+ )?(?:history|clinical information|prior)|"
    r"if (?:the|there)|whether|would need|depends? on)\b"
)
# Told of as not known or as of patients in general, in the very clause.
_NOT_TOLD = re.compile(
    r"^\s*without (?:an? |any )?(?:earlier|previous|prior|older|comparison)\b|\b(?:(?:previous|"
    r"prior|earlier|older) (?:images?|films?|studies|scans?)(?: are| is)?:? ?(?:none|lacking|"
    r"missing|wanting|nil)|(?:previous|prior|earlier|older) (?:images?|films?|studies|"
    r"scans?) (?:are|were|is|was) not (?:needed|required|available|at hand|consulted)[^:;]*$|"
    r"comparison (?:with|to) [\w\s]{1,30} (?:is )?(?:not possible|impossible)|symptoms? (?:are|"
    r"is) not in the|(?:blood|laboratory) (?:tests?|values?) (?:are|is) not|"
    r"nothing [\w\s]{0,20} (?:tells|says) (?:of|about)|family history (?:would|may|might|matters?|"
    r"plays?|are blank|is blank)|(?:history|function|fever|cough|symptoms?|exposure|hba1c|age|"
    r"disease)\b[\w\s,+]{0,40}? (?:(?:aren't|are not|isn't|is not) (?:known|visible|shown|given|"
    r"told)|(?:is|are) blank)|neither [\w\s-]{1,40} available|nor (?:former|previous|earlier|"
    r"prior)|: (?:no data|not conveyed|not known|no information|blank)|age [\w\s]{0,20}(?:i|"
    r"we) (?:don't|do not|cannot) know|learns? with|no [\w\s]{1,30} (?:from|of) (?:earlier|"
    r"previous|prior|former) (?:surgery|operations?|injur\w+)|in (?:her|his) lifetime|(?:of|among|"
    r"in|from) (?:people|those|patients|persons) with diabetes|according to symptoms|(?:fall|"
    r"trauma|injury) cannot be (?:proved|shown|inferred)|any painful|visual acuity:? (?:not|un\w+|"
    r"cannot))"
)
# "Most patients with such a break fell on the hand": where it is argued, of all of them.
_OF_MANY = re.compile(
    r"^\s*(?:most|many|some|few|such)\s+(?!relatives|complaints|symptoms)(?:[\w-]+\s+)?[\w-]+s\s+"
    r"(?:[\w-]+\s+){0,4}?(?:are|come|occur|happen|result|arise|follow|fell|fall|report|complain|"
    r"present|have|give|describe|recall|notice)\b|"
    r"exception of those|(?:list of|many|several|few|other|common) causes\b|comes with an? "
)
_TELLS = re.compile(
    r"\b(?:patient|woman|man|girl|boy|she|he|lady|gentleman)\s+(?:has |had |was )?"
    r"(?:complain|report|notic|felt|fell|cough|treat)\w*|\bpalpated\b|\bwas treated\b|\bhas had\b|"
    r"\bin an? (?:\w+ )?(?:man|woman)\b"
)
# "Without signs of invasion in a patient with ...": the denial is of something else.
_DENIED_CLOSE = re.compile(
    r"\b(?:no|not|nor|without|neither|never|none|lacks?|absence of|cannot|nothing|unknown|n't|"
    r"against|beyond|excludes?|rather than|instead of|unlike)\b(?:(?!\bin (?:a|an|this|the)\b)[^,"
    r";]){0,60}$"
)
# "Bleeding over the past weeks would be explained by it": the bleeding is made up all the same.
_EXPLAINED = re.compile(
    r"\b(?:would|could|may|might) (?:\w+ )?(?:explain|account|fit|match|be explained)"
)
# "The patient has no fever", "it has not grown": a story, told by denying something.
_DENIES_ITSELF = re.compile(
    r"\b(?:has|have|had) (?:not|never)\b|\b(?:patient|she|he|woman|man) "
    r"(?:denies|has no|had no|did not|does not|cannot|can not|can't|is unable)\b"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PAST = re.compile(
    rf"\b{NUMBER} {UNIT} (?:ago|earlier|back)\b|\bthe (?:past|last) (?:\w+ )?{UNIT}\b"
)
_SPAN = re.compile(rf"\bsince\b|\b{NUMBER} {UNIT}\b")


def check_history(case: Case, text: Text) -> Iterator[Failure]:
    """Nothing is told of the patient, of former images, or of change over time."""
    del case
    for clause in every_clause(text, *PARTS):
        if not TELLING.search(clause.low):
            continue
        found = TELLING.search(without_other_senses(clause.low))
        if found is None or _is_general(clause, found):
            continue
        # "As it has not changed in two years, I would not biopsy" tells of the years all the same.
        if is_next_step(text, clause, found.start()) and not _PAST.search(clause.low):
            continue
        yield Failure(
            code="history",
            step=clause.sentence.step,
            sentence=clause.sentence.text,
            expected="what the image itself shows",
            claimed=found.group(),
        )


def _is_general(clause: Clause, found: re.Match[str]) -> bool:
    low = clause.low
    if _NOT_TOLD.search(low) and not _TELLS.search(clause.sentence.low):
        return True
    if clause.sentence.step not in ABOUT_IMAGE and _OF_MANY.search(low):
        return True
    if is_knowledge(clause, found):
        return True
    if (_HARMLESS.search(clause.sentence.low) and not GIVEN.search(low)) or (
        is_denied(low[: found.end()], *found.span())
        and _DENIED_CLOSE.search(low, 0, found.end())
        and not (TIMES.search(found.group()) or _YEAR.search(found.group()))
        and not _DENIES_ITSELF.search(low)
    ):
        return True
    if GIVEN.search(low):
        return False
    explained = TIMES.search(found.group()) and _EXPLAINED.search(low)
    if is_supposed(low) and not explained:
        return True
    timed = (
        TIMES.search(low, found.start())
        or _SPAN.search(found.group())
        or _YEAR.search(found.group())
    )
    return clause.sentence.step not in ABOUT_IMAGE and not timed and is_common(low)
