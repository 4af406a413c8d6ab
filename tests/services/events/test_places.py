from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import EventStatus, Membership, MembershipStatus, RsvpStatus
from matchmaker.refusal import Refusal
from matchmaker.services.events import places
from matchmaker.services.events.places import Wishes
from tests.factories import NOON, make_event, make_host, make_member, make_space

GOING, WAITING, OFFERED, DECLINED, ASKED = (
    RsvpStatus.GOING,
    RsvpStatus.WAITING,
    RsvpStatus.OFFERED,
    RsvpStatus.DECLINED,
    RsvpStatus.ASKED,
)
LATER = NOON + timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("app")


def people(event, count):
    return [make_member(f"Member {n}", space=event.space) for n in range(count)]


def statuses(event, members):
    return [places.of(event, member).status for member in members]


def test_whoever_comes_too_late_waits():
    event = make_event(capacity=1)
    ana, ben = people(event, 2)

    first = places.sign_up(event, ana, NOON)
    second = places.sign_up(event, ben, NOON)

    assert (first.status, second.status) == (GOING, WAITING)


def test_without_a_limit_everybody_has_a_place():
    event = make_event(capacity=None)

    for member in people(event, 30):
        assert places.sign_up(event, member, NOON).status is GOING


def test_a_freed_place_goes_to_whoever_waits_longest(letters):
    event = make_event(capacity=1)
    ana, ben, cem = people(event, 3)
    for member in (ana, ben, cem):
        places.sign_up(event, member, NOON)

    places.decline(event, ana, LATER)

    assert statuses(event, (ana, ben, cem)) == [DECLINED, GOING, WAITING]
    assert [(letter.kind, letter.member) for letter in letters()][-1] == (
        "event_promoted",
        ben,
    )


def test_pressed_twice_it_is_done_once(letters):
    event = make_event(capacity=2)
    (ana,) = people(event, 1)

    places.sign_up(event, ana, NOON)
    places.sign_up(event, ana, LATER)

    assert event.places_taken == 1
    assert len(letters()) == 1


def test_whoever_comes_back_waits_behind_the_others():
    event = make_event(capacity=1)
    ana, ben, cem = people(event, 3)
    for member in (ana, ben, cem):
        places.sign_up(event, member, NOON)
    places.decline(event, ben, NOON)

    places.sign_up(event, ben, LATER)

    assert [rsvp.member for rsvp in places.queue(event)] == [cem, ben]


def test_a_party_keeps_together_and_no_place_stays_empty():
    event = make_event(capacity=3, guests_each=2)
    ana, ben, cem, dan = people(event, 4)
    places.sign_up(event, ana, NOON, Wishes(guests=1))
    places.sign_up(event, ben, NOON, Wishes(guests=1))  # two, and one place is free
    places.sign_up(event, cem, NOON)
    places.sign_up(event, dan, NOON)
    assert statuses(event, (ana, ben, cem, dan)) == [GOING, WAITING, GOING, WAITING]

    places.decline(event, cem, LATER)
    assert statuses(event, (ben, dan)) == [WAITING, GOING]

    places.decline(event, ana, LATER)
    assert statuses(event, (ben, dan)) == [GOING, GOING]
    assert event.places_left == 0


def test_more_guests_than_there_is_room_for_are_refused_and_nothing_is_lost():
    event = make_event(capacity=2, guests_each=2)
    ana, ben = people(event, 2)
    places.sign_up(event, ana, NOON, Wishes(is_shown=True))
    places.sign_up(event, ben, NOON)

    with pytest.raises(Refusal, match="no room for 2 more"):
        places.sign_up(event, ana, LATER, Wishes(guests=2))

    assert places.of(event, ana).guests == 0
    assert places.of(event, ana).status is GOING


def test_fewer_guests_make_room_for_whoever_waits():
    event = make_event(capacity=2, guests_each=1)
    ana, ben = people(event, 2)
    places.sign_up(event, ana, NOON, Wishes(guests=1))
    places.sign_up(event, ben, NOON)

    places.sign_up(event, ana, LATER, Wishes(guests=0))

    assert statuses(event, (ana, ben)) == [GOING, GOING]


def test_more_room_lets_in_who_waits_and_less_turns_nobody_out():
    event = make_event(capacity=1)
    host = make_host(event)
    members = people(event, 4)
    for member in members:
        places.sign_up(event, member, NOON)

    places.change_capacity(event, 3, LATER, host)
    assert statuses(event, members) == [GOING, GOING, GOING, WAITING]

    with pytest.raises(Refusal, match="More places than that are taken"):
        places.change_capacity(event, 2, LATER, host)
    assert event.capacity == 3

    places.change_capacity(event, None, LATER, host)
    assert statuses(event, members) == [GOING] * 4


def take_back_late_offers(now):
    for rsvp in places.late_offers(now):
        places.take_back(rsvp, now)


def test_a_freed_place_is_held_as_long_as_the_host_wants(letters):
    event = make_event(capacity=1, claim_hours=12)
    ana, ben, cem = people(event, 3)
    for member in (ana, ben, cem):
        places.sign_up(event, member, NOON)

    places.decline(event, ana, LATER)
    assert statuses(event, (ben, cem)) == [OFFERED, WAITING]
    assert event.places_left == 0

    take_back_late_offers(LATER + timedelta(hours=11))
    assert statuses(event, (ben, cem)) == [OFFERED, WAITING]

    take_back_late_offers(LATER + timedelta(hours=12))
    assert statuses(event, (ben, cem)) == [DECLINED, OFFERED]
    with pytest.raises(Refusal, match="join the queue again"):
        places.claim(places.of(event, ben), LATER + timedelta(hours=13))

    places.claim(places.of(event, cem), LATER + timedelta(hours=13))
    assert statuses(event, (cem,)) == [GOING]
    assert [letter.kind for letter in letters()][-4:] == [
        "event_offered",
        "event_passed_on",
        "event_offered",
        "event_going",
    ]


def test_shortly_before_it_begins_a_freed_place_is_theirs_at_once():
    event = make_event(capacity=1, claim_hours=12)
    ana, ben = people(event, 2)
    for member in (ana, ben):
        places.sign_up(event, member, NOON)

    places.decline(event, ana, event.starts_at - timedelta(hours=1))

    assert statuses(event, (ben,)) == [GOING]


def test_the_host_says_who_comes_where_they_want_to():
    event = make_event(capacity=1, needs_approval=True)
    host = make_host(event)
    ana, ben, cem = people(event, 3)
    for member in (ana, ben, cem):
        places.sign_up(event, member, NOON)
    assert statuses(event, (ana, ben, cem)) == [ASKED] * 3

    places.approve(places.of(event, cem), LATER, host)
    places.approve(places.of(event, ana), LATER, host)
    places.remove(places.of(event, ben), LATER, host)

    assert statuses(event, (ana, ben, cem)) == [WAITING, DECLINED, GOING]


def test_by_hand_the_same_rules_hold():
    event = make_event(capacity=1, rsvp_closes_at=NOON - timedelta(days=1))
    host = make_host(event)
    ana, ben = people(event, 2)
    with pytest.raises(Refusal, match="time to sign up is over"):
        places.sign_up(event, ana, NOON)

    places.sign_up(event, ana, NOON, by=host)
    places.sign_up(event, ben, NOON, by=host)
    assert statuses(event, (ana, ben)) == [GOING, WAITING]

    with pytest.raises(Refusal, match="full"):
        places.let_in(places.of(event, ben), NOON, host)
    places.remove(places.of(event, ana), NOON, host)
    assert statuses(event, (ana, ben)) == [DECLINED, GOING]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": EventStatus.CANCELLED}, "does not take place"),
        ({"status": EventStatus.DRAFT}, "not published"),
        ({"starts_at": NOON - timedelta(hours=1)}, "already begun"),
        ({"starts_at": NOON - timedelta(days=1)}, "over"),
        ({"rsvp_opens_at": NOON + timedelta(days=1)}, "from Tuesday 7 May, 12:00"),
        ({"rsvp_closes_at": NOON}, "time to sign up is over"),
    ],
)
def test_there_is_a_time_to_sign_up(fields, sentence):
    event = make_event(**fields)

    with pytest.raises(Refusal, match=sentence):
        places.sign_up(event, make_member(space=event.space), NOON)


@pytest.mark.parametrize(
    "status",
    [MembershipStatus.SUSPENDED, MembershipStatus.LEFT, MembershipStatus.INVITED],
)
def test_only_members_of_the_space_have_places(status):
    event = make_event()

    with pytest.raises(Refusal, match="Join"):
        places.sign_up(event, make_member(space=event.space, status=status), NOON)
    with pytest.raises(Refusal, match="Join"):
        places.sign_up(event, make_member(space=make_space()), NOON)


def test_what_the_host_asks_is_answered_first():
    questions = [
        {"id": "a", "text": "What do you eat?", "options": ["All", "Plants"]}
        | {"required": True},
        {"id": "b", "text": "Anything else?", "options": [], "required": False},
    ]
    event = make_event(questions=questions)
    (ana,) = people(event, 1)

    with pytest.raises(Refusal, match="What do you eat"):
        places.sign_up(event, ana, NOON)
    with pytest.raises(Refusal, match="Choose one"):
        places.sign_up(event, ana, NOON, Wishes(answers={"a": "Stones"}))
    places.sign_up(event, ana, NOON, Wishes(answers={"a": "Plants"}))

    assert places.of(event, ana).answers == {"a": "Plants"}


def test_when_it_is_over_the_list_stays_as_it_was():
    event = make_event()
    (ana,) = people(event, 1)
    places.sign_up(event, ana, NOON)

    with pytest.raises(Refusal, match="over"):
        places.decline(event, ana, event.ends_at)

    assert statuses(event, [ana]) == [GOING]


def test_whoever_is_here_is_not_taken_off_the_list():
    event = make_event()
    host = make_host(event)
    (ana,) = people(event, 1)
    rsvp = places.sign_up(event, ana, NOON)
    rsvp.checked_in_at = LATER
    db.session.flush()

    with pytest.raises(Refusal, match="checked in"):
        places.decline(event, ana, LATER)
    with pytest.raises(Refusal, match="is here"):
        places.remove(rsvp, LATER, host)


def test_a_held_place_is_not_taken_at_an_event_that_is_off():
    event = make_event(capacity=1, claim_hours=24)
    ana, ben = people(event, 2)
    places.sign_up(event, ana, NOON)
    places.sign_up(event, ben, NOON)
    places.decline(event, ana, NOON)
    event.status = EventStatus.CANCELLED

    with pytest.raises(Refusal, match="does not take place"):
        places.claim(places.of(event, ben), NOON)


def test_a_refusal_calls_nobody_what_another_space_calls_them():
    event = make_event(capacity=1)
    lou = make_member("Lou Kern", space=make_space())
    places.give_at_the_door(event, invited(lou, event), NOON)
    rsvp = places.of(event, lou)
    rsvp.checked_in_at = NOON

    with pytest.raises(Refusal) as refusal:
        places.remove(rsvp, NOON, make_host(event))

    assert "Lou" not in str(refusal.value)


def invited(member, event):
    invitation = Membership(space=event.space, status=MembershipStatus.INVITED)
    member.memberships.append(invitation)
    db.session.flush()
    return member
