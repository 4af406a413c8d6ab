"""What of an entry takes place when: its occurrences, with what was changed of each."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Event as Entry

from . import recurrence
from .recurrence import Patience, When, is_same, newest, wall
from .refusals import Unfit

LONGEST = timedelta(days=31)
USUAL = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Occurrence:
    """`key` tells those of one entry apart, and stays when they move to another hour."""

    key: str
    entry: Entry
    starts: When
    length: timedelta
    is_all_day: bool

    def moments(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From when to when; a day begins on the zone's clock."""
        begins = moment(self.starts, zone)
        ends = moment(self.starts + self.length, zone)
        return begins, ends if begins < ends else begins + self.length


def moment(when: When, zone: tzinfo) -> datetime:
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=zone)
    return when.astimezone(UTC)


def occurrences(
    entries: list[Entry],
    zone: tzinfo,
    begins: datetime,
    ends: datetime,
    patience: Patience,
) -> list[Occurrence]:
    """Return those that start between two moments; times without a zone are on `zone`.

    `entries` are one and what was changed of its occurrences.
    """
    masters = [entry for entry in entries if "RECURRENCE-ID" not in entry]
    changes = sorted(
        (entry for entry in entries if "RECURRENCE-ID" in entry),
        key=recurrence.sequence,
    )
    if not masters:
        return _alone(changes, zone, set())
    master = newest(masters)
    starts, length, is_all_day = _span(master, zone)
    if not changes and not {"RRULE", "RDATE", "EXDATE"} & master.keys():
        return [Occurrence("", master, starts, length, is_all_day)]
    originals = recurrence.starts_of(master, starts, begins, ends, patience)
    changed: dict[When, Entry] = {}
    from_then: list[tuple[datetime, Entry]] = []
    others: list[Entry] = []
    for entry in changes:
        original = _original(entry, originals, starts)
        if _range(entry) == "THISANDFUTURE":
            _check_follows(entry)
            said = _recurrence_id(entry)
            from_then.append((wall(original or said, starts), entry))
        elif original is not None:
            changed[original] = entry
        else:
            others.append(entry)
    from_then.sort(key=lambda pair: pair[0])
    keys = _keys(originals, starts)
    found = []
    for original, key in zip(originals, keys, strict=True):
        if original in changed:
            entry = changed[original]
            found.append(Occurrence(key, entry, *_span(entry, zone)))
            continue
        number = bisect_right([since for since, _ in from_then], wall(original, starts))
        if number:
            since, entry = from_then[number - 1]
            found.append(_moved(key, original, entry, since, starts, zone))
        else:
            found.append(Occurrence(key, master, original, length, is_all_day))
    return [*found, *_alone(others, zone, {*keys})]


def stated(entry: Entry, name: str) -> Any:
    """Give the day, time or length that an entry says under a name, or None."""
    said: Any = entry.get(name)
    if isinstance(said, list):
        raise Unfit("It says more than once when it is.")
    return None if said is None else said.dt


def _alone(changes: list[Entry], zone: tzinfo, taken: set[str]) -> list[Occurrence]:
    """Those of a series that is not in the file, or that its rule does not name."""
    found: dict[str, Occurrence] = {}
    for entry in changes:
        said = _recurrence_id(entry)
        day = f"{said:%Y%m%d}"
        key = f"{said:%Y%m%dT%H%M%S}" if day in taken else day
        found[key] = Occurrence(key, entry, *_span(entry, zone))
    return [one for key, one in found.items() if key not in taken]


def _recurrence_id(entry: Entry) -> When:
    said = stated(entry, "RECURRENCE-ID")
    if not isinstance(said, date):
        raise Unfit("It does not say which day of its series it changes.")
    return said


def _range(entry: Entry) -> str:
    said = str(entry["RECURRENCE-ID"].params.get("RANGE", "")).upper()
    if said not in {"", "THISANDFUTURE"}:
        raise Unfit(
            "It changes what was before it in its series, which cannot be read."
        )
    return said


def _check_follows(entry: Entry) -> None:
    if {"RRULE", "RDATE", "EXDATE"} & entry.keys():
        raise Unfit("It changes by which rule the rest of its series recurs.")


def _original(entry: Entry, originals: list[When], starts: When) -> When | None:
    """Which occurrence is changed; where its time fits none, the only one on its day."""
    said = _recurrence_id(entry)
    exact = [when for when in originals if is_same(said, when, starts)]
    if exact:
        return exact[0]
    day = wall(said, starts).date()
    on_it = [when for when in originals if wall(when, starts).date() == day]
    return on_it[0] if len(on_it) == 1 else None


def _moved(
    key: str,
    original: When,
    entry: Entry,
    since: datetime,
    starts: When,
    zone: tzinfo,
) -> Occurrence:
    """As the first of those that were changed together was: by as much, and as long."""
    new, length, is_all_day = _span(entry, zone)
    by = wall(new, starts) - since
    there = wall(original, starts) + by
    if is_all_day:
        return Occurrence(key, entry, there.date(), length, is_all_day)
    in_zone = starts.tzinfo if isinstance(starts, datetime) else zone
    return Occurrence(key, entry, there.replace(tzinfo=in_zone), length, is_all_day)


def _keys(originals: list[When], starts: When) -> list[str]:
    """By its day, so that it stays itself at another hour; a second on it by its hour."""
    keys: list[str] = []
    for when in originals:
        there = wall(when, starts)
        key = f"{there:%Y%m%d}"
        keys.append(f"{there:%Y%m%dT%H%M%S}" if key in keys[-50:] else key)
    return keys


def _span(entry: Entry, zone: tzinfo) -> tuple[When, timedelta, bool]:
    """When it starts, how long it lasts on that clock, and whether it lasts all day."""
    starts, ends = stated(entry, "DTSTART"), stated(entry, "DTEND")
    if starts is None:
        raise Unfit("It does not say when it begins.")
    starts = _on_a_clock(starts, zone)
    if ends is None:
        length = stated(entry, "DURATION") or timedelta()
    elif isinstance(starts, datetime) or not isinstance(ends, datetime):
        length = wall(ends, starts) - wall(starts, starts)
    else:  # a day, until a time
        length = wall(ends, starts) - wall(starts, starts)
        starts = datetime(starts.year, starts.month, starts.day, tzinfo=zone)
    is_all_day = not isinstance(starts, datetime) or _is_marked_all_day(entry, length)
    if is_all_day and isinstance(starts, datetime):
        starts = starts.date()
    if length < timedelta():
        raise Unfit("It ends before it begins.")
    if not length:
        length = DAY if is_all_day else USUAL
    if is_all_day:
        length = timedelta(days=-(-length // DAY))
    if length > LONGEST:
        raise Unfit("It lasts longer than a month.")
    return starts, length, is_all_day


def _is_marked_all_day(entry: Entry, length: timedelta) -> bool:
    """From midnight to midnight, as Outlook writes what lasts all day."""
    marked = str(entry.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).upper() == "TRUE"
    starts = stated(entry, "DTSTART")
    return marked and f"{starts:%H%M}" == "0000" and not length % DAY


def _on_a_clock(when: When, zone: tzinfo) -> When:
    if isinstance(when, datetime) and when.tzinfo is None:
        return when.replace(tzinfo=zone)
    return when
