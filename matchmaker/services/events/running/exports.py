"""Who comes to an event, as a file for a spreadsheet program.

It holds what people gave for the event, and nothing to reach them by. Their words cannot
act in the program that opens it: no cell and no line begins like a formula.
"""

import io
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

import tablib
from defusedcsv import csv

from matchmaker.extensions import db
from matchmaker.models import Event, Member, Rsvp, RsvpStatus
from matchmaker.services.events import timeline
from matchmaker.services.events.running import attendance
from matchmaker.services.events.running.attendance import Who

Cell = str | int
STATUS = {
    RsvpStatus.ASKED: "Asked to come",
    RsvpStatus.GOING: "Going",
    RsvpStatus.WAITING: "In the queue",
    RsvpStatus.OFFERED: "Offered a place",
    RsvpStatus.DECLINED: "Not coming",
}
_LONGEST = 32_000  # a spreadsheet's cell takes a little more
_FORMULA = frozenset("=+-@|%")
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")  # what a spreadsheet reads as a failed formula


def as_csv(
    event: Event, viewer: Member, now: datetime, who: Who | None = None
) -> bytes:
    rsvps = db.session.scalars(attendance.people(event, viewer, now, who))
    timeline.note(event, "export", now, viewer, "CSV")
    return written_as_csv(table(rsvps, event))


def as_xlsx(
    event: Event, viewer: Member, now: datetime, who: Who | None = None
) -> bytes:
    rsvps = db.session.scalars(attendance.people(event, viewer, now, who))
    timeline.note(event, "export", now, viewer, "XLSX")
    return written_as_xlsx(table(rsvps, event))


def table(rsvps: Iterable[Rsvp], event: Event) -> list[list[Cell]]:
    questions = [safe(question["text"]) for question in event.questions]
    return [
        [
            "Name",
            "Status",
            "Guests",
            *questions,
            "Signed up at",
            "Arrived at",
            "Guests who came",
        ],
        *(_row(rsvp, event) for rsvp in rsvps),
    ]


def written_as_csv(rows: list[list[Cell]]) -> bytes:
    """Every cell in quotes: some programs part cells at other signs than commas."""
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def written_as_xlsx(rows: list[list[Cell]]) -> bytes:
    file: bytes = tablib.Dataset(*rows[1:], headers=rows[0], title="People").export(
        "xlsx"
    )
    return file


def safe(text: str) -> str:
    """Make of somebody's words one line that no program takes for a formula."""
    line = " ".join(text.split())
    line = "".join(c for c in line if _can_be_written(c))[:_LONGEST]
    shown = (c for c in line if unicodedata.category(c) not in {"Cf", "Mn"})
    seen = next((c for c in shown if c != '"'), "")  # some programs drop the quotes
    plain = unicodedata.normalize("NFKC", seen).strip()[:1]
    return f"'{line}" if plain in _FORMULA or _ERROR.fullmatch(line) else line


def _row(rsvp: Rsvp, event: Event) -> list[Cell]:
    answers = [safe(rsvp.answers.get(asked["id"], "")) for asked in event.questions]
    return [
        safe(rsvp.name),
        STATUS[rsvp.status],
        rsvp.guests,
        *answers,
        _local(rsvp.made_at, event),
        _local(rsvp.checked_in_at, event),
        rsvp.guests_coming if rsvp.has_arrived else "",
    ]


def _local(moment: datetime | None, event: Event) -> str:
    return f"{moment.astimezone(event.space.zone):%Y-%m-%d %H:%M}" if moment else ""


def _can_be_written(character: str) -> bool:
    """Whether XML and UTF-8 have it, and it shows or shapes something."""
    if unicodedata.category(character) in {"Cc", "Cs"}:
        return False
    return ord(character) & 0xFFFE != 0xFFFE
