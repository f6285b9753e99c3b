"""Words for shape, border, brightness and colour, against what was measured of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from m3ds.claims.polarity import is_denied
from m3ds.claims.subject import stated
from m3ds.claims.text import Clause, Text
from m3ds.claims.words import any_of, phrase
from m3ds.schema.base import Modality
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import (
    BORDER,
    COLOURS,
    CONTRAST,
    OUTLINE,
    SHAPE,
    colour_agrees,
    roughness,
)

Bounds = tuple[float, float]
_ANY = math.inf

_ROUND, _OVAL, _LONG = (0.0, 0.72), (0.45, 0.96), (0.8, 1.0)
_SHAPES: Mapping[str, Bounds] = {
    **dict.fromkeys(
        phrase(
            "round, rounded, circular, spherical, globular, discoid, disc-shaped, "
            "disc-like, ball-like,"
            "ball-shaped, coin-shaped, coin-like, near-circular, round-shaped, "
            "globe-shaped, dome-shaped"
        ),
        _ROUND,
    ),
    **dict.fromkeys(
        phrase(
            "oval, ovoid, elliptical, elliptic, ellipsoid, ellipsoidal, egg-shaped, "
            "oval-shaped, oblong,"
            "bean-shaped, almond-shaped"
        ),
        _OVAL,
    ),
    **dict.fromkeys(
        phrase(
            "elongated, elongate, linear, band-like, tubular, spindle-shaped, long "
            "and narrow, long and thin,"
            "long thin, slender, cigar-shaped, cigar, cigar-like, worm-like, "
            "ribbon-like, strip-like, needle-like, rod-like,"
            "rod-shaped, sausage-shaped, finger-like, streak-like, long and slender, "
            "strongly elongated, narrow streak,"
            "stretched, stretched out, drawn out, fusiform, serpiginous, thread-like,"
            " snake-like, pencil-thin,"
            "vermiform"
        ),
        _LONG,
    ),
}
_SMOOTH, _MILD, _ROUGH = (0.0, 0.45), (0.1, 0.9), (0.15, _ANY)
_JAGGED: Bounds = (0.25, _ANY)
_BORDERS: Mapping[str, Bounds] = {
    **dict.fromkeys(
        phrase("smooth, smoothly, even, regular, evenly, clean-cut, unbroken, uniform"), _SMOOTH
    ),
    **dict.fromkeys(
        phrase(
            "slightly irregular, mildly irregular, somewhat irregular, minimally irregular,"
            "a little irregular, slightly uneven, gently irregular, not entirely smooth"
        ),
        _MILD,
    ),
    **dict.fromkeys(
        phrase(
            "irregular, irregularly, uneven, scalloped, crenated, geographic, microlobulated, wavy"
        ),
        _ROUGH,
    ),
    **dict.fromkeys(
        phrase(
            "jagged, ragged, spiculated, spiculate, angular, angulated, serrated, notched, frayed,"
            "rough, spiky, stellate, saw-tooth, craggy, tattered, star-shaped, very irregular,"
            "markedly irregular, highly irregular, grossly irregular, spiculation, spicules"
        ),
        _JAGGED,
    ),
}
_CONVEX, _LOBED, _CLEFT = (0.88, 1.0), (0.0, 0.955), (0.0, 0.86)
_OUTLINES: Mapping[str, Bounds] = {
    **dict.fromkeys(phrase("convex"), _CONVEX),
    **dict.fromkeys(
        phrase(
            "lobulated, lobular, lobed, indented, multilobulated, bilobed, multilobed, lobulation"
        ),
        _LOBED,
    ),
    **dict.fromkeys(
        phrase(
            "deeply indented, deeply notched, deep clefts, deep notches, deeply "
            "cleft, deeply lobulated,"
            "deep indentations, deeply fissured"
        ),
        _CLEFT,
    ),
}

_BRIGHT, _DARK, _ALIKE = (-0.015, _ANY), (-_ANY, 0.015), (-0.09, 0.09)
_CONTRASTS: Mapping[str, Bounds] = {
    **dict.fromkeys(phrase("darker, dimmer, blacker, much darker, darkened"), _DARK),
    **dict.fromkeys(
        phrase("brighter, lighter, paler, whiter, denser, more opaque, much brighter"), _BRIGHT
    ),
    **dict.fromkeys(
        phrase(
            "isodense, isochromatic, equally bright, same brightness, hardly differs, equidense"
        ),
        _ALIKE,
    ),
}
_OWN_CONTRASTS: Mapping[Modality, Mapping[str, Bounds]] = {
    "ultrasound": {
        **dict.fromkeys(
            phrase(
                "hypoechoic, anechoic, hypo-echoic, echo-poor, echopoor, hypoechogenic, "
                "sonolucent, low echogenicity,"
                "reduced echogenicity, decreased echogenicity, low-level echoes, "
                "low in echoes, low-level internal echoes,"
                "poor in echoes, low-echo, hypoechogenicity, low internal echoes, "
                "echo-free, lower echogenicity,"
                "low level echoes, dark, sparse echoes, few echoes, diminished "
                "echogenicity, lower in echogenicity, less echogenic, less bright,"
                " fewer echoes, less reflective, weakly echogenic, poorly "
                "echogenic, dimly echoic"
            ),
            _DARK,
        ),
        **dict.fromkeys(
            phrase(
                "hyperechoic, hyper-echoic, echo-rich, echorich, hyperechogenic, high "
                "echogenicity, echogenic, bright,"
                "increased echogenicity, raised echogenicity, rich in echoes, "
                "high-level echoes, hyperechogenicity,"
                "elevated echogenicity, higher echogenicity, echo-dense, strongly "
                "reflective, white, more echogenic, more echoes, strongly "
                "echogenic, more reflective, dense internal echoes, dense echoes, "
                "internal echoes are dense"
            ),
            _BRIGHT,
        ),
        **dict.fromkeys(phrase("isoechoic, iso-echoic, isoechogenic, same echogenicity"), _ALIKE),
    },
    "x-ray": {
        **dict.fromkeys(
            phrase(
                "lucent, radiolucent, hyperlucent, hypodense, less dense, less opaque, "
                "reduced density,"
                "decreased density, lower density, decreased opacity, "
                "lytic, more lucent, blacker, less radiopaque"
            ),
            _DARK,
        ),
        **dict.fromkeys(
            phrase(
                "radiopaque, radio-opaque, hyperdense, sclerotic, increased density, "
                "increased opacity,"
                "higher density, more dense, more radiopaque, "
                "radiodense, opaque, more radiodense, increased "
                "radiodensity,"
                "greater density, whiter"
            ),
            _BRIGHT,
        ),
    },
    "dermoscopy": {
        **dict.fromkeys(
            phrase("hyperpigmented, deeply pigmented, heavily pigmented, darkly pigmented"), _DARK
        ),
        **dict.fromkeys(
            phrase("hypopigmented, depigmented, pallor, almost white, whitish, pale"), _BRIGHT
        ),
    },
    "endoscopy": {**dict.fromkeys(phrase("pale, pallid, whitish"), _BRIGHT)},
    "fundus": {
        **dict.fromkeys(phrase("dark, deep red, darker red"), _DARK),
        **dict.fromkeys(phrase("bright, pale, light"), _BRIGHT),
    },
}

_EDGE = (
    r"(?:borders?|margins?|outlines?|contours?|edges?|bound(?:ary|aries)|rims?|"
    r"circumference|periphery|marginat\w+|bordered|margined|outlined)"
)
_HAS_EDGE = re.compile(rf"\b{_EDGE}\b|\ball (?:the way )?round\b")
_INNER = (
    r"(?:rim|halo|foc(?:i|us)|spots?|hilum|capsule|wall|sept\w+|shadow\w*|enhancement|"
    r"core|reflex|background|line|lines|gap|cleft|band|"
    r"artefact|echo|echoes|strand\w*|fat|skin|mucosa|tissue|dots?|globules?|streaks?|"
    r"veil|network|area within|centre|stripes?|hairs?|surface|layer|"
    r"component|components|parts?|calcific\w+|cortex|bone|lung|areas?|cells?|fundus|"
    r"retina|choroid|surroundings|parenchyma|gland|ligaments?|pneumonia|blood|"
    r"structures|margin of|fragments?|tones?|hues?|"
    r"texture|echotexture|breathing|intervals?|spaced|follow-?up|checks?|review|lens|"
    r"pigment\w*|openings?|cysts?|atelectas\w+|muscle|folds?|light|highlight|spot)"
)
_ASPECT = re.compile(
    r"\b(?P<times>two|three|four|five|six|several|many|2|3|4|"
    r"5)(?:\s+or\s+\w+)?\s+times\s+(?:as\s+|longer\s+than\s+)?(?:long|wide|tall|high|"
    r"longer|wider|taller)?"
    r"|\b(?P<equal>(?:about |nearly |almost |roughly )?as (?:wide|broad|long|tall|"
    r"high) as (?:it is |they are )?(?:tall|high|wide|long|broad))\b"
    r"|\bmuch (?P<longer>longer than (?:it is )?(?:wide|broad)|wider than (?:it is )?(?:tall|high))"
)


def check_shape(case: Case, text: Text) -> Iterator[Failure]:
    """Words for the overall form agree with the eccentricity."""
    value = case.facts.eccentricity
    if value is None:
        return
    expected = f"{SHAPE.word(value)} ({value:.2f})"
    yield from _on_scale(case, text, "shape", _SHAPES, value, expected, _SHAPE_PATTERN)
    for clause, whom in stated(case, text):
        match = _ASPECT.search(clause.low) if whom != "other" else None
        if match is None or is_denied(clause.low, *match.span()):
            continue
        low, high = _ROUND if match["equal"] else (0.75, 1.0)
        if (match["times"] or "").strip() in {
            "four",
            "five",
            "six",
            "several",
            "many",
            "4",
            "5",
            "three",
            "3",
        }:
            low = 0.85
        if not low <= value <= high:
            yield _failure("shape", clause, expected, match.group())


def check_border(case: Case, text: Text) -> Iterator[Failure]:
    """Words for the border agree with its roughness."""
    irregularity, eccentricity = case.facts.irregularity, case.facts.eccentricity
    if irregularity is not None and eccentricity is not None:
        value = roughness(irregularity, eccentricity)
        expected = f"{BORDER.word(value)} ({value:.2f})"
        yield from _on_scale(
            case, text, "shape", _BORDERS, value, expected, _BORDER_PATTERN, needs=_HAS_EDGE
        )


def check_outline(case: Case, text: Text) -> Iterator[Failure]:
    """Words for lobes and indentations agree with the solidity."""
    value = case.facts.solidity
    if value is not None:
        expected = f"{OUTLINE.word(value)} ({value:.2f})"
        yield from _on_scale(case, text, "shape", _OUTLINES, value, expected, _OUTLINE_PATTERN)


def check_contrast(case: Case, text: Text) -> Iterator[Failure]:
    """Words for brightness agree with the contrast against the surroundings."""
    value = case.facts.contrast
    if value is None:
        return
    words = {**_CONTRASTS, **_OWN_CONTRASTS[case.modality]}
    expected = f"{CONTRAST.word(value)} ({value:+.2f})"
    pattern = _CONTRAST_PATTERNS[case.modality]
    yield from _on_scale(case, text, "contrast", words, value, expected, pattern)
    for clause, whom in stated(case, text):
        match = _LEVEL.search(clause.low) if whom != "other" else None
        if match and not is_denied(clause.low, *match.span()):
            low, high = _BRIGHT if match["up"] else _DARK
            if not low <= value <= high:
                yield _failure("contrast", clause, expected, match.group())


def _compiled(words: Mapping[str, Bounds]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w-])(?P<word>{any_of(words)})\b(?!-)(?:\s+to\s+(?P<second>{any_of(words)})\b)?"
        r"(?!(?:,?\s+(?:and\s+)?(?!than\b|to\b|relative\b|compared\b|against\b|in\b|"
        rf"of\b|with\b|where\b|the\b|as\b|from\b|like\b|an?\b)[\w-]+){{0,2}}?\s+{_INNER}\b)"
    )


_SHAPE_PATTERN = _compiled(_SHAPES)
_BORDER_PATTERN = re.compile(
    rf"(?<![\w-])(?P<word>{any_of(_BORDERS)})\b(?!-)(?P<second>)(?!\s+{_INNER}\b)"
)
_OUTLINE_PATTERN = _compiled(_OUTLINES)
_CONTRAST_PATTERNS = {
    modality: _compiled({**_CONTRASTS, **own}) for modality, own in _OWN_CONTRASTS.items()
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
    for clause, whom in stated(case, text):
        if whom == "other" or (needs and not needs.search(clause.low)):
            continue
        for match in pattern.finditer(clause.low):
            if is_denied(clause.low, *match.span("word")):
                continue
            if _of_something_else(case, clause, match):
                continue
            said = [word for word in (match["word"], match["second"]) if word]
            if not any(low <= value <= high for low, high in (_of(words, word) for word in said)):
                yield _failure(code, clause, expected, match.group())


_LEVEL = re.compile(
    r"\b(?:echogenicity|echo (?:level|intensity|content)|internal echoes|density|"
    r"brightness|opacity|radiodensity|luminosity|intensity|tone)\b"
    r"\s*(?:[:,]|is|are|was|appears?|looks?|being|measured|seems?)\s*(?:(?:markedly|"
    r"clearly|distinctly|slightly|much|considerably|moderately|well|very|diffusely|"
    r"uniformly|mildly|somewhat|rather|also|overall)\s+)*"
    r"(?:(?P<up>increased|raised|higher|high|elevated|above|greater|dense|brighter|"
    r"more)|(?P<down>reduced|decreased|lower|low|diminished|darker|"
    r"lessened))\b"
)
_MIRRORED = re.compile(r"\b(?:where|than|not|less|as\s+\w+\s+as)\s+$")


def _of_something_else(case: Case, clause: Clause, match: re.Match[str]) -> bool:
    """Whether the noun that follows, or the one spoken of just before, is none of the outlined."""
    del case
    return _MIRRORED.search(clause.low[: match.start()]) is not None


def _of(words: Mapping[str, Bounds], word: str) -> Bounds:
    """A word as its table spells it: patterns take a hyphen for a blank and the reverse."""
    spaced = re.sub(r"[\s-]+", " ", word)
    for spelled in (word, spaced, spaced.replace(" ", "-")):
        if spelled in words:
            return words[spelled]
    by_letters = {re.sub(r"[\s-]+", " ", key): key for key in words}
    return words[by_letters[spaced]]


_COLOUR = re.compile(rf"\b(?P<word>{any_of(COLOURS)})\b(?!\s+(?:matter|blood|reflex|cells?))")
_ELSEWHERE = re.compile(
    r"\b(?:surround\w*|background|around|adjacent|normal mucosa|the mucosa|hairs?|ruler|light"
    r"|neighbouring|beside|behind|skin|components?|tones?|hues?|areas?|veil|"
    r"structures|where|than)\b"
)


def check_colour(case: Case, text: Text) -> Iterator[Failure]:
    """Colours said of the region agree with its own; of several, one has to."""
    measured = case.facts.colour
    if measured is None:
        return
    for clause, whom in stated(case, text):
        if whom == "other" or _ELSEWHERE.search(clause.sentence.low):
            continue
        claimed = [
            re.sub(r"[\s-]+", " ", match["word"]).replace("blue grey", "blue-grey")
            for match in _COLOUR.finditer(clause.low)
            if not is_denied(clause.low, *match.span())
        ]
        if claimed and not any(colour_agrees(word, measured) for word in claimed):
            yield _failure("colour", clause, measured, ", ".join(claimed))


def _failure(code: str, clause: Clause, expected: str, words: str) -> Failure:
    return Failure(
        code=code,
        step=clause.sentence.step,
        sentence=clause.sentence.text,
        expected=expected,
        claimed=words.strip(),
    )
