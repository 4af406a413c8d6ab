"""What becomes of an event: published, called off, put away, thrown away."""

from datetime import datetime

from sqlalchemy import delete as delete_from
from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db, lock
from matchmaker.mail import event_changes
from matchmaker.models import (
    Event,
    EventStatus,
    Letter,
    Member,
    Rsvp,
    RsvpStatus,
    Slot,
    Venue,
)
from matchmaker.queries.visibility import hosts_blocked, takes_part
from matchmaker.refusal import Refusal
from matchmaker.services.events import places, timeline
from matchmaker.services.events.planning import announcing

_SIGNED_UP = [
    RsvpStatus.GOING,
    RsvpStatus.WAITING,
    RsvpStatus.OFFERED,
    RsvpStatus.ASKED,
]


def missing(event: Event, now: datetime) -> list[str]:
    """What it takes before it can be published, each in a sentence."""
    sentences = []
    if not event.title.strip():
        sentences.append("Give it a title.")
    if event.venue is Venue.ONLINE and not event.online_url:
        sentences.append("Add the link at which people meet.")
    if event.venue is not Venue.ONLINE and not event.place:
        sentences.append("Say where it is.")
    if not any(event.space in host.spaces for host in event.hosts):
        sentences.append("Name a host, so that people know whom to ask.")
    # What a calendar tells while it lasts may be published; signed up for, no more.
    until = event.ends_at if event.source_id else event.sign_up_ends_at
    if until <= now:
        sentences.append("Choose a day to come: this one is over.")
    return sentences


def publish(event: Event, by: Member, now: datetime) -> None:
    lock(event)
    if event.is_published:
        return
    if event.is_cancelled:
        raise Refusal("It was cancelled. Duplicate it to make a new one.")
    sentences = missing(event, now)
    if sentences:
        raise Refusal(f"Not published yet. {' '.join(sentences)}")
    event.status = EventStatus.PUBLISHED
    event.archived_at = None
    event.changed_at = now
    timeline.note(event, "published", now, by)
    places.settle(event, now)
    announcing.announce(event, by, now)


def cancel(event: Event, words: str, by: Member | None, now: datetime) -> int:
    """Call it off and write to all who signed up; give how many letters there are."""
    lock(event)
    if event.is_cancelled:
        return 0
    if event.ends_at <= now:
        raise Refusal("It is over. Archive it, if it is not to be seen any more.")
    told = _signed_up(event) if event.is_published else []
    mentors = _mentors_who_said_nothing(event, now) if event.is_published else []
    event.status = EventStatus.CANCELLED
    event.why_cancelled = words.strip()
    event.sequence += 1
    event.changed_at = now
    timeline.note(event, "cancelled", now, by)
    return len(event_changes.cancelled(event, told, now, mentors))


def archive(event: Event, by: Member, now: datetime) -> None:
    """Take it off the lists; those who have its address still find it."""
    lock(event)
    if event.archived_at:
        return
    if event.is_published and event.ends_at > now:
        raise Refusal("It is still to come. Cancel it first, or wait until it is over.")
    event.archived_at = now
    timeline.note(event, "archived", now, by)


def unarchive(event: Event, by: Member, now: datetime) -> None:
    lock(event)
    if event.archived_at:
        event.archived_at = None
        timeline.note(event, "brought back", now, by)


def tell_how_it_was(event: Event, words: str, by: Member, now: datetime) -> None:
    """Keep the host's words for those who came, and those who did not."""
    lock(event)
    if event.starts_at > now:
        raise Refusal("It has not begun. Say how it was when it is over.")
    if event.notes != words.strip():
        event.notes = words.strip()
        event.changed_at = now
        timeline.note(event, "edited", now, by, "notes")


def delete(event: Event) -> None:
    """Throw away a draft that nobody has seen."""
    lock(event)
    if event.status is not EventStatus.DRAFT:
        raise Refusal("Members have seen it. Cancel it, so that they are told.")
    if db.session.scalar(select(exists().where(Rsvp.event_id == event.id))):
        raise Refusal("Somebody is on its list. Take them off first.")
    for thing in (Slot, Letter):  # hours offered, and letters that were tried out
        db.session.execute(delete_from(thing).where(thing.event_id == event.id))
    db.session.delete(event)
    db.session.flush()


def _signed_up(event: Event) -> list[Rsvp]:
    query = select(Rsvp).where(Rsvp.event_id == event.id, Rsvp.status.in_(_SIGNED_UP))
    told = query.order_by(Rsvp.number).options(joinedload(Rsvp.member))
    return list(db.session.scalars(told))


def _mentors_who_said_nothing(event: Event, now: datetime) -> list[Member]:
    """Those who offer hours to come, and are not on the list at all."""
    offered = select(Slot.mentor_id).where(
        Slot.event_id == event.id, Slot.starts_at > now
    )
    numbers = set(db.session.scalars(offered))
    if not numbers:
        return []
    said = exists().where(Rsvp.event_id == event.id, Rsvp.member_id == Member.id)
    mentors = (
        select(Member)
        .join(Event, Event.id == event.id)
        .where(
            Member.id.in_(numbers),
            ~said,
            Member.active,
            takes_part(Member.id, event.space_id),
            ~hosts_blocked(Member.id),
        )
        .order_by(Member.id)
    )
    return list(db.session.scalars(mentors))
