"""The rules that most people want, as choices; and every rule, in words."""

import enum
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from matchmaker.refusal import Unfit
from matchmaker.services.events.planning import recurrence
from matchmaker.services.events.planning.recurrence import Rule

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WHICH = {0: "every", 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
_WHICH |= {-1: "last", -2: "last but one"}
_PERIODS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


class Repeat(enum.Enum):
    """How often, of what most people want."""

    NEVER = "never"
    WEEKLY = "weekly"
    FORTNIGHTLY = "every two weeks"
    SAME_WEEKDAY = "monthly on the same weekday"  # the second Tuesday
    LAST_WEEKDAY = "monthly on the last such weekday"
    SAME_DAY = "monthly on the same day"
    OWN = "own rule"


@dataclass(frozen=True)
class Choice:
    """What somebody chose; the weekdays (from 0, Monday) only of rules by weeks."""

    repeat: Repeat
    weekdays: Collection[int] = ()
    count: int | None = None
    until: date | None = None
    own: str = ""


def rule_of(choice: Choice, starts_at: datetime) -> Rule:
    """Make the rule that was chosen; `starts_at` says which weekday or day it is about."""
    if choice.repeat is Repeat.OWN and {"COUNT", "UNTIL"} & _parts_of(choice.own):
        return recurrence.read(choice.own)
    end = _end_of(choice)
    day = starts_at.weekday()
    weekdays = ",".join(recurrence.WEEKDAYS[d] for d in sorted({*choice.weekdays}))
    which = (starts_at.day - 1) // 7 + 1
    if choice.repeat is Repeat.SAME_WEEKDAY and which == 5:
        raise Unfit(
            "repeat",
            f"Most months have no fifth {_DAYS[day]}. Choose the last one, or "
            "another day.",
        )
    weekdays = weekdays or recurrence.WEEKDAYS[day]
    own = choice.own.strip().strip(";")
    texts = {
        Repeat.WEEKLY: f"FREQ=WEEKLY;BYDAY={weekdays}",
        Repeat.FORTNIGHTLY: f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekdays}",
        Repeat.SAME_WEEKDAY: f"FREQ=MONTHLY;BYDAY={which}{recurrence.WEEKDAYS[day]}",
        Repeat.LAST_WEEKDAY: f"FREQ=MONTHLY;BYDAY=-1{recurrence.WEEKDAYS[day]}",
        Repeat.SAME_DAY: f"FREQ=MONTHLY;BYMONTHDAY={starts_at.day}",
        Repeat.OWN: own,
    }
    if choice.repeat is Repeat.OWN and not own:
        return recurrence.read("")
    return recurrence.read(f"{texts[choice.repeat]};{end}".strip(";"))


def moved(rule: Rule, old: datetime, new: datetime, count: int) -> Rule:
    """The same rhythm, `count` times, for one of its times that is moved to another day."""
    rule = replace(rule, count=count, until=None)
    if old.date() == new.date():
        return rule
    by = (new.date() - old.date()).days
    if rule.by_set_pos or rule.by_month or (rule.by_day and rule.by_month_day):
        raise too_much_of_its_own()
    if rule.freq == "WEEKLY":
        return replace(
            rule, by_day=tuple((w, (day + by) % 7) for w, day in rule.by_day)
        )
    if rule.freq == "MONTHLY" and len(rule.by_day) == 1:
        from_the_end = rule.by_day[0][0] < 0
        last_week = (new + timedelta(days=7)).month != new.month
        if from_the_end and not last_week:
            raise Unfit(
                "starts_at", f"That is not the last {new:%A} of the month. Choose that, "
                "or change one event alone."
            )  # fmt: skip
        which = -1 if from_the_end else (new.day - 1) // 7 + 1
        return replace(rule, by_day=((which, new.weekday()),))
    if rule.freq in {"MONTHLY", "YEARLY"} and not rule.by_day:
        by_month_day = (new.day,) if len(rule.by_month_day) == 1 else ()
        if len(rule.by_month_day) < 2:
            return replace(rule, by_month_day=by_month_day)
    raise too_much_of_its_own()


def times_moved(
    rule: Rule, times: list[datetime], old: datetime, new: datetime
) -> list[datetime]:
    """Where each of the times goes when `old`, one of them, goes to `new`.

    `rule` is the new one. By days and weeks all move by as much; by months each goes to
    the day that the rule names in its own month.
    """
    latest = times[-1] + (new - old) + timedelta(days=366)
    if rule.freq in {"DAILY", "WEEKLY"}:
        begins = times[0] + (new - old)
    else:
        months = (new.year - old.year) * 12 + new.month - old.month
        number = times[0].year * 12 + times[0].month - 1 + months
        begins = new.replace(year=number // 12, month=number % 12 + 1, day=1)
        if rule.freq == "YEARLY" and not rule.by_month_day:
            begins = times[0] + (new - old)
    goes = list(islice(recurrence.without_end(rule, begins, latest), len(times)))
    if len(goes) < len(times) or goes[times.index(old)] != new:
        raise too_much_of_its_own()
    return goes


def words(rule: Rule) -> str:
    """Every two weeks on Tuesday and Thursday, 10 times."""
    return f"{_rhythm(rule)}, {_end_words(rule)}"


def rhythm(rule: Rule) -> str:
    """The same for members: of a rule that only calendars can read, how long it goes on."""
    said = words(rule) if not _is_odd(rule) else _end_words(rule)
    return said[0].upper() + said[1:]


def _rhythm(rule: Rule) -> str:
    period = _PERIODS[rule.freq]
    number = _NUMBERS.get(rule.interval, str(rule.interval))
    often = f"Every {period}" if rule.interval == 1 else f"Every {number} {period}s"
    if _is_odd(rule):
        return f"By a rule of its own ({_without_end(rule)})"
    if rule.by_day and rule.freq in {"DAILY", "WEEKLY"}:
        return f"{often} on {_joined([_DAYS[day] for _, day in rule.by_day])}"
    if rule.by_day:
        named = [f"{_WHICH.get(w, f'{w}th')} {_DAYS[day]}" for w, day in rule.by_day]
        return f"{often} on {_joined([f'the {n}' for n in named])}".replace(
            "the every", "every"
        )
    if rule.by_month_day == (-1,):
        return f"{often} on the last day"
    if rule.by_month_day:
        days = [f"day {day}" for day in rule.by_month_day]
        return f"{often} on {_joined(days)} of the month"
    return often


def _is_odd(rule: Rule) -> bool:
    return bool(rule.by_month or rule.by_set_pos or (rule.by_day and rule.by_month_day))


def _end_words(rule: Rule) -> str:
    if rule.until:
        return f"until {rule.until.day} {rule.until:%B %Y}"
    return f"{rule.count} times"


def _without_end(rule: Rule) -> str:
    return str(replace(rule, count=None, until=None))


def _joined(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def _end_of(choice: Choice) -> str:
    if choice.count is not None and choice.until is not None:
        raise Unfit(
            "count", "Say either how many times or until which day, and leave the other "
            "one empty."
        )  # fmt: skip
    if choice.count is not None:
        return f"COUNT={choice.count}"
    if choice.until is not None:
        return f"UNTIL={datetime.combine(choice.until, time(23, 59, 59)):%Y%m%dT%H%M%S}"
    return ""


def _parts_of(text: str) -> set[str]:
    return {part.partition("=")[0].strip() for part in text.upper().split(";")}


def too_much_of_its_own() -> Unfit:
    return Unfit(
        "starts_at",
        "The rule of this series is too much its own for us to move all its days. Change "
        "the day of this one alone, or the hours of all.",
    )
