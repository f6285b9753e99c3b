"""The modality a text names, against the image's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.text import any_of, is_general, is_negated, sentences
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps
from m3ds.schema.vocabulary import MODALITY_WORDS

_FOREIGN = {
    "CT": r"CT|CAT scan|computed tomograph\w*|tomogra\w+",
    "MRI": r"MRI|MR imag\w+|magnetic resonance",
    "PET": r"PET|positron emission",
    "mammography": r"mammogra\w+",
    "Doppler": r"(?:colou?r |power )?Doppler",
    "histology": r"histolog\w+ (?:section|slide|image)|microscop\w+",
    "OCT": r"OCT|optical coherence tomograph\w*",
}
_ALTERNATIVES = (
    *(rf"(?P<m{i}>(?:{any_of(words)})s?)" for i, words in enumerate(MODALITY_WORDS.values())),
    *(rf"(?P<f{i}>{pattern})" for i, pattern in enumerate(_FOREIGN.values())),
)
_WORDS = re.compile(rf"\b(?:{'|'.join(_ALTERNATIVES)})\b", re.IGNORECASE)
_NAMES = {f"m{i}": name for i, name in enumerate(MODALITY_WORDS)} | {
    f"f{i}": name for i, name in enumerate(_FOREIGN)
}


def check_modality(case: Case, steps: Steps) -> Iterator[Failure]:
    """The modality step names the image's modality; no step takes the image for another."""
    named = False
    for sentence in sentences(steps, "modality", "analysis", "reasoning", "conclusion"):
        for match in _WORDS.finditer(sentence.text):
            modality = _NAMES[match.lastgroup or ""]
            if modality == case.modality:
                named = named or sentence.step == "modality"
            elif not is_negated(sentence.text, *match.span()) and not (
                sentence.step != "modality" and is_general(sentence.text)
            ):
                yield Failure(
                    code="modality",
                    step=sentence.step,
                    sentence=sentence.text,
                    expected=case.modality,
                    claimed=match.group().lower(),
                )
    if not named:
        yield Failure(
            code="modality",
            step="modality",
            sentence=steps.modality,
            expected=case.modality,
            claimed="",
        )
