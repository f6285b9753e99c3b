"""What no text may say whatever the image: hints at its own making, and steps of no use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.text import sentences
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps

STEPS = ("modality", "analysis", "reasoning", "conclusion")

LENGTHS = {
    "modality": (10, 300),
    "analysis": (25, 1200),
    "reasoning": (40, 1200),
    "conclusion": (10, 400),
}
"""Shortest and longest step, in characters."""

_ANSWER = (
    r"(?:diagnos[ie]s|labels?|answers?|annotations?|class(?:es)?|categor(?:y|ies)|ground[ -]?truth)"
)
_TOLD = r"(?:given|provided|supplied|stated|specified|known|assigned|reference|correct|true|gold)"
_LEAKS = re.compile(
    r"\b(?:"
    + "|".join(
        [
            r"ground[ -]?truth",
            rf"{_TOLD}[ -](?:the )?(?:standard )?{_ANSWER}",
            rf"{_ANSWER} (?:(?:is|was|has been|as) )?(?:already )?{_TOLD}",
            r"as (?:given|provided|labell?ed|annotated|instructed|specified|indicated by the)",
            r"(?:is|are|was|were|been) (?:labell?ed|annotated)",
            (
                r"(?:according to|based on|as per|matches|consistent with) (?:the|its) "
                rf"(?:{_TOLD} )?(?:{_ANSWER}|metadata|prompt|question|segmentation|facts?)"
            ),
            r"the (?:label|annotation|annotator)s?",
            # A shadow masks the tissue behind it, and may mask it: the verb betrays nothing.
            (
                r"masks(?! (?:the|an?|any|its|it|this|these|what|some|most|parts?|all|deeper"
                r"|underlying|adjacent|neighbou?ring|tissues?|structures?|details?)\b)"
            ),
            r"(?:in|inside|outside|within|of|from|by|with|on) (?:the |both |these )?masks",
            r"(?<!\bto )(?<!\bmay )(?<!\bcan )(?<!\bmight )(?<!\bcould )(?<!\bnot )mask",
            r"masked (?:area|region|image)",
            r"segmentation (?:map|overlay|result)",
            r"bounding[ -]box(?:es)?",
            r"(?:red|green|yellow|blue) (?:box|contour|outline|overlay)",
            (
                r"(?:highlighted|outlined|marked|segmented|annotated) "
                r"(?:region|area|lesion|contour)s?"
            ),
            r"regions? of interest|ROIs?",
            r"(?:measured|given|provided|these|the) facts|facts (?:show|state|say|list)",
            r"area[ _]fraction|n_regions|centroid(?:_[xy])?",
            r"eccentricity|solidity",
            r"(?:we|I) (?:know|are told|am told|were told|was told)",
            r"the (?:prompt|instruction|task|user|system message)s?",
            r"as an AI|language model|I (?:cannot|can't|am unable)",
        ]
    )
    + r")\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\[SEG\]|<[^>]{1,40}>|```")


def check_leakage(case: Case, steps: Steps) -> Iterator[Failure]:
    """No sentence betrays that label, mask or measurements were at hand.

    A share of the image is a finding like any other and betrays nothing.
    """
    del case
    for sentence in sentences(steps, *STEPS):
        for match in _LEAKS.finditer(sentence.text):
            yield Failure(
                code="leakage",
                step=sentence.step,
                sentence=sentence.text,
                expected="what the image itself shows",
                claimed=match.group(),
            )


def check_markup(case: Case, steps: Steps) -> Iterator[Failure]:
    """Tokens and tags belong to the answer's form, never to a step."""
    del case
    for sentence in sentences(steps, *STEPS):
        for match in _MARKUP.finditer(sentence.text):
            yield Failure(
                code="markup",
                step=sentence.step,
                sentence=sentence.text,
                expected="plain text",
                claimed=match.group(),
            )


def check_length(case: Case, steps: Steps) -> Iterator[Failure]:
    """Each step is neither empty nor endless."""
    del case
    for step in STEPS:
        text = getattr(steps, step).strip()
        low, high = LENGTHS[step]
        if not low <= len(text) <= high:
            yield Failure(
                code="length",
                step=step,
                sentence=text[:200],
                expected=f"{low} to {high} characters",
                claimed=str(len(text)),
            )
