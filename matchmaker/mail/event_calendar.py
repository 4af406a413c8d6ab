"""Events as a calendar file: for a feed that is read again and again, or in a letter.

Each event is written by itself, those of a series too: every one is a row that may have
its own hour, place and fate, and a feed that names each is read alike by every program,
which of overridden and excepted occurrences cannot be said. No names of who comes.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar import Event as Entry

from matchmaker.mail.links import absolute
from matchmaker.mail.message import own_host
from matchmaker.mail.plain_text import plain_text
from matchmaker.mail.time_zones import vtimezone
from matchmaker.models import Event, Rsvp, RsvpStatus, Venue, Visibility

# How often those who subscribe shall look again.
REFRESH = timedelta(hours=1)
# Nobody knows when clocks will change later than that.
MOST_YEARS = 20
_NOTHING_TO_READ = dict.fromkeys([*range(9), *range(11, 32), 127])


def calendar(
    events: Iterable[Event],
    name: str,
    now: datetime,
    *,
    going: Collection[int] = frozenset(),
    waiting: Collection[int] = frozenset(),
    method: str = "",
) -> str:
    """Write events down as RFC 5545 and RFC 7986 have it.

    `going` and `waiting` are the numbers of the events that its one reader has a place
    at or waits for: only they are given the online link, or told of the queue. Without a
    `method` it is a feed, and the same for as long as no event changes.
    """
    told = list(events)
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
    for component in _zones(told):
        file.add_component(component)
    for event in told:
        entry = _entry(event, going, waiting)
        entry.add("dtstamp", now.astimezone(UTC) if method else event.changed_at)
        file.add_component(entry)
    return str(file.to_ical().decode())


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


def _time(time: datetime, zone: ZoneInfo) -> datetime:
    """On the zone's clock; within an hour that comes twice, in UTC.

    RFC 5545 means the first of the two, and not every program has read it.
    """
    local = time.astimezone(zone)
    comes_twice = local.utcoffset() != local.replace(fold=not local.fold).utcoffset()
    return time.astimezone(UTC) if comes_twice else local


def _zones(events: Sequence[Event]) -> list[Any]:
    """One for each clock, with every change from a year before to a year after."""
    years: dict[str, list[int]] = {}
    for event in events:
        if event.space.timezone != "UTC":
            spread = years.setdefault(event.space.timezone, [])
            spread += [event.local_start.year - 1, event.local_end.year + 1]
    return [
        vtimezone(name, min(spread), min(max(spread), min(spread) + MOST_YEARS))
        for name, spread in sorted(years.items())
    ]


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
