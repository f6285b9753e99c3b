"""What is told of nobody: knowledge of diseases, in which no patient and no time occurs."""

from __future__ import annotations

import re

from m3ds.claims.polarity import is_usual
from m3ds.claims.telling import NUMBER, SYMPTOM, UNIT
from m3ds.claims.text import Clause

# Told as a matter of fact, whatever the rest of the sentence supposes.
GIVEN = re.compile(
    r"\b(?:given|in view of|in (?:the )?light of|because of|on account of|considering|taking "
    r"into account|"
    rf"together with|along with) (?:the |this |that |her |his |a )?(?:[\w-]+ ){{0,3}}?{SYMPTOM}"
    r"|\bgiven (?:[\w-]+ ){0,4}smoking\b"
    r"|\b\d+(?:\.\d+)? ?(?:mg|mmol|ng|ug|mcg|g|u|iu|miu)/(?:d?l|ml)\b|\bin (?:19|20)\d\d\b"
    r"|\b(?:over|of|for|during|in) the (?:past|last|preceding) (?:[\w-]+ )?(?:days|weeks|months|"
    r"years?)\b"
    r"|(?<!whether )\b(?:the|this) patient (?:worked|works|smoked|smokes|lived)\b|\bhba1c\b|"
    r"\btype [12i]+ diabetes\b|\bthe patient has had\b|\bcaught in (?:a|the) (?:\w+ )*?(?:door|"
    r"machine|press|gate)\b|\breported (?:[\w-]+ ){0,2}(?:blow|fall|injury|trauma|symptoms?|pain|"
    r"accident)\b"
    r"|\b(?:on|last|since) (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\w's punch\b"
    rf"|\b{NUMBER} {UNIT} (?:ago|earlier|back)\b|\b(?:woman|man|girl|boy|lady|gentleman|"
    rf"patient) of (?:about )?{NUMBER}|\b\d{{1,3}}[\s-]years?[\s-]old\b|\btreated for\b|"
    rf"\bthis morning\b|\ba fall "
    r"from\b|\bfamily history\b(?! (?:would|may|might|matters?|"
    r"plays?))(?![^.;]{0,60}\b(?:not (?:available|known|given|recorded)|unknown))|\b(?:father|"
    r"mother|sister|brother|aunt|uncle|parent)s? (?:who )?(?:has|had|went|was)\b|"
    rf"\bin an? (?:\w+ )?(?:woman|man|girl|boy|patient|child) who (?:has|had|noticed|reports?)\b|"
    r"\bin this patient with (?!(?:the|this|these) )"
    r"|\b(?:tsh|calcitonin|crp|psa|ldh|wbc)\b[^.;]{0,30}\b(?:within|normal|elevated|raised|low|"
    r"high)\b"
)
# "Anaemia blanches the disc", "smoking doubles the risk": knowledge, of nobody.
_OF_SOMEBODY = re.compile(
    r"\b(?:patients?|she|he|her|hers|his|him|woman|man|lady|gentleman|girl|boy|child|infant|person|"
    r"smoker|athlete|worker|given|in view|light of|reported|complain\w*|history|previous\w*|"
    r"earlier|prior|past|last|ago|since|former\w*|unchanged|years?|was|were|had|has|been|recent\w*|"
    r"after|following|fell|clinical\w*|taken|apparent\w*|yesterday|beforehand|"
    r"this (?:morning|week)|referr\w+|request\w*|prompted|fits|add(?:s|ing)? to the|further|"
    r"likely cause|(?:reference|normal) range)\b|\d"
)
_THE = re.compile(r"\b(?:the|this|that|these|those|a positive)\s+(?:[\w-]+\s+)?$")


_IN_GENERAL = re.compile(
    r"\bwas (?:kept in mind|considered|thought of|weighed)\b|"
    r"^\s*(?:previous|earlier|former) (?:fractures|breaks|injuries|biopsies)(?= (?:leave|show|heal|"
    r"appear|have|are)\b)|\bafter the menopause\b|\bafter an? (?:injury|fracture|break)\b|"
    r"\b(?:of|in) an? (?:young|elderly|old|older|adult|growing) (?:person|patient|adult|child)"
    r"(?=\s*(?:[,.;]|$))|\b(?:best|well) known\b|^\s*years of\b|"
    r"\b(?:has|have)\b(?= (?:to|no|an?|its|their)\b)"
)
# "It usually develops over many years."
_COURSE = re.compile(
    r"\b(?:over|after|within|in|for) (?:many|several|some|a few|the) (?:years|months|weeks)\b"
)


# "Cough and haemoptysis support the mass."
_AS_EVIDENCE = re.compile(
    r"\b(?:supports?|confirms?|(?<!them )explains?|accounts? for|favou?rs?|suggests?|points? to|"
    r"fits?|agrees?|hence|therefore|thus|here|(?:is|are) (?:present|suppressed|raised|elevated))\b|"
    r"^\s*stable\b"
)


def is_knowledge(clause: Clause, found: re.Match[str]) -> bool:
    """Whether a clause of the reasoning ties what it tells to no patient and no time."""
    if clause.sentence.step != "reasoning":
        return False
    if GIVEN.search(clause.low) or _AS_EVIDENCE.search(clause.low):
        return False
    low = _IN_GENERAL.sub("", clause.low)
    low = _COURSE.sub("", low) if is_usual(low) else low
    of_somebody = _OF_SOMEBODY.search(low) or _THE.search(clause.low, 0, found.start())
    return of_somebody is None
