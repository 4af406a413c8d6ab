"""Letters to all of an event at once: each is a row, and is written by itself later."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event as happening

from matchmaker.extensions import db
from matchmaker.mail import event_changes, sending
from matchmaker.models import EventStatus
from tests.factories import (
    NOON,
    make_event,
    make_rsvp,
    make_slot,
    make_space,
)
from tests.mail.conftest import jobs, work


@pytest.fixture
def event(app):
    return make_event(make_space(timezone="Europe/Brussels"))


@contextmanager
def statements():
    """Each that the database is asked to do."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    happening.listen(db.engine, "before_cursor_execute", note)
    yield said
    happening.remove(db.engine, "before_cursor_execute", note)


def test_telling_many_asks_the_database_no_more_than_telling_a_few(event):
    def told(count):
        rsvps = [make_rsvp(event) for _ in range(count)]
        make_slot(event, rsvps[0].member, rsvps[1].member)
        event.status = EventStatus.CANCELLED
        db.session.flush()
        before = len(jobs())
        now = NOON + timedelta(minutes=count)
        with statements() as said:
            letters = event_changes.cancelled(event, rsvps, now)
        assert len({letter.cause for letter in letters}) == count
        assert len(jobs()) == before + 1
        # SQLite writes each row by itself, as it is asked for their numbers in order.
        return sum("INSERT INTO letter" not in statement for statement in said)

    told(2)  # what is asked only once
    assert told(60) == told(3)


def test_one_job_sends_them_all_and_another_comes_if_it_fails(event, sink):
    rsvps = [make_rsvp(event) for _ in range(4)]
    letters = event_changes.cancelled(event, rsvps, NOON)
    db.session.commit()
    (job,) = jobs()
    assert job == f"letter-{letters[0].id}"

    work(letters[0], NOON)  # and the job was killed after that
    sending.requeue_due(NOON)
    db.session.commit()

    assert len(jobs()) == 2
    sent = [letters[0].id]
    for next_id in sending.next_due(NOON):
        work(db.session.get_one(type(letters[0]), next_id), NOON)
        sent.append(next_id)
    assert sent == [letter.id for letter in letters]
    assert len(sink.arrived) == 4
