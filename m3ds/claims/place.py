"""Sides, heights and positions that a text claims, against the measured centroid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from m3ds.claims.alternatives import gathered
from m3ds.claims.corners import cornered
from m3ds.claims.denial import denied_things
from m3ds.claims.emptiness import EMPTY, OF_PLACE, SAYS_CLEAR, is_empty, statements
from m3ds.claims.idioms import likened_places
from m3ds.claims.itself import AVOIDED, is_of_itself
from m3ds.claims.nouns import known_nouns
from m3ds.claims.polarity import is_denied, is_denied_ahead, is_sought, is_supposed, is_usual
from m3ds.claims.position import Claim, misplaced, positions
from m3ds.claims.rows import centres, rows
from m3ds.claims.sides import sides, sides_of_organs
from m3ds.claims.stated import stated
from m3ds.claims.subject import Subject, is_breakable, subject
from m3ds.claims.text import Clause, Text, every_clause
from m3ds.claims.words import IMAGE, counted
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import SIDE_SLACK

_MANY_SLACK = 0.10  # the centroid of several regions stands for none of them in particular
# How far inside a place the centroid has to be for "nothing there" to be wrong, and "no lesion".
_CLEARLY, _CLEARLY_DENIED = 0.12, 0.04
# Without one of these, a clause places nothing: the dear patterns need not look.
_SOMEWHERE = re.compile(
    r"\b"
    + gathered(
        r"left\w*|right\w*|upper|lower|lowest|highest|top|bottom|superior|inferior|uppermost|"
        r"lowermost|topmost|bottommost|cent\w+|mid\w*"
        r"|half\w*|corners?|thirds?|quarters?|fifths?|tenths?|ceiling|roof|floor|foot|liver|"
        r"hepatic|heart|rows?|transducer|probe|strip|begins|starts|ends?|stops|width|height|high|"
        r"low|higher|above|below|beneath|under\w*|deep\w*|shallower|superficial\w*|ap(?:ex|ical|"
        r"ices)|bas(?:e|es|al)"
        r"|upwards?|downwards?|up|down|near|far|way|width|height|depth|breadth|equator|"
        r"leftwards?|rightwards?|o'?\s?clock|dead|from|axis"
    )
    + r"\b"
)
_EXEMPT = re.compile(
    r"\b(?:elsewhere|outside|otherwise|beyond|remaining|remainder|rest|other|else|further|second"
    r"|additional|another|comparable|similar|such|apart|aside|besides|except|more|of it|from it"
    r"|surround\w*|adjacent|neighbouring|away|around|opposite|third|fourth|fifth|satellite\w*|"
    r"(?:quadrants?|parts?|sides?|halves|thirds|corners?) (?:but|save|bar)|mirror)\b"
)
# Without a known subject a clause places the outlined thing only where it begins like this:
# "close to the lower edge", "lies left of the midline"; "fingertips at the top" are something else.
_PLACES = re.compile(
    r"^\s*(?:(?:and|but|also|just|slightly|a little|a bit|somewhat|roughly|almost|nearly|exactly|"
    r"very|far|well|right|clearly|distinctly|definitely|markedly|practically|seen|then|there|"
    r"horizontal\w*|vertical\w*|overall|again)[\s,]+)*(?:(?:i|we|one)\s+(?:would\s+|"
    r"should\s+)?(?:place|put|locate)s?\s+(?:it|this|them|that)\b|(?:more|most|the bulk|"
    r"the larger part) of (?:it|them)|not|at|in|on|near|by|down|up|deep|hard|close|towards?|to|"
    r"above|below|beneath|under|within|along|against|from|off|lies|lying|sits|sitting|is|are|"
    r"stands?|lie|located|situated|placed|positioned|centred|found|position|location|site|where|"
    r"left|right|upper|lower|top|bottom|central|centrally|centre|middle|high|low|high|half\s?way|"
    r"midway|mid-?\w+|(?:my )?attention|horizontally|vertically|its|their|look|shifted|displaced|"
    r"offset|deviat\w+|(?:an?|one)\s+(?:[\w-]+\s+){1,4}?(?:(?:is|are)\s+(?:seen|visible|present|"
    r"noted|found|identified|located|situated)|lies|sits)|this (?:level|point|place|"
    r"stretch) (?:falls|lies|is|sits)|the (?:affected|involved|damaged|abnormal|altered|relevant|"
    r"pathological|conspicuous|suspicious|eye|position|location|site|centre|midpoint|largest|"
    r"larger|smaller|dominant|striking|most|main|only)|\d+)\b"
)
_OTHER_PLACE = re.compile(
    r"\b(?:elsewhere|mirror(?:ed)? (?:position|place|site)|both the left and|(?:opposite|"
    r"contralateral|other) (?:side|half|lung|lobe|breast|hemithorax|hand(?!,)|eye))\b"
)
_ONE_OF_MANY = re.compile(
    r"\b(?:one (?:is|lies|sits|in|on|at|of|near|to)|the other|(?<!one )another|others?|second|"
    r"respectively|largest"
    r"|larger|biggest|bigger|smallest|smaller|dominant|main|each(?! side)|bilateral\w*|former|"
    r"latter"
    r"|first(?! glance| sight| look)|(?:some|few)(?! \d))\b"
)
_ALL = re.compile(r"\b(?:(?:taken )?together|as a whole|all of them|all (?:two|three|four|five))\b")
_BOTH = re.compile(r"\b(?:both|all)(?: of them)? (?:are|lie|sit|is|stand)\b")


def check_place(case: Case, text: Text) -> Iterator[Failure]:
    """Sides, heights and positions agree with the centroid."""
    if case.is_negative:
        yield from _places_of_nothing(case, text)
        return
    x, y = case.facts.centroid_x, case.facts.centroid_y
    if x is None or y is None:
        return
    several = case.facts.n_regions is not None and case.facts.n_regions > 1
    tied = stated(case, text)
    for clause, whom in _statements(case, (*tied, *_in_passing(case, text, tied))):
        # Where both are on a side, so is what lies between them.
        slack = SIDE_SLACK if not several or _BOTH.search(clause.low) else _MANY_SLACK
        if whom == "other" and not (EMPTY.search(clause.low) and _of_organ(case, clause.low)):
            continue
        if several and _ONE_OF_MANY.search(clause.sentence.low) and not _ALL.search(clause.low):
            continue
        # "Left, nothing."
        if _NOTHING_THERE.match(clause.sentence.low, len(clause.before) + len(clause.low)):
            continue
        other = _OTHER_PLACE.search(clause.low)
        claims = [
            claim for claim in _claims(case, clause) if not (other and other.start() < claim.start)
        ]
        if not claims and "corner" not in clause.low:
            continue
        if is_empty(case, clause) and not _NOTHING_IN_IT.match(clause.low):
            if clause.sentence.step == "reasoning":
                continue
            named = denied_things(case).search(clause.low)
            if (named or SAYS_CLEAR.search(clause.low)) and not (
                several or _EXEMPT.search(clause.sentence.low)
            ):
                margin = _CLEARLY_DENIED if named else _CLEARLY
                yield from _denied_places(claims, clause, x, y, margin)
            continue
        if whom == "other" or (
            whom == "none" and (OF_PLACE.match(clause.low) or not _PLACES.match(clause.low))
        ):
            continue
        lateral = {claim.high < 1 for claim in claims if claim.code == "side"}
        if len(lateral) > 1 and case.facts.n_regions != 1:
            claims = [claim for claim in claims if claim.code != "side"]
        yield from cornered(clause, x, y)
        refused: set[str] = set()
        for claim in claims:
            measured = x if claim.axis == "x" else y
            wide = slack if claim.slack is None else max(slack, claim.slack) if claim.slack else 0
            if claim.code not in refused and not claim.low - wide <= measured <= claim.high + wide:
                refused.add(claim.code)
                yield misplaced(claim.code, claim.words, clause, x, y)


def _statements(
    case: Case, clauses: Iterable[tuple[Clause, Subject]]
) -> Iterator[tuple[Clause, Subject]]:
    """Clauses, and of those that hold several statements each by itself."""
    for clause, whom in clauses:
        # Most clauses place nothing.
        parts = statements(clause) if _SOMEWHERE.search(clause.low) else (clause,)
        for part in parts:
            yield part, whom if part is clause else subject(case, part.low)


_IN_IMAGE = re.compile(
    r"\b(?:in|at|on|near|towards?|into) (?:the|its)\s+(?:(?:far|extreme|very|outer|upper|lower|top|"
    r"bottom|left|right)(?:-hand)?,?[\s-]+)+(?:(?:half|third|quarter|quadrant|corner|part|side|"
    r"portion|area|region|edge|border|margin)\s+)?"
    rf"(?:of|in) (?:the|this) (?:\w+\s+)?{IMAGE}\b"
    r"|\b(?:in|into|at|to) (?:the|its) (?:(?:far|extreme|very|upper|lower|top|bottom|left|"
    r"right)[\s-]+)+corner\b"
    rf"|\b(?:in|at|on|near|towards?) (?:the|this) (?:{IMAGE})'s (?:far |extreme )?(?:upper|lower|"
    rf"top|bottom|left|"
    r"right)\b|\b(?:far|well|clearly) to the (?:left|right) of (?:the )?(?:centre|middle|midline)\b"
    r"|\bits position (?:at|in|near|on) the (?:[\w-]+ ){0,4}[\w-]+"
)
_NOTHING_NEXT = re.compile(r",\s*(?:nothing|none|neither|no)\b")
_NOTHING_THERE = re.compile(r",\s*(?:nothing|none)\s*(?:$|[.;])")
_BONE = re.compile(r"\b(?:bones?|cortex|cortices|shafts?|contours?)\b")
_SUCH = re.compile(r"\bone such\b")
_NOTHING_IN_IT = re.compile(r"^\s*nothing (?:in|of|about) (?:this|the|its)\b(?! (?:kind|sort)\b)")


def _in_passing(
    case: Case, text: Text, tied: tuple[tuple[Clause, Subject], ...]
) -> Iterator[tuple[Clause, Subject]]:
    """The places in the image that other clauses tell: in this one, whatever they go on to say."""
    known = {clause for clause, _ in tied}
    for clause in every_clause(text, "analysis", "reasoning"):
        found = None if clause in known else _IN_IMAGE.search(clause.low)
        if found is None:
            continue
        told = clause._replace(low=clause.low[: found.end()])
        if is_sought(clause.low) or is_supposed(told.low) or is_usual(_SUCH.sub("", told.low)):
            continue
        # "Nothing in this spot at the edge suggests ...": the spot is there.
        if is_denied_ahead(told.low, found.start()) and not _NOTHING_IN_IT.match(told.low):
            continue
        main = clause._replace(low=clause.low.partition(", where")[0])
        if is_empty(case, main) and not _NOTHING_IN_IT.match(told.low):
            continue
        # "Further out, at the upper edge, nothing follows": the next clause empties the place.
        if _NOTHING_NEXT.match(clause.sentence.low, len(clause.before) + len(clause.low)):
            continue
        of_bone = is_breakable(case) and _BONE.search(clause.low)
        of_other = subject(case, clause.low) == "other" and not any(
            of_bone or noun.is_target for noun in known_nouns(case, clause.low)
        )
        if subject(case, told.low) != "other" and not of_other:
            yield told, "target"


_ORGANS = {
    "nodule": r"gland|lobe|thyroid|parenchyma",
    "tumor": r"breast|parenchyma|glandular",
    "lesion": r"skin",
    "polyp": r"mucosa|bowel wall",
    "fracture": r"bones?|cortex",
    "finding": r"lungs?|lung fields?|hemithorax|lung parenchyma",
}


def _of_organ(case: Case, low: str) -> bool:
    """Whether a clause speaks of the organ looked at, where "clear" means without the lesion."""
    organ = _ORGANS.get(case.target, r"image")
    return (
        re.match(
            rf"^\s*(?:the\s+)?(?:[\w-]+\s+){{0,3}}?(?:{organ})\b(?!\s+(?:apex|base|line))", low
        )
        is not None
    )


# "At the base" is low in a chest, and anywhere in anything else.
_OF_LUNG = re.compile(r"\b(?:ap(?:ex|ices|ical)|bas(?:e|es|al))\b")
_OF_FRAME = re.compile(rf"\s+of\s+(?:the|this)\s+{IMAGE}\b")
_ORIGIN = re.compile(
    r"\b(?:count|measur|reckon)(?:ed|ing)\s+from\s+the\s+(?:(?:upper|top|lower|bottom)[\s-]+)?$"
)
_COUNTED = re.compile(r"\d|\b(?:tenth|third|quarter|fifth|half)s?\b")


def _claims(case: Case, clause: Clause) -> Iterator[Claim]:
    low = clause.low
    if not _SOMEWHERE.search(low):
        return
    for claim in (
        *sides(low, case.laterality),
        *sides_of_organs(low, case.laterality),
        *rows(low),
        *centres(low, clause.before),
        *positions(low, clause.before),
        *likened_places(low),
    ):
        if (
            case.anatomy != "chest"
            and _OF_LUNG.search(claim.words)
            and not _OF_FRAME.match(low, claim.end)
        ):
            continue
        # "Counting from the upper left corner".
        if (
            (_ORIGIN.search(low, 0, claim.start) and _COUNTED.search(low))
            or AVOIDED.search(low, 0, claim.start)
            or is_of_itself(clause, claim.start, claim.end)
        ):
            continue
        if not is_denied_ahead(low, claim.start) or is_empty(case, clause):
            yield claim


_HIGH_OR_LOW = re.compile(
    r"\b(?:ap(?:ex|ices|ical)|bas(?:e|es|al)|hil(?:um|a|ar)|thirds|costophrenic|angles?|upper|"
    r"lower|top|bottom|middle|mid)\b"
)


def _denied_places(
    claims: list[Claim], clause: Clause, x: float, y: float, margin: float
) -> Iterator[Failure]:
    """What a text says to be empty may not hold the very thing."""
    # "The left apex is clear" empties no more than the apex.
    partly = _HIGH_OR_LOW.search(clause.low) and " to " not in clause.low
    if partly and not any(claim.axis == "y" for claim in claims):
        return
    if claims and all(
        claim.code in {"side", "quadrant", "position"}
        and claim.low + margin * (claim.low > 0) <= (x if claim.axis == "x" else y)
        and (x if claim.axis == "x" else y) <= claim.high - margin * (claim.high < 1)
        for claim in claims
    ):
        yield misplaced(claims[0].code, clause.low.strip()[:80], clause, x, y)


def _places_of_nothing(case: Case, text: Text) -> Iterator[Failure]:
    """Where a negative is said to have what it has not; its anatomy may lie anywhere."""
    thing = re.compile(rf"\b{counted(case)}\b")
    for clause in every_clause(text, "findings", "analysis"):
        low = clause.low
        claims = [*sides(low, "image"), *rows(low), *centres(low), *positions(low, "")]
        if not claims:
            continue
        exact = any(claim.code == "position" for claim in claims)
        named = any(not is_denied(low, *match.span()) for match in thing.finditer(low))
        if exact or (named and not EMPTY.search(low) and subject_is_thing(case, low)):
            yield Failure(
                code="quadrant",
                step=clause.sentence.step,
                sentence=clause.sentence.text,
                expected="nothing to be placed",
                claimed=claims[0].words,
            )


def subject_is_thing(case: Case, low: str) -> bool:
    """Whether the first free noun of a clause is what a source outlines."""
    head = next((noun for noun in known_nouns(case, low) if not noun.inner), None)
    return head is not None and re.fullmatch(counted(case), low[head.start : head.end]) is not None
