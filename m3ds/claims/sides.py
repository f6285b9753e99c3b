"""Left and right in a clause, in image terms.

`pa_chest` images show the patient's left on their right, and in their texts a bare "left" is the
patient's, as radiologists write; where the convention is unknown, or the image is not of a patient
facing us, what is said of the patient's sides cannot be verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.position import Claim
from m3ds.claims.words import IMAGE
from m3ds.schema.base import Laterality

_SIDE = re.compile(
    r"\b(?P<patient>patient'?s?'?\s+|anatomical(?:ly)?\s+)?(?P<image>(?:image|"
    r"viewer'?s?|picture|screen"
    r"|observer'?s?)[\s-]+)?(?P<side>left|right)(?:-hand|-sided|most|wards?)?\b"
)
_MIDDLE = (
    r"(?:cent(?:re|ral)|middle|midline|mid-?line|mid-?point|median|mid|midway|"
    r"mid-?field|axis|halfway"
    r"|equator|vertical)"
)
_PLACE_NOUN = (
    r"(?:side|half|part|portion|third|quadrant|quarter|region|aspect|corner|field|"
    r"zone|hand|area|end"
    r"|section|edge|margin|border|boundary)"
)
_STARTS = re.compile(
    r"(?:^|[,(:/]\s*|\b(?:the|to|on|upper|lower|top|bottom|far|extreme|image|"
    r"patient's|its|central|centre"
    r"|middle|mid|slightly|just|towards?|well|more|marginally|somewhat|minimally|"
    r"little|fractionally"
    r"|bit|immediately|further|and|or|of|in|at|way|upwards?|downwards?|superior|"
    r"inferior|lies|sits|located|situated|placed|position|slight|clearly"
    r"|shade|touch|small|large|moderate|probable|likely|single|solitary|predominantly|mainly|"
    r"mostly|distinctly|definitely|is|tad|seen|hard|"
    r"decidedly|markedly|considerably|strongly|fairly|only|very)[\s-]+)$"
)
_CONTINUES = re.compile(
    rf"^(?:\s+(?:(?:and|or)\s+(?:slightly\s+)?(?:above|below)\b|of\b|{_PLACE_NOUN}\b|"
    rf"{_MIDDLE}\b|lung|breast|lobe"
    r"|hemithorax|(?:pleural|pulmonary|effusion|pneumothorax|opacity|consolidation|atelectasis|"
    r"upper|lower|mid|middle|basal|apical|hilar|perihilar|outer|"
    r"inner)\b)|$|[,.;)/]|-of-)"
)
_ADVERB = re.compile(
    r"^\s+(?:at|in|next|beside|below|above|under|up|down|through|across|on top|behind|before|after"
    r"|around|away|where|angles?|by|along|into|there|here|over)\b"
)
_IN_IMAGE = re.compile(rf"\s+(?:in|on|of) (?:the|this) {IMAGE}\b")
_VERB_BEFORE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|have|has|nothing|what is|bone|skin|tissue|mucosa|lobules"
    r"|parenchyma|only|all|none|much|little|room|space|gap)\s+$"
)
_LEFT_OVER = re.compile(
    r"^\s+(?:intact|untouched|unchanged|open|over|above|behind|alone|around|between|"
    r"undisturbed|in\s+"
    r"(?:place|situ|the field|doubt)|as|for|with|no|by|out|to\s+(?:explain|consider|be)|unexplained"
    r"|uncovered|exposed|free|after|is\s+plain)\b"
)
_OF_SOMETHING = re.compile(
    r"^\s+(?:and\s+[\w\s-]{1,30}|or\s+right\s+|,[\w\s-]{1,30},"
    r"\s*)?of\s+(?:and\s+(?:above|below)\s+)?(?:(?:(?:the|this|its|lower|upper|displayed|whole|"
    r"entire|absolute|exact|true|very|precise"
    r"|geometric|image's|picture's|frame's|film's|dead|vertical|"
    r"radiograph's|view's)\s+)*)(?P<noun>[\w-]+)"
)
# "Below the midpoint of the picture and to the right of it".
_MIDDLE_BEFORE = re.compile(
    rf"\b{_MIDDLE}(?:\s+of\s+(?:the|this|our)\s+{IMAGE})?,?\s+(?:and|but)\s+(?:\w+\s+){{0,5}}$"
)
_OF_PATIENT = re.compile(r"^(?:patient|chest|thorax|body|person|subject|individual|child)'?s?$")
_CENTRE_NOUN = re.compile(rf"^(?:{_MIDDLE}|{IMAGE})$")
_NOT_A_PLACE = re.compile(
    r"^(?:\s+ones?\b|[\s-]+to[\s-]+(?:left|right)|\s+(?:angles?|walls?|rim|contours?|ventric\w+|"
    r"atri\w+|heart"
    r"|main|bronchus|carotid|jugular|subclavian|common|internal|external|cardiac|"
    r"aort\w+|lateral wall"
    r"|ear|answer|term|word|reading|choice|call|amount|pattern|size|kind|sort|lens|"
    r"colou?r|diagnosis"
    r"|descriptor|moment|technique|exposure)\b)"
)
_EDGE = re.compile(
    rf"^\s+(?:-hand\s+)?(?:{IMAGE}\s+)?(?:borders?|margins?|edges?|boundar(?:y|ies)|"
    r"side\s+border)\b(?! of the (?:middle|central|left|right|inner|outer) (?:third|half|field))"
)
_NEAR = re.compile(
    r"\b(?:on|onto|near|close to|towards?|at|along|against|hugging|by|beneath|under|"
    r"reach\w*|touch\w*"
    r"|abut\w*|next to|adjacent to|beside|to|from|hugs|beyond|off|just inside|approaches|"
    r"approaches is|is)\s+(?:the\s+|its\s+)?(?:far\s+|extreme\s+|upper\s+|lower\s+|very\s+)?$"
)
_OF_ITSELF = re.compile(r"\b(?:on|to|at)\s+(?:its|their|his|her)\s+$")
# "To its left" is beside the lesion; "low in the image, on its left half" is in the image.
_OF_IMAGE_ITSELF = re.compile(
    rf"\b{IMAGE},?\s+(?:and\s+)?(?:(?:well|far|just)\s+)?(?:over\s+)?(?:on|at|in|along)\s+its\s+$"
)
_MEASURED_FROM = re.compile(r"\bfrom\s+(?:the\s+|its\s+)?(?:(?:image|picture|frame)(?:'s)?\s+)?$")
_COMPARED = re.compile(
    r"\b(?:than|unlike|compared\s+(?:with|to)|versus|vs\.?|as opposed to|like|mirror\w*)\s+"
    r"(?:that\s+)?(?:on\s+|of\s+|in\s+|to\s+|at\s+|towards?\s+)?(?:the\s+)?$"
)
_OWNER = re.compile(
    r"^(?:\s+(?:upper|lower|mid|middle|hilar|apical|basal|basilar|perihilar|costophrenic|main|outer"
    r"|inner|thyroid|pleural|pulmonary|lateral|medial|central|peripheral|anterior|posterior|and|to|"
    r"-))*[\s-]+(?:lungs?|hemithorax"
    r"|hemi-thorax|chest|thorax|lobes?|apex|apical|base|bases|zones?|hilum|hilar|hila|costophrenic"
    r"|hemidiaphragm|diaphragm|pleura\w*|effusions?|pneumothorax|opacity|consolidation|"
    r"atelectasis|ribs?|clavicle|breast|arm|forearm|hand|wrist|"
    r"elbow|shoulder"
    r"|humerus|radius|ulna|femur|hip|knee|leg|ankle|foot|tibia|fibula|thyroid|kidney|"
    r"eye|retina|fundus"
    r"|colon|thigh|cheek|axilla|scapula|lung fields?|"
    r"(?:half|side)\s+of\s+the\s+(?:patient|chest|thorax|body|neck))\b"
    r"|^\s+of\s+the\s+(?:patient|chest|thorax|neck)\b"
)
_OF_IMAGE = re.compile(
    rf"^(?:[\s-]+[\w-]+){{0,5}}?\s+(?:of|in|on|within)\s+(?:(?:the|this|"
    rf"our)\s+)?(?:whole\s+|entire\s+|visible\s+)?{IMAGE}\b"
    rf"|^\s+as\s+(?:the\s+{IMAGE}\s+is\s+viewed|(?:one|we|you)\s+(?:looks?|views?|see|"
    r"face)|seen|viewed|displayed)"
    rf"|^\s+{IMAGE}\b(?!\s+(?:of\s+the\s+)?(?:lung|chest))"
)
_IMAGE_BEFORE = re.compile(
    r"^\s*[io]n\s+the\s+(?:image|picture|film|screen|display|print|photograph|viewer)\b[^;]{0,60}$|"
    rf"\b{IMAGE}(?:'s)?[\s,:]+(?:[\w-]+\s+){{0,2}}?$|\bin\s+image\s+(?:terms|"
    rf"coordinates),?\s+(?:[\w-]+\s+){{0,4}}?$"
    rf"|\bas\s+(?:seen|viewed|displayed|shown)[^,;]{{0,20}}\b$"
)

# "Seen from the middle of the image", "as the viewer sees it".
_AS_SEEN = re.compile(
    rf"\b(?:seen|viewed|measured|"
    rf"counted)\s+from\s+the\s+(?:\w+\s+){{1,2}}of\s+the\s+{IMAGE}\b[^;]*$"
    r"|\bas\s+the\s+(?:viewer|reader|observer)\s+sees\s+it\b[^;]*$"
    r"|\bof\s+the\s+(?:image\s+)?width\s+(?:to\s+the\s+)?$"
)
_IN_IMAGE_TERMS = re.compile(r"^\s*in (?:terms of the image|image (?:terms|coordinates))\b[^;]*$")


# In a chest the organs below tell the side as well, whatever is called left.
_BY_ORGAN = re.compile(
    r"\b(?:on|at|towards?)\s+the\s+(?:side\s+of\s+the\s+)?(?P<right>liver|hepatic)(?:\s+side)?\b"
    r"|\babove\s+the\s+(?P<dome>liver)(?:\s+dome)?\b"
    r"|\b(?:(?:on|at|towards?)\s+the\s+side\s+of|(?:on|at)\s+the\s+same\s+side\s+as)\s+the\s+"
    r"(?P<left>heart|cardiac apex|stomach|gastric bubble|aortic (?:arch|knob|knuckle)|spleen)\b"
)


def sides_of_organs(low: str, laterality: Laterality) -> Iterator[Claim]:
    """Sides of a chest told by what lies there."""
    if laterality == "pa_chest":
        for match in _BY_ORGAN.finditer(low):
            bounds = (0.5, 1.0) if match["left"] else (0.0, 0.5)
            yield Claim("side", "x", *bounds, *match.span(), match.group())


# "As usual, the patient's right is on the left of the image" tells how the film is hung.
_ORIENTATION = re.compile(
    r"\b(?:patient's|anatomical)\s+(?:left|right)(?:\s+side)?\s+(?:is|lies|appears|stands|"
    r"corresponds)\s+"
    r"(?:\w+\s+)?(?:on|to|at)\s+the\s+(?:(?:viewer's|image's|picture's)\s+)?(?:left|right)\b"
    r"|\bleft\s+and\s+right\s+(?:are|have)\b|^\s*left\s+and\s+right\s+[\w-]+\s+[\w-]+\s+(?:are|"
    r"look)\b"
    r"|^\s*right,\s+(?:so|then|now|well|let|what|here)\b"
)


def sides(low: str, laterality: Laterality) -> Iterator[Claim]:
    """Every left or right that says where something is, as a claim on the image's width."""
    if ("left" not in low and "right" not in low) or _ORIENTATION.search(low):
        return
    for match in _SIDE.finditer(low):
        head, tail = low[: match.start()], low[match.end() :]
        if not _is_side(match, head, tail):
            continue
        side = match["side"]
        if _of_patient(match, head, tail, laterality):
            if laterality != "pa_chest":
                continue
            side = "left" if side == "right" else "right"
        # At the edge, in a third or a corner: more than just on that side.
        near = _EDGE.match(tail) or re.match(r"(?:-hand)?\s+(?:third|corner)\b", tail)
        near = near or _EXTREME.search(head)
        reach = 0.45 if near else 0.5
        bounds = (0.0, reach) if side == "left" else (1 - reach, 1.0)
        slack = 0.0 if near or _FAR.search(head) else None
        yield Claim("side", "x", *bounds, match.start(), match.end(), match.group(), slack)


_FAR = re.compile(
    r"\b(?:far|(?<!as )well(?=\s+(?:to|over|out|off)\b)|considerably|markedly|"
    r"distinctly)\s+(?:over\s+|out\s+|off\s+)?(?:(?:to|on|in|towards?)\s+(?:the\s+)?)?$"
)


_EXTREME = re.compile(r"\b(?:extreme|very far)\s+$")


def _is_side(match: re.Match[str], head: str, tail: str) -> bool:
    if (
        (_OF_ITSELF.search(head) and not _OF_IMAGE_ITSELF.search(head))
        or _NOT_A_PLACE.match(tail)
        or _MEASURED_FROM.search(head)
        or _COMPARED.search(head)
    ):
        return False
    if re.search(r"\bleft[\s-]+to[\s-]+$|\bright[\s-]+to[\s-]+$", head):
        return False
    if _EDGE.match(tail) and not _NEAR.search(head):
        return False
    of = _OF_SOMETHING.match(tail)
    if of and not (
        _CENTRE_NOUN.match(of["noun"])
        or _OF_PATIENT.match(of["noun"])
        or (of["noun"] == "it" and _MIDDLE_BEFORE.search(head))
    ):
        return False
    bare = match.group() == match["side"]
    if match["side"] == "left" and bare and not head.endswith(("the ", "the far ")):
        if _LEFT_OVER.match(tail) or (
            _VERB_BEFORE.search(head) and not (of or _CONTINUES.match(tail))
        ):
            return False
    elif (
        bare
        and not (head.endswith(", ") and _IN_IMAGE.match(tail))
        and _ADVERB.match(tail)
        and not re.search(
            r"\b(?:the|upper|lower|far|top|bottom|centre|middle|patient's|image)[\s-]+$", head
        )
    ):
        return False
    return bool(not bare or _STARTS.search(head) or _CONTINUES.match(tail))


def _of_patient(match: re.Match[str], head: str, tail: str, laterality: Laterality) -> bool:
    if match["patient"] or _OWNER.match(tail):
        return not (match["image"] or (_OF_IMAGE.match(tail) and not _OWNER.match(tail)))
    if match.group().endswith("-sided"):
        return laterality == "pa_chest"
    if match["image"] or _OF_IMAGE.match(tail) or _IMAGE_BEFORE.search(head):
        return False
    if _IN_IMAGE_TERMS.match(head) or _AS_SEEN.search(head):
        return False
    of = _OF_SOMETHING.match(tail)
    if of and _CENTRE_NOUN.match(of["noun"]) and re.search(rf"\b{IMAGE}", tail[:80]):
        return False
    return laterality == "pa_chest"
