"""Nothing that bars two people can be got around, whatever else is asked."""

from dataclasses import replace

import pytest

from matchmaker.matching import Arm, History, Person, Rules, Why, propose
from tests.matching.people import groups

ANA = Person(1, offers=("logo design",), wants=("tax advice",))
BEN = Person(2, offers=("tax advice",), wants=("a new logo design",))
PAIR = frozenset({1, 2})


@pytest.mark.parametrize(
    ("ana", "ben", "why"),
    [
        ({"company": "Acme"}, {"company": "Acme"}, Why.COLLEAGUES),
        ({"manager": 2}, {}, Why.COLLEAGUES),
        ({"times": {"noon"}}, {"times": {"evening"}}, Why.UNAVAILABLE),
        ({"formats": {"walk"}}, {"formats": {"online"}}, Why.UNAVAILABLE),
        ({"languages": {"nl"}}, {"languages": {"en", "fr"}}, Why.UNAVAILABLE),
        ({"introductions": 0}, {"introductions": 0}, Why.NO_TIME),
    ],
)
def test_who_may_not_meet_is_told_why(ana, ben, why):
    people = [replace(ANA, **_sets(ana)), replace(BEN, **_sets(ben))]

    plan = propose(people)

    assert plan.introductions == ()
    assert plan.left_out == ((1, why), (2, why))


def _sets(values):
    return {k: frozenset(v) if isinstance(v, set) else v for k, v in values.items()}


def test_of_seventy_languages_one_in_common_is_enough():
    many = frozenset(f"language {k}" for k in range(70))
    ana = replace(ANA, languages=many | {"nl"})
    ben = replace(BEN, languages=frozenset({"nl", "xx"}))
    cem = replace(BEN, id=3, languages=frozenset({"xx"}))

    assert groups(propose([ana, ben])) == [(1, 2)]
    assert groups(propose([ana, cem])) == []


def test_who_has_met_all_that_would_suit_is_told_so():
    plan = propose([ANA, BEN], History(lately=[PAIR]))

    assert plan.left_out == ((1, Why.MET_LATELY), (2, Why.MET_LATELY))


def test_the_reason_never_tells_of_a_block():
    cem = Person(3, offers=("chess",), wants=("carpentry",))

    blocked = propose([ANA, BEN, cem], History(apart=[PAIR]))
    unsuited = propose([ANA, replace(BEN, offers=(), wants=("a boat",)), cem])

    assert blocked.left_out[0] == unsuited.left_out[0] == (1, Why.BELOW_THRESHOLD)


def test_a_block_outlives_every_rule_that_a_space_may_lift():
    lenient = Rules(
        threshold=0, colleagues_apart=False, common_hours=False, cool_down=False
    )

    plan = propose([ANA, BEN], History(apart=[PAIR]), lenient, pins=[PAIR])

    assert plan.introductions == ()
    assert plan.refused_pins == (PAIR,)


def test_a_space_may_lift_the_other_rules():
    people = [
        replace(ANA, company="Acme", times=frozenset({"noon"})),
        replace(BEN, company="Acme", times=frozenset({"evening"})),
    ]
    lifted = Rules(colleagues_apart=False, common_hours=False, cool_down=False)

    assert groups(propose(people, History(lately=[PAIR]), lifted)) == [(1, 2)]


def test_a_vetoed_pair_is_not_introduced():
    assert propose([ANA, BEN], vetoes=[PAIR]).introductions == ()


def test_a_pinned_pair_is_introduced_before_a_better_one():
    cem = replace(BEN, id=3, offers=("tax law",))

    best = propose([ANA, BEN, cem], rules=Rules(allow_trios=False))
    pinned = propose(
        [ANA, BEN, cem], rules=Rules(allow_trios=False), pins=[frozenset({1, 3})]
    )

    assert groups(best) == [(1, 2)]
    assert groups(pinned) == [(1, 3)]
    assert pinned.introductions[0].arm is Arm.PINNED
    assert pinned.left_out == ((2, Why.ODD_ONE_OUT),)


def test_a_pin_needs_something_to_say_to_both():
    cem = Person(3, wants=("logo design",))

    plan = propose([ANA, cem], pins=[frozenset({1, 3}), frozenset({1, 99})])

    assert plan.introductions == ()
    assert set(plan.refused_pins) == {frozenset({1, 3}), frozenset({1, 99})}


def test_pins_take_no_more_time_than_somebody_has():
    cem = replace(BEN, id=3)

    plan = propose([ANA, BEN, cem], pins=[PAIR, frozenset({1, 3})])

    assert plan.refused_pins == (frozenset({1, 3}),)
