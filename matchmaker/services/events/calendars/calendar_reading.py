"""From the bytes of a calendar to the events in it that are still to come.

Whoever keeps the calendar is a stranger: what is read is bounded before it is believed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar
from icalendar import Event as Entry

from matchmaker.models import Venue
from matchmaker.refusal import Refusal
from matchmaker.services.events.calendars import foreign_words
from matchmaker.services.events.calendars.foreign_rules import (
    Patience,
    Unfit,
    spelt_out,
    stated,
)
from matchmaker.services.events.planning import clock

AHEAD = timedelta(days=365)
MOST_ENTRIES = 5_000
MOST_OF_ONE = 200
MOST = 500
LONGEST = timedelta(days=31)
USUAL = timedelta(hours=1)


@dataclass(frozen=True)
class Incoming:
    """An event as another calendar has it; `uid` is the same each time it is read."""

    uid: str
    title: str
    description: str
    venue: Venue
    place: str
    online_url: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool = False


@dataclass(frozen=True)
class Refused:
    """An entry that does not come, and why."""

    title: str
    why: str


@dataclass(frozen=True)
class Reading:
    name: str
    events: list[Incoming]
    refused: list[Refused]
    # What is in the calendar by then is all here; of later ones we cannot tell.
    complete_until: datetime
    # Entries that are there and were refused: of them we cannot tell either.
    unsure: frozenset[str]


def read(content: bytes, zone: ZoneInfo, now: datetime) -> Reading:
    """Read a calendar; times that are on no clock are on the space's."""
    text = _text(content)
    horizon = now + AHEAD
    events: list[Incoming] = []
    refused: list[Refused] = []
    unsure: set[str] = set()
    files, patience = _parsed(text), Patience()
    for uid, entries in _by_uid(files).items():
        try:
            found = _occurrences(uid, entries, zone, now, patience)
        except Unfit as unfit:
            refused.append(Refused(_title(entries[0]), str(unfit)))
            unsure.add(uid)
            continue
        if len(found) > MOST_OF_ONE:
            horizon = min(horizon, found[MOST_OF_ONE].starts_at)
            found = found[:MOST_OF_ONE]
        events += found
    events.sort(key=lambda event: (event.starts_at, event.uid))
    if len(events) > MOST:
        horizon = min(horizon, events[MOST].starts_at)
    return Reading(_name(files), events[:MOST], refused, horizon, frozenset(unsure))


def base(uid: str) -> str:
    """Of which entry an event is an occurrence."""
    return uid.partition("#")[0]


def as_text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").strip()


def _text(content: bytes) -> str:
    text = as_text(content)
    begins = text[:15].upper()
    if begins.startswith(("<!DOCTYPE", "<HTML")):
        raise Refusal(
            "This is a web page, not a calendar. Look on it for a link to subscribe or "
            "to export; its address often ends with .ics."
        )
    if begins != "BEGIN:VCALENDAR" or "\0" in text:
        raise Refusal(
            "This is not a calendar. A calendar's file ends with .ics and begins with "
            "BEGIN:VCALENDAR."
        )
    if text[-13:].upper() != "END:VCALENDAR":
        raise Refusal("The calendar breaks off before its end. Try again later.")
    begun, ended = (text.upper().count(f"{word}:VEVENT") for word in ("BEGIN", "END"))
    if begun != ended:
        raise _damaged()
    if begun > MOST_ENTRIES:
        raise Refusal(
            f"There are more than {MOST_ENTRIES:,} entries in this calendar. Export "
            "those that are still to come."
        )
    return text


def _parsed(text: str) -> list[Calendar]:
    try:
        return [
            file
            for file in Calendar.from_ical(text, multiple=True)
            if isinstance(file, Calendar)
        ]
    except Exception:  # what a library does with a stranger's file is not foreseen
        raise _damaged() from None


def _damaged() -> Refusal:
    return Refusal(
        "The calendar cannot be read: it is damaged, or not written as RFC 5545 says. "
        "Export it again, or ask whoever keeps it."
    )


def _name(files: Iterable[Calendar]) -> str:
    for file in files:
        name = foreign_words.title(
            str(file.get("X-WR-CALNAME") or file.get("NAME") or "")
        )
        if name != foreign_words.title(""):
            return name
    return ""


def _by_uid(files: Iterable[Calendar]) -> dict[str, list[Entry]]:
    """An entry and what was changed of its occurrences, together."""
    found: dict[str, list[Entry]] = {}
    for file in files:
        for entry in file.subcomponents:
            if isinstance(entry, Entry):
                found.setdefault(_uid(entry), []).append(entry)
    return found


def _uid(entry: Entry) -> str:
    """As it is given; one too long for us, or none, becomes a mark of the same."""
    given = str(entry.get("UID") or "").strip().translate({ord("#"): "_", 0: None})
    if 0 < len(given) <= 200:
        return given
    told = (
        given or f"{entry.get('DTSTART')}{entry.get('SUMMARY')}{entry.get('LOCATION')}"
    )
    return hashlib.sha256(told.encode()).hexdigest()


def _title(entry: Entry) -> str:
    return foreign_words.title(str(entry.get("SUMMARY") or ""))


def _occurrences(
    uid: str, entries: list[Entry], zone: ZoneInfo, now: datetime, patience: Patience
) -> list[Incoming]:
    """What of an entry is still to come, the next one first."""
    horizon = now + AHEAD
    try:
        for entry in entries:
            _check(entry, zone)
        recurs = any(
            {"RRULE", "RDATE", "RECURRENCE-ID"} & entry.keys() for entry in entries
        )
        if not recurs:
            entry = max(entries, key=lambda entry: int(entry.get("SEQUENCE", 0)))
            found = [_incoming(uid, entry, zone)]
        else:
            file = Calendar()
            for entry in entries:
                file.add_component(spelt_out(entry, now, horizon, patience))
            query = recurring_ical_events.of(file)
            found = _told_apart(uid, list(query.between(now, horizon)), zone)
    except Refusal:
        raise
    except Exception:  # as above: this entry is refused, and the others come
        raise Unfit("It cannot be read. Ask whoever keeps the calendar.") from None
    found = [event for event in found if now < event.starts_at < horizon]
    return sorted(found, key=lambda event: event.starts_at)


def _told_apart(uid: str, entries: list[Entry], zone: ZoneInfo) -> list[Incoming]:
    """Name each occurrence by its day, so that it stays itself at another hour.

    Where one day has several, by its hour too.
    """
    originals = [stated(entry, "RECURRENCE-ID") for entry in entries]
    days = [f"{original:%Y%m%d}" for original in originals]
    if len({*days}) < len(days):
        days = [
            f"{_moment(original, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"
            for original in originals
        ]
    return [
        _incoming(f"{uid}#{day}", entry, zone)
        for day, entry in zip(days, entries, strict=True)
    ]


def _check(entry: Entry, zone: ZoneInfo) -> None:
    start = stated(entry, "DTSTART")
    if start is None:
        raise Unfit("It does not say when it begins.")
    if str(entry.get("CLASS", "")).upper() in {"PRIVATE", "CONFIDENTIAL"}:
        raise Unfit("It is marked as private there.")
    begins, ends = _span(entry, zone)
    if ends < begins:
        raise Unfit("It ends before it begins.")
    if ends - begins > LONGEST:
        raise Unfit("It lasts longer than a month.")


def _span(entry: Entry, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when, on the space's wall, as it is said."""
    begins, end = _wall(stated(entry, "DTSTART"), zone), stated(entry, "DTEND")
    if end is not None:
        return begins, _wall(end, zone)
    return begins, begins + (stated(entry, "DURATION") or timedelta(0))


def _incoming(uid: str, entry: Entry, zone: ZoneInfo) -> Incoming:
    begins, ends = _span(entry, zone)
    if ends <= begins:
        is_day = not isinstance(stated(entry, "DTSTART"), datetime)
        ends = begins + (timedelta(days=1) if is_day else USUAL)
    starts_at, ends_at = clock.moments(begins, ends, zone)
    where = str(entry.get("LOCATION") or "")
    about = str(entry.get("DESCRIPTION") or "")
    online_url = _online_url(entry, where, about)
    place = "" if foreign_words.link(where) else foreign_words.place(where)
    return Incoming(
        uid=uid,
        title=_title(entry),
        description=foreign_words.description(
            about, online_url, foreign_words.link(str(entry.get("URL") or ""))
        ),
        venue=_venue(place, online_url),
        place=place,
        online_url=online_url,
        starts_at=starts_at,
        ends_at=ends_at,
        is_cancelled=str(entry.get("STATUS") or "").upper() == "CANCELLED",
    )


def _online_url(entry: Entry, where: str, about: str) -> str:
    said = [entry.get("X-GOOGLE-CONFERENCE"), entry.get("CONFERENCE"), where]
    for each in said:
        for one in each if isinstance(each, list) else [each]:
            address = foreign_words.link(str(one or ""))
            if address:
                return address
    return foreign_words.call(about) or foreign_words.call(where)


def _venue(place: str, online_url: str) -> Venue:
    calls = {"online", "google meet", "microsoft teams meeting", "zoom"}
    if online_url and (not place or place.lower() in calls):
        return Venue.ONLINE
    return Venue.ADDRESS if place else Venue.ROOM


def _wall(when: date | datetime, zone: ZoneInfo) -> datetime:
    """On the space's wall: days begin there, and a time on no clock is on that one."""
    if not isinstance(when, datetime):
        return datetime.combine(when, time())
    return clock.on_the_wall(when, zone) if when.tzinfo else when


def _moment(when: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(when, datetime) and when.tzinfo:
        return when
    return clock.moment(_wall(when, zone), zone)
