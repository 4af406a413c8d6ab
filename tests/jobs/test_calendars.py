"""The calendars that a space reads, hour by hour."""

from datetime import timedelta

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.models import CalendarSource, Event
from matchmaker.refusal import Refusal
from matchmaker.services import fetching
from matchmaker.services.events.calendars import calendar_reading
from tests.factories import NOON, make_source, make_space
from tests.services.events.calendars.test_calendar_reading import (
    UTC_TIMES,
    vcalendar,
    vevent,
)

LATER = NOON + timedelta(hours=1)


def test_one_that_fails_fails_alone(any_database, monkeypatch):
    space = make_space()
    for host in ("away", "odd", "fine"):
        make_source(space, name=host, url=f"https://{host}.example/")
    db.session.commit()
    held = []

    def fetch(url):
        held.append(db.session().in_transaction())
        if "away" in url:
            raise Refusal("The server there could not be reached.")
        if "odd" in url:
            raise RuntimeError("nobody thought of that")
        return vcalendar(vevent(**UTC_TIMES))

    def read(*args):
        held.append(db.session().in_transaction())
        return in_a_process(*args)

    in_a_process = calendar_reading.read
    monkeypatch.setattr(fetching, "fetch", fetch)
    monkeypatch.setattr(calendar_reading, "read", read)

    jobs.do_what_is_due(LATER)

    problems = {
        source.name: source.problem for source in db.session.query(CalendarSource)
    }
    assert problems == {
        "away": "The server there could not be reached.",
        "odd": "",
        "fine": "",
    }
    assert [event.title for event in db.session.query(Event)] == ["Talk"]
    assert held == [False] * 4


def test_one_is_read_once_an_hour(app, monkeypatch):
    make_source(make_space())
    db.session.commit()
    asked = []
    monkeypatch.setattr(fetching, "fetch", lambda url: asked.append(url) or b"")

    for minutes in (0, 59, 60, 61, 119, 120):
        jobs.do_what_is_due(NOON + timedelta(minutes=minutes))

    assert len(asked) == 2
