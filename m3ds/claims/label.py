"""The diagnosis that a conclusion states, against the label; and where none may be named yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.diagnoses import (
    EVERYDAY,
    are_named,
    meaning,
    meaning_of_any,
    named_on_sight,
    other_meanings,
    shares_words,
)
from m3ds.claims.judged import judged_otherwise
from m3ds.claims.polarity import is_denied
from m3ds.claims.text import ABOUT_IMAGE, Text, every_clause, sentences
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

# "Favours malignant over benign", "more likely malignant than benign".
_SECOND_BEST = re.compile(
    r"^\s*(?:an?\s+)?[\w-]+(?:\s+[\w-]+)?\s+over\s+(?:an?\s+)?$|\b(?:favou?r\w*|prefer\w*|"
    r"chosen)\b.*\bover\s+(?:[\w-]+\s+){0,2}$|"
    r"(?<!less likely )(?<!less probable )(?<!no less )(?<!no more )(?<!nothing less )"
    r"(?<!nothing more )(?<!nothing other )\bthan\s+(?:[\w-]+\s+){0,2}$"
)
# "Whatever speaks for a carcinoma, more speaks for an adenoma".
_WEIGHED = re.compile(
    r"(?:(?:^|[;,.:]\s*)against|\b(?:differential(?:\s+diagnosis)?|ddx?)\s*:?|\b(?:preferred|"
    r"preferable)\s+to|\b(?:before|outweighs|ahead\s+of|outranks|beats)|\b(?:despite|"
    r"in\s+spite\s+of|notwithstanding)\s+(?:(?!\b(?:i|we)\b)[^,;])*?(?:of|to|with|for)|\b(?:i|"
    r"we)\s+(?:reject|discard|dismiss|exclude|rule\s+out)|\b(?:whatever|what)\s+(?:speaks|argues|"
    r"tells|counts|pleads)\s+for|\btoo\s+[\w-]+\s+(?:for|to\s+be)(?!(?:\s+[\w-]+){0,3}\s+(?:so|"
    r"hence|thus|therefore)\b)|\b(?:little|few|less|weaker)\s+(?:[\w-]+\s+)?(?:speaks?|argues?|"
    r"points?|tells?|pleads?)\s+(?:for|to|towards?))\s+(?:[\w-]+\s+){0,3}$"
)
_PASSED_OVER = re.compile(
    r"\s+(?:(?!(?:and|but|or)\b)[\w-]+\s+){0,1}?(?:(?:was|were|had\s+been|has\s+been)\s+(?:also\s+|"
    r"first\s+|initially\s+|briefly\s+)?(?:considered|weighed|entertained|discussed|"
    r"thought\s+of)\b(?!\s+(?:most|more|the|to\s+be|likely|as|best))|would\s+(?:lie|look|show|have|"
    r"need|be(?!\s+(?:my|our|the|an?|more\s+(?:likely|probable)|most|best|preferred|likely)\b))\b|"
    r"(?:is|was)\s+(?:given\s+up|abandoned|dropped)\b|(?:is|are)\s+(?:no\s+(?:option|match|"
    r"candidate|rival|fit|alternative)|weak)\b)"
)
_ANSWER = re.compile(r"^\s*no\s*[,:;]")
# "Of the two, carcinoma and adenoma, the latter": what is chosen from is not what is chosen.
_CHOICE = re.compile(
    r"^\s*(?:of|between)\b[^;.]*?\band\b[^;.]*?(?:\bthe\s+(?P<latter>latter)\b|"
    r"\bthe\s+(?P<former>former)\b|"
    r"\bthe\s+(?:choice|decision|verdict)\b(?![^;.]*\b(?:latter|former)\b))"
    r"|^\s*(?P<listed>of|between|among)\b[^;.]*?\band\s+(?:[\w-]+\s+){0,2}?[\w-]+,\s+"
    r"(?![^;.]*\b(?:latter|former)\b)"
)
# "Rather than a normal fundus": the denial stands right before.
_NOT_NORMAL = re.compile(
    r"\b(?:not|hardly|rather\s+than|instead\s+of|anything\s+but|far\s+from|than)\s+(?:an?\s+|"
    r"the\s+|any\s+)?(?:\w+\s+)?$"
)
# "The benign alternatives being weaker".
_LESS = re.compile(
    r"\s+(?:second|third|last)\b|\s+(?:(?!(?:and|but|or)\b)[\w-]+\s+){0,3}?(?:(?:being|is|are|"
    r"comes?|ranks?)\s+(?:the\s+|far\s+|much\s+)?(?:less\s+(?:likely|probable|fitting|convincing)|"
    r"weaker|least|second|third|last)|a\s+(?:poor|distant|remote|weak|close)\s+(?:second|third|"
    r"last|fourth)|(?:causes?|explanations?|alternatives?|readings?|options?)\s+(?:fails?|recedes?|"
    r"falls?|drops?|(?:(?:is|are|were|being)\s+)?(?:rejected|discarded|excluded|dismissed|unlikely|"
    r"out)))\b"
)
# "Calling the film clear would not do it justice".
_CALLED = re.compile(r"\b(?:calling|to call|labell?ing)\s+(?:[\w-]+\s+){0,3}$")


def check_label(case: Case, text: Text) -> Iterator[Failure]:
    """The conclusion states the diagnosis and no other of the options, but for what else is normal.

    A word that several options share counts for the diagnosis if that is one of them. A negative
    may also be stated by denying what the source looks for. Other findings of the same image may
    be mentioned.
    """
    yield from judged_otherwise(case, text)
    stated, denied = _statements(case, text)
    known = {case.diagnosis, *case.other_findings}
    if "diffuse nodule" in known:
        known.add("nodule")
    # "A benign mass in an otherwise normal breast", "fracture; the other bones are intact".
    beside = EVERYDAY if case.diagnosis in stated and _is_of_the_rest(case, text) else ()
    wrong = sorted(stated - known - set(beside))
    right = case.diagnosis in stated or (case.is_negative and bool(denied - EVERYDAY))
    if right and not wrong:
        return
    yield Failure(
        code="label",
        step="conclusion",
        sentence=text.conclusion,
        expected=case.diagnosis,
        claimed=", ".join(wrong),
    )


_ELSE = re.compile(
    r"\b(?:otherwise|other(?! hand)|else|remaining|remainder|rest of|(?:the|all) rest|elsewhere|"
    r"surround\w*|around|background|apart from|besides|beyond|adjacent|neighbouring|parenchyma|"
    r"size|calibre|posterior pole|axilla|(?:in|within|with) (?:an? |the )?(?:otherwise )?normal|"
    r"normal-sized|(?:contours?|bones?|ribs?|disc|discs|macula|fovea|vessels|periphery|heart|"
    r"mediastinum|joints?|lungs?|hila|tissue|alignment|lobe|gland|skin|"
    r"mucosa)(?: and (?:the )?[\w-]+)?(?: (?:is|are))?,? (?:otherwise |all )?normal|"
    r"no fracture (?:of|in) the|(?!(?:study|film|image|scan|radiograph|x-ray|hand|wrist|bone|"
    r"fundus|eye|breast|chest|picture|examination|retina|findings?|it|this|that)\b)[\w-]+ (?:is|"
    r"are) (?:\w+ly |otherwise |all )?(?:normal|healthy|unremarkable|intact)|normal (?:disc|macula|"
    r"vessels|joint|alignment|skin|mucosa|bone|heart|tissue))\b"
)


def _is_of_the_rest(case: Case, text: Text) -> bool:
    """Whether each part of the conclusion that calls something normal speaks of something else."""
    everyday = [meaning(case, option) for option in EVERYDAY if option in case.label_options]
    parts = re.split(r"[.;]\s*", text.conclusion.lower())
    return all(_ELSE.search(part) for part in parts if are_named(everyday, part))


def _statements(case: Case, text: Text) -> tuple[set[str], set[str]]:
    """The options that the conclusion affirms, and those that it denies."""
    options = tuple(dict.fromkeys((case.diagnosis, *case.other_findings, *case.label_options)))
    stated: set[str] = set()
    denied: set[str] = set()
    for sentence in sentences(text, "conclusion"):
        # "Is it a naevus? No, a melanoma."
        low = _ANSWER.sub(lambda answer: " " * len(answer.group()), sentence.low)
        asked = low.rstrip().endswith("?")
        choice = _CHOICE.match(low)
        found = [
            (match, option)
            for option in options
            for match in meaning(case, option, exact=shares_words(case, option)).finditer(low)
            # "Non-malignant mass" is no malignant mass, and the tension no eye.
            if not low.endswith(("non-", "non "), 0, match.start())
            and not low.startswith(("-tension", " tension", "-pressure", " pressure"), match.end())
        ]
        # Where a choice is made, at least two are named.
        if choice and choice["listed"] and sum(of[0].end() < choice.end() for of in found) < 2:
            choice = None
        # "Diffuse nodules" is one option, though it holds the word for another; where two are
        # meant by the same words, the right one is.
        found.sort(key=lambda of: (of[0].start() - of[0].end(), of[1] != case.diagnosis))
        taken: list[tuple[int, int]] = []
        for match, option in found:
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            everyday = option in EVERYDAY
            # "No lesion, a normal image" denies no normal image.
            if everyday and case.is_negative:
                no = bool(
                    _NOT_SO.match(low, match.end())
                    or _CALLED.search(low, 0, match.start())
                    or (option == "normal" and _NOT_NORMAL.search(low, 0, match.start()))
                )
            else:
                no = asked or _is_denied(low, match) or _not_chosen(choice, match)
                no = no or (everyday and _NOT_SO.match(low, match.end()) is not None)
            (denied if no else stated).add(option)
    return stated, denied


def _not_chosen(choice: re.Match[str] | None, match: re.Match[str]) -> bool:
    """Whether what a sentence chooses from is named by `match`, and not chosen."""
    if choice is None or match.start() >= choice.end():
        return False
    cut = choice.group().rfind(" and ")
    if choice["latter"]:
        return match.start() < cut
    return match.start() > cut if choice["former"] else True


# "'No fracture' does not apply".
_NOT_SO = re.compile(
    r"['\")]*\s+(?:(?:does|do) not (?:apply|fit|hold)|is (?:ruled out|excluded))\b"
)
# "Melanoma rejected", "the assumption of malignancy fails", "a carcinoma is deemed unlikely".
_REJECTED = re.compile(
    r",\s*no(?=\s*(?:$|[.;,]))|(?:\s+(?:and|or)\s+(?:(?!(?:never|hardly|no|not|is|are|"
    r"the)\b)[\w-]+\s+){0,2}?(?!(?:never|hardly|no|not|is|are)\b)[\w-]+)?(?:\s+(?:options?|"
    r"assumptions?|hypothes[ie]s|causes?|explanations?|alternatives?|nodules?|lesions?|mass|masses|"
    r"entit(?:y|ies)|disease|growth|process|one|wart|keratosis|fracture))?\s+(?:(?:is|are|was|were|"
    r"has been|being)\s+)?(?:(?:deemed|thought|considered|judged|held)\s+)?(?:would\s+(?:surprise|"
    r"astonish)|(?:i|we)\s+(?:reject|discard|dismiss|exclude)|too\s+(?:slim|small|remote|weak)|"
    r"rejected|discarded|dismissed|discounted|excluded|ruled out|set aside|unlikely|improbable|"
    r"fails?(?!\s+to)|not\s+(?:retained|reached|met|favoured|supported|found|seen|present|"
    r"suspected|likely|entertained)|not(?=\s*(?:$|[.;,]))|(?<=is )out|(?<=are )out)\b"
)
_SAID = re.compile(r"\b(?:is|are|does|do|has|have)\b[^:;.]*:\s*")
_WITH_SIGNS = re.compile(
    r",\s*(?!which|that|who|it|and)(?:(?!and\b)[\w-]+\s+){1,3}is\s+not\b|"
    r",\s*(?:[\w-]+\s+){0,5}cannot be (?:told|known|said|judged|seen|determined)\b|,\s*(?:as\s+|"
    r"since\s+|with\s+|the\s+)?[\w-]+\s+(?:signs?|features?|criteria|causes?|explanations?|"
    r"alternatives?)\b"
)
# "Nevus, melanoma and keratosis being less likely".
_BEING = re.compile(r",[^,;.:]*\bbeing\b")
_LEADS = re.compile(r"\s*(?:an?|the)?\s*$")


def _is_denied(low: str, match: re.Match[str]) -> bool:
    # "Not malignant", "no suspicion of malignancy" mean benign as a whole.
    if match.group().startswith(("no ", "not ", "non")):
        return _NOT_NORMAL.search(low, 0, match.start()) is not None
    start, end = match.span()
    # "The signs of malignancy are absent: benign", "benign, malignant signs being absent".
    cut = max((colon.end() for colon in _SAID.finditer(low) if colon.end() <= start), default=0)
    aside = _WITH_SIGNS.search(low, end) or (
        _BEING.match(low, end) if _LEADS.match(low[:start]) else None
    )
    # What stands between commas is left out, and what follows it goes on.
    said = low[cut:]
    if aside:
        rest = low[aside.end() :].partition(",")[2].lstrip()
        said = low[cut : aside.start()] + (f" {rest}" if rest.startswith(("is ", "are ")) else "")
    return (
        is_denied(said, start - cut, end - cut)
        or _SECOND_BEST.search(low, 0, match.start()) is not None
        or _LESS.match(low, match.end()) is not None
        or _REJECTED.match(low, match.end()) is not None
        or _WEIGHED.search(low, 0, match.start()) is not None
        or _PASSED_OVER.match(said, end - cut) is not None
    )


def check_diagnosis_word(case: Case, text: Text) -> Iterator[Failure]:
    """Findings and analysis tell what is seen; a diagnosis is named after that, not before.

    Words for the visible object may stand, and so may what is denied: "no effusion" is a finding.
    """
    options = [
        option
        for option in case.label_options
        if not (option in EVERYDAY or option in case.other_findings)
        and not named_on_sight(case, option)
    ]
    named = meaning_of_any(case, case.label_options, exact=True)
    others = other_meanings(case)
    for clause in every_clause(text, *ABOUT_IMAGE):
        if not named.search(clause.low) or are_named(others, clause.low):
            continue
        for option in options:
            found = next(
                (
                    match
                    for match in meaning(case, option, exact=True).finditer(clause.low)
                    if not is_denied(clause.low, *match.span())
                    and not clause.low.startswith(("-like", " -like", "like "), match.end())
                ),
                None,
            )
            if found:
                yield Failure(
                    code="diagnosis_word",
                    step=clause.sentence.step,
                    sentence=clause.sentence.text,
                    expected="what is seen, before what it means",
                    claimed=found.group(),
                )
                break
