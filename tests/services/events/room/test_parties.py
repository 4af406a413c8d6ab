"""At the door: how many of a party came."""

import random
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import RsvpStatus
from matchmaker.services.events import agenda, places
from matchmaker.services.events.planning import needs
from matchmaker.services.events.room import door
from matchmaker.services.events.room.replay import Act, replay_all
from matchmaker.services.events.running import attendance, exports
from tests.factories import NOON, make_event, make_member, make_rsvp

MINUTE = timedelta(minutes=1)
START = NOON + timedelta(days=7)
GOING, WAITING = RsvpStatus.GOING, RsvpStatus.WAITING


@pytest.fixture
def event(space):
    """Room for six: Jo has three guests on the list, and two places are another's."""
    event = make_event(space, starts_at=START, capacity=6, guests_each=3)
    make_rsvp(event, make_member("Bo", space=space), guests=1)
    return event


@pytest.fixture
def jo(event, space):
    return make_rsvp(event, make_member("Jo Ruiz", space=space), guests=3)


@pytest.fixture
def tell(event, olga):
    """What the door's phone sends, and what it is told."""

    def tell(rsvp, at=START, deed="check-in", **said):
        act = Act("1", deed, at, member_id=rsvp.member_id, **said)
        (told,) = replay_all(event, [act], max(at, START), olga)
        db.session.flush()
        db.session.refresh(rsvp)
        return told.says

    return tell


def test_with_fewer_than_signed_up_chairs_are_free_for_those_who_wait(
    event, space, jo, tell
):
    ben = make_rsvp(event, make_member("Ben", space=space), WAITING, guests=1)

    assert tell(jo, guests=1) == "Jo Ruiz is checked in, with 1 of 3 guests."

    assert (jo.guests, jo.party) == (3, 2)
    assert ben.status is GOING
    assert event.places_taken == 6


def test_all_of_them_are_all_of_them(event, jo, tell):
    assert tell(jo) == "Jo Ruiz is checked in, with 3 guests."
    assert event.places_taken == 6


def test_what_was_said_is_put_right_later(event, jo, tell):
    tell(jo, guests=1)
    assert event.places_left == 2

    said = tell(jo, START + MINUTE, guests=2)
    assert said == "Jo Ruiz is checked in, with 2 of 3 guests."
    assert event.places_left == 1
    tell(jo, START + 2 * MINUTE, guests=0)
    assert event.places_left == 3
    assert jo.checked_in_at == START


def test_who_comes_after_all_needs_a_chair(event, space, jo, tell):
    tell(jo, guests=1)
    make_rsvp(event, make_member("Ben", space=space))

    assert "there is one place left" in tell(jo, START + MINUTE, guests=3)

    assert jo.party == 2


def test_more_than_signed_up_are_signed_in_by_name(jo, tell):
    assert "signed up with 3 guests" in tell(jo, guests=4)
    assert not jo.has_arrived


def test_what_is_told_late_does_not_undo_what_was_put_right(jo, tell):
    tell(jo, START + MINUTE, guests=2)
    tell(jo, START, guests=0)

    assert jo.guests_coming == 2


def test_a_second_check_in_leaves_the_number_as_it_is(jo, tell):
    tell(jo, guests=1)
    tell(jo, START + MINUTE)

    assert jo.guests_coming == 1


def test_taken_back_all_are_expected_again_if_there_is_room(event, space, jo, tell):
    tell(jo, guests=1)
    tell(jo, START + MINUTE, deed="undo")
    assert jo.party == 4

    tell(jo, START + 2 * MINUTE, guests=1)
    make_rsvp(event, make_member("Ben", space=space), guests=1)
    tell(jo, START + 3 * MINUTE, deed="undo")
    assert not jo.has_arrived
    assert event.places_taken == 6


def test_who_waits_for_several_may_come_in_alone(event, space, jo, tell):
    ben = make_rsvp(event, make_member("Ben", space=space), WAITING, guests=1)
    tell(jo, guests=2)
    assert ben.status is WAITING

    assert tell(ben) == (
        "The room is full: all 6 places are taken or promised. Make room for 2 more, or "
        "take somebody off the list who does not come."
    )
    assert tell(ben, guests=0) == "Ben is checked in, with 0 of 1 guest."
    assert event.places_taken == 6


def test_who_signs_up_again_brings_all_again(event, space, jo, tell):
    tell(jo, START - MINUTE, guests=1)
    tell(jo, START, deed="undo")
    places.decline(event, jo.member, START - MINUTE)
    places.sign_up(event, jo.member, START - MINUTE, places.Wishes(guests=3))

    assert jo.party == 4


def test_they_are_counted_alike_everywhere(event, space, olga, jo, tell):
    tell(jo, guests=1)
    db.session.expire_all()

    assert event.places_taken == 4
    counted = door.numbers(door.everybody(event, olga))
    assert (counted.arrived, counted.going) == (2, 4)
    figures = attendance.figures(event, olga, START)
    assert (figures.guests, figures.taken, figures.free) == (2, 4, 2)
    glance = needs.at_a_glance([event], olga, START)[event.id]
    assert (glance.going, glance.arrived) == (4, 2)
    (entry,) = agenda.upcoming(olga, space, START - MINUTE).entries
    assert entry.room.value == "free"
    rows = exports.table(event.rsvps, event)
    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    told = {row["Name"]: (row["Guests"], row["Guests who came"]) for row in named}
    assert told == {"Bo": (1, ""), "Jo Ruiz": (3, 1)}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_pressed_no_chair_is_given_twice(event, space, olga, seed):
    chance = random.Random(seed)
    people = [*event.rsvps]
    for k in range(6):
        member = make_member(f"M{k}", space=space)
        rsvp = places.sign_up(
            event, member, NOON, places.Wishes(guests=chance.randint(0, 3))
        )
        people.append(rsvp)
    for minute in range(40):
        rsvp = chance.choice(people)
        act = Act(
            "1",
            chance.choice(["check-in", "check-in", "undo"]),
            START + minute * MINUTE,
            member_id=rsvp.member_id,
            guests=chance.choice([None, 0, 1, 2, 3]),
        )
        replay_all(event, [act], START + minute * MINUTE, olga)
        db.session.flush()
        db.session.expire_all()

        going = [each for each in people if each.status is GOING]
        assert event.places_taken == sum(each.party for each in going) <= 6
        waiting = [each for each in people if each.status is WAITING]
        assert all(each.party > event.places_left for each in waiting)
