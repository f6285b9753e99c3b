"""Another option that the reasoning arrives at, whatever the conclusion says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.diagnoses import EVERYDAY, meaning, shares_words
from m3ds.claims.polarity import is_common, is_denied, is_supposed
from m3ds.claims.text import Text, every_clause
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

# "This must be regarded as": what a reasoning ends with is a diagnosis like the conclusion's.
_JUDGED = re.compile(
    r"(?:->|=>|→|(?:^|,|\band|\bis|\bare|->|\bthus|\bhence|\btherefore)\s*most (?:likely|probably|"
    r"consistent with|compatible with|in keeping with|in line with)|(?:^|,|\band)\s*(?:hence|thus|"
    r"therefore),?(?!\s+against\b)|\b(?:is|are) (?:still |indeed )?(?:those|that) of)\s*(?:an?\s+|"
    r"the\s+|probably\s+)?(?:[\w-]+\s+){0,2}$|\b(?:(?:(?:must|has to|have to|had to|needs to|is to|"
    r"are to) )?be (?:regarded|classed|diagnosed|considered|read|taken|interpreted|classified|"
    r"rated|judged) as|(?:is|are) (?:therefore |thus |hence )?best (?:called|regarded as|read as|"
    r"termed|classed as|classified as|interpreted as|described as)|(?:appearance|impression|"
    r"picture|pattern|look|findings?|features) (?:here )?(?:is|are) (?:that|those) of|(?:is|are|"
    r"was) (?:therefore|thus|hence|accordingly|consequently) (?:regarded as|classed as|read as|"
    r"judged)?|(?:diagnosis|verdict|conclusion) (?:is|must be|can only be)|(?:^|,\s+|\b(?:that|"
    r"hence|thus|together)\s+)(?:this|it) is(?: (?:therefore|thus|nevertheless|clearly|rather|"
    r"then))?|(?:therefore|thus|hence) (?:represents|is)|(?:is|are) (?:nevertheless|nonetheless|"
    r"undoubtedly|definitely)|(?:photograph|picture|image|film|scan|case|impression) is (?:one|"
    r"that) of|(?:i|we) (?:read|class|regard|take|diagnose) (?:it|this) as|(?:i|we) (?:therefore |"
    r"thus |hence )?(?:settled? (?:on|for)|present (?:it|this|this one|them) as|decided? (?:on|"
    r"for))|(?:i|we) (?:therefore|thus|hence) consider (?:it|this|them|(?:the|this|"
    r"these) [\w-]+)(?: to be| as)?|(?:injury|lesion|finding|process|change) (?:must|has to|"
    r"can only) be|(?:look|picture|appearance|pattern|form|shape|edge|border|position|this|"
    r"that) (?:establishes|proves|confirms)|what (?:we|one|i) (?:have|has|see|sees)(?: here|"
    r" before us| before one)? is|(?:hence|thus|so|leads? to|supports?|arrives? at|makes?|"
    r"confirms?|justif\w+) (?:the )?(?:reading|diagnosis) of|(?:one|we|you|i)(?: am| are| is|'s|"
    r"'re|'m)? looking at|(?:this|the) (?:eye|patient|breast|gland|lung|colon|chest|"
    r"skin)(?: here)? (?:suffers from|has)|(?:appearance|impression|picture|pattern|"
    r"look) as a whole is that of|(?:this|the) (?:\w+ )?(?:lesion|nodule|mass|tumour|polyp|opacity|"
    r"density|finding|shadow) is(?: a (?:focus|patch|case|form|piece|band) of)?)\s*(?:an?\s+|"
    r"the\s+|probably\s+)?(?:[\w-]+\s+)?$"
)
_DIAGNOSED = re.compile(
    r"\s+(?:is|are) (?:therefore |thus |hence )?(?:diagnosed|concluded|the diagnosis)\b"
    r"|,?\s+and (?:this|that) is the diagnosis\b|(?:\s+[\w-]+)?,?\s+which (?:i|we) diagnose\b"
    r"|(?:\s+[\w-]+){0,4}\s+is (?:the best (?:fit|match|explanation)|what (?:i|we) diagnose)\b"
    r"|(?:\s+[\w-]+)?\s+is (?:considered |judged |held |thought )?(?:to be )?(?:accordingly |"
    r"therefore |thus |hence )?(?:the (?:most|more) (?:likely|probable) (?:explanation|diagnosis|"
    r"reading|cause)|(?<=considered )more (?:likely|probable) than)\b"
)
_CLASSIC = re.compile(r"\b(?:classic|typical|when)\b")
_CONSIDERED = re.compile(
    r"\bconsidered\b|\b(?:therefore|thus|hence) consider\b|"
    r"\bshould(?= be (?:regarded|classed|diagnosed|classified|read) as\b)"
)


def judged_otherwise(case: Case, text: Text) -> Iterator[Failure]:
    """Another option that the reasoning arrives at."""
    others = [
        option
        for option in case.label_options
        if option not in {case.diagnosis, *case.other_findings, *EVERYDAY}
    ]
    for clause in every_clause(text, "reasoning"):
        # "Must be considered as" judges; it supposes nothing.
        if is_supposed(_CONSIDERED.sub("", clause.low)) or is_common(_CLASSIC.sub("", clause.low)):
            continue
        for option in others:
            if claimed := _judged(case, option, clause.low):
                yield Failure(
                    code="label",
                    step="reasoning",
                    sentence=clause.sentence.text,
                    expected=case.diagnosis,
                    claimed=claimed,
                )


# "Thus the benign options recede".
_OPTIONS = re.compile(
    r"\s+(?:(?:options?|alternatives?|causes|possibilit\w+|explanations?|readings?|look-?alikes?|"
    r"mimics?)\b|(?:(?:nodules?|lesions?|masses|mass)\s+)?(?:recedes?|drops?|falls?|fails?|(?:is|"
    r"are|were)\s+(?:out|usually|often))\b|(?:(?:nodules?|lesions?|masses)\s+)?are\s+smooth\b)"
)


def _judged(case: Case, option: str, low: str) -> str:
    """The words by which a clause makes `option` its diagnosis; empty if it does not."""
    pattern = meaning(case, option, exact=shares_words(case, option))
    for match in pattern.finditer(low):
        judged = _JUDGED.search(low, 0, match.start()) and not meaning(case, case.diagnosis).search(
            low
        )
        if _OPTIONS.match(low, match.end()):
            continue
        if (judged or _DIAGNOSED.match(low, match.end())) and not is_denied(low, *match.span()):
            return match.group()
    return ""
