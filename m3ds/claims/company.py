"""Company and the want of it: "three like it", "its twin", "stays without company"."""

from __future__ import annotations

import math
import re

from m3ds.claims.polarity import is_denied
from m3ds.claims.text import words
from m3ds.claims.words import phrase

_SOME = (
    r"two|three|four|five|six|seven|eight|ten|several|many|a few|some|numerous|multiple|"
    r"one|another|others?|a couple|a pair|a handful"
)
_ALIKE = re.compile(
    rf"(?<!only )\b(?P<k>{_SOME})\s+(?:more|further|others?|smaller ones|additional ones)?\s*"
    r"(?:like (?:it|this|this one|that)\b|of (?:the same|this|that|its|similar|like|identical|"
    r"equal) (?:sort|kind|type|nature|appearance|make|build|character|description)"
    r"|(?<!one )such (?:ones?|lesions?|foci|places|spots)\b)"
    r"|\b(?P<more>two|three|four|five|six|several|a few|some|many|numerous|one)\s+more\b"
    r"(?!\s+(?:time|look|word|point|reason|feature|sign|than|or|detail|remark|argument|step)\w*)"
    r"(?=\s*(?:$|[,.;]|are|is|lie|lies|sit|sits|can|in|on|at|near|beside|next|further|of (?!the "
    r"(?:image|frame))))"
    r"|\b(?P<one>(?:its|an?|the|a smaller|a larger) (?:\w+ )?(?:double|twin|sibling|brother|sister|"
    r"(?<!fits its )(?<!matches its )counterpart|companion|look-?alike|duplicate))\b(?! (?:view|"
    r"image|film|projection|vein|artery|"
    r"vessel|bone|side|(?:is|remains) (?:intact|whole|normal|spared|sound|unharmed)))"
    r"|\b(?P<brethren>(?<!are )brethren|siblings|companions|(?<!are )twins|lookalikes|sisters)\b"
    r"|\b(?P<one_of>(?:one|this) of (?:a )?(?:pair|couple|trio|group|cluster|series|row|handful))\b"
)
_ALONE = re.compile(
    r"\b(?:without (?:any )?(?:company|companions?|a (?:companion|second|twin|fellow)|fellows?)|"
    r"has no (?:companions?|fellow|twin|second|company|counterpart)|(?:is|stands?|stays?|lies|sits|"
    r"remains|appears|occurs) (?:quite |all |entirely )?(?:alone|isolated|solitary|by itself|"
    r"on its own|unaccompanied)|one (?:site|place|spot|point) and no other|unifocal|(?:its|"
    r"the) (?:only|sole) (?:one|representative|specimen))\b"
)
_FOLD = re.compile(
    r"(?:^|[,:(]\s*)(?P<k>two|three|four|five|six|seven|eight|ten|many)-?fold\s*(?=$|[.,;)])"
    r"|(?:^|[,:(]\s*)(?:and\s+)?(?P<in>two|three|four|five|six|seven|eight|several)"
    r"(?:\s+(?:in number|in total|in all|of them)|\s+if one counts\b[^.;]*)"
)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10}


# "I looked for companions, and came back with nothing."
_LOOKED_FOR = re.compile(r"\b(?:looked|searched|hunted|asked)\s+for\s+(?:\w+\s+)?$")
_HINTS = frozenset(
    phrase(
        "like, kind, sort, type, nature, appearance, make, build, character, such, "
        "description, more, double, twin, twins, sibling, siblings, brother, sister, "
        "sisters, counterpart, companion, companions, alike, duplicate, brethren, company, "
        "lookalikes, one, this, fellow, fellows, alone, isolated, solitary, itself, own, "
        "unaccompanied, unifocal, only, sole, fold, number, total, all, counts, manyfold, "
        "look, second"
    )
) | {f"{k}fold" for k in _NUMBERS}


def wrong_company(low: str, n: int) -> str:
    """What claims fellows that are not there, or solitude where there are several."""
    if words(low).isdisjoint(_HINTS):
        return ""
    if n == 1:
        for match in _ALIKE.finditer(low):
            sought = _LOOKED_FOR.search(low, 0, match.start())
            if not (sought or is_denied(low, *match.span())):
                return match.group().strip()
    found = _ALONE.search(low)
    if found and n > 1 and not is_denied(low, found.start(), found.end()):
        return found.group()
    for match in () if "magnif" in low else _FOLD.finditer(low):
        word = match["k"] or match["in"]
        exact = _NUMBERS.get(word)
        low_bound, high = (exact, exact) if exact else (2, math.inf)
        if not low_bound <= n <= high and not is_denied(low, *match.span()):
            return match.group().strip()
    return ""
