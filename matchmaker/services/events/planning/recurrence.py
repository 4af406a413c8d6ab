"""Rules by which an event recurs: RRULE of RFC 5545, on the wall's clock, with an end.

The days are worked out here, day by day and to the last that may be. The library that
could do it looks for a rule's next day until the year 9999, and a few words typed by
hand (the thirtieth of February, daily) keep it busy for seconds.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from matchmaker.mail.wording import day_words
from matchmaker.refusal import Unfit

MOST = 120
YEARS_AHEAD = 2
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_HELP = "Write one such as FREQ=WEEKLY;BYDAY=TU;COUNT=10, or choose one of the others."


@dataclass(frozen=True)
class Rule:
    """How often (DAILY, WEEKLY, MONTHLY, YEARLY), on which days, and until when."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None  # on the wall; the last moment that still counts
    # Weekdays from 0, Monday; each with which of its month or year it is, 0: any.
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0

    def __str__(self) -> str:
        days = [f"{which or ''}{WEEKDAYS[day]}" for which, day in self.by_day]
        parts: dict[str, object] = {
            "FREQ": self.freq,
            "INTERVAL": self.interval if self.interval > 1 else "",
            "BYMONTH": _listed(self.by_month),
            "BYMONTHDAY": _listed(self.by_month_day),
            "BYDAY": ",".join(days),
            "BYSETPOS": _listed(self.by_set_pos),
            "WKST": WEEKDAYS[self.week_start] if self.week_start else "",
            "COUNT": self.count or "",
            "UNTIL": f"{self.until:%Y%m%dT%H%M%S}" if self.until else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def read(text: str) -> Rule:
    """Read a rule; one that cannot be read, or never ends, is refused in a sentence."""
    text = re.sub(r"\s+", "", text).upper().removeprefix("RRULE:")
    if not text:
        raise Unfit("rule", f"Say how often it takes place. {_HELP}")
    given: dict[str, str] = {}
    for part in text.strip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in given:
            raise Unfit("rule", f"We cannot read “{part[:40]}” in the rule. {_HELP}")
        given[name] = value
    rule = Rule(_frequency(given.pop("FREQ", "")))
    for name, value in given.items():
        if name not in _READERS:
            raise Unfit("rule", f"We do not know {name[:20]} in a rule. {_HELP}")
        try:
            rule = _READERS[name](rule, value)
        except ValueError:
            part = f"{name}={value}"[:40]
            raise Unfit(
                "rule", f"We cannot read “{part}” in the rule. {_HELP}"
            ) from None
    if rule.by_set_pos and not (rule.by_day or rule.by_month_day or rule.by_month):
        raise Unfit("rule", "BYSETPOS chooses among days: name them with BYDAY.")
    if rule.count is None and rule.until is None:
        raise Unfit(
            "count", "Say when it ends: after a number of times, or on a day. A series "
            "can be made longer at any time."
        )  # fmt: skip
    if rule.count is not None and rule.until is not None:
        raise Unfit("count", "Say either how many times or until which day, not both.")
    return rule


def times(rule: Rule, first: datetime, latest: datetime) -> list[datetime]:
    """Every time that the rule names, from the first on; refused if they are too many."""
    found = list(islice(_named(rule, first, latest), rule.count or MOST + 1))
    if len(found) > MOST:
        raise Unfit(
            "count", f"That makes more than {MOST} times. Choose an earlier end; a "
            "series can be made longer at any time."
        )  # fmt: skip
    too_few = rule.count is not None and len(found) < rule.count
    if too_few or (rule.until and rule.until > latest):
        raise Unfit(
            "count", f"A series goes on until {latest.day} {latest:%B %Y} at most. "
            "Choose an earlier end; it can be made longer at any time."
        )  # fmt: skip
    if len(found) < 2:
        raise Unfit(
            "count", "By this rule it takes place once at most. Choose a later end, or "
            "let it not repeat."
        )  # fmt: skip
    if found[0] != first:
        raise Unfit(
            "starts_at", f"{day_words(first)} is not a day of the rule. "
            f"The first is {day_words(found[0])}: choose that, or another rule."
        )  # fmt: skip
    return found


def without_end(rule: Rule, first: datetime, latest: datetime) -> Iterator[datetime]:
    """The times that the rule would name if it had no end."""
    return _named(replace(rule, count=None, until=None), first, latest)


def horizon(local_now: datetime) -> datetime:
    """Until when series may be planned; the 29th of February has no brother."""
    day = min(local_now.day, 28)
    return local_now.replace(year=local_now.year + YEARS_AHEAD, day=day)


def _named(rule: Rule, first: datetime, latest: datetime) -> Iterator[datetime]:
    """The rule's times in order, from `first` to its end, and never beyond `latest`."""
    latest = min(latest, rule.until) if rule.until else latest
    for days in _periods(rule, first.date(), latest.date()):
        for day in _chosen(rule, days, first.date()):
            at = datetime.combine(day, first.time())
            if first <= at <= latest:
                yield at


def _periods(rule: Rule, first: date, last: date) -> Iterator[list[date]]:
    """The days of every period that has its turn: days, weeks, months or years."""
    if rule.freq in {"DAILY", "WEEKLY"}:
        length = 1 if rule.freq == "DAILY" else 7
        begins = first
        if rule.freq == "WEEKLY":
            begins -= timedelta(days=(first.weekday() - rule.week_start) % 7)
        while begins <= last:
            yield [begins + timedelta(days=each) for each in range(length)]
            begins += timedelta(days=length * rule.interval)
        return
    months = 1 if rule.freq == "MONTHLY" else 12
    number = (first.year * 12 + first.month - 1) // months * months
    while _month(number) <= last:
        begins, ends = _month(number), _month(number + months)
        yield [begins + timedelta(days=each) for each in range((ends - begins).days)]
        number += months * rule.interval


def _chosen(rule: Rule, days: list[date], first: date) -> list[date]:
    """The period's days that the rule names; where it names none, those like the first."""
    by_month, by_month_day = rule.by_month, rule.by_month_day
    by_day = rule.by_day
    if not by_day and not by_month_day:
        if rule.freq == "WEEKLY":
            by_day = ((0, first.weekday()),)
        elif rule.freq in {"MONTHLY", "YEARLY"}:
            by_month_day = (first.day,)
            if rule.freq == "YEARLY" and not by_month:
                by_month = (first.month,)
    whole_year = rule.freq == "YEARLY" and not rule.by_month
    named = [
        day
        for day in days
        if (not by_month or day.month in by_month)
        and (not by_month_day or _month_day_is(day, by_month_day))
        and (not by_day or _weekday_is(day, by_day, whole_year))
    ]
    if not rule.by_set_pos:
        return named
    at = {pos - 1 if pos > 0 else len(named) + pos for pos in rule.by_set_pos}
    return [day for place, day in enumerate(named) if place in at]


def _month_day_is(day: date, wanted: tuple[int, ...]) -> bool:
    length = (_month(day.year * 12 + day.month) - day.replace(day=1)).days
    return day.day in wanted or day.day - length - 1 in wanted


def _weekday_is(
    day: date, wanted: tuple[tuple[int, int], ...], whole_year: bool
) -> bool:
    """Whether it is one of these weekdays: any, or the nth of its month or year."""
    if whole_year:
        begins, ends = date(day.year, 1, 1), date(day.year, 12, 31)
    else:
        begins = day.replace(day=1)
        ends = _month(day.year * 12 + day.month) - timedelta(days=1)
    from_start = (day - begins).days // 7 + 1
    from_end = -((ends - day).days // 7 + 1)
    return any(
        weekday == day.weekday() and which in {0, from_start, from_end}
        for which, weekday in wanted
    )


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _frequency(freq: str) -> str:
    if freq in _TOO_OFTEN:
        raise Unfit(
            "rule", "An event takes place once a day at most. Choose a rule by days, "
            "weeks, months or years."
        )  # fmt: skip
    if freq not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        raise Unfit("rule", f"The rule does not say how often. {_HELP}")
    return freq


def _until(text: str) -> datetime:
    """A day counts to its end. A time is the wall's, whatever letter stands behind it."""
    if re.fullmatch(r"\d{8}", text):
        return datetime.combine(_date(text), time(23, 59, 59))
    if not re.fullmatch(r"\d{8}T\d{6}Z?", text):
        raise ValueError(text)
    clock = time(int(text[9:11]), int(text[11:13]), int(text[13:15]))
    return datetime.combine(_date(text[:8]), clock)


def _date(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _weekdays(text: str, freq: str) -> tuple[tuple[int, int], ...]:
    found = []
    for part in text.split(","):
        match = re.fullmatch(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", part)
        if not match:
            raise ValueError(part)
        which = int(match[1] or 0)
        if match[1] and (not 1 <= abs(which) <= 53 or freq in {"DAILY", "WEEKLY"}):
            raise ValueError(part)
        found.append((which, WEEKDAYS.index(match[2])))
    return tuple(found)


def _numbers(text: str, most: int, *, from_the_end: bool) -> tuple[int, ...]:
    numbers = tuple(_number(part, most, from_the_end) for part in text.split(","))
    return tuple(dict.fromkeys(numbers))


def _number(text: str, most: int, from_the_end: bool = False) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,3}", text):
        raise ValueError(text)
    number = int(text)
    if not 1 <= (abs(number) if from_the_end else number) <= most:
        raise ValueError(text)
    return number


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)


_READERS: dict[str, Callable[[Rule, str], Rule]] = {
    "INTERVAL": lambda rule, text: replace(rule, interval=_number(text, 100)),
    "COUNT": lambda rule, text: replace(rule, count=_number(text, 999)),
    "UNTIL": lambda rule, text: replace(rule, until=_until(text)),
    "BYDAY": lambda rule, text: replace(rule, by_day=_weekdays(text, rule.freq)),
    "BYMONTHDAY": lambda rule, text: replace(
        rule, by_month_day=_numbers(text, 31, from_the_end=True)
    ),
    "BYMONTH": lambda rule, text: replace(
        rule, by_month=_numbers(text, 12, from_the_end=False)
    ),
    "BYSETPOS": lambda rule, text: replace(
        rule, by_set_pos=_numbers(text, 366, from_the_end=True)
    ),
    "WKST": lambda rule, text: replace(rule, week_start=WEEKDAYS.index(text)),
}
