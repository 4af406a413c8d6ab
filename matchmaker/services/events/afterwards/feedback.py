"""After an event: how it was, whom one met, and whom one would like to see again."""

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from matchmaker.extensions import db, lock
from matchmaker.models import (
    Encounter,
    Event,
    Member,
    Recollection,
    Rsvp,
    Verdict,
)
from matchmaker.queries import turnout
from matchmaker.refusal import Refusal
from matchmaker.services.events.afterwards import met, seeing_again

# For how long one can tell of an event.
OPEN = timedelta(days=30)


class Wish(enum.Enum):
    """What one says of somebody who was there."""

    MET = "met"
    AGAIN = "again"
    RATHER_NOT = "rather-not"


def why_closed(rsvp: Rsvp, now: datetime) -> str | None:
    """Why somebody cannot tell of an event; nothing where they can."""
    event = rsvp.event
    if event.space not in rsvp.member.spaces:
        return f"You do not take part in {event.space.name} any more."
    if not event.is_published:
        return "This event did not take place."
    if now < event.ends_at:
        return "This event is not over yet. Come back when it is."
    if not turnout.came(rsvp):
        return (
            "We did not see you at the door. If you were there, tell the host: they can "
            "still check you in for a few hours."
        )
    if now > event.ends_at + OPEN:
        return "This event was some time ago, and what was told of it is summed up."
    return None


def tell_verdict(rsvp: Rsvp, verdict: Verdict, now: datetime) -> None:
    _check(rsvp, now)
    rsvp.verdict = verdict
    rsvp.told_at = now


def tell_come_again(rsvp: Rsvp, yes: bool, now: datetime) -> None:
    _check(rsvp, now)
    rsvp.come_again = yes
    rsvp.told_at = now


def tell_note(rsvp: Rsvp, note: str, now: datetime) -> None:
    _check(rsvp, now)
    rsvp.note = note.strip()
    rsvp.told_at = now


def said(rsvp: Rsvp) -> dict[int, Wish]:
    """What they have said so far, by whom it is about."""
    found = db.session.scalars(
        select(Recollection).where(
            Recollection.event_id == rsvp.event_id,
            Recollection.member_id == rsvp.member_id,
        )
    )
    return {each.other_id: _wish_of(each) for each in found}


def tell_of(rsvp: Rsvp, wishes: Mapping[int, Wish | None], now: datetime) -> int:
    """Keep what somebody says of others; None takes it back.

    Of whom they may not be told of (any more) nothing is kept, and they are not told so.
    Two who would both like to see each other again are introduced; how many were, is
    said. A wish of one of them is told to nobody.
    """
    _check(rsvp, now)
    event, member = rsvp.event, rsvp.member
    lock(event)  # both may tell at once
    seen = met.there(event, member)
    offered = {other.id: other for other in [*seen, *met.others(event, member, seen)]}
    agreed = []
    for other_id, wish in wishes.items():
        other = offered.get(other_id)
        if other is None:
            continue
        _keep(event, member, other, wish, now)
        _keep_encounter(event, member, other, now)
        if wish is Wish.AGAIN and _wants_again(event, other, member):
            agreed.append(other)
    return seeing_again.bring_together(event, member, agreed, now)


def _check(rsvp: Rsvp, now: datetime) -> None:
    if why := why_closed(rsvp, now):
        raise Refusal(why)


def _wish_of(recollection: Recollection) -> Wish:
    if recollection.see_again is None:
        return Wish.MET
    return Wish.AGAIN if recollection.see_again else Wish.RATHER_NOT


def _keep(
    event: Event, member: Member, other: Member, wish: Wish | None, now: datetime
) -> None:
    key = (event.id, member.id, other.id)
    kept = db.session.get(Recollection, key, populate_existing=True)
    if wish is None:
        if kept:
            db.session.delete(kept)
    else:
        if kept is None:
            kept = Recollection(event_id=key[0], member_id=key[1], other_id=key[2])
            db.session.add(kept)
        kept.met = wish is not Wish.RATHER_NOT
        kept.see_again = {Wish.AGAIN: True, Wish.RATHER_NOT: False}.get(wish)
        kept.told_at = now
    db.session.flush()


def _wants_again(event: Event, member: Member, other: Member) -> bool:
    key = (event.id, member.id, other.id)
    kept = db.session.get(Recollection, key, populate_existing=True)
    return kept is not None and kept.see_again is True


def _keep_encounter(event: Event, one: Member, other: Member, now: datetime) -> None:
    """Make the encounter say what the two say: they met if either of them says so."""
    pair = sorted((one.id, other.id))
    says_so = select(Recollection).where(
        Recollection.event_id == event.id,
        Recollection.member_id.in_(pair),
        Recollection.other_id.in_(pair),
        Recollection.met,
    )
    existing = db.session.scalar(
        select(Encounter).where(
            Encounter.event_id == event.id,
            Encounter.first_id == pair[0],
            Encounter.second_id == pair[1],
        )
    )
    have_met = db.session.scalars(says_so).first() is not None
    if existing and not have_met:
        db.session.delete(existing)
    if have_met and not existing:
        db.session.add(
            Encounter(
                first_id=pair[0],
                second_id=pair[1],
                space_id=event.space_id,
                event_id=event.id,
                source="event",
                told_on=now.astimezone(event.space.zone).date(),
            )
        )
    db.session.flush()
