from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.mail import event_letters, room_letters
from matchmaker.mail.recheck import why_not
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_following,
    make_group,
    make_member,
    make_rsvp,
    make_slot,
    make_space,
)

LATER = NOON + timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("app")


def test_nothing_comes_of_a_group_that_only_somebody_parted_runs():
    space = make_space()
    hana, ana = (make_member(name, space=space) for name in ("Hana", "Ana"))
    group = make_group(space)
    make_following(group, hana, is_host=True)
    letter = event_letters.going(make_rsvp(make_event(space, group=group), ana), NOON)
    assert why_not(letter, LATER) == ""

    make_block(ana, hana)

    assert why_not(letter, LATER) == "No longer true."


def test_a_letter_that_names_who_booked_does_not_go_after_a_block(letters):
    space = make_space()
    mia, ana = (make_member(name, space=space) for name in ("Mia", "Ana"))
    event = make_event(space)
    make_rsvp(event, ana)
    room_letters.hours_booked(make_slot(event, mia, mentee=ana), NOON)
    assert {why_not(letter, LATER) for letter in letters()} == {""}

    make_block(mia, ana).made_at = LATER
    db.session.flush()

    assert {why_not(letter, LATER) for letter in letters()} == {"No longer true."}
