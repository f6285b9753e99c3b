"""Of what a word for a look is said: the outlined thing, a part of it, or something else."""

from __future__ import annotations

import re

from m3ds.claims.nouns import known_nouns
from m3ds.claims.polarity import is_denied_ahead
from m3ds.claims.text import Clause
from m3ds.claims.words import FEATURE
from m3ds.schema.case import Case

INNER = (
    r"(?:rim|halo|nests|zones?|sea|air|mouth|envelope|hull|foc(?:i|us)|spots?|hilum|capsule|wall|"
    r"sept\w+|shadow\w*|enhancement|core|reflex|background|ground|surroundings?|lines?|gap|cleft|"
    r"bands?|fields?|artefact|echo|echoes|strand\w*|fat|skin|mucosa|tissue|dots?|globules?|"
    r"streaks?|veil|network|area within|centre|stripes?|hairs?|surface|layer|component|components|"
    r"parts?|markings?|patch(?:es)?|flecks?|stroma|calcific\w+|cortex|bones?|lungs?|areas|cells?|"
    r"fundus|retina|choroid\w*|glow|surroundings|parenchyma|gland|ligaments?|pneumonia|blood|"
    r"deposits?|grains|specks|crumbs|exudates?|drusen|haemorrhages?|structures|margin of|"
    r"fragments?|tones?|hues?|texture|echotexture|breathing|intervals?|spaced|follow-?up|checks?|"
    r"review|lens|pigment(?!ed)\w*|islands?|clods?|openings?|cysts?|atelectas\w+|muscle|folds?|"
    r"light|highlight|spot|portions?|regions? within|types?|excavation|cupping|cup|variants?|"
    r"subtypes?)"
)
"""What may be inside the outlined thing, or beside it."""

_FEATURE = re.compile(rf"(?!areas?\b|densities\b){FEATURE}")


def is_inner(case: Case, low: str, match: re.Match[str]) -> bool:
    """Whether a word is said of a noun that may be inside the outlined thing, or beside it."""
    noun = match.groupdict().get("noun")
    if noun is None:
        return False
    # The line of a break is dark in whatever is measured around it.
    if case.target == "fracture" and noun.startswith(("line", "gap", "cleft")):
        return True
    # In a bone or a lung, a zone is what is outlined.
    if noun.startswith("zone") and case.modality != "dermoscopy":
        return False
    # A surface is no outline, and "there is a bright rim" tells of the rim.
    there = not noun.startswith(("foc", "spot", "area")) and _THERE_IS.search(low, 0, match.start())
    if noun == "surface" or there:
        return True
    if _CALLED.search(low, 0, match.start()) and not _INTO.search(low, 0, match.start()):
        return False
    if noun in _LOOKS and _OF_THE_WHOLE.search(low, 0, match.start()):
        return _PART_OF_IT.match(low, match.end("noun")) is not None
    head = next((noun for noun in known_nouns(case, low) if not noun.inner), None)
    own = head and head.is_target and not _FEATURE.fullmatch(low, head.start, head.end)
    return not (head and own and head.start == match.start("noun"))


_THERE_IS = re.compile(r"^\s*there (?:is|are) (?:an? )?(?:thin |fine |narrow )?$")
_INTO = re.compile(r"\binto\s+the\s+$")
# "It has a much darker tone": what the whole of it looks like.
_LOOKS = frozenset({"tone", "texture", "echotexture"})
_OF_THE_WHOLE = re.compile(
    r"\b(?:it|lesion|nodule|mass|polyp|tumour|opacity)\b[^,;]*?\b(?:shows?|has|displays?|by|"
    r"with)\s+(?:an?|its)\s+(?:\w+ly\s+|much\s+|very\s+)?$"
)
_PART_OF_IT = re.compile(r"\s+(?:at|in|near|along|within|inside|towards?|centrally|focally)\b")
# "A dark line" may be anything inside; "it is a dark line" is what it is.
_CALLED = re.compile(
    r"^\s*(?:the|this)\s+(?:image|scan|film|sonogram|photograph|frame|picture|radiograph|"
    r"view)\s+(?:displays|shows|demonstrates|depicts|presents)\s+(?:an?|one|two|three|"
    r"several)\s+(?:[\w-]+,?\s+){0,3}$|\b(?:is|are|as|into|(?:(?<=is )that|form|shape|"
    r"appearance) of|forms?|like|resembles?|appears? as)\s+(?:an?\s+|the\s+)?(?:(?!(?:of|in|with|"
    r"at|and|to|from|by|against|than|on|for|surrounded)\b)[\w-]+,?\s+){0,2}$"
)
_MIRRORED = re.compile(
    r"\b(?:(?:departs?|deviates?|differs?|far)\s+(?:[\w-]+\s+){0,3}?from(?:\s+the|\s+an?)?|where|"
    r"than(?: an?| the)?|not|(?<!more or )less|poorly|against (?:the|an?)|as\s+(?!good\b)\w+\s+as|"
    r"(?:separat|distinguish|differ|tell|set)\w*\s+(?:it\s+|them\s+|this\s+)?(?:apart\s+)?from\s+"
    r"(?:the|an?|any|other))\s+$"
)


# "The upper half is as bright as the lower".
_AS_THE_OTHER = re.compile(
    r"\s+as\s+(?:the|its)\s+(?:upper|lower|left|right|other|inner|outer|rest|remaining|remainder)\b"
)
# "Lighter towards the edge", "its centre is darker": a part held against the rest.
_AT_ITS = re.compile(
    r"\s+(?:towards?|at|in|near|along)\s+(?:the|its)\s+(?:\w+\s+)?(?:edges?|periphery|"
    r"cent(?:re|er)|margins?|middle|borders?|rim|core|outside|interior)\b"
)
_PART_IS = re.compile(
    r"\b(?:(?:its|(?:with)?in\s+it,?\s+the)\s+(?:upper|lower|left|right|inner|outer|medial|"
    r"lateral)\s+(?:part|half|third|side|pole|end|portion)|the\s+(?:upper|lower|left|right|inner|"
    r"outer)\s+(?:part|half|third|side|pole|end|portion)(?=\s+of\s+(?:the|this)\s+(?:lesion|nodule|"
    r"mass|polyp|tumour|growth)\b)|the\s+(?:gap|cleft)|"
    r"(?<!above )(?<!below )(?<!at )(?<!near )(?<!in )(?<!of )(?<!to )(?<!from )(?:the|"
    r"its)\s+(?:\w+\s+)?(?:centre|periphery|core|middle|rim))(?:\s+of\s+(?:the|"
    r"this)\s+\w+)?\s+(?:is|are|appears?|looks?|being)\s+(?:[\w-]+\s+){0,3}?[\w-]+$"
)


# "It is brighter than the lesion": what is so called is not the lesion.
_THAN_IT = re.compile(
    r"\s+than\s+(?:(?:veins|arteries|venules|arterioles)|(?:the|this)\s+(?:[\w-]+\s+)?(?:lesion|"
    r"nodule|mass|polyp|tumour|opacity|veins?|arteries|arterioles|venules|(?:upper|lower|left|"
    r"right|first|second|smaller|larger|other) one)|the\s+other)\b"
)


# "Placed round the centre", "followed right round without a gap".
_ROUND_IT = re.compile(r"\s+(?:the|it|them)\b|(?<=right round)(?: without\b|\s*(?:$|[.,;]))")


def is_of_something_else(clause: Clause, match: re.Match[str], *, edge: bool) -> bool:
    """Whether the noun that follows, or the one spoken of just before, is none of the outlined.

    A rim is a part, of which brightness and form say nothing, but what a word for an `edge` means.
    """
    low = clause.low
    if _AS_THE_OTHER.match(low, match.end("word")) or _THAN_IT.match(low, match.end("word")):
        return True
    if match["word"] == "round" and _ROUND_IT.match(low, match.end("word")):
        return True
    if low.startswith((" number", " figure", " about", " ones", " it", " them"), match.end("word")):
        return True
    # "A narrow strip of mucosa" is what the mucosa is like.
    if match["word"].endswith(("strip", "band", "ribbon", "streak")) and low.startswith(
        " of ", match.end("word")
    ):
        return True
    return _MIRRORED.search(low, 0, match.start()) is not None or (
        not edge
        and (
            _AT_ITS.match(low, match.end()) is not None
            or _PART_IS.search(low, 0, match.end()) is not None
        )
    )


# "The elongated elevation is not a fold" denies the fold.
_GIVEN = re.compile(r"\b(?:the|this|its|these)\s+(?:[\w-]+,?\s+){0,3}$")
_IS_NO = re.compile(
    r"[^.;:]{0,60}?\b(?:is|are) not (?:an?|the|part|due|explained|caused|compatible|consistent)\b"
)


def is_given(low: str, match: re.Match[str]) -> bool:
    """Whether a word is said of a definite thing, of which something else is denied behind it."""
    return (
        not is_denied_ahead(low, match.start("word"))
        and _GIVEN.search(low, 0, match.start("word")) is not None
        and _IS_NO.match(low, match.end()) is not None
    )
