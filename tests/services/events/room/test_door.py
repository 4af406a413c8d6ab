import time
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.mail.links import Purpose
from matchmaker.models import (
    Event,
    EventStatus,
    Member,
    MembershipStatus,
    Rsvp,
    RsvpStatus,
    Visibility,
)
from matchmaker.refusal import Refusal
from matchmaker.services.events import places, timeline
from matchmaker.services.events.room import door
from matchmaker.services.events.running import attendance
from tests.factories import (
    NOON,
    make_block,
    make_event,
    make_host,
    make_member,
    make_rsvp,
    make_space,
)
from tests.racing import race

MINUTE = timedelta(minutes=1)
START = NOON + timedelta(days=7)
DECLINED, WAITING, GOING, ASKED = (
    RsvpStatus.DECLINED,
    RsvpStatus.WAITING,
    RsvpStatus.GOING,
    RsvpStatus.ASKED,
)


def code_of(rsvp):
    return links.sign(Purpose.CHECK_IN, rsvp.event_id, rsvp.member_id)


def check_in(rsvp, at=START, by=None, **more):
    by = by or make_host(rsvp.event)
    return door.check_in(rsvp.event, rsvp.member, at, at, by, **more)


@pytest.mark.usefixtures("app")
class TestSafety:
    def test_whom_a_block_parts_is_checked_in_and_not_named(self):
        event = make_event()
        bo = make_rsvp(event, make_member("Bo Quist", space=event.space)).member
        host = make_host(event)
        make_block(bo, host)

        member = door.whose_code(event, code_of(places.of(event, bo)), host)
        arrival = door.check_in(event, member, START, START, host)

        assert arrival.is_new
        assert not door.may_be_named(bo, host)
        assert "Bo" not in door.called(bo, event, host)

    def test_whom_a_block_parts_is_neither_listed_nor_counted(self):
        event = make_event()
        host = make_host(event)
        seen = make_rsvp(event, make_member("Ana", space=event.space))
        hidden = make_rsvp(event, make_member("Bo", space=event.space), guests=2)
        make_block(host, hidden.member)
        for rsvp in (seen, hidden):
            check_in(rsvp, by=host)

        people = door.everybody(event, host)

        assert people == [seen]
        assert door.numbers(people) == door.Numbers(arrived=1, going=1)

    def test_a_refusal_names_nobody_whom_a_block_parts(self):
        event = make_event()
        host = make_host(event)
        bo = make_rsvp(event, make_member("Bo", space=event.space), DECLINED)
        make_block(bo.member, host)

        with pytest.raises(Refusal) as refusal:
            check_in(bo, by=host)

        assert "Bo" not in str(refusal.value)

    def test_whoever_was_suspended_since_does_not_come_in(self):
        event = make_event()
        member = make_member(space=event.space, status=MembershipStatus.SUSPENDED)
        rsvp = make_rsvp(event, member)

        with pytest.raises(Refusal, match="do not take part"):
            check_in(rsvp)

    def test_the_name_in_another_space_is_not_told_here(self):
        event = make_event()
        make_member("Lou Kern", space=make_space(), email="lou@example.org")

        arrival = door.walk_in(
            event, "Lou", "lou@example.org", START, START, make_host(event)
        )

        assert arrival.rsvp.name == "Somebody new here"
        called = attendance.names(event, event.timeline)
        assert [called[entry.about_id] for entry in event.timeline] == [
            "Somebody new here"
        ]

    def test_the_timeline_tells_of_a_walk_in_to_nobody_parted_from_them(self):
        event = make_event()
        host, ana = make_host(event), make_member(space=event.space)
        lou = make_member("Lou", space=make_space(), email="lou@example.org")
        make_block(lou, host)

        door.walk_in(event, "Lou", "lou@example.org", START, START, host)

        assert [e.what for e in timeline.of(event, ana, 9)] == ["walk-in"]
        assert timeline.of(event, host, 9) == []


@pytest.mark.usefixtures("app")
class TestCodes:
    def test_a_code_says_whose_it_is_bare_or_as_an_address(self):
        rsvp = make_rsvp(make_event())
        host = make_host(rsvp.event)
        code = code_of(rsvp)

        for shown in (code, f" {code}\n", f"https://example.org/letters/{code}/code"):
            assert door.whose_code(rsvp.event, shown, host) is rsvp.member

    @pytest.mark.parametrize(
        "code", ["", "x" * 40, "WIFI:S:cafe;;", "https://example.org/", "a" * 5000]
    )
    def test_what_is_no_code_of_ours_is_refused(self, code):
        event = make_event()

        with pytest.raises(Refusal, match="not one of our codes"):
            door.whose_code(event, code, make_host(event))

    def test_a_code_signed_for_something_else_is_refused(self):
        rsvp = make_rsvp(make_event())
        code = links.sign(Purpose.RSVP, rsvp.event_id, rsvp.member_id)

        with pytest.raises(Refusal, match="not one of our codes"):
            door.whose_code(rsvp.event, code, make_host(rsvp.event))

    def test_a_code_of_another_event_says_of_which(self):
        space = make_space()
        today = make_event(space)
        rsvp = make_rsvp(make_event(space, title="Potluck"))

        with pytest.raises(Refusal, match="another event: Potluck, Monday 13 May"):
            door.whose_code(today, code_of(rsvp), make_host(today))

    def test_a_code_of_an_event_that_one_may_not_see_does_not_say_of_which(self):
        today = make_event()
        secret = make_event(title="Secret", visibility=Visibility.SPACE)

        with pytest.raises(Refusal) as refusal:
            door.whose_code(today, code_of(make_rsvp(secret)), make_host(today))

        assert str(refusal.value) == "This code is for another event."


@pytest.mark.usefixtures("app")
class TestCheckIn:
    def test_it_is_done_once(self):
        rsvp = make_rsvp(make_event())
        host = make_host(rsvp.event)

        first = check_in(rsvp, START, host)
        second = check_in(rsvp, START + MINUTE, host)

        assert (first.is_new, second.is_new) == (True, False)
        assert rsvp.checked_in_at == START

    def test_somebody_who_waits_is_given_a_free_place_without_a_letter(self, letters):
        event = make_event(capacity=2)
        waiting = make_rsvp(event, status=WAITING)

        check_in(waiting)

        assert waiting.status is GOING
        assert waiting.has_arrived
        assert letters() == []

    def test_a_full_room_takes_nobody_in(self):
        event = make_event(capacity=1)
        make_rsvp(event)
        waiting = make_rsvp(event, status=WAITING)

        with pytest.raises(Refusal, match="room is full"):
            check_in(waiting)

    def test_a_party_that_does_not_fit_does_not_come_in(self):
        event = make_event(capacity=2)
        waiting = make_rsvp(event, status=WAITING, guests=2)

        with pytest.raises(Refusal, match="for 3 more"):
            check_in(waiting)

    @pytest.mark.parametrize("status", [DECLINED, ASKED])
    def test_whom_nobody_expects_comes_in_only_if_the_host_says_so(self, status):
        rsvp = make_rsvp(make_event(), status=status)
        host = make_host(rsvp.event)

        with pytest.raises(Refusal, match=r"Let them in"):
            check_in(rsvp, by=host)
        check_in(rsvp, by=host, anyway=True)

        assert rsvp.is_going
        assert rsvp.has_arrived

    def test_whoever_is_not_on_the_list_signs_in(self):
        event = make_event()

        with pytest.raises(Refusal, match="not on the list"):
            door.check_in(
                event, make_member(space=event.space), START, START, make_host(event)
            )

    @pytest.mark.parametrize(
        ("at", "why"),
        [
            (START - door.OPENS - MINUTE, "opens on Monday 13 May at 09:00"),
            (START + timedelta(hours=2) + door.CLOSES + MINUTE, "is over"),
        ],
    )
    def test_the_door_is_closed_before_and_after(self, at, why):
        with pytest.raises(Refusal, match=why):
            check_in(make_rsvp(make_event()), at)

    def test_a_cancelled_event_has_no_door(self):
        event = make_event(status=EventStatus.CANCELLED)

        with pytest.raises(Refusal, match="does not take place"):
            check_in(make_rsvp(event))


@pytest.mark.usefixtures("app")
class TestTheDoorsOwnTime:
    @pytest.fixture
    def at_the_door(self):
        rsvp = make_rsvp(make_event())
        host = make_host(rsvp.event)
        later = START + timedelta(hours=1)

        def tell(deed, minutes):
            at = START + minutes * MINUTE
            return deed(rsvp.event, rsvp.member, at, later, host)

        return rsvp, tell

    def test_an_old_check_in_does_not_redo_what_was_undone(self, at_the_door):
        rsvp, tell = at_the_door
        tell(door.check_in, 1)
        tell(door.undo, 2)

        tell(door.check_in, 1)

        assert not rsvp.has_arrived

    def test_an_old_undo_does_not_take_back_a_later_check_in(self, at_the_door):
        rsvp, tell = at_the_door
        tell(door.check_in, 3)

        tell(door.undo, 2)

        assert rsvp.has_arrived

    def test_whatever_order_they_arrive_in_the_last_one_holds(self, at_the_door):
        rsvp, tell = at_the_door
        for minutes in (4, 2, 6, 1):
            tell(door.check_in if minutes % 4 else door.undo, minutes)

        assert rsvp.has_arrived
        tell(door.undo, 7)
        assert not rsvp.has_arrived

    def test_a_clock_that_is_ahead_does_not_reach_into_the_future(self, at_the_door):
        rsvp, tell = at_the_door
        tell(door.check_in, 60 * 24 * 365)

        assert rsvp.checked_in_at == START + timedelta(hours=1)

    def test_what_was_done_in_time_may_be_told_late_though_not_for_ever(self):
        rsvp = make_rsvp(make_event())
        host = make_host(rsvp.event)
        args = rsvp.event, rsvp.member, START

        with pytest.raises(Refusal, match="is over"):
            door.check_in(*args, START + timedelta(days=30), host)
        assert door.check_in(*args, START + timedelta(days=2), host).is_new


@pytest.mark.usefixtures("app")
class TestWalkIns:
    def walk_in(self, event, name="Wim", email="wim@example.org", at=START, **more):
        return door.walk_in(event, name, email, at, at, make_host(event), **more)

    def test_somebody_new_is_invited_and_not_enrolled_nor_written_to(self, letters):
        event = make_event()

        rsvp = self.walk_in(event, email="Wim@Example.org").rsvp

        membership = rsvp.member.membership_in(event.space)
        assert membership.status is MembershipStatus.INVITED
        assert not membership.wants_introductions
        assert rsvp.member.password is None
        assert rsvp.member.confirmed_at is None
        assert rsvp.is_walk_in
        assert rsvp.has_arrived
        assert not rsvp.is_shown
        assert letters() == []

    def test_an_invitation_goes_if_they_want_one_and_goes_once(self, letters):
        event = make_event()
        self.walk_in(event, invite=True)
        self.walk_in(event, invite=True, at=START + MINUTE)

        assert [letter.kind for letter in letters()] == ["invitation"]

    def test_a_member_who_did_not_sign_up_is_known_by_the_address(self):
        event = make_event()
        ana = make_member("Ana", space=event.space)

        rsvp = self.walk_in(event, "Somebody", ana.email).rsvp

        assert rsvp.member is ana
        assert ana.name == "Ana"
        assert rsvp.is_walk_in

    def test_whoever_is_on_the_list_is_checked_in(self):
        event = make_event()
        going = make_rsvp(event)

        rsvp = self.walk_in(event, "Ana", going.member.email).rsvp

        assert rsvp is going
        assert rsvp.has_arrived
        assert not rsvp.is_walk_in

    @pytest.mark.parametrize(
        "status", [MembershipStatus.SUSPENDED, MembershipStatus.LEFT]
    )
    def test_whoever_was_suspended_or_has_left_does_not_come_in_so(self, status):
        event = make_event()
        sue = make_member("Sue", space=event.space, status=status)

        with pytest.raises(Refusal, match="do not take part"):
            self.walk_in(event, "Sue", sue.email)

    def test_a_full_room_takes_no_walk_in(self):
        event = make_event(capacity=1)
        make_rsvp(event)

        with pytest.raises(Refusal, match="room is full"):
            self.walk_in(event)

    @pytest.mark.parametrize(
        ("name", "email"), [("", "wim@example.org"), ("Wim", "wim"), ("Wim", "")]
    )
    def test_two_fields_are_needed_and_must_be_readable(self, name, email):
        with pytest.raises(Refusal, match=r"^The (name|e-mail address) "):
            self.walk_in(make_event(), name, email)

    def test_undo_gives_the_place_back(self):
        event = make_event(capacity=1)
        rsvp = self.walk_in(event).rsvp

        later = START + MINUTE
        door.undo(event, rsvp.member, later, later, make_host(event))

        assert (rsvp.status, rsvp.has_arrived) == (DECLINED, False)
        assert event.places_left == 1

    def test_told_again_after_an_undo_it_stays_undone(self):
        event = make_event()
        rsvp = self.walk_in(event).rsvp
        door.undo(event, rsvp.member, START + MINUTE, START + MINUTE, make_host(event))

        self.walk_in(event)

        assert not rsvp.has_arrived


@pytest.fixture
def two_phones(any_database):
    """Show one code a hundred times, on two phones with two clocks; what was said."""
    rsvp = make_rsvp(make_event())
    host = make_host(rsvp.event)
    event_id, host_id, code = rsvp.event_id, host.id, code_of(rsvp)
    db.session.commit()

    def press(number):
        event = db.session.get_one(Event, event_id)
        by = db.session.get_one(Member, host_id)
        member = door.whose_code(event, code, by)
        at = START + timedelta(seconds=number % 2)
        return door.check_in(event, member, at, START + MINUTE, by).is_new

    return lambda: race(any_database, 100, press)


def test_two_phones_and_a_code_a_hundred_times_are_one_check_in(two_phones):
    assert sorted(two_phones()) == [False] * 99 + [True]


def test_without_the_lock_they_are_several(two_phones, monkeypatch):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time, locked or not.")
    look = places.of

    def look_and_hesitate(*args):
        rsvp = look(*args)
        time.sleep(0.05)
        return rsvp

    monkeypatch.setattr(door, "lock", lambda _row: None)
    monkeypatch.setattr(places, "of", look_and_hesitate)

    assert two_phones().count(True) > 1


def test_somebody_new_may_walk_in_at_several_doors_at_once(any_database):
    space = make_space()
    host = make_member("Hana", space=space)
    events = [make_event(space) for _ in range(8)]
    for event in events:
        event.hosts.append(host)
    ids, host_id = [event.id for event in events], host.id
    db.session.commit()

    def press(number):
        event = db.session.get_one(Event, ids[number])
        by = db.session.get_one(Member, host_id)
        return door.walk_in(event, "Wim", "wim@example.org", START, START, by).is_new

    assert race(any_database, 8, press) == [True] * 8

    db.session.rollback()
    (wim,) = db.session.scalars(db.select(Member).filter_by(name="Wim"))
    assert len(wim.memberships) == 1


def test_walk_ins_at_two_doors_fill_the_room_and_no_more(any_database):
    event = make_event(capacity=7)
    host = make_host(event)
    event_id, host_id = event.id, host.id
    db.session.commit()

    def press(number):
        event = db.session.get_one(Event, event_id)
        by = db.session.get_one(Member, host_id)
        email = f"w{number}@example.org"
        return door.walk_in(event, "Wim", email, START, START, by).is_new

    results = race(any_database, 24, press)

    assert [result for result in results if result is True] == [True] * 7
    db.session.rollback()
    going = db.select(Rsvp).where(Rsvp.event_id == event_id)
    assert {rsvp.status for rsvp in db.session.scalars(going)} == {GOING}
    assert len(db.session.scalars(going).all()) == 7
