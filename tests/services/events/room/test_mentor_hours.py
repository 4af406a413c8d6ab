"""Hours with a mentor: nobody with whom they must not, and nobody twice."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from icalendar import Calendar
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail import room_letters
from matchmaker.mail.recheck import why_not
from matchmaker.models import (
    Letter,
    LetterStatus,
    Member,
    MembershipStatus,
    RsvpStatus,
    Slot,
)
from matchmaker.refusal import Refusal
from matchmaker.services import memberships, safety
from matchmaker.services.events import places, timeline
from matchmaker.services.events.planning import standing
from matchmaker.services.events.room import mentor_hours
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_host,
    make_member,
    make_rsvp,
)

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def event(app):
    return make_event(capacity=20)


@pytest.fixture
def host(event):
    return make_host(event)


@pytest.fixture
def mentor(event):
    return make_mentor(event)


def make_mentor(event, name="Mara Lind", **fields):
    return make_member(
        name,
        space=event.space,
        profile={"mentor_topics": ["pricing"], "mentor_places": 2},
        **fields,
    )


def open_hours(event, mentor, by=None, *, count=3, after=0):
    start = event.starts_at + timedelta(minutes=after)
    until = start + timedelta(minutes=20 * count)
    return mentor_hours.open_hours(event, mentor, start, until, 20, NOON, by or mentor)


def comer(event, name="Ana Duarte"):
    return make_rsvp(event, make_member(name, space=event.space)).member


def hour_in(letter):
    """Its one hour, beside the event if that is in the file too."""
    entries = Calendar.from_ical(letter.calendar).walk("VEVENT")
    (hour,) = (entry for entry in entries if entry["UID"].startswith("hour-"))
    return hour


class TestItsCalendarFile:
    def test_both_have_it_on_the_spaces_clock_with_each_other(self, mentor, letters):
        event = make_event(mentor.spaces[0])
        event.space.timezone = "Europe/Brussels"
        (slot,) = open_hours(event, mentor, count=1)
        ana = comer(event)
        mentor_hours.book(slot, ana, "pricing", LATER)

        told = {
            letter.member.id: letter
            for letter in letters()
            if letter.kind == "hours_booked"
        }
        hours = {id_: hour_in(letter) for id_, letter in told.items()}
        assert str(hours[ana.id]["SUMMARY"]) == "20 minutes with Mara Lind"
        assert str(hours[mentor.id]["SUMMARY"]) == "20 minutes with Ana Duarte"
        for hour in hours.values():
            assert hour["DTSTART"].params["TZID"] == "Europe/Brussels"
            assert (hour.start, hour.end - hour.start) == (
                slot.starts_at,
                timedelta(minutes=20),
            )
            assert hour["STATUS"] == "CONFIRMED"
        assert "BEGIN:VTIMEZONE" in told[ana.id].calendar

    def test_released_it_takes_itself_away(self, event, mentor, letters):
        (slot,) = open_hours(event, mentor, count=1)
        ana = comer(event)
        mentor_hours.book(slot, ana, "pricing", LATER)
        mentor_hours.release(slot, LATER + timedelta(hours=1), mentor)
        mentor_hours.book(slot, ana, "pricing", LATER + timedelta(hours=2))

        booked, released, again = (
            hour_in(letter)
            for letter in letters()
            if letter.member is ana and letter.kind in room_letters.KINDS
        )
        assert booked["UID"] == released["UID"] == again["UID"]
        assert [hour["STATUS"] for hour in (booked, released, again)] == [
            "CONFIRMED",
            "CANCELLED",
            "CONFIRMED",
        ]
        assert booked["SEQUENCE"] < released["SEQUENCE"] < again["SEQUENCE"]

    def test_with_the_event_it_is_cancelled(self, event, mentor, host, letters):
        (slot,) = open_hours(event, mentor, count=1)
        ana = comer(event)
        mentor_hours.book(slot, ana, "pricing", LATER)
        standing.cancel(event, "Water in the cellar", host, LATER)

        off = [each for each in letters() if each.kind == "event_cancelled"]
        assert {letter.member for letter in off} == {ana, mentor}
        assert [hour_in(letter)["STATUS"] for letter in off] == ["CANCELLED"] * 2


# Whom a block parts


def test_a_mentor_whom_a_block_parts_has_no_slots(event, mentor):
    ana, ben = comer(event), comer(event, "Ben")
    make_block(mentor, ana)
    first, *_ = open_hours(event, mentor)

    assert mentor_hours.open_to(event, ana, NOON) == []
    assert len(mentor_hours.open_to(event, ben, NOON)) == 3
    with pytest.raises(Refusal, match="just booked it, or it is no longer offered"):
        mentor_hours.book(first, ana, "pricing", NOON)


def test_a_block_frees_what_two_had_booked_and_writes_to_nobody(event, mentor):
    ana = comer(event)
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)

    safety.block(mentor, ana, NOON)

    assert first.mentee is None
    assert first.topic == ""
    letters = db.session.scalars(
        select(Letter).where(Letter.kind == "hours_booked")
    ).all()
    assert {letter.status for letter in letters} == {LetterStatus.CANCELLED}
    kinds = db.session.scalars(select(Letter.kind)).all()
    assert "hours_released" not in kinds


def test_a_runner_does_not_see_who_booked_where_a_block_parts_them(event, host, mentor):
    ana = comer(event)
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)
    make_block(ana, host)

    assert first not in mentor_hours.all_seen_by(event, host)


def test_the_timeline_tells_of_hours_to_nobody_parted_from_the_mentor(
    event, host, mentor
):
    open_hours(event, mentor)
    make_block(mentor, host)

    (entry,) = timeline.of(event, mentor, 10)
    assert entry.about is mentor
    assert "Mara" not in entry.detail
    assert timeline.of(event, host, 10) == []


# Offering


def test_hours_are_offered_one_slot_after_the_other(event, mentor):
    slots = open_hours(event, mentor)

    assert [slot.starts_at - event.starts_at for slot in slots] == [
        timedelta(minutes=minutes) for minutes in (0, 20, 40)
    ]


def test_a_mentor_for_whom_it_was_done_is_told(event, host, mentor, letters):
    open_hours(event, mentor, by=host)

    (letter,) = letters()
    assert letter.member is mentor
    assert "3 slots of 20 minutes" in letter.text


@pytest.mark.parametrize(
    ("begin", "end", "minutes", "says"),
    [
        (-10, 60, 20, "within it"),
        (0, 121, 20, "within it"),
        (0, 60, 4, "between 5 and 240"),
        (0, 10, 20, "no time for even one"),
        (60, 0, 20, "no time for even one"),
    ],
)
def test_hours_that_cannot_be_are_refused(event, mentor, begin, end, minutes, says):
    start = event.starts_at
    with pytest.raises(Refusal, match=says):
        mentor_hours.open_hours(
            event,
            mentor,
            start + timedelta(minutes=begin),
            start + timedelta(minutes=end),
            minutes,
            NOON,
            mentor,
        )
    assert db.session.scalars(select(Slot)).all() == []


def test_a_mentor_is_not_offered_twice_at_the_same_time(event, mentor):
    open_hours(event, mentor)
    other = make_event(event.space)

    with pytest.raises(Refusal, match="has hours at"):
        open_hours(event, mentor, after=50)
    with pytest.raises(Refusal, match="has hours at"):
        open_hours(other, mentor, after=10)
    assert len(open_hours(event, mentor, after=60, count=1)) == 1


def test_only_members_are_mentors_and_whoever_says_no_is_none(event, host):
    stranger = make_member("Stranger")
    with pytest.raises(Refusal, match="not a member"):
        open_hours(event, stranger, by=host)

    mentor, ana = make_mentor(event), comer(event)
    open_hours(event, mentor)
    rsvp = make_rsvp(event, mentor, RsvpStatus.DECLINED)
    assert mentor_hours.open_to(event, ana, NOON) == []
    rsvp.status = RsvpStatus.GOING
    mentor.memberships[0].status = MembershipStatus.LEFT
    assert mentor_hours.open_to(event, ana, NOON) == []


# Booking


def test_a_slot_is_booked_with_a_topic_and_both_are_told(event, mentor, letters):
    ana = comer(event)
    first, *_ = open_hours(event, mentor)

    mentor_hours.book(first, ana, "  what to  charge ", NOON)
    mentor_hours.book(first, ana, "again", NOON)

    assert (first.mentee, first.topic) == (ana, "what to charge")
    assert [letter.member for letter in letters()] == [mentor, ana]
    assert "what to charge" in letters()[0].text
    assert "12:00 with Mara Lind" in letters()[1].text
    assert ana.email not in letters()[0].text


def test_booking_is_signing_up_and_without_a_place_there_is_no_booking(event, mentor):
    event.capacity = 1
    ana, ben = (make_member(name, space=event.space) for name in ("Ana", "Ben"))
    first, second, _ = open_hours(event, mentor)

    mentor_hours.book(first, ana, "pricing", NOON)
    assert places.of(event, ana).status is RsvpStatus.GOING
    with pytest.raises(Refusal, match="have a place"):
        mentor_hours.book(second, ben, "pricing", NOON)
    assert second.mentee is None


def test_one_slot_a_mentor_and_nobody_in_two_places_at_once(event, mentor):
    ana = comer(event)
    other = make_mentor(event, "Otis")
    mine, theirs = open_hours(event, mentor), open_hours(event, other)
    mentor_hours.book(mine[0], ana, "pricing", NOON)

    with pytest.raises(Refusal, match="slot with Mara Lind already"):
        mentor_hours.book(mine[1], ana, "pricing", NOON)
    with pytest.raises(Refusal, match="another slot at 12:00"):
        mentor_hours.book(theirs[0], ana, "pricing", NOON)
    mentor_hours.book(theirs[1], ana, "pricing", NOON)

    make_rsvp(event, mentor)
    with pytest.raises(Refusal, match="another slot at 12:00"):
        mentor_hours.book(theirs[0], mentor, "pricing", NOON)


def test_a_topic_is_needed_and_ones_own_hours_are_not_booked(event, mentor):
    first, *_ = open_hours(event, mentor)
    with pytest.raises(Refusal, match="in a few words"):
        mentor_hours.book(first, comer(event), "  ", NOON)
    with pytest.raises(Refusal, match="no longer offered"):
        mentor_hours.book(first, mentor, "pricing", NOON)
    with pytest.raises(Refusal, match="no longer offered"):
        mentor_hours.book(first, comer(event), "pricing", first.starts_at)


def test_a_released_slot_can_be_booked_by_another(event, mentor, letters):
    ana, ben = comer(event), comer(event, "Ben")
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)

    mentor_hours.release(first, NOON, ana)
    assert [letter.kind for letter in letters()][2:] == ["hours_released"] * 2
    mentor_hours.book(first, ben, "pricing", LATER)

    assert first.mentee is ben
    with pytest.raises(Refusal, match="begun already"):
        mentor_hours.release(first, first.starts_at, ben)


def test_whoever_gives_up_their_place_gives_up_their_slot(event, mentor):
    ana, ben = comer(event), comer(event, "Ben")
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)

    places.decline(event, ana, NOON)

    assert first in mentor_hours.open_to(event, ben, NOON)
    mentor_hours.book(first, ben, "hiring", LATER)
    assert first.mentee is ben


def released(letters):
    """Who is told that an hour is not to be, in the order in which they are."""
    return [each for each in letters() if each.kind == "hours_released"]


@pytest.mark.parametrize("deed", ["declines", "is removed"])
def test_given_up_with_the_place_an_hour_is_gone_for_both(
    event, host, mentor, letters, deed
):
    ana = comer(event)
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)

    if deed == "declines":
        places.decline(event, ana, LATER)
    else:
        places.remove(places.of(event, ana), LATER, host)

    to_mentor, to_ana = released(letters)
    assert (to_mentor.member, to_ana.member) == (mentor, ana)
    assert "Ana Duarte does not come" in to_mentor.text
    assert [hour_in(each)["STATUS"] for each in (to_mentor, to_ana)] == [
        "CANCELLED"
    ] * 2
    places.sign_up(event, ana, LATER)
    assert first.mentee is None  # coming again does not bring it back
    assert not why_not(to_mentor, LATER)
    assert not why_not(to_ana, LATER)


@pytest.mark.parametrize("has_place", [True, False])
def test_whoever_booked_hears_that_the_mentor_does_not_come(
    event, mentor, letters, has_place
):
    ana, ben = comer(event), comer(event, "Ben")
    if has_place:
        make_rsvp(event, mentor)
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)

    places.decline(event, mentor, LATER)

    to_ana, to_mentor = released(letters)
    assert (to_ana.member, to_mentor.member) == (ana, mentor)
    assert "Mara Lind does not come" in to_ana.text
    assert first.mentee is None
    assert mentor_hours.open_to(event, ben, LATER) == []


def test_whoever_leaves_silently_is_not_written_to_but_the_mentor_is(
    event, host, mentor, letters
):
    """Suspended, or parted from who runs it: to the mentor it looks like any other no."""
    ana, ben = comer(event), comer(event, "Ben")
    first, second, _ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)
    mentor_hours.book(second, ben, "hiring", NOON)

    memberships.suspend(ana.membership_in(event.space), LATER)
    safety.block(ben, host, LATER)

    assert [each.member for each in released(letters)] == [mentor, mentor]
    assert not any(why_not(each, LATER) for each in released(letters))
    assert (first.mentee, second.mentee) == (None, None)


@pytest.mark.parametrize("deed", ["suspended", "suspended meanwhile", "parted"])
def test_whoever_booked_hears_that_the_mentor_is_gone_and_not_why(
    event, host, mentor, letters, deed
):
    """Mentors need not have signed up: their hours alone bring them."""
    ana = comer(event)
    _, second, _ = open_hours(event, mentor)
    mentor_hours.book(second, ana, "pricing", NOON)
    begun = event.starts_at + timedelta(minutes=10)

    if deed == "parted":
        safety.block(mentor, host, LATER)
    else:
        when = LATER if deed == "suspended" else begun
        memberships.suspend(mentor.membership_in(event.space), when)

    (to_ana,) = released(letters)
    assert to_ana.member is ana
    assert "Mara Lind does not come to the event" in to_ana.text
    assert hour_in(to_ana)["STATUS"] == "CANCELLED"
    assert not why_not(to_ana, begun)
    assert "suspend" not in to_ana.text + to_ana.subject
    assert second.mentee is None


def test_an_hour_that_has_been_stays_when_the_mentor_is_suspended(
    event, mentor, letters
):
    ana = comer(event)
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)

    over = first.starts_at + timedelta(minutes=20)
    memberships.suspend(mentor.membership_in(event.space), over)

    assert released(letters) == []
    assert first.mentee is ana


def test_nobody_hears_of_whom_a_block_parts_from_them(event, mentor, letters):
    ana = comer(event)
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)
    make_block(ana, mentor)  # and nobody cleared up behind it

    places.decline(event, ana, LATER)

    assert released(letters) == []
    assert first.mentee is None


def test_a_block_with_a_mentor_who_runs_the_event_writes_to_nobody(
    event, mentor, letters
):
    event.hosts.append(mentor)
    ana = comer(event)
    first, *_ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)

    safety.block(ana, mentor, LATER)

    assert released(letters) == []
    assert {letter.status for letter in letters()} == {LetterStatus.CANCELLED}


def test_mentors_hear_that_it_is_off_unless_they_do_not_come(event, host, letters):
    """Also those who said nothing and whom nobody has booked; nobody who is parted."""
    ana = comer(event)
    silent, unbooked, parted, declines, left = (
        make_mentor(event, name) for name in ("Mara", "Mia", "Mo", "Max", "Mel")
    )
    for number, mentor in enumerate((silent, unbooked, parted, declines, left)):
        first, *_ = open_hours(event, mentor, after=20 * number, count=1)
        if mentor is silent:
            mentor_hours.book(first, ana, "pricing", NOON)
    make_block(parted, host)
    places.decline(event, declines, NOON)
    memberships.suspend(left.membership_in(event.space), NOON)

    assert standing.cancel(event, "Water in the cellar", host, LATER) == 3

    to_ana, to_silent, to_unbooked = (
        each for each in letters() if each.kind == "event_cancelled"
    )
    told = [to_ana.member, to_silent.member, to_unbooked.member]
    assert told == [ana, silent, unbooked]
    assert hour_in(to_silent)["STATUS"] == "CANCELLED"
    assert "your hours are given up" in to_silent.text
    assert to_unbooked.calendar == ""


def test_a_slot_that_is_taken_away_is_gone(event, mentor, letters):
    ana = comer(event)
    first, second, _ = open_hours(event, mentor)
    mentor_hours.book(first, ana, "pricing", NOON)

    mentor_hours.close(first, NOON, mentor)
    mentor_hours.close(second, NOON, mentor)
    db.session.flush()

    assert len(db.session.scalars(select(Slot)).all()) == 1
    assert letters()[-1].member is ana
    assert "taken back" in letters()[-1].text


def test_of_many_who_press_at_once_one_has_the_slot(any_database):
    app = any_database
    event = make_event(capacity=None)
    mentor = make_mentor(event)
    slot_id = open_hours(event, mentor, count=1)[0].id
    ids = [comer(event, f"Member {number}").id for number in range(6)]
    db.session.commit()
    start, said = Barrier(len(ids)), []

    def press(member_id):
        with app.app_context():
            slot = db.session.get_one(Slot, slot_id)
            member = db.session.get_one(Member, member_id)
            db.session.rollback()
            start.wait()
            try:
                mentor_hours.book(slot, member, "pricing", NOON)
                db.session.commit()
                said.append(member_id)
            except Refusal:
                db.session.rollback()
            finally:
                db.session.remove()

    threads = [Thread(target=press, args=[id_]) for id_ in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said) == 1
    db.session.expire_all()
    assert db.session.get_one(Slot, slot_id).mentee_id == said[0]
    assert len(db.session.scalars(select(Letter)).all()) == 2


def test_nobody_books_two_slots_at_once_by_pressing_twice(any_database):
    app = any_database
    event = make_event(capacity=None)
    ana = comer(event).id
    ids = [
        open_hours(event, make_mentor(event, name), count=1)[0].id
        for name in ("Mara", "Otis")
    ]
    db.session.commit()
    start, said = Barrier(2), []

    def press(slot_id):
        with app.app_context():
            slot = db.session.get_one(Slot, slot_id)
            member = db.session.get_one(Member, ana)
            db.session.rollback()
            start.wait()
            try:
                mentor_hours.book(slot, member, "pricing", NOON)
                db.session.commit()
                said.append(slot_id)
            except Refusal:
                db.session.rollback()
            finally:
                db.session.remove()

    threads = [Thread(target=press, args=[id_]) for id_ in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said) == 1
