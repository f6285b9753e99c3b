"""Places that are a part of the thing spoken of, or that it points to or keeps clear of."""

from __future__ import annotations

import re

from m3ds.claims.text import Clause
from m3ds.claims.words import IMAGE

# "Its axis runs from the upper left to the lower right", "it tapers towards the top".
_DIRECTED = re.compile(
    r"\b(?:point(?:s|ing|ed)?|run(?:s|ning)|axis|direct\w+|(?:extends|reaches)\s+(?:more|further|"
    r"farther|as\s+far)|(?:shadow|light|reflex)\s+falls|(?P<sways>lean(?:s|ing)?|tilt(?:s|ed)|"
    r"taper\w*|widen\w*|narrows|fad(?:es|ing)|gets|slop(?:es|ing)|inclin\w+|bend(?:s|ing)|bent|"
    r"curv(?:es|ed|ing)))\b[^,;.]{0,40}?\b(?:to|towards?|from|"
    r"into)\s+(?:the\s+)?(?:[\w-]+\s+){0,2}(?:left|right|upper|lower|top|bottom)\b"
)
_TO = re.compile(r"\bto\s+(?:the\s+)?(?:[\w-]+\s+)?$")
_OF_MIDDLE = re.compile(r"[\w-]*\s+of\s+(?:the\s+)?(?:mid-?line|centre|middle|mid-?point)\b")
_SIDE_OF_IMAGE = re.compile(rf"[\w-]*(?:\s+(?:side|part|half))?\s+of\s+(?:the|this)\s+{IMAGE}\b")
_ITS = re.compile(
    r"\b(?:its|their)\s+(?:(?:very|extreme|far|upper|lower)\s+)*$|"
    r"\b(?:(?:with)?in\s+it,?\s+the)\s+$"
)
# "Darkest at the left", "round but for a notch on the left".
_PART_THERE = re.compile(
    r"\b(?:(?:dark|bright|pal|dens|wid|thick|thinn|sharp|smooth|rough|steep|broad)est|flattening|"
    r"notch|indentation|bulge|dent|(?<!phrenic )angle|spike|"
    r"flanked\s+by(?:\s+[\w-]+){1,3})\s+(?:at|on|in|to|towards?)\s+(?:the\s+)?(?:(?:upper|lower|"
    r"top|bottom)\s+)?$"
)
_OF_LESION = re.compile(
    r"\s*(?:left|right)?\s*(?:border|edge|margin|rim|part|half|pole|end|portion|side|third|"
    r"quadrant)?\s+of\s+(?:the|this)\s+(?:lesion|nodule|mass|polyp|tumour|growth)\b"
)
_HAS_PARTS = re.compile(rf"\b(?:{IMAGE}|lungs?|hemithorax|chest|thorax)\b")


def is_of_itself(clause: Clause, start: int, end: int) -> bool:
    """Whether a place at [start, end) is a part of what is spoken of, or where it points."""
    low = clause.low
    found = _DIRECTED.search(low, 0, end)
    if found and (found.end() > start or _TO.search(low, 0, start)):
        sways = found["sways"] and _SIDE_OF_IMAGE.match(low, end)
        return not (sways or _OF_MIDDLE.match(low, end))
    if _PART_THERE.search(low, 0, start) or _OF_LESION.match(low, end):
        return True
    own = _ITS.search(low, 0, start)
    return own is not None and not _HAS_PARTS.search(clause.before + low)


# "It ends well before the lower edge", "it keeps clear of the top".
AVOIDED = re.compile(
    r"\b(?:between\s+(?:it|them|this|the\s+\w+)\s+and|(?:ends?|stops?|"
    r"ceases?)\s+(?:\w+\s+)?(?:before|short\s+of)|(?<!just )(?<!barely )clear\s+of|spar(?:es|ing)|"
    r"(?<!not )(?<!not far )(?:away|far|differs?|distinct|distance)\s+from|contrasts?\s+with|"
    r"leav(?:es|ing)|avoid(?:s|ing))\s+(?:(?:the|its|whole|entire|very|at|in|on|upper|lower|top|"
    r"bottom)\s+)*$"
)
