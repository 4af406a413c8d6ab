from datetime import timedelta

import pytest

from matchmaker.models import (
    EventStatus,
    MembershipStatus,
    RsvpStatus,
)
from matchmaker.refusal import Refusal
from matchmaker.services.events.running import by_hand
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_following,
    make_group,
    make_invited,
    make_member,
    make_rsvp,
    make_space,
)

pytestmark = pytest.mark.usefixtures("app")
AFTER = NOON + timedelta(days=14)


@pytest.fixture
def space():
    return make_space("mill")


@pytest.fixture
def hana(space):
    return make_member("Hana", space=space)


@pytest.fixture
def event(space, hana):
    return make_event(space, hosts=[hana])


def test_an_organiser_finds_by_name_and_by_address(space, olga, event):
    ana = make_member("Ana Duarte", space=space, email="ana@example.org")
    make_member("Ana Elsewhere", space=make_space())

    assert by_hand.find(event, olga, "duar") == [ana]
    assert by_hand.find(event, olga, " ANA@example.org ") == [ana]
    assert by_hand.find(event, olga, "ana@example") == []
    assert by_hand.find(event, olga, "  ") == []


def test_a_host_finds_by_the_whole_address_only(space, hana, event):
    ana = make_member("Ana Duarte", space=space, email="ana@example.org")

    assert by_hand.find(event, hana, "Ana") == []
    assert by_hand.find(event, hana, "ana@example.org") == [ana]


def test_nobody_finds_who_a_block_parts(space, olga, hana, event):
    for runner in (olga, hana):
        bo = make_member("Bo", space=space)
        make_block(bo, runner)
        assert by_hand.find(event, runner, bo.email) == []
        assert by_hand.find(event, runner, "Bo") == []
        with pytest.raises(Refusal, match="Nobody of that name"):
            by_hand.add(event, bo.id, runner, bo.email, NOON)


def test_who_is_parted_from_a_host_is_not_found_by_the_organiser_either(
    space, olga, hana, event
):
    bo, cy = make_member("Bo", space=space), make_member("Cy", space=space)
    event.group = make_group(space)
    gert = make_member("Gert", space=space)
    make_following(event.group, gert, is_host=True)
    make_block(hana, bo)
    make_block(cy, gert)

    assert by_hand.find(event, olga, "Bo") == by_hand.find(event, olga, "Cy") == []


def test_only_those_are_found_who_take_part_today(space, olga, event):
    make_member("Sue", space=space, status=MembershipStatus.SUSPENDED)
    make_member("Sue", space=space, status=MembershipStatus.LEFT)
    make_member("Sue", space=space, active=False)
    sue = make_invited("Sue", space=space)

    assert by_hand.find(event, olga, "Sue") == []
    assert by_hand.find(event, olga, sue.email) == []


def test_whoever_is_added_has_a_place_or_one_in_the_queue(space, hana, event, letters):
    event.capacity = 1
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)

    first, second = (
        by_hand.add(event, member.id, hana, member.email, NOON) for member in (ana, ben)
    )

    assert first.status is RsvpStatus.GOING
    assert second.status is RsvpStatus.WAITING
    assert {letter.member for letter in letters()} >= {ana, ben}


def test_adding_needs_the_words_that_found_them(space, hana, event):
    ana = make_member("Ana", space=space)

    with pytest.raises(Refusal, match="Nobody of that name"):
        by_hand.add(event, ana.id, hana, "Ana", NOON)


def test_who_is_on_the_list_is_not_added_again(space, hana, event):
    rsvp = make_rsvp(event, status=RsvpStatus.WAITING)

    with pytest.raises(Refusal, match="on the list already"):
        by_hand.add(event, rsvp.member_id, hana, rsvp.member.email, NOON)


def test_who_had_declined_can_be_added(hana, event):
    rsvp = make_rsvp(event, status=RsvpStatus.DECLINED)

    by_hand.add(event, rsvp.member_id, hana, rsvp.member.email, NOON)

    assert rsvp.status is RsvpStatus.GOING


def test_less_room_than_is_taken_is_refused_without_a_number(space, olga, event):
    for _ in range(3):
        make_block(make_rsvp(event).member, olga)

    with pytest.raises(Refusal) as refused:
        by_hand.change_capacity(event, 2, NOON, olga)

    assert not any(character.isdigit() for character in str(refused.value))
    by_hand.change_capacity(event, 3, NOON, olga)
    assert event.capacity == 3


def test_what_is_over_or_off_stays_as_it_was(event):
    by_hand.check_changeable(event, NOON)

    with pytest.raises(Refusal, match="over"):
        by_hand.check_changeable(event, AFTER)
    event.status = EventStatus.CANCELLED
    with pytest.raises(Refusal, match="not take place"):
        by_hand.check_changeable(event, NOON)
