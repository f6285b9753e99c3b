"""Words for brightness, against the contrast that was measured with the surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.brightness import tells_nothing
from m3ds.claims.comparison import Compared, comparisons
from m3ds.claims.idioms import LIKENED_CONTRASTS
from m3ds.claims.looks import BRIGHT, CONTRASTS, DARK, FAR, FAR_BRIGHTER, FAR_DARKER, OWN_CONTRASTS
from m3ds.claims.polarity import is_denied, is_denied_ahead, is_supposed, is_usual
from m3ds.claims.scale import compiled, failure, on_scale, scale_words
from m3ds.claims.stated import stated
from m3ds.claims.text import BODY, Text, every_clause
from m3ds.claims.words import any_of
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import CONTRAST

_CONTRASTS = {**CONTRASTS, **LIKENED_CONTRASTS}
_WORDS = {
    modality: scale_words({**_CONTRASTS, **own}, compiled({**_CONTRASTS, **own}))
    for modality, own in OWN_CONTRASTS.items()
}


def check_contrast(case: Case, text: Text) -> Iterator[Failure]:
    """Words for brightness agree with the contrast against the surroundings."""
    value = case.facts.contrast
    if value is None:
        return
    expected = f"{CONTRAST.word(value)} ({value:+.2f})"
    told: set[str] = set()
    for found in (
        *_compared(case, text, value, expected),
        *on_scale(
            *(case, text, "contrast", _WORDS[case.modality], (value,), expected),
            exempt=tells_nothing,
        ),
        *_levels(case, text, value, expected),
    ):
        # One way to say it may be read by two of them.
        if found.sentence not in told:
            told.add(found.sentence)
            yield found


_WHICH_IS = re.compile(r"\b(?:that|which) (?:is|are) (?:\w+ )?$")


_NOT_SO = re.compile(
    r"[^.;:]{0,25}?\b(?:(?:it|they|this) (?:is|are) not|(?:is|are) (?:not (?:seen|present|found|"
    r"visible|there)|absent|missing)|cannot be (?:said|seen))\b"
)


def _is_denied(low: str, found: Compared) -> bool:
    """Whether a comparison is denied; what another verb behind it denies is something else."""
    return is_denied_ahead(low, found.start) or _NOT_SO.match(low, found.end) is not None


# "Far darker than the skin" is more than a shade.
_FAR = re.compile(rf"\b{any_of(FAR)}\b")


def _compared(case: Case, text: Text, value: float, expected: str) -> Iterator[Failure]:
    for clause in every_clause(text, *BODY):
        if is_usual(clause.sentence.low):
            continue
        for found in comparisons(case, clause):
            # "A lesion that is lighter than the skin should not be taken for a mole".
            if is_supposed(
                clause.low[: found.end]
                if _WHICH_IS.search(clause.low, 0, found.start)
                else clause.low
            ):
                continue
            low, high = BRIGHT if found.brighter else DARK
            if _FAR.search(clause.low, max(0, found.start - 15), found.end):
                low, high = FAR_BRIGHTER if found.brighter else FAR_DARKER
            if not low <= value <= high and not _is_denied(clause.low, found):
                yield failure("contrast", clause, expected, found.words)


_LEVEL = re.compile(
    r"\b(?:echogenicity|echo (?:level|intensity|content)|(?:internal |whose |its )echoes|density|"
    r"brightness|opacity|radiodensity|luminosity|intensity|tone)\b(?:\s+(?:of|in|inside|"
    r"within)\s+(?:it|(?:the|this)\s+(?!surround|adjacent|neighb|normal)[\w-]+))?\s*(?:[:,]|is|are|"
    r"was|appears?|looks?|being|measured|seems?|(?=\s\w+er than))\s*(?:(?:\w+ly|much|well|way|far|"
    r"very|somewhat|rather|also|overall)\s+)*(?:(?P<up>increased|raised|higher|high|elevated|above|"
    r"greater|dense|brighter|stronger|more)|(?P<down>reduced|decreased|lower|low|below|diminished|"
    r"darker|weaker|fainter|lessened))\b"
)


def _levels(case: Case, text: Text, value: float, expected: str) -> Iterator[Failure]:
    for clause, whom in stated(case, text):
        match = _LEVEL.search(clause.low) if whom != "other" else None
        if match and not is_denied(clause.low, *match.span()):
            low, high = BRIGHT if match["up"] else DARK
            if not low <= value <= high:
                yield failure("contrast", clause, expected, match.group())
