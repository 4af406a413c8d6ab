import re
from datetime import timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import numpy as np
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
    SideState,
)
from matchmaker.refusal import Refusal
from matchmaker.services import (
    history,
    introductions,
    learning,
    memberships,
    rounds,
)
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

    with pytest.raises(Refusal, match="e-mail already"):
        introductions.answer(introduction.sides[0], Answer.LET_GO, NOON)


NO = [Answer.NOT_NOW, Answer.LET_GO, Answer.KNOWN]


@pytest.mark.parametrize("declined", NO)
def test_nobody_can_tell_before_the_end_that_another_declined(app, letters, declined):
    introduction = make_two()
    ana, ben = introduction.sides
    before = ben.state

    introductions.answer(ana, declined, NOON)

    assert (before, ben.state) == (SideState.TO_ANSWER, SideState.TO_ANSWER)
    introductions.answer(ben, Answer.YES, NOON)
    assert ben.state is SideState.WAITING
    introductions.remind(ana, NOON + timedelta(days=4))  # who has answered
    assert letters() == []


def test_at_the_end_all_who_said_yes_hear_the_same_whatever_the_other_did(app, letters):
    for answer in (None, *NO):
        introduction = make_two(answers=[answer, Answer.YES])
        introduction.members[0].name = "Ana"
        introductions.end(introduction, introduction.ends_at)
        introductions.end(introduction, introduction.ends_at)

    texts = {re.sub(r"https?://\S+", "", letter.text) for letter in letters()}

    assert len(letters()) == 1 + len(NO)
    assert {letter.kind for letter in letters()} == {"introduction_ended"}
    assert len(texts) == 1
    assert "You go first in the next round" in texts.pop()


def test_an_introduction_ends_by_itself_before_the_round_a_week_later(app, letters):
    introduction = make_two(answers=[Answer.YES])
    space = introduction.round.space
    introduction.ends_at = space.end_of_introduction(introduction.made_at)
    a_week_later = introduction.made_at + timedelta(days=7)

    assert introductions.to_end(introduction.ends_at - timedelta(minutes=1)) == []
    assert introductions.to_end(introduction.ends_at) == [introduction]
    assert introduction.ends_at < a_week_later

    introductions.end(introduction, introduction.ends_at)

    assert introductions.to_end(a_week_later) == []
    for side in introduction.sides:
        assert side.state is SideState.OVER
        with pytest.raises(Refusal, match="is over"):
            introductions.answer(side, Answer.YES, a_week_later)
    waited = history.rounds_waited(space, [each.id for each in introduction.members])
    ana = introduction.members[0]
    assert waited == {ana.id: history.NEWCOMER}  # said yes, and goes first


def test_who_has_not_answered_is_reminded_once(app, letters):
    introduction = make_two()
    ana, ben = introduction.sides
    introductions.answer(ben, Answer.LET_GO, NOON)
    soon, later = NOON + timedelta(days=2), NOON + timedelta(days=3)

    assert introductions.sides_to_remind(soon) == []
    assert introductions.sides_to_remind(later) == [ana]
    introductions.remind(ana, later)
    introductions.remind(ana, later)

    assert kinds(letters) == ["introduction_reminder"]
    assert introductions.sides_to_remind(later) == []
    assert introductions.sides_to_remind(introduction.ends_at) == []


def test_an_answer_can_be_undone_for_some_minutes(app):
    side = make_two().sides[0]
    introductions.answer(side, Answer.LET_GO, NOON, "A slip")

    introductions.undo(side, NOON + timedelta(minutes=9))

    assert (side.answer, side.answered_at, side.reason) == (None, None, "")
    introductions.answer(side, Answer.NOT_NOW, NOON)
    with pytest.raises(Refusal, match="too late to undo"):
        introductions.undo(side, NOON + timedelta(minutes=11))


def test_what_all_said_yes_to_is_not_undone(app):
    introduction = make_introduced()

    with pytest.raises(Refusal, match="e-mail already"):
        introductions.undo(introduction.sides[0], NOON)


def test_who_knows_each_other_has_met_and_it_is_no_failure(app):
    introduction = make_two()
    side = introduction.sides[0]

    introductions.answer(side, Answer.KNOWN, NOON)

    (encounter,) = db.session.scalars(select(Encounter)).all()
    assert (encounter.first_id, encounter.second_id) == tuple(
        each.member_id for each in introduction.sides
    )
    space = introduction.round.space
    pair = frozenset(each.member_id for each in introduction.sides)
    known = history.of(space, NOON + timedelta(weeks=30))
    assert pair in known.recent
    assert pair not in known.forbidden
    assert all(np.isnan(learning.outcome(each)) for each in introduction.sides)
    introductions.undo(side, NOON)
    assert db.session.scalars(select(Encounter)).all() == []


def test_who_answers_none_of_three_rests_until_they_come_back(app, letters):
    space = make_space()
    ana = make_member("Ana", space=space, offers=["tax"], wants=["law"])
    (membership,) = ana.memberships
    for _ in range(introductions.MOST_UNANSWERED):
        other = make_member(space=space)
        introduction = make_introduction(ana, other, answers=[None, Answer.NOT_NOW])
        assert membership.resting_since is None
        introductions.end(introduction, introduction.ends_at)

    assert membership.resting_since is not None
    assert kinds(letters) == ["resting"]
    turnout = rounds.who_is_due(space, "2030-W10", NOON)
    assert membership not in turnout.due
    assert turnout.not_due["resting: they don't answer"] == 1
    memberships.resume(membership)
    assert membership in rounds.who_is_due(space, "2030-W10", NOON).due
    assert membership.unanswered == 0


def test_an_answer_ends_the_count_of_the_unanswered(app):
    introduction = make_two()
    side = introduction.sides[0]
    (membership,) = side.member.memberships
    membership.unanswered = 2

    introductions.answer(side, Answer.NOT_NOW, NOON)

    assert membership.unanswered == 0


@pytest.mark.parametrize(("per_round", "is_due"), [(1, False), (2, False), (3, True)])
def test_no_more_than_two_wait_for_an_answer_unless_asked_for(app, per_round, is_due):
    space = make_space()
    ana = make_member("Ana", space=space, offers=["tax"], wants=["law"])
    (membership,) = ana.memberships
    membership.per_round = per_round
    for _ in range(2):
        make_introduction(ana, make_member(space=space), made_at=NOON)

    assert (membership in rounds.who_is_due(space, "2030-W10", NOON).due) is is_due


@pytest.mark.parametrize("status", [MembershipStatus.SUSPENDED, MembershipStatus.LEFT])
def test_who_no_longer_takes_part_is_not_introduced(app, status):
    introduction = make_two(answers=[Answer.YES])
    introduction.members[0].memberships[0].status = status

    with pytest.raises(Refusal, match="is over"):
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

    with pytest.raises(Refusal, match="is over"):
        introductions.answer(introduction.sides[1], Answer.YES, NOON)

    assert letters() == []
