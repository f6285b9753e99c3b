"""Clauses, and parts of clauses, that say of a place that nothing is there."""

from __future__ import annotations

import re

from m3ds.claims.nouns import known_nouns
from m3ds.claims.polarity import is_denied
from m3ds.claims.subject import is_broken, subject
from m3ds.claims.text import Clause
from m3ds.claims.words import IMAGE
from m3ds.schema.case import Case

EMPTY = re.compile(
    r"(?<!not )(?<!not entirely )(?<!not quite )(?<!no longer )\b(?:no(?! longer)|nothing|none|"
    r"neither|without|free|clear|unremarkable|normal|intact|preserved|empty"
    r"|spared|undamaged|there remains?|all (?:is )?well|not (?:\w+ )?(?:affected|involved)|(?:does|"
    r"do|did)n't (?:show|reveal)|(?:not|never) (?:show|reveal|contain|demonstrate|display|harbour|"
    r"exhibit)|ordinary|sound|unbroken|unaltered|inconspicuous|uninvolved|unaffected|devoid|plain|"
    r"healthy|quiet|negative|undisturbed|bare|as (?:it|they) should|in order|physiological|"
    r"artefacts?|of no (?:importance|concern|consequence|significance)|not a single|not one)\b"
)
"""Words of a clause that says of a place that nothing is there."""
# What is without vessels is not without the finding: it may be just that.
_NO_MARKINGS = re.compile(
    r"\b(?:devoid of|without|free of|no) (?:visible |any )?(?:lung|vascular|pulmonary|vessel) \w+|"
    r"\bnormal (?:anatomy|variants?|variation|findings?)\b"
)
SAYS_CLEAR = re.compile(
    r"(?<!not )\b(?:nothing|clear|free|unremarkable|normal|empty|intact|healthy|spared|"
    r"uninvolved|plain|bare)\b"
)
"""Those of them that leave no room for the outlined thing."""
OF_PLACE = re.compile(
    r"^\s*(?:everything|all|what)\s+(?:that\s+|which\s+)?(?:is|lies)\b|"
    r"^\s*(?!(?:in|at|on|near|within|along|towards?|to|from|by)\b)(?:(?:the|both|each)\s+)?"
    r"(?:[\w-]+\s+){0,3}?(?:side|half|halves|zones?|parts?|"
    r"thirds?|portions?"
    r"|quadrants?|fields?|corners?|edges?|margins?)\b[^,;:]*?\b(?:is|are|stays?|"
    r"remains?|shows?|looks?"
    r"|appears?|contains?|keeps?|has|have)\b"
)
"""The beginning of a clause whose subject is the place itself."""


def is_empty(case: Case, clause: Clause) -> bool:
    """Whether a clause says that where it speaks of, nothing of what is outlined is."""
    if is_broken(case, clause.low):
        return False
    if (
        _IN_SHADOW.match(clause.low)
        or _STRIP_EMPTY.match(clause.low)
        or _is_likewise(case, clause.low)
        or AREA_NORMAL.match(clause.low)
        or _is_titled_empty(case, clause.low)
        or (_SO_IS.match(clause.low) and EMPTY.search(clause.before))
    ):
        return True
    # "The fracture lies at the top, the opposite cortex intact" places the fracture.
    if case.target == "fracture" and _SOUND.search(clause.low):
        named = _BREAK.finditer(clause.low)
        if all(is_denied(clause.low, *match.span()) for match in named):
            return True
    if not EMPTY.search(_NO_MARKINGS.sub("", clause.low)):
        return False
    of_place = OF_PLACE.match(clause.low)
    return not any(
        noun.is_target
        and not noun.inner
        and not is_denied(clause.low, noun.start, noun.end)
        # "The lower half of the image and its left border are clear".
        and not (of_place and _BORDERS.match(clause.low, noun.start, noun.end))
        for noun in known_nouns(case, clause.low)
    )


# "The lower edge of the frame is in shadow" tells of the picture, and not of what is in it.
_IN_SHADOW = re.compile(
    r"^\s*(?:the\s+)?(?:upper|lower|left|right|top|bottom)(?:-hand)?\s+"
    rf"(?:edge|border|margin|corner|strip|rim)(?:\s+of\s+(?:the|this)\s+(?:\w+\s+)?{IMAGE})?\s+"
    r"(?:is|lies?|remains?)\s+(?:\w+ly\s+)?(?:in\s+(?:the\s+)?shadow|blurred|out\s+of\s+focus|"
    r"(?:over|under)-?exposed|cut\s+off|washed\s+out)\b"
)


# "The bright zone at the left is normal", "everything bright is normal": no lesion.
AREA_NORMAL = re.compile(
    r"^\s*(?:the|all|everything|most|what(?:ever)?)\s+(?:[\w-]+\s+){0,3}?(?:areas?|zones?|bands?|"
    r"regions?|parts?|portions?|bright|dark|lies|is)\b(?:\s+(?:at|on|in|along|to|near|of)\s+(?:the|"
    r"it)\b(?:\s+[\w-]+){0,4}?)?\s+(?:is|are)\s+(?:(?:just|simply|merely|only|all)\s+)?(?:normal|"
    r"background|free|healthy|unremarkable|clear|empty)\b(?!-|\s+(?:of|"
    r"from)\b)(?:\s+[\w-]+){0,3}\s*[.;]?\s*$"
)


# "Right third of the image: even", "left half: the same".
_TITLED = re.compile(
    r"^\s*(?:the\s+)?(?:(?:far|outer|whole|entire)\s+)?(?:upper|lower|left|right|top|"
    r"bottom)(?:-hand)?\s+"
    r"(?:(?:left|right|two)\s+)?(?:strip|band|part|half|third|edge|corner|quadrant|quarter|side)s?"
    rf"(?:\s+of\s+(?:the|this)\s+(?:\w+\s+)?{IMAGE})?\s*:\s*"
    r"(?:(?:quite|all|entirely|perfectly|merely|just|also|as)\s+)*(?:spotless|even|homogeneous|"
    r"uniform|the\s+same|same|likewise|ditto|as\s+well|blank|calm|tidy|dull|boring|uneventful|"
    r"undisturbed|featureless|smooth\s+(?:skin|mucosa|tissue)|nothing|none|nil|no\s+\w+|normal|"
    r"clear|free|quiet|empty|unremarkable|healthy|intact|background|as\s+it\s+should(?:\s+be)?|air|"
    r"black\s+air)\b(?:,?\s+(?!(?:an?|one|but|with)\b)[\w-]+){0,5}[.;]?\s*$"
)


def _is_titled_empty(case: Case, low: str) -> bool:
    """Whether a place is followed by a word or two on what it is like, and not by the finding."""
    return _TITLED.match(low) is not None and not any(
        noun.is_target for noun in known_nouns(case, low)
    )


def _is_likewise(case: Case, low: str) -> bool:
    return _LIKEWISE.match(low) is not None and subject(case, low) == "none"


_BORDERS = re.compile(r"(?:border|edge|margin|rim)s?$")
# "Lower strip of the image: normal skin".
_STRIP_EMPTY = re.compile(
    r"^\s*(?:the\s+)?(?:upper|lower|left|right|top|bottom)(?:-hand)?\s+(?:strip|band|part|half|"
    r"third|edge|corner)[^:]*?(?::|\b(?:contains|shows|holds|is))\s*(?:normal|clear|unremarkable|"
    r"healthy|nothing|empty|nad|nil|none|free|plain|fine|ok|okay|good|sound|regular|intact|"
    r"inconspicuous|unaffected|no (?:abnormality|break|fracture|lesion|nodule|polyp|opacity))\b"
)
# "The shaft above is normal, and so is the left border of the film".
_SO_IS = re.compile(r"^\s*(?:and\s+)?so (?:is|are)\b")
# "On the left side of the film likewise": what was said before is said of it too.
_LIKEWISE = re.compile(
    r"^(?:[\w-]+\s+){2,8}(?:likewise|ditto|similarly|the same|as well|too)[.;]?$"
)
_BREAK = re.compile(r"\b(?:fractures?|breaks?)\b")
# Of a bone whose line is unbroken, nothing is the fracture.
_SOUND = re.compile(
    r"\b(?:outlines?|contours?|lines?|margins?|cortex|cortices|edges?)\b[^.;]{0,40}?"
    r"(?<!not )(?<!no longer )\b(?:undisturbed|undamaged|uninterrupted|unbroken|intact|preserved)\b"
    r"|\bbones?\b[^.;]{0,40}?\b(?:is|are) regular\b"
    r"|\b(?:displays?|shows?|has|have) regular (?:\w+ )?(?:margins|outlines|contours|lines)\b"
)


# "While the left half is normal, the right half holds it", "it is low; the top is free".
_BEGINS = r"(?=(?:the|its?|no|an?|one|there|nothing|normal|healthy|neither)\b)"
_STATED_APART = re.compile(
    r"\s*(?:[():]|(?:^|,\s*)(?:since|while|whereas|although|because)\b|^as\b|"
    r"^(?:(?:by|in)\s+contrast|conversely),|"
    rf",\s*{_BEGINS}|\b(?:and(?:\s+that)?|that)\s+{_BEGINS})\s*"
)
_VERB = re.compile(
    r"\b(?:is|are|lies?|sits?|shows?|holds?|contains?|has|have|fills?|stands?|matters?)\b"
)


def statements(clause: Clause) -> tuple[Clause, ...]:
    """The statements of a clause, each with its own verb; where it is one, the clause itself."""
    low = clause.low
    spans, start = [], 0
    for cut in _STATED_APART.finditer(low):
        if _VERB.search(low, start, cut.start()) and _VERB.search(low, cut.end()):
            spans.append((start, cut.start()))
            start = cut.end()
        elif not low[start : cut.start()].strip():
            start = cut.end()
    spans.append((start, len(low)))
    if spans == [(0, len(low))]:
        return (clause,)
    return tuple(
        clause._replace(low=low[first:last], before=clause.before + low[:first])
        for first, last in spans
    )
