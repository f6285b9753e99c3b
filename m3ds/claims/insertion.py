"""Findings that a text adds to what was outlined: a further lesion, another disease."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.diagnoses import meaning, named_on_sight
from m3ds.claims.polarity import is_denied, is_general, is_supposed
from m3ds.claims.text import ABOUT_IMAGE, BODY, Clause, Text, every_clause
from m3ds.claims.words import any_of, counted
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_ADJECTIVES = (
    r"(?:,?\s+(?:and\s+|but\s+)?(?!the\b|rib\b|ribs\b|metacarpal|metatarsal|finger|"
    r"digit|intercostal|half|portion|part\b|segment|look|reading|film|crosses|of\b|"
    r"in\b|on\b|is\b|are\b|was\b|with\b|at\b|to\b|"
    r"from\b|for\b|by\b|than\b|and\b|or\b|view|projection"
    r"|possibility|option|feature|diagnosis|explanation|cause|condition|sign\b|"
    r"imaging|biopsy|that\b|which\b|no\b)[\w'-]+){0,4}?"
)


@lru_cache(maxsize=64)
def _further(thing: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:(?P<ordinal>{'|'.join(_ORDINALS)})|(?P<more>an?other|(?:one|two|three|"
        r"some|several|a few|yet) (?:more|another)|further|"
        r"additional|extra|satellite|accessory|daughter|neighbouring|coexisting|"
        r"concomitant|synchronous|companion|remote|distant|(?:a|one) separate|an? "
        r"(?:smaller|larger)|two "
        r"(?:smaller|other|further)|several (?:other|smaller|further|tiny)|multiple "
        r"(?:other|smaller)|(?:some|many|few) (?:other|smaller)|an? (?:(?:adjacent|"
        rf"similar|tiny|small|smaller|larger|separate) ){{1,2}}(?:second|adjacent|"
        r"similar|separate)))"
        rf"{_ADJECTIVES}\s+(?:{thing}|one|foc(?:us|i)|area|spot|site|deposit)\b(?<!one "
        r"of)(?! possib)(?<!\bone)(?! of the (?:two|three))|"
        r"\b(?P<satellites>satellites?)\b(?! (?:dish|image))"
        r"|\b(?:accompanied|flanked|surrounded) by (?:an?|two|three|several|multiple|"
        rf"some|many|smaller|numerous) {_ADJECTIVES}\s*{thing}\b"
        r"|\b(?:also|additionally|in addition|besides|moreover|separately|as "
        rf"well)\b[^.;]{{0,30}}?\b(?:an?|two|three|several|multiple|"
        rf"some)\b{_ADJECTIVES}\s+{thing}\b"
    )


_BROKEN = re.compile(
    r"\b(?:in addition|additionally|also|as well|besides|moreover)\b[^.;]{0,"
    r"40}\b(?:is|are|was|were)\b[^.;]{0,15}\b(?:fractured|broken|dislocated)\b"
    r"|\b(?:is|are)\s+(?:also|additionally)\s+(?:fractured|broken|dislocated)\b"
)
_PATHOLOGY = (
    "dislocation, dislocated, subluxation, subluxed, joint effusion, haemarthrosis, "
    "lipohaemarthrosis, foreign body, foreign bodies, osteomyelitis, lytic lesion, "
    "lytic defect,"
    "bone cyst, enchondroma, osteochondroma, osteosarcoma, metastasis, metastases, "
    "metastatic deposit, bone tumour, osteoarthritis, arthritis, osteophyte, "
    "osteophytes,"
    "pneumothorax, pneumonia, pneumoperitoneum, pneumomediastinum, lymphadenopathy, "
    "adenopathy, bronchiectasis, cavitation, cavity, cavitary lesion, tuberculosis, "
    "aneurysm, scoliosis, hiatus hernia, hiatal hernia,"
    "granuloma, pulmonary oedema, interstitial oedema, pleural effusion, pericardial "
    "effusion, effusion, consolidation, atelectasis, cardiomegaly, emphysema, rib "
    "fracture, vertebral fracture, fracture,"
    "gallstone, gallstones, cholelithiasis, hydronephrosis, ascites, kidney stone, "
    "renal cyst, liver cyst, hepatic cyst, hepatic lesion, liver lesion, "
    "splenomegaly, hepatomegaly, thrombus, thrombosis, abscess, haematoma, seroma, "
    "collection,"
    "enlarged lymph node, enlarged lymph nodes, pathological lymph node, "
    "pathological lymph nodes, abnormal lymph node, abnormal lymph nodes, suspicious "
    "lymph node, suspicious lymph nodes, suspicious node, enlarged node, enlarged "
    "nodes, enlarged axillary node, enlarged cervical node, abnormal axillary node, "
    "cyst, simple cyst, cysts, breast cyst, thyroiditis, goitre, goiter, parathyroid "
    "adenoma,"
    "basal cell carcinoma, squamous cell carcinoma, haemangioma, hemangioma, angioma,"
    " dermatofibroma, actinic keratosis, wart, psoriasis, eczema, tinea, scar, ulcer,"
    " ulcers, melanoma, seborrheic keratosis,"
    "diverticulum, diverticula, diverticulosis, colitis, stricture, stenosis, "
    "varices, varix, worm, parasite, haemorrhoids, haemorrhoid, hemorrhoids, "
    "angiodysplasia, barrett, ulcerative colitis, crohn's disease, fistula, "
    "perforation, lipoma, active bleeding, blood clot, adenocarcinoma, carcinoma, "
    "tumour thrombus, bowel obstruction, polyp, polyps,"
    "retinal detachment, vein occlusion, branch retinal vein occlusion, artery "
    "occlusion, papilloedema, macular hole, epiretinal membrane, cataract, choroidal "
    "naevus, choroidal melanoma, retinoblastoma, hypertensive retinopathy, vitreous "
    "haemorrhage, macular oedema, macular edema, roth spot, roth spots, retinitis, "
    "toxoplasmosis scar, chorioretinal scar,"
    "appendicitis, meningioma, stroke, infarct, infarction, cirrhosis, pancreatitis, "
    "ovarian cyst, fibroid, pregnancy, fetus, kidney tumour, brain tumour, "
    "intracranial haemorrhage, disc herniation, pacemaker lead fracture, nodule in "
    "the lung, lung nodule, pulmonary nodule, lung mass, thyroid nodule, breast mass,"
    " breast nodule, liver metastases, lung metastases, pulmonary embolism, embolism,"
    " gout, rickets, osteoporosis, osteopenia, spondylolisthesis"
)
_PATHOLOGIES = tuple(" ".join(word.split()) for word in _PATHOLOGY.split(","))
_SIGNS: dict[str, frozenset[str]] = {
    "microaneurysm": frozenset({"diabetic retinopathy"}),
    "microaneurysms": frozenset({"diabetic retinopathy"}),
    "cotton wool spot": frozenset({"diabetic retinopathy"}),
    "cotton wool spots": frozenset({"diabetic retinopathy"}),
    "hard exudate": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    "hard exudates": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    "exudates": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    "drusen": frozenset({"age-related macular degeneration"}),
    "geographic atrophy": frozenset({"age-related macular degeneration"}),
    "retinal haemorrhages": frozenset(
        {"diabetic retinopathy", "age-related macular degeneration", "glaucoma"}
    ),
    "dot and blot haemorrhages": frozenset({"diabetic retinopathy"}),
    "blot haemorrhages": frozenset({"diabetic retinopathy"}),
    "flame-shaped haemorrhage": frozenset({"diabetic retinopathy", "glaucoma"}),
    "neovascularisation": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    "neovascularization": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    "laser scars": frozenset({"diabetic retinopathy"}),
}
_NODE = (
    r"(?:enlarged|suspicious|pathologic\w*|abnormal|bulky|prominent|metastatic|rounded)\s+"
    r"(?:[\w-]+\s+){0,2}?(?:lymph\s+)?nodes?"
)
_ORGAN_LESION = (
    r"(?:oesophageal|gastric|hepatic|renal|splenic|pancreatic|adrenal|ovarian|uterine|"
    r"prostatic|cerebral|bladder|liver|kidney|brain|vertebral|mediastinal|laryngeal|"
    r"tracheal|parotid)"
    r"\s+(?:[\w-]+\s+)?(?:tumours?|mass(?:es)?|lesions?|cancers?|carcinomas?|cysts?|"
    r"stones?|polyps?|nodules?|metastas[ei]s|abscess)"
)
_WORDS = re.compile(
    rf"(?<![\w-])(?P<word>{_NODE}|{_ORGAN_LESION}|{any_of((*_PATHOLOGIES, *_SIGNS))})(?![\w-])"
)
_BESIDE = re.compile(
    r"\b(?:with (?:an? |an? additional |associated |accompanying |coexisting |"
    r"adjacent )?|and (?:an? |also |additional )?|plus(?: an?)?|together with(?: "
    r"an?)?|along with(?: an?)?|alongside(?: an?)?|as well as(?: an?)?|accompanied "
    r"by(?: an?)?|complicated by(?: an?)?|additional(?:ly)?(?: an?)?|also(?: an?)?|"
    r"coexisting|concomitant)\s*(?:(?!no\b|without\b)[\w-]+\s+){0,3}$"
)
_LIKENED = re.compile(
    r"\b(?:like|mimic\w*|resembl\w+|suggest\w*|typical of|characteristic of|"
    r"suspicio\w+|rule out|differential|versus|vs|or|probab\w+|likely|possible|"
    r"question\w*|pattern of|appearance of|features of|signs of|against|exclude\w*|"
    r"corresponds? to|compatible|consistent|search\w* for|looked for|risk of|"
    r"rather)\s+(?:\w+\s+){0,3}$"
)


def check_insertion(case: Case, text: Text) -> Iterator[Failure]:
    """No further lesion, no second disease, no finding of another organ is stated."""
    for clause in every_clause(text, *BODY):
        step = clause.sentence.step
        if is_supposed(clause.low) or (
            step not in ABOUT_IMAGE and is_general(clause.low, clause.sentence.low)
        ):
            continue
        found = _one_more(case, clause) or _another_disease(case, clause)
        if found:
            yield Failure(
                code="insertion",
                step=step,
                sentence=clause.sentence.text,
                expected=f"{case.facts.n_regions or ''} {case.target}".strip(),
                claimed=found,
            )


def _one_more(case: Case, clause: Clause) -> str:
    if case.mask_kind == "anatomy":
        return ""
    n = 0 if case.is_negative else case.facts.n_regions
    low = clause.low
    for match in _further(counted(case)).finditer(low):
        if is_denied(low, *match.span()) or any(
            meaning(case, option).search(low) for option in case.other_findings
        ):
            continue
        ordinal = match["ordinal"]
        if ordinal and n is not None and _ORDINALS.index(ordinal) + 2 <= n:
            continue
        if n is not None and n > 1 and match.group().startswith("another "):
            continue
        return match.group()
    found = _BROKEN.search(low)
    return found.group() if found and not is_denied(low, *found.span()) else ""


def _another_disease(case: Case, clause: Clause) -> str:
    """A disease or option that is neither the diagnosis nor known to be on the same image."""
    low, step = clause.low, clause.sentence.step
    asserted = step in ABOUT_IMAGE
    known = (case.diagnosis, *case.other_findings)
    for match in _WORDS.finditer(low):
        word = match["word"]
        if is_denied(low, *match.span()) or _LIKENED.search(low, 0, match.start()):
            continue
        if any(meaning(case, option).search(word) for option in known) or _is_home(case, word, low):
            continue
        if _SIGNS.get(word, frozenset()) & {case.diagnosis}:
            continue
        if re.match(r"\s*(?:-like|-type|like\b|protocol|series|views?)", low[match.end() :]):
            continue
        if asserted or _beside(step, low, match):
            return word
    if step == "conclusion" or not (asserted or step == "reasoning"):
        return ""
    for option in case.label_options:
        if option in known or option in {"normal", "no fracture"} or named_on_sight(case, option):
            continue
        for found in meaning(case, option, exact=True).finditer(low):
            if is_denied(low, *found.span()) or _LIKENED.search(low, 0, found.start()):
                continue
            if step == "reasoning" and re.search(
                (
                    r"\b(?:also|in addition|additionally|coexisting|concomitant|"
                    r"accompanied by|together with an?)\b[^.;]{0,50}$"
                ),
                low[: found.end()],
            ):
                return found.group()
    return ""


def _beside(step: str, low: str, match: re.Match[str]) -> bool:
    head = low[: match.start()]
    if step == "conclusion":
        return _BESIDE.search(head) is not None
    return (
        re.search(
            (
                r"\b(?:there (?:is|are) (?:also|additionally|in addition)|in addition,?|"
                r"additionally,?|also (?:present|seen|noted|visible) (?:is|are)|"
                r"accompanied by|coexisting|concomitant)\b[^.;]{0,40}$"
            ),
            head,
        )
        is not None
        or re.match(
            r"\s+(?:is|are) (?:also|additionally) (?:present|seen|noted|visible|evident)",
            low[match.end() :],
        )
        is not None
    )


_HOMES: dict[str, frozenset[str]] = {
    "fracture": frozenset({"fracture", "fractures"}),
    "polyp": frozenset({"polyp", "polyps"}),
    "tumor": frozenset({"breast mass", "breast nodule", "cyst"}),
    "nodule": frozenset({"thyroid nodule"}),
    "lesion": frozenset(),
    "finding": frozenset({"cyst"}),
    "vessels": frozenset(),
}


_NEARBY = re.compile(
    r"\b(?:beside|next to|adjacent|nearby|also|second|alongside|close to|other|in addition)\b"
)


def _is_home(case: Case, word: str, low: str) -> bool:
    """Whether a word may mean the outlined thing itself."""
    if (
        not case.is_negative
        and word in _HOMES.get(case.target, frozenset())
        and not (word == "cyst" and _NEARBY.search(low))
    ):
        return True
    return "fracture" in word and case.target == "fracture"
