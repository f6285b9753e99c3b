"""Words for shape, border, brightness and colour, against what was measured of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from m3ds.claims.comparison import is_of_surroundings
from m3ds.claims.emptiness import AREA_NORMAL
from m3ds.claims.idioms import LIKENED_CONTRASTS
from m3ds.claims.looks import (
    BORDERS,
    CONTRASTS,
    GREAT_IRREGULARITY,
    JAGGED,
    OUTLINES,
    OWN_CONTRASTS,
    SHAPES,
    Bounds,
)
from m3ds.claims.nouns import known_nouns
from m3ds.claims.polarity import is_denied, is_denied_ahead
from m3ds.claims.stated import stated
from m3ds.claims.subject import of_several
from m3ds.claims.text import Clause, Text, words
from m3ds.claims.words import FEATURE, IMAGE, any_of, phrase
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import (
    BORDER,
    COLOURS,
    OUTLINE,
    SHAPE,
    roughness,
)

_EDGE = (
    r"(?:borders?|margins?|outlines?|contours?|edges?|bound(?:ary|aries)|rims?|"
    r"circumference|periphery|marginat\w+|bordered|margined|outlined)"
)
_SO_EDGED = r"(?:edged|walled|rimmed|bordered|margined|contoured)\b"
# "The left third of the image: black" is no brightness of what is outlined.
_OF_PLACE = re.compile(
    r"^\s*(?:the\s+)?(?:upper|lower|left|right|top|bottom)(?:-hand)?(?:\s+(?:left|right))?\s+"
    r"(?:side|half|third|quarter|part|edge|border|margin|corner|strip)"
    rf"(?:\s+of\s+(?:the|this)\s+(?:\w+\s+)?{IMAGE})?\s*(?::|\b(?:is|looks|remains|appears|"
    rf"seems)\b)"
    r"|^\s*the\s+(?:top|bottom|(?:visible\s+)?field(?:\s+of\s+view)?|vignette|"
    rf"(?:edge|border|rim)\s+of\s+(?:the|this)\s+{IMAGE})\s+(?:is|looks|remains|appears)\b"
    r"|^\s*elsewhere\b|^\s*(?:the\s+)?(?:neighbouring|surrounding|adjacent|remaining)\s+[\w-]+\s+"
    r"(?:is|are|looks?|remains?|appears?|show)\b|^\s*(?:the\s+)?(?:\w+\s+)?layers\s+(?:is|are|"
    r"look)\b"
)
_AT_ITS_PART = re.compile(
    r"^\s*(?:at|in|on|towards?|near)\s+its\s+(?:upper|lower|left|right|inner|outer|top|bottom|"
    r"tip|edge|"
    r"rim|centre|middle)\b"
)
_FIGURATIVE = re.compile(r"bright side\b|black and white\b|light (?:on|easily|of)\b|dark horse\b")
# "Towards the rim it gets a little lighter".
_TURNS = re.compile(r"\b(?:gets?|becomes|grows|turns|fades)\s+(?:[\w-]+\s+){0,3}$")
_HAS_EDGE = re.compile(
    rf"\b{_EDGE}\b|-{_SO_EDGED}|\bsmooth, regular (?:ellipse|oval|circle|disc)\b|\ball (?:the "
    rf"way )?round\b"
)
_INNER = (
    r"(?:rim|halo|nests|zones?|sea|air|mouth|envelope|hull|foc(?:i|us)|"
    r"spots?|hilum|capsule|"
    r"wall|sept\w+|"
    r"shadow\w*|enhancement|"
    r"core|reflex|background|ground|surroundings?|lines?|gap|cleft|bands?|"
    r"fields?|artefact|echo|echoes|strand\w*|fat|skin|mucosa|tissue|dots?|globules?|streaks?|"
    r"veil|network|area within|centre|stripes?|hairs?|surface|layer|"
    r"component|components|parts?|markings?|patch(?:es)?|flecks?|stroma|calcific\w+|cortex|"
    r"bones?|lungs?|areas|cells?|fundus|"
    r"retina|choroid\w*|glow|surroundings|parenchyma|gland|ligaments?|pneumonia|blood|"
    r"deposits?|exudates?|drusen|haemorrhages?|structures|margin of|fragments?|tones?|hues?|"
    r"texture|echotexture|breathing|intervals?|spaced|follow-?up|checks?|review|lens|"
    r"pigment(?!ed)\w*|islands?|clods?|openings?|cysts?|atelectas\w+|muscle|folds?|light|"
    r"highlight|spot|portions?|regions? within|types?|excavation|cupping|cup|variants?|subtypes?)"
)
_ASPECT = re.compile(
    r"(?<![\d.])\b(?:(?P<times>twice|(?:two|three|four|five|six|seven|eight|ten|many|several|"
    r"\d\.\d+|[2-9]|10)(?:\s+(?:or|to)\s+\w+)?\s+times)\s+(?:as\s+)?"
    r"(?:long|wide|tall|high|broad|longer|wider|taller|its (?:width|height|breadth))"
    r"|(?P<equal>as (?:wide|broad|long|tall|high) as (?:it is |they are )?(?:tall|"
    r"high|wide|long|broad))"
    r"|much (?P<longer>longer than (?:it is )?(?:wide|broad)|wider than (?:it is "
    r")?(?:tall|high)))\b"
)
_TIMES = {"twice": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
          "ten": 10, "many": 5, "several": 4}  # fmt: skip


def _axes_agree(match: re.Match[str], eccentricity: float) -> bool:
    """Whether a stated ratio of the axes agrees with the measured one."""
    ratio = 1 / math.sqrt(1 - min(eccentricity, 0.999) ** 2)
    if match["equal"]:
        return ratio <= 1.45
    if match["longer"]:
        return ratio >= 1.4
    word = match["times"].split()[0]
    if word in {"many", "several"}:
        return ratio >= 2.5
    stated = _TIMES[word] if word in _TIMES else float(word)
    return 0.65 * stated <= ratio <= 1.6 * stated


def check_shape(case: Case, text: Text) -> Iterator[Failure]:
    """Words for the overall form agree with the eccentricity."""
    value = case.facts.eccentricity
    if value is None:
        return
    expected = f"{SHAPE.word(value)} ({value:.2f})"
    yield from on_scale(case, text, "shape", _SHAPE_WORDS, value, expected)
    for clause, whom in stated(case, text):
        match = _ASPECT.search(clause.low) if whom != "other" else None
        if match is None or is_denied(clause.low, *match.span()):
            continue
        if not _axes_agree(match, value):
            yield failure("shape", clause, expected, match.group())


def check_border(case: Case, text: Text) -> Iterator[Failure]:
    """Words for the border agree with its roughness; or with its irregularity, where that is great.

    The roughness takes a long region's length out of the irregularity, which is what is published.
    """
    irregularity, eccentricity = case.facts.irregularity, case.facts.eccentricity
    if irregularity is not None and eccentricity is not None:
        value = roughness(irregularity, eccentricity)
        expected = f"{BORDER.word(value)} ({value:.2f})"
        yield from on_scale(
            *(case, text, "shape", _BORDER_WORDS, value, expected),
            needs=_HAS_EDGE,
            also=irregularity if irregularity > GREAT_IRREGULARITY else None,
        )


def check_outline(case: Case, text: Text) -> Iterator[Failure]:
    """Words for lobes and indentations agree with the solidity."""
    value = case.facts.solidity
    if value is not None:
        expected = f"{OUTLINE.word(value)} ({value:.2f})"
        yield from on_scale(case, text, "shape", _OUTLINE_WORDS, value, expected)


def _compiled(words: Mapping[str, Bounds]) -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?<![\w-])|(?<=\bnear-)|(?<=\bwell-))(?<!all )(?<!way "
        rf")(?P<word>{any_of(words)})\b(?!-(?!than))(?:\s+to\s+(?P<second>{any_of(words)})\b)?"
        r"(?P<inner>(?=(?:(?:,\s+|\s+and\s+|\s+)(?!and\b|than\b|vs\b|versus\b|cf\b|to\b|"
        r"relative\b|compared\b|against\b|in\b|"
        rf"of\b|with\b|where\b|the\b|as\b|from\b|like\b|"
        rf"an?\b)[\w-]+){{0,2}}?\s+(?P<noun>{_INNER})\b))?"
    )


class ScaleWords(NamedTuple):
    """Words for the values of one scale; a clause with none of `firsts` has none of them."""

    bounds: Mapping[str, Bounds]
    pattern: re.Pattern[str]
    firsts: frozenset[str]


def _scale_words(bounds: Mapping[str, Bounds], pattern: re.Pattern[str]) -> ScaleWords:
    # The words of a clause are letters only, so "well-defined" begins with "well".
    firsts = frozenset(min(words(word), key=word.index) for word in bounds)
    return ScaleWords(bounds, pattern, firsts)


_SHAPE_WORDS = _scale_words(SHAPES, _compiled(SHAPES))
_BORDER_WORDS = _scale_words(
    BORDERS,
    re.compile(
        rf"(?<![\w-])(?P<word>{any_of(BORDERS)})\b(?!-(?!{_SO_EDGED}))(?P<second>)(?!\s+"
        rf"(?!rim\b){_INNER}\b)",
    ),
)
_OUTLINE_WORDS = _scale_words(OUTLINES, _compiled(OUTLINES))
_CONTRASTS = {**CONTRASTS, **LIKENED_CONTRASTS}
CONTRAST_WORDS = {
    modality: _scale_words({**_CONTRASTS, **own}, _compiled({**_CONTRASTS, **own}))
    for modality, own in OWN_CONTRASTS.items()
}


def on_scale(
    case: Case,
    text: Text,
    code: str,
    scale: ScaleWords,
    value: float,
    expected: str,
    needs: re.Pattern[str] | None = None,
    also: float | None = None,
) -> Iterator[Failure]:
    """Words of one scale that do not agree with `value`, nor with `also`, which is another
    measure of the same.
    """
    values = (value,) if also is None else (value, also)
    several = (case.facts.n_regions or 1) > 1
    for clause, whom in stated(case, text):
        if scale.firsts.isdisjoint(words(clause.low)):
            continue
        if whom == "other" or (whom == "none" and case.mask_kind == "anatomy"):
            continue
        if of_several(case, clause.low) or (whom == "none" and _OF_PLACE.match(clause.low)):
            continue
        # "Smooth" and "regular" are said of much; "spiculated" of nothing but an edge.
        edged = needs is None or needs.search(clause.low) is not None
        for match in scale.pattern.finditer(clause.low):
            if _is_inner(case, clause.low, match):
                continue
            if is_denied(clause.low, *match.span("word")) and not _is_given(clause.low, match):
                continue
            if code == "contrast" and (
                _is_hue(case, clause.low, match.end())
                or _FIGURATIVE.match(clause.low, match.start())
                or _MAINLY.search(clause.low, 0, match.start())
                or _TURNS.search(clause.low, 0, match.start())
                or (several and _OF_THE_TWO.search(clause.low, 0, match.start()))
                or _OUTSIDE.match(clause.low)
                or _SO_OUTSIDE.match(clause.low, match.end())
                or AREA_NORMAL.match(clause.low)
                or _MIXED.search(clause.low, max(0, match.start() - 12), match.end() + 12)
                or (case.mask_kind == "anatomy" and _OF_DISC.search(clause.low))
                or (
                    case.target == "finding"
                    and any(down in match["word"] for down in ("less", "dark", "grey", "lucent"))
                    and _THAN_BONE.match(clause.low, match.end())
                )
                or _AT_ITS_PART.match(clause.low)
                or is_of_surroundings(clause.low, match.start(), clause.before)
            ):
                continue
            edge = needs is not None
            # "Linear atelectasis" is a kind, whatever its form.
            if clause.low.startswith((" atelectas", " collapse"), match.end()):
                continue
            if not edge and _FINGERS.match(clause.low, match.end()):
                continue
            if _of_something_else(clause, match, edge=edge) or (
                edge and (_ONE_EDGE.search(clause.low) or _IN_AND_OUT.search(clause.sentence.low))
            ):
                continue
            if _MILDLY.search(clause.low, 0, match.start("word")) and code == "shape":
                continue
            one_of = code == "shape" and several and _ONE_OF.search(clause.low)
            if one_of and match["word"] in _OF_ONE:
                continue
            said = [word for word in (match["word"], match["second"]) if word]
            bounds = [_of(scale.bounds, word) for word in said]
            if not edged and bounds[0] is not JAGGED:
                continue
            if not any(low <= one <= high for low, high in bounds for one in values):
                yield failure(code, clause, expected, match.group())


_FEATURE = re.compile(rf"(?!areas?\b|densities\b){FEATURE}")


# "Finger-like projections into the tissue".
_FINGERS = re.compile(
    r"\s+(?:projections?|extensions?|processes|protrusions|spurs)\b(?=\s+"
    r"(?:into|in|from|at)\b)"
)


def _is_inner(case: Case, low: str, match: re.Match[str]) -> bool:
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
    r"with)\s+"
    r"(?:an?|its)\s+(?:\w+ly\s+|much\s+|very\s+)?$"
)
_PART_OF_IT = re.compile(r"\s+(?:at|in|near|along|within|inside|towards?|centrally|focally)\b")
# "A dark line" may be anything inside; "it is a dark line" is what it is.
_CALLED = re.compile(
    r"^\s*(?:the|this)\s+(?:image|scan|film|sonogram|photograph|frame|picture|radiograph|view)\s+"
    r"(?:displays|shows|demonstrates|depicts|presents)\s+(?:an?|one|two|three|several)\s+"
    r"(?:[\w-]+,?\s+){0,3}$|"
    r"\b(?:is|are|as|into|(?:(?<=is )that|form|shape|appearance) of|forms?|like|resembles?|"
    r"appears? "
    r"as)\s+(?:an?\s+|the\s+)?"
    r"(?:(?!(?:of|in|with|at|and|to|from|by|against|than|on|for|surrounded)\b)[\w-]+,?\s+){0,2}$"
)
# "The topmost is the brighter": one of several.
_OF_THE_TWO = re.compile(r"\b(?:is|being)\s+the\s+$")
# "Around it: bright", "bright outside, dark inside", "it shines through".
_OUTSIDE = re.compile(
    r"^\s*(?:(?:around\s+(?:it|them|this)|outside|underneath|beneath|behind)(?:\s+it)?\s*[:,]|"
    r"(?:around|over|under|underneath|beneath|behind|above|below|on\s+top\s+of)\s+(?:it|them)\b)"
)
_SO_OUTSIDE = re.compile(r"\s+(?:outside|through(?!\s+and)|around(?=\s*(?:it\b|them\b|[.,;]|$)))\b")
# A hue, not a brightness: "pale brown", "predominantly white".
_MAINLY = re.compile(r"\b(?:predominantly|mainly|mostly|overall|essentially)\s+$")
_COLOURED = re.compile(rf"\s+(?:colou?r|hue|tint|tone|{any_of(COLOURS)})\b")
_IN_COLOUR = frozenset({"dermoscopy", "endoscopy", "fundus"})
_GREY = re.compile(r"\s+(?:white|black|grey)\b")


def _is_hue(case: Case, low: str, end: int) -> bool:
    """Whether a word for brightness that ends there is said of a colour: "dark brown".

    "Bright white" is a hue only where the image has any.
    """
    grey = case.modality not in _IN_COLOUR and _GREY.match(low, end)
    brighter = low.startswith("er tone", end - 2)
    return not grey and not brighter and _COLOURED.match(low, end) is not None


_MILDLY = re.compile(
    r"\b(?:slightly|mildly|gently|gentle|slight|mild|minimal|faintly|minimally|subtly|somewhat|a "
    r"little|a bit|partly|"
    r"partially|"
    r"focally|in places)\s+$"
)
# True of one of several, whatever the measure of all of them is.
_OF_ONE = frozenset(
    phrase(
        "round, rounded, circular, oval, ovoid, elliptical, lobulated, lobular, lobed, elongated"
    )
)
_ONE_OF = re.compile(
    r"\b(?:smaller|smallest|the other|second|the one|one of|(?:left|right|upper|lower) one)\b"
)


# What one stretch of the edge is like, no measure of the whole tells.
_ONE_EDGE = re.compile(
    r"\b(?:inner|upper|lower|left|right|medial|lateral|anterior|posterior|deep|"
    rf"superficial|superior|inferior|top|bottom|nasal|temporal)\s+{_EDGE}\b|o'?\s?clock|"
    rf"\b(?:half|part|stretch|portion)\s+of\s+(?:the|its)\s+{_EDGE}\b"
)
_IN_AND_OUT = re.compile(r"\binner\b[^.;]*\bouter\b|\bouter\b[^.;]*\binner\b")
_MIRRORED = re.compile(
    r"\b(?:(?:departs?|deviates?|differs?|far)\s+(?:[\w-]+\s+){0,3}?from(?:\s+the|\s+an?)?|where|"
    r"than(?: an?| the)?|not|less|poorly|against (?:the|an?)|as\s+(?!good\b)\w+\s+as|"
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
    r"lateral)\s+"
    r"(?:part|half|third|side|pole|end|portion)|the\s+(?:upper|lower|left|right|inner|outer)\s+"
    r"(?:part|half|third|side|pole|end|portion)(?=\s+of\s+(?:the|this)\s+(?:lesion|nodule|mass|"
    r"polyp|"
    r"tumour|growth)\b)|the\s+(?:gap|cleft)|"
    r"(?:the|its)\s+(?:\w+\s+)?(?:centre|periphery|core|middle|"
    r"rim))(?:\s+of\s+(?:the|this)\s+\w+)?\s+(?:is|are|appears?|looks?|"
    r"being)\s+(?:[\w-]+\s+){0,3}?[\w-]+$"
)


# "The elongated elevation is not a fold" denies the fold.
_GIVEN = re.compile(r"\b(?:the|this|its|these)\s+(?:[\w-]+,?\s+){0,3}$")
_IS_NO = re.compile(
    r"[^.;:]{0,60}?\b(?:is|are) not (?:an?|the|part|due|explained|caused|compatible|consistent)\b"
)


def _is_given(low: str, match: re.Match[str]) -> bool:
    """Whether a word is said of a definite thing, of which something else is denied behind it."""
    return (
        not is_denied_ahead(low, match.start("word"))
        and _GIVEN.search(low, 0, match.start("word")) is not None
        and _IS_NO.match(low, match.end()) is not None
    )


# "Bright and dark by turns" tells nothing of the whole.
_MIXED = re.compile(
    r"\b(?:bright(?:er)?|light(?:er)?|paler?|whiter?) and (?:dark|black)(?:er)?\b(?!\s+(?:hair|"
    r"line))|"
    r"\b(?:dark|black)(?:er)? and (?:bright(?:er)?|light(?:er)?|paler?|whiter?)\b(?!\s+(?:hair|"
    r"line))"
)
# "Arteries bright, veins dark", "the rim is pale": of one kind, or of the disc.
_OF_DISC = re.compile(
    r"^\s*(?:the\s+)?(?:neuroretinal\s+)?(?:rim|cup|disc|macula)\b|\brim\s+(?:is\s+)?(?:pale|"
    r"bright)|"
    r"\barter\w+ (?!and\b)(?:[\w-]+ ){0,4}?(?:bright|light|pal)\w*\b.*\bve(?:in|nule)s?\b"
)
# Of a chest: bone is not what surrounds a finding of the lung.
_THAN_BONE = re.compile(
    r"\s+than\s+(?:the\s+)?(?:cortical\s+)?(?:bones?|ribs?|heart|spine|mediastinum|metal|"
    r"clavicles?)\b"
)
# "It is brighter than the lesion": what is so called is not the lesion.
_THAN_IT = re.compile(
    r"\s+than\s+(?:(?:veins|arteries|venules|arterioles)|(?:the|this)\s+(?:[\w-]+\s+)?(?:lesion|"
    r"nodule|mass|polyp|tumour|opacity|veins?|"
    r"arteries|arterioles|venules|(?:upper|lower|left|right|first|second|smaller|larger|other) "
    r"one)|the\s+other)\b"
)


# "Placed round the centre", "followed right round without a gap".
_ROUND_IT = re.compile(r"\s+(?:the|it|them)\b|(?<=right round) without\b")


def _of_something_else(clause: Clause, match: re.Match[str], *, edge: bool) -> bool:
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


def _of(words: Mapping[str, Bounds], word: str) -> Bounds:
    """A word as its table spells it: patterns take a hyphen for a blank and the reverse."""
    spaced = re.sub(r"[\s-]+", " ", word)
    for spelled in (word, spaced, spaced.replace(" ", "-")):
        if spelled in words:
            return words[spelled]
    by_letters = {re.sub(r"[\s-]+", " ", key): key for key in words}
    return words[by_letters[spaced]]


def failure(code: str, clause: Clause, expected: str, words: str) -> Failure:
    return Failure(
        code=code,
        step=clause.sentence.step,
        sentence=clause.sentence.text,
        expected=expected,
        claimed=words.strip(),
    )
