"""Words for numbers, and where a clause numbers the outlined things."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.alternatives import found_apart
from m3ds.claims.shares import NUMBER_WORDS
from m3ds.claims.words import any_of

_RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(
        ("single", "solitary", "isolated", "lone", "sole", "unique", "singular", "one", "1"), (1, 1)
    ),
    **dict.fromkeys(("two", "2", "both", "paired", "twin"), (2, 2)),
    **dict.fromkeys(("a pair of", "a couple of", "pair of", "couple of", "the two"), (2, 2)),
    **dict.fromkeys(("a trio of", "trio of", "triple"), (3, 3)),
    **dict.fromkeys(
        (
            "multiple",
            "several",
            "more than one",
            "bilateral",
            "a few",
            "more than just one",
            "various",
            "a number of",
            "plural",
            "many small",
            "multifocal",
        ),
        (2, math.inf),
    ),
    **dict.fromkeys(
        ("a cluster of", "a group of", "clustered", "scattered", "a handful of"), (2, math.inf)
    ),
    **dict.fromkeys(
        ("numerous", "many", "countless", "innumerable", "dozens of", "myriad"), (4, math.inf)
    ),
    **dict.fromkeys(("a dozen", "a full dozen", "a good dozen", "a full dozen of"), (11, 13)),
    **dict.fromkeys(("half a dozen",), (5, 7)),
    **{word: (k, k) for word, k in NUMBER_WORDS.items() if k > 2},
}
WORD = rf"(?:{any_of(_RANGES)}|\d{{1,3}})"
_GAP = (
    r"(?:,?\s+(?:and\s+|to\s+)?(?!(?:of|in|on|the|is|are|was|with|at|to|from|for|by|than|and|or|"
    r"views?|rows?|fragments?|projections?|sides?|half|thirds?|quarters?|colou?rs?|layers?|"
    r"options?|features?|years?|months?|weeks?|days?|hours?|things|reasons|arguments|more|that|"
    r"which|no|an?|against|can|could|may|sees?|finds?|notes?|"
    rf"images?|adjacent bone|criteri\w+|{any_of(_RANGES)})\b)[\w'-]+){{0,5}}?"
)
# "Three dark (hypoechoic) nodules"; but "nodules (three)".
ASIDE = re.compile(rf"\s*\((?![^)]*\b(?:{any_of(_RANGES)}|\d+)\b)[\w\s-]{{1,20}}\)")
NOT_COUNT = (
    r"(?!\s*(?:%|per\s?cent|mm\b|cm\b|px\b|x\b|of\b|side|half|third|quarter|fifth|"
    r"sixth|tenth|twelfth|twentieth|hundredth|"
    r"fiftieth|o'?\s?clock|way\b|/|:|\.\d|,\d|-?\s*(?:year|month|week|day)))"
)


_AREAS = (
    r"(?:areas?|sites?|regions?|foci|focus|places?|zones?|patch(?:es)?|points?|spots?)\s+(?:of|"
    r"with)\s+(?:an?\s+)?(?:[\w-]+\s+){0,2}?"
)
_ABNORMAL = (
    r"(?:opacification|lucency|transparency|consolidation|increased density|shadowing|disruption|"
    r"discontinuity|interruption|abnormality|whiteness|change|cortical break|broken bone|"
    r"damaged bone|bone damage|(?:altered|abnormal|"
    r"increased|reduced|decreased|disturbed|raised)\s+[\w-]+(?:\s+\w+)?)"
)


_SITES = (
    r"(?:areas?|sites?|regions?|levels?|spots?|places?|points?|locations?|positions?|"
    r"territories|foc(?:us|i))"
)


_ONLY = (
    r"(?:only|by (?:my|our|any) count|in number|in all|in total|in view|altogether|present|"
    r"visible|seen|noted)"
)


@lru_cache(maxsize=64)
def _numbers_of(thing: str) -> re.Pattern[str]:
    thing = rf"(?:{thing}|{_AREAS}{thing}|{_AREAS}{_ABNORMAL}|(?:sites|levels)(?=\s*(?:$|[.,;])))"
    return re.compile(
        r"(?<!\w)(?:(?<!than )(?<!than an )(?<!than a )"
        r"(?<!one out of )(?<!two out of )(?<!three out of )(?<![\w.,"
        rf"/-])(?P<count>{WORD})\b{NOT_COUNT}{_GAP}[\s-]+{thing}\b(?!-)(?! (?:or|"
        r"and) (?:two|more|several))"
        rf"|\b{thing}\s*[,(:]\s*(?:only\s+|at\s+least\s+|no\s+fewer\s+than\s+|an?\s+|"
        rf"x\s?)?(?P<after>{WORD})(?:\s+(?:{_ONLY}|ones?)|(?<=of)\s+them)?\s*(?=[,;:)]|\.(?!\d)|$)"
        rf"|\b{thing}\s+are\s+(?P<are>{WORD})\s*(?=[,.;]|$)"
        rf"|\b{thing}\s+\(?x\s?(?P<fold>\d)\b"
        rf"|\b(?P<alone>(?:it|this|{thing})\s+(?:is|stands|"
        r"lies)\s+(?:quite\s+)?(?:single|solitary|isolated|alone|the\s+only\s+(?:one|"
        rf"{thing}))|the\s+only\s+(?:one|{thing}|focus|site|spot)|stands\s+alone)\b(?!\s+(?:in|"
        rf"with|"
        r"that shows))"
        rf"|\bone\s+of\s+(?:the\s+)?(?P<among>{WORD})\s+(?:such\s+)?(?:[\w-]+\s+){{0,"
        rf"2}}?(?:{thing}|ones|sites|areas|regions|foci|spots|of them)\b"
        rf"|\b(?P<such>{WORD})\s+such\s+(?:{_SITES}|lines|bands|streaks|strips|{thing})\b)"
    )


# Numbers that stand by no noun of the outlined thing.
_BY_ITSELF = re.compile(
    r"(?<!\w)(?:"
    rf"(?<![\w.,/-])(?P<tally>{WORD})\s+{_ONLY}\b(?!\s+(?:side|in|on|at|from)\b)"
    rf"|(?<!of )(?P<hit>{WORD})\s+(?:(?:[\w-]+\s+)?{_SITES}\s+(?:is|are)\s+(?:affected|involved|"
    rf"abnormal|broken|diseased)|{_SITES}\s+(?:where|at which|in which)|"
    r"(?:ribs|bones|digits|fingers|metacarpals|phalanges)\s+(?:(?:are|is)\s+(?:affected|involved|"
    r"broken|fractured)|each\s+shows?))\b"
    rf"|broken\s+(?P<often>{WORD})\s+times\b"
    rf"|(?P<kind>{WORD})\s+(?:(?:separate|different|distinct|abnormal|affected|involved|discrete|"
    rf"solitary|"
    r"isolated|further|such|subtle|interrupted|independent)\s+){1,3}"
    r"(?:places|place|sites|site|spots|ones|points|bands|streaks|fields|islands|segments|"
    r"locations|positions|alterations|changes)\b(?!\s+of\b(?!\s+(?:interrupted|broken|damaged|"
    r"abnormal|the\s+same)\b))"
    r"|(?P<lonely>solitary|single|lone|sole)\s+(?:place|site|spot|point|location|focus)\b"
    rf"|(?P<sum>{WORD})\s+(?:{_SITES})\s+(?:in all|altogether|in total)\b"
    rf"|there\s+(?:is|are|were)\s+(?:only\s+)?(?P<of>{WORD})\s+of\s+(?:it|them|these(?:\s+\w+)?|"
    rf"such)\b"
    r"|(?P<multi>multifocal|multicentric|bifocal|multilevel)\b"
    r"|(?:in|at|over|across|into)\s+(?:just\s+|only\s+|as many as\s+|no fewer than\s+|"
    r"an?\s+)?"
    rf"(?P<places>{WORD})\s+(?:(?:widely\s+|clearly\s+)?(?:separated?|different|distinct|"
    r"discrete|individual|solitary|single)\s+)?"
    r"(?:places?|sites?|spots?|locations?|points?|levels?|positions?|territories|areas?|bands|"
    r"streaks)\b(?!\s+of\b(?!\s+the\s+(?:hand|hip|leg|shoulder|wrist|elbow|lungs?|chest|bone)\b))"
    r"|(?:confined|limited|restricted)\s+to\s+(?:an?\s+)?(?P<confined>single|one|solitary)\s+"
    rf"(?:[\w-]+\s+){{0,2}}?(?:{_SITES}|fields?)\b"
    rf"|(?:just|only)\s+(?P<just>{WORD})\s+(?:(?!of\b)[\w-]+\s+)?{_SITES}\b(?!\s+of\b)"
    r"|(?P<only>one|two|three|four)\s+(?:fields?|areas?|sites?|zones?|lungs?|spots?|"
    r"places?|lesions?|foc(?:us|i)|regions?)\s+only\b(?!\s+(?:if|when|in|on|by))"
    r"|(?:totall?ing|numbering|the count is|count(?:s|ed)? of|a total of|number (?:is|of "
    rf"lesions is|of nodules:|of (?:[\w-]+ ){{0,2}}(?:lesions|nodules|foci|masses|polyps|"
    rf"fractures|sites|areas|opacities|spots)(?: [\w-]+){{0,5}} is|of (?:[\w-]+ "
    rf"){{0,2}}[\w-]+\s*[-:]))\s+(?P<total>{WORD})\b(?!\s*%))"
    r"|(?:^|[,:]\s*)(?:at least |no fewer than |exactly )?(?P<front>single|solitary|multiple|"
    r"multifocal|two|three|four|"
    r"five|six|seven|eight|nine|ten|several|numerous|half a dozen)\s*(?=[,.;:]|$)"
    rf"|^\s*(?P<seen>{WORD})\s+(?:of\s+them\s+)?(?:are|is)\s+(?:visible|seen|present|found)\b"
    rf"|[,:]\s*(?P<them>{WORD})\s+of\s+(?:them|these)\b"
    rf"|^\s*(?:number|how many|quantity)\s*[:=]\s*(?P<figure>{WORD})\b"
    rf"|^\s*(?P<each>{WORD})\s+of\s+them\s*(?=[,:.;]|$)"
    r"|[,:;(]\s*(?:an?\s+)?(?P<site>single|solitary|two|three|four|five|six|seven|eight|nine|"
    rf"ten)\s+{_SITES}\s*(?=[,.;)]|$)"
)


def numbers_of(thing: str, low: str) -> Iterator[re.Match[str]]:
    """The numbers of what `thing`, a pattern, means, in a clause.

    The one group of each that matched has the number; `alone` and `multi` have the words that mean
    one, and several.
    """
    return found_apart(_numbers_of(thing), _BY_ITSELF, low)


NUMBERING = frozenset(
    {word for phrase in _RANGES for word in re.split(r"[\s-]+", phrase)}
    | set("0123456789")
    | {
        "alone",
        "multifocal",
        "multicentric",
        "bifocal",
        "multilevel",
        "number",
        "total",
        "numbering",
    }
    | {"totalling", "totaling", "count", "counts", "counted", "only"}
) - {"a", "of", "the", "than"}


def bounds_of(word: str) -> tuple[float, float]:
    """The least and the greatest number that a word may mean."""
    spaced = re.sub(r"[\s-]+", " ", word)
    if spaced in _RANGES:
        return _RANGES[spaced]
    return float(spaced), float(spaced)


def agrees(bounds: tuple[float, float], n: int) -> bool:
    """Whether a number may be said of `n` regions; above ten, within a tenth."""
    slack = 0.1 * n if n > 10 and bounds[0] == bounds[1] else 0
    return bounds[0] - slack <= n <= bounds[1] + slack
