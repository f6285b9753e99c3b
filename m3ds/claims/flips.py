"""Errors against what was measured: side, row, size, number, shape, brightness."""

from __future__ import annotations

import random
import re
from functools import partial

from m3ds.claims.edit import (
    added,
    article,
    both_ways,
    changed,
    fitting,
    name_of,
    plural,
    sentences_of,
    swapped,
)
from m3ds.claims.looks import GREAT_IRREGULARITY
from m3ds.claims.planted import NAMES, PLURAL_VERBS
from m3ds.schema.case import Case
from m3ds.schema.text import Steps
from m3ds.schema.vocabulary import roughness

_FAR = 0.12  # how far beyond the middle a centroid lies before the other side is plainly wrong

_SIDE = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_SIDE_OF_IMAGE = re.compile(
    r"\b(?:left|right)(?:-hand)?(?: (?:half|side|part|third|edge|corner|border|portion))? of the "
    r"(?:image|picture|frame|film|radiograph|photograph|view|field|scan)",
    re.IGNORECASE,
)
_OTHER_SENSES = re.compile(
    r"\b(?:left|right) (?:of (?!the (?:image|picture|frame|midline|centre|center|"
    r"middle))|over|around"
    r"|between|in the|at the|above|behind|for|to (?:the )?(?:left|right)|angles?)|"
    r"(?:is|was|skin|bone"
    r"|tissue|mucosa) left\b|\b(?:ventricle|atrium|border|breast|lobe|lung to)\b",
    re.IGNORECASE,
)


def plant_side(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    """The other side."""
    x = case.facts.centroid_x
    if case.is_negative or x is None or abs(x - 0.5) < _FAR:
        return None
    true = "left" if x < 0.5 else "right"
    sentences = sentences_of(steps.analysis)
    for k, sentence in enumerate(sentences):
        said = {word.lower() for word in _SIDE.findall(sentence)}
        in_image = _SIDE_OF_IMAGE.search(sentence)
        if not said or _OTHER_SENSES.search(sentence):
            continue
        if case.laterality == "image" and said == {true}:
            fits = True
        else:
            fits = in_image is not None and in_image.group().lower().startswith(true)
        if fits:
            sentences[k] = swapped(sentence, both_ways(left="right"))
            return changed(steps, "analysis", sentences)
    wrong = "right" if true == "left" else "left"
    return added(
        steps,
        "analysis",
        rng.choice(
            (
                f"It lies on the {wrong} side of the image.",
                f"The {wrong} half of the image is where the abnormality sits.",
                f"Its position is well to the {wrong} of the centre of the image.",
            )
        ),
    )


_ROWS = both_ways(
    upper="lower", top="bottom", above="below", uppermost="lowermost", higher="deeper"
)
_LOWER_THAN = re.compile(r"\blower than\b")
_ROW = re.compile(rf"\b(?:{'|'.join(_ROWS)})\b", re.IGNORECASE)


def plant_quadrant(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    """Above for below."""
    y = case.facts.centroid_y
    if case.is_negative or y is None or abs(y - 0.5) < _FAR:
        return None
    upper = {"upper", "top", "above", "uppermost", "higher"}
    sentences = sentences_of(steps.analysis)
    for k, sentence in enumerate(sentences):
        said = {word.lower() in upper for word in _ROW.findall(sentence)}
        if said == {y < 0.5} and re.search(r"image|frame|picture|field|film|view", sentence):
            if re.search(r"% of the|from the|\bno\b|arm|limb|lobe|clear|normal", sentence):
                continue
            new = swapped(_LOWER_THAN.sub("deeper than", sentence), _ROWS)
            sentences[k] = re.sub(r"\b([Aa])n? (?=\w)", partial(fitting, text=new), new)
            return changed(steps, "analysis", sentences)
    wrong = "lower" if y < 0.5 else "upper"
    end = "bottom" if y < 0.5 else "top"
    return added(
        steps,
        "analysis",
        rng.choice(
            (
                f"It lies in the {wrong} third of the image.",
                f"The abnormality sits close to the {end} of the frame.",
                f"Its centre is in the {wrong} half of the picture.",
            )
        ),
    )


# A bound or the end of a range, made larger, may still be true.
_BOUNDED = re.compile(
    r"\b(?:under|below|over|above|than|least|most|up to|to|and|between)\s+$|[-–]\s*$"
)
_PERCENT = re.compile(r"\b\d+(?:\.\d+)?(?=\s?(?:%|per cent|percent))")


def plant_size(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    """A size far off."""
    area = case.facts.area_fraction
    if case.is_negative or not area:
        return None
    wrong = min(0.9, 5 * area) if area < 0.15 else area / 5
    number = f"{100 * wrong:.0f}" if wrong >= 0.02 else f"{100 * wrong:.1f}"
    if abs(float(number) / 100 - area) < 0.5 * area:
        return None
    words = dict.fromkeys(("tiny", "small", "minute", "moderate"), "very large")
    if area >= 0.12:
        words = dict.fromkeys(("large", "very large", "sizeable", "bulky"), "tiny")
    sentences = sentences_of(steps.analysis)
    for k, sentence in enumerate(sentences):
        found = [
            m
            for m in _PERCENT.finditer(sentence)
            if abs(float(m.group()) / 100 - area) < 0.2 * area
            and not _BOUNDED.search(sentence, 0, m.start())
        ]
        if len(found) == 1 and not re.search(r"width|height|way|from the", sentence):
            new = sentence[: found[0].start()] + number + sentence[found[0].end() :]
            sentences[k] = re.sub(r"\ba very large\b", "a very large", swapped(new, words))
            return changed(steps, "analysis", sentences)
    if case.mask_kind == "anatomy":
        return added(steps, "analysis", f"The vessels fill about {number} % of the image.")
    return added(
        steps,
        "analysis",
        rng.choice(
            (
                f"It covers about {number} % of the image.",
                f"Roughly {number} % of the picture is taken up by it.",
                f"In extent it comes to some {number} % of the whole frame.",
            )
        ),
    )


def plant_count(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    """Another number of regions."""
    n, name = case.facts.n_regions, name_of(case)
    if case.mask_kind == "anatomy":
        return None
    if case.is_negative:
        shown = rng.choice(
            (f"A small {name} is seen in the middle of the image.", f"There is {article(name)}.")
        )
        return added(steps, "analysis", shown)
    if not n:
        return None
    wrong = rng.choice(("three", "four", "five")) if n <= 2 else "two"
    numbers = (
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    )
    sentences = sentences_of(steps.analysis)
    for k, sentence in enumerate(sentences):
        if n == 1:
            new = _plural(sentence, wrong)
        else:
            right = numbers[n - 2] if n <= len(numbers) + 1 else str(n)
            new = swapped(sentence, {right: wrong}) if name in sentence.lower() else sentence
        if new != sentence:
            sentences[k] = new
            return changed(steps, "analysis", sentences)
    return added(
        steps, "analysis", f"{wrong.capitalize()} separate {plural(name)} are seen in all."
    )


def _plural(sentence: str, number: str) -> str:
    """The sentence with "a single nodule lies" as "three nodules lie", where it begins so."""
    found = re.match(
        r"(?:A single|One|A solitary|Single|Solitary|An isolated) ((?:[\w-]+,? ){0,3}?)"
        rf"({'|'.join(sorted({*NAMES.values(), 'lesion'}))}) ({'|'.join(PLURAL_VERBS)})\b",
        sentence,
    )
    if found is None:
        return sentence
    between, name, verb = found.groups()
    return (
        f"{number.capitalize()} {between}{plural(name)} "
        f"{PLURAL_VERBS[verb]}{sentence[found.end() :]}"
    )


_FORMS = both_ways(round="elongated") | {
    "oval": "elongated",
    "rounded": "elongated",
    "circular": "elongated",
}
_EDGES = both_ways(smooth="jagged", regular="irregular") | {"ragged": "smooth", "even": "uneven"}


def plant_shape(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    """Another shape or margin."""
    long, rough = case.facts.eccentricity, case.facts.irregularity
    if case.is_negative or long is None or rough is None:
        return None
    edge = roughness(rough, long)
    if long < 0.6:
        words, said = (
            {k: v for k, v in _FORMS.items() if k != "elongated"},
            "Its form is markedly elongated.",
        )
    elif long > 0.93:
        words, said = {"elongated": "round"}, "In form it is almost perfectly round."
    elif edge < 0.1 and rough < GREAT_IRREGULARITY:
        words, said = dict(_EDGES), "Its margin is jagged and irregular."
    elif edge > 0.8:
        words, said = (
            {"irregular": "smooth", "jagged": "smooth", "ragged": "smooth"},
            "Its margin is smooth all round.",
        )
    else:
        return None
    sentences = sentences_of(steps.analysis)
    for k, sentence in enumerate(sentences):
        if re.search(
            r"\b(?:not?|neither|free of|surface|surround|slightly|mildly|tissue|skin|mucosa|"
            r"background|"
            r"texture|grain|core|section)\b",
            sentence,
        ):
            continue
        about = re.search(
            r"\b(?:it|lesion|nodule|mass|polyp|shape|form|border|margin|outline|abnormal)",
            sentence.lower(),
        )
        new = swapped(sentence, words)
        if about and new != sentence:
            sentences[k] = re.sub(r"\b([Aa])n? (?=\w)", partial(fitting, text=new), new)
            return changed(steps, "analysis", sentences)
    del rng
    return added(steps, "analysis", said)


_TONES = both_ways(
    hypoechoic="hyperechoic", darker="brighter", lucent="dense", hypopigmented="hyperpigmented"
) | {"lighter": "darker", "paler": "darker", "denser": "darker", "anechoic": "hyperechoic"}


def plant_contrast(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    """Darker for brighter."""
    contrast = case.facts.contrast
    if case.is_negative or contrast is None or abs(contrast) < 0.06:
        return None
    dark = {"hypoechoic", "darker", "lucent", "hyperpigmented", "anechoic"}
    words = {k: v for k, v in _TONES.items() if (k in dark) == (contrast < 0)}
    sentences = sentences_of(steps.analysis)
    for k, sentence in enumerate(sentences):
        if re.search(
            r"\b(?:not?|neither|nor|rim|halo|spots?|foci|line|surrounding \w+ is)\b", sentence
        ):
            continue
        new = swapped(sentence, words)
        if new != sentence:
            sentences[k] = new
            return changed(steps, "analysis", sentences)
    tone = "brighter" if contrast < 0 else "darker"
    who = "The vessels are" if case.mask_kind == "anatomy" else "It is"
    return added(
        steps,
        "analysis",
        rng.choice(
            (
                f"{who} clearly {tone} than the surroundings.",
                f"Compared with what lies around, {who[0].lower()}{who[1:]} distinctly {tone}.",
            )
        ),
    )
