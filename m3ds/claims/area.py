"""Shares of the image that a text claims, against the measured area."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.alternatives import gathered
from m3ds.claims.idioms import likened_sizes
from m3ds.claims.polarity import is_denied, is_supposed, is_usual
from m3ds.claims.shares import FILLING, MOST, Share, shares
from m3ds.claims.size_words import MEANS
from m3ds.claims.stated import stated
from m3ds.claims.subject import Subject, subject
from m3ds.claims.text import Clause, Text, every_clause, words
from m3ds.claims.words import IMAGE, any_of
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import SIZE

_POSITION = re.compile(
    r"^\s*(?:of|along|in|through)?\s*(?:the\s+|its\s+|that\s+)?(?:(?:image|picture|frame|film|"
    r"radiograph|photograph|scan)(?:'s)?\s+)?(?:width|height|depth|breadth|way\b|down\b|across\b|"
    r"up\b|above\b|below\b|from\b|in\s+from\b|left\b|right\b)"
)
_FROM_EDGE = re.compile(
    r"^[^,;.]{0,35}\bfrom\s+(?:the\s+|its\s+|that\s+)?(?:[\w']+\s+)?(?:left|right|top|"
    r"bottom|upper|lower|edge)\b"
)
_OF_OTHER = re.compile(
    r"^\s*(?:of\s+(?:such|all|cases|patients|these|those|lesions|nodules|its(?!\s+(?:area|surface|"
    r"extent))|them|the\s+(?:lesion|nodule|mass|polyp"
    r"|margin|border|circumference|tumour|cases|thorax|thoracic|chest|hemithorax|lung|"
    r"bone|cortex|shaft|depth|diameter|transverse))"
    r"|sure|clear|certain|confident|safe|sensitivity|specificity|probability|likelihood|certainty|"
    r"confidence|risk|chance|stenosis|magnification|larger|smaller|wider|longer)\b"
)
_OF_IMAGE = re.compile(
    r"^\s*(?:or\s+so\s*)?(?:\)\s*)?(?:of\s+)?(?:(?:the|this|its|our|whole|total|"
    rf"entire|visible|available|exposed|full|overall|displayed|imaged|\w+oscopic|"
    rf"radiographic)\s+){{0,4}}(?:{IMAGE}|area|surface|pixels|it\b)"
)
_FILLS = re.compile(
    r"\b(?:cover\w*|fill\w*|occup\w+|tak(?:e|es|ing)\s+up|account\w*|claim\w*|"
    r"compris\w+|amount\w*|measur\w+"
    r"|add(?:s|ing)? up|involv\w+|constitut\w+|represent\w*|correspond\w*|mak(?:e|es|"
    r"ing)\s+up|span\w*|extends? over"
    r"|area|size|extent|small|large|tiny|moderate|affect\w*|equat\w+|comes? to|works? "
    r"out|replac\w+|goes? to|falls? to|belongs? to|taken|devoted|given over|spills|spreads|"
    r"extends|stretches|sprawls|footprint|big|in total|total)\b"
)
# What is left of the image, and a pair of coordinates, are no size.
_OF_THE_REST = re.compile(
    r"\b"
    + gathered(
        r"remaining|remainder|rest of|(?<!than )(?<!as )(?<!to )(?<!with )(?<!from )(?<!against "
        r")(?<!that of )(?<!that of the )(?<!than the )(?<!to the )(?<!with the )(?<!from the )"
        r"(?<!against the )normal (?:tissue|lung|skin|mucosa|parenchyma)|"
        r"(?<!than the )(?<!to the )(?<!with the )(?<!from the )(?<!against the )(?<!than )(?<!to )"
        r"healthy(?! (?:retina|chest|eye|breast|gland)\b)|uninvolved"
    )
    + r"\b|\(\s*(?:x\s*=\s*)?\d+(?:\.\d+)?\s*%\s*[,;/]"
)
_HALF = re.compile(
    r"(?:^|\b(?:good|full|fully|covers?|covering|fills?|filling|occup\w+|up|over|than|to|for|sum|"
    r"total|all|least|most|is|of|be|beyond|by|takes?|one))\s*$"
)
_EACH = re.compile(
    r"\b(?:each(?! other)|the (?:larg|small|bigg|main|dominant)\w*|largest|smallest|one of|"
    r"individual\w*|the other|(?:larger|smaller|bigger)(?! than)|biggest)\b"
)
_DOMINATES = re.compile(r"\bdominat(?:es|ing)\s+(?:the|this)\s+(?:\w+\s+)?" + IMAGE + r"\b")


_HELD_AGAINST = re.compile(
    r"\b(?:leav\w+|left|spar\w+)\s+$|\b(?:measured|counted|averaged|taken|computed) (?:over|across|"
    r"on|in)\s+$|\b(?:compared|comparison|relative|relation|proportion|against|referred|"
    r"of)\s+(?:(?:with|to|the)\s*)*$"
)


def check_area(case: Case, text: Text) -> Iterator[Failure]:
    """Shares of the image agree with the area fraction."""
    area = area_of(case)
    if area is None:
        return
    several = (case.facts.n_regions or 0) > 1
    tied = stated(case, text)
    for clause, whom in (*tied, *_argued(case, text, tied)):
        if whom == "other" or (several and _EACH.search(clause.low)):
            continue
        if _OF_THE_REST.search(clause.low):
            continue
        for share in shares(clause.low):
            # "The other 98 %" tells the same.
            rest = abs(1 - area - share.value) < 0.02 and (
                _OTHER.search(clause.low)
                or any(_agrees(clause.low, other, area) for other in shares(clause.low))
            )
            if _is_area(clause.low, share) and not rest and not _agrees(clause.low, share, area):
                yield wrong_size(clause, area, share.words)
                break
        for match in () if words(clause.low).isdisjoint(FILLING) else MOST.finditer(clause.low):
            denied = is_denied(clause.low, *match.span()) or _HELD_AGAINST.search(
                clause.low, 0, match.start()
            )
            told = any(_agrees(clause.low, share, area) for share in shares(clause.low))
            if _FILLS.search(clause.low) and not denied and not told and area < 0.4:
                yield wrong_size(clause, area, match.group())
        for like in likened_sizes(clause.low):
            if not like.low <= area <= like.high and not (
                like.low > 0 and is_denied(clause.low, like.start, like.end)
            ):
                yield wrong_size(clause, area, like.words)
        found = _DOMINATES.search(clause.low)
        if found and area < 0.06:
            yield wrong_size(clause, area, found.group())


_OTHER = re.compile(r"\b(?:other|outside|leav\w+|rest|remain\w*)\b")
_TAKES_MOST = re.compile(r"\bmost of the\b")


_SIZE_OF = re.compile(r"\b(?:size|area|extent|share) of (?:about |around |roughly )?$")


def _argued(
    case: Case, text: Text, tied: tuple[tuple[Clause, Subject], ...]
) -> Iterator[tuple[Clause, Subject]]:
    """The other clauses of the reasoning that tell shares of an image: of this one, then."""
    known = {clause for clause, _ in tied}
    for clause in every_clause(text, "reasoning"):
        if clause in known or is_supposed(clause.low) or is_usual(_TAKES_MOST.sub("", clause.low)):
            continue
        if any(
            _OF_IMAGE.match(clause.low[share.end :]) or _SIZE_OF.search(clause.low, 0, share.start)
            for share in shares(clause.low)
        ):
            yield clause, subject(case, clause.low)


# "A third opaque area: none."
_ORDINAL = re.compile(r"\ba (?:third|fourth|fifth|sixth)$")
_FURTHER = re.compile(r"\s+[a-z-]+\s+(?:area|region|zone|patch)\b")


def _is_area(low: str, share: Share) -> bool:
    tail = low[share.end : share.end + 80]
    if _POSITION.match(tail) or _FROM_EDGE.match(tail) or _OF_OTHER.match(tail):
        return False
    if _ASIDE.search(low, 0, share.start) or _NO_EXTENT.search(low, 0, share.start):
        return False
    if _PART_OF_IT.match(tail) or _TO_AN_EDGE.search(low, 0, share.start):
        return False
    if re.search(
        r"\b(?:by|every|each|times|factor of|ratio|magnified)\s+(?:about\s+)?$", low[: share.start]
    ):
        return False
    head = low[: share.start]
    if share.words == "half" and not _HALF.search(head):
        return False
    if "half" in share.words and re.search(
        r"\b(?:left|right|upper|lower|top|bottom|other|opposite|this|that|either|the|which)[\s-]+$",
        head,
    ):
        return False
    if re.match(r"[\s-]*(?:height|way|depth|moon|tone|hour|dozen)", tail):
        return False
    if re.search(r"\b(?:depth|height|level)\s+(?:of\s+)?$", head):
        return False
    if re.match(r"\s*(?:threshold|limit|mark|cut-?off)\b", tail):
        return False
    if _OF_IMAGE.match(tail):
        beyond = _BEYOND.search(tail) is not None and _FILLS.search(head) is None
        return not beyond and _EITHER_WAY.search(tail) is None
    if share.in_per_cent:
        return bool(_IN_AREA.match(tail)) or _is_sized(low, share)
    if _ORDINAL.search(share.words) and _FURTHER.match(tail):
        return False
    return _is_sized(low, share) and not re.match(r"\s*(?:of|as|smaller|larger|the)\b", tail)


_IN_AREA = re.compile(r"\s+(?:in|of)\s+(?:area|size|extent)\b")
# "Confidence is about 90 %", "90 % of it has the same tone".
_NO_EXTENT = re.compile(
    r"\b(?:confidence|certainty|probability|likelihood|chances?|noise|sensitivity|specificity|"
    r"accuracy|quality|odds|exposure|magnification|cup|cupping|ratio|index|quotient)\b[^,;]{0,30}$"
    r"|\b(?:x|y|position|column|row|horizontally|vertically)\s*(?:[:=]|at|about)?\s*$"
)
# "19 % of the width from the left edge, from the right edge 81 %".
_TO_AN_EDGE = re.compile(
    r"\b(?:from|to)\s+the\s+(?:left|right|top|bottom|upper|lower)(?:\s+(?:edge|border|margin|"
    r"one))?\s*(?:about\s+|roughly\s+|:\s*)?$"
)
_PART_OF_IT = re.compile(
    r"\s*of\s+(?:it|them)\s+(?:has|have|shows?|lies?|looks?|remains?|(?:is|are)\s+"
    r"(?!covered|occupied|taken|filled|affected|involved))"
)
# "Minimally higher than half the frame" places.
_ASIDE = re.compile(
    r"\b(?:(?:higher|lower|deeper|further (?:down|up|left|right)) than|above|below|beyond|left of|"
    r"right of)\s+(?:the\s+)?$"
)


# "A little above mid-depth (46 %)": a bare share tells what was last spoken of.
_PLACING = re.compile(
    r"\b(?:vertical\w*|horizontal\w*|mid-?(?:depth|height|line|point|way)|half|cent(?:re[ds]?|"
    r"ral\w*)|middle|left|right|above|below|deviation|down|across|height|width|level|axis|halfway|"
    r"position|top|bottom|x|y)\b"
)


_SIZED = re.compile(rf"{_FILLS.pattern}|\b(?:areas|shares?|portion|proportion|how much)\b")
_SIZE_SAID = re.compile(rf"\s*[,:(]\s*(?:just |thus |so |hence )?(?:{any_of(MEANS)})\b")
_SIZE_OF_IT = re.compile(r"\s*(?:its |the |their )?(?:size|share|area|extent)\b")
# "Right and down of it by small steps (3 % and 5 %)".
_IN_STEPS = re.compile(r"\bby (?:a )?(?:small|tiny|minimal) (?:steps?|amounts?|shifts?)\s*$")
_PIECE = re.compile(r"[^,;:()]+")
_PIECE_ENDS = re.compile(r"[^,;:()]*")


def _is_sized(low: str, share: Share) -> bool:
    """Whether a bare share goes with a size and not with a place: by what was last spoken of."""
    rest = _PIECE_ENDS.match(low, share.end)
    said = f"{low[: share.start]} {rest.group() if rest else ''}"
    for piece in reversed(_PIECE.findall(said)):
        if _SIZED.search(piece):
            return not _IN_STEPS.search(piece)
        if _PLACING.search(piece) and not _SIZE_OF_IT.match(low):
            return False
    # "8 %, moderate."
    return _SIZE_SAID.match(low, share.end) is not None


# "Two thirds of the image lie below it."
_BEYOND = re.compile(
    r"\b(?:lies?|is|are|remains?)\s+(?:seen\s+)?(?:below|above|beside|beneath|to the|left of|"
    r"right of)\b|\b(?:is|are|remains?)\s+(?:normal|free|clear|healthy|unaffected|spared|"
    r"unremarkable|uninvolved|empty|blank)\b|\bshows?\s+(?:nothing|no\b|only normal|normal)|"
    r":\s*(?:no|nothing|none|free|normal|clear|empty|nil)\b"
)


# "6 % of the frame in either direction" is an offset.
_EITHER_WAY = re.compile(r"\bin\s+(?:either|each|both|every)\s+(?:directions?|ax[ei]s|ways?)\b")


def _agrees(low: str, share: Share, area: float) -> bool:
    # "Not larger than a half" is a bound of its own; a plain denial of a share says little.
    if _DENIED_SHARE.search(low, 0, share.start) and not re.match(r"(?:not|no) ", share.words):
        return not (0.8 * share.value <= area <= 1.2 * share.value)
    return share.low <= area <= share.high


_DENIED_SHARE = re.compile(
    r"\b(?:(?:no|not)(?! (?:\w+er|more|less|quite|even|much|far)\b)|nor|never|neither|cannot|n't|"
    r"rather than|instead of)\b(?:\s+(?!(?:and|but|so)\b)[\w'-]+){0,4}\s+$"
)


def area_of(case: Case) -> float | None:
    """The share that is outlined; of a negative none, measured or not."""
    return 0.0 if case.is_negative else case.facts.area_fraction


def wrong_size(clause: Clause, area: float, said: str) -> Failure:
    """What is wrong with a size that a clause claims."""
    return Failure(
        code="size",
        step=clause.sentence.step,
        sentence=clause.sentence.text,
        expected=f"{SIZE.word(area)} ({100 * area:.2f} % of the image)",
        claimed=said.strip(),
    )
