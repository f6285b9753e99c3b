"""Words for form, edge and brightness, each with the measured values it may be said of.

The bounds are wider than the author's own scales: a reader may use a neighbouring word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from m3ds.claims.idioms import LIKENED_EDGES_ROUGH, LIKENED_EDGES_SMOOTH, LIKENED_LONG
from m3ds.claims.words import phrase
from m3ds.schema.base import Modality

Bounds = tuple[float, float]
_ANY = math.inf

_ROUND, _OVAL, _LONG = (0.0, 0.72), (0.45, 0.96), (0.76, 1.0)
_THIN = (0.86, 1.0)
"""Twice as long as wide, or more."""
_LONG_THINGS = "strap, worm, ribbon, strip, finger, pencil, thread, band, rod, snake, needle, tube"
SHAPES: Mapping[str, Bounds] = {
    **{f"{one}-{as_}": _THIN for one in phrase(_LONG_THINGS) for as_ in ("like", "shaped")},
    "rounded": (0.0, 0.86),
    **dict.fromkeys(
        ("perfect circle", "perfectly circular", "perfectly round", "exactly round"), (0.0, 0.68)
    ),
    **dict.fromkeys(LIKENED_LONG, _LONG),
    **dict.fromkeys(("long, narrow", "long, thin", "long, slender"), _THIN),
    **dict.fromkeys(
        phrase(
            "round, circle, circular, spherical, globular, disc-shaped, "
            "disc-like, ball-like,"
            "ball-shaped, coin-shaped, coin-like, near-circular, round-shaped, "
            "globe-shaped, dome-shaped, shaped like a ball, shaped like a disc, "
            "shaped like a coin, "
            "perfect ball, perfect sphere, perfect disc"
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
            "elongated oval, elongated ovoid, elongated ellipse, stretched oval, moderately "
            "elongated, mildly elongated, a little elongated"
        ),
        (0.6, 0.97),
    ),
    **dict.fromkeys(
        phrase(
            "elongated, elongate, spindle-shaped, stretched, stretched out, drawn out, fusiform, "
            "cigar, cigar-like, cigar-shaped, sausage-like, sausage-shaped"
        ),
        _LONG,
    ),
    **dict.fromkeys(
        phrase(
            "linear, tubular, long-drawn, long drawn-out, flat band, narrow strip, thin ribbon, "
            "long ribbon, narrow ribbon, long band, narrow band, thin strip, long strip, "
            "thin streak, long streak,  long and narrow, long and thin, long thin, long narrow, "
            "slender, streak-like, long and slender, strongly elongated, markedly elongated, very "
            "elongated, extremely elongated, narrow streak, long drawn out, serpiginous, "
            "pencil-thin, needle-thin, "
            "vermiform"
        ),
        _THIN,
    ),
}
GREAT_IRREGULARITY = 0.3
"""From here on a reader of the published figure may call a border uneven, however long it is."""

_SMOOTH, _MILD, _ROUGH = (0.0, 0.45), (0.05, 0.9), (0.13, _ANY)
JAGGED: Bounds = (0.25, _ANY)
BORDERS: Mapping[str, Bounds] = {
    **dict.fromkeys(LIKENED_EDGES_SMOOTH, _SMOOTH),
    **dict.fromkeys(LIKENED_EDGES_ROUGH, JAGGED),
    **dict.fromkeys(
        phrase("smooth, smoothly, even, regular, evenly, clean-cut, unbroken, uniform"), _SMOOTH
    ),
    **dict.fromkeys(
        phrase(
            "flawlessly smooth, perfectly smooth, completely smooth, absolutely smooth, entirely "
            "smooth"
        ),
        (0.0, 0.25),
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
        JAGGED,
    ),
}
_CONVEX, _LOBED, _CLEFT = (0.88, 1.0), (0.0, 0.955), (0.0, 0.86)
OUTLINES: Mapping[str, Bounds] = {
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

BRIGHT, DARK, _ALIKE = (-0.015, _ANY), (-_ANY, 0.015), (-0.09, 0.09)
FAR_BRIGHTER, FAR_DARKER = (0.02, _ANY), (-_ANY, -0.02)
FAR = phrase(
    "far, much, way, glaringly, markedly, considerably, strikingly, strongly, distinctly, clearly, "
    "dramatically, conspicuously, dazzlingly, vastly, intensely, decidedly, plainly, substantially"
)
"""Before a comparative: more than a shade."""

# Without "than": said of what is bright in itself, which need not be brighter than its ring.
_BRIGHTISH, _DARKISH = (-0.06, _ANY), (-_ANY, 0.06)
CONTRASTS: Mapping[str, Bounds] = {
    **dict.fromkeys(phrase("darkest, blackest, darker, dimmer, blacker, darkened"), DARK),
    **{f"{far} {word}": FAR_DARKER for far in FAR for word in ("darker", "blacker", "dimmer")},
    **{f"{far} {word}": FAR_BRIGHTER for far in FAR for word in ("brighter", "lighter", "paler")},
    **dict.fromkeys(
        phrase(
            "brightest, lightest, palest, whitest, brighter, lighter, paler, whiter, denser, "
            "more opaque"
        ),
        BRIGHT,
    ),
    **dict.fromkeys(
        phrase(
            "isodense, isochromatic, equally bright, same brightness, hardly differs, equidense, "
            "no difference in brightness, same grey value"
        ),
        _ALIKE,
    ),
}
OWN_CONTRASTS: Mapping[Modality, Mapping[str, Bounds]] = {
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
                " fewer echoes, weaker echoes, poorer in echoes, low echo level, reduced echo "
                "level, "
                "reduced echo intensity, decreased echo level, low echo intensity, less "
                "reflective, "
                "weakly echogenic, poorly "
                "echogenic, dimly echoic"
            ),
            DARK,
        ),
        **dict.fromkeys(
            phrase(
                "hyperechoic, hyper-echoic, echo-rich, echorich, hyperechogenic, high "
                "echogenicity, echogenic, bright,"
                "increased echogenicity, raised echogenicity, rich in echoes, "
                "high-level echoes, hyperechogenicity,"
                "elevated echogenicity, higher echogenicity, echo-dense, strongly "
                "reflective, more echogenic, more echoes, stronger echoes, "
                "higher-level echoes, brighter echoes, strongly "
                "echogenic, more reflective, dense internal echoes, dense echoes, "
                "internal echoes are dense, richer in echoes, high echo level, raised echo "
                "intensity, "
                "increased echo intensity, high echo intensity, raised echo level, increased "
                "echo level"
            ),
            BRIGHT,
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
            DARK,
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
            BRIGHT,
        ),
        **dict.fromkeys(
            phrase("white, whitish, bright, dense, whitened, chalky white"), _BRIGHTISH
        ),
        **dict.fromkeys(phrase("black, blackish, dark, blackened, translucent"), _DARKISH),
    },
    "dermoscopy": {
        **dict.fromkeys(
            phrase(
                "dark patch, dark lesion, dark macule, dark plaque, "
                "hyperpigmented, deeply pigmented, heavily pigmented, darkly pigmented"
            ),
            DARK,
        ),
        **dict.fromkeys(
            phrase(
                "light patch, light spot, light lesion, light macule, "
                "fainter than the skin, fainter than the surrounding skin, much fainter, "
                "hypopigmented, depigmented, pallor"
            ),
            BRIGHT,
        ),
        **dict.fromkeys(phrase("almost white, whitish, pale"), _BRIGHTISH),
    },
    "endoscopy": {**dict.fromkeys(phrase("pale, pallid, whitish"), BRIGHT)},
    "fundus": {
        **dict.fromkeys(phrase("dark, deep red, darker red"), DARK),
        **dict.fromkeys(phrase("bright, pale, light, whitish, white"), BRIGHT),
    },
}
