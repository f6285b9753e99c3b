"""Words for brightness, against the contrast that was measured with the surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.appearance import CONTRAST_WORDS, failure, on_scale
from m3ds.claims.comparison import comparisons
from m3ds.claims.looks import BRIGHT, DARK
from m3ds.claims.polarity import is_denied, is_supposed, is_usual
from m3ds.claims.stated import stated
from m3ds.claims.text import BODY, Text, every_clause
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import CONTRAST


def check_contrast(case: Case, text: Text) -> Iterator[Failure]:
    """Words for brightness agree with the contrast against the surroundings."""
    value = case.facts.contrast
    if value is None:
        return
    expected = f"{CONTRAST.word(value)} ({value:+.2f})"
    told: set[str] = set()
    for found in (
        *_compared(case, text, value, expected),
        *on_scale(case, text, "contrast", CONTRAST_WORDS[case.modality], value, expected),
        *_levels(case, text, value, expected),
    ):
        # One way to say it may be read by two of them.
        if found.sentence not in told:
            told.add(found.sentence)
            yield found


def _compared(case: Case, text: Text, value: float, expected: str) -> Iterator[Failure]:
    for clause in every_clause(text, *BODY):
        if is_supposed(clause.low) or is_usual(clause.sentence.low):
            continue
        for found in comparisons(case, clause.low):
            low, high = BRIGHT if found.brighter else DARK
            if not low <= value <= high and not is_denied(clause.low, found.start, found.end):
                yield failure("contrast", clause, expected, found.words)


_EXCEEDS = re.compile(
    r"\becho(?:es|genicity| level)?\b(?:\s+(?:of|in|from|inside|within)\s+(?:the|"
    r"this)\s+[\w-]+)?\s+"
    r"(?:is|are)\s+(?:\w+ly\s+|far\s+|much\s+|very\s+)?(?:(?P<strong>stronger|brighter|denser|"
    r"coarser and "
    r"brighter)|(?P<weak>weaker|fainter|dimmer|sparser|fewer|very low|low|sparse))\b"
    r"|\bin (?:brightness|density|echogenicity|tone)\b[^.;]{0,40}?\b(?:(?P<over>above|exceeds|"
    r"surpasses|"
    r"outshines)|(?P<beneath>below|falls short))\b"
    r"|\b(?:echogenicity|echo (?:level|intensity|content)|echoes|density|brightness|opacity|"
    r"intensity|whiteness)\s+(?:clearly\s+|markedly\s+|far\s+)?(?:(?P<up>exceeds?|surpass(?:es)?|"
    r"(?:is|are|lies?) (?:far |well )?above|is greater)|(?P<down>falls? (?:below|short of)|"
    r"(?:is|are|lies?) (?:far |well )?below))\b"
    r"|\bagainst (?:an? |the )?(?:(?P<dark>darker|dark|black|dusky)|(?:lighter|brighter|paler|"
    r"white)) "
    r"(?:[\w-]+ )?(?:skin|background|surroundings|mucosa|lung|gland|tissue|parenchyma|retina)\b"
)
_LEVEL = re.compile(
    r"\b(?:echogenicity|echo (?:level|intensity|content)|internal echoes|density|"
    r"brightness|opacity|radiodensity|luminosity|intensity|tone)\b"
    r"(?:\s+(?:of|in|inside|within)\s+(?:it|(?:the|this)\s+(?!surround|adjacent|neighb|normal)"
    r"[\w-]+))?"
    r"\s*(?:[:,]|is|are|was|appears?|looks?|being|measured|seems?|(?=\s\w+er "
    r"than))\s*(?:(?:\w+ly|"
    r"much|well|very|somewhat|rather|also|overall)\s+)*"
    r"(?:(?P<up>increased|raised|higher|high|elevated|above|greater|dense|brighter|"
    r"more)|(?P<down>reduced|decreased|lower|low|diminished|darker|"
    r"lessened))\b"
)


def _levels(case: Case, text: Text, value: float, expected: str) -> Iterator[Failure]:
    for clause, whom in stated(case, text):
        match = None
        if whom != "other":
            match = _LEVEL.search(clause.low) or _EXCEEDS.search(clause.low)
        if match and not is_denied(clause.low, *match.span()):
            groups = match.groupdict()
            up = (
                groups.get("up") or groups.get("dark") or groups.get("strong") or groups.get("over")
            )
            low, high = BRIGHT if up else DARK
            if not low <= value <= high:
                yield failure("contrast", clause, expected, match.group())
