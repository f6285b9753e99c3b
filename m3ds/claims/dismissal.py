"""Whether a disease that a clause names is weighed, or told of in general, and not found here."""

from __future__ import annotations

import re

from m3ds.claims.alternatives import gathered

# "Other causes, such as thyroiditis, are less fitting", "for a cyst it is too bright".
_BEFORE = re.compile(
    r"\b(?:"
    + gathered(
        r"(?:causes|diagnoses|conditions|entities|explanations|rivals|competitors|candidates|"
        r"alternatives|possibilities|mimics|impostors|pitfalls)(?:,|,? (?:such as|like|including))|"
        r"(?:differs?|different|distinct|distinguish\w*|told apart|sets? it apart) from|"
        r"more (?:this|that|it) than|(?:hallmarks?|picture|face|pattern|traces?) of|for|dd:?|"
        r"differential(?: diagnosis)?:?|(?:take|takes|mistake|mistakes|read|reads|confuse|"
        r"confuses) (?:this|it|that) (?:for|as|with)|(?:confused|mixed up) with|(?:mistaken|"
        r"taken) for|attention (?:was|is) paid to|ahead of|followed at (?:some|a) distance by|"
        r"excluded:|hardly|scarcely"
    )
    + r")\s+(?:an?\s+|the\s+|any\s+)?(?:[\w-]+\s+){0,2}?$"
)
_TOO = re.compile(r"\s*,?\s*(?:it|this|the \w+) (?:is|are|looks?) (?:much |far |rather )?too\b")
_NEEDS_TOO = re.compile(
    r"(?<!this )(?<!it )(?<!that )(?<!taken )\bfor\s+(?:an?\s+|the\s+|any\s+)?(?:[\w-]+\s+){0,2}?$"
)
_DIFFERENT = re.compile(r"\s+(?:is|are|looks?)\s+(?:quite\s+)?(?:an?\s+)?(?:different|another)\b")
_NEEDS_DIFFERENT = re.compile(r"\b(?:picture|face|pattern|traces?) of\s+(?:[\w-]+\s+){0,3}?$")
_LACKING = re.compile(r"[^.;:]{0,30}?\b(?:wanting|missing|lacking|absent|not)\b")
_NEEDS_LACKING = re.compile(r"\bhallmarks? of\s+(?:[\w-]+\s+){0,3}?$")
_NOTHING = re.compile(r"\s*:\s*(?:nothing|none|no|nil|negative|clear)\b")
_NEEDS_NOTHING = re.compile(r"\battention (?:was|is) paid to\s+(?:[\w-]+\s+){0,3}?$")
# "Melanoma comes to mind", "a lipoma usually looks otherwise".
_AFTER = re.compile(
    r"\s+(?:(?:comes?|springs?)\s+to\s+mind|(?:is|are|remains?|makes?)\s+(?:only\s+)?(?:an?\s+|"
    r"the\s+|its\s+)?(?:(?:main|known|common|classic|frequent|usual|chief|closest|nearest|"
    r"well-known|notorious)\s+)*(?:rival|pitfall|mimic|competitor|alternative|trap|impostor|"
    r"contender|out\b|off\b)|lies?\s+(?:with)?in\s+the\s+(?:marrow|medull\w+|submucosa|dermis|"
    r"epidermis|subcutis)\b(?!\s+(?:beside|next|near))|need(?:s)?\s+not\b|(?:has|have|"
    r"needs?)\s+to\s+be\s+(?:told|set|kept|distinguished)\s+apart|(?:has|"
    r"have)\s+to\s+be\s+distinguished|(?:plays?|finds?|has|have|gets?)\s+no\b|(?:(?:comes?|"
    r"ranks?)\s+|(?:as\s+)?an?\s+(?:remote|distant|poor)\s+)(?:second|third|last)\b|(?:drops?|"
    r"falls?|rules?)\s+(?:out|away)|leaves?\s+other\b|(?:looks?|behaves?|presents?)\s+(?:otherwise|"
    r"different\w*|another)|(?:[\w-]+\s+)?(?:usually|often|typically|sometimes|commonly|generally|"
    r"mostly|rarely|as\s+a\s+rule|tends?)\b)"
)


def is_dismissed(low: str, start: int, end: int) -> bool:
    """Whether the disease at [start, end) of a clause, `low`, is weighed or told of in general.

    "The picture of a lymphoma is another one", "a lipoma tends to be yellow": where the analysis
    says so, nothing was found.
    """
    if _AFTER.match(low, end):
        return True
    if not _BEFORE.search(low, 0, start):
        return False
    for needs, then in (
        (_NEEDS_TOO, _TOO),
        (_NEEDS_DIFFERENT, _DIFFERENT),
        (_NEEDS_LACKING, _LACKING),
        (_NEEDS_NOTHING, _NOTHING),
    ):
        if needs.search(low, 0, start):
            return then.match(low, end) is not None
    return True
