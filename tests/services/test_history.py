from datetime import timedelta

import pytest

from matchmaker.enums import GainKind
from matchmaker.models import Answer, Outcome
from matchmaker.services import history, profiles
from tests.factories import NOON, make_block, make_introduction, make_member, make_space

WEEK = timedelta(weeks=1)
LATER = NOON + 30 * WEEK


@pytest.fixture
def pair(any_database):
    space = make_space(cool_down_weeks=52)
    return space, make_member("Ana", space=space), make_member("Ben", space=space)


def ids(*members):
    return frozenset(member.id for member in members)


def say(member, now, *offers):
    profiles.say_what_you_exchange(
        member, offers=offers, wants=[], interests=[], now=now
    )


def test_two_who_were_introduced_are_left_alone_for_the_cool_down(pair):
    space, ana, ben = pair
    make_introduction(ana, ben)

    assert ids(ana, ben) in history.of(space, NOON + 51 * WEEK).recent
    assert ids(ana, ben) not in history.of(space, NOON + 53 * WEEK).recent


def test_who_let_go_is_kept_apart_until_something_has_changed(pair):
    space, ana, ben = pair
    make_introduction(ana, ben, answers=[Answer.LET_GO])
    assert ids(ana, ben) in history.of(space, LATER).forbidden

    say(ben, NOON + WEEK, "grant writing", "tax advice")

    was = history.of(space, LATER)
    assert was.rekindled == {ids(ana, ben): "grant writing, tax advice"}
    assert ids(ana, ben) not in {*was.forbidden, *was.recent}


def test_nothing_is_rekindled_soon(pair):
    space, ana, ben = pair
    make_introduction(ana, ben, answers=[Answer.LET_GO])
    say(ben, NOON + WEEK, "grant writing")

    was = history.of(space, NOON + 25 * WEEK)

    assert was.rekindled == {}
    assert ids(ana, ben) in was.forbidden


def test_words_taken_away_rekindle_nothing(pair):
    space, ana, ben = pair
    say(ben, NOON - WEEK, "grant writing", "tax advice")
    make_introduction(ana, ben, answers=[Answer.LET_GO])

    say(ben, NOON + WEEK, "grant writing")

    assert history.of(space, LATER).rekindled == {}


def test_who_was_introduced_again_is_not_rekindled_twice(pair):
    space, ana, ben = pair
    make_introduction(ana, ben, answers=[Answer.LET_GO])
    say(ben, NOON + WEEK, "grant writing")

    make_introduction(ana, ben, made_at=NOON + 27 * WEEK)

    was = history.of(space, LATER)
    assert was.rekindled == {}
    assert ids(ana, ben) in was.recent


def test_who_would_not_meet_again_is_never_rekindled(pair):
    space, ana, ben = pair
    introduction = make_introduction(ana, ben, answers=[Answer.LET_GO])
    introduction.sides[1].meet_again = False
    say(ben, NOON + WEEK, "grant writing")

    was = history.of(space, LATER)

    assert was.rekindled == {}
    assert ids(ana, ben) in was.forbidden


def test_a_block_is_kept_apart_whatever_changes(pair):
    space, ana, ben = pair
    make_introduction(ana, ben, answers=[Answer.LET_GO])
    make_block(ben, ana)
    say(ben, NOON + WEEK, "grant writing")

    assert ids(ana, ben) in history.of(space, LATER).forbidden


def test_a_meeting_that_both_valued_is_a_tie_that_fades(pair):
    space, ana, ben = pair
    introduction = make_introduction(ana, ben)
    for side in introduction.sides:
        side.outcome, side.told_at = Outcome.STATED, NOON

    (fresh,), (faded,) = (history.of(space, NOON + k * WEEK).ties for k in (0, 26))

    assert {fresh.one, fresh.other} == ids(ana, ben)
    assert (fresh.strength, faded.strength) == (1, pytest.approx(0.5))


def both_valued(introduction, told_at):
    for side in introduction.sides:
        side.outcome, side.told_at = Outcome.STATED, told_at


def test_who_valued_meeting_may_catch_up_some_time_after_with_what_is_new(pair):
    space, ana, ben = pair
    both_valued(make_introduction(ana, ben), NOON)
    say(ben, NOON + WEEK, "grant writing")

    assert history.of(space, NOON + 12 * WEEK).catch_ups == set()
    was = history.of(space, NOON + 13 * WEEK)
    assert was.catch_ups == {ids(ana, ben)}
    assert was.rekindled == {ids(ana, ben): "grant writing"}
    assert history.of(make_space(), NOON + 13 * WEEK).catch_ups == set()


def test_who_has_been_introduced_since_does_not_catch_up(pair):
    space, ana, ben = pair
    both_valued(make_introduction(ana, ben), NOON)

    make_introduction(ana, ben, made_at=NOON + 10 * WEEK)

    assert history.of(space, NOON + 14 * WEEK).catch_ups == set()


@pytest.mark.parametrize("outcome", [None, Outcome.NOTHING])
def test_a_meeting_that_one_did_not_value_is_no_tie(pair, outcome):
    space, ana, ben = pair
    introduction = make_introduction(ana, ben)
    introduction.sides[0].outcome, introduction.sides[0].told_at = Outcome.OTHER, NOON
    introduction.sides[1].outcome, introduction.sides[1].told_at = outcome, NOON

    assert history.of(space, NOON).ties == []


def tell(introduction, member, outcome, now=NOON):
    (side,) = (side for side in introduction.sides if side.member is member)
    side.met, side.outcome, side.told_at = True, outcome, now


def test_what_members_said_of_a_meeting_is_told_to_the_next_round(pair):
    space, ana, ben = pair
    introduction = make_introduction(ana, ben)
    tell(introduction, ana, Outcome.STATED)
    tell(introduction, ben, Outcome.OTHER)

    told = {one.person: one for one in history.of(space, NOON).feedback}

    gains = {side.member_id: side.gains[0] for side in introduction.sides}
    assert told[ana.id].got
    assert told[ana.id].giver == ben.id
    assert told[ana.id].want == gains[ana.id]["want"]
    assert not told[ben.id].got


def test_of_three_nobody_can_tell_whose_doing_it_was(pair):
    space, ana, ben = pair
    introduction = make_introduction(ana, ben, make_member("Cem", space=space))
    tell(introduction, ana, Outcome.NOTHING)

    assert history.of(space, NOON).feedback == []


@pytest.mark.parametrize(
    "kind", sorted(set(GainKind) - {"help", "mentoring", "has helped"})
)
def test_what_is_no_help_says_nothing_of_help(pair, kind):
    space, ana, ben = pair
    introduction = make_introduction(ana, ben)
    gain = introduction.sides[0].gains[0]
    introduction.sides[0].gains = [gain | {"kind": kind}]
    tell(introduction, ana, Outcome.NOTHING)

    assert history.of(space, NOON).feedback == []


def test_what_was_said_long_ago_or_elsewhere_tells_nothing(pair):
    space, ana, ben = pair
    tell(make_introduction(ana, ben), ana, Outcome.NOTHING)
    elsewhere = make_space()

    assert history.of(space, NOON + history.REMEMBERED).feedback == []
    assert history.of(elsewhere, NOON).feedback == []
