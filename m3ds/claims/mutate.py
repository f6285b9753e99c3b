"""Plants an error into a clean text, as checks and critics are measured by.

Nothing here reads the checks' own patterns: an error that only they could have made would say
little of them. A word of the text is changed where it offers one, a sentence is added where not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from m3ds.claims.edit import added, article, fitting, name_of, swapped
from m3ds.claims.flips import (
    plant_contrast,
    plant_count,
    plant_quadrant,
    plant_shape,
    plant_side,
    plant_size,
)
from m3ds.claims.planted import BESIDES, HISTORIES, LEAKS, OTHER_MODALITIES
from m3ds.schema.case import Case
from m3ds.schema.text import Steps

Plant = Callable[[Case, Steps, random.Random], Steps | None]


def mutate(case: Case, steps: Steps, kind: str, seed: int) -> Steps | None:
    """Plant an error of `kind` (one of `KINDS`) into `steps`, a clean text of `case`.

    Returns:
        The text with the error, the same for the same seed; None where nothing can be planted
        that would contradict what is known of the sample.

    Raises:
        KeyError: there is no such kind.
    """
    rng = random.Random(f"{seed}:{kind}:{case.sample_id}")  # noqa: S311 - no secret
    planted = _PLANTS[kind](case, steps, rng)
    return None if planted == steps else planted


def _modality(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    others = [of for name, of in OTHER_MODALITIES.items() if name != case.modality]
    part = {"bone": "bone", "fingers": "the fingers", "mixed": "the limb"}.get(
        case.anatomy, f"the {case.anatomy}"
    )
    return steps.model_copy(update={"modality": rng.choice(rng.choice(others)).format(part=part)})


def _label(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    others = [o for o in case.label_options if o not in {case.diagnosis, *case.other_findings}]
    if not others:
        return None
    wrong = rng.choice(others)
    words = sorted({case.diagnosis, *case.synonyms.get(case.diagnosis, ())}, key=lambda w: -len(w))
    said = next(
        (w for w in words if re.search(rf"\b{re.escape(w)}\b", steps.conclusion, re.IGNORECASE)),
        None,
    )
    denied = re.search(r"\b(?:no|not|non|without|rather)\b", steps.conclusion, re.IGNORECASE)
    if said is None or denied or case.is_negative or wrong in {"normal", "no fracture"}:
        return steps.model_copy(update={"conclusion": _concluding(case, wrong, rng)})
    # "Benign nodule" as "malignant nodule": what two wordings share stays.
    new = wrong + said[len(case.diagnosis) :] if said.startswith(case.diagnosis) else wrong
    new_text = swapped(steps.conclusion, {said.lower(): new, wrong.lower(): case.diagnosis})
    new_text = re.sub(r"\b([Aa])n? (?=\w)", lambda m: fitting(m, new_text), new_text)
    return steps.model_copy(update={"conclusion": new_text})


def _concluding(case: Case, option: str, rng: random.Random) -> str:
    if option in {"normal", "no fracture"}:
        what = "a normal study" if option == "normal" else "no fracture"
    elif option in {"benign", "malignant"}:
        what = article(f"{option} {name_of(case)}")
    elif option.endswith(("fracture", "nodule", "mass", "nevus", "keratosis", "polyp")):
        what = article(option)
    else:
        what = option
    said = rng.choice(("The findings are read as {}.", "The overall picture is that of {}."))
    return said.format(what)


def _insertion(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    pool = list(BESIDES[case.modality])
    if case.facts.n_regions == 1 and not case.is_negative and case.mask_kind != "anatomy":
        name = name_of(case)
        pool += [
            f"A second, smaller {name} is seen a short distance away.",
            f"There is a further {name} close by.",
            f"An additional {name} is visible next to it.",
        ]
    known = {case.diagnosis, *case.other_findings}
    pool = [said for said in pool if not any(word in said.lower() for word in known)]
    return added(steps, "analysis", rng.choice(pool)) if pool else None


def _history(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    step = rng.choice(("analysis", "reasoning"))
    return added(steps, step, rng.choice((*HISTORIES["any"], *HISTORIES.get(case.modality, ()))))


def _leak(case: Case, steps: Steps, rng: random.Random) -> Steps | None:
    step, said = rng.choice(LEAKS)
    return added(steps, step, said.format(diagnosis=case.diagnosis))


_PLANTS: dict[str, Plant] = {
    "side": plant_side,
    "quadrant": plant_quadrant,
    "size": plant_size,
    "count": plant_count,
    "modality": _modality,
    "label": _label,
    "shape": plant_shape,
    "contrast": plant_contrast,
    "insertion": _insertion,
    "history": _history,
    "leak": _leak,
}
KINDS: tuple[str, ...] = tuple(_PLANTS)
"""Which errors can be planted."""
