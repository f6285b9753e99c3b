"""The modality a text names, against the image's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from m3ds.claims.alternatives import Table
from m3ds.claims.polarity import is_denied, is_general, is_supposed
from m3ds.claims.text import ABOUT_IMAGE, PARTS, Clause, Text, every_clause, is_next_step
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_OWN: Mapping[str, str] = {
    "x-ray": r"x[\s-]?ray(?:s|ed)?|xrays?|(?:radio|roentgeno|skia)gra(?:ms?|phs?|phed|phy|phic|"
    r"phical|phically)|r(?:oe|ö)ntgen\w*|(?:dr|cr) (?:image|film|study)"
    r"|(?:plain|digital)[\s-](?:films?|projections?)|radiolog\w+ (?:images?|projections?|"
    r"pictures?)|plain[\s-]radiolog\w+|(?:thorax|chest)[\s,]+(?:pa|ap)|xr|cxr|(?:forearm|finger|"
    r"humerus|foot|arm|pelvis|femur|tibia|hand|wrist|hip|bone|chest|shoulder|elbow|leg|ankle|knee|"
    r"foot|skeletal|frontal|pa|ap)[\s-](?:\w+\s)?films?|pa view|ap view|"
    r"frontal view of the chest|frontal chest view|conventional films?|chest film",
    "dermoscopy": (
        r"derm(?:at)?oscop\w*|epiluminescen\w+(?: microscopy| light microscopy)?|(?:skin )?"
        r"surface microscopy|elm (?:image|picture|view)|derm (?:image|picture|photo)"
    ),
    "endoscopy": (
        r"(?:(?:video|chromo|fibre|fiber|zoom)?endoscop|coloscop|colonoscop|sigmoidoscop|"
        r"ileocolonoscop|rectoscop|proctoscop|gastroscop)\w*|white[\s-]light (?:picture|image|view|"
        r"photo\w*|frame)|wle (?:image|picture|view|frame)"
    ),
    "ultrasound": (
        r"ultra[\s-]?so(?:und|nic)\w*|ultrasonogra\w*|(?:echo)?sonogra\w*|echograph\w*|echogram|"
        r"b[\s-]mode|b[\s-]scan|gr[ae]y[\s-]?scale (?:scan|study|examination)|echo (?:image|"
        r"picture)|(?:made|taken) with (?:ultra)?sound"
    ),
    "fundus": r"posterior (?:segment|pole) photo\w*|photo\w* of the posterior (?:eye )?segment|"
    r"eye[\s-]?ground|retinal (?:still|camera)|camera (?:view|still|"
    r"picture),? (?:of )?(?:the )?retina|retina[\w\s,]{1,30}\bcamera|"
    r"photograph of the retinal surface|photograph of its back wall|retina: (?:\w+ )?photo\w*|"
    r"(?:non-)?mydriatic|photo\w*[\w\s,]{1,30}?\b(?:retina|optic (?:disc|nerve)|macula|"
    r"back of the eye)|(?:ocular |eye )?fundus(?! of (?:the )?(?:stomach|uter\w+|gallbladder))|"
    r"fundoscop\w*|funduscop\w*|ophthalmoscop\w*|retinal (?:photo\w*|image|imaging|camera|"
    r"colou?r photo\w*)|(?:photo\w*|images?|pictures?|views?) of (?:the|"
    r"an?) (?:\w+\s){0,2}?(?:retina|fundus|posterior pole|back of (?:the|an) eye)|(?:ophthalmic|"
    r"ophthalmological) (?:photo\w*|images?)|photograph,? (?:of )?retina|"
    r"retina,? (?:\w+ )?photo\w*|retinal (?:picture|view)|(?:photo\w*|picture|image|"
    r"portrait),? (?:of )?(?:the )?(?:posterior pole|retina|eye's back(?:ground)?)|"
    r"(?:posterior pole|eye ground|fundus|retina|back of the eye)(?:,)? (?:in colou?r|"
    r"photographed)|retinograph\w*|cfp|posterior pole photo\w*|(?:photo\w*|images?|"
    r"pictures?) of (?:the|an) "
    r"eye ground",
}
_FOREIGN = {
    "CT": (
        r"ct(?! ratio)|cta|hrct|cbct|cat scan|computed tomogra\w*|computerized tomogra\w*|"
        r"tomogra(?!phically)\w+|ct[\s-]colonograph\w*"
    ),
    "MRI": (
        r"mri|mr (?:imag\w+|scan\w*|sequence\w*|slices?|sections?|stud\w+|views?)|"
        r"magnetic resonance\w*|t[12][\s-]?(?:weighted|w)|stir|flair sequence|mrcp|gadolinium\w*"
    ),
    "nuclear": (
        r"pet|positron emission\w*|spect|scintigra\w+|(?:radionuclide |isotope )?bone "
        r"scan|radionuclide|nuclear medicine|fdg"
    ),
    "mammography": r"mammogra\w+|tomosynthesis|mlo view|mediolateral oblique view",
    "histology": r"histolog\w+ (?:section|slide|image|specimen)|h&e|haematoxylin|hematoxylin|"
    r"biopsy specimen|tissue section|stained section|photomicrograph"
    r"|low-power (?:histolog\w+|view)|cytolog\w+ (?:smear|slide|specimen)|"
    r"histopathology (?:slide|image|section)|light microscop\w+|electron microscop\w+",
    "OCT": r"oct|optical coherence tomogra\w*",
    "angiography": r"angiogra\w+|angiogram\w*|fluorescein\w*|venogra\w+|arteriogra\w+",
    "fluoroscopy": (
        r"fluoroscop\w+|barium (?:enema|swallow|meal|study)|double[\s-]contrast|contrast "
        r"enema|arthrogra\w+"
    ),
    "confocal": r"confocal microscop\w*|reflectance confocal\w*",
    "thermography": r"thermogra\w+|infra-?red (?:image|picture|thermo\w+)|thermal imag\w+",
    "clinical photography": r"clinical photogra\w+|smartphone photo\w*",
    "slit lamp": r"slit[\s-]lamp\w*|gonioscop\w*",
    "capsule": (
        r"echocardiogra\w+|electrocardiogra\w*|ecg(?! (?:electrodes?|leads?|wires?|dots?|stickers?|"
        r"pads?))|laparoscop\w*|arthroscop\w*|bronchoscop\w*|cystoscop\w*|densitometr\w+|dexa"
    ),
}
_WORDS = Table({**_FOREIGN, **_OWN})
# What else was done or may be done is no claim about this image.
_APART = re.compile(
    r"\b(?:recommend\w*|advis\w+|suggest(?:ed|s)?|follow[\s-]?up|further|next step|"
    r"needs? \w+ to (?:show|see)|next (?:\w+ )?(?:steps?|tests?|examinations?|moves?)|proposed|"
    r"until|shows? (?:it |this )?(?:best|better)|correlat\w+|complement\w*|biops\w+|confirm\w*|"
    r"clarif\w+"
    r"|than on|than in|required|needs? [\w\s]{1,20} work-?up|(?:that|this|which) (?:needs|"
    r"calls for)|needed|necessary|helpful|useful|before|prior to|equivalent"
    r"|settle\w*|resolv\w+|indicated|consider\w*|warrant\w*|referr\w+|not included|only when|(?:is|"
    r"are|would be) (?:the |a )?preferred|problem-solving|other (?:techniques|methods|modalities)|"
    r"not available|beyond|await\w*|pending)\b"
)


_UNLIKE = re.compile(
    r"\b(?:unlike|compared with|compared to|as opposed to|in contrast to|contrast with|"
    r"rather than)\s+(?:[\w-]+\s+){0,3}$"
)
_TOLD_BY = re.compile(
    r"\b(?:told apart(?: only)?|distinguished|separated|excluded|confirmed|settled|clarified|"
    r"differentiated)\s+(?:by|with|on|using)\s+(?:an?\s+|the\s+)?$"
)
_THIS = re.compile(
    r"\b(?:this|the present|the given|present|these)\s+(?:(?!(?:is|are|was|has|and|or|of|from|with|"
    r"case)\b)[\w-]+\s+){0,3}$"
)
_OF_MANY = re.compile(
    r"(?:^|[,;]\s*|\b(?:of|many|most|some|such|few)\s+)(?:cancers|carcinomas|fractures|nodules|"
    r"masses|polyps|melanomas|lesions|tumours)\s+(?:on|in|at)\s+$"
)
# "Visible on mammograms alone".
_COME_TO_LIGHT = re.compile(
    r"\b(?:are|come|become)\s+(?:visible|seen|shown|found|detected|to light)\s+(?:only\s+)?on\s+$"
)
_ALONE = re.compile(r"\s+(?:alone|only)\b")
_LIKE_THIS = re.compile(r"\s+(?:such as|like) (?:this|the present)\b")
_TELLS_APART = re.compile(
    r"\s+(?:then\s+|usually\s+|readily\s+|easily\s+|reliably\s+)?(?:separates?|distinguish\w*|"
    r"differentiat\w+|tells?|shows?|decides?|reveals?|answers?|excludes?|proves?|adds?|helps?)\b"
)


# "Taken without a dermatoscope."
_WITHOUT = re.compile(r"\bwithout (?:an?|the|any|use of an?) $")


def check_modality(case: Case, text: Text) -> Iterator[Failure]:
    """The modality step names the image's modality; no step takes the image for another."""
    named = False
    for clause in every_clause(text, *PARTS):
        step = clause.sentence.step
        for modality, match in _WORDS.finditer(clause.low):
            if modality == case.modality:
                lacks = _WITHOUT.search(clause.low, 0, match.start())
                named = named or (step == "modality" and not lacks)
            elif _is_claimed(case, clause, match) and not is_next_step(text, clause, match.start()):
                yield _failure(case, clause.sentence.text, step, match.group())
                break
    if not named:
        yield _failure(case, text.modality, "modality", "")


def _is_claimed(case: Case, clause: Clause, match: re.Match[str]) -> bool:
    """Whether a word for another modality is said of this image."""
    low, step = clause.low, clause.sentence.step
    word = match.group()
    if case.modality == "dermoscopy" and "microscop" in word and not _OF_TISSUE.search(word):
        return False
    if _THIS.search(low, 0, match.start()) or _LIKE_THIS.match(low, match.end()):
        return True
    if is_denied(low, *match.span()):
        return False
    if step == "modality":
        # "Mammography would show calcium better" compares, where the own one is named too.
        compared = (_WOULD.search(low) and not _MAY_BE.search(low)) or _ANOTHER.match(
            low, match.end()
        )
        return not (compared and _names(case.modality, clause.sentence.low))
    if _UNLIKE.search(low, 0, match.start()) or _AS_A_MEANS.match(low, match.end()):
        return False
    if _APART.search(clause.sentence.low) or is_supposed(low):
        return False
    if step in ABOUT_IMAGE:
        return True
    if step == "reasoning" and _TOLD_BY.search(low, 0, match.start()):
        return False
    if step == "reasoning" and (
        _TELLS_APART.match(low, match.end())
        or (_COME_TO_LIGHT.search(low, 0, match.start()) and _ALONE.match(low, match.end()))
        or _OF_MANY.search(low, 0, match.start())
    ):
        return False
    return not is_general(clause.low, clause.sentence.low)


# "CT is superior for this", "scintigraphy has no role": of what is done elsewhere.
_AS_A_MEANS = re.compile(
    r"\s+(?:(?:is|are)\s+(?:of\s+historical|superior|inferior|better|best|faster|no\s+(?:substitute|alternative))|"
    r"(?:plays?|has|have|had)\s+no\b|adds?\b|contributes?\b)"
)
# "The picture could be an MRI" compares nothing.
_MAY_BE = re.compile(r"^\s*(?:the|this|it)\b[^,;]{0,25}\b(?:could|might|would) be\b")
_WOULD = re.compile(r"\b(?:would|could|might)\b")
_OF_TISSUE = re.compile("histo|electron|confocal")
_ANOTHER = re.compile(r"\s+is (?:another|a different|an alternative|no part)\b")


def _names(modality: str, low: str) -> bool:
    """Whether a sentence names a modality."""
    return any(name == modality for name, _ in _WORDS.finditer(low))


def _failure(case: Case, sentence: str, step: str, words: str) -> Failure:
    return Failure(
        code="modality", step=step, sentence=sentence, expected=case.modality, claimed=words
    )
