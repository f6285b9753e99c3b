"""Whether a disease that a clause names is told as a further finding of this image."""

from __future__ import annotations

import re

from m3ds.claims.polarity import is_here, is_supposed, is_usual
from m3ds.claims.text import Clause

_BESIDE = re.compile(
    r"\b(?:with (?:an? |an? additional |associated |accompanying |coexisting |adjacent )?|"
    r"and (?:an? |also |additional )?|plus(?: an?)?|together with(?: an?)?|along with(?: an?)?|"
    r"alongside(?: an?)?|next to an?|beside an?|through an?|as well as(?: an?)?|"
    r"accompanied by(?: an?)?|complicated by(?: an?)?|additional(?:ly)?(?: an?)?|also(?: an?)?|"
    r"but for(?: an?)?|except for(?: an?)?|apart from(?: an?)?|aside from(?: an?)?|"
    r"save for(?: an?)?|(?:next to|beside|alongside|adjacent to) (?:which|it|this)(?: (?:lies|sits|"
    r"is))?(?: an?)?|coexisting|concomitant)\s*(?:(?!no\b|without\b)[\w-]+\s+){0,3}$"
)
ADDED = re.compile(
    r"\b(?:in addition|additionally|besides|moreover|on top of (?:this|that)|(?<!the )accompanying|"
    r"concomitant|coexisting|as well|next to it|beside it|alongside|too(?!\s+\w)|is also|are also|"
    r"also (?:present|seen|noted|found|visible)|additional (?:finding|diagnosis|disease|condition)|"
    r"second (?:disease|diagnosis|condition|finding))\b(?!\s+(?:as|to))"
)


_THERE = re.compile(
    r"\b(?:there (?:is|are)|also present|ha(?:s|ve) (?:developed|occurred|arisen|formed)|"
    r"besides(?=[.;]?$)|shows? an?|(?:is|are|was|were)(?: \w+)? (?:present|seen|displayed|noted|"
    r"found|visible|evident|shown|blunted|diagnosed))\b"
)


_IS_OUT = re.compile(r"\b(?:is|are) (?:therefore |thus )?(?:out|off)\b")


# "Next to it lies a cherry angioma", "an enlarged node is seen at the edge of the scan".
_NEXT_TO = r"(?:next to|beside|alongside|adjacent to|close to|just (?:above|below|behind))"
_BY_ITS_SIDE = re.compile(
    rf"^(?:\w+\s+)?{_NEXT_TO}\s+(?:it|this|them|the (?:lesion|nodule|mass|polyp|fracture|break|"
    rf"vessels?|"
    r"opacity))\s+(?:lies|lie|sits?|is|are|there)\b"
    rf"|^\s*{_NEXT_TO}\s+(?:it|this|them)\b[^,;]{{0,30}}\b(?:bears?|shows?|contains?|carries)\b"
    rf"|\b(?:lies|sits|(?:is|are) (?:nevertheless |in fact |also )?(?:seen|visible|present|"
    rf"noted))\s+(?:right\s+|immediately\s+)?"
    rf"(?:{_NEXT_TO}|(?:at|near|on) the (?:edge|margin|corner|border|side|periphery) of the|"
    r"in the (?:opposite|other) (?:lobe|lung|half|breast))"
    r"|\b(?:next to|beside|alongside) (?:it|them)\s*[.;]?$"
)


# "A few haemorrhages are found along the arcade": where something lies is told of this image only.
_SOME = re.compile(
    r"^\s*(?:and\s+)?(?:an?|one|two|three|several|a few|some|multiple|numerous|scattered|tiny)\s+"
    r"(?:[\w-]+\s+){0,6}?$"
)
_SITS = re.compile(
    r"(?:\s+(?:clot|pool))?(?:\s+(?:with|of)(?:\s+[\w-]+){1,4}?)?\s+(?:also\s+)?(?:lies?|sits?|"
    r"occup(?:y|ies)|covers?|runs?|crosses|lifts?|bridges|spans|dots|studs|ha(?:s|ve)\s+formed|"
    r"hangs?|clings?|opens|protrudes|accompan(?:y|ies)|(?:is|are)\s+(?:\w+ly\s+|also\s+|"
    r"nevertheless\s+|in\s+fact\s+)?(?:seen|found|visible|noted|evident|identified|located|"
    r"in\s+place|scattered))\s+(?:(?:beneath|along|in|at|over|on|within|near|behind|across|around|"
    r"above|below|under|from|through|deep to|superficial to|one half of|half of|most of|part of|"
    r"temporal to|nasal to|lateral to|medial to)\s+)?(?:the|its|this|one of the|"
    r"it)\b(?!\s+(?:setting|course|context|majority|elderly|presence|case|form))"
)


_THERE_IS = re.compile(
    r"^\s*(?:below|above|beneath|in|at|along|near|over|next to|beside|temporal to|nasal to|"
    r"close to)\b[^,;]{0,50}\bthere (?:is|are)\s+(?:[\w-]+\s+){0,4}?$"
)
_THERE_IT_IS = re.compile(r"^\s*there (?:is|are)(?: also|, however,)?\s+(?:[\w-]+\s+){0,4}?$")
_FROM_ITS = re.compile(
    r"\s+(?:comes|oozes|arises|spreads|trickles|(?:is|are) (?:trickling|oozing|pouring|running|"
    r"seeping|coming)) (?:from|over|into) its\b"
)
_IN_IT = re.compile(
    r"\s+(?:[\w-]+\s+){0,3}?(?:at|in|on|near|along|beneath|within|over|from) (?:its|the|this|it)\b"
)
_JUDGED_AS = re.compile(
    r"(?:(?:^|[,;]\s*)(?:thus|hence|therefore),?|\b(?:in this (?:image|picture|film|"
    r"frame) it (?:represents|is)|(?:is|are) (?:affected|involved|destroyed|complicated|enlarged|"
    r"displaced|replaced|eroded) by|diagnosis(?: here)? is|(?:appearance|picture|pattern|finding|"
    r"look)(?: as a whole)? is that of)) (?:an?\s+)?(?:[\w-]+\s+){0,2}?$"
)


_HAS_IT = re.compile(
    r"^\s*(?:this|the) (?:(?:neighbouring|adjacent|surrounding) )?(?:(?:wall|mucosa|tissue|"
    r"joint) (?:behind|beside|around|below|above) it|eye|gland|breast|colon|chest|lung|hand|bone|"
    r"skin|picture|image|film|scan|view|frame|retina|thyroid) (?:also )?(?:has|shows|contains|"
    r"harbours|bears|reveals) (?:an? |the )?(?:(?!no\b)[\w-]+ ){0,3}$"
)


# "Cotton-wool spots are present in the upper retina".
_FEW = re.compile(r"^\s*(?:(?!(?:no|any|such|if|when|most)\b)[\w-]+,?\s+){0,2}$")
_IS_IN_IT = re.compile(
    r"(?:\s+with(?:\s+[\w-]+){1,4}?)?\s+(?:is|are)\s+(?:\w+ly\s+)?(?:present|visible|evident|noted|"
    r"identified)\s+(?:in|at|along|over|near|behind|around)\s+(?:the|this|its)\b"
)
# "The ulcer in its middle", "an enlarged node beside it": what is told of it takes it for granted.
_OWNED = re.compile(r"^\s*(?:although\s+)?(?:the|its|their)\s+(?:[\w-]+\s+){0,3}$")
_AT_IT = re.compile(
    r"\s+(?:right |just |immediately )?(?:next to|beside|alongside|inside|within|around|at|in|on|"
    r"along|under|behind|above|below|near) (?:it|them|its|the|this|these|one of)\b"
)
_ONE = re.compile(r"\b(?:an?|the|one|two|several|some)\s+(?:[\w-]+\s+){0,3}$")
_BY_IT = re.compile(
    r"(?:\s+(?!is\b|are\b)[\w-]+)?\s+(?:right |just |immediately )?(?:(?:next to|beside|"
    r"alongside) (?:it|them|the|this)|(?:at|in|on|along) its)\b(?! (?:\w+ )?(?:stage|form|course|"
    r"onset|phase|variant)s?\b)"
)


# "An osteochondroma arises further down", "an angioma is seen next door".
_NEARBY = re.compile(
    r"\s+(?:also\s+)?(?:lies|arises|sits|grows|(?:is|are) (?:also )?(?:seen|visible|present|noted|"
    r"found)) (?:further (?:down|up|along|out|in)|next door|nearby|close by|alongside|elsewhere|"
    r"lower down|higher up)\b"
)


# "The enlarged node is likely reactive", "the neighbouring diverticula are incidental".
_GRANTED = re.compile(r"^\s*(?:the|its|this|these) (?:[\w-]+ ){0,3}$")
_REMARKED = re.compile(
    r"(?: (?:of|with|in|at|beside|next to) (?:[\w-]+ ){0,4}?[\w-]+)?\s+(?:(?:is|are) (?:likely |"
    r"probably |merely |presumably )?(?:reactive|incidental|an? (?:separate|different|incidental)|"
    r"separate|unrelated|secondary|coincidental|a coincidence)\b|(?:needs?|deserves?|requires?|"
    r"calls? for) (?:treatment|attention|a|its|their|further)\b)"
)


# "A parathyroid adenoma lies behind the gland and not within it."
_OF_THE_KIND = re.compile(r"\s+(?:lies|sits|occurs|arises)\b[^.;]*\b(?:and not|rather than)\b")


def is_placed(clause: Clause, match: re.Match[str]) -> bool:
    """Whether a disease is said to lie somewhere in this image, or to be what it shows."""
    low = clause.low
    # "A cyst would be clear, and an abscess lies under the skin": what is weighed.
    if is_supposed(clause.sentence.low):
        return False
    head = low[: match.start()]
    if _THERE_IS.match(head) or _JUDGED_AS.search(head) or _HAS_IT.match(head):
        return True
    if _THERE_IT_IS.match(head) and _IN_IT.match(low, match.end()):
        return True
    if (not head.strip() or head.endswith(" and ")) and _FROM_ITS.match(low, match.end()):
        return True
    if (_OWNED.match(head) and _AT_IT.match(low, match.end())) or (
        _ONE.search(head) and _BY_IT.match(low, match.end())
    ):
        return True
    if _FEW.match(head) and _IS_IN_IT.match(low, match.end()) and not is_usual(low):
        return True
    if _SOME.match(head) and _NEARBY.match(low, match.end()):
        return True
    if _GRANTED.match(head) and _REMARKED.match(low, match.end()):
        return True
    if _OF_THE_KIND.match(low, match.end()):
        return False
    some = _SOME.match(head) or (not head.strip() and is_here(low))
    return bool(some and _SITS.match(low, match.end()))


def is_added(step: str, low: str) -> bool:
    """Whether a clause after the analysis tells of one thing more, or of one beside it."""
    if _BY_ITS_SIDE.search(low) and not _IS_OUT.search(low):
        return True
    if step == "reasoning" and (not _THERE.search(low) or _IS_OUT.search(low)):
        return False
    return ADDED.search(low) is not None


# "Between a nevus and a melanoma, a nevus".
_CHOOSES = re.compile(r"\s*(?:of|between|among)\b(?!\s+(?:note|others)\b)")


def is_beside(clause: Clause, match: re.Match[str]) -> bool:
    """Whether a disease is named as one that comes with the diagnosis."""
    low, step = clause.low, clause.sentence.step
    head = low[: match.start()]
    if step == "conclusion":
        if _CHOOSES.match(low) and "," in low[match.end() :]:
            return False
        # "A small fracture, and a metastasis further along": the comma has parted them.
        parted = clause.before.strip() and _SOME.match(head)
        return bool(parted or _BESIDE.search(head))
    return (
        re.search(
            (
                r"\b(?:(?:as an?|an?|one) (?:additional|further|incidental|extra|second) "
                r"(?:finding|observation)|incidentally,?|besides,?|moreover,?|furthermore,?|"
                r"there (?:is|are) (?:also|additionally|in addition)|in addition,?|"
                r"additionally,?|also (?:present|seen|noted|visible) (?:is|are)|"
                r"accompanied by|coexisting|concomitant)\b[^.;]{0,40}$"
            ),
            head,
        )
        is not None
        or re.match(
            r"\s+(?:is|are) (?:also|additionally) (?:present|seen|noted|visible|evident)",
            low[match.end() :],
        )
        is not None
    )
