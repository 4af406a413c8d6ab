"""What a calendar feed holds, for whom: asked each time it is read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db
from matchmaker.mail import event_calendar
from matchmaker.mail.links import Purpose, read, sign
from matchmaker.models import (
    Event,
    EventStatus,
    Group,
    Member,
    Rsvp,
    RsvpStatus,
    Series,
    Space,
)
from matchmaker.queries.visibility import events_visible_to, takes_part
from matchmaker.services.events.room import mentor_hours

# So that what was on yesterday does not vanish from somebody's diary.
PAST = timedelta(days=90)
_COMES = {RsvpStatus.GOING}
_WAITS = {RsvpStatus.WAITING, RsvpStatus.OFFERED, RsvpStatus.ASKED}


@dataclass(frozen=True)
class Feed:
    """Events as one reader sees them."""

    name: str
    events: list[Event]
    going: Collection[int] = field(default_factory=frozenset)
    waiting: Collection[int] = field(default_factory=frozenset)
    hours: Sequence[event_calendar.Hour] = ()

    def text(self, now: datetime) -> str:
        return event_calendar.calendar(
            self.events,
            self.name,
            now,
            going=self.going,
            waiting=self.waiting,
            hours=self.hours,
        )

    @property
    def changed_at(self) -> datetime | None:
        changes = [event.changed_at for event in self.events]
        changes += [event_calendar.changed_at(hour.slot) for hour in self.hours]
        return max(changes, default=None)


def token(member: Member) -> str:
    """Give the part of a calendar's address that stands for the member."""
    return sign(Purpose.CALENDAR, member.id, member.calendar_version)


def reader(token: str) -> Member | None:
    """Say whose address it is; nobody's, once it was replaced or they take no part."""
    subject = read(Purpose.CALENDAR, token)
    if subject is None or len(subject) != 2:
        return None
    member = db.session.get(Member, subject[0])
    if member is None or not member.active or member.calendar_version != subject[1]:
        return None
    return member if member.spaces or member.is_operator else None


def make_new_addresses(member: Member) -> None:
    """End every address that the member's calendars are read by."""
    db.session.refresh(member, with_for_update=True)
    member.calendar_version += 1


def of_event(event_id: int, viewer: Member | None, key: str) -> Feed | None:
    """One event, whenever it was."""
    query = select(Event).where(Event.id == event_id, events_visible_to(viewer, key))
    event = db.session.scalar(query.where(_is_out()))
    return _feed(event.title, [event], viewer) if event else None


def of_series(key: str, viewer: Member | None, now: datetime) -> Feed | None:
    series = db.session.scalar(select(Series).where(Series.key == key))
    if series is None:
        return None
    mine = Event.series_id == series.id
    latest = db.session.scalar(_seen(viewer, mine).order_by(Event.starts_at.desc()))
    if latest is None:  # what it is called is told only to those who may see one of it
        return None
    return _feed(latest.title, _lately(viewer, mine, now), viewer)


def of_group(group: Group, viewer: Member | None, now: datetime) -> Feed | None:
    """The group's; it exists for its space's members and whoever may see one of them."""
    mine = Event.group_id == group.id
    takes_part = viewer is not None and group.space in viewer.spaces
    if not takes_part and db.session.scalar(_seen(viewer, mine).limit(1)) is None:
        return None
    name = f"{group.name} · {group.space.name}"
    return _feed(name, _lately(viewer, mine, now), viewer)


def of_space(space: Space, viewer: Member | None, now: datetime) -> Feed:
    found = _lately(viewer, Event.space_id == space.id, now)
    return _feed(f"Events · {space.name}", found, viewer)


def of_all_spaces(viewer: Member, now: datetime) -> Feed:
    """Of every space in which the member takes part."""
    mine = Event.space_id.in_([space.id for space in viewer.spaces])
    names = " and ".join(space.name for space in viewer.spaces)
    return _feed(f"Events · {names}", _lately(viewer, mine, now), viewer)


def of_mine(viewer: Member, now: datetime) -> Feed:
    """What the member goes to or waits for, and their hours with or as a mentor.

    Archived or not, it stays in their diary.
    """
    mine = Event.id.in_({*_with(viewer, _COMES), *_with(viewer, _WAITS)})
    found = db.session.scalars(_recent(_seen(viewer, mine), now))
    feed = _feed("My events", list(found), viewer)
    return replace(feed, hours=_hours(viewer, Event.ends_at >= now - PAST, _is_out()))


def of_hours(event_id: int, viewer: Member) -> Feed | None:
    """Their hours with or as a mentor at an event; nothing where they have none."""
    hours = _hours(viewer, Event.id == event_id, _is_out())
    return Feed(hours[0].slot.event.title, [], hours=hours) if hours else None


def _hours(viewer: Member, *which: ColumnElement[bool]) -> list[event_calendar.Hour]:
    found = mentor_hours.in_diary_of(viewer, *which)
    return [event_calendar.Hour(slot, viewer) for slot in found]


def _feed(name: str, events: list[Event], viewer: Member | None) -> Feed:
    if viewer is None:
        return Feed(name, events)
    return Feed(name, events, _with(viewer, _COMES), _with(viewer, _WAITS))


def _with(viewer: Member, statuses: set[RsvpStatus]) -> frozenset[int]:
    """The viewer's events by what became of their RSVP, in spaces they take part in."""
    query = (
        select(Rsvp.event_id)
        .join(Event)
        .where(
            Rsvp.member_id == viewer.id,
            Rsvp.status.in_(statuses),
            takes_part(viewer.id, Event.space_id),
        )
    )
    return frozenset(db.session.scalars(query))


def _is_out() -> ColumnElement[bool]:
    """A draft is in nobody's calendar, not even of who runs it."""
    return Event.status != EventStatus.DRAFT


def _seen(viewer: Member | None, which: ColumnElement[bool]) -> Select[Event]:
    return select(Event).where(which, _is_out(), events_visible_to(viewer))


def _lately(
    viewer: Member | None, which: ColumnElement[bool], now: datetime
) -> list[Event]:
    listed = _seen(viewer, which).where(Event.archived_at.is_(None))
    return list(db.session.scalars(_recent(listed, now)))


def _recent(query: Select[Event], now: datetime) -> Select[Event]:
    return (
        query.where(Event.ends_at >= now - PAST)
        .order_by(Event.starts_at, Event.id)
        .options(joinedload(Event.space), joinedload(Event.group))
    )
