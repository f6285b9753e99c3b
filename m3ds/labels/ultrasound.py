"""The labels of the two ultrasound sources."""

from __future__ import annotations

from m3ds.schema.source import Label, LabelSet

BUSI = LabelSet(
    labels=(
        Label(
            name="benign",
            upstream=("benign",),
            synonyms=("benign tumor", "benign lesion", "benign mass"),
            paper="benign",
            malignancy="benign",
        ),
        Label(
            name="malignant",
            upstream=("malignant",),
            synonyms=("malignant tumor", "malignant lesion", "malignant mass", "malignancy"),
            # Not shown as an answer, but the paper's question offers it.
            paper="malignant",
            malignancy="malignant",
        ),
    ),
    negative="normal",
)

TN3K = LabelSet(
    labels=(
        Label(
            name="benign",
            upstream=("0",),
            synonyms=("benign nodule", "benign thyroid nodule", "benign lesion"),
            malignancy="benign",
        ),
        Label(
            name="malignant",
            upstream=("1",),
            synonyms=("malignant nodule", "malignant thyroid nodule", "malignant lesion"),
            malignancy="malignant",
        ),
    )
)
