from datetime import timedelta

import pytest

from matchmaker.models import EventStatus, RsvpStatus, Verdict
from matchmaker.services.events.running import summary
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_introduction,
    make_member,
    make_round,
    make_rsvp,
    make_space,
)

WEEK = timedelta(days=7)
AFTER = NOON + 2 * WEEK
GOOD, FINE, NOT = Verdict


@pytest.fixture
def space(any_database):
    return make_space("mill")


@pytest.fixture
def event(space):
    return make_event(space)


def told(event, verdict=GOOD, came=True, **fields):
    return make_rsvp(
        event,
        checked_in_at=NOON + WEEK if came else None,
        verdict=verdict,
        told_at=AFTER,
        **fields,
    )


def test_it_sums_up_who_came(space, olga, event):
    old = make_event(space, starts_at=NOON - WEEK)
    for number in range(5):
        rsvp = make_rsvp(event, checked_in_at=NOON + WEEK if number < 3 else None)
        if number == 0:
            make_rsvp(old, rsvp.member, checked_in_at=NOON)
    make_rsvp(event, status=RsvpStatus.WAITING)

    told_of = summary.of(event, olga, AFTER)

    assert (told_of.signed_up, told_of.came, told_of.no_shows) == (5, 3, 2)
    assert (told_of.first_timers, told_of.had_come_before) == (2, 1)


def test_there_is_none_before_it_is_over_or_when_it_did_not_take_place(olga, event):
    assert summary.of(event, olga, NOON) is None
    event.status = EventStatus.CANCELLED
    assert summary.of(event, olga, AFTER) is None


def test_nobody_is_counted_whom_a_block_parts(space, olga, event):
    for _ in range(3):
        told(event, GOOD, come_again=True, note="Lovely.")
    parted = told(event, NOT, come_again=False, note="Dull.")
    make_block(parted.member, olga)
    round_ = make_round(space, event=event)
    make_introduction(parted.member, make_member(space=space), round_=round_)
    make_introduction(make_member(space=space), make_member(space=space), round_=round_)

    told_of = summary.of(event, olga, AFTER)

    assert (told_of.signed_up, told_of.came, told_of.answered) == (3, 3, 3)
    assert told_of.verdicts == {GOOD: 3, FINE: 0, NOT: 0}
    assert told_of.come_again == summary.Share(3, of=3)
    assert told_of.notes == ["Lovely."] * 3
    assert told_of.introductions == 1


def test_of_fewer_than_three_answers_nothing_is_shown(space, olga, event):
    told(event, GOOD, come_again=True, note="Lovely.")
    told(event, NOT, come_again=False, note="Dull.")
    make_block(told(event, NOT, note="Unseen.").member, olga)

    told_of = summary.of(event, olga, AFTER)

    assert (told_of.verdicts, told_of.come_again, told_of.notes) == (None, None, [])


def test_notes_are_in_an_order_that_tells_nothing(olga, event):
    for note in ("c", "a", "b"):
        told(event, note=note)

    assert summary.of(event, olga, AFTER).notes == ["a", "b", "c"]


def test_it_is_set_beside_the_middle_of_the_viewers_earlier_events(space, olga, event):
    assert summary.of(event, olga, AFTER).usual is None
    for number in (1, 2, 9):
        past = make_event(space, starts_at=NOON - number * WEEK)
        for _ in range(number):
            make_rsvp(past, checked_in_at=NOON)
        make_block(make_rsvp(past, checked_in_at=NOON).member, olga)
        make_rsvp(past)

    usual = summary.of(event, olga, AFTER).usual

    assert (usual.events, usual.signed_up, usual.came) == (3, 3, 2)


def test_a_host_s_usual_is_that_of_their_own_events(space):
    hana = make_member("Hana", space=space)
    event = make_event(space, hosts=[hana])
    for number in (1, 2, 3):
        make_event(space, starts_at=NOON - number * WEEK)

    assert summary.of(event, hana, AFTER).usual is None
