"""Letters to all of an event at once: each is a row, and is written by itself later."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event as happening

from matchmaker.extensions import db
from matchmaker.mail import event_changes
from matchmaker.models import EventStatus
from tests.factories import (
    NOON,
    make_event,
    make_rsvp,
    make_slot,
    make_space,
)


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
        now = NOON + timedelta(minutes=count)
        with statements() as said:
            letters = event_changes.cancelled(event, rsvps, now)
        assert len({letter.cause for letter in letters}) == count
        # SQLite writes each row by itself, as it is asked for their numbers in order.
        return sum("INSERT INTO letter" not in statement for statement in said)

    told(2)  # what is asked only once
    assert told(60) == told(3)
