"""What only another modality could have shown: flow, signal, uptake, stiffness, cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from m3ds.claims.alternatives import Table
from m3ds.claims.polarity import is_denied, is_general, is_supposed
from m3ds.claims.text import ABOUT_IMAGE, PARTS, Text, every_clause, is_next_step
from m3ds.schema.base import Modality
from m3ds.schema.case import Case
from m3ds.schema.text import Failure

_NOWHERE: frozenset[Modality] = frozenset()
_SHOWN_BY: Mapping[str, tuple[frozenset[Modality], str]] = {
    "doppler": (
        _NOWHERE,
        (
            r"(?:colou?r |power |spectral |pulsed )?doppler\w*|colou?r flow|flow "
            r"signal\w*|resistive index|peak systolic\w*|waveforms?|intralesional flow"
            r"|vascular flow|blood flow signals?|(?:internal|peripheral|intranodular) "
            r"(?:blood )?flow"
        ),
    ),
    "elastography": (_NOWHERE, r"elastogra\w+|elastographic|strain ratio|shear[\s-]wave\w*|kpa"),
    "contrast": (
        _NOWHERE,
        (
            r"(?:contrast|post-contrast|rim|ring|avid|homogeneous|heterogeneous|arterial|"
            r"early|delayed|vivid|peripheral|nodular) ?(?:medium )?[\s-]?enhanc\w+"
            r"|enhances? (?:avidly|after|following|homogeneously|heterogeneously|"
            r"intensely|strongly)|post-?contrast|after (?:intravenous |iv )?contrast|"
            r"contrast (?:medium|agent|administration|uptake)"
            r"|(?:arterial|venous|portal|delayed) phase|wash-?out|gadolinium"
        ),
    ),
    "magnetic": (
        _NOWHERE,
        (
            r"t[12][\s-]?(?:weighted|hyper\w*|hypo\w*|bright|dark|signal|images?)|signal "
            r"intensit\w+|(?:high|low|hyper|hypo|bright|dark|increased|bone marrow|"
            r"intermediate)[\s-]?(?:intense )?signal(?! to noise)"
            r"|hyperintens\w+|hypointens\w+|isointens\w+|diffusion restriction|restricted "
            r"diffusion|adc|dwi|marrow (?:oedema|edema)|stir|flair"
        ),
    ),
    "attenuation": (
        _NOWHERE,
        (
            r"hounsfield(?: units?)?|\d\d* ?hu|hypoattenuat\w+|hyperattenuat\w+|"
            r"isoattenuat\w+|bone window|lung window|soft[\s-]tissue window|mediastinal "
            r"window"
        ),
    ),
    "uptake": (
        _NOWHERE,
        (
            r"suv(?:max)?|standardi[sz]ed uptake\w*|(?:tracer|radiotracer|fdg|isotope|focal|"
            r"increased|radionuclide) uptake|uptake of (?:tracer|isotope)|photopenic|cold "
            r"nodule|hot nodule|hypermetabol\w+|avid uptake"
        ),
    ),
    "cells": (
        _NOWHERE,
        (
            r"mitos[ei]s|mitotic\w*|nuclear (?:atypia|pleomorphism|grooves)|pleomorphi\w+|"
            r"immunohistochem\w+|stromal invasion|breslow|clark level|ki-?67|cytologic\w* "
            r"atypia|atypical cells"
            r"|psammoma\w*|desmoplas\w+|basement membrane|epithelial cells|papillary "
            r"fronds|glandular crypts|dysplastic (?:glands|crypts|cells)|nests of "
            r"melanocytes|follicular cells"
        ),
    ),
    "layers": (
        _NOWHERE,
        (
            r"sub-?retinal fluid on|intraretinal fluid|central (?:macular|subfield) thickness|"
            r"retinal nerve fib\w+ layer thickness|choroidal thickness|leak(?:s|age) (?:of|"
            r"on) fluorescein|late leakage|hyperfluoresc\w+|hypofluoresc\w+|autofluoresc\w+|"
            r"intraocular pressure|visual field (?:loss|defect|test\w*)|ellipsoid zone"
        ),
    ),
    "echoes": (
        frozenset(("ultrasound",)),
        (
            r"(?:hypo|hyper|iso|an)[\s-]?echo(?:ic|genic)\w*|echogenic\w*|echotexture|"
            r"acoustic (?:shadow\w*|enhancement|window|impedance)|posterior (?:acoustic "
            r")?(?:enhancement|shadowing)|echo-?poor|echo-?rich|transducer|linear probe|"
            r"ultrasound probe|echoes"
        ),
    ),
    "x-rays": (
        frozenset(("x-ray",)),
        (
            r"radiolucen\w+|radio-?opa\w+|radiodens\w+|air bronchogram\w*|cortical "
            r"(?:break|interruption|discontinuity)|periosteal reaction|lytic lesion|"
            r"trabecula\w*|osteolytic|costophrenic\w*|cardiothoracic ratio"
        ),
    ),
    "dermoscopic": (
        frozenset(("dermoscopy",)),
        (
            r"pigment(?:ed)? network|blue[\s-]white(?:ish)? veil|milia[\s-]like cysts?|"
            r"comedo[\s-]like openings?|pseudopods|dermoscopic structures|leaf[\s-]like "
            r"areas"
        ),
    ),
    "endoscopic": (
        frozenset(("endoscopy",)),
        (
            r"pit pattern|(?:narrow[\s-]band|nbi) (?:imaging)?|insufflat\w+|haustral?|"
            r"colonic lumen|snare|paris (?:classification|0-)\w*|bowel preparation|"
            r"chromoendoscop\w+|boston bowel"
        ),
    ),
    "fundus": (
        frozenset(("fundus",)),
        (
            r"cup[\s-]to[\s-]disc|optic (?:disc|cup|nerve head)|microaneurysm\w*|"
            r"cotton[\s-]wool\w*|drusen|arteriovenous nicking|av nicking|neuroretinal rim|"
            r"foveal reflex"
        ),
    ),
}
_WORDS = Table({name: words for name, (_, words) in _SHOWN_BY.items()})
_HELD_BACK = re.compile(
    r"\b(?:recommend\w*|advis\w+|suggested|follow[\s-]?up|further|next step|"
    r"correlat\w+|helpful|useful|needed|settle|required|confirm\w*|biops\w+|histology|"
    r"pathologist|unavailable|(?:is|are|was|were) (?:unknown|not (?:known|given|measured))|"
    r"lacking|blind to|invisible (?:to|on))\b"
)
_ON_IT = re.compile(
    r"\b(?:on|at|by|under|with|using|in)\s+(?:the\s+)?(?:colou?r |power |spectral |"
    r"pulsed )?(?:doppler|elastography|contrast|t[12])"
)


_REFLECTS = re.compile(r"\breflects?\s+(?:\w+\s+){0,2}$")
_PROGNOSTIC = re.compile(r"(?:\s+\w+)?\s+(?:is|are)\s+(?:[\w-]+\s+){0,3}prognos")


def check_impossible(case: Case, text: Text) -> Iterator[Failure]:
    """Nothing is stated that an image of this modality cannot show.

    A denial gives it away as well: "no flow on colour Doppler" makes up the examination.
    """
    for clause in every_clause(text, *PARTS):
        low, step = clause.low, clause.sentence.step
        for name, match in _WORDS.finditer(low):
            if case.modality in _SHOWN_BY[name][0]:
                continue
            # "Even pigment reflects nests of cells", "Breslow thickness is a prognostic factor".
            if _REFLECTS.search(low, 0, match.start()) or _PROGNOSTIC.match(low, match.end()):
                continue
            if _HELD_BACK.search(clause.sentence.low) or is_supposed(low):
                continue
            if is_next_step(text, clause, match.start()):
                continue
            if step not in ABOUT_IMAGE and is_general(clause.low, clause.sentence.low):
                continue
            if is_denied(low, *match.span()) and not (
                _ON_IT.search(low)
                and not re.search(
                    (
                        r"\b(?:performed|available|included|acquired|applied|recorded|"
                        r"used|part of|obtained|done|provided)\b"
                    ),
                    low,
                )
            ):
                continue
            yield Failure(
                code="impossible",
                step=step,
                sentence=clause.sentence.text,
                expected=f"what {case.modality} shows",
                claimed=match.group(),
            )
            break
