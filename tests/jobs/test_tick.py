"""One tick over a space in which something of every kind is due, on each database."""

from datetime import timedelta

from sqlalchemy import func, select

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.models import Answer, Event, Letter, Round, RsvpStatus
from matchmaker.services import fetching, introductions
from matchmaker.services.events.afterwards import thanks
from tests.factories import (
    NOON,
    make_event,
    make_introduction,
    make_member,
    make_round,
    make_rsvp,
    make_source,
    make_space,
)
from tests.services.events.calendars.test_calendar_reading import (
    UTC_TIMES,
    vcalendar,
    vevent,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUESTION = {"id": "a", "text": "Tea?", "options": [], "required": False}


def test_everything_that_is_due_is_done(any_database, monkeypatch, caplog):
    space = make_space(round_weekday=1, round_hour=0)
    make_member("Ana", space=space, offers=["law"], wants=["tax"])
    make_member("Ben", space=space, offers=["tax"], wants=["law"])
    other = make_space(round_weekday=7)
    introduced = make_introduction(
        *(make_member(name, space=other) for name in ("Cas", "Dee")),
        round_=make_round(other, "2030-W18"),
        answers=[Answer.YES] * 2,
        introduced_at=NOON - introductions.ASK_AFTER,
    )
    full = make_event(other, capacity=1, questions=[QUESTION])
    late = make_rsvp(full, status=RsvpStatus.OFFERED, offered_until=NOON - HOUR)
    next_one = make_rsvp(full, status=RsvpStatus.WAITING, answers={"a": "yes"})
    tomorrow = make_event(other, starts_at=NOON + DAY)
    coming = make_rsvp(tomorrow, remind_hours=24, changed_at=NOON - DAY)
    over = make_event(other, starts_at=NOON - thanks.AFTER - 2 * HOUR)
    came = make_rsvp(over)
    make_source(other, read_at=NOON - HOUR, publishes=True)
    feed = vcalendar(vevent(**UTC_TIMES))
    monkeypatch.setattr(fetching, "fetch", lambda _url: feed)
    db.session.commit()

    jobs.do_what_is_due(NOON)

    assert [r.message for r in caplog.records if r.levelname == "ERROR"] == []
    assert db.session.scalar(select(func.count()).where(Round.space_id == space.id))
    assert [side.asked_at for side in introduced.sides] == [NOON] * 2
    assert (late.status, next_one.status) == (RsvpStatus.DECLINED, RsvpStatus.GOING)
    assert coming.reminded_at == NOON
    assert came.asked_at == NOON
    assert db.session.scalar(select(Event.title).where(Event.source_id.is_not(None)))
    kinds = sorted(db.session.scalars(select(Letter.kind)))
    assert kinds == sorted(
        ["introduction"] * 2
        + ["did_you_meet"] * 2
        + ["event_passed_on", "event_promoted", "event_reminder", "event_thanks"]
    )
