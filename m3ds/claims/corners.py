"""Corners and far ends that a text claims: places that are off both axes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.itself import is_of_itself
from m3ds.claims.polarity import is_denied
from m3ds.claims.position import misplaced
from m3ds.claims.text import Clause
from m3ds.claims.words import IMAGE
from m3ds.schema.text import Failure

# A corner is far from both axes.
_CORNER = re.compile(
    r"(?:\b(?:in|into|to|at|towards?|near|filling|fills|occup\w+)|\b(?:position|location|site|"
    r"where|in image)\s*:)\s+(?:(?:an?|the|one|its|our|far|outer|upper|lower|top|bottom|left|right|"
    r"inferior|superior)[\s-]+)*(?:corner\b|(?:one )?of (?:the|its|"
    r"our) (?:\w+ )?corners\b)(?! of the (?:lesion|nodule|mass|polyp|opacity|bone|eye))"
)
_OFF_AXIS = 0.08
_SIDEWAYS = r"(?:upper|lower|top|bottom)[\s-]+(?:left|right)(?:-hand)?"
# "At the far upper left" is as much as a corner; "at the upper left of the image", off the centre.
_FAR_OUT = re.compile(
    rf"\b(?:far|extreme|very)[\s-]+{_SIDEWAYS}\b(?! of (?:the )?(?:centre|middle))"
    rf"|\b(?:at|along|near|by|touching)\s+the\s+{_SIDEWAYS}\s+(?:edge|border|margin)\b"
)
_OFF_CENTRE = re.compile(
    rf"\b(?:in|at|towards?|into|near)\s+the\s+{_SIDEWAYS}(?:\s+(?:side|part|area|region))?\s+of\s+"
    rf"(?:the|this)\s+(?:\w+\s+)?{IMAGE}\b"
    rf"|,\s*(?:far\s+)?{_SIDEWAYS}\s+of\s+(?:the\s+)?{IMAGE}\b"
)
_AT_CENTRE = 0.06


def cornered(clause: Clause, x: float, y: float) -> Iterator[Failure]:
    """The corners and far ends that a clause claims and the centroid does not lie in."""
    offsets = abs(x - 0.5), abs(y - 0.5)
    for pattern, off in (
        (_CORNER, min(offsets) >= _OFF_AXIS),
        (_FAR_OUT, min(offsets) >= _OFF_AXIS),
        (_OFF_CENTRE, max(offsets) >= _AT_CENTRE),
    ):
        found = pattern.search(clause.low)
        if found is None or off or is_of_itself(clause, *found.span()):
            continue
        if not is_denied(clause.low, *found.span()):
            yield misplaced("quadrant", found.group(), clause, x, y)
            return
