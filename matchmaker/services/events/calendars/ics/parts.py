"""A calendar's file taken to pieces, so that each is read alone and fails alone."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .refusals import Unreadable

MOST_ENTRIES = 5_000
DEEPEST = 10
_LINE_END = re.compile(r"\r\n?|\n")
_HEAD = {"X-WR-CALNAME", "NAME", "X-WR-TIMEZONE", "TIMEZONE-ID", "METHOD"}
_KEPT = {"VEVENT", "VTIMEZONE"}
_PARTS = {"VTIMEZONE": {"STANDARD", "DAYLIGHT"}}


@dataclass
class File:
    """One VCALENDAR; of the parts that are read, the lines."""

    head: dict[str, str] = field(default_factory=dict)
    zones: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)


def take_apart(text: str) -> list[File]:
    """Return the calendars in a text; refuse what is none, with a sentence."""
    _check(text)
    files: list[File] = []
    within: list[str] = []  # the components in which a line stands
    lines: list[str] = []
    for line in _LINE_END.split(text):
        name = re.split("[;:]", line, maxsplit=1)[0].strip().upper()
        value = line.partition(":")[2].strip()
        if name == "BEGIN":
            _begin(within, value.upper(), files, lines)
        if within == ["VCALENDAR"] and name in _HEAD:
            files[-1].head.setdefault(name, _unescaped(value))
        if _is_read(within):
            lines.append(line)
        if name == "END":
            if not within or within.pop() != value.upper():
                raise _damaged()
            if within == ["VCALENDAR"]:
                _put_away(files[-1], value.upper(), "\r\n".join(lines))
    if within:
        raise _damaged()
    return files


def _begin(within: list[str], name: str, files: list[File], lines: list[str]) -> None:
    within.append(name)
    if within == ["VCALENDAR"]:
        files.append(File())
    if len(within) == 2:
        lines.clear()
    if len(within) > DEEPEST:
        raise _damaged()


def _is_read(within: list[str]) -> bool:
    """Of what stands within an entry, such as alarms, nothing is."""
    if len(within) < 2 or within[0] != "VCALENDAR" or within[1] not in _KEPT:
        return False
    parts = _PARTS.get(within[1], set())
    return all(name in parts for name in within[2:])


def _put_away(file: File, name: str, lines: str) -> None:
    if name == "VEVENT":
        file.entries.append(lines)
    elif name == "VTIMEZONE":
        file.zones.append(lines)
    else:
        file.others[name] += 1


def _check(text: str) -> None:
    begins = text[:15].upper()
    if begins.startswith(("<!DOCTYPE", "<HTML")):
        raise Unreadable(
            "This is a web page, not a calendar. Look on it for a link to subscribe or "
            "to export; its address often ends with .ics."
        )
    if begins != "BEGIN:VCALENDAR":
        raise Unreadable(
            "This is not a calendar. A calendar's file ends with .ics and begins with "
            "BEGIN:VCALENDAR."
        )
    if text[-13:].upper() != "END:VCALENDAR":
        raise Unreadable("The calendar breaks off before its end. Try again later.")
    if text.upper().count("BEGIN:VEVENT") > MOST_ENTRIES:
        raise Unreadable(
            f"There are more than {MOST_ENTRIES:,} entries in this calendar. Export "
            "those that are still to come."
        )


def _damaged() -> Unreadable:
    return Unreadable(
        "The calendar cannot be read: it is damaged, or not written as RFC 5545 says. "
        "Export it again, or ask whoever keeps it."
    )


def _unescaped(text: str) -> str:
    return re.sub(r"\\([,;\\])", r"\1", text)


def notes(files: list[File]) -> Iterator[str]:
    """Say what else is in the calendar, and is no event."""
    others = sum((file.others for file in files), Counter[str]())
    tasks = others["VTODO"] + others["VJOURNAL"]
    if tasks:
        yield several(
            tasks, "is a task or note, not an event", "are tasks or notes, not events"
        )


def several(count: int, is_so: str, are_so: str) -> str:
    if count == 1:
        return f"One of its entries {is_so}."
    return f"{count:,} of its entries {are_so}."
