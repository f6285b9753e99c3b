"""Whether a text states, denies or merely considers what it mentions. Small, and English only."""

from __future__ import annotations

import re
from functools import lru_cache

from m3ds.claims.absence import is_answered_no, is_under_denying_title
from m3ds.claims.alternatives import gathered

_WORDS = (
    r"no|not|nor|nil|without|unaccompanied by|unassociated with|neither|never|none|nothing|nowhere|"
    r"hardly|scarcely|barely|unlikely"
    r"|improbable|doubtful|implausible|anything but|far from(?! (?:the|its|any|each)\b)"
    r"|in vain for|absence of|absent|lack of|lacks|lacking|missing|devoid of|negative for|rather "
    r"than"
    r"|lost (?:any|all)|instead of|free of|free from|empty of|fails? to|failed to|excludes?|"
    r"excluding|exonerates?"
    r"|rules? out|ruled out|ruling out|argu(?:es?|ed|ing) against|speaks? against|"
    r"points? (?:away from|against)|militates? against|cannot|opposed to"
    r"|(?:i|we) miss|unlike|as opposed to|far less|less (?:likely|typical|characteristic|"
    r"suggestive) (?:of|for)"
    r"|(?:is|are|was|were|do|does|did|has|have|had|ca|could|would|should|wo)n't"
)
_NEGATING = re.compile(rf"\b{gathered(_WORDS)}\b")
# Words of denial that affirm.
_AFFIRMING = re.compile(
    r"\b(?:no|without(?: any| a)?|beyond(?: any| all| a)?|(?:is not|isn't) any)"
    r" (?:(?:reasonable|real|serious) )?(?:doubt|question)\b|\bnot only\b|\bno "
    r"(?:fewer|less) than\b"
    r"|\bnot quite (?=an?\b|one\b|half\b|two\b|three\b)|\b(?:not|hardly|scarcely|barely) "
    r"more than (?=an?\b(?! (?:hint|trace|suggestion|sign|touch|whiff|shadow))|one\b|half\b|\d)"
    r"|\bnot (?:far|much|long)\b(?! from (?:benign|malignant|normal))"
    r"|\b(?:hardly|barely|scarcely) (?:over|half|an?(?= (?:half|third|quarter|\w+th|per|centimetre|"
    r"millimetre|pixel)\b)|one|under|below|above|beneath|off|inside|right|left|within|to the|"
    r"past)\b"
    r"|\bnot even (?=an? (?:half|third|quarter|fourth|fifth|sixth|eighth|tenth|twelfth|twentieth|"
    r"hundredth|per)|one\b|half\b|\d)"
    r"|\bnone other than\b|\bno (?:other )?(?:alternative|explanation|cause|reading) (?:to|than|"
    r"but|other than)\b"
    r"|\bnot to be (?:missed|overlooked|ignored|doubted)\b"
    r"|\b(?:no|neither) more (?:and no|nor) less than\b|\bnothing (?:more|less|other) than\b"
    r"|\bno (?:other|better|further) than\b|\bnot (?:just|merely)\b|\bno longer\b"
)
_AFTER = re.compile(
    r"^[^.;:]{0,60}?\b(?:(?:is|are|was|were|be|been|being|seems?|appears?|looks?|remains?)"
    r"(?:n't| (?:(?:considered|thought|felt|therefore|thus|very|highly|rather|deemed|"
    r"judged|most|then"
    r"|hence|clearly|also|likewise|equally|similarly|both|all) )*(?:not|excluded|ruled out|absent|"
    r"unlikely|improbable|doubtful|missing|lacking"
    r"|implausible|out of the question|disfavou?red|neither|nowhere|none|set aside|dismissed"
    r"|discarded|rejected|discounted|(?:thus |therefore |hence )?not\b"
    r"|(?:much |far |considered |thought |felt )*less (?:likely|probable|plausible|convincing)"
    r"|(?:considered|weighed|discussed|entertained) (?:and|but) (?:then )?(?:rejected|discarded|"
    r"dismissed|excluded|abandoned|set aside|ruled out)|ruled|refuted|the exception"
    r"|not apparent|no (?:good|real|likely|feature|part of)))"
    r"|(?:has|have) not (?:yet )?been (?:found|seen|noted|identified|observed)"
    r"|(?:can|could|may|might) (?:be|thus be|therefore be) (?:excluded|ruled out|dismissed"
    r"|discounted|set aside)|(?:is|are) (?:less|not) likely"
    r"|would (?:come as a surprise|be (?:surprising|a surprise|unexpected))|(?:(?:can|could|"
    r"would)(?:n't|not| not)(?! be (?:denied|doubted|disputed|ignored|missed|overlooked))|"
    r"(?<!that )(?:do|does|did)(?:n't| not) (?!touch|connect|join|meet|merge|alter|change|prevent|"
    r"need|require|exclude|rule|raise|matter|disturb|invade|infiltrate|cast|contradict|affect|"
    r"count|by itself|invite|call for|demand|argue|speak|weigh))|cannot(?! be (?:denied|doubted|"
    r"disputed|ignored|missed|overlooked)))\b|^[^.;:]{0,40}?\bboth (?:missing|absent|lacking)\b|"
    r"^[^.;:]{0,60}\s[-–—]\s*(?:none|nil|absent|missing|not)(?: (?:seen|found|"
    r"visible))?\s*(?:[.;,]|$)|^[^.;:]{0,60}:\s*(?:none|nil(?! to\b)|absent|missing|lacking|"
    r"not (?:seen|found|present|visible|detected))\b|^[^.;:]{0,60}?\b(?:and|but) not (?:found|"
    r"seen)\b|^\s*[,:]\s*(?:none(?! of\b| other\b)|nil|absent)\b|^\s*:\s*not one\b|^[\s:]*(?:none|"
    r"absent|nil|negative|no|0|zero|not (?:seen|found|present|visible|identified))\b|"
    r"^[^.;:]{0,60}?\b(?:was|were|is|are|has been|have been) (?:each |all |both )?(?:looked for|"
    r"sought|searched for|hunted for)(?! and (?:found|seen))[^.;:]{0,60}?\b(?:in vain|"
    r"without success|unsuccessfully|(?:is|are) (?:wanting|missing|absent)|with nothing|"
    r"nothing (?:found|to show)|not (?:found|met|seen|there))\b"
    r"|^[^.;:]{0,40}:\s*(?:looked|searched|sought)(?: for)?,? (?:but )?not (?:seen|found|there|met|"
    r"visible|present)\b"
    r"|^[^.;:]{0,90}\b(?:zero|none|0|not one) (?:out )?of (?:the )?(?:two|three|four|five|six) "
    r"(?:is|are|was|were)\b"
    r"|^[^.;:,]{0,30}?\b(?:i|we|one) (?:sees?|finds?) (?:nothing|none)\b"
    r"|^[^.;]{0,30}?\b(?:conspicuous by (?:its|their) absence|there (?:is|are) (?:exactly |"
    r"precisely )?none|"
    r"looked for (?:and|but) not (?:met|found|seen)|(?:two|three|four|five) times no)\b"
    r"|^(?:(?!\b(?:where|which|that)\b)[^.;:,]){0,30}?\b(?:there (?:is|are) no (?:trace|sign|hint|"
    r"evidence)|nothing (?:is|was) (?:to be )?(?:seen|found|visible))\b"
    r"|^[^.;:,]{0,20}\b(?:it|they) (?:has|have|does|do|is|are) not\s*(?:[.;,]|$)"
    r"|^\s*just as little\b|^\s+in vain\b"
    r"|^\s*(?:(?:highly|very|considered|thus|therefore|most)\s+)*(?:unlikely|improbable|excluded|"
    r"rejected|discarded|dismissed|discounted|ruled out|not (?:noted|identified|observed|visible|"
    r"detected|suspected|involved|affected|likely|favou?red|supported|present|seen|found)|doubtful|"
    r"disfavou?red)\b"
)
_JUST_BEFORE = (" so much for ", " so much for a ", " so much for an ", " so much for the ", " non",
                " non ", " non-", " 0 ", " zero ")  # fmt: skip
_AGAINST = re.compile(r"\s*against\s+(?:\w+\s+){0,2}$")
# A denial holds up to one of these: what follows is a statement of its own.
_SCOPE_END = re.compile(
    r";|(?<!not seen)(?<!absent)(?<!identified)(?<!following)(?<!negatives)(?<!none "
    r"of)(?<!not found)(?<!not present)(?<!missing)(?<!in vain):(?!\s*(?:none|nil|absent|missing|"
    r"not seen|no\s*[.;,]|no\s*$))|(?<!anything )\bbut\b|"
    r"\bhowever\b|\balthough\b|\bthough\b|\bwhile\b|"
    r"\bwhereas\b|\byet\b"
    r"|(?:(?<=[a-z] unlikely)|(?<=[a-z] improbable)),(?=[^,;.]*\blikely\b)"
    r"|(?:(?<=being unlikely)|(?<=being excluded)|(?<=been excluded)|(?<=ruled out)),"
    r"|\bis thus\b|(?<!\bthat )\bmakes\b(?= (?:it|this|the|an?)\b)|\bwhich is\b|"
    r"\band\s+(?=(?:[\w-]+\s+){1,4}?(?:is|are|was|were|lies|sits|shows|holds|contains)\b)|"
    r"\((?!(?:[a-z]+ )?(?:or|nor|not|no)\b)(?=[^)]*\b(?:is|are|lies|sits|shows|holds)\b)|"
    r"\bbecause\b|\bsince\b|\brather\b(?! than)"
    r"|,\s*and\s+(?=[\w-]+ing\b)|,\s*plus\b|,\s*and\s+(?:close|near|at|in|on|towards?|appears?|is|"
    r"are|looks?|has|shows?|lies|sits|takes|covers|fills|occupies|measures|stands)\b"
    r"|,\s*(?:and\s+)?(?:it|this|that|these|those|they|there|which|the|with|in|hence|therefore|"
    r"thus|so|one|its)\b"
    # "I see no fracture, a dislocation or a foreign body" denies on.
    r"|,\s*(?:and\s+)?an?\b(?![^.;:]*\b(?:or|nor)\b)"
)
# "The humerus is fractured, the joints are not."
_STATEMENT = re.compile(
    r"\)?,\s+(?:(?:the|its)\s+[\w-]+\s+(?:is|are)\b|(?:[\w-]+\s+){1,3}to be\b|subject to\b)"
)
_TURNS = re.compile(r"(?:but|however|although|though|while|whereas|yet|because|since|rather)\b")
_LISTED = re.compile(
    r"(?:,\s*(?!(?:it|this|that|these|those|they|there|which|the|with|in|an?|hence|so)\b)[\w-]+"
    r"(?:\s+(?!(?:is|are|was|were|has|have)\b)[\w-]+){0,2})*,?\s*"
)
# `low` is what might be, or is expected of another case than this one.
_SUPPOSED = re.compile(
    r"\b"
    + gathered(
        r"(?:of|in|for|with) such (?:lesions?|mass(?:es)?|nodules?|polyps?|cases?|fractures?|"
        r"films?|findings?|tumours?)|would|will|might|could|should|may|can|if|unless|were it|"
        r"had it|(?:is|are|remains?) possible|(?:is|are) not what (?:we|i|one) (?:see|sees|have|"
        r"has)|whether|expect(?:ed|s)?"
        r"|anticipated?|recommend(?:ed|s)?|advis(?:ed|able)|(?:is|are) suggested(?! by)|"
        r"suggest(?:ed)? to|to be confirmed"
        r"|consider(?:ed|s|ation)?|differential|alternatives?|mimics?|imitates?|need(?:s|ed)? to"
        r"|thought of|weighed|entertained|possibilit(?:y|ies)|possibly|question of|were there"
        r"|correlat\w+"
    )
    + r"\b"
)
_SEEN = re.compile(
    r"\bcan be (?:drawn|traced|followed|walked)\b|\bconsidered (?:jointly|together|as (?:a whole|"
    r"one)|in total|all in all)\b|\b(?:the|an?|its|their) expected (?:\w+ )?(?:picture|appearance|"
    r"look|finding|sign|place|position|course|pattern|calibre|branching|distribution|alignment|"
    r"outline|contour|line)\b|\b(?:should|must|can|may)(?: therefore| thus|"
    r" hence)? be (?:considered|regarded as|called|classed as) (?:an? )?(?:very |rather |"
    r"clearly )?(?:tiny|small|moderate|large|round|oval|elongated|smooth|irregular)\b|\b(?:should|"
    r"must) be (?:considered|regarded|classified|classed|read) (?:as )?(?:an? )?(?:malignan\w+|"
    r"benign|melanom\w+|na?ev\w+|normal)\b|\b(?:i|we|one) (?:would|should|may|might|can) (?:also |"
    r"best |rather |therefore |thus )?(?:call|class|describe|report|conclude|put|estimate|say|sign|"
    r"diagnose|rate|regard|place|locate|judge|grade|term)\b|\b(?:than|range|what) (?:one|we|"
    r"i) would expect\b|\bas (?:one|we|you|i) (?:would )?expects?\b|\b(?:is|are|was|"
    r"were) (?:therefore |thus |hence |best )?considered (?:as |to be )?(?:an? )?(?:malignan\w+|"
    r"benign|melanom\w+|na?ev\w+|normal)\b|\b(?:i|we) consider (?:this|the|it|that)\b|\bas if\b|"
    r"\bif anything\b|\b(?:appearances?|findings?|pictures?|features?|shape|form|margin|border|"
    r"this|it) would be (?:most |best )?(?:compatible|consistent|in keeping|in line|suggestive)\b|"
    r"\bcan (?:hardly|scarcely|barely) be (?:missed|overlooked)\b|\b(?:student|reader|one|you|we|"
    r"i) (?:should|may|can|will|could) (?:here |now |also |hardly "
    r"|easily )?(?:recogni[sz]e|see|distinguish|discern|make out|identify|observe|notice|find|note|"
    r"look|follow|count|tell)\b|\bas (?:they|it) should(?: be)?\b|\bas (?:(?:one|we|i) )?(?:would|"
    r"might|could|may|is|was)(?: be)?(?: to be)? expect(?:ed)?\b|\bif (?:one|you|we) (?:counts?|"
    r"looks?|measures?|reads?|starts?|goe?s?|follows?|lets?|runs?|draws?|lays?|divides?)\b"
    r"|\b(?:can|could|may|might|would)\s+(?:best\s+|well\s+|also\s+|thus\s+|therefore\s+|"
    r"safely\s+)?be\s+(?:best\s+)?(?:described|called|termed|classed|likened)\b|\b(?:can|could|"
    r"may)(?:\s+(?:clearly|readily|also|easily|now|just|only|well|again))*\s+(?:be\s+)?(?!expected|"
    r"explained|due|caused|excluded|ruled|mistaken|confused|missed|attributed|argued|hidden"
    r"|added|used|performed|obtained|benign|malignant|mimicked|considered|suspected|overlooked|"
    r"helped)(?:clearly\s+|readily\s+|well\s+|further\s+|easily\s+|best\s+)?(?:\w+ed|seen|see|"
    r"visible|made out|make out|found|find|shown|told|picked out|identify|discern|appreciate|"
    r"count)\b"
)
_COMMON = re.compile(
    r"\b"
    + gathered(
        r"often|typical(?:ly)?|usual(?:ly)?|commonly|common(?! (?:moles?|n[ae]v\w+|mucosal|"
        r"adenoma))|in general|generally|classic(?:ally)?"
        r"|frequent(?:ly)?|tend(?:s|ed|ing)?|sometimes|rarely|seldom|as a rule|when|whenever"
        r"|commonest|by definition|(?<!in )favou?rs?|ordinarily|normally|mostly|in most|hallmark|"
        r"the rule|characteristic(?:ally)?|characteri[sz]es?|expects?|most (?:benign|malignant|"
        r"such)|"
        r"(?<!one )(?<!two )(?<!three )(?<!four )(?<!five )(?<!six )(?<!seven )such (?:lesions?|"
        r"nodules?"
        r"|mass(?:es)?|polyps?|cases?|findings?)|textbooks?|(?:most|many|"
        r"few) (?:\w+ )?(?:melanomas|naevi|nevi|nodules|polyps|masses|cancers"
        r"|carcinomas|lesions|fractures|keratoses|tumours|cysts|adenomas|fibroadenomas|effusions)"
        r"|(?:melanomas|naevi|nevi|cancers|carcinomas|keratoses|cysts|adenomas|fibroadenomas|"
        r"metastases"
        r"|sarcomas|haematomas|abscesses|malignancies)\s+(?:are|have|show|do|look|appear|present|"
        r"grow)"
        r"|one (?:finds|sees|meets|expects)|ordinary (?:\w+ )?(?:nodules?|polyps?|lesions?|naevi|"
        r"moles?)|majority|in most|minority|cases|the great|recogni[sz]ed by|always|never|follow-up"
        r"|by contrast|argues? for|speaks? for"
    )
    + r"\b"
)
_HERE = re.compile(
    r"\b"
    + gathered(
        r"here|(?:the|this) (?:image|film|scan|frame|radiograph|picture|photograph|view) (?:shows|"
        r"demonstrates|reveals|contains|depicts)|is what (?:we|i|one) (?:have|has|see|sees|find|"
        r"finds)|the patient|she|he|in this|on this|of this(?! (?:kind|make|sort|type)\b)|"
        r"(?<!s )of this (?:kind|make|sort|type)|at hand|(?:seen|noted|observed|described|shown|"
        r"present)(?= (?:here|above|in the image|in this))|described|the present|this (?:lesion|"
        r"nodule|mass"
        r"|polyp|image|case|finding|opacity|fracture|area|abnormality|region|tumou?r|one|is|has)"
        r"|the (?:lesion|nodule|mass|polyp|tumou?r|opacity|abnormality) (?:is|was|has|seen|shows"
        r"|appears|lies|measures|covers|occupies)|the (?:affected|involved|disrupted|abnormal|"
        r"altered) (?:area|region|zone|segment|bone|site)"
        r"|these (?:features|findings) (?:are|include)"
    )
    + r"\b"
)


# "A fracture at the top, possibly old", "in the middle, where one would look first, ...": what is
# supposed is the remark, not the rest of the clause.
_REMARK = re.compile(
    r",\s+(?:possibly|perhaps|presumably|conceivably|to be (?:confirmed|correlated|verified))\b"
    r"[^,;]*$|,\s+where (?:one|you|we|i) [^,;]*,|,?\s+and (?:additional|further|more|other) "
    r"(?:views?|films?|images?|imaging|projections?)\b[^,;]*$"
    r"|(?:,\s+as|\bthan)\s+[^,;]{1,60}\b(?:may|might|can|could|would)(?: be| do| have it)?\s*[.;]?$"
    r"|,\s+(?:as|for)\s+[^,;]{1,80}\bwill\b[^,;]*$"
    r"|,?\s+without (?:[\w-]+ ){1,8}that (?:would|might|could) [^,;]*$"
    r"|\bas (?:[\w-]+ ){1,5}as (?:it|they|one|you) (?:could|can|may)(?: be)?\b"
    r"|\b(?:perhaps|maybe|possibly) (?:(?:an? )?(?:hair|touch|shade|little|bit|fraction|trifle|"
    r"whisker)|(?:an? )?(?:tenth|fifth|quarter|third)|\d+)\b"
    r"|\bso (?:[\w-]+ ){1,3}that (?:one|you|we|i) (?:could|might|can) [^,;]*$"
    r"|,\s+if [^,;]{1,60},|,?\s+and (?:should|must|ought to|needs to) be [^,;]*$"
)
# "A ragged edge, not found here": the denial is of this image, what is denied is of others.
_NOT_HERE = re.compile(
    r"\b(?:not|nothing|none|absent|missing|lacking|neither)(?: (?!but\b)[\w-]+){0,3} here\b"
)


_USUAL = re.compile(
    r"\b"
    + gathered(
        r"usually|often|typically|commonly|generally|tends?|as a rule|in general|(?<!the )(?<!at "
        r")most|such|"
        r"sometimes|rarely|seldom|classically|frequently|when|always|never"
    )
    + r"\b"
)


# Each check asks again of the same clauses.
@lru_cache(maxsize=512)
def is_usual(low: str) -> bool:
    """Whether words such as "often" tell that cases in general are spoken of."""
    return _USUAL.search(low) is not None


# "I looked for a second one, on the left, and did not find it".
_SOUGHT = re.compile(
    r"^\s*(?:an?\s+|the\s+)?(?:search|i\s+(?:searched|looked)|we\s+(?:searched|"
    r"looked))\b[^.;]*\b(?:negative|in vain|empty-handed|fruitless|without success|did not find|"
    r"nothing|not found|found none)\b"
)


def is_sought(low: str) -> bool:
    """Whether a clause tells of what was looked for and not found."""
    return _SOUGHT.match(low) is not None


# "Were the head dislocated, ...".
_INVERTED = re.compile(r"^\s*(?:were|had|should|be)\s+(?:the|it|its|there|this|these|they|an?)\b")


@lru_cache(maxsize=512)
def is_supposed(low: str) -> bool:
    """Whether a clause, in lower case, tells what might or would be; "can be seen" is seen."""
    if _INVERTED.match(low) or is_sought(low) or low.rstrip().endswith("?"):
        return True
    if not _SUPPOSED.search(low):
        return False
    return _SUPPOSED.search(_SEEN.sub("", _REMARK.sub("", low))) is not None


def is_here(low: str) -> bool:
    """Whether a word of a clause ties it to this image: "here", "this nodule"."""
    return _HERE.search(_NOT_HERE.sub("", low)) is not None


@lru_cache(maxsize=512)
def is_common(low: str) -> bool:
    """Whether a clause tells what such cases are like, without a word that ties it to this one."""
    return _COMMON.search(low) is not None and not is_here(low)


@lru_cache(maxsize=512)
def is_general(low: str, sentence: str) -> bool:
    """Whether a clause, `low`, of `sentence` tells what such cases are like, and not this one."""
    if is_here(low):
        return False
    return bool(_COMMON.search(low)) or is_common(sentence)


_PREMISE = re.compile(r"^[^,.;]*?(?=\b(?:indicates?|suggests?|supports?|impl(?:y|ies))\b(?!,))")


def is_denied_ahead(low: str, start: int) -> bool:
    """Whether what begins at `start` of `low` is denied by a word that stands before it."""
    before = low[:start]
    if f" {before}".endswith(_JUST_BEFORE) or _AGAINST.match(before):
        return True
    if is_under_denying_title(before):
        return True
    # Most clauses deny nothing: where a scope ends matters only to those that do.
    if not _NEGATING.search(before):
        return False
    cut = 0
    for match in _SCOPE_END.finditer(low):
        if match.start() >= start:
            break
        cut = match.start()
    return _NEGATING.search(_AFFIRMING.sub("", before[cut:])) is not None


def is_denied(low: str, start: int, end: int) -> bool:
    """Whether what stands at [start, end) of `low`, a clause or sentence, is denied by it."""
    if is_denied_ahead(low, start):
        return True
    if is_answered_no(low, end):
        return True
    after = low[end:]
    # "A round form suggests a lesion that does not invade": what follows denies another thing.
    if premise := _PREMISE.match(after):
        after = premise.group()
    if not _AFTER.match(after) or _STATEMENT.match(after):
        return False
    limit = _SCOPE_END.search(after, 1)
    # "Erosions, gas and calcification are all absent": what is listed is denied together.
    listed = (
        limit
        # "It is benign, and nothing is needed": with a comma, another statement.
        and (after[: limit.start()].strip() != "," or "," in low[:start])
        and not _TURNS.match(limit.group())
        and _LISTED.fullmatch(after, 0, limit.start())
    )
    if limit is None or listed:
        return True
    return _AFTER.match(after[: limit.start()]) is not None
