"""Heights in a clause, and what lies in the middle, in image terms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.position import Claim
from m3ds.claims.text import words
from m3ds.claims.words import IMAGE, phrase

_ROWS = {
    **dict.fromkeys(("upper", "top", "superior", "uppermost", "topmost", "highest"), "upper"),
    **dict.fromkeys(("lower", "bottom", "inferior", "lowermost", "lowest", "bottommost"), "lower"),
}
_ROW = (
    r"(?P<row>upper|top|superior|uppermost|topmost|highest|lowest|lower|bottom|inferior|"
    r"lowermost|bottommost)"
)
_ROW_NOUN = (
    r"(?:part|portion|third|fourth|fifth|sixth|eighth|tenth|half|quadrant|quarter|region|area|"
    r"corner|side|fields?|hemithorax|thorax|chest|zones?|lungs?|end"
    rf"|section|segment of the {IMAGE}|centre|central|middle|mid|midline|left|right|"
    r"edge|margin|border|boundary|limit|frame|rim|rim of the (?:[\w-]+ )?(?:image|frame|picture|"
    r"field|view)|outer|inner|(?:medial|lateral) (?:part|"
    rf"portion)|(?:of\s+)?(?:the\s+|this\s+)?{IMAGE}|strip|band|aspect|most)"
)
_PLACED = re.compile(
    rf"\b{_ROW}[\s-]+(?:most[\s-]+)?(?:(?:{IMAGE})(?:'s)?\s+(?=edge|border|margin|rim))?"
    rf"(?P<noun>{_ROW_NOUN})\b"
)
_OWN_EDGE = re.compile(r"^(?:edge|margin|border|boundary|rim|frame|limit)$")
_NEAR = re.compile(
    r"\b(?:near|close to|towards?|at|along|against|hugging|by|beneath|under|reach\w*|"
    r"touch\w*|location"
    r"|position|abut\w*|next to|adjacent to|beside|to|hugs|adjoin\w*|brush\w*|cling\w* to|"
    r"squeezed against|bordering on|above|below|inside|not far (?:below|above|from)|(?:just|"
    r"close) (?:under|below))[\s:]+(?:the\s+|its\s+)?(?:far\s+|extreme\s+|very\s+|image's\s+)?$"
)
_AT_END = re.compile(
    r"\b(?:at|near|towards?|close to|by|along|in|to|from|against|onto)\s+(?:the\s+|"
    r"its\s+(?=very))?(?:very\s+|extreme\s+|far\s+)?(?P<row>top|bottom)\b(?!\s+(?:of\s+(?:the|its|"
    r"that|this)\s+(?!(?:\w+\s+)?(?:chest|thorax|lungs?|"
    r"hemithorax|" + IMAGE + r")\b)|left|right|layer|end\s+of\s+what))"
)
_HIGH = re.compile(
    r"\b(?P<word>high|low|higher|lower)\s+(?:up\s+|down\s+)?(?:in|on|within)\s+(?:the|this)\s+"
    r"(?:(?:left|right)\s+(?:side\s+|half\s+)?of\s+the\s+)?"
    rf"(?:{IMAGE})\b|\b(?:lies|sits|seen|located|placed|situated|position:|located:|located|fairly"
    r"|rather|quite|positioned|set|very|where:)\s+(?P<at>high|low)\b(?!\s*-|"
    r"\s+(?:in\s+)?(?:echo\w*|density|contrast|signal|suspicion"
    r"|risk|grade|attenuation|level|power|intensity|reflectivity|probability|resolution))"
    r"|(?:^|[:,]\s*)(?P<front>high|low)\s+(?:and|in the|down|up|on the)\b"
    r"|\b(?:so|very|and|well|far|quite|rather)\s+(?P<very>high|low)(?:\s+(?:up|down)\s*(?=[:,]|$|"
    r"that\b)|\s+(?:up\s+|down\s+)?in the (?:image|frame|film|picture|view))(?<!neither high nor "
    r"low)"
    r"|\b(?P<up>upwards?|downwards?|down|"
    r"up)\s+and\s+(?:a\s+\w+\s+)?(?:to\s+the\s+)?(?:left|right)\b"
    r"|\b(?:left|right)\s+and\s+(?:slightly\s+|a\s+little\s+|"
    r"a\s+bit\s+)?(?P<then>down|up|upwards?|downwards?|high|low)\b"
    r"|\b(?P<field>near[\s-]field|far[\s-]field)\b(?!\s+(?:attenuation|gain|artefact|enhancement|"
    r"noise))"
    rf"|\b(?P<deep>deep|superficial)(?:ly)?\s+in\s+the\s+(?:{IMAGE})\b"
)
_HIGHS = {"high", "higher", "up", "upward", "upwards", "near field", "near-field", "superficial"}
_MIDDLE = (
    r"(?:(?:exact|true|very|precise|geometric|geometrical|absolute|dead|image|image's|"
    r"horizontal|vertical|frame's"
    r"|picture's|film's|of the|the|its|half|mid|half-way|optical|anatomical)[\s-]+)*(?:centre|"
    r"middle|mid[\s-]?height|half[\s-]?height|half-way (?:line|mark)|mid-?line|mid-?point|equator|"
    r"halfway(?: line| mark| point| up| down)?|half[\s-]?depth"
    r"|mid-?depth|mid-?level|mid-?way|mid-?field|horizontal axis|central point|centrally)"
)
_RELATIVE = re.compile(
    r"\b(?P<word>above|below|beneath|under|underneath|higher than|lower than|deeper "
    r"than|shallower than"
    r"|superior to|inferior to|higher|lower|deeper|superficial to)\b"
    rf"(?:,?\s+(?!than half|it\b|left above|limit\b)[\w-]+){{0,7}}?,?\s+(?:the\s+)?{_MIDDLE}\b"
)
# "Left of the midpoint and a little above it".
_FROM_IT = re.compile(
    rf"\b{_MIDDLE}(?:\s+of\s+(?:the|this)\s+{IMAGE})?(?:\s+and|,(?:\s+if\s+anything,?)?)\s+"
    r"(?:just\s+|slightly\s+|somewhat\s+|a\s+(?:little|bit|touch|shade)\s+|marginally\s+)?"
    r"(?P<word>above|below|beneath|higher\s+than|lower\s+than)\s+(?:it|that)\b"
)
_ABOVES = {
    "above",
    "higher than",
    "shallower than",
    "superior to",
    "higher",
    "superficial to",
}
# The upper part of the gland may be anywhere in the image; that of a lung is held to more slack.
_OF_ANOTHER = re.compile(
    r"^\s+of\s+(?:(?:it|them|what)\b|(?:the|this|its|that|an?|each)\s+(?!(?:[\w'-]+\s+){0,2}?(?:"
    + IMAGE
    + r"|lungs?|chest|thorax|hemithorax|cent(?:re|ral)|middle)\b))"
)
# "Right lower", "position: upper": without a noun.
_TURNED = re.compile(
    r"\b(?:left|right)[\s-]+(?P<row>upper|lower|superior|inferior)\b(?!\s+(?:arm|limb|"
    r"leg|lobe|extremity|eyelid|lip|jaw|lung|zone|field|pole|quadrant|outer|inner|"
    r"part|half|third|corner))"
    r"|\b(?:position|location|site|where|situated)\s*:\s*(?:[\w-]+[\s,]+){0,"
    r"2}?(?P<then>upper|lower|top|bottom)\b(?!\s+(?:arm|limb|leg|lobe))"
)
_LUNG = re.compile(r"zone|lung|field|hemi|lobe|thorax|chest")
_ZONE_SLACK = 0.12  # zones and fields of a lung, which is not the whole image
_LOBE = re.compile(r"\b(?P<row>upper|lower)\s+(?:lung\s+)?lobe\b")
_APEX = re.compile(
    r"\b(?:(?P<upper>(?:at|in|over|near|about|overlying|within|towards?|up "
    r"to)\s+the\s+(?:very\s+)?(?:(?:left|"
    r"right|lung)\s+){0,2}(?:apex|apices|apical (?:region|zone|area)))"
    r"|(?P<lower>(?:at|in|over|near|about|overlying|within|towards?)\s+the\s+(?:(?:left|"
    r"right|lung)\s+){0,2}(?:bases?|basal (?:region|zone|area)|costophrenic (?:angle|"
    r"sulcus|recess))|(?:just|directly|immediately|right)\s+above\s+the\s+(?:\w+\s+)?"
    r"(?:hemi)?diaphragm))\b"
)


# One of these is in each claim of height.
_HEIGHTS = frozenset(_ROWS) | frozenset(
    phrase(
        "high, higher, low, up, upward, upwards, down, downward, downwards, field, deep, deeply, "
        "superficial, superficially, above, below, beneath, under, underneath, deeper, shallower, "
        "apex, apices, apical, base, bases, basal, costophrenic, diaphragm, hemidiaphragm"
    )
)


# "Nearer to the top than to the bottom" says no more than above the middle.
_NEARER = re.compile(r"\b(?:nearer|closer|less far|rather|more)\s+$")
_NEARER_TO = re.compile(r"\b(?:nearer|closer)\s+(?:to|towards?)\s+(?:the\s+|its\s+)?$")
_THAN_OTHER = re.compile(
    r"\s+than\s+(?:to\s+)?(?:the\s+|its\s+)?(?:upper|lower|top|bottom|other|opposite)\b"
)
_TOUCHES = re.compile(r"\b(?:close|near|next|adjacent|up|down|right|reach\w*|hard|very)\s+$")
_THAN = re.compile(r"\b(?:than|from top)\s+$")
_THAN_TO = re.compile(r"\bthan\s+(?:(?:to|at|in|into|towards?)\s+)?(?:the\s+|its\s+)?$")
_OF_BRIGHTNESS = re.compile(r"\b(?:echo\w*|density|contrast|signal|brightness|attenuation|level)\b")


def rows(low: str) -> Iterator[Claim]:
    """Every claim of height: upper and lower parts, above and below the middle."""
    if words(low).isdisjoint(_HEIGHTS):
        return
    for match in _PLACED.finditer(low):
        noun = match["noun"]
        if _THAN_TO.search(low, 0, match.start()):
            continue
        if (
            _OWN_EDGE.match(noun)
            and not _NEAR.search(low[: match.start()])
            and not re.search(rf"^\s+of\s+(?:(?:the|this)\s+)?{IMAGE}", low[match.end() :])
        ):
            continue
        if _OF_ANOTHER.match(low[match.end() :]) and "image" not in noun:
            continue
        if noun == "limit" and low.endswith("its ", 0, match.start()):
            continue
        if low.startswith(" of normal", match.end()):
            continue
        if _OWN_EDGE.match(noun):
            if _NEARER_TO.search(low, 0, match.start()) and _THAN_OTHER.match(low, match.end()):
                yield _row(_ROWS[match["row"]], match, 0.03)
            else:
                yield _row(_ROWS[match["row"]], match, 0.0, reach=_TOUCHING)
        elif noun in _NTHS:
            yield _row(_ROWS[match["row"]], match, 0.08, reach=1 / _NTHS[noun])
        elif noun in {"strip", "band"}:
            yield _row(_ROWS[match["row"]], match, 0.0, reach=_TOUCHING)
        elif noun in _ENDS or "corner" in low[match.end() : match.end() + 14]:
            yield _row(_ROWS[match["row"]], match, 0.0, reach=_NARROW)
        elif match["row"].endswith(("most", "est")) or noun.startswith("rim"):
            yield _row(_ROWS[match["row"]], match, 0.0, reach=_TOUCHING)
        else:
            slack = _ZONE_SLACK if _LUNG.search(match.group()) else None
            yield _row(_ROWS[match["row"]], match, slack)
    for match in _TURNED.finditer(low):
        yield _row(_ROWS[match["row"] or match["then"]], match)
    for match in _LOBE.finditer(low):
        yield _row(match["row"], match, 0.2)
    for match in _APEX.finditer(low):
        yield _row("upper" if match["upper"] else "lower", match, 0.05 if match["upper"] else 0.08)
    for match in _AT_END.finditer(low):
        if _THAN.search(low, 0, match.start()):
            continue
        if _NEARER.search(low, 0, match.start()):
            yield _row(_ROWS[match["row"]], match, 0.03)
        elif "from" not in match.group():
            aimed = re.match(r"in|toward|to\b", match.group()) and not _TOUCHES.search(
                low, 0, match.start()
            )
            reach = None if aimed else _TOUCHING
            slack = None if reach is None else 0.0
            yield _row(_ROWS[match["row"]], match, slack, reach=reach or 0.5)
    for match in _HIGH.finditer(low):
        if match["up"] and low[: match.start()].endswith("way "):
            continue
        if match["at"] and _OF_BRIGHTNESS.search(low):
            continue
        word = next(group for group in match.groupdict().values() if group)
        slack = 0.12 if match["field"] else 0.05
        yield _row("upper" if word in _HIGHS else "lower", match, slack)
    for match in (*_RELATIVE.finditer(low), *_FROM_IT.finditer(low)):
        if re.search(r"\b(?:as far as|half|both above)\s*$", low[: match.start()]):
            continue
        yield _row("upper" if match["word"] in _ABOVES else "lower", match)


# As far as the centroid may be from an edge that a region is said to lie at, or a third, a corner.
_TOUCHING, _NARROW = 0.38, 0.43
_ENDS = frozenset({"third", "corner"})
_NTHS = {"fourth": 4, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}


def _row(
    row: str, match: re.Match[str], slack: float | None = None, *, reach: float = 0.5
) -> Claim:
    bounds = (0.0, reach) if row == "upper" else (1 - reach, 1.0)
    return Claim("quadrant", "y", *bounds, match.start(), match.end(), match.group(), slack)


_OFF = re.compile(
    r"\b(?:left|right|above|below|lower than|higher than|off|beneath|under|deeper "
    r"than|from|away from"
    r"|superficial of|lateral to|medial to|short of|beyond|outside|past|of|between|"
    r"than|and)\b[^;:]{0,45}$"
)
_HEIGHT_TOLD = re.compile(rf"\b(?:{'|'.join(_ROWS)}|above|below|midline)\b")
_OFF_LEVEL = re.compile(r"\b(?:above|below|lower|higher|beneath|under|deeper|from)\b[^;:]{0,35}$")
_WHOLE = re.compile(
    r"\b(?:in|at|near|around|within|about|occup\w+|fills?|on|close to|towards?|"
    r"covers?)\s+(?:about\s+)?(?:the\s+)?(?P<exact>(?:dead|very|exact|precise|geometric(?:al)?|"
    r"absolute|true)\s+)?(?:centre|middle(?!\s+(?:column|row)\b)(?!\s+third\s+of\s+the\s+(?:height|"
    r"width)\b)|mid-?portion"
    r"|mid-?part|central\s+(?:part|portion|region|third|area|zone|"
    r"field))\b(?!\s+of\s+(?:attention|interest|gravity))(?:\s+of\s+(?:the|this)\s+(?P<of>[\w-]+))?"
    r"|\b(?:is|lies|sits|located|placed|positioned|situated|set|almost|"
    r"seen)\s+(?:\w+\s+)?(?:centrally|central)\b(?!\s+(?:venous|line|scar|pallor|dot|echo\w*|"
    r"lucency|umbilication|portion|cup|part of the (?!image)))"
    r"|\bcentrally\s+(?:located|placed|positioned|situated|in)\b|"
    r"\b(?:in\s+)?mid-(?:frame|image|picture|field)\b"
    rf"|^\s*the\s+(?:exact\s+|very\s+)?(?:centre|middle)\s+of\s+(?:the|"
    rf"this)\s+{IMAGE}\s+(?:holds|contains|shows|bears)\b"
    rf"|\bcentred\s+(?:on|in|within)\s+(?:the\s+)?{IMAGE}\b|\b(?P<dead>dead|exactly|"
    r"virtually)\s+(?:in\s+the\s+)?(?:centre|central|middle)\b"
)
_LEVEL = re.compile(
    r"\b(?:at\s+)?(?:about\s+|roughly\s+|around\s+|approximately\s+|"
    r"close\s+to\s+)?(?:mid-?height|half\s+height|half-?way\s+(?:up|down)|"
    rf"middle\s+third\s+of\s+the\s+(?:{IMAGE}|height)|mid-?depth|half\s+depth)\b"
)
_MID_X = re.compile(
    r"\b(?P<exact>(?:almost\s+|virtually\s+)?(?:exactly|precisely|virtually|"
    r"right)\s+)?(?:on|in|at|"
    rf"along)\s+the\s+(?:\w+\s+)?mid-?line\b(?:\s+of\s+the\s+{IMAGE})?"
)
_ZONE = re.compile(r"\s+(?:zone|third)\b")
_SIDE_TOLD = re.compile(r"\b(?:left|right)\b")
_CENTRE_BOUNDS = (0.25, 0.75)
_EXACT_BOUNDS = (0.36, 0.64)


def centres(low: str, before: str = "") -> Iterator[Claim]:
    """Every claim to lie in the middle, of both axes or of one."""
    if not ("cent" in low or "mid" in low or "half" in low):
        return
    for match in _WHOLE.finditer(low):
        of = match["of"]
        if of and not re.fullmatch(IMAGE, of):
            continue
        if _OFF.search(low[: match.start()]) and not match["of"]:
            continue
        bounds = _EXACT_BOUNDS if match["exact"] or match["dead"] else _CENTRE_BOUNDS
        # "In the lower part, left of the midline but in the central third": of the width.
        of_width = "third" in match.group() and _HEIGHT_TOLD.search(before + low[: match.start()])
        # "In the middle zone on the left": of the height.
        of_height = _ZONE.match(low, match.end()) and _SIDE_TOLD.search(low)
        for axis in ("x",) if of_width else ("y",) if of_height else ("x", "y"):
            yield Claim(
                "quadrant", "x" if axis == "x" else "y", *bounds, *match.span(), match.group(), 0.0
            )
    for match in _LEVEL.finditer(low):
        if not _OFF_LEVEL.search(low[max(0, match.start() - 40) : match.start()]):
            yield Claim("quadrant", "y", 0.25, 0.75, *match.span(), match.group(), 0.0)
    for match in _MID_X.finditer(low):
        yield Claim("quadrant", "x", 0.3, 0.7, *match.span(), match.group(), 0.0)
