"""The labels of the fundus source, spelled as the suffix of each file name."""

from __future__ import annotations

from m3ds.schema.source import Label, LabelSet

# `normal` is an ordinary label here, no negative: healthy fundi have their vessels outlined too.
FIVES = LabelSet(
    labels=(
        Label(
            name="age-related macular degeneration",
            upstream=("A",),
            synonyms=("AMD", "macular degeneration"),
            paper="AMD",
        ),
        Label(name="diabetic retinopathy", upstream=("D",), synonyms=("DR",)),
        Label(name="glaucoma", upstream=("G",), synonyms=("glaucomatous optic neuropathy",)),
        Label(name="normal", upstream=("N",), synonyms=("healthy", "no disease")),
    )
)
