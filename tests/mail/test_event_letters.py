import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
import pytest

from matchmaker.extensions import db
from matchmaker.mail import arrangements, event_changes, event_letters
from matchmaker.mail.message import message
from matchmaker.mail.recheck import why_not
from matchmaker.models import EventStatus, RsvpStatus, Venue
from matchmaker.services.events import coming, places
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_member,
    make_rsvp,
    make_space,
)
from tests.letters import read

BASE = "https://portal.example.org"
LINK = "https://meet.example.org/room"
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def base_url(app):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], base_url=BASE)


@pytest.fixture
def event():
    space = make_space(name="The Old Mill", timezone="Europe/Brussels")
    return make_event(space, title="Breakfast & soup", venue=Venue.ROOM)


def an_rsvp(event, status=RsvpStatus.GOING, **fields):
    ana = make_member("Ana Duarte", space=event.space)
    return make_rsvp(event, ana, status, offered_until=LATER, **fields)


def every_letter(event):
    """One of each kind, each to somebody of whom it is true."""
    before = arrangements.of_event(event)
    event.place = "The hall"

    def rsvp(status=RsvpStatus.GOING):
        return an_rsvp(event, status)

    return [
        event_letters.going(rsvp(), NOON),
        event_letters.promoted(rsvp(), NOON),
        event_letters.reminder(rsvp(), NOON),
        *event_changes.changed(event, [rsvp()], before, NOON),
        event_letters.message(rsvp(), "Bring a cup", "We have too few.", NOON),
        *event_changes.cancelled(event, [rsvp()], NOON),
        event_letters.waiting(rsvp(RsvpStatus.WAITING), NOON),
        event_letters.asked(rsvp(RsvpStatus.ASKED), NOON),
        event_letters.offered(rsvp(RsvpStatus.OFFERED), NOON),
        event_letters.passed_on(rsvp(RsvpStatus.DECLINED), NOON),
        event_letters.removed(rsvp(RsvpStatus.DECLINED), NOON),
    ]


def test_each_says_what_when_and_where_and_is_signed_by_nobody_else(event):
    make_rsvp(event, make_member("Bo Quist", space=event.space), is_shown=True)

    for letter in map(read, every_letter(event)):
        said = " ".join(letter.text.split())
        assert "Hello Ana," in said
        assert "BREAKFAST & SOUP" in said
        assert "Monday 13 May, 14:00 to 16:00 (Brussels time)" in said
        assert "The hall" in said
        assert "Breakfast &amp; soup" in letter.html
        assert "Quist" not in letter.text + letter.html
        for part in (letter.text, letter.html):
            assert "None" not in part


def test_every_address_is_ours_and_opens_a_page(event, visitor):
    for letter in map(read, every_letter(event)):
        found = {word.strip("()") for word in letter.text.split() if "http" in word}
        for address in found:
            assert address.startswith(f"{BASE}/")
            parts = urlsplit(address)
            answer = visitor.get(f"{parts.path}?{parts.query}")
            assert answer.status_code == 200, (letter.kind, address)


@pytest.mark.parametrize("status", RsvpStatus)
def test_only_whoever_is_going_is_told_how_to_get_in_online(event, status):
    event.venue, event.online_url = Venue.ONLINE, LINK
    before = arrangements.of_event(event)
    rsvp = an_rsvp(event, status)

    letters = [
        *event_changes.changed(event, [rsvp], before, NOON),
        event_letters.message(rsvp, "Hello", "Words", NOON),
        event_letters.waiting(rsvp, NOON),
    ]

    for letter in map(read, letters):
        told = LINK in letter.text + letter.html + letter.calendar
        assert told is (status is RsvpStatus.GOING)


@pytest.mark.parametrize("kind", ["going", "promoted", "reminder"])
@pytest.mark.parametrize(
    ("where", "first"),
    [(Venue.ROOM, "My code for the door"), (Venue.ONLINE, "Join online")],
)
def test_the_way_in_comes_first_and_stands_out(event, kind, where, first):
    event.venue, event.online_url = where, LINK if where is Venue.ONLINE else ""

    letter = read(getattr(event_letters, kind)(an_rsvp(event), NOON))

    assert letter.text.index(f"{first}:") < letter.text.index("I cannot come:")
    stands_out = re.findall(r'class="primary".*?</table>', letter.html, re.DOTALL)
    assert len(stands_out) == 1
    assert first in stands_out[0]


def test_a_place_comes_with_a_file_for_the_calendar(event):
    rsvp = an_rsvp(event)

    for write in (event_letters.going, event_letters.promoted):
        letter = write(rsvp, NOON)
        envelope = message(letter, read(letter).said, NOON)
        (attached,) = envelope.iter_attachments()
        (entry,) = icalendar.Calendar.from_ical(attached.get_content()).events
        assert attached.get_filename() == "event.ics"
        assert entry.start == event.starts_at
    queued = an_rsvp(event, RsvpStatus.WAITING)
    assert not read(event_letters.reminder(rsvp, NOON)).calendar
    assert not read(event_letters.waiting(queued, NOON)).calendar


def test_what_was_called_off_goes_out_of_the_calendar(event):
    rsvp = an_rsvp(event)
    event.status = EventStatus.CANCELLED

    event.why_cancelled = "The oven broke.\n\nWe are sorry."

    (letter,) = map(read, event_changes.cancelled(event, [rsvp], NOON))

    assert "The oven broke." in letter.text
    assert "We are sorry." in letter.text
    (entry,) = icalendar.Calendar.from_ical(letter.calendar).events
    assert entry["status"] == "CANCELLED"


@pytest.mark.parametrize(
    ("change", "subject", "was"),
    [
        (
            {"starts_at": NOON + timedelta(days=6)},
            "a new time:",
            "Monday 13 May, 14:00",
        ),
        ({"place": "The hall"}, "a new place:", "it was: The kitchen."),
        ({"venue": Venue.ONLINE, "place": ""}, "a new place:", "it was: The kitchen."),
        ({"online_url": LINK}, "a new link:", ""),
        (
            {"starts_at": NOON + timedelta(days=6), "place": "The hall"},
            "a new time and place:",
            "16:00, The kitchen.",
        ),
    ],
)
def test_what_changed_is_said_as_it_was_and_as_it_is(event, change, subject, was):
    rsvp, before = an_rsvp(event), arrangements.of_event(event)
    for name, value in change.items():
        setattr(event, name, value)

    (letter,) = map(read, event_changes.changed(event, [rsvp], before, NOON))

    assert subject in letter.subject
    assert was in " ".join(letter.text.split())
    assert letter.calendar


def test_the_hosts_words_can_be_stopped_with_one_request(event, visitor):
    rsvp = an_rsvp(event)
    letter = read(
        event_letters.message(rsvp, "Bring a cup", "We have\n\ntoo few.", NOON)
    )

    assert letter.subject == "Bring a cup: Breakfast & soup"
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(letter.headers["List-Unsubscribe"].strip("<>")).path
    answer = visitor.post(path, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert why_not(letter, NOON)


def test_nobody_gets_the_same_words_twice(event):
    rsvp = an_rsvp(event)

    first = event_letters.message(rsvp, "Bring a cup", "We have too few.", NOON)
    second = event_letters.message(rsvp, "Bring a cup", "We have too few.", LATER)
    other = event_letters.message(rsvp, "Bring a plate", "We have too few.", LATER)

    assert first is second
    assert other is not first


def test_nobody_is_reminded_twice(event):
    rsvp = an_rsvp(event)

    assert event_letters.reminder(rsvp, NOON) is event_letters.reminder(rsvp, LATER)


def test_looking_at_what_the_host_writes_sends_nothing_and_acts_for_nobody(
    event, letters
):
    hana = make_member("Hana", space=event.space)

    shown = event_letters.composed_message(event, hana, "Bring a cup", "Too few.")

    assert "Hello Hana" in shown.text
    assert "/letters/" not in shown.text + shown.html
    assert letters() == []


def test_words_of_a_host_are_words_and_nothing_else(event):
    words = "<script>alert(1)</script> {{ 7 * 7 }} & <b>bold</b>"

    letter = event_letters.message(
        an_rsvp(event), "A <b>cup</b>\r\nBcc: x@y.z", words, NOON
    )
    said = read(letter).said

    assert "<script>" not in said.html
    assert "&lt;b&gt;bold&lt;/b&gt;" in said.html
    envelope = message(letter, said, NOON)
    assert envelope["Bcc"] is None


# What has changed since it was written


@pytest.mark.parametrize("kind", ["going", "promoted", "reminder"])
def test_whoever_has_since_said_no_hears_no_more_of_it(event, kind):
    rsvp = an_rsvp(event)
    letter = getattr(event_letters, kind)(rsvp, NOON)

    places.decline(event, rsvp.member, NOON)

    assert why_not(letter, NOON)


def test_after_a_block_no_letter_of_the_event_goes(event):
    hana = make_member("Hana", space=event.space)
    event.hosts.append(hana)
    kinds = every_letter(event)
    for letter in kinds:
        make_block(hana, letter.member)

    assert [letter.kind for letter in kinds if not why_not(letter, NOON)] == []


def test_everybody_is_told_that_it_is_off_but_of_nothing_else(event):
    kinds = every_letter(event)
    event.status = EventStatus.CANCELLED
    db.session.flush()

    gone = [letter.kind for letter in kinds if not why_not(letter, NOON)]

    assert gone == ["event_cancelled"]


def test_the_hosts_words_wait_no_more_where_they_were_stopped(event):
    rsvp = an_rsvp(event)
    letter = event_letters.message(rsvp, "Bring a cup", "Too few.", NOON)

    coming.stop_messages(rsvp)

    assert why_not(letter, NOON)
