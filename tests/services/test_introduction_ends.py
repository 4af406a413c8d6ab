"""An introduction ends by itself, whatever its members do, and nobody hears who refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.mail import letters as write
from matchmaker.mail import recheck
from matchmaker.models import (
    Answer,
    Encounter,
    Letter,
    MembershipStatus,
    SideState,
)
from matchmaker.refusal import Refusal
from matchmaker.services import (
    history,
    introductions,
    memberships,
    safety,
)
from tests.factories import NOON, make_introduction, make_member, make_space

WEEK = timedelta(days=7)


def make_two(**fields):
    space = make_space()
    ana, ben = make_member("Ana", space=space), make_member("Ben", space=space)
    return make_introduction(ana, ben, **fields)


def remind_and_end(now):
    for side in introductions.sides_to_remind(now):
        introductions.remind(side, now)
    for introduction in introductions.to_end(now):
        introductions.end(introduction, now)
    db.session.flush()


def written(letters):
    return [(letter.kind, letter.member.name) for letter in letters()]


def test_the_numbers_are_the_spaces(app, letters):
    introduction = make_two()
    introduction.round.space.remind_after_days = 1

    remind_and_end(NOON + timedelta(days=1))

    assert len(written(letters)) == 2
    space = introduction.round.space
    space.end_after_days = 3
    assert space.end_of_introduction(NOON) == NOON + timedelta(days=2, hours=23)


def leave(introduction):
    introduction.members[0].memberships[0].status = MembershipStatus.LEFT


def suspend(introduction):
    memberships.suspend(introduction.members[0].memberships[0], NOON)


def stop(introduction):
    memberships.stop_introductions(
        introduction.members[0].memberships[0], "letter", NOON
    )


def pause(introduction):
    day = (NOON + timedelta(days=30)).date()
    memberships.pause(introduction.members[0].memberships[0], day, NOON.date())


def block(introduction):
    safety.block(*introduction.members, NOON)


def be_blocked(introduction):
    safety.block(*reversed(introduction.members), NOON)


def shut_out(introduction):
    introduction.members[0].active = False


EVENTS = [shut_out, leave, suspend, stop, pause, block, be_blocked]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("others", [(), (Answer.YES,), (Answer.LET_GO,)])
def test_whatever_happens_who_said_yes_hears_of_the_end_in_the_same_words(
    app, letters, others, event
):
    introduction = make_two(answers=[*(others or (None,)), Answer.YES])
    if others == (Answer.YES,):
        introduction.sides[0].answer = None  # the last yes has not come
    db.session.flush()

    event(introduction)
    remind_and_end(NOON + WEEK)
    remind_and_end(NOON + 2 * WEEK)

    told = [each for each in letters() if each.kind == "introduction_ended"]
    expected = [] if event is be_blocked else ["Ben"]
    assert [each.member.name for each in told] == expected
    assert all("Ana" not in each.text for each in told)
    assert introduction.ended_at is not None
    assert introductions.to_end(NOON + 3 * WEEK) == []


@pytest.mark.parametrize("event", EVENTS)
def test_whatever_happened_no_answer_gives_an_e_mail_away(app, letters, event):
    introduction = make_two(answers=[Answer.YES])
    ana, ben = introduction.members

    event(introduction)
    db.session.flush()
    if event is not pause:
        with pytest.raises(Refusal, match="is over"):
            introductions.answer(introduction.sides[1], Answer.YES, NOON)

        assert not any(
            ana.email in each.text or ben.email in each.text for each in letters()
        )


def test_after_the_end_every_answer_and_its_undoing_are_refused(app):
    introduction = make_two(answers=[Answer.YES])
    remind_and_end(NOON + WEEK)

    for side in introduction.sides:
        for answer in Answer:
            with pytest.raises(Refusal, match="is over"):
                introductions.answer(side, answer, NOON + WEEK)
        with pytest.raises(Refusal, match="is over"):
            introductions.undo(side, NOON + WEEK)


def test_an_answer_is_refused_past_its_end_though_no_job_has_run(app):
    side = make_two().sides[0]

    with pytest.raises(Refusal, match="is over"):
        introductions.answer(side, Answer.YES, NOON + WEEK)


def test_two_who_never_met_are_not_to_meet_for_ever(any_database):
    introduction = make_two(answers=[Answer.YES] * 2, introduced_at=NOON)
    side = introduction.sides[0]

    remind_and_end(NOON + introductions.MEET_WITHIN - timedelta(days=1))
    assert side.state is SideState.INTRODUCED
    remind_and_end(NOON + introductions.MEET_WITHIN)
    assert side.state is SideState.OVER
    introductions.tell(side, met=True, now=NOON + introductions.MEET_WITHIN)
    assert side.state is SideState.MET


def test_three_unanswered_in_a_row_rest_a_member_until_they_come_back(app, letters):
    space = make_space()
    ana = make_member("Ana", space=space)
    membership = ana.memberships[0]
    for number in range(4):
        ben = make_member(f"Ben {number}", space=space)
        make_introduction(ana, ben, answers=[None, Answer.YES])
        remind_and_end(NOON + WEEK)
        assert (membership.resting_since is not None) is (number >= 2)

    assert [kind for kind, name in written(letters) if name == "Ana"] == ["resting"]
    memberships.resume(membership)
    make_introduction(ana, ben, answers=[None, Answer.YES])
    remind_and_end(NOON + WEEK)
    assert membership.resting_since is None


def test_who_knows_the_other_may_say_when_they_met(app):
    introduction = make_two()
    side = introduction.sides[0]
    introductions.answer(side, Answer.KNOWN, NOON)
    day = (NOON - timedelta(days=90)).date()
    introductions.say_why(side, "", NOON, met_on=day)

    (encounter,) = db.session.scalars(select(Encounter))
    assert (encounter.met_on, encounter.told_on) == (day, NOON.date())


def test_what_is_let_go_until_a_day_waits_for_it_and_for_news(any_database):
    introduction = make_two()
    space, side = introduction.round.space, introduction.sides[0]
    pair = frozenset(member.id for member in introduction.members)
    introductions.answer(side, Answer.LET_GO, NOON)
    introductions.say_why(side, "", NOON, not_before=(NOON + 4 * WEEK).date())
    db.session.flush()

    assert pair in history.of(space, NOON + 5 * WEEK).forbidden
    profile = introduction.members[1].profile
    profile.new_words = ["letterpress"]
    profile.words_changed_at = NOON + WEEK
    db.session.flush()

    assert pair in history.of(space, NOON + 3 * WEEK).forbidden
    assert history.of(space, NOON + 5 * WEEK).rekindled == {pair: "letterpress"}


def proposed(introduction):
    for side in introduction.sides:
        write.introduction(side, NOON)


def said_yes(introduction):
    proposed(introduction)
    introductions.answer(introduction.sides[1], Answer.YES, NOON)


def reminded(introduction):
    said_yes(introduction)
    introductions.remind(introduction.sides[0], NOON + timedelta(days=3))


def said_no(introduction):
    said_yes(introduction)
    introductions.answer(introduction.sides[0], Answer.NOT_NOW, NOON)


def introduced(introduction):
    said_yes(introduction)
    introductions.answer(introduction.sides[0], Answer.YES, NOON)


def asked(introduction):
    introduced(introduction)
    for side in introduction.sides:
        introductions.ask_whether_they_met(side, NOON)


STEPS = [proposed, said_yes, reminded, said_no, introduced, asked]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("step", STEPS)
def test_at_each_step_it_ends_and_no_letter_passes_a_block(app, step, event):
    introduction = make_two()
    step(introduction)
    db.session.flush()

    event(introduction)
    later = NOON + introductions.MEET_WITHIN
    for now in (NOON + timedelta(days=4), NOON + WEEK, later):
        remind_and_end(now)
        for side in introductions.sides_to_ask(now):
            introductions.ask_whether_they_met(side, now)

    assert [side.state for side in introduction.sides] == [SideState.OVER] * 2
    about_it = select(Letter).where(Letter.introduction_id == introduction.id)
    letters = db.session.scalars(about_it).all()
    assert letters
    if event in {block, be_blocked}:
        assert all(recheck.why_not(letter, later) for letter in letters)
