"""Lists of what is not there, whichever way their heading or their answer puts it."""

from __future__ import annotations

import re

from m3ds.claims.text import Clause

_NOT_THERE = (
    r"(?:absent|missing|wanting|lacking|excluded|not (?:visible|seen|present|found|shown|"
    r"identified|detected|demonstrated|there|met|made out|among (?:them|these)))"
)
_TITLE = re.compile(r"[^.;:]*:")
# "Diverticula, erosions and bleeding: not present either."
_ANSWERED_NO = re.compile(
    rf"\s*(?:(?:all|both|each|likewise|also|equally|again|still|simply)"
    rf"(?: (?:two|three|four|five))? )?(?:{_NOT_THERE}|none|nil(?! to\b)|nowhere|not anywhere|"
    r"not one|not here|not assessable|not demonstrated|nothing of the (?:kind|sort)|"
    r"(?:0|zero) (?:out )?of \w+|not (?:on|in) (?:this|the) [\w-]+)"
    r"(?:\s+(?:either|here|at all|so far|to be|seen|found|visible|with certainty|"
    r"(?:on|in|of) (?:this|the|them|these|any)(?: [\w-]+)?))*\s*[.;]?\s*$"
    # ": three queries, three times no", ": 0, 0 and 0".
    r"|\s*(?:[\w-]+ [\w-]+, )?(?:\w+ times )?(?:no|none|0|nil)(?:(?:,| and|, and) (?:no|none|0|"
    r"nil))*\s*[.;]?\s*$"
)
# "Not found: a second break, a foreign body".
_TITLED_NO = re.compile(
    r"^\s*(?:rejected|discarded|dismissed|set aside|ruled out|less likely|unlikely)\s*:[^.;]*$|"
    rf"^\s*(?:(?:also|likewise|looked for,?(?: and| but)?(?: found)?|sought(?: and)?) )?"
    rf"{_NOT_THERE}\s*:[^.;]*$|^\s*(?:\w+ )?negatives?\s*:[^.;]*$"
)
# "Free air: not under either dome", "ulcer, worm: I can offer none of these."
_ANSWER = re.compile(
    r"[^.;:]*:\s*(?:(?:(?:i|we)\s+(?:can\s+|could\s+)?(?:offer|report|see|find|found|saw)\s+)?"
    r"(?:none|nothing|not (?:a single )?one)(?:\s+of\s+(?:these|them|those|that))?\s*[.;]?\s*$|"
    r"not\s+(?:under|at|in|on|near)\s+(?:either|any|the|this)\b|not\s+assessable\b|"
    r"not\s+(?:a\s+single\s+)?one\s+of\s+(?:them|these)\b|no(?:,?\s+(?:and\s+)?(?:again\s+)?no)+\b|"
    r"not\s+(?:seen|present|visible|found|met|shown|there)\b(?!.*\b(?:but|yet|before)\b)|"
    r"[^.;:,]*\b(?:is|are)\s+(?:missing|absent|wanting|lacking)\s*[.;]?\s*$|"
    r"[^.;:]*\btoo\s+(?:faint|dark|bright|small|dim)\s+to\s+(?:judge|tell|say|assess)\b|"
    r"[^.;:]*\bhad\s+(?:they|it)\s+been\s+there\b)"
)
# "Free of: erosion, sequestrum", "what the film lacks: a third patch, fluid".
_HEADING = re.compile(
    r"^\s*(?:also\s+|likewise\s+)?(?:free\s+of|without|lacking|missing|"
    r"not\s+(?:around|near|beside|at|in|on)\s+[\w-]+|what\s+(?:the|this)\s+[\w-]+\s+lacks|"
    r"[\w\s]{0,30}\bnegatives?|none\s+of\s+(?:these|the\s+following))\s*:[^:;]*$"
)
# "Ulcers x 0", "cyst wall none".
_COUNTED = re.compile(r"\s*(?:[x×]\s*0\b|(?:\w+\s+)?(?:none|nil)\s*(?:$|[,.;]))")


def is_listed_as_absent(clause: Clause, start: int, end: int) -> bool:
    """Whether what stands at [start, end) of a clause is on a list of what was not found."""
    low = clause.sentence.low
    if _COUNTED.match(clause.low, end):
        return True
    if ":" not in low:
        return False
    ahead = low.find(clause.low, len(clause.before))
    return (
        _ANSWER.match(low, ahead + end) is not None
        or _HEADING.search(low[: ahead + start]) is not None
    )


def is_answered_no(low: str, end: int) -> bool:
    """Whether a title in which something ends at `end` of `low` has a plain no behind its colon."""
    title = _TITLE.match(low, end) if ":" in low else None
    return title is not None and _ANSWERED_NO.match(low, title.end()) is not None


def is_under_denying_title(before: str) -> bool:
    """Whether `before`, which stands ahead of something, is a title that denies what follows."""
    return ":" in before and _TITLED_NO.search(before) is not None
