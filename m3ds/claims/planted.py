"""The sentences that are planted, and the words that mutations need."""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "tumor": "mass",
    "nodule": "nodule",
    "polyp": "polyp",
    "lesion": "lesion",
    "fracture": "fracture",
    "finding": "lesion",
}
"""A plain noun for each target."""

PLURAL_VERBS: Mapping[str, str] = {
    "is": "are",
    "lies": "lie",
    "sits": "sit",
    "occupies": "occupy",
    "fills": "fill",
    "stands": "stand",
    "appears": "appear",
    "measures": "measure",
}

OTHER_MODALITIES: Mapping[str, tuple[str, ...]] = {
    "x-ray": ("This is a plain radiograph of {part}.", "X-ray of {part}, single view."),
    "ultrasound": (
        "This is an ultrasound image of {part}.",
        "B-mode sonography of {part}.",
    ),
    "dermoscopy": ("Dermoscopic image of {part}.", "The picture was taken by dermoscopy."),
    "endoscopy": ("This is an endoscopic view of {part}.", "Colonoscopy, still frame."),
    "fundus": ("This is a colour fundus photograph.", "Retinal fundus photography."),
    "CT": ("Axial CT of {part}.", "This is a computed tomography slice through {part}."),
    "MRI": ("T2-weighted MRI of {part}.", "Magnetic resonance image of {part}, coronal plane."),
    "mammography": ("The image is a mammogram.",),
    "histology": ("Histology slide stained with haematoxylin and eosin.",),
}
"""Modality steps; the part of the body is filled in."""

BESIDES: Mapping[str, tuple[str, ...]] = {
    "x-ray": (
        "There is also a dislocation of the neighbouring joint.",
        "A metallic foreign body projects over the soft tissues.",
        "A pneumothorax is also present.",
    ),
    "ultrasound": (
        "An enlarged lymph node is seen alongside.",
        "There is also a simple cyst nearby.",
        "A gallstone with a posterior shadow is noted as well.",
    ),
    "dermoscopy": (
        "Next to it there is a dermatofibroma.",
        "A cherry angioma is present beside it.",
    ),
    "endoscopy": (
        "A diverticulum opens beside it.",
        "An ulcer is present on the opposite wall.",
    ),
    "fundus": (
        "There is also a retinal detachment in the periphery.",
        "A branch retinal vein occlusion is present as well.",
        "A choroidal naevus is noted near the arcade.",
    ),
}
"""Findings that no mask and no label speaks of."""

HISTORIES: Mapping[str, tuple[str, ...]] = {
    "any": (
        "The patient is a 57-year-old woman.",
        "Compared with the previous examination it has grown.",
        "There is a family history of cancer.",
        "The patient has noticed it for about six months.",
        "It was first documented two years ago and has not changed since.",
    ),
    "x-ray": (
        "The patient fell from a ladder and has been in pain since.",
        "A high fever and a productive cough were reported on admission.",
    ),
    "ultrasound": ("She felt a lump three weeks ago.", "The patient's TSH is raised."),
    "dermoscopy": ("The patient reports that it itches and sometimes bleeds.",),
    "endoscopy": ("The patient was referred because of rectal bleeding.",),
    "fundus": ("The patient complains of blurred vision and has had diabetes for years.",),
}
"""What no image shows, for any modality and for each."""

LEAKS: tuple[tuple[str, str], ...] = (
    ("reasoning", "This agrees with the label that was provided."),
    ("reasoning", "The ground truth supports this reading."),
    ("analysis", "The segmentation mask outlines it clearly."),
    ("analysis", "The annotated region shows this well."),
    ("conclusion", "This matches the given diagnosis of {diagnosis}."),
    ("reasoning", "As stated in the prompt, the answer is {diagnosis}."),
    ("analysis", "The bounding box around it is tight."),
    ("reasoning", "Since we were told that it is {diagnosis}, the features fit."),
)
"""Sentences that betray what was at hand, each with the step it stands in."""
