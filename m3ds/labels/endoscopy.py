"""The label of the endoscopy source."""

from __future__ import annotations

from m3ds.schema.source import Label, LabelSet

KVASIR_SEG = LabelSet(
    labels=(
        Label(
            name="polyp",
            upstream=("polyp",),
            synonyms=("polyps", "colorectal polyp", "colonic polyp", "polypoid lesion"),
            paper="polyp",
            visible=True,
        ),
    )
)
