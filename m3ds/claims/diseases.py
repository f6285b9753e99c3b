"""Diseases and findings that a text may add to what was outlined."""

from __future__ import annotations

import re

from m3ds.claims.alternatives import gathered
from m3ds.claims.words import any_of, phrase, plurals

_PATHOLOGY = (
    "scapholunate dissociation, dissociation, non-ossifying fibroma, tracheal invasion, "
    "tracheal compression, chondrocalcinosis, extrathyroidal extension, parathyroid adenoma, "
    "necrotic lymph node, "
    "necrotic cervical lymph node, pockets of gas, gas gangrene, "
    "dislocation, dislocated, subluxation, subluxed, joint effusion, haemarthrosis, "
    "lipohaemarthrosis, foreign body, foreign bodies, osteomyelitis, lytic lesion, "
    "lytic defect,"
    "bone cyst, enchondroma, osteochondroma, osteosarcoma, metastasis, metastases, "
    "metastatic deposit, bone tumour, osteoarthritis, arthritis, osteophyte, "
    "osteophytes,"
    "pneumothorax, pneumonia, pneumoperitoneum, pneumomediastinum, lymphadenopathy, "
    "adenopathy, bronchiectasis, cavitation, cavitary lesion, tuberculosis, "
    "aneurysm, scoliosis, hiatus hernia, hiatal hernia,"
    "granuloma, pulmonary oedema, interstitial oedema, pleural effusion, pericardial "
    "effusion, effusion, consolidation, atelectasis, cardiomegaly, emphysema, rib "
    "fracture, vertebral fracture, fracture,"
    "gallstone, gallstones, cholelithiasis, hydronephrosis, ascites, kidney stone, "
    "renal cyst, liver cyst, hepatic cyst, hepatic lesion, liver lesion, "
    "splenomegaly, hepatomegaly, thrombus, thrombosis, abscess, haematoma, seroma, "
    "collection,"
    "cavitating lesion, calcific deposit, lytic deposit, "
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
    "naevus, choroidal nevus, choroidal melanoma, choroidal tumour, choroidal mass, "
    "retinoblastoma, hypertensive retinopathy, "
    "vitreous "
    "haemorrhage, macular oedema, macular edema, roth spot, roth spots, retinitis, "
    "toxoplasmosis scar, chorioretinal scar,"
    "ground-glass opacity, ground-glass opacities, ground-glass change, calcified granuloma, "
    "calcified node, bronchocele, hamartoma, azygos lobe, pleural plaque, pleural plaques, "
    "pleural thickening, "
    "diverticular orifice, diverticular opening, diverticular mouth, diverticular pouch, aphthous "
    "ulcer, erosion, erosions, loose body, loose bodies, bone island, bony spur, heel spur, "
    "avascular necrosis, osteonecrosis, thick-walled cavity, metal clip, "
    "giant cell tumour, ewing sarcoma, ewing's sarcoma, chondrosarcoma, osteoid osteoma, myeloma, "
    "avulsion, pseudomembranes, blue-white veil, blue-whitish veil, bluish-white veil, "
    "milia-like cyst, milia-like cysts, arborising vessels, arborizing vessels, arborising blood "
    "vessels, radial streaks, radial streaming, "
    "subcutaneous emphysema, vascular calcification, vascular calcifications, arterial "
    "calcification, arterial calcifications, fresh blood, free gas, "
    "metal fragment, metal fragments, metallic fragment, metal splinter, metal plate, metal "
    "plates, metallic plate, metallic plates, fixation plate, orthopaedic "
    "plate, "
    "plate and screws, screw, screws, metal screw, intramedullary nail, kirschner wire, kirschner "
    "wires, k-wire, "
    "k-wires, prosthesis, hip replacement, joint replacement, metalwork, osteosynthesis, "
    "soft drusen, lens opacity, hyphaema, macroaneurysm, subretinal fluid, preretinal haemorrhage, "
    "sebaceous cyst, epidermal cyst, spider naevus, cherry angioma, blister, vesicle, pustule, "
    "galactocele, ductal ectasia, fat necrosis, implant rupture, mastitis, hydropneumothorax, "
    "swelling of the optic disc, optic disc swelling, disc swelling, active ulceration, "
    "ulceration, "
    "dilated ducts, dilated duct, papilloma, chorioretinitis, papillitis, uveitis, paget disease, "
    "paget's disease, tophus, "
    "full-thickness hole, plate-like collapse, linear collapse, "
    "lobar collapse, "
    "infiltrate, gas bubbles, total hip prosthesis, hilar mass, mediastinal mass, pericardial "
    "fluid, free fluid, free air, "
    "appendicitis, meningioma, infarct, infarction, cirrhosis, pancreatitis, "
    "ovarian cyst, fibroid, pregnancy, fetus, kidney tumour, brain tumour, "
    "intracranial haemorrhage, disc herniation, pacemaker lead fracture, nodule in "
    "the lung, lung nodule, pulmonary nodule, lung mass, thyroid nodule, breast mass,"
    " breast nodule, liver metastases, lung metastases, pulmonary embolism, embolism,"
    " gout, rickets, osteoporosis, osteopenia, spondylolisthesis"
)
_PATHOLOGIES = tuple(plurals(phrase(_PATHOLOGY)))
SIGNS: dict[str, frozenset[str]] = {
    "glaucomatous": frozenset({"glaucoma"}),
    "microaneurysm": frozenset({"diabetic retinopathy"}),
    "microaneurysms": frozenset({"diabetic retinopathy"}),
    "cotton wool spot": frozenset({"diabetic retinopathy"}),
    "cotton wool spots": frozenset({"diabetic retinopathy"}),
    "hard exudate": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    "hard exudates": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    "exudates": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    **dict.fromkeys(
        (
            "drusen",
            "soft drusen",
            "fresh blood",
            "subretinal fluid",
            "macular haemorrhage",
            "fibrous scar",
            "scar",
        ),
        frozenset({"age-related macular degeneration"}),
    ),
    **dict.fromkeys(
        ("preretinal haemorrhage", "vitreous haemorrhage", "macular oedema", "macular edema"),
        frozenset({"diabetic retinopathy"}),
    ),
    "geographic atrophy": frozenset({"age-related macular degeneration"}),
    "retinal haemorrhages": frozenset(
        {"diabetic retinopathy", "age-related macular degeneration", "glaucoma"}
    ),
    "dot and blot haemorrhages": frozenset({"diabetic retinopathy"}),
    "blot haemorrhages": frozenset({"diabetic retinopathy"}),
    **dict.fromkeys(
        (
            "flame-shaped haemorrhage",
            "flame-shaped haemorrhages",
            "flame haemorrhage",
            "flame haemorrhages",
        ),
        frozenset({"diabetic retinopathy", "glaucoma"}),
    ),
    "neovascularisation": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    "neovascularization": frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    **dict.fromkeys(
        (
            "subretinal haemorrhage",
            "subretinal haemorrhages",
            "intraretinal haemorrhage",
            "intraretinal haemorrhages",
        ),
        frozenset({"diabetic retinopathy", "age-related macular degeneration"}),
    ),
    **dict.fromkeys(
        (
            "macular scar",
            "disciform scar",
            "pigment epithelial detachment",
            "choroidal neovascular",
        ),
        frozenset({"age-related macular degeneration"}),
    ),
    "collection": frozenset({"effusion", "pneumothorax"}),
    "laser scars": frozenset({"diabetic retinopathy"}),
    "blue-white veil": frozenset({"melanoma"}),
    **dict.fromkeys(
        ("blue-whitish veil", "bluish-white veil", "radial streaks", "radial streaming"),
        frozenset({"melanoma"}),
    ),
    **dict.fromkeys(
        ("milia-like cyst", "milia-like cysts"),
        frozenset({"seborrheic keratosis", "benign", "nevus"}),
    ),
    **dict.fromkeys(("cyst", "cysts"), frozenset({"seborrheic keratosis"})),
    **dict.fromkeys(
        (
            *("ulceration", "active ulceration"),
            *("arborising vessels", "arborizing vessels", "arborising blood vessels"),
        ),
        frozenset({"melanoma"}),
    ),
    **dict.fromkeys(("erosion", "erosions"), frozenset({"melanoma"})),
    "cavitation": frozenset({"mass", "nodule", "consolidation"}),
}
_NODE = (
    r"(?:enlarged|swollen|suspicious|pathologic\w*|abnormal|bulky|prominent|metastatic|rounded)\s+"
    r"(?:[\w-]+\s+){0,2}?(?:lymph\s+)?nodes?"
)
_ORGAN_LESION = (
    r"(?:oesophageal|gastric|hepatic|renal|splenic|pancreatic|adrenal|ovarian|uterine|prostatic|"
    r"cerebral|bladder|liver|kidney|brain|vertebral|mediastinal|laryngeal|tracheal|"
    r"parotid)\s+(?:[\w-]+\s+)?(?:tumours?|mass(?:es)?|lesions?|cancers?|carcinomas?|cysts?|"
    r"stones?|polyps?|nodules?|metastas[ei]s|abscess)"
)
_STONE = (
    r"(?:gall\s?bladder|kidneys?|ureter|urinary bladder|bile ducts?)\s+(?:[\w-]+\s+){0,"
    r"3}?(?:contains?|"
    r"holds?|shows?|with)\s+(?:[\w-]+\s+){0,3}?stones?"
)
_ENLARGED = (
    r"(?:heart|cardiac (?:silhouette|shadow)|liver|spleen|kidneys?|uterus|ovary|prostate|aorta|"
    r"ventricles?|bile ducts?|gall\s?bladder|lymph nodes?|parotid)\s+(?:[\w-]+\s+){0,3}?(?:is|are|"
    r"appears?|looks?|seems?)\s+(?:(?!not\b|nor\b|neither\b|hardly\b|barely\b)\w+\s+)?(?:enlarged|"
    r"dilated|swollen|big|thick-walled|hydropic)|heart\s+(?:\w+ly\s+)?enlarged"
)
_BONE_BROKEN = (
    r"(?:ribs?|clavicle|collarbone|sternum|vertebra\w*|scapula|humerus|bone)\s+(?:[\w-]+\s+){0,5}?"
    r"(?:is|are|has been|shows? an?)\s+(?:(?!not\b|nor\b|neither\b)\w+\s+)?(?:broken|fractured|"
    r"cracked|fracture|break)"
    r"|(?:broken|fractured|cracked) (?:[\w-]+ )?(?:ribs?|clavicle|collarbone|sternum|vertebra\w*|"
    r"scapula)"
)
_IN_ORGAN = (
    r"(?:tumours?|mass(?:es)?|nodules?|neoplasms?|metastas[ei]s)\s+(?:is\s+|"
    r"are\s+)?(?:\w+\s+)?(?:in|of|at|within)\s+the\s+(?:(?:left|right|upper|lower|adjacent|"
    r"neighbouring|included)\s+)*(?:lung|liver|kidney|spleen|pancreas|brain|stomach|bladder|axilla|"
    r"neck|mediastinum|rib|chest wall)\b(?<!case)"
    r"|(?:in|within) the (?:included |visible |adjacent )?(?:lung|liver|kidney|spleen)\b[^.;]{0,"
    r"40}?"
    r"\b(?:is|lies|sits|shows|there is) an? (?:[\w-]+ ){0,3}(?:tumour|mass|nodule|metastasis)"
)
_ALTERED = (
    r"(?:(?:optic )?(?:disc|nerve head) (?:is|appears|looks) (?:\w+ly )?(?:swollen|oedematous)"
    r"|retina (?:is|has|appears|looks) (?:\w+ly )?(?:detached|torn)"
    r"|(?:humeral|femoral|radial) head (?:is|appears|has been) (?:\w+ly )?(?:displaced|"
    r"dislocated)(?: \w+){0,2} out of"
    r"|(?:overlying |adjacent )?(?:skin|nipple|areola) (?:is|are|appears?|looks?) (?:\w+ly )?"
    r"(?:thickened|retracted|pulled|dimpled|tethered|inverted)"
    r"|(?:bones?|skeleton) (?:is|are|appears?|looks?) (?:diffusely |generally |markedly )?"
    r"(?:demineralised|demineralized|osteopenic|osteoporotic|rarefied)"
    r"|(?:micro)?calcifications?\b[^.;]{0,40}?\bin the (?:opposite|other|contralateral) (?:\w+ )?"
    r"(?:lobe|breast|lung)"
    r"|joint (?:is |appears )?(?:separated|torn apart|disrupted)"
    r"|gas (?:is|are) (?:seen|visible|present) (?:in|within|through) the (?:soft|subcutaneous) "
    r"tissues?"
    r"|joint space (?:is|appears?) (?:\w+ly )?(?:narrowed|lost|obliterated)"
    r"|gas (?:tracking |bubbles )?(?:in|through|within) the (?:soft|subcutaneous) tissues?)"
)
_WORD = gathered(
    *(_IN_ORGAN, _STONE, _NODE, _ENLARGED, _BONE_BROKEN, _ORGAN_LESION, _ALTERED),
    any_of((*_PATHOLOGIES, *SIGNS)),
)
DISEASES = re.compile(rf"(?<![\w-])(?P<word>{_WORD})(?![\w-])")
_SEPARATED = re.compile(r"[\s-]+")
_SIGNS = {_SEPARATED.sub(" ", word): diagnoses for word, diagnoses in SIGNS.items()}


def is_sign(word: str, diagnosis: str, target: str) -> bool:
    """Whether what `word` names may be a part of `diagnosis`; blanks may be hyphens.

    A malignant lesion of the skin may have what a melanoma has.
    """
    if diagnosis == "malignant" and target == "lesion":
        return is_sign(word, "melanoma", target)
    if diagnosis == "cardiomegaly" and word.startswith(("heart", "cardiac")):
        return True
    return diagnosis in _SIGNS.get(_SEPARATED.sub(" ", word), frozenset())
