from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.mail.recheck import why_not
from matchmaker.models import EventStatus, MembershipStatus, RsvpStatus
from matchmaker.services import safety
from matchmaker.services.events.afterwards import thanks
from tests.factories import NOON, make_block, make_event, make_member, make_rsvp
from tests.services.events.afterwards.test_feedback import came, make_seating

START = NOON + timedelta(days=7)
END = START + timedelta(hours=2)
DUE = END + thanks.AFTER
pytestmark = pytest.mark.usefixtures("app")


def thank(now=DUE):
    for rsvp in thanks.due(now):
        thanks.thank(rsvp, now)
    db.session.flush()


def readers(letters):
    return [letter.member.name for letter in letters()]


def test_those_who_came_are_thanked_some_hours_later_and_once(letters):
    event = make_event()
    came(event, "Ana")
    make_rsvp(event, make_member("Ben", space=event.space))

    thank(DUE - timedelta(minutes=1))
    assert letters() == []
    thank()
    thank()

    assert readers(letters) == ["Ana"]
    (letter,) = letters()
    assert letter.subject == "Thank you for coming: Breakfast"
    assert "List-Unsubscribe" in letter.headers


def test_where_the_door_was_not_used_those_going_are_thanked(letters):
    event = make_event()
    make_rsvp(event, make_member("Ana", space=event.space))
    make_rsvp(event, make_member("Ben", space=event.space), RsvpStatus.WAITING)

    thank()

    assert readers(letters) == ["Ana"]


def test_the_letter_names_whom_one_met_and_nobody_else(letters):
    event = make_event()
    ana, ben, cem = (came(event, name, is_shown=True) for name in ("Ana", "Ben", "Cem"))
    make_seating(event, [ana.member, ben.member], [cem.member])

    thank()

    first = letters()[0]
    assert first.member is ana.member
    assert "Ben" in first.text
    assert "Cem" not in first.text + first.html
    assert ben.member.email not in first.text + first.html


def test_the_letter_never_names_whom_a_block_parts(letters):
    event = make_event()
    ana, ben = (came(event, name) for name in ("Ana", "Ben"))
    make_seating(event, [ana.member, ben.member])
    make_block(ben.member, ana.member)

    thank()

    assert all("Who you met" not in letter.html for letter in letters())
    assert "Ben" not in letters()[0].text


def test_a_block_made_before_the_letter_goes_keeps_it_here(letters):
    event = make_event()
    ana, ben, cem = (came(event, name) for name in ("Ana", "Ben", "Cem"))
    make_seating(event, [ana.member, ben.member])
    thank()
    safety.block(ana.member, ben.member, DUE + timedelta(minutes=1))

    stay = [bool(why_not(each, DUE + timedelta(hours=1))) for each in letters()]

    assert stay == [True, True, False]
    assert cem.asked_at == DUE


@pytest.mark.parametrize(
    "fields", [{"status": EventStatus.CANCELLED}, {"starts_at": START - timedelta(5)}]
)
def test_nobody_is_thanked_for_what_did_not_take_place_or_is_long_over(letters, fields):
    came(make_event(**fields), "Ana")

    thank()

    assert letters() == []


def test_walk_ins_who_have_not_joined_and_who_was_suspended_hear_nothing(letters):
    event = make_event()
    for status in (MembershipStatus.INVITED, MembershipStatus.SUSPENDED):
        member = make_member(space=event.space, status=status)
        make_rsvp(event, member, checked_in_at=START)

    thank()

    assert letters() == []


def test_whoever_stopped_the_hosts_letters_gets_none(letters):
    event = make_event()
    came(event, "Ana", wants_messages=False)
    ben = came(event, "Ben")
    thank()
    ben.wants_messages = False

    (letter,) = letters()
    assert why_not(letter, DUE)
