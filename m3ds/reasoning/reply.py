"""An author's answer, in either of its forms, to the four steps and what else it says."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from m3ds.endpoints.wire import Completion
from m3ds.reasoning.backends import MalformedReply
from m3ds.schema.base import MODALITIES, Modality
from m3ds.schema.case import Case
from m3ds.schema.text import Steps

Attribute = Annotated[str, Field(max_length=40)]


class Finding(BaseModel):
    """One observation with its place and attributes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    observation: Annotated[str, Field(min_length=3, max_length=200)]
    location: Annotated[str, Field(max_length=80)] = ""
    attributes: Annotated[
        tuple[Annotated[str, Field(max_length=40)], ...], Field(max_length=6)
    ] = ()

    def sentence(self) -> str:
        """All of it as one sentence, for the checks."""
        parts = [self.observation.strip().rstrip("."), *self.attributes]
        place = f", {self.location.strip().rstrip('.')}" if self.location.strip() else ""
        return f"{', '.join(part for part in parts if part)}{place}."


class Answer(BaseModel):
    """The object of `prompts/author/schema.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modality: Modality
    anatomy: Annotated[str, Field(min_length=2, max_length=80)]
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=6)]
    analysis: Annotated[str, Field(min_length=80, max_length=900)]
    reasoning: Annotated[str, Field(min_length=40, max_length=600)]
    conclusion: Annotated[str, Field(min_length=10, max_length=200)]
    diagnosis: str

    def steps(self) -> Steps:
        """The four steps; the modality step is put together here, since form is code."""
        anatomy = re.sub(r"^the\s+", "", self.anatomy.strip().rstrip("."), flags=re.IGNORECASE)
        name = _NAMES[self.modality]
        return Steps(
            modality=f"{name} of the {anatomy}",
            analysis=_plain(self.analysis),
            reasoning=_plain(self.reasoning),
            conclusion=_plain(self.conclusion),
        )


def _plain(text: str) -> str:
    """Without the marks of bold print, which say nothing and belong to no step."""
    return re.sub(r"\*\*|__", "", text).strip()


_NAMES: dict[Modality, str] = {
    "x-ray": "X-ray",
    "dermoscopy": "dermoscopy",
    "endoscopy": "endoscopy",
    "ultrasound": "ultrasound",
    "fundus": "fundus photography",
}


def read(completion: Completion, case: Case, *, sections: bool) -> Answer:
    """Read an answer.

    Raises:
        MalformedReply: it was cut, is not in the form that was asked for, or its diagnosis is none
            of the possible ones.
    """
    text = completion.text
    if completion.finish != "stop":
        raise MalformedReply(f"it was cut ({completion.finish or 'no reason given'})", where=text)
    try:
        fields = _sections(text) if sections else json.loads(text)
        answer = Answer.model_validate(fields)
    except ValueError as error:
        raise MalformedReply(_short(error), where=text) from error
    known = {option.casefold(): option for option in (*case.label_options, case.diagnosis)}
    diagnosis = known.get(answer.diagnosis.strip().rstrip(".").casefold())
    if diagnosis is None:
        raise MalformedReply(f"{answer.diagnosis!r} is no possible answer", where=text)
    return answer.model_copy(update={"diagnosis": diagnosis})


def _short(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return f"no JSON: {error}"
    return "; ".join(
        f"{'.'.join(map(str, item['loc'])) or 'answer'}: {item['msg']}"
        for item in error.errors()[:3]
    )


_HEADINGS = (
    *("modality", "anatomy", "findings", "analysis", "reasoning", "conclusion", "diagnosis"),
)
_HEADING = re.compile(
    rf"^[ \t]*(?:\#+[ \t]*|\*\*|\d+[.)][ \t]*)*({'|'.join(_HEADINGS)})(?:\*\*)?[ \t]*:(?:\*\*)?",
    re.IGNORECASE | re.MULTILINE,
)


def _sections(text: str) -> dict[str, Any]:
    """Free text under the seven headings to the fields of the object.

    Raises:
        ValueError: a heading is missing or stands there twice.
    """
    found = list(_HEADING.finditer(text))
    names = [match.group(1).lower() for match in found]
    if sorted(names) != sorted(_HEADINGS):
        missing = [name for name in _HEADINGS if name not in names]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"headings missing: {missing}, given twice: {twice}")
    ends = [match.start() for match in found[1:]] + [len(text)]
    fields: dict[str, Any] = {
        name: " ".join(text[match.end() : end].split())
        for name, match, end in zip(names, found, ends, strict=True)
        if name != "findings"
    }
    at = names.index("findings")
    lines = text[found[at].end() : ends[at]].splitlines()
    observations = [re.sub(r"^\s*(?:[-*•]|\d+[.)])\s*", "", line).strip() for line in lines]
    fields["findings"] = [{"observation": line[:200]} for line in observations if line][:6]
    fields["modality"] = _modality(fields["modality"])
    return fields


def _modality(text: str) -> str:
    """The first of the five words that a free line names; the line itself if none."""
    low = text.lower()
    return next((word for word in MODALITIES if word in low or word.replace("-", " ") in low), text)
