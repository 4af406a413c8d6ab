"""VTIMEZONE: when a zone's clocks change, for calendar programs that do not know."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# Ramadan's are the closest together that there are: a month.
_STEP = timedelta(days=7)


@lru_cache(maxsize=64)
def vtimezone(name: str, first_year: int, last_year: int) -> Timezone:
    """Write down every change of a zone's clocks from one year to another.

    icalendar's own puts a change into summer time an hour late, at the end of the hour
    that is skipped; programs that believe it are wrong in the hour that follows.
    """
    zone = ZoneInfo(name)
    begins = datetime(first_year, 1, 1, tzinfo=UTC)
    component = Timezone()
    component.add("tzid", name)
    component.add_component(_observance(zone, begins, before=begins))
    for change in _changes(zone, begins, datetime(last_year + 1, 1, 1, tzinfo=UTC)):
        before = change - timedelta(seconds=1)
        component.add_component(_observance(zone, change, before))
    return component


@lru_cache(maxsize=64)
def written(name: str, first_year: int, last_year: int) -> str:
    """The same as text: most of a small calendar file, and alike in thousands of them."""
    return str(vtimezone(name, first_year, last_year).to_ical().decode())


def _observance(
    zone: ZoneInfo, starts: datetime, before: datetime
) -> TimezoneStandard | TimezoneDaylight:
    was, now = before.astimezone(zone), starts.astimezone(zone)
    is_standard = not now.dst()
    part = TimezoneStandard() if is_standard else TimezoneDaylight()
    offset = was.utcoffset()
    assert offset is not None  # noqa: S101  (it has a zone)
    # On the clocks as they were until then: RFC 5545, 3.6.5.
    part.add("dtstart", (starts + offset).replace(tzinfo=None))
    part.add("tzoffsetfrom", offset)
    part.add("tzoffsetto", now.utcoffset())
    part.add("tzname", now.tzname())
    return part


def _changes(zone: ZoneInfo, begins: datetime, ends: datetime) -> list[datetime]:
    changes = []
    low = begins
    while low < ends:
        high = low + _STEP
        if _offset(zone, low) != _offset(zone, high):
            changes.append(_first_with_another(zone, low, high))
        low = high
    return changes


def _first_with_another(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    was = _offset(zone, low)
    first, last = 0, int((high - low).total_seconds())
    while last - first > 1:
        middle = (first + last) // 2
        if _offset(zone, low + timedelta(seconds=middle)) == was:
            first = middle
        else:
            last = middle
    return low + timedelta(seconds=last)


def _offset(zone: ZoneInfo, time: datetime) -> timedelta | None:
    return time.astimezone(zone).utcoffset()
