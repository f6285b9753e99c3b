"""What the stand-in says: as an author in the words of a clerk, as a critic by rote."""

from __future__ import annotations

import random
import re
from typing import Any

MODALITIES = {
    "X-ray": "x-ray",
    "dermoscopy": "dermoscopy",
    "endoscopy": "endoscopy",
    "ultrasound": "ultrasound",
    "fundus photography": "fundus",
}
_MANNER = (
    *("calm", "careful", "close", "fair", "fine", "frank", "full", "good", "keen"),
    *("late", "long", "mild", "neat", "open", "plain"),
)
_PARTS = (
    *("corner", "edge", "field", "frame", "grain", "layer", "margin", "pattern", "plane"),
    *("seam", "strand", "streak", "surface", "trace"),
)


def shown(body: dict[str, Any]) -> str:
    """The text of the first thing that a user says; empty where nobody is told who they are."""
    if len(body["messages"]) < 2:
        return ""
    said = body["messages"][1]["content"]
    return said if isinstance(said, str) else str(said[-1]["text"])


def complaint(body: dict[str, Any]) -> dict[str, str]:
    """A critique that quotes the longest sentence about what is seen."""
    sentences = _after("What is seen: ", shown(body)).split(". ")
    return {"sentence": max(sentences, key=len), "fault": "this cannot be seen here"}


def compose(body: dict[str, Any], *, monotonous: bool = False) -> dict[str, Any]:
    """An author's answer from what the prompt says, in the words of a clerk."""
    system = body["messages"][0]["content"]
    asked = body["messages"][-1]["content"]
    text = asked if isinstance(asked, str) else asked[-1]["text"]
    draw = random.Random(body.get("seed", 0))  # noqa: S311 - a seeded choice
    notes = dict(
        line[2:].removeprefix("the largest: ").split(": ", 1)
        for line in text.splitlines()
        if line.startswith("- ") and ": " in line
    )
    anatomy = _after("Part examined: ", text)
    options = _after("Possible answers: ", text).split("; ")
    label = _after("Target interpretation: ", text) or draw.choice(options)
    modality = next((v for k, v in MODALITIES.items() if f"reads {k} images" in system), "x-ray")
    seen = _seen(text, notes, draw)
    if monotonous and "words of its own" not in text:
        seen, draw = ["The area in question stands out from what lies around it."], random.Random(0)  # noqa: S311
    return {
        "modality": modality,
        "anatomy": anatomy,
        "findings": [{"observation": seen[0], "location": "", "attributes": []}],
        "analysis": " ".join([*seen, _filler(draw)]),
        "reasoning": (
            f"The picture as described agrees with {label} in {draw.choice(_MANNER)} measure. "
            f"Other explanations would usually show another {draw.choice(_PARTS)} and another "
            f"{draw.choice(_PARTS)}."
        ),
        "conclusion": f"Taken together, this is read as {label}.",
        "diagnosis": label,
    }


def _after(start: str, text: str) -> str:
    return next((line[len(start) :] for line in text.splitlines() if line.startswith(start)), "")


def _seen(text: str, notes: dict[str, str], draw: random.Random) -> list[str]:
    if "nothing abnormal stands out" in text:
        return [
            f"Everything that can be judged here has a {draw.choice(_MANNER)} and regular look.",
            "No abnormal area is seen in any part of the image.",
        ]
    if found := re.search(r"vessels take up (.+ %) of the image", text):
        out = [f"The vessels can be followed well and take up {found[1]} of the image."]
        if "brightness" in notes:
            term = notes["brightness"].split(",")[0]
            out.append(
                f"They are {term} than the fundus between them."
                if term.endswith("er")
                else "They can be told apart by their course."
            )
        return out
    place = notes.get("place", "").split(", all of")[0]
    number = notes.get("number", "one")
    one = number == "one"
    out = [
        f"{'A single area' if one else number.capitalize()} stands out {place}.".replace(" .", ".")
        if one
        else f"{number.capitalize()} are seen, centred together {place}."
    ]
    if "size" in notes:
        size, _, share = notes["size"].partition(", ")
        out.append(
            f"It is {size} and takes up {share}."
            if one
            else f"Together they are {size} and take up {share}."
        )
    of = "It" if one else "The largest"
    if "form" in notes:
        out.append(f"{of} has {_a(notes['form'])} shape.")
    if "border" in notes:
        out.append(f"{of} has {_a(notes['border'])} border.")
    if "brightness" in notes:
        term = notes["brightness"].split(",")[0]
        rest = (
            ""
            if "echoic" in term
            else (" to its surroundings" if "similar" in term else " than its surroundings")
        )
        out.append(f"{of} is {term}{rest}.")
    return out


def _a(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _filler(draw: random.Random) -> str:
    manner, parts = (draw.sample(words, 3) for words in (_MANNER, _PARTS))
    return (
        f"The {parts[0]} of the picture allows a {manner[0]} and {manner[1]} look, and its "
        f"{parts[1]} and {parts[2]} are shown in a {manner[2]} way."
    )


def as_sections(answer: dict[str, Any]) -> str:
    """An author's answer as free text under fixed headings."""
    found = "\n".join(f"- {finding['observation']}" for finding in answer["findings"])
    parts = {**answer, "findings": f"\n{found}"}
    names = ("modality", "anatomy", "findings", "analysis", "reasoning", "conclusion", "diagnosis")
    return "\n".join(f"{name.capitalize()}: {parts[name]}" for name in names)
