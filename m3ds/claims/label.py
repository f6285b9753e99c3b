"""The diagnosis that a conclusion states, against the label; and where none may be named yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from m3ds.claims.diagnoses import (
    are_named,
    meaning,
    meaning_of_any,
    named_on_sight,
    other_meanings,
)
from m3ds.claims.polarity import is_common, is_denied, is_supposed
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
    r"preferable)\s+to|"
    r"\b(?:before|outweighs|ahead\s+of|outranks|beats)|"
    r"\b(?:despite|in\s+spite\s+of|notwithstanding)\s+(?:(?!\b(?:i|we)\b)[^,;])*?(?:of|to|with|"
    r"for)|"
    r"\b(?:i|we)\s+(?:reject|discard|dismiss|exclude|rule\s+out)|"
    r"\b(?:whatever|what)\s+(?:speaks|argues|tells|counts|pleads)\s+for|"
    r"\btoo\s+[\w-]+\s+(?:for|to\s+be)(?!(?:\s+[\w-]+){0,3}\s+(?:so|hence|thus|therefore)\b)|"
    r"\b(?:little|few|less|weaker)\s+(?:[\w-]+\s+)?(?:speaks?|argues?|points?|tells?|"
    r"pleads?)\s+(?:for|to|"
    r"towards?))\s+(?:[\w-]+\s+){0,3}$"
)
_PASSED_OVER = re.compile(
    r"\s+(?:(?!(?:and|but|or)\b)[\w-]+\s+){0,1}?(?:(?:was|were|had\s+been|"
    r"has\s+been)\s+(?:also\s+|first\s+|"
    r"initially\s+|briefly\s+)?(?:considered|weighed|entertained|discussed|thought\s+of)\b"
    r"(?!\s+(?:most|more|the|to\s+be|likely|as|best))|"
    r"would\s+(?:lie|look|show|have|need|be(?!\s+(?:my|our|the|an?|more\s+(?:likely|probable)|"
    r"most|best|"
    r"preferred|likely)\b))\b|"
    r"(?:is|was)\s+(?:given\s+up|abandoned|dropped)\b|"
    r"(?:is|are)\s+(?:no\s+(?:option|match|candidate|rival|fit|alternative)|weak)\b)"
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
    r"the\s+|any\s+)?"
    r"(?:\w+\s+)?$"
)
# "The benign alternatives being weaker".
_LESS = re.compile(
    r"\s+(?:second|third|last)\b|\s+(?:(?!(?:and|but|or)\b)[\w-]+\s+){0,3}?(?:(?:being|is|are|"
    r"comes?|ranks?)\s+(?:the\s+|"
    r"far\s+|"
    r"much\s+)?(?:less\s+(?:likely|probable|fitting|convincing)|weaker|least|second|third|last)|"
    r"a\s+(?:poor|distant|remote|weak|close)\s+(?:second|third|last|fourth)|"
    r"(?:causes?|explanations?|alternatives?|readings?|options?)\s+(?:fails?|recedes?|falls?|"
    r"drops?|"
    r"(?:(?:is|are|were|being)\s+)?(?:rejected|discarded|excluded|dismissed|unlikely|out)))\b"
)
# "Calling the film clear would not do it justice".
_CALLED = re.compile(r"\b(?:calling|to call|labell?ing)\s+(?:[\w-]+\s+){0,3}$")
_EVERYDAY = frozenset({"normal", "no fracture"})


def check_label(case: Case, text: Text) -> Iterator[Failure]:
    """The conclusion states the diagnosis and no other of the options, but for what else is normal.

    A word that several options share counts for the diagnosis if that is one of them. A negative
    may also be stated by denying what the source looks for. Other findings of the same image may
    be mentioned.
    """
    yield from _judged_otherwise(case, text)
    stated, denied = _statements(case, text)
    known = {case.diagnosis, *case.other_findings}
    if "diffuse nodule" in known:
        known.add("nodule")
    # "A benign mass in an otherwise normal breast", "fracture; the other bones are intact".
    beside = _EVERYDAY if case.diagnosis in stated and _is_of_the_rest(case, text) else ()
    wrong = sorted(stated - known - set(beside))
    right = case.diagnosis in stated or (case.is_negative and bool(denied - _EVERYDAY))
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
    r"surround\w*|around|"
    r"background|apart from|besides|beyond|adjacent|neighbouring|parenchyma|size|calibre|"
    r"posterior pole|axilla|"
    r"(?:in|within|with) (?:an? |the )?(?:otherwise )?normal|normal-sized|(?:contours?|bones?|"
    r"ribs?|disc|discs|macula|fovea|"
    r"vessels|periphery|heart|mediastinum|joints?|lungs?|hila|tissue|alignment|lobe|gland|skin|"
    r"mucosa)"
    r"(?: and (?:the )?[\w-]+)?(?: (?:is|are))?,? (?:otherwise |all )?normal|no fracture (?:of|"
    r"in) the|"
    r"(?!(?:study|film|image|scan|radiograph|x-ray|hand|wrist|bone|fundus|eye|breast|chest|"
    r"picture|examination|retina|"
    r"findings?|it|this|that)\b)[\w-]+ (?:is|are) (?:\w+ly |otherwise |all )?(?:normal|healthy|"
    r"unremarkable|intact)|"
    r"normal (?:disc|macula|vessels|joint|alignment|skin|mucosa|bone|heart|tissue))\b"
)


def _is_of_the_rest(case: Case, text: Text) -> bool:
    """Whether each part of the conclusion that calls something normal speaks of something else."""
    everyday = [meaning(case, option) for option in _EVERYDAY if option in case.label_options]
    parts = re.split(r"[.;]\s*", text.conclusion.lower())
    return all(_ELSE.search(part) for part in parts if are_named(everyday, part))


# "This must be regarded as": what a reasoning ends with is a diagnosis like the conclusion's.
_JUDGED = re.compile(
    r"(?:->|=>|→|(?:^|,|\band|\bis|\bare|->|\bthus|\bhence|\btherefore)\s*most (?:likely|"
    r"probably|consistent with|"
    r"compatible with|in keeping with|in line with)|(?:^|,|\band)\s*(?:hence|thus|therefore),"
    r"?(?!\s+against\b)|"
    r"\b(?:is|are) (?:still |indeed )?(?:those|that) of)\s*(?:an?\s+|the\s+|"
    r"probably\s+)?(?:[\w-]+\s+){0,2}$|"
    r"\b(?:(?:(?:must|has to|have to|had to|needs to|is to|are to) )?be (?:regarded|classed|"
    r"diagnosed|"
    r"considered|read|taken|"
    r"interpreted|classified|rated|judged) as|(?:is|are) (?:therefore |thus |hence )?best "
    r"(?:called|regarded as|read as|termed|classed as|"
    r"classified as|interpreted as|described as)|(?:appearance|impression|picture|pattern|look|"
    r"findings?|"
    r"features) (?:here )?(?:is|are) (?:that|those) of|(?:is|are|was) "
    r"(?:therefore|thus|hence|accordingly|"
    r"consequently) "
    r"(?:regarded as|classed as|read as|judged)?|(?:diagnosis|verdict|conclusion) (?:is|must be|"
    r"can only be)|(?:^|,\s+|\b(?:that|hence|thus|together)\s+)(?:this|it) is(?: (?:therefore|thus|"
    r"nevertheless|clearly|rather|then))?|(?:therefore|thus|hence) (?:represents|is)|"
    r"(?:is|are) (?:nevertheless|nonetheless|undoubtedly|definitely)|"
    r"(?:photograph|picture|image|film|scan|case|impression) is (?:one|that) of|(?:i|we) (?:read|"
    r"class|regard|take|diagnose) (?:it|this) as|(?:i|we) (?:therefore |thus |hence )?"
    r"(?:settled? (?:on|for)|present (?:it|this|this one|them) as|decided? (?:on|for))|"
    r"(?:i|we) (?:therefore|thus|hence) consider (?:it|"
    r"this|them|(?:the|this|these) [\w-]+)(?: to be| as)?|(?:injury|lesion|finding|"
    r"process|change) (?:must|"
    r"has to|can only) be|(?:look|picture|appearance|pattern|form|shape|edge|border|position|this|"
    r"that) (?:establishes|proves|confirms)|"
    r"what (?:we|one|i) (?:have|has|see|sees)(?: here| before us| before one)? is|(?:hence|thus|"
    r"so|leads? to|supports?|arrives? at|makes?|confirms?|justif\w+) (?:the )?(?:reading|"
    r"diagnosis) of|"
    r"(?:one|we|you|i)(?: am| are| is|'s|'re|'m)? looking at|"
    r"(?:this|the) (?:eye|patient|breast|gland|lung|colon|chest|skin)(?: here)? (?:suffers from|"
    r"has)|"
    r"(?:appearance|impression|picture|pattern|look) as a whole is that of|"
    r"(?:this|the) (?:\w+ )?(?:lesion|nodule|mass|tumour|polyp|opacity|density|finding|shadow) "
    r"is(?: a (?:focus|patch|"
    r"case|form|piece|band) of)?)\s*"
    r"(?:an?\s+|the\s+|probably\s+)?(?:[\w-]+\s+)?$"
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


def _judged_otherwise(case: Case, text: Text) -> Iterator[Failure]:
    """Another option that the reasoning arrives at."""
    others = [
        option
        for option in case.label_options
        if option not in {case.diagnosis, *case.other_findings, *_EVERYDAY}
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
    r"mimics?)\b|"
    r"(?:(?:nodules?|lesions?|masses|mass)\s+)?(?:recedes?|drops?|falls?|fails?|(?:is|are|"
    r"were)\s+(?:out|usually|often))\b|"
    r"(?:(?:nodules?|lesions?|masses)\s+)?are\s+smooth\b)"
)


def _judged(case: Case, option: str, low: str) -> str:
    """The words by which a clause makes `option` its diagnosis; empty if it does not."""
    pattern = meaning(case, option, exact=_shares_words(case, option))
    for match in pattern.finditer(low):
        judged = _JUDGED.search(low, 0, match.start()) and not meaning(case, case.diagnosis).search(
            low
        )
        if _OPTIONS.match(low, match.end()):
            continue
        if (judged or _DIAGNOSED.match(low, match.end())) and not is_denied(low, *match.span()):
            return match.group()
    return ""


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
            for match in meaning(case, option, exact=_shares_words(case, option)).finditer(low)
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
            everyday = option in _EVERYDAY
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
    r"the)\b)[\w-]+\s+){0,2}?"
    r"(?!(?:never|hardly|no|not|is|are)\b)[\w-]+)?"
    r"(?:\s+(?:options?|assumptions?|hypothes[ie]s|causes?|explanations?|alternatives?|nodules?|"
    r"lesions?|mass|masses|"
    r"entit(?:y|ies)|disease|growth|process|one|wart|keratosis|fracture))?\s+"
    r"(?:(?:is|are|was|were|has been|being)\s+)?(?:(?:deemed|thought|considered|judged|held)\s+)?"
    r"(?:would\s+(?:surprise|astonish)|(?:i|we)\s+(?:reject|discard|dismiss|exclude)|too\s+"
    r"(?:slim|small|remote|weak)|"
    r"rejected|discarded|dismissed|discounted|excluded|ruled out|set aside|unlikely|improbable|"
    r"fails?(?!\s+to)|"
    r"not\s+(?:retained|reached|met|favoured|supported|found|seen|present|suspected|likely|"
    r"entertained)|"
    r"not(?=\s*(?:$|[.;,]))|(?<=is )out|(?<=are )out)\b"
)
_SAID = re.compile(r"\b(?:is|are|does|do|has|have)\b[^:;.]*:\s*")
_WITH_SIGNS = re.compile(
    r",\s*(?!which|that|who|it|and)(?:(?!and\b)[\w-]+\s+){1,3}is\s+not\b|"
    r",\s*(?:[\w-]+\s+){0,5}cannot be (?:told|known|said|judged|seen|determined)\b|,\s*(?:as\s+|"
    r"since\s+|with\s+|the\s+)?[\w-]+\s+(?:signs?|features?|criteria|causes?|"
    r"explanations?|"
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


def _shares_words(case: Case, option: str) -> bool:
    """Whether the wider wordings of another option could stand for the diagnosis too."""
    pair = {option, case.diagnosis}
    return option != case.diagnosis and (
        pair
        <= {"nodule", "diffuse nodule", "mass", "calcification", "fibrosis", "pleural thickening"}
        or (case.target == "fracture" and option != "no fracture")
        or (
            case.target == "finding"
            and option in {"atelectasis", "fibrosis", "fracture", "calcification"}
        )
        or option == "normal"
    )


def check_diagnosis_word(case: Case, text: Text) -> Iterator[Failure]:
    """Findings and analysis tell what is seen; a diagnosis is named after that, not before.

    Words for the visible object may stand, and so may what is denied: "no effusion" is a finding.
    """
    options = [
        option
        for option in case.label_options
        if not (option in _EVERYDAY or option in case.other_findings)
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
