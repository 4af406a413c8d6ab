"""The time zones that a calendar brings along: its own, and believed within bounds."""

from datetime import datetime, timedelta, tzinfo
from typing import Any, NoReturn

from icalendar import Timezone
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

from .refusals import Unfit

MOST_OBSERVANCES = 300
MOST_DATES = 500
MOST_PARTS = 20


class _Unreadable(tzinfo):
    """A zone whose rules will not do: so will no time in it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def utcoffset(self, _when: datetime | None) -> NoReturn:
        raise Unfit(f"Its time zone, “{self._name}”, cannot be read.")

    dst = tzname = utcoffset


class _Provider(ZONEINFO):
    """What icalendar asks for zones, for as long as one calendar is read."""

    def __init__(self) -> None:
        self.unreadable: dict[str, tzinfo] = {}

    def timezone(self, name: str) -> tzinfo | None:
        if name in self.unreadable:
            return self.unreadable[name]
        try:
            return super().timezone(name)
        except OSError:  # the name of a folder, or too long for one
            return None

    def create_timezone(self, tz: Any) -> tzinfo:  # type: ignore[override]  # theirs too
        _check(tz)
        return super().create_timezone(tz)


def take_over(zones: list[str]) -> None:
    """Forget every zone of another file, and learn those of this one."""
    provider = _Provider()
    tzp.use(provider)
    for lines in zones:
        try:
            Timezone.from_ical(lines)
        except Exception:  # what a library does with a stranger's rules is not foreseen
            name = tzp.clean_timezone_id(_name(lines))
            provider.unreadable[name] = _Unreadable(name)


def known(name: str) -> tzinfo | None:
    """Return the zone of that name, in this file or in the world."""
    return tzp.timezone(name) if name else None


def _name(lines: str) -> str:
    for line in lines.splitlines():
        if line.upper().startswith(("TZID:", "TZID;")):
            return line.partition(":")[2].strip()
    return ""


def _check(zone: Timezone) -> None:
    """Refuse what would be looked through for ever: clocks change by the year."""
    parts = zone.subcomponents
    if not 0 < len(parts) <= MOST_OBSERVANCES:
        raise ValueError
    dates = 0
    for part in parts:
        rules = _each(part.get("RRULE"))
        named = _each(part.get("RDATE"))
        dates += sum(len(some.dts) for some in named)
        is_bounded = all(
            rule.get("FREQ") == ["YEARLY"]
            and sum(len(values) for values in rule.values()) <= MOST_PARTS
            and all(int(step) >= 1 for step in rule.get("INTERVAL", []))
            for rule in rules
        )
        if len(rules) > 1 or not is_bounded or "EXRULE" in part:
            raise ValueError
        for offset in ("TZOFFSETFROM", "TZOFFSETTO"):
            said: Any = part[offset]
            if abs(said.td) >= timedelta(days=1):
                raise ValueError
    if dates > MOST_DATES:
        raise ValueError


def _each(said: Any) -> list[Any]:
    if said is None:
        return []
    return said if isinstance(said, list) else [said]
