"""What is known of the recipe's models: found at first use, and kept to in this work folder."""

from __future__ import annotations

import sqlalchemy as sa

from m3ds.endpoints.card import UNKNOWN, Card, look_up
from m3ds.ledger.tables import calls, models
from m3ds.recipe import ModelPart, is_commit
from m3ds.stages.progress import say
from m3ds.stages.workplace import Workplace


def revision_of(place: Workplace, part: ModelPart) -> str:
    """The commit that texts and verdicts are recorded under; a branch is looked up first."""
    if part.revision is not None and is_commit(part.revision):
        return part.revision
    known = known_card(place, part)
    if known is None or not is_commit(known.revision):  # it may be known by now
        known = card_of(place, part)
    return known.revision


def loaded(part: ModelPart, card: Card | None) -> str | None:
    """The revision that a server has to load, by what is known of its model.

    None for a folder, and where nobody knows.
    """
    if card is None or card.origin == "folder" or not is_commit(card.revision):
        return part.revision
    return card.revision


def known_card(place: Workplace, part: ModelPart) -> Card | None:
    """The model as it was found at first use in this work folder; None before that."""
    asked = part.revision or ""
    if (known := place.cards.get((part.model, asked))) is not None:
        return known
    query = (
        sa.select(models)
        .where(models.c.model == part.model, models.c.asked == asked)
        .order_by(models.c.seq.desc())
        .limit(1)
    )
    for row in place.ledger.read(query):
        return Card.model_validate({name: row._mapping[name] for name in Card.model_fields})
    return None


def card_of(place: Workplace, part: ModelPart) -> Card:
    """The model as it was found at first use in this work folder; looked up and recorded then.

    Where the Hub did not answer then, it is asked again, once a command, for licence and terms. The
    revision stays what it was once answers are kept under it.
    """
    asked = part.revision or ""
    if (settled := place.cards.get((part.model, asked))) is not None:
        return settled
    known = known_card(place, part)
    card = look_up(part.model, part.revision) if known is None else _completed(place, part, known)
    if card != known:
        place.ledger.append([(models, {**card.model_dump(), "asked": asked})])
        told = f"revision {card.revision}"
        if not is_commit(card.revision):
            what = "not known" if card.revision == UNKNOWN else f"{card.revision}, no commit"
            why = "the Hub did not answer; name a commit in the recipe"
            if card.origin == "hub":
                why = "its answers are kept under that"
            told = f"revision {what} ({why})"
        say(f"{card.model}: {told}, licence {card.licence} ({card.terms})")
    place.cards[part.model, asked] = card
    return card


def _completed(place: Workplace, part: ModelPart, known: Card) -> Card:
    """`known` with what the Hub tells of it by now."""
    if known.is_whole:
        return known
    found = look_up(part.model, known.revision if is_commit(known.revision) else part.revision)
    if not found.is_whole:
        return known
    if not is_commit(known.revision) and not _has_answered(place, part):
        return found
    return found.model_copy(update={"revision": known.revision})


def _has_answered(place: Workplace, part: ModelPart) -> bool:
    """Whether answers of this model are kept here."""
    query = sa.select(calls.c.key).where(calls.c.request["call"]["model"].as_string() == part.model)
    return bool(place.ledger.read(query.limit(1)))
