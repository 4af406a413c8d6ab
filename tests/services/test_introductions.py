from datetime import timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    Answer,
    DayPart,
    Encounter,
    Letter,
    MembershipStatus,
    Outcome,
    Side,
)
from matchmaker.refusal import Refusal
from matchmaker.services import introductions
from matchmaker.services.meeting_times import times_that_suit
from tests.factories import NOON, make_introduction, make_member, make_space


def make_two(**fields):
    space = make_space()
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    return make_introduction(ana, ben, **fields)


def make_introduced(**fields):
    return make_two(answers=[Answer.YES] * 2, introduced_at=NOON, **fields)


def kinds(letters):
    return [letter.kind for letter in letters()]


def test_one_yes_introduces_nobody(app, letters):
    introduction = make_two()

    introductions.answer(introduction.sides[0], Answer.YES, NOON)

    assert introduction.introduced_at is None
    assert letters() == []


def test_the_last_yes_introduces_them_with_addresses_and_times(app, letters):
    introduction = make_two()
    ana, ben = introduction.members

    for side in introduction.sides:
        introductions.answer(side, Answer.YES, NOON)

    assert introduction.introduced_at == NOON
    to_ana, to_ben = letters()
    assert (to_ana.member, to_ben.member) == (ana, ben)
    assert ben.email in to_ana.text
    assert ana.email in to_ben.text
    assert to_ana.calendar.count("BEGIN:VEVENT") == 3


def test_a_second_yes_is_the_same_yes(app, letters):
    introduction = make_introduced()

    introductions.answer(introduction.sides[0], Answer.YES, NOON)

    assert letters() == []


def test_an_answer_may_change_until_they_are_introduced(app):
    introduction = make_two()
    side = introduction.sides[0]

    introductions.answer(side, Answer.NOT_NOW, NOON)
    introductions.answer(side, Answer.YES, NOON)

    assert side.answer is Answer.YES


def test_after_the_introduction_it_may_not(app):
    introduction = make_introduced()

    with pytest.raises(Refusal, match="addresses already"):
        introductions.answer(introduction.sides[0], Answer.LET_GO, NOON)


@pytest.mark.parametrize("declined", [Answer.NOT_NOW, Answer.LET_GO])
def test_nobody_is_told_who_declined(app, letters, declined):
    introduction = make_two(answers=[declined])

    with pytest.raises(Refusal, match="did not come about"):
        introductions.answer(introduction.sides[1], Answer.YES, NOON)

    assert letters() == []


def test_why_it_was_let_go_is_kept(app):
    side = make_two().sides[0]

    introductions.answer(side, Answer.LET_GO, NOON, reason="  We know each other ")

    assert side.reason == "We know each other"


@pytest.mark.parametrize("status", [MembershipStatus.SUSPENDED, MembershipStatus.LEFT])
def test_who_no_longer_takes_part_is_not_introduced(app, status):
    introduction = make_two(answers=[Answer.YES])
    introduction.members[0].memberships[0].status = status

    with pytest.raises(Refusal, match="did not come about"):
        introductions.answer(introduction.sides[1], Answer.YES, NOON)


def test_two_last_yeses_at_once_introduce_once(any_database):
    app = any_database
    introduction = make_two()
    db.session.commit()
    keys = [(side.introduction_id, side.member_id) for side in introduction.sides]
    db.session.remove()
    start = Barrier(2)

    def say_yes(key):
        with app.app_context():
            start.wait()
            introductions.answer(db.session.get_one(Side, key), Answer.YES, NOON)
            db.session.commit()
            db.session.remove()

    threads = [Thread(target=say_yes, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(db.session.scalars(select(Letter)).all()) == 2


def ask_whether_they_met(now):
    for side in introductions.sides_to_ask(now):
        introductions.ask_whether_they_met(side, now)


def test_each_is_asked_once_whether_they_met(app, letters):
    make_introduced()
    later = NOON + introductions.ASK_AFTER

    ask_whether_they_met(later - timedelta(hours=1))
    assert letters() == []
    ask_whether_they_met(later)
    ask_whether_they_met(later + timedelta(days=1))

    assert kinds(letters) == ["did_you_meet", "did_you_meet"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland", "US/Pacific"])
def test_they_are_asked_after_the_last_of_the_times_that_were_proposed(zone):
    zone = ZoneInfo(zone)
    for hours in range(0, 24 * 7 * 3, 5):
        for part in DayPart:
            said_yes = NOON.replace(month=3, day=4) + timedelta(hours=hours)
            times = times_that_suit([frozenset({part})], zone, said_yes)
            asked_at = said_yes + introductions.ASK_AFTER
            assert max(times) + timedelta(hours=5) <= asked_at


def test_who_says_not_yet_is_asked_again_a_week_later_and_not_for_ever(app, letters):
    side = make_introduced().sides[0]
    asked = []
    for hour in range(24 * 60):
        now = NOON + timedelta(hours=hour)
        ask_whether_they_met(now)
        db.session.flush()
        if side.asked_at == now:
            asked.append(hour / 24)
            assert side.is_asked_whether_they_met
            introductions.tell(side, met=False, now=now)
            assert not side.is_asked_whether_they_met

    assert asked == [7, 14, 21, 28]
    assert kinds(letters) == ["did_you_meet"] * 5  # and the other once


def test_who_met_after_all_is_asked_no_more(app, letters):
    side = make_introduced().sides[0]
    introductions.tell(side, met=False, now=NOON)
    introductions.tell(side, met=True, outcome=Outcome.OTHER, now=NOON)

    for days in range(40):
        ask_whether_they_met(NOON + timedelta(days=days))

    assert [letter.member for letter in letters()] == [side.others[0].member]


def test_who_was_withdrawn_is_not_asked(app, letters):
    make_introduced(withdrawn_at=NOON)

    ask_whether_they_met(NOON + timedelta(days=30))

    assert letters() == []


def test_a_meeting_becomes_an_encounter_whoever_tells(app):
    introduction = make_introduced()
    ana, ben = introduction.sides

    introductions.tell(
        ben, met=True, outcome=Outcome.STATED, meet_again=True, note=" Good ", now=NOON
    )

    (encounter,) = db.session.scalars(select(Encounter))
    assert (encounter.first_id, encounter.second_id) == (ana.member_id, ben.member_id)
    assert (ben.outcome, ben.meet_again, ben.note) == (Outcome.STATED, True, "Good")
    assert ana.met is None


def test_both_telling_makes_one_encounter(app):
    introduction = make_introduced()

    for side in introduction.sides:
        introductions.tell(side, met=True, outcome=Outcome.OTHER, now=NOON)
        db.session.flush()

    assert len(db.session.scalars(select(Encounter)).all()) == 1


def test_whoever_was_mistaken_takes_the_encounter_back(app):
    side = make_introduced().sides[0]

    introductions.tell(side, met=True, outcome=Outcome.OTHER, now=NOON)
    db.session.flush()
    introductions.tell(side, met=False, outcome=Outcome.OTHER, now=NOON)

    assert db.session.scalars(select(Encounter)).all() == []
    assert side.outcome is None


def test_three_who_met_are_three_encounters(app):
    space = make_space()
    members = [make_member(space=space) for _ in range(3)]
    trio = make_introduction(*members, answers=[Answer.YES] * 3, introduced_at=NOON)

    for side in trio.sides:
        introductions.tell(side, met=True, outcome=Outcome.OTHER, now=NOON)
        db.session.flush()

    assert len(db.session.scalars(select(Encounter)).all()) == 3


def test_there_is_nothing_to_tell_before_an_introduction(app):
    with pytest.raises(Refusal, match="nothing to tell"):
        introductions.tell(make_two().sides[0], met=True, now=NOON)


def test_who_took_the_yes_to_introductions_back_is_not_introduced(app, letters):
    introduction = make_two(answers=[Answer.YES])
    introduction.members[0].memberships[0].wants_introductions = False

    with pytest.raises(Refusal, match="did not come about"):
        introductions.answer(introduction.sides[1], Answer.YES, NOON)

    assert letters() == []
