"""The loop over one sample: author, checks, critic, and back with objections.

`reason` depends on nothing but its arguments and the calls that go through `memo`; a rerun with
the same ledger replays it to where it stood.
"""

from __future__ import annotations

from m3ds.claims import CHECKS_VERSION
from m3ds.endpoints.errors import Poisoned, RequestRefused
from m3ds.errors import ModelUnavailable
from m3ds.reasoning.backends import AuthorBackend, CriticBackend, MalformedReply
from m3ds.reasoning.calls import (
    Ask,
    Call,
    Memo,
    Perform,
    Reply,
    Role,
    Turn,
    View,
    digest,
    request,
    seed,
    situation,
)
from m3ds.reasoning.checking import Checks
from m3ds.reasoning.sight import Sight
from m3ds.schema.base import Frozen, State
from m3ds.schema.case import Case
from m3ds.schema.text import (
    Attempt,
    Author,
    Draft,
    Failure,
    Objection,
    Outcome,
    Steps,
    TextVersion,
    Verdict,
    text_version,
)

LOOP_VERSION = "3"
"""Of what follows what; part of every fingerprint."""


class Reasoned(Frozen):
    """What the loop did for one sample: every attempt, every verdict, and how it ended.

    `objections` are those that the loop itself raised, from checks and critic.
    """

    attempts: tuple[Attempt, ...]
    verdicts: tuple[Verdict, ...]
    objections: tuple[Objection, ...]
    outcome: Outcome

    @property
    def text(self) -> TextVersion | None:
        """The accepted text, if there is one."""
        if self.outcome.state != "accepted":
            return None
        return self.attempts[-1].text


async def reason(
    case: Case,
    sight: Sight,
    *,
    author: AuthorBackend,
    critics: tuple[CriticBackend, ...] = (),
    checks: Checks,
    memo: Memo,
    recipe_seed: int,
    max_attempts: int,
    objections: tuple[Objection, ...] = (),
) -> Reasoned:
    """Reason about one sample until a text is accepted or the attempts are used up.

    Args:
        case: The sample.
        sight: What models are shown of it.
        author: Writes.
        critics: Judge what the checks pass, and each has to accept; none where no model follows.
        checks: Hold each text against the facts.
        memo: Through which every model call goes.
        recipe_seed: The recipe's.
        max_attempts: At least 1.
        objections: From outside the loop (people, near-duplicates), each against a text that the
            loop accepts otherwise; one that names another text than attempt k's has no effect.

    Returns:
        Everything that was written and judged. The outcome's state is `accepted`, `exhausted`,
        `needs_author` or `needs_critic` where that model cannot be asked now, or `quarantined`
        where the server refuses the sample or dies of it.
    """
    view = sight.view
    attempts: list[Attempt] = []
    verdicts: list[Verdict] = []
    raised: list[Objection] = []
    told: list[Objection] = []

    def ended(state: State, reason: str = "") -> Reasoned:
        return Reasoned(
            attempts=tuple(attempts),
            verdicts=tuple(verdicts),
            objections=tuple(raised),
            outcome=Outcome(
                sample_id=case.sample_id,
                fingerprint=fingerprint(
                    case,
                    view,
                    author=author,
                    critics=critics,
                    recipe_seed=recipe_seed,
                    max_attempts=max_attempts,
                    objections=objections,
                ),
                state=state,
                reason=reason,
                attempt=len(attempts),
                text_sha=attempts[-1].text.sha if attempts else None,
                call_key=attempts[-1].author.call_key if attempts else None,
                checks_version=CHECKS_VERSION,
            ),
        )

    def turn(role: Role, number: int) -> Turn:
        return Turn(
            attempt=number,
            seed=seed(recipe_seed, case.sample_id, role, number),
            objections=tuple(told),
        )

    for number in range(1, max_attempts + 1):
        now = turn("author", number)
        try:
            draft, verdict = await _write(case, sight, author, now, memo)
        except ModelUnavailable as error:
            return ended("needs_author", str(error))
        except (RequestRefused, Poisoned) as error:
            return ended("quarantined", f"{error.code}: {error}")
        parent = attempts[-1].text.sha if attempts else None
        attempt = _attempt(case, author, now, draft, parent)
        attempts.append(attempt)

        if verdict is None:
            verdict = await checks(case, draft)
        found = [verdict.model_copy(update={"text_sha": attempt.text.sha})]
        verdicts += found
        if verdict.accepted and critics:
            now = turn("critic", number)
            ask = asking(case, view, "critic", now, memo)
            found, away = [], ""
            for critic in critics:
                try:
                    found.append(await critic.judge(case, sight, attempt.text, now, ask))
                except ModelUnavailable as error:  # the others need not wait for this one
                    away = away or str(error)
                except (RequestRefused, Poisoned) as error:
                    return ended("quarantined", f"{error.code}: {error}")
            if away:
                return ended("needs_critic", away)
            verdicts += found

        outside = [o for o in objections if (o.attempt, o.text_sha) == (number, attempt.text.sha)]
        refused = [verdict for verdict in found if not verdict.accepted]
        if not refused and not outside:
            return ended("accepted")
        against = [_objection(number, verdict) for verdict in refused]
        raised += against
        told += [*against, *sorted(outside, key=digest)]
    return ended("exhausted")


def fingerprint(
    case: Case,
    view: View,
    *,
    author: AuthorBackend,
    critics: tuple[CriticBackend, ...] = (),
    recipe_seed: int,
    max_attempts: int,
    objections: tuple[Objection, ...] = (),
) -> str:
    """The hash of all that the loop can read for one sample.

    Equal to a stored outcome's, the sample need not be looked at again.
    """
    return digest(
        {
            "loop": LOOP_VERSION,
            "checks": CHECKS_VERSION,
            "case": case,
            "view": view,
            "author": {"identity": author.identity, "settings": author.settings()},
            "critics": [{"identity": c.identity, "settings": c.settings()} for c in critics],
            "recipe_seed": recipe_seed,
            "max_attempts": max_attempts,
            "objections": sorted(digest(objection) for objection in objections),
            "steps": list(Steps.model_fields),
        }
    )


def asking(case: Case, view: View, role: Role, turn: Turn, memo: Memo) -> Ask:
    """How a backend asks in one turn: the key is put to each call, which then goes through memo."""
    common = situation(case, view, role, turn)

    async def ask(call: Call, perform: Perform) -> Reply:
        content = request(common, call)
        key = digest(content)
        return Reply(key=key, body=await memo(key, content, perform))

    return ask


async def _write(
    case: Case, sight: Sight, author: AuthorBackend, turn: Turn, memo: Memo
) -> tuple[Draft, Verdict | None]:
    """A draft; of a malformed reply, the reply itself as a draft, with the verdict that it is."""
    keys: list[str] = []
    ask = asking(case, sight.view, "author", turn, memo)

    async def remember(call: Call, perform: Perform) -> Reply:
        reply = await ask(call, perform)
        keys.append(reply.key)
        return reply

    try:
        return await author.write(case, sight, turn, remember), None
    except MalformedReply as error:
        steps = Steps(modality="", analysis=error.where, reasoning="", conclusion="")
        failure = Failure(
            code="malformed",
            step="analysis",
            sentence=error.where[:200],
            expected="a text in four steps",
            claimed=error.seen,
        )
        return Draft(steps=steps, call_key=keys[-1] if keys else ""), Verdict(
            text_sha="",
            judge="checks",
            version=CHECKS_VERSION,
            accepted=False,
            failures=(failure,),
        )


def _attempt(
    case: Case, author: AuthorBackend, turn: Turn, draft: Draft, parent: str | None
) -> Attempt:
    who = author.identity
    return Attempt(
        sample_id=case.sample_id,
        attempt=turn.attempt,
        hint_level=author.hint_level(case, turn.attempt),
        author=Author(
            **{name: str(value) for name, value in dict(who).items()},
            call_key=draft.call_key,
            seed=turn.seed,
            temperature=author.temperature(turn.attempt),
        ),
        # Verdicts go by the text's hash alone: the same words about two images are two texts.
        text=text_version(
            draft.steps,
            origin=f"author:{who.backend}:{case.sample_id}:{turn.attempt}",
            parent=parent,
        ),
    )


def _objection(attempt: int, verdict: Verdict) -> Objection:
    return Objection(
        attempt=attempt,
        text_sha=verdict.text_sha,
        origin="checks" if verdict.judge == "checks" else "critic",
        failures=verdict.failures,
    )
