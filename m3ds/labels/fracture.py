"""The labels of the three fracture sources."""

from __future__ import annotations

from m3ds.schema.source import Label, LabelSet

# In the two sources with this one label it names the object outlined, hence visible.
FRACATLAS = LabelSet(
    labels=(
        Label(
            name="fracture",
            upstream=("fractured",),
            synonyms=("bone fracture", "fractured bone", "broken bone"),
            visible=True,
        ),
    ),
    negative="no fracture",
)

BONE_FRACTURE = LabelSet(
    labels=(
        Label(
            name="fracture",
            # All but `fracture` are signs of how the fragments stand, not kinds of fracture.
            upstream=("angle", "fracture", "line", "messed_up_angle"),
            synonyms=("bone fracture", "fractured bone", "broken bone"),
            visible=True,
        ),
    )
)


def _fracture(name: str, upstream: str, *synonyms: str) -> Label:
    return Label(name=name, upstream=(upstream,), synonyms=synonyms)


BONE_FRACTURE_DETECTION = LabelSet(
    labels=(
        _fracture("elbow fracture", "elbow positive", "fracture of the elbow", "fractured elbow"),
        _fracture(
            "finger fracture", "fingers positive", "fracture of the finger", "fractured finger"
        ),
        _fracture(
            "forearm fracture", "forearm fracture", "fracture of the forearm", "fractured forearm"
        ),
        # The class list calls these polygons `humerus`, and whole humeri `humerus fracture`.
        _fracture("humerus fracture", "humerus", "fracture of the humerus", "fractured humerus"),
        _fracture(
            "shoulder fracture",
            "shoulder fracture",
            "fracture of the shoulder",
            "fractured shoulder",
        ),
        _fracture("wrist fracture", "wrist positive", "fracture of the wrist", "fractured wrist"),
    )
)
