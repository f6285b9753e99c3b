"""The embedded author: writes the four steps from facts, label and a grammar of field terms.

Everything it says of the image is measured and supported; everything it says of a disease is said
of such cases in general. It knows the label (hint level 2) and does not pretend otherwise.
"""

from __future__ import annotations

from m3ds.reasoning.observe import analysis
from m3ds.reasoning.prompts import Diagnosis, Grammar, grammar
from m3ds.reasoning.wording import Chooser, a, listed, sentence
from m3ds.schema.case import Case
from m3ds.schema.text import Steps
from m3ds.schema.vocabulary import BORDER, CONTRAST, SHAPE, contrast_term, roughness

AUTHOR_VERSION = "1"
"""Of this code; the grammar has a version of its own."""


def write(case: Case, seed: int) -> Steps:
    """Write the steps of one sample; the same case and seed give the same text.

    Args:
        case: The sample.
        seed: 0 to 2^63 - 1.
    """
    book, choose = grammar(), Chooser(seed)
    entry = book.diagnosis(case.diagnosis, case.modality, case.target)
    return Steps(
        modality=_modality(case, book, choose),
        analysis=analysis(case, book, choose),
        reasoning=_reasoning(case, book, entry, choose),
        conclusion=_conclusion(case, book, entry, choose),
    )


def _modality(case: Case, book: Grammar, choose: Chooser) -> str:
    return sentence(
        choose.one(book.modality).format(
            modality=choose.one(book.modalities[case.modality].names),
            anatomy=book.anatomies.get(case.anatomy, f"the {case.anatomy}"),
        )
    )


def _reasoning(case: Case, book: Grammar, entry: Diagnosis | None, choose: Chooser) -> str:
    if entry is None:
        known: tuple[str, ...] = (
            book.fallback.negative if case.is_negative else book.fallback.positive
        )
    else:
        known = entry.knowledge
    said = [choose.one(known)]
    if not case.is_negative:
        said.append(sentence(_link(case, book, entry, choose)))
        if entry is not None and entry.caution and choose.chance(0.5):
            said.append(choose.one(entry.caution))
    return " ".join(said)


def _link(case: Case, book: Grammar, entry: Diagnosis | None, choose: Chooser) -> str:
    """What the measured features have to do with the diagnosis, doubt included."""
    if case.mask_kind == "anatomy":
        return choose.one(book.link.whole)
    fit, doubt = _features(case, entry) if entry is not None else ([], [])
    fits, verb = "fit" if len(fit) > 1 else "fits", "are" if len(doubt) > 1 else "is"
    if fit and doubt:
        return choose.one(book.link.both).format(
            features=listed(fit), others=listed(doubt), fits=fits, **{"is": verb}
        )
    if fit:
        return choose.one(book.link.fit).format(features=listed(fit), fits=fits)
    if doubt:
        return choose.one(book.link.doubt).format(features=listed(doubt), **{"is": verb})
    return choose.one(book.link.neutral)


def _features(case: Case, entry: Diagnosis) -> tuple[list[str], list[str]]:
    """Measured features as noun phrases: those usual in the disease, and those that are not."""
    facts, usual = case.facts, entry.typical
    fit: list[str] = []
    doubt: list[str] = []
    if facts.eccentricity is not None and usual.shape:
        word = SHAPE.word(facts.eccentricity)
        (fit if word in usual.shape else doubt).append(f"{word} shape")
    if facts.eccentricity is not None and facts.irregularity is not None and usual.border:
        word = BORDER.word(roughness(facts.irregularity, facts.eccentricity))
        (fit if word in usual.border else doubt).append(f"{word} border")
    if facts.contrast is not None and usual.contrast:
        word = CONTRAST.word(facts.contrast)
        term = contrast_term(case.modality, facts.contrast)
        phrase = "similar brightness" if word == "similar" and "echo" not in term else term
        noun = "" if phrase == "similar brightness" else " appearance"
        (fit if word in usual.contrast else doubt).append(f"{phrase}{noun}")
    return fit, doubt


def _conclusion(case: Case, book: Grammar, entry: Diagnosis | None, choose: Chooser) -> str:
    article = a(case.diagnosis).split()[0]
    phrases: tuple[str, ...] = ("{diagnosis}",)
    if entry is not None:
        if entry.conclusion:
            return sentence(choose.one(entry.conclusion).format(diagnosis=case.diagnosis))
        several = (case.facts.n_regions or 1) > 1
        phrases = entry.several if several and entry.several else entry.phrases
    phrase = choose.one(phrases).format(diagnosis=case.diagnosis, a=article)
    return sentence(choose.one(book.conclusion).format(diagnosis=phrase))
