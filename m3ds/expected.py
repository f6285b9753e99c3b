"""What was expected where a value is wrong, in words: of recipes and of the command line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

_LONGEST = 60

_WORDS = {
    "bool": "true or false is expected",
    "date": "a date is expected",
    "dict": "keys with values are expected",
    "enum": "{expected} is expected",
    "float": "a number is expected",
    "greater_than": "more than {gt:g} is expected",
    "greater_than_equal": "at least {ge:g} is expected",
    "int": "a whole number is expected",
    "less_than": "less than {lt:g} is expected",
    "less_than_equal": "at most {le:g} is expected",
    "literal_error": "{expected} is expected",
    "model": "keys with values are expected",
    "model_attributes": "keys with values are expected",
    "string": "text is expected",
    "string_pattern_mismatch": "it has to match {pattern}",
    "too_long": "at most {max_length} are expected",
    "too_short": "at least {min_length} is expected",
    "tuple": "a list is expected",
    "union_tag_invalid": "one of {expected_tags} is expected",
}
"""By the kind of an error of pydantic, whose own messages are about its types, not about files."""

_QUOTED = re.compile("'([^']*)'")
_SUFFIX = re.compile("_(type|parsing|from_float|attributes_type)$")


def expectation(error: Mapping[str, Any]) -> str:
    """One entry of `ValidationError.errors()` in words, with a guess at what was meant.

    As `a whole number is expected, not 'x'`; a validator of our own is quoted as it is.
    """
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    if kind == "value_error":
        return str(context["error"]).removesuffix(".")
    if kind == "missing":
        return "is missing"
    says = _WORDS.get(kind) or _WORDS.get(_SUFFIX.sub("", kind))
    words = says.format(**context) if says else error["msg"]
    if kind == "union_tag_invalid":
        value = context["tag"]
    known = _QUOTED.findall(context.get("expected_tags") or context.get("expected") or "")
    return f"{words}, not {shown(value)}{meant(value, known)}"


def shown(value: object) -> str:
    """A wrong value: short ones as they are, the others by what they are."""
    if isinstance(value, Mapping):
        return "keys with values" if value else "nothing"
    if isinstance(value, tuple | list):
        return "a list" if value else "an empty list"
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def meant(word: object, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """`; did you mean 'seed'?` where a word is close to a known one, or nothing.

    Args:
        word: What was read.
        known: What could have been.
        likeness: How close, from 0 to 1 (the same).
    """
    close = difflib.get_close_matches(str(word), list(known), n=1, cutoff=likeness)
    return f"; did you mean {close[0]!r}?" if close else ""
