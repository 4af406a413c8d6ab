"""From the bytes of a calendar to what in it is still to come, within bounds."""

import hashlib
import warnings
from collections import Counter
from datetime import datetime, timedelta, tzinfo
from typing import Any

from icalendar import Event as Entry

from . import encoding, parts, zones
from .occurrences import Occurrence, occurrences
from .parts import several
from .recurrence import Patience, newest
from .refusals import Unfit, Unreadable
from .text import plain

AHEAD = timedelta(days=365)
# One that was moved may have started so long before; it is looked for by its own day.
BEHIND = timedelta(days=40)
MOST_OF_ONE = 200
MOST = 500
LONGEST_UID = 200
WORDS = 2_000
UNREADABLE = "It cannot be read. Ask whoever keeps the calendar."
_ANSWERS = {"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"}


def read(content: bytes, zone: tzinfo, now: datetime) -> dict[str, Any]:
    """Return what is in a calendar as plain data; raise `Unreadable` where it is none.

    Times that are on no clock are on the calendar's own, or else on `zone`; days begin
    on `zone`.
    """
    text, notes = encoding.decode(content)
    files = parts.take_apart(text)
    found = _Found(zone, now)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for file in files:
            found.take(file)
    return found.told(files, [*notes, *parts.notes(files)])


class _Found:
    """What was found in the calendars of one file so far."""

    def __init__(self, zone: tzinfo, now: datetime) -> None:
        self._zone, self._now = zone, now
        self._patience = Patience()
        self._horizon = self._until = now + AHEAD
        self._events: list[dict[str, Any]] = []
        self._left_out: list[tuple[str, str]] = []
        self._unsure: list[str] = []
        self._frequent: list[str] = []
        self._counts: Counter[str] = Counter()
        self._unknown: dict[str, None] = {}
        self._is_whole = True

    def take(self, file: parts.File) -> None:
        method = file.head.get("METHOD", "").upper()
        if method in _ANSWERS:
            raise Unreadable(
                "This is an answer to an invitation, not a calendar. Export the "
                "calendar itself."
            )
        self._is_whole &= method in {"", "PUBLISH"}
        zones.take_over(file.zones)
        clock = self._clock_of(file)
        entries: dict[str, list[Entry]] = {}
        for lines in file.entries:
            try:
                entry: Any = Entry.from_ical(lines)
            except MemoryError:
                raise
            except Exception as error:  # what a library does with a stranger's file
                why = str(error) if isinstance(error, Unfit) else UNREADABLE
                self._left_out.append((_line(lines, "SUMMARY"), why))
                self._unsure.append(_name_of(_line(lines, "UID")))
                continue
            entries.setdefault(_uid(entry), []).append(entry)
        for uid, group in entries.items():
            self._take_entry(uid, group, clock, is_off=method == "CANCEL")

    def _clock_of(self, file: parts.File) -> tzinfo:
        """What the calendar says that its own clock is."""
        name = file.head.get("X-WR-TIMEZONE") or file.head.get("TIMEZONE-ID") or ""
        known = zones.known(name)
        if name and known is None:
            self._unknown[name] = None
        return known or self._zone

    def _take_entry(
        self, uid: str, entries: list[Entry], clock: tzinfo, *, is_off: bool
    ) -> None:
        title = str(newest(entries).get("SUMMARY") or "")[:WORDS]
        try:
            for entry in entries:
                self._check(entry)
            found = self._to_come(entries, clock)
        except Unfit as unfit:
            self._left_out.append((title, str(unfit)))
            self._unsure.append(uid)
            return
        except (Unreadable, MemoryError):
            raise
        except Exception:  # as above: this entry is left out, and the others come
            self._left_out.append((title, UNREADABLE))
            self._unsure.append(uid)
            return
        self._name_doubles(title, entries)
        if len(found) > MOST_OF_ONE:
            self._horizon = min(self._horizon, found[MOST_OF_ONE][1])
            found = found[:MOST_OF_ONE]
            self._frequent.append(title)
        for occurrence, starts_at, ends_at in found:
            key = f"#{occurrence.key}" if occurrence.key else ""
            self._events.append(
                {
                    "uid": uid + key,
                    "starts_at": starts_at.isoformat(),
                    "ends_at": ends_at.isoformat(),
                    "is_all_day": occurrence.is_all_day,
                    **_words(occurrence.entry),
                    "is_cancelled": is_off or _says_cancelled(occurrence.entry),
                }
            )

    def _check(self, entry: Entry) -> None:
        if str(entry.get("CLASS", "")).upper() in {"PRIVATE", "CONFIDENTIAL"}:
            raise Unfit("It is marked as private there.")
        for name in ("DTSTART", "DTEND"):
            said = entry.get(name)
            zone = getattr(said, "params", {}).get("TZID")
            is_on_no_clock = getattr(getattr(said, "dt", None), "tzinfo", None) is None
            if zone and is_on_no_clock:
                self._unknown[str(zone)] = None

    def _to_come(
        self, entries: list[Entry], clock: tzinfo
    ) -> list[tuple[Occurrence, datetime, datetime]]:
        """What is not over and starts within a year, the next one first."""
        now, ends = self._now, self._now + AHEAD
        all_ = [
            (one, *one.moments(self._zone))
            for one in occurrences(entries, clock, now - BEHIND, ends, self._patience)
        ]
        found = [one for one in all_ if now < one[2] and one[1] < ends]
        if not found:
            is_later = any(one[1] >= ends for one in all_)
            self._counts["later" if is_later else "over"] += 1
        return sorted(found, key=lambda one: one[1])

    def _name_doubles(self, title: str, entries: list[Entry]) -> None:
        """Say of entries that have the same name as another that they do not come."""
        masters = [entry for entry in entries if "RECURRENCE-ID" not in entry]
        begins = {str(entry.get("DTSTART")) for entry in masters}
        if len(begins) > 1:
            why = "Another entry has the same UID. The one that was changed last comes."
            self._left_out.append((title, why))

    def told(self, files: list[parts.File], notes: list[str]) -> dict[str, Any]:
        events = sorted(self._events, key=lambda one: (one["starts_at"], one["uid"]))
        if len(events) > MOST:
            self._horizon = min(
                self._horizon, datetime.fromisoformat(events[MOST]["starts_at"])
            )
            notes.append(f"There is more in it: the next {MOST} events come first.")
        heads = [file.head for file in files]
        names = [head.get("X-WR-CALNAME") or head.get("NAME") for head in heads]
        return {
            "name": next((name for name in names if name), "")[:WORDS],
            "events": events[:MOST],
            "left_out": self._left_out,
            "notes": [*notes, *self._notes()],
            "complete_until": self._horizon.isoformat(),
            "unsure": self._unsure,
            "is_whole": self._is_whole,
        }

    def _notes(self) -> list[str]:
        notes = [
            f"“{name[:80]}” is a time zone that we do not know. Its times are read as "
            "those of the calendar, or of this space."
            for name in [*self._unknown][:3]
        ]
        notes += [
            f"“{title[:80]}” recurs often: its next {MOST_OF_ONE} times come first."
            for title in self._frequent[:3]
        ]
        if over := self._counts["over"]:
            notes.append(several(over, "is over", "are over"))
        if later := self._counts["later"]:
            more = "more than a year from now"
            notes.append(several(later, f"begins {more}", f"begin {more}"))
        return notes


def _says_cancelled(entry: Entry) -> bool:
    return str(entry.get("STATUS") or "").upper() == "CANCELLED"


def _uid(entry: Entry) -> str:
    given = str(entry.get("UID") or "").strip()
    told = f"{entry.get('DTSTART')}{entry.get('SUMMARY')}{entry.get('LOCATION')}"
    return _name_of(given or told, is_given=bool(given))


def _name_of(uid: str, *, is_given: bool = True) -> str:
    """As it is given; one too long for us, or none, becomes a mark of the same."""
    name = uid.translate({ord("#"): "_"})
    if is_given and len(name) <= LONGEST_UID:
        return name
    return hashlib.sha256(uid.encode(errors="replace")).hexdigest()


def _words(entry: Entry) -> dict[str, Any]:
    links = [entry.get("X-GOOGLE-CONFERENCE"), entry.get("CONFERENCE")]
    flat = [
        one for each in links for one in (each if isinstance(each, list) else [each])
    ]
    return {
        "title": plain(str(entry.get("SUMMARY") or ""))[:WORDS],
        "where": plain(str(entry.get("LOCATION") or ""))[:WORDS],
        "about": plain(str(entry.get("DESCRIPTION") or "")),
        "page": str(entry.get("URL") or "")[:WORDS],
        "calls": [str(one)[:WORDS] for one in flat if one][:5],
    }


def _line(lines: str, name: str) -> str:
    """What an entry that cannot be read says under a name."""
    for line in lines.split("\r\n"):
        if line.upper().startswith((f"{name}:", f"{name};")):
            return line.partition(":")[2].strip()[:WORDS]
    return ""
