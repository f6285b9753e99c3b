"""Words for size, each with the shares of the image that it may be said of."""

from __future__ import annotations

from m3ds.claims.words import phrase
from m3ds.schema.vocabulary import SIZE

TRUE_OF: dict[str, tuple[float, float]] = {
    "tiny": (0.0, 0.016),
    "small": (0.0, 0.075),
    "moderate": (0.012, 0.25),
    "large": (0.05, 1.0),
    "very large": (0.2, 1.0),
}
"""Between which shares of the image a reader may use a word: wider than the author's own scale."""

_SAME = {
    "tiny": phrase(
        "minute, very small, minuscule, miniscule, diminutive, punctate, pinpoint, "
        "pin-point, minimal,"
        "extremely small, barely perceptible, speck-like, microscopic, miniature, wee, teeny"
    ),
    "small": phrase(
        "smallish, little, modest, compact, limited, subtle in extent, not large, petite"
    ),
    "moderate": phrase(
        "moderately sized, moderate-sized, medium, medium-sized, mid-sized, middling, intermediate,"
        "average-sized, moderately large, intermediate-sized"
    ),
    "large": phrase(
        "sizeable, sizable, big, extensive, bulky, considerable, substantial, "
        "voluminous, prominent in size,"
        "large-sized, sprawling, expansive, dominant, widespread, great"
    ),
    "very large": phrase(
        "very extensive, very big, very bulky, very sizeable, very sizable, huge, "
        "massive, enormous, giant, gigantic, vast, extremely large, immense"
    ),
}
MEANS = {
    **dict(zip(SIZE.words, SIZE.words, strict=True)),
    **SIZE.aliases,
    **{same: word for word, others in _SAME.items() for same in others},
}
