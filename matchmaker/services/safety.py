"""What keeps people safe from each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import aliased

from matchmaker.extensions import db, lock_all
from matchmaker.mail import outbox
from matchmaker.models import (
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
)
from matchmaker.models.block import Block
from matchmaker.queries.safety import shown_to
from matchmaker.queries.visibility import hosts_blocked, rsvps_visible_to, visible_to
from matchmaker.refusal import Refusal
from matchmaker.services.events import places
from matchmaker.services.events.room import mentor_hours, seating


@dataclass(frozen=True)
class Known:
    """A member as the one who would block or report them knows them."""

    member: Member
    name: str
    block: Block | None  # the viewer's own


def block(
    blocker: Member, blocked: Member, now: datetime, called: str | None = None
) -> None:
    """Keep two members from each other, silently, until the blocker lifts it.

    `called` is what the blocker knows the other as, if not by their name.
    """
    if blocker is blocked:
        raise Refusal("You cannot block yourself.")
    if db.session.get(Block, (blocker.id, blocked.id)):
        return
    _lock_what_both_may_have(blocker, blocked, now)
    db.session.add(
        Block(
            blocker_id=blocker.id,
            blocked_id=blocked.id,
            called=blocked.name if called is None else called,
            made_at=now,
        )
    )
    _withdraw_introductions(blocker, blocked, now)
    mentor_hours.part(blocker, blocked, now)
    for member in (blocker, blocked):
        _leave_what_is_gone(member, now)
    seating.part_everywhere(blocker, blocked, now)
    _forget_recollections(blocker, blocked)


def unblock(block: Block) -> None:
    """Lift a block. What it withdrew stays withdrawn, and a block of the other's stands."""
    db.session.delete(block)


def blocks_of(blocker: Member) -> Sequence[Block]:
    """Return the blocks that a member has made, by name."""
    query = select(Block).where(Block.blocker_id == blocker.id)
    return db.session.scalars(query.order_by(Block.called, Block.blocked_id)).all()


def hold(one: Member, other: Member, now: datetime) -> None:
    """Take apart what brings two together who have just come to be `kept_apart`.

    Unlike a block it hides neither from the other, and their places at events stay.
    """
    _lock_what_both_may_have(one, other, now)
    _withdraw_introductions(one, other, now)
    mentor_hours.part(one, other, now)
    seating.part_everywhere(one, other, now)


def find(viewer: Member, id_: int, now: datetime, key: str = "") -> Known | None:
    """Find a member whom some page names to the viewer, or whom the viewer blocked."""
    block = db.session.get(Block, (viewer.id, id_))
    query = select(Member).where(Member.id == id_)
    if block is None:
        query = query.where(shown_to(viewer, now, key))
    member = db.session.scalar(query)
    if member is None:
        return None
    called = block.called if block else _name_for(viewer, member)
    return Known(member, called or "Somebody", block)


def _name_for(viewer: Member, member: Member) -> str:
    """Somebody who walked in at an event may be no more than that to those who run it."""
    if db.session.scalar(
        select(Member.id).where(Member.id == member.id, visible_to(viewer))
    ):
        return member.name
    rsvps = db.session.scalars(
        select(Rsvp)
        .join(Member, Member.id == Rsvp.member_id)
        .join(Event, Event.id == Rsvp.event_id)
        .where(Rsvp.member_id == member.id, rsvps_visible_to(viewer))
    ).all()
    names = {rsvp.name for rsvp in rsvps}
    return member.name if member.name in names or not names else names.pop()


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
            hosts_blocked(guest),
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
