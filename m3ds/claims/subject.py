"""Whom a clause speaks of: the outlined thing, or something else in sight."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from m3ds.claims.nouns import Noun, found_nouns
from m3ds.claims.shares import PARTS
from m3ds.claims.words import IMAGE, any_of, nouns, structures
from m3ds.schema.case import Case

Subject = Literal["target", "other", "none"]

_HOLDS = re.compile(
    r"\b(?:shows?|includes?|features?|depicts?|contains?|holds?|harbours?|bears?|carries|reveals?|"
    r"demonstrates?|exhibits?|displays?|has"
    r"|have|(?<!confused )(?<!mistaken )(?<!compared )(?<!continuous )with|there (?:is|are)|(?:is|"
    r"are) (?:drawn to|centred on|characteri[sz]ed by|indicative of|suggestive of)|centres on|"
    r"(?:is|are) (?:missing|absent|lost|obscured|effaced|replaced|faint|reduced) (?:over|in|within|"
    r"along|by)|is interrupted|is broken|surrounds?|encloses?|is the seat of|(?:is|"
    r"are) (?:\w+ )?(?:covered|taken up|filled|occupied|replaced|involved|crossed|dominated|"
    r"blunted|obscured|effaced|obliterated) by)\b"
)

_BROKEN = re.compile(
    r"(?<!not )(?<!nothing )(?<!nowhere )\b(?:broken|disturbed|fractured|interrupted|disrupted|"
    r"breached|discontinuous|has given way|have given way|no longer continuous|does not keep|"
    r"not continuous|stepped|gives way|(?:has |have )?los(?:t|es?) (?:its|"
    r"their) (?:\w+ )?(?:continuity|contour|outline|line)|(?:continuity|line|contour|"
    r"course)(?: of (?:the |its |one )?(?:[\w-]+ ){0,2}[\w-]+)? (?:is|are|has been) (?:suddenly |"
    r"abruptly )?(?:lost|gone)|(?:edge|outline|line|contour|cortex) (?:cannot|"
    r"can no longer) be (?:followed|traced)|(?:zone|area|segment|stretch|focus|site|"
    r"point) of (?:[\w-]+ ){0,2}?(?:disruption|discontinuity|interruption)|"
    r"shows? (?:an? )?loss of (?:its |the )?(?:normal )?(?:cortical|continuity)|"
    r"fails to (?:continue|meet)|does not (?:run through|continue)|severed|cracked|splintered|"
    r"steps the cortex|(?:cortex|bone|phalanx|shaft|contour) (?:is|are) cut by a|(?:splits|"
    r"divides) the bone)\b(?! (?:no|by nothing))"
)

_TITLE = re.compile(
    r"^(?:(?!\b(?:is|are|was|were|has|have)\b)[^:;]){1,90}:(?!\s*(?:no|none|nothing|not|without|"
    r"normal|intact|clear)\b)"
)

# "Bottom left corner of the image: a red knob".
_PLACE_AHEAD = re.compile(
    r"^(?:(?:in|at|near)\s+)?(?:the\s+)?(?:far\s+)?(?:upper|lower|top|bottom|left|right|central|"
    r"centre|middle)\b[^:;]*:\s*(?:an?|one|single|solitary)\b"
)

# "The affected segment": what is so called is the outlined thing, whatever it is a part of.
_AFFECTED = re.compile(
    r"\b(?:affected|involved|disturbed|damaged|diseased|abnormal|altered|injured|broken|fractured|"
    r"opacified|interrupted|pathological|hyperlucent|consolidated|relevant|suspicious|"
    r"conspicuous)\s+(?:[\w-]+\s+)?$"
)

# "14 % of the image are covered" tells the share of what covers it.
_SHARE_FIRST = re.compile(
    rf"^[^,;]{{0,30}}?(?:%|per\s?cent|{any_of(PARTS)}s?)\s+of\s+(?:the|this)\s+"
    rf"(?:[\w-]+\s+){{0,2}}?{IMAGE}\s+(?:is|are|belongs?|corresponds?|goes?)\s+(?:\w+ly\s+)?"
    r"(?:covered|occupied|taken|filled|pigmented|involved|affected|opacified|replaced|abnormal|"
    r"to)\b"
)

# "Almost the entire image falls to it".
_ALL_OF_IMAGE = re.compile(
    rf"^\s*(?:(?:almost|nearly|virtually|practically)\s+)?(?:all\s+of\s+)?the\s+(?:entire|"
    rf"whole)\s+{IMAGE}\s+"
    r"(?:falls|belongs|goes)\b"
)

_OWN_TITLES = ("echo", "density", "contrast", "brightness")
_PLACE_TITLES = (
    "position",
    "place",
    "site",
    "location",
    "localisation",
    "coordinates",
    "extent",
    "size",
    "share",
    "proportion",
    "where",
)

_PART_OF = re.compile(
    r"^\s*(?:(?:along|at|in|on|near) the [\w-]+(?: [\w-]+){0,3}? (?:there (?:is|are)|lies|runs) "
    r")?(?:(?:an?|the|some|both|mild|small|large|visible|slight|minor|only)\s+){0,"
    r"3}[\w-]+\s+of\s+(?:[\w-]+\s+){0,3}$"
)


# "That segment", "this change": what was spoken of just before.
_SO_CALLED = re.compile(
    r"^\s*(?:and\s+)?(?:that|this|the\s+(?:said|relevant|main|only|sole))\s+(?:segment|stretch|"
    r"change|point|alteration|place|site)\b"
)


# "The bone at this level is brighter than the soft tissues".
_AT_SITE = re.compile(
    r"^\s*the\s+(?:bone|cortex|tissue|skin|mucosa)\s+(?:at|in)\s+(?:this|that|the)\s+(?:level|site|"
    r"spot|place|point)\b"
)


@lru_cache(maxsize=64)
def _is_really(others: str) -> re.Pattern[str]:
    return re.compile(
        r"\b(?:is|are|turns?\s+out\s+to\s+be|proves?\s+to\s+be|corresponds? to|represents?|"
        r"belongs? to)\s+(?:simply\s+|just\s+|merely\s+|only\s+)?(?:(?:(?:the|an?|"
        r"normal)\s+(?:(?:normal|ordinary|air|bowel|"
        rf"open)\s+)?{others}(?!\w))|(?:soft tissue|stool|mucus|gas|fat|blood|glare|foam|debris)"
        r"(?![\w-]))(?![\s-]+(?:lesion|nodule|mass|polyp|tumour|"
        r"fracture|break))"
    )


_EDGE_OF_IMAGE = re.compile(
    r"^\s*(?:the\s+)?(?:(?:upper|lower|left|right|top|bottom|outer|very|far|extreme|hand)[\s-]+)*"
    rf"(?:edge|border|margin|rim|boundary)s?\s+of\s+(?:the|this)\s+(?:\w+\s+)?{IMAGE}\b"
    rf"|^\s*(?:(?:upper|lower|left|right|top|bottom|far|extreme)[\s-]+)+corner\s+of\s+(?:the|"
    rf"this)\s+(?:\w+\s+)?{IMAGE}\s*[.;,]?\s*$"
)
# "The field is dominated by a lesion in its corner".
_IMAGE_HOLDS = re.compile(
    rf"^\s*(?:the|this)\s+(?:\w+\s+)?{IMAGE}\s+(?:is\s+dominated\s+by|"
    rf"shows|contains|holds)\b"
)
# "Markedly hypoechoic relative to fat" speaks of what was spoken of before.
_HELD_AGAINST = re.compile(
    r"^\s*(?:(?:markedly|strongly|clearly|much|slightly|somewhat|rather|distinctly|a\s+(?:little|"
    r"bit|touch|shade))\s+)*(?:hyperechoic|hypoechoic|isoechoic|[a-z]+er)\s+(?:relative\s+to|"
    r"compared\s+(?:with|to)|vs\b|versus|cf\b|than|against)"
)
# "We look at a single lesion lying in the corner".
_SEES = re.compile(
    r"^\s*(?:we|i|one|you)\s+(?:(?:can|am|are|is)\s+)?(?:look(?:s|ing)?\s+at|sees?|finds?|notes?|"
    r"notices?)\s+(?!no\b)(?:[\w-]+,?\s+){0,4}$"
)
_WHERE = re.compile(r"seat|position|location")


def subject(case: Case, low: str) -> Subject:
    """Whom a clause speaks of: its first noun that no preposition leads in."""
    return subject_of(nouns(case), structures(case), is_breakable(case), low)


_NEXT = re.compile(r",|\b(?:and|where|below|above|behind|beside)\b")


def is_really_other(case: Case, low: str, start: int) -> bool:
    """Whether a clause goes on from `start` to say that it is something else: "is a fold"."""
    end = _NEXT.search(low, start)
    said = low[: end.start()] if end else low
    return _is_really(structures(case)).search(said, start) is not None


def is_broken(case: Case, low: str) -> bool:
    """Whether a clause tells of a break in other words: "the cortex gives way"."""
    return is_breakable(case) and _BROKEN.search(low) is not None


def is_breakable(case: Case) -> bool:
    """Whether a break is what is outlined."""
    return "fracture" in (case.target, case.diagnosis)


# Several checks ask of the same clause.
@lru_cache(maxsize=512)
def subject_of(targets: str, others: str, breakable: bool, low: str) -> Subject:
    """`subject` of a clause, by the patterns for the case's nouns and for all else in sight."""
    found = found_nouns(targets, others, low)
    heads = [noun for noun in found if not noun.inner]
    # "Hand: solitary break in the cortex"; but "Ribs: no fracture".
    titled = ":" in low and _TITLE.match(low)
    if titled and (
        low.startswith(_PLACE_TITLES)
        or (
            _PLACE_AHEAD.match(low)
            and not any(noun.start >= titled.end() and not noun.is_target for noun in found)
        )
    ):
        return "target"
    if titled and heads and heads[0].end <= titled.end():
        heads = [noun for noun in heads if noun.start >= titled.end()] or heads
        if heads[0].end <= titled.end() and low.startswith(_OWN_TITLES):
            return "none"
    if not any(noun.is_target for noun in heads) and (
        _SHARE_FIRST.match(low) or _ALL_OF_IMAGE.match(low)
    ):
        return "none"
    if _HELD_AGAINST.match(low):
        return "none"
    if found and found[0].is_target and _SEES.match(low, 0, found[0].start):
        return "target"
    broken = breakable and _BROKEN.search(low) is not None
    if not heads and not broken:
        if found and found[0].is_target and _IMAGE_HOLDS.match(low):
            return "target"
        # "A small part of the gullet": what it is a part of.
        part = found and not found[0].is_target and _PART_OF.match(low, 0, found[0].start)
        return "other" if part else "none"
    if broken:
        return "target"
    head = heads[0]
    if _EDGE_OF_IMAGE.match(low) and not _holds_target(low, head, found):
        return "none"
    if head.is_target:
        # "The dark area at the top left is the lumen."
        named = not _WHERE.fullmatch(low, head.start, head.end) and _is_really(others).search(
            low, head.end
        )
        return "other" if named else "target"
    if _AFFECTED.search(low, 0, head.start) or _SO_CALLED.match(low) or _AT_SITE.match(low):
        return "target"
    return "target" if _holds_target(low, head, found) else "other"


def _holds_target(low: str, head: Noun, found: tuple[Noun, ...]) -> bool:
    """Whether a clause says of its subject that it shows the outlined thing."""
    return any(noun.is_target and _HOLDS.search(low, head.end, noun.start) for noun in found)


_SEVERAL = re.compile(
    r"(?:foci|spots|dots|opacities|nodules|masses|lesions|areas|regions|patches|tumours|structures|"
    r"shadows|densities|elevations|polyps|fractures|breaks|marks|bumps|plaques|naevi|nevi)"
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
    head = next((noun for noun in found_nouns(targets, others, low) if not noun.inner), None)
    return head is not None and words.fullmatch(low, head.start, head.end) is not None
