"""How much of the label an attempt is told, and what is told of the region in words."""

from __future__ import annotations

import hashlib

from m3ds.reasoning import templates
from m3ds.reasoning.prompts import grammar
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Objection
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

BLIND, SHORTLIST, LABEL = 0, 1, 2


def hint_level(case: Case, wanted: int) -> int | None:
    """The level that an attempt really has, where the ladder asks for `wanted`.

    None where there is one label only, so nothing could be told. That nothing is outlined gives a
    negative away. A shortlist of everything is no shortlist.
    """
    if len(case.label_options) < 2:
        return None
    if case.is_negative:
        return LABEL
    if wanted == SHORTLIST and len(shortlist(case)) == len(case.label_options):
        return BLIND
    return wanted


def shortlist(case: Case) -> tuple[str, ...]:
    """The diagnosis among about half of the options, in the order of the set.

    Which others are on it hangs on the sample, so that a rerun asks the same.
    """
    keep = max(2, (len(case.label_options) + 1) // 2)

    def drawn(option: str) -> bytes:
        return hashlib.sha256(f"{case.sample_id}\x1fshortlist\x1f{option}".encode()).digest()

    others = sorted((o for o in case.label_options if o != case.diagnosis), key=drawn)
    chosen = {case.diagnosis, *others[: keep - 1]}
    return tuple(option for option in case.label_options if option in chosen)


def options_shown(case: Case) -> tuple[str, ...]:
    """The possible answers, in an order that hangs on the sample and not on the label."""

    def drawn(option: str) -> bytes:
        return hashlib.sha256(f"{case.sample_id}\x1foptions\x1f{option}".encode()).digest()

    return tuple(sorted(dict.fromkeys((*case.label_options, case.diagnosis)), key=drawn))


def notes(case: Case) -> list[str]:
    """The measured facts in words, as far as the mask supports them."""
    if case.is_negative:
        return ["nothing abnormal stands out anywhere in the image"]
    facts = case.facts
    thing = "vessels" if case.mask_kind == "anatomy" else "area in question"
    several = (facts.n_regions or 1) > 1
    of = "the largest: " if several else ""
    out = []
    if facts.n_regions is not None:
        n = facts.n_regions
        out.append(f"number: {count_word(n)}" + (" separate areas" if several else ""))
    if facts.place is not None:
        place = grammar().places[facts.place][0]
        out.append(f"place: {place}" + (", all of them taken together" if several else ""))
        if case.laterality == "pa_chest" and (side := _patient_side(facts.place)):
            out.append(f"that is the patient's {side}")
    if facts.area_fraction is not None:
        share = f"{percent_text(facts.area_fraction)} % of the image"
        if case.mask_kind == "anatomy":
            out.append(f"the {thing} take up {share}")
        else:
            out.append(f"size: {SIZE.word(facts.area_fraction)}, {share}")
    if facts.eccentricity is not None:
        out.append(f"{of}form: {SHAPE.word(facts.eccentricity)}")
        if facts.irregularity is not None:
            out.append(
                f"{of}border: {BORDER.word(roughness(facts.irregularity, facts.eccentricity))}"
            )
    if facts.solidity is not None and OUTLINE.word(facts.solidity) != "convex":
        out.append(f"{of}contour: {OUTLINE.word(facts.solidity)}")
    if facts.contrast is not None:
        out.append(f"{of}brightness: {_against(contrast_term(case.modality, facts.contrast))}")
    if facts.colour is not None:
        out.append(f"{of}colour: {facts.colour}")
    return out


def _against(term: str) -> str:
    """A term of contrast with what it is measured against."""
    return f"{term}, compared with what lies around"


def _patient_side(place: str) -> str:
    side = place.rpartition(" ")[2]
    return {"left": "right", "right": "left"}.get(side, "")


def audible(objections: tuple[Objection, ...], level: int | None) -> tuple[Objection, ...]:
    """What of the objections an attempt may be told, newest first.

    That a diagnosis was wrong is not told while the label is not: where two are left it would be
    told by that. Such an attempt begins anew, with another seed. That a critic could not answer
    is no fault of the text.
    """
    unsaid = {"unjudged", "label"} if level in _VEILING else {"unjudged"}
    heard = []
    for objection in sorted(objections, key=lambda o: -o.attempt):
        failures = tuple(f for f in objection.failures if f.code not in unsaid)
        if failures:
            heard.append(objection.model_copy(update={"failures": failures}))
    return tuple(heard)


def told(objections: tuple[Objection, ...], level: int | None) -> list[str]:
    """The reasons against earlier attempts, those that are `audible`, one line each.

    While the label is not told, nothing that is said by those who know it is repeated.
    """
    lines = [
        _line(failure, veiled=level in _VEILING and _knows_the_label(objection, failure))
        for objection in audible(objections, level)
        for failure in objection.failures
    ]
    return list(dict.fromkeys(lines))[:_MOST]


_VEILING = {BLIND, SHORTLIST}
_MOST = 8
_QUOTED = 160
_VEILED = {
    "insertion": "something is named that cannot be seen",
    "veto_history": "something is said of the patient that the image does not show",
}


def _knows_the_label(objection: Objection, failure: Failure) -> bool:
    """Whether the words of a failure come from somebody who was given the diagnosis."""
    aware = templates.rubric().codes("aware")
    return objection.origin == "person" or failure.code == "insertion" or failure.code in aware


def _line(failure: Failure, *, veiled: bool) -> str:
    if veiled:
        return _VEILED.get(failure.code, "the reasoning did not convince")
    quoted = failure.sentence[:_QUOTED].strip()
    said = f'"{quoted}": ' if quoted else ""
    if failure.code == "label":
        return f"{said}the conclusion has to be {failure.expected}"
    if failure.code == "malformed":
        return f"the answer was not in the form that was asked for ({failure.claimed})"
    # Which text was repeated is of no use to an author, and its sample's id may name a diagnosis.
    claimed = "" if failure.code == "near_duplicate" else failure.claimed
    claimed = f", not {claimed}" if claimed else ""
    return f"{said}{failure.code.replace('_', ' ')} should be: {failure.expected}{claimed}"
