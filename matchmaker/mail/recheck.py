"""What has changed since a letter was written so that it must not go any more."""

from datetime import datetime

from sqlalchemy import or_, select

from matchmaker.extensions import db
from matchmaker.mail import arrangements
from matchmaker.mail.kinds import KINDS, LetterKind
from matchmaker.models import (
    Event,
    EventStatus,
    Following,
    Introduction,
    Letter,
    Membership,
    MembershipStatus,
    Rsvp,
)
from matchmaker.models.block import Block
from matchmaker.queries.blocks import kept_apart
from matchmaker.queries.visibility import events_visible_to, hosts_blocked


def why_not(letter: Letter, now: datetime) -> str:
    """Why a letter must not go; "" where it may. One of an unknown kind is an error."""
    kind = KINDS[letter.kind]
    if not letter.member.active:
        return "The account is closed."
    if letter.member.bounced_at and not kind.tries_again:
        return "Letters to this address come back."
    if letter.membership_id and not _still_wanted(letter):
        return "No longer wanted."
    if letter.introduction and not _may_still_meet(letter.introduction):
        return "Withdrawn."
    if letter.event_id and not _still_concerns(letter, kind, now):
        return "No longer true."
    return ""


def _still_wanted(letter: Letter) -> bool:
    membership = db.session.get_one(Membership, letter.membership_id)
    if letter.kind == "invitation":
        return membership.status is MembershipStatus.INVITED
    return membership.is_active and membership.wants_introductions


def _may_still_meet(introduction: Introduction) -> bool:
    """Whether all still take part and no two are kept apart.

    Asked for every letter, so that none of them is written to where another is not:
    that would tell.
    """
    if introduction.withdrawn_at is not None:
        return False
    if introduction.ended_at is not None:
        return False
    if not introduction.everybody_takes_part:
        return False
    still_open = introduction.introduced_at is None
    if still_open and not introduction.everybody_wants_introductions:
        return False
    ids = [side.member_id for side in introduction.sides]
    apart = or_(*(kept_apart(id_, ids) for id_ in ids))
    return not db.session.scalar(select(apart))


def _still_concerns(letter: Letter, kind: LetterKind, now: datetime) -> bool:
    """Whether a letter about an event still says what is so, to one who may read it."""
    if letter.kind == "event_trial":  # to whoever wrote it
        return True
    event, member = letter.event, letter.member
    assert event is not None  # noqa: S101  (asked only of such letters)
    membership = member.membership_in(event.space)
    if membership is None or not membership.is_active:
        return False
    if event.status is not EventStatus.PUBLISHED and letter.kind != "event_cancelled":
        return False
    is_gone = select(Event.id).where(Event.id == event.id, hosts_blocked(member))
    if db.session.scalar(is_gone) is not None:
        return False
    rsvp = db.session.get(Rsvp, (event.id, member.id))
    if letter.kind == "group_event" and (rsvp or not _is_still_news(letter, now)):
        return False
    if letter.kind == "event_reminder" and rsvp and not rsvp.wants_reminder:
        return False
    if kind.is_of_the_host and rsvp and not rsvp.wants_messages:
        return False
    if _is_overtaken(letter, event, now):
        return False
    return kind.if_said is None or (rsvp is not None and rsvp.status in kind.if_said)


def _is_still_news(letter: Letter, now: datetime) -> bool:
    """Whether somebody follows the event's group, asks to hear of it and may see it."""
    event, member = letter.event, letter.member
    assert event is not None  # noqa: S101  (asked only of such letters)
    following = db.session.get(Following, (event.group_id or 0, member.id))
    if following is None or not following.wants_letters or event.starts_at <= now:
        return False
    seen = select(Event.id).where(Event.id == event.id, events_visible_to(member))
    return db.session.scalar(seen) is not None


def _is_overtaken(letter: Letter, event: Event, now: datetime) -> bool:
    """Whether something came to pass since that leaves nothing to say."""
    if letter.kind == "event_reminder":
        return event.starts_at <= now
    if letter.kind == "event_changed" and letter.details:  # or it was changed back
        before = arrangements.of_details(letter.details["before"])
        return before == arrangements.of_event(event)
    return KINDS[letter.kind].names_others and _is_parted_since(letter)


def _is_parted_since(letter: Letter) -> bool:
    """Whether a block of theirs is newer than the letter, which may name the other."""
    theirs = or_(
        Block.blocker_id == letter.member_id, Block.blocked_id == letter.member_id
    )
    newer = select(Block.blocker_id).where(theirs, Block.made_at >= letter.made_at)
    return db.session.scalars(newer).first() is not None
