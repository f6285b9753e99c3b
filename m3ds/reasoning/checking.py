"""The checks as a judge: what they say of a draft, and where that is worked out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from m3ds.claims import CHECKS_VERSION, check
from m3ds.schema.case import Case
from m3ds.schema.text import Draft, Failure, Verdict

Checks = Callable[[Case, Draft], Awaitable[Verdict]]
"""`await checks(case, draft)`: what `checked` says, from wherever it is worked out."""


def checked(case: Case, draft: Draft) -> Verdict:
    """What the checks say of a draft; the hash of its text is left out."""
    failures = check(case, draft.steps, draft.findings)
    if draft.diagnosis is not None and draft.diagnosis != case.diagnosis:
        wrong = Failure(
            code="label",
            step="conclusion",
            sentence=draft.steps.conclusion,
            expected=case.diagnosis,
            claimed=draft.diagnosis,
        )
        failures = (*(f for f in failures if f.code != "label"), wrong)
    return Verdict(
        text_sha="",
        judge="checks",
        version=CHECKS_VERSION,
        accepted=not failures,
        failures=failures,
    )


def check_all(drafts: Sequence[tuple[Case, Draft]]) -> list[Verdict | Exception]:
    """What the checks say of each draft; a fault of theirs on one costs no other."""
    found: list[Verdict | Exception] = []
    for case, draft in drafts:
        try:
            found.append(checked(case, draft))
        except Exception as error:  # noqa: BLE001 - that draft's
            found.append(error)
    return found
