"""Letters to all of an event at once: the same as one by one, and cheaper."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import event as happening

from matchmaker.extensions import db
from matchmaker.mail import event_changes, outbox
from matchmaker.mail.compose import compose
from matchmaker.mail.event_letters import arrangements, when_words
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.models import EventStatus, RsvpStatus, Venue
from tests.factories import (
    NOON,
    make_event,
    make_member,
    make_rsvp,
    make_slot,
    make_space,
)
from tests.mail.conftest import jobs, work

NAMES = [
    "Ana Duarte",
    "O'Hara & Co",
    "<b>Bo</b>",
    "a&amp;b",
    "李 小龍",
    "\u202eevil\x07 n",
    "www.example.org",
    "A" * 80,
    "{{ x }}",
    "⟦called⟧",
]
LINK = "https://meet.example.org/x?a=1&b=2"


@pytest.fixture
def event(app, monkeypatch):
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: 1_900_000_000)
    space = make_space(name="The <Old> & Mill", timezone="Europe/Brussels")
    return make_event(
        space, title="Soup & 'tea'", venue=Venue.ONLINE, place="", online_url=LINK
    )


@contextmanager
def statements():
    """Each that the database is asked to do."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    happening.listen(db.engine, "before_cursor_execute", note)
    yield said
    happening.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("status", [RsvpStatus.GOING, RsvpStatus.WAITING])
@pytest.mark.parametrize("name", NAMES)
def test_each_gets_what_would_have_been_written_to_them_alone(event, name, status):
    before = arrangements(event)
    event.ends_at += timedelta(hours=1)
    members = [make_member(each, space=event.space) for each in ("Zoë", name)]
    rsvps = [make_rsvp(event, member, status=status) for member in members]
    token = sign(Purpose.RSVP, event.id, members[1].id)
    join = [("Join online", LINK, "secondary")] if status is RsvpStatus.GOING else []

    _, letter = event_changes.changed(event, rsvps, before, NOON)

    alone = compose(
        "event",
        letter.subject,
        "Look whether you can still come.",
        member=members[1],
        event=event,
        space=event.space,
        heading="There is a new time",
        when=when_words(event, event),
        where="online",
        words=[f"Before, it was: {when_words(before, event)}."],
        buttons=[
            (
                "See the event",
                absolute("events.by_letter", token=token, do="show"),
                "primary",
            ),
            *join,
            (
                "I cannot come",
                absolute("events.by_letter", token=token, do="cancel"),
                "secondary",
            ),
        ],
        stop_url=None,
        why="you signed up for this event",
    )
    assert (letter.text, letter.html) == (alone.text, alone.html)
    assert letter.to == members[1].email


def test_telling_many_asks_the_database_no_more_than_telling_a_few(event):
    def told(count):
        rsvps = [make_rsvp(event) for _ in range(count)]
        make_slot(event, rsvps[0].member, rsvps[1].member)
        event.status = EventStatus.CANCELLED
        db.session.flush()
        before = len(jobs())
        now = NOON + timedelta(minutes=count)
        with statements() as said:
            letters = event_changes.cancelled(event, rsvps, "The oven broke.", now)
        assert len({letter.cause for letter in letters}) == count
        assert len(jobs()) == before + 1
        # SQLite writes each row by itself, as it is asked for their numbers in order.
        return sum("INSERT INTO letter" not in statement for statement in said)

    told(2)  # what is asked only once
    assert told(60) == told(3)


def test_one_job_sends_them_all_and_another_comes_if_it_fails(event, sink):
    rsvps = [make_rsvp(event) for _ in range(4)]
    letters = event_changes.cancelled(event, rsvps, "", NOON)
    db.session.commit()
    (job,) = jobs()
    assert job == f"letter-{letters[0].id}"

    work(letters[0], NOON)  # and the job was killed after that
    outbox.requeue_due(NOON)
    db.session.commit()

    assert len(jobs()) == 2
    sent = [letters[0].id]
    for next_id in outbox.next_due(NOON):
        work(db.session.get_one(type(letters[0]), next_id), NOON)
        sent.append(next_id)
    assert sent == [letter.id for letter in letters]
    assert len(sink.arrived) == 4
