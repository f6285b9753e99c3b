"""Parts of the body that a text names, against the part that the image shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from m3ds.claims.alternatives import Table
from m3ds.claims.polarity import is_common, is_denied, is_supposed
from m3ds.claims.text import Text, every_clause, is_next_step
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_REGIONS: Mapping[str, str] = {
    "thyroid": r"thyroid\w*|isthmus",
    "neck": (
        r"the neck(?! of)|neck (?:ultrasound|region|scan|vessels?|muscles?)|cervical|"
        r"trachea\w*|larynx|parathyroid|carotid|parotid|submandibular|salivary"
    ),
    "breast": r"breast|mammary|nipple|areola\w*",
    "axilla": r"axilla\w*",
    "chest": (
        r"chest|thora(?:x|cic)|lungs?|pulmonary|pleura\w*|mediastin\w+|ribs?|hemithorax|"
        r"cardiac|heart|aort\w+|hilar|hilum"
    ),
    "abdomen": (
        r"abdom\w+|liver|hepatic|spleen|splenic|kidneys?|renal|gall\s?bladder|pancrea\w+|"
        r"bladder|biliary|adrenal"
    ),
    "pelvic": (
        r"uter(?:us|ine)|ovar(?:y|ies|ian)|prostat\w+|testic\w+|testis|scrotal|scrotum|"
        r"endometri\w+|placenta\w*|fetal|foetal|fetus"
    ),
    "bowel": (
        r"colon|colonic|bowel|intestin\w+|rect(?:um|al)|sigmoid|caec(?:um|al)|cec(?:um|"
        r"al)|colorectal|ileum|ileal"
    ),
    "stomach": r"stomach|gastric|oesophag\w+|esophag\w+|duoden\w+",
    "skin": r"skin|cutaneous|dermis|epiderm\w+",
    "eye": (
        r"retina\w*|fundus|macula\w*|optic (?:dis[ck]|nerve|cup|head|atrophy)\w*|(?:left|right|one|"
        r"an) eye|eyeballs?|ocular|fove\w+|choroid\w*"
    ),
    "head": (
        r"brain|cerebral|cranial|skull|intracranial|teeth|dental|jaw|mandib\w+|"
        r"(?:paranasal|frontal|maxillary) sinus(?:es)?"
    ),
    "spine": r"spin(?:e|al)|lumbar|vertebra\w*",
    "hip": r"hips?|pelvis|pelvic|acetabul\w+|femoral head|femoral neck",
    "leg": (
        r"legs?|knees?|ankles?|f(?:oo|ee)t|tibia\w*|fibula\w*|femur|femoral|patell\w+|"
        r"calcane\w+|metatars\w+|toes?|thigh"
    ),
    "arm": r"forearms?|elbows?|humer(?:us|al)|radi(?:us|al)|ulnar?|upper arms?|olecranon",
    "hand": r"hands?|wrists?|fingers?|carp(?:us|al)|metacarp\w+|phalan\w+|thumbs?|digits?|scaphoid",
    "shoulder": r"shoulders?|clavic\w+|scapul\w+|glenoid|glenohumeral|acromi\w+",
}
_WORDS = Table(_REGIONS)
_ARM = frozenset({"arm", "hand", "shoulder"})
_LIMBS = frozenset({"hip", "leg", "spine"}) | _ARM
_PLAUSIBLE: Mapping[str, frozenset[str]] = {
    "thyroid": frozenset({"thyroid", "neck", "spine", "skin", "chest", "stomach"}),
    "breast": frozenset({"breast", "axilla", "chest", "skin"}),
    "chest": frozenset(
        {
            "chest",
            "neck",
            "abdomen",
            "stomach",
            "spine",
            "breast",
            "axilla",
            "shoulder",
            "arm",
            "bowel",
        }
    ),
    "colon": frozenset({"bowel", "abdomen", "pelvic"}),
    "retina": frozenset({"eye"}),
    "hand": _ARM,
    "fingers": _ARM,
    "wrist": _ARM,
    "forearm": _ARM,
    "elbow": _ARM,
    "upper arm": _ARM | {"chest", "axilla"},
    "upper limb": _ARM | {"chest", "axilla"},
    "shoulder": _ARM | {"chest", "axilla", "neck", "spine"},
    "leg": frozenset({"leg", "hip"}),
    "foot": frozenset({"leg"}),
    "ankle": frozenset({"leg"}),
    "knee": frozenset({"leg"}),
    "hip": frozenset({"leg", "hip", "spine", "pelvic", "abdomen", "bowel"}),
    "humerus": _ARM | {"chest", "axilla"},
    "finger": _ARM,
    "arm": _ARM | {"chest", "axilla"},
}
"""Which regions of the body an image of an anatomy may show; others of the skin: any."""
_BONES = _LIMBS | {"chest", "neck", "head", "bowel"}
_FIGURATIVE = re.compile(
    r"\b(?:on the (?:one|other) hand|at hand|chicken[\s-]skin|the way (?:an?|the) (?:hand|finger|"
    r"thumb)|hand in hand|in hand|empty hands?|like an? (?:knee|elbow|hand|finger|fist|thumb|eye|"
    r"breast|rib)|(?:left|right)[\s-]hand|hand[\s-]held|at the head of|head[\s-]on|heart of"
    r"|foot of the|its foot|foot[\s-]?print|eye[\s-]catching|naked eye|the eye(?! (?:is|was|shows|"
    r"has|of))|(?:my|our|the reader's|reader's|trained|unaided) eye|to the eye|by eye|radial(?:ly)?"
    r"|under(?:neath)? the skin|arm of|neck of the (?:polyp|lesion)|cervical-type|"
    r"cold|rib-like|renal-type|skin (?:of|fold)s?|fold of skin|optic(?:al)?ly|"
    r"bladder-like"
    r"|finger[\s-]like|thumb[\s-]?(?:print|nail)\w*|head of (?:a )?(?:pin|the polyp)|handed|"
    r"its shoulders|shoulder of|shoulder[\s-]to|trace the cortex with a finger|with (?:a|the|"
    r"one's) finger|(?:thin|long) finger|wrist flick|(?:one|two|three|some|a few|"
    r"a) (?:\w+ )?fingers?(?:'?s?)? (?:off|from|wide|broad|breadths?|away|below|above)|"
    r"skin (?:margins?|contours?|outlines?|line|edge))\b"
)
_TOWARDS = re.compile(
    r"\b(?:metasta\w+|primary|refer(?:ral|red)|screen\w*|elsewhere|history|spread|origin|beyond)\b"
)


def check_anatomy(case: Case, text: Text) -> Iterator[Failure]:
    """No part of the body is named that the image cannot show."""
    plausible = _plausible(case.anatomy)
    if plausible is None:
        return
    for clause in every_clause(text, "modality", "findings", "analysis", "conclusion"):
        if not _WORDS.search(clause.low):
            continue
        step = clause.sentence.step
        low = _FIGURATIVE.sub(lambda match: "_" * len(match.group()), clause.low)
        for region, match in _WORDS.finditer(low):
            if region in plausible or is_denied(low, *match.span()):
                continue
            if is_next_step(text, clause, match.start()):
                continue
            if step != "modality" and (is_supposed(low) or is_common(low) or _TOWARDS.search(low)):
                continue
            yield Failure(
                code="anatomy",
                step=step,
                sentence=clause.sentence.text,
                expected=case.anatomy,
                claimed=match.group(),
            )
            break


def _plausible(anatomy: str) -> frozenset[str] | None:
    low = anatomy.lower()
    if low in _PLAUSIBLE:
        return _PLAUSIBLE[low] | ({"skin"} if low not in {"colon", "retina"} else frozenset())
    if low == "skin":
        # A skin lesion may sit anywhere on the body, but in none of its cavities.
        return frozenset(_REGIONS) - {"thyroid", "bowel", "stomach", "abdomen", "pelvic", "eye"}
    if low in {"bone", "mixed"}:
        return _BONES | {"skin"}
    return None
