"""What the field calls the image, the outlined thing, and everything else in sight."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from m3ds.schema.case import Case

_Tree = dict[str, "_Tree"]


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of `words`, the longest that fits; a blank also stands for a hyphen.

    Words that begin alike share that beginning, which keeps a pattern of hundreds of words fast.
    """
    tree: _Tree = {}
    for word in set(words):
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return f"(?:{_branches(tree)})"


def _branches(tree: _Tree) -> str:
    found = [
        (r"[\s-]+" if letter == " " else re.escape(letter)) + _branches(below)
        for letter, below in sorted(tree.items())
        if letter
    ]
    if not found:
        return ""
    joined = found[0] if len(found) == 1 and "" not in tree else f"(?:{'|'.join(found)})"
    return f"{joined}?" if "" in tree else joined


def phrase(words: str) -> tuple[str, ...]:
    """The entries of a table written as one string, parted by commas."""
    return tuple(entry for part in words.split(",") if (entry := " ".join(part.split())))


def plurals(words: Iterable[str]) -> set[str]:
    """`words` and their regular plurals."""
    found = set()
    for word in words:
        found.add(word)
        if word.endswith(("s", "sh", "ch", "x")):
            found.add(f"{word}es")
        elif word.endswith("y") and word[-2] not in "aeiou":
            found.add(f"{word[:-1]}ies")
        else:
            found.add(f"{word}s")
    return found


IMAGES = phrase(
    "image, picture, frame, photograph, photo, radiograph, radiogram, x-ray, xray, "
    "film, scan, figure, sonogram,"
    "view, field, field of view, screen, panel, plate, still, snapshot, exposure, projection,"
    "photomicrograph, field of vision, visible field, exposed field, imaged area, visible area,"
    "total area, image area, whole, canvas, sector, display, section, slice, sonographic window"
)
IMAGE = any_of(IMAGES)
"""What a text may call the image as a whole."""

_ANY = phrase(
    "lesion, abnormality, finding, area, region, focus, spot, site, process, growth, patch, defect"
)
_BY_TARGET = {
    "fracture": phrase(
        "fracture, break, step, discontinuity, interruption, fracture line, fracture site, "
        "cortical step,"
        "gap, cortical gap, fracture gap, defect, damage, cortical defect, cortical "
        "disruption, line of breakage, lines of "
        "breakage, "
        "step-off, irregularity, disturbance, zone, injury, cortical break, fissure, disruption, "
        "breach, lucent line, radiolucent line, lucency, radiolucency, buckle, buckling, spiral "
        "line, "
        "oblique line, transverse line, longitudinal line, hairline"
    ),
    "lesion": phrase(
        "plaque, macule, papule, mole, naevus, nevus, tumour, nodule, pigmentation, melanoma,"
        "keratosis, blotch, patch, skin lesion, neoplasm, mark, speck, circle"
    ),
    "polyp": phrase(
        "polyp, elevation, protrusion, protuberance, bump, bulge, dome, excrescence, "
        "outgrowth, prominence, knob, growth, lump, mass, raised area, elevated area, raised "
        "structure, "
        "elevated "
        "structure,"
        "tumour, nodule, projection, prominence, swelling, polypoid"
    ),
    "tumor": phrase(
        "tumour, mass, nodule, lump, opacity, neoplasm, structure, shadow, dark area, hypoechoic "
        "area"
    ),
    "nodule": phrase("nodule, mass, tumour, lump, structure, neoplasm, dark area, hypoechoic area"),
    "finding": phrase(
        "opacity, shadow, shadowing, density, lucency, radiolucency, opacification, infiltrate,"
        "consolidation, effusion, nodule, mass, lump, calcification, pneumothorax, thickening,"
        "collapse, atelectasis, collection, blunting, whitening, haze, haziness, streak, band,"
        "hyperlucency, hyperinflation, infiltration, fracture, change, scarring, "
        "airspace, silhouette,"
        "reticulation, fibrosis, emphysema, cardiomegaly, plaque, stripe, break, airlessness"
    ),
    "vessels": phrase(
        "vessel, vascular line, vasculature, vascular tree, vessel tree, arcade, arteriole, "
        "venule, artery, vein,"
        "vascular network, tree, blood vessel, retinal vessel, branch, network"
    ),
}
_BY_DIAGNOSIS = {
    "cardiomegaly": phrase(
        "heart, cardiac silhouette, cardiac shadow, cardiac outline, heart shadow"
    ),
    "effusion": phrase("fluid, pleural fluid, fluid level, meniscus"),
    "pneumothorax": phrase("air, strip, pleural air, pleural line, air collection, free air"),
    "pleural thickening": phrase("pleura, pleural line, pleural surface"),
    "emphysema": phrase("lung, lung field, parenchyma, bulla, lung parenchyma"),
    "fracture": phrase("cortex"),
    "fibrosis": phrase("marking, interstitial marking"),
    "atelectasis": phrase("volume loss, fissure"),
}
# One is what is outlined; several may be a pattern in it.
_ONE_ONLY = phrase("streak, stripe, band, strip, ridge, spot, blotch, disc, disk, oval")
# Of these, a number may be stated; "three areas", "two echogenic spots" may be of anything.
_COUNTED_ANY = phrase("lesion, abnormality, focal abnormality, focal lesion")
_IRREGULAR = phrase("foci, naevi, nevi, abnormalities, keratoses, masses, bullae, opacities")


@lru_cache(maxsize=64)
def _nouns(target: str, diagnosis: str) -> str:
    own = _BY_TARGET.get(target, (normal_spelling(target),))
    also = _BY_DIAGNOSIS.get(diagnosis, ()) if target == "finding" else ()
    if target == "vessels":
        return any_of(plurals(own))
    singular = _ONE_ONLY if target in {"lesion", "polyp"} else ("dot",)
    return any_of(plurals((*_ANY, *own, *also)) | set(_IRREGULAR) | set(singular))


def nouns(case: Case) -> str:
    """A pattern for what a text may call the outlined thing."""
    return _nouns(case.target, case.diagnosis)


@lru_cache(maxsize=64)
def _counted(target: str, diagnosis: str) -> str:
    own = set(_BY_TARGET.get(target, (normal_spelling(target),)))
    own -= {
        "structure",
        "shadow",
        "shadowing",
        "change",
        "pigmentation",
        "mark",
        "swelling",
        "density",
        "band",
        "streak",
        "stripe",
        "network",
        "branch",
        "airspace",
        "air",
    }
    return any_of(
        plurals((*_COUNTED_ANY, *own, *_BY_DIAGNOSIS_COUNTED.get(diagnosis, ()))) | set(_IRREGULAR)
    )


_BY_DIAGNOSIS_COUNTED: dict[str, tuple[str, ...]] = {}


def counted(case: Case) -> str:
    """A pattern for those nouns of the outlined thing that a text numbers."""
    return _counted(case.target, case.diagnosis)


FEATURES = phrase(
    "echo texture, echo level, echo intensity, echo content, echo pattern, internal echoes, "
    "density, "
    "shape, form, coordinates, localisation, share of the image, share of the picture, share of "
    "the field, outline, contour, border, margin, edge, rim, boundary, circumference, size, area,"
    "extent, position, seat, location, centre, midpoint, brightness, echogenicity, echotexture, "
    "tone,"
    "contrast, colour, appearance, configuration, periphery, silhouette of it, attenuation, surface"
)
FEATURE = any_of(plurals(FEATURES))

STRUCTURES = phrase(
    "trachea, tracheal air column, carina, larynx, carotid, carotid artery, jugular, jugular vein,"
    "isthmus, oesophagus, esophagus, strap muscle, muscle, pectoral muscle, pectoralis, heart,"
    "bony thorax, thoracic skeleton, thoracic cage, cardiac silhouette, cardiac shadow, heart "
    "shadow, heart border, heart size, "
    "aorta, aortic knob,"
    "aortic arch, aortic knuckle, mediastinum, hilum, hila, hilar shadow, diaphragm, hemidiaphragm,"
    "clavicle, rib, sternum, spine, vertebra, vertebrae, vertebral column, scapula, "
    "scapulae, gastric bubble,"
    "stomach bubble, stomach, optic disc, optic disk, disc, disk, optic nerve head, "
    "macula, macular area, macular region, deposit, fovea, foveal reflex,"
    "nipple, hair, ruler, scale bar, marker, label, instrument, snare, forceps, lumen, fold,"
    "mucosal fold, haustra, haustral fold, mucosa, bowel wall, wall, skin, skin line,"
    " subcutis, fat,"
    "subcutaneous fat, fat lobule, fat layer, parenchyma, gland, thyroid, thyroid "
    "gland, lobe, breast,"
    "glandular tissue, fibroglandular tissue, tissue, soft tissue, bone, bony structure, cortex,"
    "joint, joint gap, sacroiliac region, sacroiliac joint, joint space, epiphysis, growth plate, "
    "physis, shaft, metaphysis, "
    "diaphysis, condyle, olecranon,"
    "humerus, radius, ulna, femur, tibia, fibula, pelvis, acetabulum, phalanx, "
    "phalanges, metacarpal, carpus,"
    "carpal bone, carpal row, metatarsal, ankle, knee, elbow, wrist, hand, glenoid, "
    "acromion, humeral head, forearm bone,"
    "forearm, shoulder, patella, calcaneus, talus, tarsal bone, digit, finger, "
    "sesamoid, ossicle, fat pad, muscle shadow,"
    "lung, lung field, lung apex, apices, lung base, costophrenic angle, "
    "costophrenic sulcus, costophrenic recess, recess, interface, fascia, gain, "
    "depth gain, time gain, pleura, fissure, bronchus,"
    "bronchi, vessel, blood vessel, pulmonary vessel, vascular marking, lung marking,"
    " pulmonary vasculature, vasculature,"
    "vein, artery, duct, ligament, cooper's ligament, node, lymph node, background, "
    "surroundings, surrounding skin,"
    "remainder, rest, retina, choroid, retinal background, posterior pole, periphery,"
    " nerve fibre layer, arcade,"
    "vignette, vignetting, corner, light reflex, reflex, reflection, highlight, "
    "glare, shadow of the scapula, shadowing,"
    "acoustic shadow, tracheal shadow, shadow, posterior enhancement, enhancement, "
    "echo, artefact, artifact, bubble, air bubble, gel,"
    "immersion fluid, foam, fluid, stool, debris, residue, mucus, blood, liquid, "
    "ring, probe, transducer,"
    "follicle, hair follicle, skin marking, pigment network, dot, globule, streak, "
    "veil, scale, crust,"
    "vessels, telangiectasia, capillary, rim, halo, hilum, capsule, septum, septa, "
    "septation, calcification,"
    "microcalcification, cyst, cystic space, component, pedicle, stalk, line, tube, "
    "catheter, drain, wire, lead, electrode,"
    "pacemaker, device, plate, screw, cast, splint, metalwork, implant, abdomen, "
    "liver, spleen, neck, arm,"
    "shoulder girdle, thorax, chest wall, rib cage, bowel, colon, segment, ascending "
    "colon, cecum, caecum, cup, neuroretinal rim, iris,"
    "image, picture, film, frame, photograph, radiograph, scan, sonogram, exposure, "
    "inspiration, rotation, penetration, quality, focus of the image, text,"
    " annotation, caption, logo,"
    # Around a lesion of the skin.
    "freckle, pore, wrinkle, crease, skin fold, skin crease, skin line, furrow, sweat gland "
    "opening, hair shaft, sticker, ink mark, pen mark, vernix, gel bubble, droplet, lens "
    "edge, contact plate,"
    # Bones and joints.
    "styloid, styloid process, ulnar styloid, radial styloid, radial head, radial neck, "
    "femoral head, femoral neck, humeral shaft, humeral neck, epicondyle, trochlea, "
    "capitulum, capitellum, coronoid, tuberosity, tubercle, malleolus, trochanter, knee cap, "
    "kneecap, tibial plateau, navicular, cuboid, cuneiform, scaphoid, lunate, triquetrum, "
    "pisiform, hamate, capitate, trapezium, trapezoid, metatarsal head, metacarpal head, "
    "metacarpal base, fabella, coracoid, apophysis, growth zone, joint line, joint surface, "
    "articular surface, sacrum, coccyx, ischium, pubis, symphysis, ilium, iliac bone, iliac "
    "wing, obturator foramen, bone island, nutrient canal, vascular canal, sesamoid bone, "
    "trabecula, trabeculae, trabecular pattern, bone marrow, medullary cavity, soft-tissue "
    "shadow, skin fold, bandage, dressing, collimator, collimation, side marker, inset, focus "
    "marker, depth marker, orientation mark, crosshair, caliper,"
    # Bowel.
    "endoscope tip, endoscope, biopsy channel, water jet, froth, ileocaecal valve, appendix "
    "orifice, appendiceal orifice, sphincter, crypt, pit pattern, haustration, bowel content, "
    "suction mark,"
    # Breast and neck.
    "cooper ligament, reverberation, reverberation artefact, side lobe, shoulder of the "
    "image, areola, lactiferous duct, lobule, thyroid capsule, longus colli, "
    "sternocleidomastoid, cricoid, thyroid cartilage, tracheal ring,"
    # Chest.
    "breast shadow, nipple shadow, companion shadow, azygos lobe, azygos fissure, cardiac "
    "apex, heart apex, vascular pedicle, paratracheal stripe, cardiophrenic angle, pulmonary "
    "artery, shoulder blade, collar bone, collarbone, gas bubble, bowel gas, gas,"
    # Eye ground.
    "disc margin, optic cup, arterial reflex, venous crossing, crossing, vortex vein, "
    "eyelash, lash"
)
_ALWAYS_OTHER = frozenset(
    phrase("remainder, rest, background, surroundings, surrounding skin, skin, mucosa, tissue")
)


@lru_cache(maxsize=64)
def _structures(target: str, diagnosis: str) -> str:
    own = set(_BY_TARGET.get(target, ()))
    if target in {"lesion", "polyp"}:
        own |= set(_ONE_ONLY)
    if target == "finding":
        own |= {"dot"}
        own |= set(_BY_DIAGNOSIS.get(diagnosis, ()))
    own -= _ALWAYS_OTHER
    return any_of(plurals(word for word in STRUCTURES if word not in own))


def structures(case: Case) -> str:
    """A pattern for what else is in sight."""
    return _structures(case.target, case.diagnosis)


_SPELLED = {
    "center": "centre",
    "centers": "centres",
    "centered": "centred",
    "central": "central",
    "gray": "grey",
    "tumor": "tumour",
    "tumors": "tumours",
    "color": "colour",
    "colors": "colours",
    "colored": "coloured",
    "grayscale": "greyscale",
    "edema": "oedema",
    "hemorrhage": "haemorrhage",
    "hemorrhages": "haemorrhages",
    "esophagus": "oesophagus",
}
_SPELLING = re.compile(rf"\b{any_of(_SPELLED)}\b")


def normal_spelling(low: str) -> str:
    """Text in lower case in one spelling."""
    return _SPELLING.sub(lambda match: _SPELLED[match.group()], low)
