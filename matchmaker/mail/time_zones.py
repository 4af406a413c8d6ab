"""VTIMEZONE: when a zone's clocks change, for calendar programs that do not know."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

# So many years tell the fourth Sunday from the last.
_ENOUGH = 12
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Ramadan's are the closest together that there are: a month.
_STEP = timedelta(days=7)


@lru_cache(maxsize=64)
def vtimezone(name: str, first_year: int, last_year: int) -> Timezone:
    """Write down when a zone's clocks change from one year to another.

    As one standard and one summer time with a yearly rule each where the zone has such
    rules: of others Outlook believes one part only ([MS-OXCICAL] 2.1.3.1.1.19). What is
    told is right from the second change of the first year on. icalendar's own puts a
    change into summer time an hour late, at the end of the hour that is skipped.
    """
    zone = ZoneInfo(name)
    begins = datetime(first_year, 1, 1, tzinfo=UTC)
    component = Timezone()
    component.add("tzid", name)
    by_rule = _by_rule(zone, first_year, last_year)
    if by_rule:
        for part in by_rule:
            component.add_component(part)
        return component
    component.add_component(_observance(zone, begins, before=begins))
    for change in _changes(zone, begins, datetime(last_year + 1, 1, 1, tzinfo=UTC)):
        before = change - timedelta(seconds=1)
        component.add_component(_observance(zone, change, before))
    return component


def _by_rule(zone: ZoneInfo, first_year: int, last_year: int) -> list[Component]:
    """The two parts with a rule each; none where its clocks do not change by such."""
    last = max(last_year, first_year + _ENOUGH)
    begins, ends = (datetime(year, 1, 1, tzinfo=UTC) for year in (first_year, last + 1))
    changes = _changes(zone, begins, ends)
    years = last + 1 - first_year
    parts: list[Component] = []
    for kind in (changes[::2], changes[1::2]):
        part = (
            _observance(zone, kind[0], kind[0] - timedelta(seconds=1)) if kind else None
        )
        rule = _rule([_on_the_old_clock(zone, change) for change in kind])
        if part is None or len(kind) != years or rule is None:
            return []
        part.add("rrule", rule)
        parts.append(part)
    return parts


def _rule(changes: list[datetime]) -> dict[str, object] | None:
    """Such as the last Sunday of March; None where it is not the same each year."""
    if len({(at.month, at.weekday(), at.time()) for at in changes}) != 1:
        return None
    weeks = {(at.day - 1) // 7 + 1 for at in changes}
    are_last = {at.month != (at + timedelta(days=7)).month for at in changes}
    if len(weeks) != 1 and are_last != {True}:
        return None
    week = -1 if are_last == {True} else weeks.pop()
    first = changes[0]
    day = f"{week}{WEEKDAYS[first.weekday()]}"
    return {"FREQ": ["YEARLY"], "BYDAY": [day], "BYMONTH": [first.month]}


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
    part.add("dtstart", _on_the_old_clock(zone, starts, before))
    part.add("tzoffsetfrom", was.utcoffset())
    part.add("tzoffsetto", now.utcoffset())
    part.add("tzname", now.tzname())
    return part


def _on_the_old_clock(
    zone: ZoneInfo, change: datetime, before: datetime | None = None
) -> datetime:
    """On the clocks as they were until then: RFC 5545, 3.6.5."""
    before = before or change - timedelta(seconds=1)
    offset = before.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101  (it has a zone)
    return (change + offset).replace(tzinfo=None)


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
