"""What keeps people safe from each other."""

from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import aliased

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.models import (
    Block,
    Event,
    EventHost,
    Introduction,
    Letter,
    LetterStatus,
    Member,
    Recollection,
    Rsvp,
    Side,
)
from matchmaker.refusal import Refusal
from matchmaker.services.events import places
from matchmaker.services.events.room import mentor_hours, seating


def block(blocker: Member, blocked: Member, now: datetime) -> None:
    """Part two members for good, silently: nothing of either reaches the other."""
    if blocker is blocked:
        raise Refusal("You cannot block yourself.")
    if db.session.get(Block, (blocker.id, blocked.id)):
        return
    db.session.add(Block(blocker_id=blocker.id, blocked_id=blocked.id, made_at=now))
    _withdraw_introductions(blocker, blocked, now)
    for host, guest in ((blocker, blocked), (blocked, blocker)):
        _leave_events_of(host, guest, now)
    mentor_hours.part(blocker, blocked, now)
    seating.part_everywhere(blocker, blocked, now)
    _forget_recollections(blocker, blocked)


def _withdraw_introductions(blocker: Member, blocked: Member, now: datetime) -> None:
    mine, theirs = aliased(Side), aliased(Side)
    shared = (
        select(Introduction)
        .join(mine, mine.introduction_id == Introduction.id)
        .join(theirs, theirs.introduction_id == Introduction.id)
        .where(mine.member_id == blocker.id, theirs.member_id == blocked.id)
    )
    for introduction in db.session.scalars(shared):
        introduction.withdrawn_at = introduction.withdrawn_at or now
        for letter in db.session.scalars(
            select(Letter).where(
                Letter.introduction_id == introduction.id,
                Letter.status == LetterStatus.QUEUED,
            )
        ):
            outbox.cancel(letter, "Withdrawn.")


def _leave_events_of(host: Member, guest: Member, now: datetime) -> None:
    """An event that the one runs is no longer there for the other."""
    to_come = (
        select(Event)
        .join(EventHost, EventHost.event_id == Event.id)
        .join(Rsvp, Rsvp.event_id == Event.id)
        .where(
            EventHost.member_id == host.id,
            Rsvp.member_id == guest.id,
            Event.starts_at > now,
        )
        .order_by(Event.id)
    )
    events = db.session.scalars(to_come).all()
    places.leave_everything(guest, events, now)
    for letter in db.session.scalars(
        select(Letter).where(
            Letter.event_id.in_([event.id for event in events]),
            Letter.member_id == guest.id,
            Letter.status == LetterStatus.QUEUED,
        )
    ):
        outbox.cancel(letter, "No longer true.")


def _forget_recollections(one: Member, other: Member) -> None:
    """What they told of each other, lest it be counted for them to meet again."""
    told = Recollection
    db.session.execute(
        delete(told).where(
            or_(
                and_(told.member_id == one.id, told.other_id == other.id),
                and_(told.member_id == other.id, told.other_id == one.id),
            )
        )
    )
