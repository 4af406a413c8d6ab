"""Of letters that are caused together each is written by itself, and fails by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from matchmaker import jobs
from matchmaker.extensions import db
from matchmaker.mail import sending
from matchmaker.models import (
    EventStatus,
    Letter,
    LetterStatus,
    Member,
    utcnow,
)
from matchmaker.services import introductions, rounds
from matchmaker.services.events.planning import editing, plans, standing
from matchmaker.services.events.running import messages
from tests.factories import (
    make_event,
    make_following,
    make_group,
    make_introduction,
    make_member,
    make_rsvp,
    make_slot,
    make_space,
)
from tests.mail.conftest import listening

NAMES = ("Ana", "Ben", "Cem", "Dee")


@pytest.fixture
def sink(any_database):
    with listening(any_database) as sink:
        yield sink


@pytest.fixture
def people(any_database):
    """A host and four others; the name of one of them cannot be written."""
    space = make_space(round_weekday=7, round_hour=23)
    host = make_member("Hana", space=space)
    return host, [make_member(name, space=space) for name in NAMES]


@pytest.fixture
def unspeakable(monkeypatch):
    """Whatever greets Ana fails."""
    greeted = Member.greeted.fget

    def greet(member):
        if member.name == "Ana":
            raise ZeroDivisionError("Ana's secret")
        return greeted(member)

    monkeypatch.setattr(Member, "greeted", property(greet))


def an_event_to_come(host, guests, **fields):
    event = make_event(
        host.memberships[0].space, starts_at=utcnow() + timedelta(days=3), **fields
    )
    event.hosts.append(host)
    for guest in guests:
        make_rsvp(event, guest)
    db.session.flush()
    return event


def cancellation(host, people):
    event = an_event_to_come(host, people[:3])
    make_slot(event, people[3], people[1], starts_at=event.starts_at)
    standing.cancel(event, "Water in the cellar.", host, utcnow())


def change(host, people):
    event = an_event_to_come(host, people)
    plan = replace(plans.of(event), place="The attic")
    editing.apply(event, plan, host, utcnow())


def announcement(host, people):
    group = make_group(host.memberships[0].space)
    for follower in people:
        make_following(group, follower, wants_letters=True)
    event = an_event_to_come(host, [], group=group, status=EventStatus.DRAFT)
    standing.publish(event, host, utcnow())


def message_of_the_host(host, people):
    event = an_event_to_come(host, people)
    words = "Bring a mug", "We have too few."
    messages.send(event, host, messages.To.GOING, *words, utcnow())


def round_of_introductions(_host, people):
    for number, member in enumerate(people):
        give, take = ("law", "tax") if number % 2 else ("tax", "law")
        member.profile.offers, member.profile.wants = [give], [take]
    space, now = people[0].memberships[0].space, utcnow()
    db.session.flush()
    rounds.run(space, rounds.this_week(space, now), now)


def did_you_meet(_host, people):
    long_ago = utcnow() - introductions.ASK_AFTER
    for pair in (people[:2], people[2:]):
        make_introduction(*pair, introduced_at=long_ago)
    db.session.commit()
    jobs.do_what_is_due(utcnow())


BATCHES = [
    cancellation,
    change,
    announcement,
    message_of_the_host,
    round_of_introductions,
    did_you_meet,
]


@pytest.mark.usefixtures("unspeakable")
@pytest.mark.parametrize("cause", BATCHES, ids=lambda cause: cause.__name__)
def test_a_letter_that_cannot_be_written_fails_alone(people, sink, caplog, cause):
    cause(*people)
    db.session.commit()
    jobs.send_letters()

    arrived = [mail["To"].addresses[0].display_name for mail in sink.arrived]
    assert sorted(arrived) == ["Ben", "Cem", "Dee"]
    (letter,) = waiting()
    assert (letter.member.name, letter.attempts) == ("Ana", 1)
    assert "ZeroDivisionError in test_failing_alone.py" in letter.problem

    for _ in range(sending.WRITING_ATTEMPTS):
        db.session.execute(update(Letter).values(due_at=utcnow()))
        db.session.commit()
        jobs.send_letters()

    assert waiting() == []
    failed = select(Letter).where(Letter.status == LetterStatus.FAILED)
    (letter,) = db.session.scalars(failed)
    assert (letter.member.name, letter.attempts) == ("Ana", sending.WRITING_ATTEMPTS)
    assert "ZeroDivisionError" in letter.problem
    assert "secret" not in letter.problem + caplog.text
    assert len(sink.arrived) == 3


def test_what_is_mended_is_written_by_the_next_attempt(people, sink, monkeypatch):
    with monkeypatch.context() as planted:
        planted.setattr(Member, "greeted", property(lambda _member: 1 / 0))
        cancellation(*people)
        db.session.commit()
        jobs.send_letters()
    assert sink.arrived == []

    db.session.execute(update(Letter).values(due_at=utcnow()))
    db.session.commit()
    jobs.send_letters()

    assert len(sink.arrived) == 4
    assert waiting() == []


def waiting():
    found = select(Letter).where(Letter.status.in_([LetterStatus.QUEUED]))
    return db.session.scalars(found).all()
