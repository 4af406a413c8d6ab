"""What keeps people safe from each other."""

from datetime import datetime

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import aliased

from matchmaker.extensions import db, lock_all
from matchmaker.mail import outbox
from matchmaker.models import (
    Block,
    Event,
    Introduction,
    Letter,
    LetterStatus,
    Member,
    Recollection,
    Rsvp,
    Seat,
    Side,
    Slot,
    is_run_by_parted,
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
    _lock_what_both_may_have(blocker, blocked, now)
    db.session.add(Block(blocker_id=blocker.id, blocked_id=blocked.id, made_at=now))
    _withdraw_introductions(blocker, blocked, now)
    mentor_hours.part(blocker, blocked, now)
    for member in (blocker, blocked):
        _leave_what_is_gone(member, now)
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


def _lock_what_both_may_have(one: Member, other: Member, now: datetime) -> None:
    """Before anything else, and in order: what follows locks them here and there."""
    both = [one.id, other.id]
    theirs = or_(
        exists().where(Rsvp.event_id == Event.id, Rsvp.member_id.in_(both)),
        exists().where(Slot.event_id == Event.id, Slot.mentor_id.in_(both)),
        exists().where(Seat.event_id == Event.id, Seat.member_id.in_(both)),
    )
    lock_all(db.session.scalars(select(Event).where(theirs, Event.ends_at > now)).all())


def _leave_what_is_gone(guest: Member, now: datetime) -> None:
    """An event that one whom a block parts from them runs is no longer there for them."""
    to_come = (
        select(Event)
        .where(
            or_(
                exists().where(Rsvp.event_id == Event.id, Rsvp.member_id == guest.id),
                exists().where(Slot.event_id == Event.id, Slot.mentor_id == guest.id),
            ),
            Event.starts_at > now,
            is_run_by_parted(guest),
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
