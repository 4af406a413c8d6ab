"""When an entry is that recurs: its rule and the days it names, made to come to an end."""

from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Event as Entry
from icalendar import vRecur

from .refusals import Unfit, Unreadable

When = date | datetime

_PACES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_PARTS = {
    "BYDAY", "BYHOUR", "BYMINUTE", "BYMONTH", "BYMONTHDAY", "BYSECOND", "BYSETPOS",
    "BYWEEKNO", "BYYEARDAY", "COUNT", "FREQ", "INTERVAL", "UNTIL", "WKST",
}  # fmt: skip
LONGEST = timedelta(days=366 * 50)
MOST_DATES = 2_000
MOST_VALUES = 400
# How much looking there is in one calendar, in weeks looked through.
PATIENCE = 1_000_000
# A rule that names no day is looked through for centuries: a third of a second.
NO_DAY = 100_000
# After so many years the same days fall on the same weekdays again.
CYCLE = 400


class Patience:
    """What is left of it, for one calendar."""

    def __init__(self) -> None:
        self._left = PATIENCE

    def costs(self, looks: int) -> None:
        self._left -= looks
        if self._left < 0:
            raise Unreadable(
                "It takes too long to find out when the entries of this calendar are. "
                "Export those that are still to come."
            )


def starts_of(
    entry: Entry, start: When, begins: datetime, ends: datetime, patience: Patience
) -> list[When]:
    """Return when the entry's occurrences start between two moments, by its own rule.

    A rule may name no day at all, or not for centuries; libraries look until year 9999.
    """
    added, excepted = (dates(entry, name, start) for name in ("RDATE", "EXDATE"))
    if len(added) + len(excepted) > MOST_DATES:
        raise Unfit("It names too many days one by one.")
    if "EXRULE" in entry:
        raise Unfit("It leaves out days by a rule, which cannot be read.")
    found = {start, *added}
    if "RRULE" in entry:
        rule: Any = entry["RRULE"]
        if isinstance(rule, list):
            raise Unfit("It recurs by several rules at once.")
        _check(rule, start, begins)
        last = wall(ends, start)
        for until in rule.get("UNTIL", []):
            last = min(last, wall(until, start, time.max))
        found |= {_like(start, named) for named in _named(rule, start, last, patience)}
    first, last = wall(begins, start), wall(ends, start)
    return [
        when
        for when in sorted(found, key=lambda when: wall(when, start))
        if first <= wall(when, start) <= last
        and not any(is_same(said, when, start) for said in excepted)
    ]


def dates(entry: Entry, name: str, start: When) -> list[When]:
    """Return the days and times that an entry names one by one, as it says them."""
    said = entry.get(name, [])
    named: list[When] = []
    for some in said if isinstance(said, list) else [said]:
        if not hasattr(some, "dts"):
            raise Unfit("It names days that cannot be read.")
        for one in some.dts:
            when = one.dt[0] if isinstance(one.dt, tuple) else one.dt  # of a period
            named.append(_added(when, start) if name == "RDATE" else when)
    return named


def is_same(said: When, when: When, start: When) -> bool:
    """Whether what is said of an occurrence means the one that starts `when`.

    A day means the one on it, on the clock on which the entry begins; a time means that
    very time, on whichever clock it is said.
    """
    if not isinstance(said, datetime):
        return said == wall(when, start).date()
    if not isinstance(start, datetime):
        return _day(said) == when
    return wall(said, start) == wall(when, start)


def wall(when: When, start: When, hour: time = time.min) -> datetime:
    """On the clock on which the entry begins; a day alone is at `hour`."""
    if not isinstance(when, datetime):
        return datetime.combine(when, hour)
    zone = start.tzinfo if isinstance(start, datetime) else None
    there = when.astimezone(zone) if when.tzinfo and zone else when
    return there.replace(tzinfo=None)


def _added(when: When, start: When) -> When:
    """A day or time that is added, in the form of the first one."""
    if not isinstance(start, datetime):
        return _day(when) if isinstance(when, datetime) else when
    if not isinstance(when, datetime):
        return datetime.combine(when, start.timetz())
    return when.astimezone(start.tzinfo) if when.tzinfo else _in(start.tzinfo, when)


def _day(said: datetime) -> date:
    """The day of an entry that lasts all day, where it is said as a time.

    Midnight in UTC is how many write a day; another hour there is midnight elsewhere.
    """
    if said.tzinfo is None or said.time() == time():
        return said.date()
    later = said.astimezone(UTC) + timedelta(hours=12)  # to the nearest midnight
    return later.date()


def _check(rule: Any, start: When, now: datetime) -> None:
    if not isinstance(rule, vRecur) or rule.keys() - _PARTS:
        raise Unfit("It recurs by a rule that cannot be read.")
    if sum(len(values) for values in rule.values()) > MOST_VALUES:
        raise Unfit("It recurs by a rule that is too long.")
    pace = str(rule.get("FREQ", [""])[0]).upper()
    hours = [len(rule.get(part, [])) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    if pace in {"SECONDLY", "MINUTELY", "HOURLY"} or max(hours) > 1:
        raise Unfit("It recurs more often than once a day.")
    if pace not in _PACES or any(int(step) < 1 for step in rule.get("INTERVAL", [])):
        raise Unfit("It recurs by a rule that cannot be read.")
    if now.date() - (start.date() if isinstance(start, datetime) else start) > LONGEST:
        raise Unfit("It has recurred for longer than fifty years.")


def _named(
    rule: vRecur, start: When, last: datetime, patience: Patience
) -> Iterator[datetime]:
    """The times that a rule names, on the clock on which it begins.

    They are looked for thousands of years later, where the same days fall on the same
    weekdays: there the library's end of time is near.
    """
    counts = {"COUNT", "UNTIL"}
    kept: Any = vRecur({name: rule[name] for name in rule if name not in counts})
    count = int(rule["COUNT"][0]) if "COUNT" in rule else None
    begins = wall(start, start)
    later = CYCLE * ((MAXYEAR - last.year) // CYCLE)
    there = begins.replace(year=begins.year + later)
    before = there
    for number, found in enumerate(rrulestr(kept.to_ical().decode(), dtstart=there)):
        patience.costs(1 + (found - before).days // 7)
        before = found
        named = found.replace(year=found.year - later)
        if named > last or number == count:
            return
        yield named
    patience.costs(NO_DAY)
    raise Unfit("It recurs by a rule that names no day.")


def _like(start: When, named: datetime) -> When:
    if not isinstance(start, datetime):
        return named.date()
    return _in(start.tzinfo, named)


def _in(zone: tzinfo | None, local: datetime) -> datetime:
    return local.replace(tzinfo=zone)


def sequence(entry: Entry) -> int:
    try:
        return int(entry.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        return 0


def newest(entries: Iterable[Entry]) -> Entry:
    """The one that was changed last: of two alike the later in the file."""
    return max(enumerate(entries), key=lambda pair: (sequence(pair[1]), pair[0]))[1]
