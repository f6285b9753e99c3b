"""The labels of the two dermoscopy sources."""

from __future__ import annotations

from m3ds.schema.source import Label, LabelSet

# Training rows say the word, test rows a number.
ISBI2016 = LabelSet(
    labels=(
        Label(
            name="benign",
            upstream=("benign", "0.0"),
            synonyms=("benign lesion", "benign skin lesion", "benign melanocytic lesion"),
            malignancy="benign",
        ),
        Label(
            name="malignant",
            upstream=("malignant", "1.0"),
            synonyms=("malignant lesion", "malignant skin lesion", "malignancy"),
            malignancy="malignant",
        ),
    )
)

# The paper shows one case, a nevus; what it calls the other two is not known.
ISIC2017 = LabelSet(
    labels=(
        Label(
            name="nevus",
            upstream=("nevus",),
            synonyms=("naevus", "melanocytic nevus", "benign nevus", "mole"),
            paper="benign melanoma",
            malignancy="benign",
        ),
        Label(
            name="seborrheic keratosis",
            upstream=("seborrheic_keratosis",),
            synonyms=("seborrhoeic keratosis",),
            malignancy="benign",
        ),
        Label(
            name="melanoma",
            upstream=("melanoma",),
            synonyms=("malignant melanoma", "cutaneous melanoma"),
            malignancy="malignant",
        ),
    )
)
