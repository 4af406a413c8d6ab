"""Events as a calendar file: for a feed that is read again and again, or in a letter.

Each event is written by itself, those of a series too: every one is a row that may have
its own hour, place and fate, and a feed that names each is read alike by every program,
which of overridden and excepted occurrences cannot be said. No names of who comes, but
for that of the other in an hour with a mentor, which is told to the two and nobody else.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Entry
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db
from matchmaker.mail.links import absolute
from matchmaker.mail.message import own_host
from matchmaker.mail.names import full_name
from matchmaker.mail.plain_text import plain_text
from matchmaker.mail.time_zones import written
from matchmaker.models import Event, Member, Rsvp, RsvpStatus, Slot, Venue, Visibility
from matchmaker.queries.blocks import kept_apart

# How often those who subscribe shall look again.
REFRESH = timedelta(hours=1)
# Nobody knows when clocks will change later than that.
MOST_YEARS = 20
_FIRST_ENTRY = "\r\nBEGIN:VEVENT\r\n"  # a line of its own, which no text can be
_NOTHING_TO_READ = dict.fromkeys([*range(9), *range(11, 32), 127])


@dataclass(frozen=True)
class BookedSlot:
    """A slot as it was when it was booked or released, whatever has become of it."""

    id: int
    event: Event
    mentor: Member
    mentee: Member
    starts_at: datetime
    minutes: int
    topic: str
    booked_at: datetime | None = None


@dataclass(frozen=True)
class Hour:
    """An hour with a mentor, as one of the two has it in their calendar."""

    slot: Slot | BookedSlot
    reader: Member
    is_released: bool = False


def calendar(
    events: Iterable[Event],
    name: str,
    now: datetime,
    *,
    going: Collection[int] = frozenset(),
    waiting: Collection[int] = frozenset(),
    hours: Iterable[Hour] = (),
    method: str = "",
) -> str:
    """Write events down as RFC 5545 and RFC 7986 have it.

    `going` and `waiting` are the numbers of the events that its one reader has a place
    at or waits for: only they are given the online link, or told of the queue; `hours`
    are those with a mentor that this reader has booked, or gives. Without a `method` it
    is a feed, and the same for as long as no event changes.
    """
    told, booked = list(events), list(hours)
    file = Calendar()
    file.add("prodid", "-//Matchmaker//Events//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    if method:
        file.add("method", method)
    else:
        _add_text(file, "name", name)
        _add_text(file, "x-wr-calname", name)
        file.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        file.add("x-published-ttl", "PT1H")
    for event in told:
        entry = _entry(event, going, waiting)
        entry.add("dtstamp", now.astimezone(UTC) if method else event.changed_at)
        file.add_component(entry)
    for hour in booked:
        entry = _hour_entry(hour, now if method else changed_at(hour.slot))
        file.add_component(entry)
    head, begins, entries = file.to_ical().decode().partition(_FIRST_ENTRY)
    zones = _zones([*told, *(hour.slot.event for hour in booked)])
    return f"{head}\r\n{zones}{begins.lstrip()}{entries}" if begins else head


def changed_at(slot: Slot | BookedSlot) -> datetime:
    """When what the two of a booked hour are told of it changed last."""
    return max(slot.booked_at or slot.event.changed_at, slot.event.changed_at)


def for_hour(hour: Hour, now: datetime) -> str:
    """Write one hour with a mentor for a letter; released, it takes itself away."""
    return calendar([], hour.slot.event.title, now, hours=[hour], method="PUBLISH")


def for_letter(rsvp: Rsvp, now: datetime) -> str:
    """Write the one event for somebody who signed up; opened again it replaces itself."""
    event = rsvp.event
    goes, waits = rsvp.is_going, rsvp.status is RsvpStatus.WAITING
    return calendar(
        [event],
        event.title,
        now,
        going={event.id} if goes else set(),
        waiting={event.id} if waits else set(),
        method="PUBLISH",
    )


def off(event: Event, goes: bool, hours: Iterable[Hour], now: datetime) -> str:
    """Take an event that is off out of the calendar of one who goes, and their hours."""
    events, going = ([event], {event.id}) if goes else ([], set())
    return calendar(
        events, event.title, now, going=going, hours=hours, method="PUBLISH"
    )


def hours_of(event: Event, reader: Member) -> list[Hour]:
    """What somebody has booked at an event, or gives: each was in a letter of its own."""
    booked = (
        select(Slot)
        .where(
            Slot.event_id == event.id,
            Slot.mentee_id.is_not(None),
            or_(Slot.mentor_id == reader.id, Slot.mentee_id == reader.id),
            ~kept_apart(Slot.mentor_id, [Slot.mentee_id]),
        )
        .options(joinedload(Slot.mentor), joinedload(Slot.mentee))
        .order_by(Slot.starts_at)
    )
    return [Hour(slot, reader) for slot in db.session.scalars(booked)]


def _entry(event: Event, going: Collection[int], waiting: Collection[int]) -> Entry:
    goes = event.id in going
    waits = " (in the queue)" if event.id in waiting else ""
    entry = Entry()
    entry.add("uid", f"{event.key}@{own_host()}")
    entry.add("sequence", event.sequence)
    entry.add("created", event.made_at)
    entry.add("last-modified", event.changed_at)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    # Only what one goes to keeps one's hour busy.
    busy = goes and not event.is_cancelled
    entry.add("transp", "OPAQUE" if busy else "TRANSPARENT")
    if event.is_all_day:  # the end is the day after: RFC 5545, 3.6.1
        entry.add("dtstart", event.local_start.date())
        entry.add("dtend", event.last_day + timedelta(days=1))
    else:
        entry.add("dtstart", _time(event.starts_at, event.space.zone))
        entry.add("dtend", _time(event.ends_at, event.space.zone))
    _add_text(entry, "summary", event.title + waits)
    _add_text(entry, "description", _description(event, goes))
    _add_text(entry, "location", _location(event))
    entry.add("url", _address(event))
    groups = [event.group.name] if event.group else []
    entry.add(
        "categories", [_clean(c) for c in [event.kind.value.capitalize(), *groups]]
    )
    return entry


def _hour_entry(hour: Hour, told_at: datetime) -> Entry:
    slot, event = hour.slot, hour.slot.event
    mentor, mentee = slot.mentor, slot.mentee
    assert mentee is not None  # noqa: S101  (that is what booked means)
    other = mentee if hour.reader is mentor else mentor
    is_off = hour.is_released or event.is_cancelled
    address = absolute("room.slots", event_id=event.id)
    entry = Entry()
    # Booked by somebody else it is another hour; booked again by the same, the same.
    entry.add("uid", f"hour-{slot.id}-{mentee.id}@{own_host()}")
    # Whole minutes since 1970: it grows with every change, and needs no column.
    entry.add("sequence", int(told_at.timestamp()) // 60)
    entry.add("dtstamp", told_at.astimezone(UTC))
    entry.add("status", "CANCELLED" if is_off else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if is_off else "OPAQUE")
    entry.add("dtstart", _time(slot.starts_at, event.space.zone))
    ends_at = slot.starts_at + timedelta(minutes=slot.minutes)
    entry.add("dtend", _time(ends_at, event.space.zone))
    _add_text(entry, "summary", f"{slot.minutes} minutes with {full_name(other)}")
    _add_text(entry, "description", f"{slot.topic}\n\n{event.title}\n\n{address}")
    _add_text(entry, "location", _location(event))
    entry.add("url", address)
    return entry


def _time(time: datetime, zone: ZoneInfo) -> datetime:
    """On the zone's clock; within an hour that comes twice, in UTC.

    RFC 5545 means the first of the two, and not every program has read it.
    """
    local = time.astimezone(zone)
    comes_twice = local.utcoffset() != local.replace(fold=not local.fold).utcoffset()
    return time.astimezone(UTC) if comes_twice else local


def _zones(events: Sequence[Event]) -> str:
    """One for each clock, with every change from a year before to a year after."""
    years: dict[str, list[int]] = {}
    for event in events:
        if event.space.timezone != "UTC":
            spread = years.setdefault(event.space.timezone, [])
            spread += [event.local_start.year - 1, event.local_end.year + 1]
    return "".join(
        written(name, min(spread), min(max(spread), min(spread) + MOST_YEARS))
        for name, spread in sorted(years.items())
    )


def _description(event: Event, goes: bool) -> str:
    online = f"Online: {event.online_url}" if goes and event.online_url else ""
    told = [plain_text(event.description), online, _address(event)]
    return "\n\n".join(part for part in told if part)


def _location(event: Event) -> str:
    if event.venue is Venue.ONLINE:
        return "Online"
    where = [event.place]
    if event.venue is Venue.ROOM:
        where.append(event.space.name)
    return ", ".join(part for part in where if part)


def _address(event: Event) -> str:
    if event.visibility is Visibility.LINK:
        return absolute("events.by_key", key=event.key)
    return absolute("events.show", event_id=event.id)


def _add_text(component: Calendar | Entry, name: str, text: str) -> None:
    if text:
        component.add(name, _clean(text))


def _clean(text: str) -> str:
    """Without control characters: no line of RFC 5545 may hold one."""
    return text.replace("\r\n", "\n").translate(_NOTHING_TO_READ)
