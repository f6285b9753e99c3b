"""What a reader may call each diagnosis beside the synonyms that its source declares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from m3ds.claims.alternatives import gathered
from m3ds.claims.words import any_of, normal_spelling
from m3ds.schema.case import Case

EVERYDAY = frozenset({"normal", "no fracture"})
"""Options that anything healthy beside a lesion is called, too."""
_BREAK = (
    r"(?:fractur\w*|breaks?|broken|fissure|crack(?:ed|s)?|snapped|infraction|avulsion|avulsed|"
    r"(?:cortical|bony|osseous) (?:disruption|discontinuity|interruption|step)|"
    r"(?<!the )(?:disrupted|interrupted|injured) (?:cortex|bone)|"
    r"(?:disruption|discontinuity|interruption) of (?:the )?(?:bone|cortex)|"
    r"loss of (?:bony |cortical )?continuity|continuity (?:of the (?:bone|cortex) )?(?:is )?lost|"
    r"cortex is (?:interrupted|disrupted)|(?:osseous|skeletal) injury|injury (?:to|of) the bone|"
    r"traumatic bone lesion|bone is (?:in two pieces|parted))"
)


def _of_part(*parts: str) -> str:
    part = "|".join(parts)
    between = r"(?:(?!\b(?:not|no|nor|rather|instead|without)\b)[^.;])"
    return (
        rf"(?:\b(?:{part})\b{between}{{0,40}}?\b{_BREAK}"
        rf"|\b{_BREAK}\b{between}{{0,60}}?\b(?:{part})\b)"
    )


_ALSO: dict[str, str] = {
    "elbow fracture": _of_part(
        "elbow",
        "olecranon",
        "supracondylar",
        "epicondyl\\w+",
        "condylar",
        "distal humer\\w+",
        "radial head",
    ),
    "finger fracture": _of_part(
        "fingers?", "phalan\\w+", "digits?", "digital", "thumb", "middle phalanx"
    ),
    "forearm fracture": _of_part(
        "forearm", "radius", "ulnar?", "antebrach\\w+", "radial shaft", "radius and ulna"
    ),
    "humerus fracture": _of_part(
        "humer(?:us|al)", "upper arm(?: bone)?", "humeral shaft", "arm bone"
    ),
    "shoulder fracture": _of_part(
        "shoulder",
        "glenohumeral",
        "humeral head",
        "clavic\\w+",
        "scapul\\w+",
        "glenoid",
        "acromi\\w+",
        "proximal humer\\w+",
        "shoulder girdle",
        "humeral neck",
    ),
    "wrist fracture": _of_part(
        "wrist", "distal radi\\w+", "carp\\w+", "scaphoid", "radiocarpal", "distal forearm"
    ),
    "fracture": rf"\b{_BREAK}\b|\bbony injury\b|\bbone injury\b|"
    r"\bbones? (?:is |are )?(?:not intact|no longer (?:intact|in one piece))\b|\bbone has given "
    r"way\b",
    "no fracture": (
        r"\b(?:intact|normal|unremarkable|negative) (?:bones?|study|radiograph|"
        r"examination|film|x-ray|hand|leg|hip|shoulder|appearances?|cortex|skeleton)\b|"
        r"\bno (?:acute |visible |evidence of (?:an? )?|sign of (?:an? )?|radiographic "
        r"evidence of (?:an? )?|definite )*(?:fracture|bony (?:injury|abnormality|lesion)|"
        r"break|osseous (?:injury|abnormality))|\bfracture[- ]free\b|\bwithout (?:a |any "
        r")?fracture\b|\bnegative for (?:a )?fracture\b|\bunfractured\b|\bno bone is "
        r"broken\b"
    ),
    "normal": (
        r"\bnormal\b(?![- ](?:tension|pressure))|\bwnl\b|\ball clear\b|\bnothing (?:is )?(?:wrong|"
        r"amiss|the matter)\b|\bage-appropriate\b|\bnothing to report\b|\bin good (?:order|"
        r"health)\b|\bfree from (?:\w+ )?disease\b|\bwithout (?:any )?(?:pathological|"
        r"abnormal) (?:changes?|findings?)\b|\bno features of (?:the |any )?diseases?\b|"
        r"\bdisease-free\b|\bnot diseased\b|\b(?:unaffected|undiseased) (?:eye|retina|breast|"
        r"fundus|lungs?)\b|\bnegative (?:for the|screening)\b|\bphysiological (?:fundus|retina|"
        r"findings?)\b|\bhealthy\b|\bunremarkable\b|\bwithin normal limits\b|"
        r"\bno (?:[\w-]+ ){0,3}?(?:abnormalit(?:y|ies)|lesions?|pathology|mass(?:es)?|disease|"
        r"retinopathy|findings?)\b|\bnegative (?:study|examination|scan|film)\b|"
        r"\bnothing (?:abnormal|focal)\b|\bwithout (?:any )?(?:focal )?(?:abnormality|lesion|"
        r"pathology)\b|\bbi-?rads[\s-]*(?:category )?1\b|\bno retinal disease\b|\b(?:free of|"
        r"without) (?:\w+ )?disease\b|\bnothing pathological\b|\b(?:inconspicuous|regular|clear|"
        r"sound|intact) (?:fundus|retina|findings?|image|scan|film)\b|\ball is well\b|\bas (?:it|"
        r"they) should(?: be)?\b"
    ),
    "benign": (
        r"\bbenign\w*\b|\bnon-?malignant\b|\bnon-?cancerous\b|\bfibroadenomas?\b|\bharmless\b|"
        r"\binnocent\b|\binnocuous\b|\bbi-?rads[\s-]*(?:category )?[23]\b|\bti-?rads[\s-]*[123]\b|"
        r"\bnot malignant\b|\bcolloid nodule\b|\badenomatous nodule\b|\bhyperplastic nodule\b|"
        r"\bno (?:suspicion|evidence|sign|signs) of malignan\w+|\bnothing malignant\b|"
        r"\b(?:malignancy|cancer) (?:is )?not suspected\b"
    ),
    "malignant": (
        r"\bmalignan\w+\b|\bcancer\w*\b|\bcarcinoma\w*\b|\bmelanoma\b|"
        r"\bbi-?rads[\s-]*(?:category )?(?:4c|5|6)\b|\bti-?rads[\s-]*5\b|\b(?:not|"
        r"no) (?:an? )?benign\b(?! (?:alternative|cause|option|explanation|sign|feature)s?)(?!-)|"
        r"\badenocarcinoma\b|\bneoplas\w+ of malignant\b"
    ),
    "nevus": (
        r"\bna?ev(?:us|i|oid)\b|\bmoles?\b|\bmelanocytic na?ev\w+\b|\bmelanocytic lesion "
        r"of (?:common|banal|benign)"
    ),
    "seborrheic keratosis": (
        r"\bseborr?ho?eic\s+(?:keratos[ie]s|wart)\w*\b|\bkeratosis\b|\bseborrh?o?eic verruca\b|"
        r"\bbasal cell papilloma\b|\bkeratoses\b|\bsebk\b|\bverruca seborrho?ica\b|\bsk\b|"
        r"\bstuck-on keratotic growth\b"
    ),
    "melanoma": r"\bmelanomas?\b|\bmalignant (?:melanocytic lesion|mole)\b",
    "metalwork": (
        r"\bmetal\w*|(?<!growth )(?<!of the )(?<!in the )(?<!on the )\bplates?\b|\bscrews?\b|"
        r"\bnails?\b|\b(?:kirschner |k-)wires?\b|"
        r"\bprosthe\w+|\breplacement\b|\bimplants?\b|\bosteosynthesis\b|\bhardware\b"
    ),
    "polyp": r"\bpolyp(?:s|oid)?\b|\bpolypoid\b|\badenoma(?:s|tous)?\b",
    "atelectasis": (
        r"\b(?:dyst|at)electa(?:sis|tic|ses)\b|\bcollapse[d]?\b(?! of the (?:vertebra|bone))|"
        r"\bvolume loss\b|\bloss of volume\b"
    ),
    "calcification": r"\bcalcif\w+\b",
    "cardiomegaly": (
        r"\bcardiomegaly\b|\benlarge\w*\b[^.;]{0,30}\b(?:heart|cardiac)\b|\b(?:heart|"
        r"cardiac)\b(?:(?!\bnot\b|\bno\b|\bnor\b)[^.;]){0,40}\benlarg\w+\b|\b(?:large|big) heart\b|"
        r"\bheart is (?:\w+ )?(?:large|big)\b|\b(?:widened|dilated) heart\b|\bcardiac "
        r"enlargement\b|\bheart enlargement\b"
    ),
    "consolidation": r"\bconsolidat\w+\b|\b(?:airspace|alveolar) (?:disease|opacification|"
    r"filling)\b",
    "diffuse nodule": (
        r"\b(?:diffuse|disseminated|widespread|multiple|numerous|miliary|scattered|"
        r"innumerable)\b[^.;]{0,40}\b(?:nodul\w+|micronodul\w+)\b|\bnodul\w+\b[^.;]{0,"
        r"40}\b(?:diffuse\w*|disseminated|widespread|throughout|both lungs|scattered)\b|"
        r"\bdiffuse nodul\w+\b|\bmiliary\b|\bnodulosis\b"
    ),
    "effusion": (
        r"\beffusions?\b|\bpleural fluid(?: collections?)?\b|\bfluid in the pleura\w*\b|"
        r"\bpleural space fluid\b|\bhydrothorax\b|\bpleural collection\b"
    ),
    "emphysema": r"\bemphysema\w*\b",
    "fibrosis": r"\bfibro(?:sis|tic)\b|\bscarring\b",
    "mass": r"\bmass(?:es)?\b(?! effect)",
    "nodule": r"\bcoin lesions?\b|\bspn\b|\bnodules?\b|\bnodular (?:opacit|shadow|lesion|"
    r"densit)\w+",
    "pleural thickening": (
        r"\bpleural[\s-]+thicken\w*\b|\bpleural (?:peel|plaques?|scarring|rind)\b|\bthick pleura\b|"
        r"\bthicken\w*\b[^.;]{0,20}\bpleura\w*\b|\bpleura\w*\b[^.;]{0,25}\bthicken\w*\b"
    ),
    "pneumothorax": r"\bpneumothora(?:x|ces)\b|\bpleural air\b|\bair (?:in|within) the "
    r"pleura\w*\b|\bair around the lung\b",
    "age-related macular degeneration": (
        r"\bmacular disease of age\b|\bdegenerative macular disease\b|"
        r"\bmacular degeneration\b|\bn?amd\b|\barmd\b|\bmaculopathy of age\b|"
        r"\bage[\s-]related (?:macular|maculopathy|degeneration)\w*\b|\bdegeneration of the "
        r"macula\b"
    ),
    "diabetic retinopathy": (
        r"\bdiabetic (?:\w+ )?(?:changes?|damage) (?:of|in|to) the (?:retina|fundus|eye)\b|"
        r"\b(?:retin\w+|vascular) [\w ]{0,20}\bdisease,? (?:diabetic|of diabetic)\b|"
        r"\bdiabetic retinal damage\b|\bdiabetes-related retinopathy\b|"
        r"\bretinopathy[,:] (?:most likely |probably |likely )?diabetic\b|"
        r"\b(?:non-?)?proliferative changes of diabetes\b|\bdiabetic (?:rather than|and not|"
        r"not) \w+ retinopathy\b|\bretinopathy (?:in diabetes|\(diabetic\))|\bretinal (?:changes|"
        r"damage) (?:of|by|from|due to) diabetes\b|\bretinopathy,? (?:of the )?diabetic\b|"
        r"\bmicroangiopathy of the diabetic\b|\bdiabetic (?:retinopathy|eye disease|"
        r"retinal disease|fundus|changes|microangiopathy|maculopathy)\b|\bn?pdr\b|"
        r"\bretinopathy of diabet\w+\b|\bretinopathy due to diabetes\b"
    ),
    "glaucoma": r"\bglaucom\w+\b|\bpoag\b",
}


def _own_pattern(words: tuple[str, ...]) -> str:
    return rf"\b(?:{any_of(normal_spelling(word.lower()) for word in words)})(?:s|es)?\b"


@lru_cache(maxsize=256)
def _compiled(option: str, words: tuple[str, ...], exact: bool) -> re.Pattern[str]:
    own = _own_pattern(words)
    also = "" if exact else _ALSO.get(option, "")
    return re.compile(rf"{own}|{also}" if also else own)


def meaning(case: Case, option: str, *, exact: bool = False) -> re.Pattern[str]:
    """A pattern for all that means `option`; with `exact` only for what the source declares."""
    return _compiled(option, (option, *case.synonyms.get(option, ())), exact)


def meaning_of_any(case: Case, options: Iterable[str], *, exact: bool = False) -> re.Pattern[str]:
    """A pattern for all that means one of `options`, a few sets of which there are."""
    return _any_compiled(
        tuple((option, *case.synonyms.get(option, ())) for option in options), exact
    )


@lru_cache(maxsize=64)
def _any_compiled(named: tuple[tuple[str, ...], ...], exact: bool) -> re.Pattern[str]:
    patterns = [_compiled(words[0], words, exact).pattern for words in named]
    return re.compile(gathered(*patterns))


def other_meanings(case: Case) -> tuple[re.Pattern[str], ...]:
    """Patterns for the other findings of the same image, which have samples of their own.

    One for each: there are more sets of findings than anyone would want to compile.
    """
    return tuple(meaning(case, option) for option in case.other_findings)


def are_named(patterns: Iterable[re.Pattern[str]], low: str) -> bool:
    """Whether any of `patterns` is found in a clause."""
    return any(pattern.search(low) for pattern in patterns)


def named_on_sight(case: Case, option: str) -> bool:
    """Whether an option names what anyone sees: a polyp, or the fractured part of a limb."""
    return option in case.visible or option == case.target or option.endswith(f" {case.target}")


def shares_words(case: Case, option: str) -> bool:
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
