"""Recurrence rules out of others' calendars, made to come to an end."""

from collections.abc import Iterator
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Event as Entry
from icalendar import vRecur

from matchmaker.refusal import Refusal

_PACES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_PARTS = {
    "BYDAY", "BYHOUR", "BYMINUTE", "BYMONTH", "BYMONTHDAY", "BYSECOND", "BYSETPOS",
    "BYWEEKNO", "BYYEARDAY", "COUNT", "FREQ", "INTERVAL", "UNTIL", "WKST",
}  # fmt: skip
LONGEST = timedelta(days=366 * 50)
MOST_DATES = 2_000
# How much looking there is in one calendar, in weeks looked through.
PATIENCE = 1_000_000
# A rule that names no day is looked through for centuries: a third of a second.
NO_DAY = 100_000
# After so many years the same days fall on the same weekdays again.
CYCLE = 400


class Unfit(Refusal):
    """An entry of a calendar that does not come; the others do."""


class Patience:
    """What is left of it, for one calendar."""

    def __init__(self) -> None:
        self._left = PATIENCE

    def costs(self, looks: int) -> None:
        self._left -= looks
        if self._left < 0:
            raise Refusal(
                "It takes too long to find out when the entries of this calendar are. "
                "Export those that are still to come."
            )


def stated(entry: Entry, name: str) -> Any:
    """Give the day, time or length that an entry says under a name, or None."""
    said: Any = entry.get(name)
    if isinstance(said, list):
        raise Unfit("It says more than once when it is.")
    return None if said is None else said.dt


def spelt_out(
    entry: Entry, begins: datetime, ends: datetime, patience: Patience
) -> Entry:
    """Give the entry with the days that its rule names from then to then, and no rule.

    A rule may name no day at all, or not for centuries; libraries look until year 9999.
    """
    dates = [entry.get(name, []) for name in ("RDATE", "EXDATE")]
    if sum(len(_each(each)) for each in dates) > MOST_DATES:
        raise Unfit("It names too many days one by one.")
    if "RRULE" not in entry:
        return entry
    rule: Any = entry["RRULE"]
    if isinstance(rule, list):
        raise Unfit("It recurs by several rules at once.")
    start = stated(entry, "DTSTART")
    _check(rule, start, begins)
    first = _on_the_same_clock(begins - timedelta(days=40), start)
    last = _on_the_same_clock(ends, start)
    for until in rule.get("UNTIL", []):
        last = min(last, _on_the_same_clock(until, start, time.max))
    copy = entry.copy()
    del copy["RRULE"]
    copy.add(
        "rdate",
        [
            _like(start, named)
            for named in _named(rule, start, last, patience)
            if named >= first
        ],
    )
    return copy


def _each(dates: object) -> list[object]:
    lists = dates if isinstance(dates, list) else [dates]
    return [one for some in lists for one in getattr(some, "dts", [])]


def _check(rule: Any, start: date | datetime, now: datetime) -> None:
    if not isinstance(rule, vRecur) or rule.keys() - _PARTS:
        raise Unfit("It recurs by a rule that cannot be read.")
    pace = str(rule.get("FREQ", [""])[0]).upper()
    hours = [len(rule.get(part, [])) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")]
    if pace in {"SECONDLY", "MINUTELY", "HOURLY"} or max(hours) > 1:
        raise Unfit("It recurs more often than once a day.")
    if pace not in _PACES or any(int(step) < 1 for step in rule.get("INTERVAL", [])):
        raise Unfit("It recurs by a rule that cannot be read.")
    if now.date() - (start.date() if isinstance(start, datetime) else start) > LONGEST:
        raise Unfit("It has recurred for longer than fifty years.")


def _named(
    rule: vRecur, start: date | datetime, last: datetime, patience: Patience
) -> Iterator[datetime]:
    """The times that a rule names, on the clock on which it begins.

    They are looked for thousands of years later, where the same days fall on the same
    weekdays: there the library's end of time is near.
    """
    counts = {"COUNT", "UNTIL"}
    kept: Any = vRecur({name: rule[name] for name in rule if name not in counts})
    count = int(rule["COUNT"][0]) if "COUNT" in rule else None
    begins = _on_the_same_clock(start, start)
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


def _on_the_same_clock(
    when: date | datetime, start: date | datetime, hour: time = time.min
) -> datetime:
    """On the clock on which the entry begins; a day alone is at `hour`."""
    if not isinstance(when, datetime):
        return datetime.combine(when, hour)
    zone = start.tzinfo if isinstance(start, datetime) else None
    there = when.astimezone(zone) if when.tzinfo and zone else when
    return there.replace(tzinfo=None)


def _like(start: date | datetime, named: datetime) -> date | datetime:
    if not isinstance(start, datetime):
        return named.date()
    return named.replace(tzinfo=start.tzinfo)
