"""Hidden controls: items with known answers among what the critic judges.

A hash of the sample decides what a control is made of. Its text is the embedded author's, true by
construction, or the same with one planted error, or the text under another image. The critic cannot
tell it from its other work; nobody else ever sees it, and none of it is released.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from m3ds.claims.mutate import mutate
from m3ds.errors import CriticBelowFloor
from m3ds.ledger.ledger import Ledger, Row
from m3ds.ledger.tables import controls
from m3ds.reasoning.backends import CriticBackend
from m3ds.reasoning.calls import Memo, Turn, seed
from m3ds.reasoning.grammar import write
from m3ds.reasoning.loop import asking
from m3ds.reasoning.sight import Sight
from m3ds.recipe import Controls, ModelCritic
from m3ds.schema.case import Case
from m3ds.schema.text import Steps, TextVersion, text_version

SOUND = "sound"
_PLAINLY = 0.35  # image sides between two regions, so that a text about one is wrong of the other
KINDS = ("swapped", "side", "label", "modality", SOUND)
"""Swapped image, flipped side, wrong diagnosis, wrong modality, known good."""


@dataclass(frozen=True, slots=True)
class Control:
    """One item: whose case, what is shown, and the text."""

    case: Case
    kind: str
    sight: Sight
    text: TextVersion


def share(critics: Sequence[ModelCritic]) -> float:
    """Of how many samples a control is made: what the most watchful critic asks for."""
    return max((part.controls.share for part in critics), default=0.0)


def is_chosen(recipe_seed: int, sample_id: str, share: float) -> bool:
    """Whether a control is made of this sample."""
    return _draw(recipe_seed, sample_id, "control") < share * (1 << 32)


def _draw(recipe_seed: int, sample_id: str, what: str) -> int:
    content = f"{recipe_seed}\x1f{sample_id}\x1f{what}".encode()
    return int.from_bytes(hashlib.sha256(content).digest()[:4], "big")


def make(
    recipe_seed: int, case: Case, sight: Sight, others: Sequence[tuple[Case, Sight]]
) -> Control:
    """The control that is made of one sample.

    Args:
        recipe_seed: The recipe's.
        case, sight: The sample.
        others: Of the same source; the first one that looks different lends its image.

    Returns:
        One of the kind that the hash names, or of the next kind that fits this sample. The last
        one, a sound text, fits all.
    """
    first = _draw(recipe_seed, case.sample_id, "kind") % len(KINDS)
    own = write(case, seed(recipe_seed, case.sample_id, "author", 0))
    for kind in (*KINDS[first:], SOUND):
        steps: Steps | None = own
        shown: Sight | None = sight
        if kind == "swapped":
            shown = _most_different(case, others)
        elif kind != SOUND:
            steps = mutate(case, own, kind, _draw(recipe_seed, case.sample_id, "error"))
        if steps is not None and shown is not None:
            text = text_version(steps, origin=f"control:{kind}:{case.sample_id}")
            return Control(case, kind, shown, text)
    raise AssertionError("a sound text fits all")  # pragma: no cover


def _most_different(case: Case, others: Sequence[tuple[Case, Sight]]) -> Sight | None:
    """The image that a text about `case` is most plainly wrong about, if there is one."""
    apart = [(_distance(case, other), at) for at, (other, _) in enumerate(others)]
    most, at = max(apart, default=(0.0, 0))
    return others[at][1] if most >= _PLAINLY else None


def _distance(one: Case, other: Case) -> float:
    """How far apart the outlined regions lie, in image sides along both axes; 0 if not known."""
    if one.is_negative or other.is_negative:
        # A negative has no close-up to be shown in the place of a positive's.
        return 2.0 if one.is_negative and not other.is_negative else 0.0
    a, b = one.facts, other.facts
    if a.centroid_x is None or a.centroid_y is None or b.centroid_x is None or b.centroid_y is None:
        return 0.0
    return abs(a.centroid_x - b.centroid_x) + abs(a.centroid_y - b.centroid_y)


@dataclass(slots=True)
class _Rate:
    planted: int = 0
    caught: int = 0
    sound: int = 0
    refused: int = 0


@dataclass(slots=True)
class Watch:
    """The critics' record in this ledger, and the limits that it is held against.

    Args:
        ledger: Whose controls count.
        limits: Per judge, from the recipe.
        versions: Per judge, its verdicts' version: a changed critic starts afresh.
    """

    ledger: Ledger
    limits: dict[str, Controls]
    versions: dict[str, str]
    _rates: dict[str, _Rate] = field(default_factory=lambda: defaultdict(_Rate))

    def start(self) -> None:
        """Read what was judged before.

        Raises:
            CriticBelowFloor: it is not good enough.
        """
        query = sa.select(
            controls.c.judge, controls.c.version, controls.c.sound, controls.c.accepted
        )
        for row in self.ledger.read(query):
            if self.versions.get(row.judge) == row.version:
                self._count(row.judge, sound=row.sound, accepted=row.accepted)
        for judge in self.limits:
            self._hold(judge)

    def judged(self, judge: str, *, sound: bool, accepted: bool) -> None:
        """Take one more into account.

        Raises:
            CriticBelowFloor: now it is not good enough.
        """
        self._count(judge, sound=sound, accepted=accepted)
        self._hold(judge)

    def lines(self) -> Iterator[str]:
        """What has come of the controls so far, a line for each critic that judged some."""
        for judge, limits in self.limits.items():
            rate = self._rates[judge]
            if not rate.planted + rate.sound:
                continue
            few = (
                ""
                if rate.planted >= limits.at_least
                else f", too few to judge it by ({limits.at_least})"
            )
            yield (
                f"{judge.removeprefix('critic:')}: caught {rate.caught} of {rate.planted} hidden "
                f"errors{few}, refused {rate.refused} of {rate.sound} sound controls"
            )

    def _count(self, judge: str, *, sound: bool, accepted: bool) -> None:
        rate = self._rates[judge]
        if sound:
            rate.sound += 1
            rate.refused += not accepted
        else:
            rate.planted += 1
            rate.caught += not accepted

    def _hold(self, judge: str) -> None:
        rate, limits = self._rates[judge], self.limits[judge]
        name = judge.removeprefix("critic:")
        if rate.planted >= limits.at_least and rate.caught < limits.floor * rate.planted:
            raise CriticBelowFloor(
                f"the critic {name} caught {rate.caught} of {rate.planted} planted errors, less "
                f"than the recipe's floor of {limits.floor:.0%}",
                todo="use another critic or prompt, or lower controls.floor if you accept that; "
                "`m3ds status` shows which kinds it missed",
            )
        if rate.sound >= limits.at_least and rate.refused > limits.false_rejects * rate.sound:
            raise CriticBelowFloor(
                f"the critic {name} refused {rate.refused} of {rate.sound} sound texts, more than "
                f"the recipe's limit of {limits.false_rejects:.0%}",
                todo="use another critic, or other thresholds; `m3ds calibrate` fits them",
            )


async def judge(
    control: Control, critic: CriticBackend, memo: Memo, recipe_seed: int
) -> tuple[Any, Row]:
    """Let a critic judge a control, past the checks; the row that is kept of it."""
    sample_id = control.case.sample_id
    turn = Turn(attempt=0, seed=seed(recipe_seed, sample_id, "critic", 0))
    ask = asking(control.case, control.sight.view, "critic", turn, memo)
    verdict = await critic.judge(control.case, control.sight, control.text, turn, ask)
    found = verdict.judgement
    return controls, {
        "sample_id": sample_id,
        "kind": control.kind,
        "judge": verdict.judge,
        "version": verdict.version,
        "text_sha": control.text.sha,
        "steps": control.text.steps.model_dump(),
        "sound": control.kind == SOUND,
        "accepted": verdict.accepted,
        "judgement": found.model_dump() if found else None,
    }


def judged_of(ledger: Ledger, sample_ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """(sample id, judge, version) of the controls that were made of some samples."""
    columns = (controls.c.sample_id, controls.c.judge, controls.c.version)
    query = sa.select(*columns).where(controls.c.sample_id.in_(sample_ids))
    yield from ((row.sample_id, row.judge, row.version) for row in ledger.read(query))
