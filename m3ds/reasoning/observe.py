"""The analysis step: measured facts put into sentences."""

from __future__ import annotations

from m3ds.reasoning.prompts import Grammar, Noun, Subject
from m3ds.reasoning.wording import Chooser, a, sentence
from m3ds.schema.case import Case
from m3ds.schema.vocabulary import (
    BORDER,
    OUTLINE,
    SHAPE,
    SIZE,
    contrast_term,
    count_word,
    percent_text,
    roughness,
)

_POSITION_CHANCE = 0.35
_JOIN_CHANCE = 0.5


def analysis(case: Case, book: Grammar, choose: Chooser) -> str:
    """Write the analysis of one sample."""
    if case.is_negative:
        return _nothing(case, book, choose)
    if case.mask_kind == "anatomy":
        return _vessels(case, book, choose)
    several = (case.facts.n_regions or 1) > 1
    words = _noun(case, book).words
    singular, plural = words[choose.below(len(words))]
    first = sentence(_presence(case, book, choose, plural if several else singular, several))
    said = _predicates(case, book, choose, several)
    subjects = book.subjects
    groups = (
        [(subjects.many, said["many"]), (subjects.largest, said["one"])]
        if several
        else [(subjects.one, said["one"])]
    )
    out = [first]
    for names, predicates in groups:
        out += _sentences(names, choose.shuffled(predicates), choose, singular)
    return " ".join(out)


def _noun(case: Case, book: Grammar) -> Noun:
    for noun in book.nouns:
        if (
            (not noun.targets or case.target in noun.targets)
            and (not noun.kinds or case.mask_kind in noun.kinds)
            and (not noun.visible or set(noun.visible) & set(case.visible))
        ):
            return noun
    raise LookupError(case.target)  # the last entry asks for nothing


def _presence(case: Case, book: Grammar, choose: Chooser, noun: str, several: bool) -> str:
    facts = case.facts
    place = facts.place
    patterns = book.presence
    if place is None:
        pattern = choose.one(patterns.unplaced_many if several else patterns.unplaced_one)
    else:
        pattern = choose.one(patterns.many if several else patterns.one)
    counted = facts.n_regions is not None
    return pattern.format(
        noun=noun,
        one=choose.one(("a single", "one", "a solitary")) if counted else a(noun).split()[0],
        a="a single" if counted else a(noun).split()[0],
        count=count_word(facts.n_regions or 0),
        place=_place(case, place, book, choose) if place is not None else "",
        image=choose.one(book.modalities[case.modality].image),
    )


def _place(case: Case, place: str, book: Grammar, choose: Chooser) -> str:
    phrase = choose.one(book.places[place])
    side = place.rpartition(" ")[2]
    if case.laterality == "pa_chest" and side in {"left", "right"}:
        other = "left" if side == "right" else "right"
        return phrase + book.patient_side.format(side=other)
    return phrase


def _predicates(case: Case, book: Grammar, choose: Chooser, several: bool) -> dict[str, list[str]]:
    """What is said of all regions together (`many`) and of the one or largest (`one`)."""
    facts, forms = case.facts, book.predicates
    said: dict[str, list[str]] = {"one": [], "many": []}
    together = "many" if several else "one"
    if facts.area_fraction is not None:
        said[together].append(
            choose.one(getattr(forms.area, together)).format(
                share=_share(facts.area_fraction, book, choose),
                size=book.sizes[SIZE.word(facts.area_fraction)],
            )
        )
    x, y = facts.centroid_x, facts.centroid_y
    if x is not None and y is not None:
        precise = facts.area_fraction is None or choose.chance(_POSITION_CHANCE)
        pattern = choose.one(getattr(forms.position, together))
        if precise:
            said[together].append(
                pattern.format(about=choose.one(book.about), x=f"{100 * x:.0f}", y=f"{100 * y:.0f}")
            )
    if facts.eccentricity is not None and facts.irregularity is not None:
        shape = SHAPE.word(facts.eccentricity)
        border = BORDER.word(roughness(facts.irregularity, facts.eccentricity))
        said["one"].append(
            choose.one(forms.shape.one).format(
                shape=shape, a_shape=a(shape), border=border, a_border=a(border)
            )
        )
    if facts.solidity is not None and OUTLINE.word(facts.solidity) in book.outlines:
        outline = book.outlines[OUTLINE.word(facts.solidity)]
        said["one"].append(
            choose.one(forms.outline.one).format(outline=outline, a_outline=a(outline))
        )
    if facts.contrast is not None:
        said["one"].append(_contrast(case, facts.contrast, book, choose))
    if facts.colour is not None:
        said["one"].append(
            choose.one(forms.colour.one).format(colour=facts.colour, a_colour=a(facts.colour))
        )
    return said


def _share(fraction: float, book: Grammar, choose: Chooser) -> str:
    percent = percent_text(fraction)
    about = choose.one(book.about)
    return f"{percent} %" if percent.startswith("less") else f"{about} {percent} %"


def _kind(term: str) -> str:
    """Which construction a term of contrast asks for."""
    if term.startswith("similar"):
        return "similar"
    return "relative" if term.endswith("echoic") else "comparative"


def _contrast(case: Case, contrast: float, book: Grammar, choose: Chooser) -> str:
    term = contrast_term(case.modality, contrast)
    forms = getattr(book.predicates, _kind(term)).one
    return choose.one(forms).format(
        contrast=term, surroundings=choose.one(book.modalities[case.modality].surroundings)
    )


def _sentences(names: Subject, predicates: list[str], choose: Chooser, noun: str) -> list[str]:
    """One or two predicates to a sentence."""
    out: list[str] = []
    at = 0
    first = choose.one(names.first)
    shift = 0 if first == names.then[0] else 1  # never the same subject twice in a row
    while at < len(predicates):
        # A predicate with a comma, or one with an "and" of its own, stands better alone.
        pair = predicates[at : at + 2]
        plain = not any("," in p or " and " in p for p in pair)
        taken = 2 if len(pair) == 2 and plain and choose.chance(_JOIN_CHANCE) else 1
        subject = names.then[(len(out) + shift) % len(names.then)] if out else first
        out.append(sentence(f"{subject.format(noun=noun)} {' and '.join(pair[:taken])}"))
        at += taken
    return out


def _vessels(case: Case, book: Grammar, choose: Chooser) -> str:
    facts = case.facts
    said: list[str] = []
    if facts.area_fraction is not None:
        share = _share(facts.area_fraction, book, choose)
        said.append(choose.one(book.vessels.area).format(share=share))
    else:
        said.append(choose.one(book.vessels.unmeasured))
    if facts.contrast is not None:
        term = contrast_term(case.modality, facts.contrast)
        forms: tuple[str, ...] = getattr(book.vessels, _kind(term))
        around = choose.one(book.modalities[case.modality].surroundings)
        said.append(choose.one(forms).format(contrast=term, surroundings=around))
    return " ".join(map(sentence, said))


def _nothing(case: Case, book: Grammar, choose: Chooser) -> str:
    image = choose.one(book.modalities[case.modality].image)
    anatomy = book.anatomies.get(case.anatomy, f"the {case.anatomy}")
    first = choose.one(book.negative.first).format(image=image, anatomy=anatomy)
    return f"{sentence(first)} {sentence(choose.one(book.negative.second))}"
