"""The calendar file that comes with an introduction: three proposals, none fixed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from icalendar import Calendar, Event

from matchmaker.mail.names import in_a_row
from matchmaker.mail.reasons import gain_sentence
from matchmaker.mail.time_zones import vtimezone
from matchmaker.models import Side

LENGTH = timedelta(minutes=45)


def calendar_file(side: Side, times: Sequence[datetime], now: datetime) -> str:
    """Write the proposed times for one side, in the space's own zone.

    An event keeps its UID, so that the file opened twice makes no second set.
    """
    space = side.introduction.round.space
    names = in_a_row([other.member.called for other in side.others])
    calendar = Calendar()
    calendar.add("prodid", "-//Matchmaker//Introductions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    years = [time.astimezone(space.zone).year for time in times]
    if space.timezone != "UTC":
        zone = vtimezone(space.timezone, min(years) - 1, max(years) + 1)
        calendar.add_component(zone)
    for number, time in enumerate(times, start=1):
        begins = time.astimezone(space.zone)
        event = Event()
        event.add("uid", _uid(side, number))
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", begins)
        event.add("dtend", begins + LENGTH)  # nobody meets while clocks change
        event.add("status", "TENTATIVE")
        event.add("transp", "TRANSPARENT")  # a proposal keeps nobody's hour busy
        event.add("summary", f"Coffee with {names} ({_of(len(times))})")
        event.add("description", _description(side))
        calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _uid(side: Side, number: int) -> str:
    host = urlsplit(current_app.config["SETTINGS"].base_url).hostname
    return f"introduction-{side.introduction_id}-{side.member_id}-{number}@{host}"


def _of(total: int) -> str:
    words = {2: "two", 3: "three"}
    return f"one of {words.get(total, total)} proposals" if total > 1 else "a proposal"


def _description(side: Side) -> str:
    told = [
        gain_sentence(gain, receiver, side)
        for receiver in [side, *side.others]
        for gain in receiver.gains
    ]
    return "\n".join(
        [*told, "", "Forty-five minutes. Keep one of the three, delete the rest."]
    )
