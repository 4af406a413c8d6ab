from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.jobs import do_what_is_due
from matchmaker.mail.recheck import why_not
from matchmaker.models import EventStatus, RsvpStatus
from matchmaker.services.events import places, reminders
from tests.factories import NOON, make_event, make_member, make_rsvp

pytestmark = pytest.mark.usefixtures("app")


def reminded(now, letters):
    for rsvp in reminders.due(now):
        reminders.remind(rsvp, now)
    return [letter.member for letter in letters() if letter.kind == "event_reminder"]


def test_each_is_reminded_as_long_before_as_they_chose_and_once(letters):
    event = make_event()
    day, hours = (make_rsvp(event, remind_hours=hours) for hours in (24, 2))
    make_rsvp(event).remind_hours = None
    start = event.starts_at

    assert reminded(start - timedelta(hours=25), letters) == []
    assert reminded(start - timedelta(hours=24), letters) == [day.member]
    assert reminded(start - timedelta(hours=23), letters) == [day.member]
    both = [day.member, hours.member]
    assert reminded(start - timedelta(hours=2), letters) == both
    assert reminded(start - timedelta(minutes=1), letters) == both


def test_nobody_is_reminded_of_what_has_begun(letters):
    event = make_event()
    make_rsvp(event)

    assert reminded(event.starts_at, letters) == []
    assert reminded(event.starts_at + timedelta(hours=1), letters) == []


@pytest.mark.parametrize("status", [s for s in RsvpStatus if s is not RsvpStatus.GOING])
def test_only_those_going_are_reminded(letters, status):
    event = make_event()
    make_rsvp(event, status=status)

    assert reminded(event.starts_at - timedelta(hours=1), letters) == []


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.DRAFT])
def test_what_does_not_take_place_reminds_nobody(letters, status):
    event = make_event(status=status)
    make_rsvp(event)

    assert reminded(event.starts_at - timedelta(hours=1), letters) == []


def test_whoever_signs_up_after_their_moment_has_just_been_told(letters):
    event = make_event()
    late = event.starts_at - timedelta(hours=5)
    places.sign_up(event, make_member(space=event.space), late)

    assert reminded(late + timedelta(minutes=1), letters) == []


def test_an_event_that_was_moved_is_reminded_of_again(letters):
    event = make_event()
    rsvp = make_rsvp(event)
    reminded(event.starts_at - timedelta(hours=24), letters)
    event.starts_at += timedelta(days=3)
    event.ends_at += timedelta(days=3)
    db.session.flush()

    assert reminded(event.starts_at - timedelta(hours=25), letters) == [rsvp.member]
    again = reminded(event.starts_at - timedelta(hours=24), letters)
    assert again == [rsvp.member] * 2


def test_a_reminder_that_waited_too_long_is_not_sent(letters):
    event = make_event()
    make_rsvp(event)
    reminded(event.starts_at - timedelta(hours=1), letters)
    (letter,) = letters()

    assert why_not(letter, event.starts_at + timedelta(hours=1))


def test_the_clock_reminds_and_passes_places_on(letters):
    event = make_event(capacity=1, claim_hours=1)
    late = make_rsvp(
        event, status=RsvpStatus.OFFERED, offered_until=NOON + timedelta(hours=1)
    )
    waiting = make_rsvp(event, status=RsvpStatus.WAITING)
    goes = make_rsvp(make_event(starts_at=NOON + timedelta(hours=26)))
    db.session.commit()

    do_what_is_due(NOON + timedelta(hours=3))

    assert {letter.kind: letter.member for letter in letters()} == {
        "event_passed_on": late.member,
        "event_offered": waiting.member,
        "event_reminder": goes.member,
    }
