from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.mail.recheck import why_not
from matchmaker.models import EventStatus, MembershipStatus, RsvpStatus
from matchmaker.refusal import Refusal
from matchmaker.services.events import timeline
from matchmaker.services.events.running import messages
from matchmaker.services.events.running.messages import MOST_A_DAY, MOST_IN_ALL, To
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_guest,
    make_member,
    make_rsvp,
)

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def event(space):
    return make_event(space, hosts=[make_member("Hana", space=space)])


def send(event, sender, to=To.GOING, subject="Bring a mug", words="One.", now=NOON):
    return messages.send(event, sender, to, subject, words, now)


def readers(letters):
    return [letter.member.name for letter in letters()]


def test_nobody_hears_from_who_a_block_parts_from_them(space, event, olga, letters):
    make_guest(event, "Ana")
    make_block(make_guest(event, "Bo").member, olga)
    make_block(olga, make_guest(event, "Cy").member)

    assert messages.audience(event, olga, To.ALL).count == 1
    send(event, olga, To.ALL)

    assert readers(letters) == ["Ana"]


def test_nobody_hears_of_an_event_whose_host_is_parted_from_them_and_no_number_tells(
    space, event, olga, letters
):
    make_guest(event, "Ana")
    make_block(make_guest(event, "Bo").member, event.hosts[0])

    sent = send(event, olga)

    assert readers(letters) == ["Ana"]
    assert sent.count == messages.audience(event, olga, To.GOING).count == 2


def test_a_message_whose_every_reader_is_parted_from_the_host_seems_to_go(
    space, event, olga, letters
):
    make_block(event.hosts[0], make_guest(event, "Bo").member)

    assert send(event, olga).is_new
    assert letters() == []


def test_who_wants_no_messages_gets_none_and_the_sender_is_told_how_many(
    event, olga, letters
):
    make_guest(event, "Ana")
    make_guest(event, "Ben", wants_messages=False)

    assert messages.audience(event, olga, To.GOING).unwanted == 1
    assert send(event, olga).count == 1
    assert readers(letters) == ["Ana"]


@pytest.mark.parametrize(
    ("to", "names"),
    [
        (To.GOING, {"going"}),
        (To.WAITING, {"waiting", "offered"}),
        (To.ALL, {"going", "waiting", "offered"}),
    ],
)
def test_it_goes_to_those_it_is_for(event, olga, letters, to, names):
    for status in RsvpStatus:
        make_guest(event, status.value, status)
    make_rsvp(event, olga)

    send(event, olga, to)

    assert set(readers(letters)) == names


def test_it_goes_only_to_those_who_take_part_in_the_space(event, olga, letters):
    make_guest(event, "Ana")
    for member in (
        make_member("Sue", space=event.space, status=MembershipStatus.SUSPENDED),
        make_member("Lea", space=event.space, status=MembershipStatus.LEFT),
        make_member("Ina", space=event.space, active=False),
    ):
        make_rsvp(event, member)

    assert send(event, olga).count == 1
    assert readers(letters) == ["Ana"]


def test_pressed_twice_it_is_sent_once(event, olga, letters):
    make_guest(event)

    assert send(event, olga).is_new
    assert not send(event, olga, now=LATER).is_new

    assert len(letters()) == 1
    assert len(timeline.of(event, olga, 10)) == 1


def test_who_came_since_gets_the_same_words_and_nobody_gets_them_twice(
    event, olga, letters
):
    make_guest(event, "Ana")
    send(event, olga)
    make_guest(event, "Ben")

    assert send(event, olga, now=LATER).is_new
    assert readers(letters) == ["Ana", "Ben"]


def test_there_are_so_many_a_day_and_so_many_in_all(event, olga):
    make_guest(event)
    for number in range(MOST_A_DAY):
        send(event, olga, words=f"Word {number}.")

    with pytest.raises(Refusal, match="within a day"):
        send(event, olga, words="One more.")
    assert not send(event, olga, words="Word 0.", now=LATER).is_new

    tomorrow = NOON + timedelta(days=1)
    send(event, olga, words="Good morning.", now=tomorrow)
    for _ in range(MOST_IN_ALL - MOST_A_DAY - 1):
        timeline.note(event, "message", NOON, olga)
    event.ends_at = NOON + timedelta(days=60)
    with pytest.raises(Refusal, match="as many as people read"):
        send(event, olga, words="The last.", now=tomorrow + timedelta(days=2))


def test_a_message_to_nobody_is_refused(event, olga, letters):
    with pytest.raises(Refusal, match="nobody among those in the queue"):
        send(event, olga, To.WAITING)
    make_guest(event, wants_messages=False)
    with pytest.raises(Refusal, match="None of them wants"):
        send(event, olga)

    assert letters() == []


@pytest.mark.parametrize(
    ("status", "when", "why"),
    [
        (EventStatus.DRAFT, NOON, "Publish it"),
        (EventStatus.CANCELLED, NOON, "does not take place"),
        (EventStatus.PUBLISHED, NOON + timedelta(days=60), "over a while ago"),
    ],
)
def test_there_is_a_time_to_write(event, olga, status, when, why):
    make_guest(event)
    event.status = status

    with pytest.raises(Refusal, match=why):
        send(event, olga, now=when)
    with pytest.raises(Refusal, match=why):
        messages.send_trial(event, olga, "Bring a mug", "One.", when)


def test_it_can_be_stopped_with_one_press(event, olga, letters):
    make_guest(event)

    send(event, olga)

    (letter,) = letters()
    assert letter.kind == "event_message"
    assert "One-Click" in letter.headers["List-Unsubscribe-Post"]
    assert "Stop these letters" in letter.html


def test_a_letter_that_waits_does_not_go_to_who_stopped_them(event, olga, letters):
    rsvp = make_guest(event)
    send(event, olga)
    rsvp.wants_messages = False
    db.session.flush()

    assert why_not(letters()[0], NOON)


def test_a_trial_goes_to_its_writer_only_and_is_no_message(event, olga, letters):
    make_guest(event)

    messages.send_trial(event, olga, "Bring a mug", "One.", NOON)

    assert readers(letters) == ["Olga"]
    assert timeline.of(event, olga, 10) == []


def test_looking_at_it_sends_nothing_and_shows_what_will_go(event, olga, letters):
    composed = messages.compose(event, olga, "Bring a mug", "One.\n\nTwo.")

    assert letters() == []
    assert "Bring a mug" in composed.subject
    assert "One.\n\nTwo." in composed.text
    assert "<script>" not in messages.compose(event, olga, "a", "<script>").html


def test_a_trial_for_who_gets_no_letters_of_the_space_is_refused(event, letters):
    operator = make_member("Opal", is_operator=True)

    with pytest.raises(Refusal, match="Only members of"):
        messages.send_trial(event, operator, "Bring a mug", "One.", NOON)

    assert letters() == []
