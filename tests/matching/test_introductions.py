"""What each side is told, beyond what it gains."""

from dataclasses import replace

import pytest

from matchmaker.matching import (
    FEATURES,
    GainKind,
    History,
    Kind,
    Person,
    Rules,
    Tie,
    WhyNow,
    propose,
)
from tests.matching.people import groups, read

ANA = Person(1, offers=("logos",), wants=("taxes",))
BEN = Person(2, offers=("taxes",), wants=("logos and brands",))
PAIR = frozenset({1, 2})


def now(people, **more):
    (intro,) = propose(people, read, **more).introductions
    return intro.now


def test_interests_in_common_are_told_in_the_first_ones_words():
    people = [
        replace(ANA, interests=("chess", "gardens")),
        replace(BEN, interests=("chess on Mondays", "photos")),
    ]

    (intro,) = propose(people, read).introductions

    assert intro.shared == ("chess",)


def test_nothing_is_new_where_nothing_happened():
    assert now([ANA, replace(BEN, weeks_unchanged=2)]) == ()


def test_new_words_are_a_reason():
    assert now([ANA, replace(BEN, weeks_unchanged=1)]) == (WhyNow.NEW_WORDS,)


def test_having_waited_is_a_reason():
    assert now([ANA, replace(BEN, rounds_waited=1)]) == (WhyNow.WAITED,)


def test_what_has_changed_since_one_let_go_is_told():
    history = History(rekindled={PAIR: "Ben now offers taxes"})

    (intro,) = propose([ANA, BEN], read, history).introductions

    assert intro.now == (WhyNow.REKINDLED,)
    assert intro.changed == "Ben now offers taxes"


@pytest.mark.parametrize(
    ("ties", "far"),
    [
        ([Tie(1, 3), Tie(3, 4), Tie(2, 5), Tie(5, 6)], True),
        ([Tie(1, 3), Tie(2, 3)], False),
    ],
)
def test_circles_that_hardly_know_each_other_are_a_reason(ties, far):
    assert (WhyNow.BRIDGE in now([ANA, BEN], history=History(ties=ties))) is far


def test_a_bridge_decides_among_equals():
    people = [ANA, BEN, replace(BEN, id=3)]
    ties = [Tie(1, 10), Tie(2, 10), Tie(10, 11), Tie(3, 20), Tie(20, 21)]

    plan = propose(people, read, History(ties=ties), Rules(allow_trios=False))

    assert groups(plan) == [(1, 3)]


def test_what_was_known_of_each_direction_is_logged_for_the_learner():
    (intro,) = propose([ANA, BEN], read).introductions

    for side in intro.sides:
        known = dict(zip(FEATURES, side.features, strict=True))
        assert known["strength"] == pytest.approx(side.gains[0].strength)
        assert all(0 <= value <= 1 for value in known.values())


LATER = History(recent=[PAIR], catch_ups=[PAIR])


def test_two_who_valued_meeting_catch_up_where_there_is_nobody_new():
    (intro,) = propose([ANA, BEN], read, LATER).introductions

    assert intro.kind is Kind.CATCH_UP
    assert [side.gains[0].kind for side in intro.sides] == [GainKind.CATCH_UP] * 2
    assert [side.features for side in intro.sides] == [(), ()]


def test_whoever_is_new_comes_before_a_catch_up():
    people = [ANA, BEN, replace(BEN, id=3)]

    plan = propose(people, read, LATER, Rules(allow_trios=False))

    assert groups(plan) == [(1, 3)]


@pytest.mark.parametrize(
    "ben", [{"due_in": 1}, {"company": "Acme"}, {"introductions": 0}]
)
def test_nobody_catches_up_who_may_not_meet_or_has_no_time(ben):
    people = [replace(ANA, company="Acme"), replace(BEN, **ben)]

    assert propose(people, read, LATER).introductions == ()


def test_nobody_joins_a_catch_up():
    cem = Person(3, offers=("logos",), interests=("chess",))

    plan = propose([ANA, BEN, cem], read, LATER, vetoes=[frozenset({2, 3})])

    assert all(len(group) == 2 for group in groups(plan))


def test_people_who_left_catch_up_with_nobody():
    history = History(catch_ups=[frozenset({1, 99}), frozenset({98, 99})])

    assert propose([ANA], read, history).introductions == ()
