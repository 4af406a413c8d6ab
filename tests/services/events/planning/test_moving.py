"""What belongs to an event's times moves along when the event is moved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import RsvpStatus
from matchmaker.refusal import Unfit
from matchmaker.services.events import places, reminders
from matchmaker.services.events.planning import editing, plans, recurrence, series
from matchmaker.services.events.planning.plans import Plan
from matchmaker.services.events.room import mentor_hours
from tests.factories import (
    NOON,
    make_event,
    make_member,
    make_rsvp,
    make_slot,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THREE_WEEKS = timedelta(weeks=3)


@pytest.fixture
def move(olga):
    def move(event, by, now=NOON, **said):
        """As the form does it: what was not touched is sent as it was."""
        plan = plans.of(event)
        moved = {"starts_at": plan.starts_at + by, "ends_at": plan.ends_at + by}
        return editing.edit(event, replace(plan, **moved | said), olga, now)

    return move


@pytest.mark.parametrize("by", [THREE_WEEKS, 3 * HOUR, -2 * DAY])
def test_signing_up_keeps_its_distance(space, move, by):
    event = make_event(space, starts_at=NOON + 7 * DAY)
    event.rsvp_opens_at, event.rsvp_closes_at = NOON + 3 * DAY, NOON + 6 * DAY

    move(event, by)

    assert event.rsvp_opens_at == NOON + 3 * DAY + by
    assert event.rsvp_closes_at == NOON + 6 * DAY + by


def test_members_can_sign_up_for_what_was_put_off(space, move):
    event = make_event(space, starts_at=NOON + 7 * DAY)
    event.rsvp_closes_at = NOON + 6 * DAY

    move(event, THREE_WEEKS)

    assert places.is_open(event, NOON + 10 * DAY)


def test_what_is_said_of_it_at_the_same_time_holds(space, move):
    event = make_event(space, starts_at=NOON + 7 * DAY)
    event.rsvp_closes_at = NOON + 6 * DAY

    move(event, THREE_WEEKS, rsvp_closes_at=(NOON + 9 * DAY).replace(tzinfo=None))

    assert event.rsvp_closes_at == NOON + 9 * DAY


def test_what_has_opened_stays_open_and_what_has_closed_closed(space, move):
    event = make_event(space, starts_at=NOON + 7 * DAY)
    event.rsvp_opens_at, event.rsvp_closes_at = NOON - 2 * DAY, NOON - DAY

    move(event, THREE_WEEKS)

    assert event.rsvp_opens_at == NOON - 2 * DAY
    assert event.rsvp_closes_at == NOON - DAY


def test_what_is_over_is_not_moved(space, move):
    event = make_event(space, starts_at=NOON - 7 * DAY)

    with pytest.raises(Unfit, match="Duplicate it"):
        move(event, THREE_WEEKS)


@pytest.mark.parametrize("by", [timedelta(minutes=20), timedelta(minutes=-20), DAY])
def test_hours_with_a_mentor_move_along_and_both_are_told(space, move, letters, by):
    event = make_event(space, starts_at=NOON + 7 * DAY)
    mentor, mentee = make_member("Mia", space=space), make_member("Ben", space=space)
    make_rsvp(event, mentee)
    starts = [event.starts_at + timedelta(minutes=20 * k) for k in range(3)]
    slots = [
        make_slot(event, mentor, mentee if k == 1 else None, starts_at=start)
        for k, start in enumerate(starts)
    ]
    db.session.commit()

    move(event, by)

    assert [slot.starts_at for slot in slots] == [start + by for start in starts]
    assert all(event.starts_at <= slot.starts_at < event.ends_at for slot in slots)
    booked = [letter for letter in letters() if letter.kind == "hours_booked"]
    assert {letter.member for letter in booked} == {mentor, mentee}
    for letter in booked:
        assert "The event was moved" in letter.text
        assert f"{slots[1].starts_at:%Y%m%dT%H%M%SZ}" in letter.calendar
    assert mentor_hours.booked_by(event, mentee) == [slots[1]]


def test_hours_that_have_been_stay_where_they_were(space, move):
    """Of an event that has begun, and goes on later than was thought."""
    event = make_event(space, starts_at=NOON)
    mentor = make_member("Mia", space=space)
    been, to_come = (
        make_slot(event, mentor, starts_at=NOON + minutes * timedelta(minutes=1))
        for minutes in (0, 40)
    )

    move(event, HOUR, now=NOON + timedelta(minutes=30))

    assert been.starts_at == NOON
    assert to_come.starts_at == NOON + timedelta(minutes=100)


def test_a_place_that_is_held_is_held_for_the_hours_that_were_said(space, move):
    event = make_event(space, starts_at=NOON + 10 * HOUR, capacity=1, claim_hours=24)
    held = make_rsvp(event, status=RsvpStatus.OFFERED, changed_at=NOON)
    held.offered_until = event.starts_at - places.LATEST_OFFER

    move(event, THREE_WEEKS, now=NOON + HOUR)
    assert held.offered_until == NOON + 24 * HOUR
    later = NOON + 2 * HOUR
    move(event, -THREE_WEEKS, now=later)
    assert held.offered_until == event.starts_at - places.LATEST_OFFER
    later += timedelta(minutes=1)
    move(event, -7 * HOUR, now=later)
    assert event.starts_at == NOON + 3 * HOUR
    assert held.offered_until == later + HOUR  # nobody loses it sooner


def test_who_was_reminded_of_the_old_time_is_reminded_of_the_new(space, move):
    event = make_event(space, starts_at=NOON + DAY)
    rsvp = make_rsvp(event, changed_at=NOON - DAY)
    reminders.remind(rsvp, NOON + HOUR)
    assert rsvp.reminded_at == NOON + HOUR

    move(event, THREE_WEEKS, now=NOON + 2 * HOUR)

    at = NOON + THREE_WEEKS + HOUR
    assert [each.event for each in reminders.due(at)] == [event]


def test_of_a_series_each_keeps_its_own_distance(space, olga):
    start = (NOON + 7 * DAY).replace(tzinfo=None)
    plan = Plan(
        "Pottery",
        start,
        start + 2 * HOUR,
        place="The kitchen",
        rsvp_opens_at=start - 8 * DAY,  # of the first that was yesterday
        rsvp_closes_at=start - DAY,
    )
    made = series.make(space, plan, recurrence.read("FREQ=WEEKLY;COUNT=3"), olga, NOON)
    first, *others = made.events
    opened = [event.rsvp_opens_at for event in made.events]
    db.session.flush()

    old = plans.of(first)
    later = replace(old, starts_at=start + 3 * HOUR, ends_at=start + 5 * HOUR)
    series.edit(first, later, series.Scope.ALL, olga, NOON)

    assert all(e.starts_at - e.rsvp_closes_at == DAY for e in made.events)
    assert first.rsvp_opens_at == opened[0]
    assert [e.rsvp_opens_at for e in others] == [at + 3 * HOUR for at in opened[1:]]


def test_one_date_of_a_series_moves_its_own_times_only(space, olga, move):
    start = (NOON + 7 * DAY).replace(tzinfo=None)
    plan = Plan("Pottery", start, start + 2 * HOUR, rsvp_closes_at=start - DAY)
    made = series.make(space, plan, recurrence.read("FREQ=WEEKLY;COUNT=2"), olga, NOON)
    one, other = made.events
    closes = other.rsvp_closes_at

    move(one, DAY)

    assert one.starts_at - one.rsvp_closes_at == DAY
    assert other.rsvp_closes_at == closes


def test_what_a_calendar_moves_moves_along_too(space):
    event = make_event(space, starts_at=NOON + 7 * DAY)
    event.rsvp_closes_at = NOON + 6 * DAY
    plan = plans.of(event)
    later = {"starts_at": plan.starts_at + DAY, "ends_at": plan.ends_at + DAY}

    editing.apply(event, replace(plan, **later), None, NOON)

    assert event.rsvp_closes_at == NOON + 7 * DAY
