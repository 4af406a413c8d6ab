from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail import event_letters
from matchmaker.models import LetterStatus, Recollection, RsvpStatus
from matchmaker.models.block import Block
from matchmaker.refusal import Refusal
from matchmaker.services import rounds, safety
from matchmaker.services.events import places
from tests.factories import (
    NOON,
    make_event,
    make_following,
    make_group,
    make_introduction,
    make_member,
    make_recollection,
    make_rsvp,
    make_slot,
    make_space,
)


def test_a_block_withdraws_what_they_share_and_its_letters(app, letters):
    space = make_space()
    ana = make_member("Ana", space=space, offers=["law"], wants=["tax"])
    ben = make_member("Ben", space=space, offers=["tax"], wants=["law"])
    (introduction,) = rounds.run(space, "2030-W19", NOON).introductions

    safety.block(ben, ana, NOON)

    assert introduction.withdrawn_at == NOON
    assert {letter.status for letter in letters()} == {LetterStatus.CANCELLED}


def test_what_is_between_others_stays(app):
    space = make_space()
    ana, ben, cem = (make_member(space=space) for _ in range(3))
    theirs = make_introduction(ana, cem)

    safety.block(ana, ben, NOON)

    assert theirs.withdrawn_at is None


def test_blocking_twice_is_blocking_once(app):
    ana, ben = make_member(), make_member()

    safety.block(ana, ben, NOON)
    safety.block(ana, ben, NOON)

    assert len(db.session.scalars(select(Block)).all()) == 1


def test_nobody_blocks_themselves(app):
    ana = make_member()

    with pytest.raises(Refusal):
        safety.block(ana, ana, NOON)


# Events


@pytest.mark.parametrize("turned", [True, False])
def test_nobody_keeps_a_place_at_an_event_of_whom_they_are_parted_from(app, turned):
    space = make_space()
    hana, ana, ben = (make_member(name, space=space) for name in ("Hana", "Ana", "Ben"))
    event = make_event(space, hosts=[hana], capacity=1)
    places.sign_up(event, ana, NOON)
    places.sign_up(event, ben, NOON)

    safety.block(*((ana, hana) if turned else (hana, ana)), NOON)

    assert places.of(event, ana).status is RsvpStatus.DECLINED
    assert places.of(event, ben).status is RsvpStatus.GOING


def test_it_is_silent_and_letters_that_wait_are_not_sent(app, letters):
    space = make_space()
    hana, ana = (make_member(name, space=space) for name in ("Hana", "Ana"))
    event = make_event(space, hosts=[hana])
    rsvp = places.sign_up(event, ana, NOON)
    event_letters.message(rsvp, "Bring a cup", "We have too few.", NOON)

    safety.block(ana, hana, NOON)

    assert [letter.kind for letter in letters()] == ["event_going", "event_message"]
    assert {letter.status for letter in letters()} == {LetterStatus.CANCELLED}


@pytest.mark.parametrize("status", ["WAITING", "OFFERED", "ASKED"])
def test_who_waits_for_a_place_waits_no_more(app, letters, status):
    space = make_space()
    hana, ana = (make_member(name, space=space) for name in ("Hana", "Ana"))
    rsvp = make_rsvp(make_event(space, hosts=[hana]), ana, RsvpStatus[status])

    safety.block(hana, ana, NOON)

    assert rsvp.status is RsvpStatus.DECLINED
    assert letters() == []


def test_what_others_run_and_what_has_been_stays(app):
    space = make_space()
    hana, ana = (make_member(name, space=space) for name in ("Hana", "Ana"))
    theirs = make_rsvp(make_event(space), ana)
    past = make_rsvp(
        make_event(space, hosts=[hana], starts_at=NOON - timedelta(days=1)), ana
    )

    safety.block(hana, ana, NOON)

    assert theirs.is_going
    assert past.is_going


def test_nobody_keeps_a_place_at_an_event_of_a_group_that_is_gone_for_them(app):
    space = make_space()
    hana, ana, ben = (make_member(name, space=space) for name in ("Hana", "Ana", "Ben"))
    group = make_group(space)
    make_following(group, hana, is_host=True)
    event = make_event(space, group=group, capacity=1)
    places.sign_up(event, ana, NOON)
    places.sign_up(event, ben, NOON)

    safety.block(ana, hana, NOON)

    assert places.of(event, ana).status is RsvpStatus.DECLINED
    assert places.of(event, ben).status is RsvpStatus.GOING


def test_events_are_locked_in_one_order_whoever_runs_them(app, locked):
    space = make_space()
    hana, ana = (make_member(name, space=space) for name in ("Hana", "Ana"))
    theirs, one, other = (
        make_event(space),
        make_event(space, hosts=[hana]),
        make_event(space, hosts=[ana]),
    )
    make_slot(theirs, hana, mentee=ana)
    make_rsvp(one, ana)
    make_rsvp(other, hana)

    safety.block(ana, hana, NOON)

    assert locked == [theirs.id, one.id, other.id]


def test_a_time_with_a_mentor_is_free_again(app):
    space = make_space()
    mia, ana = (make_member(name, space=space) for name in ("Mia", "Ana"))
    slot = make_slot(make_event(space), mia, ana)

    safety.block(ana, mia, NOON)

    db.session.expire_all()
    assert (slot.mentee, slot.booked_at) == (None, None)


def test_what_they_told_of_each_other_is_forgotten(app):
    space = make_space()
    ana, ben, cem = (make_member(name, space=space) for name in ("Ana", "Ben", "Cem"))
    event = make_event(space)
    for one, other in ((ana, ben), (ben, ana), (ana, cem)):
        make_recollection(event, one, other)

    safety.block(ben, ana, NOON)

    assert [told.other_id for told in db.session.scalars(select(Recollection))] == [
        cem.id
    ]
