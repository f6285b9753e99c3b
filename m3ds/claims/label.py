"""The diagnosis that a conclusion states, against the label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from m3ds.claims.text import any_of, is_negated, split
from m3ds.schema.case import Case
from m3ds.schema.text import Failure, Steps

_Synonyms = tuple[tuple[str, tuple[str, ...]], ...]


def check_label(case: Case, steps: Steps) -> Iterator[Failure]:
    """The conclusion states the diagnosis and no other of the options.

    A word that several options share counts for the diagnosis if that is one of them. A negative
    may also be stated by denying what the source looks for. Other findings of the same image may
    be mentioned.
    """
    stated, denied = _statements(case, steps.conclusion)
    wrong = sorted(stated - {case.diagnosis, *case.other_findings})
    right = case.diagnosis in stated or (case.is_negative and bool(denied))
    if right and not wrong:
        return
    yield Failure(
        code="label",
        step="conclusion",
        sentence=steps.conclusion,
        expected=case.diagnosis,
        claimed=", ".join(wrong),
    )


def _statements(case: Case, conclusion: str) -> tuple[set[str], set[str]]:
    """The options that the conclusion affirms, and those that it denies."""
    table = tuple(
        (option, (option, *case.synonyms.get(option, ())))
        for option in dict.fromkeys((*case.label_options, case.diagnosis))
    )
    pattern, meaning = _compiled(table)
    stated: set[str] = set()
    denied: set[str] = set()
    for sentence in split(conclusion):
        for match in pattern.finditer(sentence):
            options = meaning[_key(match.group(1))]
            option = case.diagnosis if case.diagnosis in options else options[0]
            (denied if is_negated(sentence, *match.span()) else stated).add(option)
    return stated, denied


@lru_cache(maxsize=64)
def _compiled(table: _Synonyms) -> tuple[re.Pattern[str], dict[str, list[str]]]:
    meaning: dict[str, list[str]] = {}
    for option, words in table:
        for word in words:
            options = meaning.setdefault(_key(word), [])
            if option not in options:
                options.append(option)
    every = [word for _, words in table for word in words]
    return re.compile(rf"\b({any_of(every)})(?:s|es)?\b", re.IGNORECASE), meaning


def _key(word: str) -> str:
    return re.sub(r"[\s-]+", " ", word.lower())
