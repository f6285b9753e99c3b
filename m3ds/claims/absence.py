"""Lists of what is not there, whichever way their heading or their answer puts it."""

from __future__ import annotations

import re

from m3ds.claims.text import Clause

_NO = (
    r"(?:no|not|none|nil|nothing|never|neither|nor|without|lacks?|lacking|0|zero|nowhere|absent|"
    r"missing|wanting|cannot|can't|free of|negatives?|excluded|in vain|had (?:they|it) been|"
    r"(?:too|yet) (?:faint|dark|bright|small) to)"
)
# "Free air: not under either dome", "ulcer, worm: I can offer none of these."
_ANSWER = re.compile(rf"[^.;:]*:\s*(?:[\w']+\s+){{0,6}}?{_NO}\b")
# "Free of: erosion, sequestrum", "what the film lacks: a third patch, fluid".
_HEADING = re.compile(rf"^(?:[\w',-]+\s+){{0,5}}?{_NO}\b(?:\s+[\w'-]+){{0,4}}\s*:[^:;]*$")
# "Ulcers x 0", "cyst wall none".
_COUNTED = re.compile(r"\s*(?:[x×]\s*0\b|(?:\w+\s+)?(?:none|nil|gone)\s*(?:$|[,.;]))")


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
