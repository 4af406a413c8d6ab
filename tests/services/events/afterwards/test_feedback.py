import time
from datetime import timedelta

import pytest

from matchmaker.extensions import db
from matchmaker.models import (
    Answer,
    Encounter,
    Introduction,
    MembershipStatus,
    Recollection,
    Rsvp,
    RsvpStatus,
    Seat,
    Seating,
    Verdict,
)
from matchmaker.queries import event_view, turnout
from matchmaker.refusal import Refusal
from matchmaker.services import history, introductions, safety
from matchmaker.services.events import reminders
from matchmaker.services.events.afterwards import feedback, met, seeing_again
from matchmaker.services.events.afterwards.feedback import Wish
from matchmaker.services.events.room import door
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
from tests.racing import race

START = NOON + timedelta(days=7)
AFTER = START + timedelta(hours=5)


def make_seating(event, *tables, rounds=1):
    seating = Seating(
        event=event,
        rounds=rounds,
        table_size=4,
        minutes=10,
        seed=1,
        repeats=0,
        repeats_bound=0,
        met_before=0,
        benefit=0,
        random_benefit=0,
        benefit_bound=0,
        made_at=NOON,
        changed_at=NOON,
    )
    for number, table in enumerate(tables, 1):
        for member in table:
            seat = Seat(round=1, member_id=member.id, table=number)
            seating.seats.append(seat)
    db.session.add(seating)
    db.session.flush()
    return seating


def came(event, name, **fields):
    member = fields.pop("member", None) or make_member(name, space=event.space)
    return make_rsvp(event, member, checked_in_at=START, **fields)


@pytest.fixture
def evening():
    """Ana, Ben and Cem were there; the first two sat together."""
    event = make_event()
    ana, ben, cem = (came(event, name) for name in ("Ana", "Ben", "Cem"))
    make_seating(event, [ana.member, ben.member], [cem.member])
    return event, ana, ben, cem


def names(members):
    return [member.name for member in members]


def say(rsvp, other, wish):
    return feedback.tell_of(rsvp, {other.member_id: wish}, AFTER)


def encounters():
    return db.session.scalars(db.select(Encounter)).all()


@pytest.mark.usefixtures("app")
class TestWhomOneIsToldOf:
    def test_those_at_ones_tables(self, evening):
        event, ana, ben, cem = evening

        assert met.there(event, ana.member) == [ben.member]
        assert met.there(event, cem.member) == []

    def test_those_to_whom_one_was_introduced_there(self, evening):
        event, ana, _, cem = evening
        round_ = make_round(event.space, event=event)
        make_introduction(ana.member, cem.member, round_=round_)

        assert names(met.there(event, ana.member)) == ["Ben", "Cem"]

    def test_others_only_if_they_chose_to_be_shown(self, evening):
        event, ana, ben, cem = evening
        seen = met.there(event, ana.member)

        assert met.others(event, ana.member, seen) == []
        cem.is_shown = ben.is_shown = True
        assert met.others(event, ana.member, seen) == [cem.member]

    def test_whoever_runs_the_event_is_told_of_no_more_people_here(self, evening):
        event, ana, _, _ = evening
        event.hosts.append(ana.member)

        assert met.others(event, ana.member) == []

    @pytest.mark.parametrize("blocker", [0, 1])
    def test_never_whom_a_block_parts(self, evening, blocker):
        event, ana, ben, _ = evening
        ben.is_shown = True
        pair = [ana.member, ben.member]
        make_block(pair[blocker], pair[1 - blocker])

        assert met.there(event, ana.member) == []
        assert met.others(event, ana.member) == []

    def test_nobody_who_did_not_come_or_takes_part_no_more(self, evening):
        event, ana, ben, cem = evening
        cem.is_shown = True
        ben.checked_in_at = None
        cem.member.memberships[0].status = MembershipStatus.LEFT

        assert met.there(event, ana.member) == []
        assert met.others(event, ana.member) == []

    def test_where_the_door_was_not_used_those_going_count_as_there(self):
        event = make_event()
        ana, ben = (make_rsvp(event, is_shown=True) for _ in range(2))

        assert turnout.came(ana)
        assert met.others(event, ana.member) == [ben.member]


@pytest.mark.usefixtures("app")
class TestHowItWas:
    def test_two_taps_are_kept(self, evening):
        _, ana, *_ = evening

        feedback.tell_verdict(ana, Verdict.GOOD, AFTER)
        feedback.tell_come_again(ana, True, AFTER)

        assert (ana.verdict, ana.come_again, ana.told_at) == (
            Verdict.GOOD,
            True,
            AFTER,
        )

    def test_nobody_tells_of_what_is_not_over(self, evening):
        _, ana, *_ = evening

        with pytest.raises(Refusal, match="not over"):
            feedback.tell_verdict(ana, Verdict.GOOD, START)

    def test_nobody_tells_of_where_they_were_not(self, evening):
        event, *_ = evening
        away = make_rsvp(event)

        with pytest.raises(Refusal, match="did not see you"):
            feedback.tell_verdict(away, Verdict.GOOD, AFTER)

    def test_nobody_tells_of_what_was_long_ago(self, evening):
        _, ana, *_ = evening

        with pytest.raises(Refusal, match="some time ago"):
            feedback.tell_note(ana, "Loud", AFTER + timedelta(days=40))

    @pytest.mark.parametrize("status", ["SUSPENDED", "LEFT"])
    def test_whoever_takes_part_no_more_tells_nothing(self, evening, status):
        _, ana, ben, _ = evening
        ana.member.memberships[0].status = MembershipStatus[status]
        db.session.flush()

        with pytest.raises(Refusal, match="do not take part"):
            say(ana, ben, Wish.AGAIN)


@pytest.mark.usefixtures("app")
class TestWeMet:
    def test_either_says_so_and_it_is_one_encounter(self, evening):
        event, ana, ben, _ = evening

        say(ana, ben, Wish.MET)
        say(ben, ana, Wish.MET)
        say(ana, ben, Wish.AGAIN)

        (encounter,) = encounters()
        assert encounter.event_id == event.id
        assert encounter.source == "event"
        pair = frozenset({ana.member_id, ben.member_id})
        assert pair in history.of(event.space, AFTER).recent

    def test_taken_back_by_both_it_is_none(self, evening):
        _, ana, ben, _ = evening
        say(ana, ben, Wish.MET)
        say(ben, ana, Wish.MET)

        say(ana, ben, None)
        assert len(encounters()) == 1
        say(ben, ana, Wish.RATHER_NOT)
        assert encounters() == []

    def test_of_somebody_one_may_not_be_told_of_nothing_is_kept(self, evening):
        _, ana, ben, cem = evening
        make_block(ben.member, ana.member)

        feedback.tell_of(
            ana,
            {ben.member_id: Wish.MET, cem.member_id: Wish.AGAIN, 10**6: Wish.MET},
            AFTER,
        )

        assert db.session.scalars(db.select(Recollection)).all() == []
        assert encounters() == []


@pytest.mark.usefixtures("app")
class TestRatherNot:
    def test_they_are_never_introduced(self, evening):
        event, ana, ben, _ = evening
        say(ana, ben, Wish.RATHER_NOT)

        kept_apart = history.of(event.space, AFTER + timedelta(weeks=200)).forbidden

        assert frozenset({ana.member_id, ben.member_id}) in kept_apart

    def test_not_even_where_they_had_let_go_and_one_has_new_words(self, evening):
        event, ana, ben, _ = evening
        make_introduction(
            ana.member,
            ben.member,
            answers=[Answer.LET_GO],
            made_at=NOON - timedelta(days=1),
        )
        ben.member.profile.words_changed_at = NOON + timedelta(days=1)
        ben.member.profile.new_words = ["tax"]
        say(ana, ben, Wish.RATHER_NOT)

        was = history.of(event.space, NOON + timedelta(weeks=60))

        pair = frozenset({ana.member_id, ben.member_id})
        assert pair in was.forbidden
        assert pair not in was.rekindled


@pytest.mark.usefixtures("app")
class TestSeeingEachOtherAgain:
    def test_one_of_two_is_told_to_nobody(self, evening, letters):
        _, ana, ben, _ = evening

        assert say(ana, ben, Wish.AGAIN) == 0

        assert letters() == []
        assert db.session.scalars(db.select(Introduction)).all() == []
        assert feedback.said(ben) == {}

    def test_both_are_introduced_with_addresses_and_times(self, evening, letters):
        event, ana, ben, _ = evening
        say(ana, ben, Wish.AGAIN)

        assert say(ben, ana, Wish.AGAIN) == 1

        introduction = db.session.scalars(db.select(Introduction)).one()
        assert introduction.round.event_id == event.id
        assert introduction.introduced_at == AFTER
        assert introduction.everybody_said_yes
        written = letters()
        assert [letter.kind for letter in written] == ["introduced"] * 2
        for letter in written:
            other = ana if letter.member is ben.member else ben
            assert other.member.email in letter.text
            assert "BEGIN:VCALENDAR" in letter.calendar
            assert "met at Breakfast" in letter.text

    def test_in_their_own_words_where_there_are_any(self):
        event = make_event()
        ana = came(
            event,
            "Ana",
            is_shown=True,
            member=make_member(
                "Ana", space=event.space, offers=["Postgres"], wants=["grant writing"]
            ),
        )
        ben = came(
            event,
            "Ben",
            is_shown=True,
            member=make_member(
                "Ben", space=event.space, offers=["grant writing"], wants=["Postgres"]
            ),
        )
        say(ana, ben, Wish.AGAIN)
        say(ben, ana, Wish.AGAIN)

        introduction = db.session.scalars(db.select(Introduction)).one()
        gains = [gain for side in introduction.sides for gain in side.gains]
        assert {gain["offer"] for gain in gains} == {"grant writing", "Postgres"}
        assert introduction.arm == "pinned"

    def test_said_again_they_are_introduced_once(self, evening, letters):
        _, ana, ben, _ = evening
        say(ana, ben, Wish.AGAIN)
        say(ben, ana, Wish.AGAIN)

        assert say(ana, ben, Wish.AGAIN) == 0
        assert len(letters()) == 2

    def test_who_have_each_others_addresses_already_are_not_written_to(
        self, evening, letters
    ):
        _, ana, ben, _ = evening
        make_introduction(
            ana.member, ben.member, answers=[Answer.YES] * 2, introduced_at=NOON
        )
        say(ana, ben, Wish.AGAIN)

        assert say(ben, ana, Wish.AGAIN) == 0
        assert letters() == []

    def test_the_introduction_of_that_evening_is_the_one_that_comes_about(
        self, evening
    ):
        event, ana, ben, _ = evening
        round_ = make_round(event.space, event=event)
        there = make_introduction(ana.member, ben.member, round_=round_)
        say(ana, ben, Wish.AGAIN)
        say(ben, ana, Wish.AGAIN)

        assert there.introduced_at == AFTER
        assert db.session.scalars(db.select(Introduction)).all() == [there]

    def test_a_block_in_between_keeps_them_apart(self, evening, letters):
        _, ana, ben, _ = evening
        say(ana, ben, Wish.AGAIN)
        safety.block(ana.member, ben.member, AFTER)

        assert say(ben, ana, Wish.AGAIN) == 0
        assert letters() == []

    def test_they_are_asked_later_whether_they_met(self, evening, letters):
        _, ana, ben, _ = evening
        say(ana, ben, Wish.AGAIN)
        say(ben, ana, Wish.AGAIN)

        later = AFTER + timedelta(days=7)
        for side in introductions.sides_to_ask(later):
            introductions.ask_whether_they_met(side, later)

        assert [each.kind for each in letters()][2:] == ["did_you_meet"] * 2


@pytest.mark.usefixtures("app")
class TestNoShows:
    def missed(self, member, space, days_ago, status=RsvpStatus.GOING):
        event = make_event(space, starts_at=NOON - timedelta(days=days_ago))
        make_rsvp(event, checked_in_at=event.starts_at)
        return make_rsvp(event, member, status)

    def test_two_in_three_months_are_often(self):
        space = make_space()
        ana = make_member(space=space)
        self.missed(ana, space, 3)
        assert not turnout.misses_often(ana, space, NOON)
        self.missed(ana, space, 80)

        assert turnout.misses_often(ana, space, NOON)

    def test_older_ones_and_those_given_up_do_not_count(self):
        space = make_space()
        ana = make_member(space=space)
        for status in (RsvpStatus.DECLINED, RsvpStatus.WAITING):
            self.missed(ana, space, 10, status)
            self.missed(ana, space, 11, status)
        for days in (1, 120, 121):
            self.missed(ana, space, days)

        assert not turnout.misses_often(ana, space, NOON)

    def test_where_the_door_was_not_used_nobody_missed_anything(self):
        space = make_space()
        ana = make_member(space=space)
        for days in (3, 4):
            make_rsvp(make_event(space, starts_at=NOON - timedelta(days=days)), ana)

        assert not turnout.misses_often(ana, space, NOON)

    def test_whoever_often_did_not_come_is_reminded_and_asked_kindly(self, letters):
        space = make_space()
        ana, ben = make_member(space=space), make_member(space=space)
        self.missed(ana, space, 3)
        self.missed(ana, space, 10)
        event = make_event(space)
        assert event_view.outlook(event, ana, NOON).misses_often
        assert not event_view.outlook(event, ben, NOON).misses_often
        for member in (ana, ben):
            make_rsvp(event, member).remind_hours = None

        for hours in (25, 24, 23):
            moment = event.starts_at - timedelta(hours=hours)
            for rsvp in event.rsvps:
                reminders.remind(rsvp, moment)

        (letter,) = letters()
        assert letter.member is ana
        assert "passes your place on" in letter.text
        assert "/code" in letter.text

    def test_whoever_came_missed_nothing(self):
        space = make_space()
        ana = make_member(space=space)
        for days in (3, 4):
            self.missed(ana, space, days).checked_in_at = NOON

        assert not turnout.misses_often(ana, space, NOON)


def test_two_who_say_it_at_once_are_introduced_once(any_database):
    event = make_event()
    ids = [came(event, name, is_shown=True).member_id for name in ("Ana", "Ben")]
    event_id = event.id
    db.session.commit()

    def press(number):
        mine, other = ids if number % 2 else ids[::-1]
        rsvp = db.session.get_one(Rsvp, (event_id, mine))
        return feedback.tell_of(rsvp, {other: Wish.AGAIN}, AFTER)

    assert sum(race(any_database, 16, press)) == 1

    db.session.rollback()
    assert len(db.session.scalars(db.select(Introduction)).all()) == 1
    assert len(encounters()) == 1


@pytest.fixture
def two_evenings(any_database):
    """One says “again” of the other at eight events at once, after the other has.

    How often each press introduced them.
    """
    space = make_space()
    ana, ben = (make_member(name, space=space) for name in ("Ana", "Ben"))
    events = [make_event(space) for _ in range(8)]
    for event in events:
        came(event, "Ana", member=ana)
        said_so = came(event, "Ben", member=ben, is_shown=True)
        make_seating(event, [ana, ben])
        feedback.tell_of(said_so, {ana.id: Wish.AGAIN}, AFTER)
    ids, mine, other = [event.id for event in events], ana.id, ben.id
    db.session.commit()

    def press(number):
        rsvp = db.session.get_one(Rsvp, (ids[number], mine))
        return feedback.tell_of(rsvp, {other: Wish.AGAIN}, AFTER)

    return lambda: race(any_database, 8, press)


def test_two_who_say_it_at_several_events_at_once_are_introduced_once(two_evenings):
    assert sorted(two_evenings()) == [0] * 7 + [1]

    db.session.rollback()
    assert len(db.session.scalars(db.select(Introduction)).all()) == 1


def test_without_the_lock_they_are_introduced_several_times(two_evenings, monkeypatch):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time, locked or not.")
    look = seeing_again._introductions_of

    def look_and_hesitate(*args):
        found = look(*args)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(seeing_again, "lock_all", lambda _rows, **_how: None)
    monkeypatch.setattr(seeing_again, "_introductions_of", look_and_hesitate)

    assert sum(two_evenings()) > 1


def test_whoever_came_lately_and_has_told_nothing_is_reminded(app):
    space = make_space()
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    event = make_event(space, starts_at=START)
    for member in (ana, ben):
        make_rsvp(event, member)
    door.check_in(event, ana, START, START, ben)

    assert turnout.still_to_tell(ana, space, START) == []
    assert turnout.still_to_tell(ana, space, AFTER) == [event]
    assert turnout.still_to_tell(ben, space, AFTER) == []  # did not come
    assert turnout.still_to_tell(ana, space, AFTER + timedelta(days=8)) == []

    feedback.tell_verdict(db.session.get(Rsvp, (event.id, ana.id)), Verdict.GOOD, AFTER)

    assert turnout.still_to_tell(ana, space, AFTER) == []
