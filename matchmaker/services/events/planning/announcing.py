"""New events of a group: written of to those who follow it and asked for that.

What a calendar kept elsewhere publishes by itself is not news that anybody here tells.
"""

from datetime import datetime

from sqlalchemy import Select, delete, exists, or_, select

from matchmaker.extensions import db
from matchmaker.mail import group_letters
from matchmaker.models import (
    Event,
    Following,
    Group,
    Letter,
    LetterStatus,
    Member,
    Rsvp,
    Series,
)
from matchmaker.queries.visibility import finds_out, takes_part
from matchmaker.services.events.planning import repeats, series_times


def announce(event: Event, by: Member | None, now: datetime) -> None:
    """Write of an event that is out; of a series once, whichever of it comes first.

    Nobody hears twice of the same, whatever becomes of it. Its hosts know.
    """
    group = event.group
    if group is None or group.archived_at or event.starts_at <= now:
        return
    rhythm = ""
    if event.series is not None:
        rhythm = repeats.rhythm(series_times.rule_of(event.series))
    group_letters.new_event(event, _who_asked(event, group, by), rhythm, now)


def move(event: Event, by: Member | None, now: datetime) -> None:
    """It has gone to another group: letters that still name the old one do not go."""
    db.session.execute(
        delete(Letter).where(
            Letter.kind == group_letters.KIND,
            Letter.event_id == event.id,
            Letter.status == LetterStatus.QUEUED,
        )
    )
    announce(event, by, now)


def _who_asked(event: Event, group: Group, by: Member | None) -> list[Member]:
    """Those who see the event, and have neither heard of it nor answered."""
    know = {host.id for host in event.hosts} | ({by.id} if by else set())
    told = exists().where(
        Letter.kind == group_letters.KIND,
        Letter.member_id == Member.id,
        Letter.event_id.in_(_the_same(event)),
    )
    answered = exists().where(Rsvp.event_id == event.id, Rsvp.member_id == Member.id)
    asked = (
        select(Member)
        .join(Following, Following.member_id == Member.id)
        .join(Event, Event.id == event.id)
        .where(
            Following.group_id == group.id,
            Following.wants_letters,
            Member.active,
            Member.id.not_in(know),
            takes_part(Member.id, group.space_id),
            finds_out(Member.id),
            ~told,
            ~answered,
        )
        .order_by(Member.id)
    )
    return list(db.session.scalars(asked))


def _the_same(event: Event) -> Select[int]:
    """The event, or all of its series, those that were split from it included."""
    if event.series is None:
        return select(Event.id).where(Event.id == event.id)
    first = event.series.first_id
    is_one = or_(Series.id == first, Series.split_from_id == first)
    return select(Event.id).join(Series).where(is_one)
