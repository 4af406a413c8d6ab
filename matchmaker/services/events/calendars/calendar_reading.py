"""From the bytes of a calendar to the events in it that are still to come.

Whoever keeps the calendar is a stranger. It is read in a process of its own, which has so
much time and memory and no more, and of which nothing is left: no file changes how the
next is read. Never while a transaction is open: others would wait for it.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from matchmaker.models import Venue
from matchmaker.refusal import Refusal
from matchmaker.services.events.calendars import foreign_words
from matchmaker.services.events.planning import clock

logger = logging.getLogger(__name__)
SECONDS = 10  # of processor time
WAIT = 30  # seconds by the clock: others work on this machine too
MEGABYTES = 512
# So many at once, in each of our processes: what they use together is bounded too.
_TURNS = threading.BoundedSemaphore(2)
_READER = "ics"  # a package that stands alone, beside this module
# What Python itself may need. Above all none of our settings: some are secret.
_ENVIRONMENT = {"LANG", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONTZPATH",
                "SYSTEMROOT", "TZDIR"}  # fmt: skip


@dataclass(frozen=True)
class Incoming:
    """An event as another calendar has it; `uid` is the same each time it is read."""

    uid: str
    title: str
    description: str
    venue: Venue
    place: str
    online_url: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool = False
    is_cancelled: bool = False


class LeftOut(NamedTuple):
    """An entry that does not come, and why."""

    title: str
    why: str


@dataclass(frozen=True)
class Reading:
    name: str
    events: list[Incoming]
    left_out: list[LeftOut]
    # What else is to be said of the calendar.
    notes: list[str]
    # What is in the calendar by then is all here; of later ones we cannot tell.
    complete_until: datetime
    # Entries that are there and were left out: of them we cannot tell either.
    unsure: frozenset[str]
    # Not where it is a message about some of its entries: of others we cannot tell.
    is_whole: bool


def read(content: bytes, zone: ZoneInfo, now: datetime) -> str:
    """Read a calendar and return what is in it, to be kept until it is looked at.

    Refuse what is none, with a sentence. `understood` makes a reading of it.
    """
    if not _TURNS.acquire(timeout=WAIT):
        raise Refusal("Other calendars are being read just now. Try again in a minute.")
    try:
        told = _in_a_process(content, zone, now)
    finally:
        _TURNS.release()
    refused = json.loads(told).get("refused")
    if refused:
        raise Refusal(refused)
    return told


def _in_a_process(content: bytes, zone: ZoneInfo, now: datetime) -> str:
    here = str(Path(__file__).parent)
    environment = {n: v for n, v in os.environ.items() if n.upper() in _ENVIRONMENT}
    environment["PYTHONPATH"] = os.pathsep.join([here, *filter(None, sys.path)])
    command = [sys.executable, "-P", "-s", "-m", _READER, zone.key, now.isoformat()]
    try:
        done = subprocess.run(  # noqa: S603  (ourselves, with nothing of the stranger's)
            [*command, str(SECONDS), str(MEGABYTES)],
            input=content,
            capture_output=True,
            timeout=WAIT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much() from None
    if done.returncode < 0:  # the system has ended it
        raise _too_much()
    if done.returncode > 0:
        *_, last = done.stderr.decode(errors="replace").splitlines() or [""]
        kind = last.partition(":")[0]  # what follows may quote the calendar
        logger.error("A calendar could not be read: %s", kind[:100])
        raise Refusal("The calendar cannot be read. Ask whoever keeps it.")
    return done.stdout.decode()


def _too_much() -> Refusal:
    return Refusal(
        "It takes too long, or too much memory, to read this calendar. Export only the "
        "events that are still to come."
    )


def understood(told: str, zone: ZoneInfo) -> Reading:
    """Make a reading of what `read` returned: its words as ours would be written."""
    said = json.loads(told)
    return Reading(
        name=foreign_words.title(said["name"]) if said["name"].strip() else "",
        events=[_incoming(event, zone) for event in said["events"]],
        left_out=[
            LeftOut(foreign_words.title(title), why) for title, why in said["left_out"]
        ],
        notes=said["notes"],
        complete_until=datetime.fromisoformat(said["complete_until"]),
        unsure=frozenset(said["unsure"]),
        is_whole=said["is_whole"],
    )


def base(uid: str) -> str:
    """Of which entry an event is an occurrence."""
    return uid.partition("#")[0]


def _incoming(said: dict[str, Any], zone: ZoneInfo) -> Incoming:
    local_start, local_end = (
        clock.on_the_wall(datetime.fromisoformat(said[name]), zone)
        for name in ("starts_at", "ends_at")
    )
    if said["is_all_day"]:
        local_start, local_end = (
            datetime.combine(local, time()) for local in (local_start, local_end)
        )
        starts_at = clock.moment(local_start, zone)
        ends_at = clock.moment(local_end, zone)
    else:
        starts_at, ends_at = clock.moments(local_start, local_end, zone)
    where, about = said["where"], said["about"]
    online_url = _online_url(said["calls"], where, about)
    place = "" if foreign_words.link(where) else foreign_words.place(where)
    return Incoming(
        uid=said["uid"],
        title=foreign_words.title(said["title"]),
        description=foreign_words.description(
            about, online_url, foreign_words.link(said["page"])
        ),
        venue=_venue(place, online_url),
        place=place,
        online_url=online_url,
        starts_at=starts_at,
        ends_at=ends_at,
        is_all_day=said["is_all_day"],
        is_cancelled=said["is_cancelled"],
    )


def _online_url(calls: list[str], where: str, about: str) -> str:
    for said in [*calls, where]:
        address = foreign_words.link(said)
        if address:
            return address
    return foreign_words.call(about) or foreign_words.call(where)


def _venue(place: str, online_url: str) -> Venue:
    calls = {"online", "google meet", "microsoft teams meeting", "zoom"}
    if online_url and (not place or place.lower() in calls):
        return Venue.ONLINE
    return Venue.ADDRESS if place else Venue.ROOM
