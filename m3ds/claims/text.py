"""A text as the checks read it: parts in sentences, sentences in clauses.

Words and patterns in plain Python, no language pipeline: a tokenizer alone would take as long as
all checks of a text together, and a dependency more to say the same tables.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from m3ds.claims.words import normal_spelling
from m3ds.schema.text import Steps

ABOUT_IMAGE = ("findings", "analysis")
"""The parts that speak of nothing but this image; the rest also speaks of such cases in general."""
PARTS = ("modality", "findings", "analysis", "reasoning", "conclusion")
BODY = ("findings", "analysis", "reasoning", "conclusion")


class Text(NamedTuple):
    """The four steps, and the sentences of a model's structured findings if there are any."""

    modality: str
    analysis: str
    reasoning: str
    conclusion: str
    findings: tuple[str, ...] = ()

    @classmethod
    def of(cls, steps: Steps, findings: tuple[str, ...] = ()) -> Text:
        """The text that `steps` and `findings` are."""
        return cls(steps.modality, steps.analysis, steps.reasoning, steps.conclusion, findings)


class Sentence(NamedTuple):
    """A sentence as written, the part it stands in, and `low`: what patterns are held against.

    `low` is in lower case and one spelling, with a reader's abbreviations written out.
    """

    step: str
    text: str
    low: str


class Clause(NamedTuple):
    """A stretch of a sentence that says one thing; `before` is what the sentence says ahead."""

    sentence: Sentence
    low: str
    before: str


_QUOTES = str.maketrans({"’": "'", "‘": "'", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " "})
_END = re.compile(
    r"(?<=[.!?])[\"')\]]*(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)(?<!\bvs\.)(?<!\bapprox\.)"
    r"(?<!\bca\.)(?<!\bDr\.)\s+|\s*\n\s*"
)
_TURN = re.compile(
    r"(?=[\s;,:—])(?:\s*;\s*|\s+[-–—]+\s+(?!(?:none|nil|absent|not seen)\b)|(?<=\w)—(?=\w)"
    r"|,?\s+(?<!anything )(?<!\ball )(?<!everything )(?<!quadrants )(?<!corners )"
    r"(?<!quadrant )(?<!corner )(?:but(?!\s+"
    r"(?:for\b|this(?:\s+one)?\s*(?:[.;,]|$)|to\s+the\s+(?:left|right)\s+of\s+it\b))|while|"
    r"whilst|whereas|"
    r"although|though|however(?!,\s+(?:an?|one|two|some|several|is|are|was|has|have|shows?|lies|"
    r"does|do|can)\b)|yet)\b,?\s*"
    r"|,?\s+(?:because|inasmuch as)\s+|,\s+since\s+(?=(?:it|the|this|its|an?|smooth|such|no)\b|"
    r"[\w-]+\s+(?:edges|margins|borders|lesions|nodules)\b)"
    r"|,\s+(?=(?:so that|as expected|as happens|given that|since)\b)"
    r"|:\s+(?=(?:one|i|we|you|this|it)\s)"
    r"|\s*\((?=which\b)|,\s*(?=(?:neither|none|nothing|which|whose|(?:both|all|each) of which|"
    r"this|these|it|they)\b)"
    r"|,\s*(?:and|so)\s+(?=(?:it|its|they|their|there|this|these|the|an?|no|neither|"
    r"nothing|what|overall|together|all|both|each|here|that (?:is|was|does|has)"
    r"|i|we)\b))"
)
_ABBREVIATED = re.compile(r"#|-hand|\b[Ff]x\b|\b(?:US|NAD|[LR](?:[UML][LZ])?)\b")
_WRITTEN_OUT = (
    (re.compile(r"\b([Ll]eft|[Rr]ight)-hand(?:ed)?\b"), r"\1"),
    (re.compile(r"\bUS\b"), "ultrasound"),
    (re.compile(r"\bNAD\b"), "no abnormality detected"),
    (re.compile(r"(?<![\w&])#(?!\d)|\b[Ff]x\b"), "fracture"),
    (
        re.compile(r"\bL(?=\s+(?:of|half|side|lung|upper|lower|mid|lobe|base|apex|hemithorax)\b)"),
        "left",
    ),
    (
        re.compile(r"\bR(?=\s+(?:of|half|side|lung|upper|lower|mid|lobe|base|apex|hemithorax)\b)"),
        "right",
    ),
    (re.compile(r"\bRUL\b"), "right upper lobe"),
    (re.compile(r"\bLUL\b"), "left upper lobe"),
    (re.compile(r"\bR[ML]L\b"), "right lower lobe"),
    (re.compile(r"\bLLL\b"), "left lower lobe"),
    (re.compile(r"\bR([UL])Z\b"), "right lung zone"),
    (re.compile(r"\bL([UL])Z\b"), "left lung zone"),
)


@lru_cache(maxsize=512)
def words(low: str) -> frozenset[str]:
    """The words of a clause: what a dear pattern cannot do without is looked for here first."""
    return frozenset(_WORD.findall(low))


_WORD = re.compile(r"[a-z]+|\d")


_BULLET = re.compile(r"^[-*•]+\s+")


def plain(text: str) -> str:
    """`text` in lower case and one spelling, with a reader's abbreviations written out."""
    # Most sentences have one capital, the first letter of a word.
    marked = "#" in text or "-hand" in text or "fx" in text.lower()
    plainly = text[1:].islower() and text[1:2].isalpha() and not marked
    if not plainly and _ABBREVIATED.search(text):
        for pattern, words in _WRITTEN_OUT:
            text = pattern.sub(words, text)
    for sign, digits in _VULGAR.items():
        text = text.replace(sign, digits) if sign in text else text
    low = normal_spelling(_BULLET.sub("", text.lower()))
    low = _CONTRACTED.sub(_spelled_out, low) if "'" in low else low
    return _DECIMAL_WORDS.sub(_in_figures, low) if " point " in low else low


# "6½ per cent".
_VULGAR = {"½": ".5", "¼": ".25", "¾": ".75"}
_FIGURES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DECIMAL_WORDS = re.compile(rf"\b({'|'.join(_FIGURES)}) point ({'|'.join(_FIGURES)})\b")


# "It's dark", "they're two": patterns look for the verb.
_CONTRACTED = re.compile(
    r"\b(it|that|this|there|here|what|which|where|he|she)'s\b|\b(they|we|"
    r"you)'re\b"
)


def _spelled_out(match: re.Match[str]) -> str:
    return f"{match[1]} is" if match[1] else f"{match[2]} are"


def _in_figures(match: re.Match[str]) -> str:
    """Digits for words: "six point three" as "6.3"."""
    return f"{_FIGURES.index(match[1])}.{_FIGURES.index(match[2])}"


def split(text: str) -> tuple[str, ...]:
    """The sentences of `text`, with straight apostrophes; decimals do not end one."""
    return tuple(part for part in _END.split(text.translate(_QUOTES).strip()) if part)


# Each check asks again for the same text's sentences and clauses.
@lru_cache(maxsize=32)
def sentences(text: Text, *parts: str) -> tuple[Sentence, ...]:
    """All sentences of the parts called `parts`, in order."""
    return tuple(
        sentence
        for part in parts
        for whole in (text.findings if part == "findings" else (getattr(text, part),))
        for sentence in _sentences(part, whole)
    )


@lru_cache(maxsize=64)
def _sentences(part: str, whole: str) -> tuple[Sentence, ...]:
    return tuple(Sentence(part, sentence, plain(sentence)) for sentence in split(whole))


@lru_cache(maxsize=256)
def clauses(sentence: Sentence) -> tuple[Clause, ...]:
    """The clauses of a sentence, in order."""
    found, start = [], 0
    for turn in _TURN.finditer(sentence.low):
        found.append(Clause(sentence, sentence.low[start : turn.start()], sentence.low[:start]))
        start = turn.end()
    found.append(Clause(sentence, sentence.low[start:], sentence.low[:start]))
    return tuple(clause for clause in found if clause.low.strip())


_PLAN = re.compile(
    r"\b(?:if|should|recommend\w*|advis\w*|refer\w*|next|follow-?up|control|optional|in addition|"
    r"staging|work-?up|opinion|ct|mri|mr|pet-ct|oct|ultrasound|sonography|mammography|angiography|"
    r"elastography|ecg|echo\w*|bronchoscopy|colonoscopy|endoscopy|visual fields?|blood (?:tests?|"
    r"sugar)|laboratory (?:tests?|values)|markers|function tests?|aspiration|biopsy|cytology|"
    r"histology|polypectomy|excision|removal|puncture|drainage|drain|surgery|sentinel|letter|"
    r"pressure measurement|cast|splint|immobilis\w+|antibiotics|ask (?:for|about)|compare|"
    r"comparison|correlat\w+|review\w*|history|treatment|therapy|repeat|recheck|re-?examin\w+|"
    r"screening|observation|surveillance|watch\w*|physiotherapy|orthop\w+|oncolog\w+|dermatolog\w+|"
    r"ophthalmolog\w+|surgeon|clinic|specialist|analgesi\w+|inform|discuss\w*|arrange|order|"
    r"request|obtain|tests?|measure\w*|check\w*|examin\w+|drops|laser|exam|please|to follow|"
    r"worth (?:knowing|checking|asking|having)|to (?:decide|settle)|remains? to be|must be \w+|"
    r"to be (?:staged|graded|followed|kept|looked after|decided|treated|settled|determined|"
    r"clarified|confirmed|obtained|sought|set|fixed))\b"
)
_STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|shows?|showed|reveals?|demonstrates?|known|previous(?:ly)?|"
    r"prior|since|after|following|old|aged?|reported|complain\w*|ago|suffers?|he|she|his|her|"
    r"because|due|confirms?|on|by|compared|last|status|unchanged|stable|explains?|findings|these|"
    r"this|from|which|raised|elevated|increased|decreased|thinned|no change|larger|smaller|new|"
    r"intact|as well|itch\w*|bleeding|bled|pain\w*|cough\w*|fever|underwent|family history|"
    r"with(?! (?:histolog|earlier|older|previous|the other)))\b|\d ?(?:mm|%|mg|cm)"
)


# "To be decided once the depth is known", "glaucoma, to be followed by visual fields".
_ONCE = re.compile(
    r"\b(?:once|until|as soon as)\b[^,;.]*|\blooked after\b|\b(?:is|are) "
    r"(?:worth|an option|options|advis\w+|recommended|indicated|due|planned|proposed|suggested|"
    r"needed|required|appropriate|enough|sufficient)\b"
)
_TO_BE = re.compile(
    r"[,:;]\s+(?:[\w-]+\s+){0,4}to (?:be \w+(?:ed|en|t)|decide|settle|confirm|follow)\b"
)


def is_next_step(text: Text, clause: Clause, start: int) -> bool:
    """Whether a conclusion has gone on to what should be done: "Fracture. CT if in doubt".

    What is said so at `start` of a clause names an examination or a treatment, and has no verb that
    would state its result.
    """
    if clause.sentence.step != "conclusion":
        return False
    low = _ONCE.sub(lambda match: "_" * len(match.group()), clause.low)
    if told_before(text, clause).strip():
        return _STATES.search(low) is None and _PLAN.search(clause.low) is not None
    to_be = _TO_BE.search(low)
    return (
        to_be is not None
        and start >= to_be.start()
        and _STATES.search(low, to_be.start()) is None
        and _PLAN.search(clause.low, to_be.start()) is not None
    )


def told_before(text: Text, clause: Clause) -> str:
    """What a clause's part of the text says ahead of it, in lower case."""
    whole = sentences(text, clause.sentence.step)
    ahead = whole[: whole.index(clause.sentence)]
    return " ".join((*(sentence.low for sentence in ahead), clause.before))


@lru_cache(maxsize=32)
def every_clause(text: Text, *parts: str) -> tuple[Clause, ...]:
    """The clauses of all sentences of the parts called `parts`."""
    return tuple(clause for sentence in sentences(text, *parts) for clause in clauses(sentence))
