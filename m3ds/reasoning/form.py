"""The form of question and answer: code, never a model.

All choices hang on the sample id, so a text that is edited later keeps its question and openers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from m3ds.reasoning import prompts
from m3ds.reasoning.wording import lower_first
from m3ds.schema.case import Case
from m3ds.schema.text import Steps

SEG = "[SEG]"

Message = dict[str, str | list[dict[str, str | None]]]

_VERB = re.compile(r"\b(?:is|are|was|were|shows?|has|have)\b", re.IGNORECASE)


def question(case: Case) -> str:
    """The question of one sample.

    Where a source has negatives too, positives and negatives are asked alike, with questions that
    leave open whether there is anything to segment.
    """
    pool = prompts.queries().find(case.modality, case.target)
    both = case.is_negative or bool(prompts.NEGATIVE_NAMES & set(case.label_options))
    anatomy = prompts.grammar().anatomies.get(case.anatomy, f"the {case.anatomy}")
    chosen = _pick(pool.search if both else pool.segment, case.sample_id, "question")
    return chosen.format(anatomy=anatomy)


def answer(case: Case, steps: Steps) -> str:
    """The answer of one sample in the paper's form: exactly one `[SEG]`, none for a negative."""
    book = prompts.openers()
    opener = _pick(book.negative if case.is_negative else book.positive, case.sample_id, "opener")
    modality = steps.modality.strip()
    if not _VERB.search(modality):  # a bare name, as models write it
        modality = book.bare_modality + modality
    parts = [opener]
    for name, text in (steps.model_dump() | {"modality": modality}).items():
        before = _pick(getattr(book.steps, name), case.sample_id, name)
        parts.append(before + lower_first(_closed(text)))
    return " ".join(parts)


def messages(question: str, answer: str) -> list[Message]:
    """The chat form: the user sends the image and the question, the assistant answers."""
    return [
        {
            "role": "user",
            "content": [{"type": "image", "text": None}, {"type": "text", "text": question}],
        },
        {"role": "assistant", "content": [{"type": "text", "text": answer}]},
    ]


def _closed(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _pick(options: Sequence[str], sample_id: str, what: str) -> str:
    digest = hashlib.sha256(f"{sample_id}\x1f{what}".encode()).digest()
    return options[int.from_bytes(digest[:8], "big") % len(options)]
