"""Words for colour, against the region's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.polarity import is_denied
from m3ds.claims.stated import stated
from m3ds.claims.text import Text
from m3ds.claims.words import any_of
from m3ds.schema.case import Case
from m3ds.schema.text import Failure
from m3ds.schema.vocabulary import COLOURS, colour_agrees

_COLOUR = re.compile(rf"\b(?P<word>{any_of(COLOURS)})\b(?!\s+(?:matter|blood|reflex|cells?))")
_ELSEWHERE = re.compile(
    r"\b(?:surround\w*|background|around|adjacent|normal mucosa|the mucosa|hairs?|ruler|light"
    r"|neighbouring|beside|behind|skin|components?|tones?|hues?|areas|veil|"
    r"structures|where|than)\b"
)


# "The black mouth of the lumen".
_OF_LUMEN = re.compile(r"\s+(?:[\w-]+\s+){0,2}(?:lumen|hole|rim of the field|frame)\b")


def check_colour(case: Case, text: Text) -> Iterator[Failure]:
    """Colours said of the region agree with its own; of several, one has to."""
    measured = case.facts.colour
    if measured is None:
        return
    for clause, whom in stated(case, text):
        if whom == "other" or _ELSEWHERE.search(clause.sentence.low):
            continue
        claimed = [
            re.sub(r"[\s-]+", " ", match["word"]).replace("blue grey", "blue-grey")
            for match in _COLOUR.finditer(clause.low)
            if not is_denied(clause.low, *match.span())
            and not _OF_LUMEN.match(clause.low, match.end())
        ]
        if claimed and not any(colour_agrees(word, measured) for word in claimed):
            yield Failure(
                code="colour",
                step=clause.sentence.step,
                sentence=clause.sentence.text,
                expected=measured,
                claimed=", ".join(claimed),
            )
