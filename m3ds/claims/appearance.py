"""Words for shape, border, brightness and colour, against what was measured of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from m3ds.claims.idioms import LIKENED_CONTRASTS
from m3ds.claims.looks import (
    BORDERS,
    BRIGHT,
    CONTRASTS,
    DARK,
    JAGGED,
    OUTLINES,
    OWN_CONTRASTS,
    SHAPES,
    Bounds,
)
from m3ds.claims.polarity import is_denied
from m3ds.claims.subject import known_nouns, of_several, stated
from m3ds.claims.text import Clause, Text
from m3ds.claims.words import FEATURE, any_of, phrase
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import (
    BORDER,
    COLOURS,
    CONTRAST,
    OUTLINE,
    SHAPE,
    roughness,
)

_EDGE = (
    r"(?:borders?|margins?|outlines?|contours?|edges?|bound(?:ary|aries)|rims?|"
    r"circumference|periphery|marginat\w+|bordered|margined|outlined)"
)
_HAS_EDGE = re.compile(rf"\b{_EDGE}\b|\ball (?:the way )?round\b")
_INNER = (
    r"(?:rim|halo|foc(?:i|us)|spots?|hilum|capsule|wall|sept\w+|shadow\w*|enhancement|"
    r"core|reflex|background|lines?|gap|cleft|band|"
    r"artefact|echo|echoes|strand\w*|fat|skin|mucosa|tissue|dots?|globules?|streaks?|"
    r"veil|network|area within|centre|stripes?|hairs?|surface|layer|"
    r"component|components|parts?|calcific\w+|cortex|bones?|lungs?|areas|cells?|fundus|"
    r"retina|choroid\w*|glow|surroundings|parenchyma|gland|ligaments?|pneumonia|blood|"
    r"deposits?|exudates?|drusen|haemorrhages?|structures|margin of|fragments?|tones?|hues?|"
    r"texture|echotexture|breathing|intervals?|spaced|follow-?up|checks?|review|lens|"
    r"pigment\w*|islands?|clods?|openings?|cysts?|atelectas\w+|muscle|folds?|light|highlight|spot)"
)
_ASPECT = re.compile(
    r"\b(?:(?P<times>twice|(?:two|three|four|five|six|seven|eight|ten|many|several|"
    r"[2-9]|10)(?:\s+(?:or|to)\s+\w+)?\s+times)\s+(?:as\s+)?"
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
    stated = _TIMES[word] if word in _TIMES else int(word)
    return 0.65 * stated <= ratio <= 1.6 * stated


def check_shape(case: Case, text: Text) -> Iterator[Failure]:
    """Words for the overall form agree with the eccentricity."""
    value = case.facts.eccentricity
    if value is None:
        return
    expected = f"{SHAPE.word(value)} ({value:.2f})"
    yield from _on_scale(case, text, "shape", SHAPES, value, expected, _SHAPE_PATTERN)
    for clause, whom in stated(case, text):
        match = _ASPECT.search(clause.low) if whom != "other" else None
        if match is None or is_denied(clause.low, *match.span()):
            continue
        if not _axes_agree(match, value):
            yield _failure("shape", clause, expected, match.group())


def check_border(case: Case, text: Text) -> Iterator[Failure]:
    """Words for the border agree with its roughness."""
    irregularity, eccentricity = case.facts.irregularity, case.facts.eccentricity
    if irregularity is not None and eccentricity is not None:
        value = roughness(irregularity, eccentricity)
        expected = f"{BORDER.word(value)} ({value:.2f})"
        yield from _on_scale(
            case, text, "shape", BORDERS, value, expected, _BORDER_PATTERN, needs=_HAS_EDGE
        )


def check_outline(case: Case, text: Text) -> Iterator[Failure]:
    """Words for lobes and indentations agree with the solidity."""
    value = case.facts.solidity
    if value is not None:
        expected = f"{OUTLINE.word(value)} ({value:.2f})"
        yield from _on_scale(case, text, "shape", OUTLINES, value, expected, _OUTLINE_PATTERN)


def check_contrast(case: Case, text: Text) -> Iterator[Failure]:
    """Words for brightness agree with the contrast against the surroundings."""
    value = case.facts.contrast
    if value is None:
        return
    words = {**CONTRASTS, **LIKENED_CONTRASTS, **OWN_CONTRASTS[case.modality]}
    expected = f"{CONTRAST.word(value)} ({value:+.2f})"
    pattern = _CONTRAST_PATTERNS[case.modality]
    for clause, whom in stated(case, text):
        found = _SURROUNDED.search(clause.low) if whom == "other" else None
        if found and not is_denied(clause.low, *found.span()):
            low, high = BRIGHT if found["down"] else DARK
            if not low <= value <= high:
                yield _failure("contrast", clause, expected, found.group())
    yield from _on_scale(case, text, "contrast", words, value, expected, pattern)
    for clause, whom in stated(case, text):
        match = None
        if whom != "other":
            match = _LEVEL.search(clause.low) or _EXCEEDS.search(clause.low)
        if match and not is_denied(clause.low, *match.span()):
            groups = match.groupdict()
            up = (
                groups.get("up") or groups.get("dark") or groups.get("strong") or groups.get("over")
            )
            low, high = BRIGHT if up else DARK
            if not low <= value <= high:
                yield _failure("contrast", clause, expected, match.group())


_AROUND = r"(?:surround\w*|adjacent|nearby|neighbouring|adjoining|bordering|around|rest of)"
_TO_IT = (
    r"(?:than|compared (?:with|to)|relative to|in comparison (?:with|to)|as against|against) "
    r"(?:it|this|the (?:lesion|nodule|mass|polyps?|tumour|finding|fracture))\b"
)
# "The adjacent skin is darker than the lesion", "compared with it, the skin around is dusky".
_SURROUNDED = re.compile(
    rf"(?:^\s*{_TO_IT}[^;]*?\b{_AROUND}\b[^;]*?|^[^;]*?\b{_AROUND}\b[^;]*?)"
    r"\b(?:is|are|appears?|looks?)\b[^;]*?\b(?:(?P<down>darker|duller|dusky|dimmer|blacker|less "
    r"bright|"
    r"less echogenic|more hypoechoic)|(?P<up>brighter|lighter|paler|whiter|denser|more echogenic|"
    rf"more radiopaque))\b(?:(?<=dusky)|[^;]*{_TO_IT}|(?<=[a-z])(?=\s+by comparison))"
)


_EXCEEDS = re.compile(
    r"\becho(?:es|genicity| level)?\b(?:\s+(?:of|in|from|inside|within)\s+(?:the|"
    r"this)\s+[\w-]+)?\s+"
    r"(?:is|are)\s+(?:\w+ly\s+|far\s+|much\s+|very\s+)?(?:(?P<strong>stronger|brighter|denser|"
    r"coarser and "
    r"brighter)|(?P<weak>weaker|fainter|dimmer|sparser|fewer|very low|low|sparse))\b"
    r"|\bin (?:brightness|density|echogenicity|tone)\b[^.;]{0,40}?\b(?:(?P<over>above|exceeds|"
    r"surpasses|"
    r"outshines)|(?P<beneath>below|falls short))\b"
    r"|\b(?:echogenicity|echo (?:level|intensity|content)|echoes|density|brightness|opacity|"
    r"intensity|whiteness)\s+(?:clearly\s+|markedly\s+|far\s+)?(?:(?P<up>exceeds?|surpass(?:es)?|"
    r"(?:is|are|lies?) (?:far |well )?above|is greater)|(?P<down>falls? (?:below|short of)|"
    r"(?:is|are|lies?) (?:far |well )?below))\b"
    r"|\bagainst (?:an? |the )?(?:(?P<dark>darker|dark|black|dusky)|(?:lighter|brighter|paler|"
    r"white)) "
    r"(?:[\w-]+ )?(?:skin|background|surroundings|mucosa|lung|gland|tissue|parenchyma|retina)\b"
)


def _compiled(words: Mapping[str, Bounds]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w-])(?<!all )(?<!way "
        rf")(?P<word>{any_of(words)})\b(?!-(?!than))(?:\s+to\s+(?P<second>{any_of(words)})\b)?"
        r"(?P<inner>(?=(?:(?:,\s+|\s+and\s+|\s+)(?!and\b|than\b|to\b|relative\b|compared\b|against\b|in\b|"
        rf"of\b|with\b|where\b|the\b|as\b|from\b|like\b|an?\b)[\w-]+){{0,2}}?\s+(?P<noun>{_INNER})\b))?"
    )


_SHAPE_PATTERN = _compiled(SHAPES)
_BORDER_PATTERN = re.compile(
    rf"(?<![\w-])(?P<word>{any_of(BORDERS)})\b(?!-)(?P<second>)(?!\s+{_INNER}\b)"
)
_OUTLINE_PATTERN = _compiled(OUTLINES)
_CONTRAST_PATTERNS = {
    modality: _compiled({**CONTRASTS, **LIKENED_CONTRASTS, **own})
    for modality, own in OWN_CONTRASTS.items()
}


def _on_scale(
    case: Case,
    text: Text,
    code: str,
    words: Mapping[str, Bounds],
    value: float,
    expected: str,
    pattern: re.Pattern[str],
    needs: re.Pattern[str] | None = None,
) -> Iterator[Failure]:
    several = (case.facts.n_regions or 1) > 1
    for clause, whom in stated(case, text):
        if whom == "other" or (whom == "none" and case.mask_kind == "anatomy"):
            continue
        if of_several(case, clause.low):
            continue
        # "Smooth" and "regular" are said of much; "spiculated" of nothing but an edge.
        edged = needs is None or needs.search(clause.low) is not None
        for match in pattern.finditer(clause.low):
            if _is_inner(case, clause.low, match):
                continue
            if is_denied(clause.low, *match.span("word")):
                continue
            if code == "contrast" and (
                _COLOURED.match(clause.low, match.end())
                or _MAINLY.search(clause.low, 0, match.start())
            ):
                continue
            if _of_something_else(case, clause, match) or (needs and _ONE_EDGE.search(clause.low)):
                continue
            if _MILDLY.search(clause.low, 0, match.start("word")) and code == "shape":
                continue
            one_of = code == "shape" and several and _ONE_OF.search(clause.low)
            if one_of and match["word"] in _OF_ONE:
                continue
            said = [word for word in (match["word"], match["second"]) if word]
            bounds = [_of(words, word) for word in said]
            if not edged and bounds[0] is not JAGGED:
                continue
            if not any(low <= value <= high for low, high in bounds):
                yield _failure(code, clause, expected, match.group())


_FEATURE = re.compile(rf"(?!areas?\b|densities\b){FEATURE}")


def _is_inner(case: Case, low: str, match: re.Match[str]) -> bool:
    """Whether a word is said of a noun that may be inside the outlined thing, or beside it."""
    if match.groupdict().get("noun") is None or _CALLED.search(low, 0, match.start()):
        return False
    head = next((noun for noun in known_nouns(case, low) if not noun.inner), None)
    own = head and head.is_target and not _FEATURE.fullmatch(low, head.start, head.end)
    return not (head and own and head.start == match.start("noun"))


# "A dark line" may be anything inside; "it is a dark line" is what it is.
_CALLED = re.compile(
    r"\b(?:is|are|as|into|(?:(?<=is )that|form|shape|appearance) of|forms?|like|resembles?|"
    r"appears? "
    r"as)\s+(?:an?\s+|the\s+)?"
    r"(?:(?!(?:of|in|with|at|and|to|from|by|against|than|on|for|surrounded)\b)[\w-]+,?\s+){0,2}$"
)
# A hue, not a brightness: "pale brown", "predominantly white".
_MAINLY = re.compile(r"\b(?:predominantly|mainly|mostly|overall|essentially)\s+$")
_COLOURED = re.compile(rf"\s+(?:colou?r|hue|tint|tone|{any_of(COLOURS)})\b")
_MILDLY = re.compile(
    r"\b(?:slightly|mildly|gently|faintly|minimally|subtly|somewhat|a little|a bit|partly|"
    r"partially|"
    r"focally|in places)\s+$"
)
# True of one of several, whatever the measure of all of them is.
_OF_ONE = frozenset(
    phrase(
        "round, rounded, circular, oval, ovoid, elliptical, lobulated, lobular, lobed, elongated"
    )
)
_ONE_OF = re.compile(r"\b(?:smaller|smallest|the other|second)\b")


_LEVEL = re.compile(
    r"\b(?:echogenicity|echo (?:level|intensity|content)|internal echoes|density|"
    r"brightness|opacity|radiodensity|luminosity|intensity|tone)\b"
    r"(?:\s+(?:of|in|inside|within)\s+(?:it|(?:the|this)\s+(?!surround|adjacent|neighb|normal)"
    r"[\w-]+))?"
    r"\s*(?:[:,]|is|are|was|appears?|looks?|being|measured|seems?|(?=\s\w+er "
    r"than))\s*(?:(?:\w+ly|"
    r"much|well|very|somewhat|rather|also|overall)\s+)*"
    r"(?:(?P<up>increased|raised|higher|high|elevated|above|greater|dense|brighter|"
    r"more)|(?P<down>reduced|decreased|lower|low|diminished|darker|"
    r"lessened))\b"
)
# What one stretch of the edge is like, no measure of the whole tells.
_ONE_EDGE = re.compile(
    r"\b(?:inner|outer|upper|lower|left|right|medial|lateral|anterior|posterior|deep|"
    rf"superficial|superior|inferior|top|bottom|nasal|temporal)\s+{_EDGE}\b"
)
_MIRRORED = re.compile(r"\b(?:where|than|not|less|against (?:the|an?)|as\s+\w+\s+as)\s+$")


# "Lighter towards the edge", "its centre is darker": a part held against the rest.
_AT_ITS = re.compile(
    r"\s+(?:towards?|at|in|near|along)\s+(?:the|its)\s+(?:\w+\s+)?(?:edges?|periphery|"
    r"cent(?:re|er)|margins?|middle|borders?|rim|core|outside|interior)\b"
)
_PART_IS = re.compile(
    r"\b(?:the|its)\s+(?:\w+\s+)?(?:centre|periphery|core|middle|"
    r"rim)(?:\s+of\s+(?:the|this)\s+\w+)?\s+(?:is|are|appears?|looks?|"
    r"being)\s+(?:[\w-]+\s+){0,3}?[\w-]+$"
)


def _of_something_else(case: Case, clause: Clause, match: re.Match[str]) -> bool:
    """Whether the noun that follows, or the one spoken of just before, is none of the outlined."""
    del case
    low = clause.low
    return (
        _MIRRORED.search(low, 0, match.start()) is not None
        or _AT_ITS.match(low, match.end()) is not None
        or _PART_IS.search(low, 0, match.end()) is not None
    )


def _of(words: Mapping[str, Bounds], word: str) -> Bounds:
    """A word as its table spells it: patterns take a hyphen for a blank and the reverse."""
    spaced = re.sub(r"[\s-]+", " ", word)
    for spelled in (word, spaced, spaced.replace(" ", "-")):
        if spelled in words:
            return words[spelled]
    by_letters = {re.sub(r"[\s-]+", " ", key): key for key in words}
    return words[by_letters[spaced]]


def _failure(code: str, clause: Clause, expected: str, words: str) -> Failure:
    return Failure(
        code=code,
        step=clause.sentence.step,
        sentence=clause.sentence.text,
        expected=expected,
        claimed=words.strip(),
    )
