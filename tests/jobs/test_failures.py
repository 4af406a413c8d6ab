"""Of what is due each row is done by itself, and fails by itself, and not for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.mail import after_letters, event_letters, letters
from matchmaker.models import JobFailure, Letter, RsvpStatus
from matchmaker.services import introductions, job_failures
from tests.factories import (
    NOON,
    make_event,
    make_introduction,
    make_member,
    make_rsvp,
    make_space,
)

MINUTE = timedelta(minutes=1)


def introduced_a_week_ago(ana, ben):
    long_ago = NOON - introductions.ASK_AFTER
    make_introduction(ana, ben, introduced_at=long_ago)


def held_too_long_for(ana, ben):
    event = make_event(ana.memberships[0].space, capacity=2, claim_hours=1)
    for member in (ana, ben):
        make_rsvp(event, member, RsvpStatus.OFFERED, offered_until=NOON)


def at_an_event_that_is_over(ana, ben):
    start = NOON - timedelta(hours=8)
    event = make_event(ana.memberships[0].space, starts_at=start)
    for member in (ana, ben):
        make_rsvp(event, member, checked_in_at=start)


def going_tomorrow(ana, ben):
    start = NOON + timedelta(hours=24)
    event = make_event(ana.memberships[0].space, starts_at=start)
    for member in (ana, ben):
        make_rsvp(event, member)


BATCHES = {
    introduced_a_week_ago: (letters, "did_you_meet"),
    held_too_long_for: (event_letters, "passed_on"),
    at_an_event_that_is_over: (after_letters, "thanks"),
    going_tomorrow: (event_letters, "reminder"),
}


@pytest.fixture(params=BATCHES, ids=lambda make: make.__name__)
def broken_for_ana(request, any_database, monkeypatch):
    """Two rows that are due, of which Ana's fails; gives what happened to hers."""
    space = make_space(round_weekday=7, round_hour=23)
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    request.param(ana, ben)
    db.session.commit()
    module, name = BATCHES[request.param]
    write, tries = getattr(module, name), []

    def fail(row, *rest):
        if row.member_id == ana.id:
            tries.append(rest[-1])
            raise ZeroDivisionError("Ana's secret")
        return write(row, *rest)

    monkeypatch.setattr(module, name, fail)
    return tries


def readers():
    names = [letter.member.name for letter in db.session.scalars(select(Letter))]
    db.session.rollback()
    return names


def test_one_bad_row_stops_no_other_and_is_given_up(broken_for_ana, caplog):
    jobs.do_what_is_due(NOON)
    assert readers() == ["Ben"]

    due = [2**attempt - 1 for attempt in range(job_failures.ATTEMPTS)]
    for minute in [*due[1:], 12 * 60]:
        jobs.do_what_is_due(NOON + (minute - 1) * MINUTE)
        jobs.do_what_is_due(NOON + minute * MINUTE)

    assert [(time - NOON) // MINUTE for time in broken_for_ana] == due
    assert readers() == ["Ben"]
    failure = db.session.scalars(select(JobFailure)).one()
    assert failure.problem == "ZeroDivisionError"
    assert failure.due_at is None
    assert caplog.text.count("Traceback") == job_failures.ATTEMPTS
    assert caplog.text.count("given up") == 1


def test_what_is_mended_is_done_by_the_next_attempt(broken_for_ana, monkeypatch):
    jobs.do_what_is_due(NOON)
    jobs.do_what_is_due(NOON + MINUTE)
    monkeypatch.undo()

    jobs.do_what_is_due(NOON + 3 * MINUTE)

    assert sorted(readers()) == ["Ana", "Ben"]
    assert db.session.scalars(select(JobFailure)).all() == []


def test_a_database_that_is_away_is_no_fault_of_a_row(app, monkeypatch):
    space = make_space(round_weekday=7, round_hour=23)
    introduced_a_week_ago(make_member(space=space), make_member(space=space))
    db.session.commit()

    def lose(*_):
        db.session.execute(text("SELECT 1 FROM nowhere"))

    monkeypatch.setattr(letters, "did_you_meet", lose)

    jobs.do_what_is_due(NOON)

    assert db.session.scalars(select(JobFailure)).all() == []


def test_old_failures_are_forgotten(app):
    job_failures.note("thanks.thank(1.2)", ZeroDivisionError(), NOON)
    job_failures.tidy(NOON + job_failures.KEPT)
    assert db.session.scalars(select(JobFailure)).all() != []

    job_failures.tidy(NOON + job_failures.KEPT + MINUTE)

    assert db.session.scalars(select(JobFailure)).all() == []
