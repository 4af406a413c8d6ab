"""Nothing that bars two people can be got around, whatever else is asked."""

from dataclasses import replace

import pytest

from matchmaker.matching import (
    Arm,
    Choosiness,
    History,
    Person,
    Rules,
    UnmatchedReason,
    propose,
)
from tests.matching.people import groups, read

ANA = Person(1, offers=("logos",), wants=("taxes",))
BEN = Person(2, offers=("taxes",), wants=("logos and brands",))
PAIR = frozenset({1, 2})
LENIENT = Rules(
    reserve=0.0, colleagues_apart=False, common_language=False, cool_down=False
)


@pytest.mark.parametrize(
    ("ana", "ben", "why"),
    [
        ({"company": "Acme"}, {"company": "Acme"}, UnmatchedReason.COLLEAGUES),
        ({"manager": 2}, {}, UnmatchedReason.COLLEAGUES),
        ({}, {"manager": 1}, UnmatchedReason.COLLEAGUES),
        (
            {"languages": frozenset({"nl"})},
            {"languages": frozenset({"en", "fr"})},
            UnmatchedReason.NO_COMMON_LANGUAGE,
        ),
        ({"introductions": 0}, {"introductions": 0}, UnmatchedReason.NO_TIME),
    ],
)
def test_who_may_not_meet_is_told_why(ana, ben, why):
    plan = propose([replace(ANA, **ana), replace(BEN, **ben)], read)

    assert plan.introductions == ()
    assert plan.unmatched == ((1, why), (2, why))


@pytest.mark.parametrize(
    ("field", "mine", "theirs"),
    [("times", "noon", "evening"), ("formats", "walk", "online")],
)
def test_hours_and_ways_to_meet_bar_nobody(field, mine, theirs):
    ana = replace(ANA, **{field: frozenset({mine})})
    near, far = (
        replace(BEN, **{field: frozenset({choice})}) for choice in (mine, theirs)
    )

    (suits,) = propose([ana, near], read).introductions
    (apart,) = propose([ana, far], read).introductions

    assert 0 < apart.value < suits.value


def test_no_choice_means_that_any_will_do():
    ana = replace(ANA, languages=frozenset({"nl"}))

    assert groups(propose([ana, BEN], read)) == [(1, 2)]


def test_of_many_languages_one_in_common_is_enough():
    many = frozenset(f"language {k}" for k in range(70))
    ana = replace(ANA, languages=many | {"nl"})
    ben = replace(BEN, languages=frozenset({"nl", "xx"}))
    cem = replace(BEN, id=3, languages=frozenset({"xx"}))

    assert groups(propose([ana, ben], read)) == [(1, 2)]
    assert groups(propose([ana, cem], read)) == []


def test_who_has_met_all_that_would_suit_is_told_so():
    plan = propose([ANA, BEN], read, History(recent=[PAIR]))

    assert {why for _, why in plan.unmatched} == {UnmatchedReason.MET_LATELY}


def test_the_reason_never_tells_of_a_block():
    cem = Person(3, offers=("gardens",), wants=("sailing",))

    blocked = propose([ANA, BEN, cem], read, History(forbidden=[PAIR]))
    unsuited = propose([ANA, replace(cem, id=2), replace(cem, id=3)], read)

    assert blocked.unmatched[0] == unsuited.unmatched[0]
    assert blocked.unmatched[0] == (1, UnmatchedReason.NOTHING_IN_COMMON)


@pytest.mark.parametrize("choosiness", Choosiness)
def test_a_block_outlives_every_rule_that_a_space_may_lift(choosiness):
    people = [replace(person, choosiness=choosiness) for person in (ANA, BEN)]
    history = History(forbidden=[PAIR], catch_ups=[PAIR])

    plan = propose(people, read, history, LENIENT, pins=[PAIR])

    assert plan.introductions == ()
    assert plan.refused_pins == (PAIR,)


def test_a_space_may_lift_the_other_rules():
    people = [
        replace(ANA, company="Acme", languages=frozenset({"nl"})),
        replace(BEN, company="Acme", languages=frozenset({"en"})),
    ]

    plan = propose(people, read, History(recent=[PAIR]), LENIENT)

    assert groups(plan) == [(1, 2)]


def test_a_vetoed_pair_is_not_introduced():
    assert propose([ANA, BEN], read, vetoes=[PAIR]).introductions == ()


def test_a_pinned_pair_is_introduced_before_a_better_one():
    cem = Person(3, wants=("logos",), interests=("chess",))
    people, no_trios = [ANA, BEN, cem], Rules(allow_trios=False)
    pin = frozenset({1, 3})

    best = propose(people, read, rules=no_trios)
    pinned = propose(people, read, rules=no_trios, pins=[pin])

    assert groups(best) == [(1, 2)]
    assert groups(pinned) == [(1, 3)]
    assert pinned.introductions[0].arm is Arm.PINNED
    assert pinned.refused_pins == ()


def test_a_pin_is_introduced_for_little():
    people = [Person(1, wants=("grants",)), Person(2, offers=("grants",))]
    choosy = Rules(reserve=1.0)

    assert propose(people, read, rules=choosy).introductions == ()
    assert groups(propose(people, read, rules=choosy, pins=[PAIR])) == [(1, 2)]


def test_a_pin_needs_something_to_say_to_both():
    cem = Person(3, interests=("sailing",))
    pins = [frozenset({1, 3}), frozenset({1, 99}), frozenset({1})]

    plan = propose([ANA, cem], read, pins=pins)

    assert plan.introductions == ()
    assert set(plan.refused_pins) == set(pins)


def test_pins_take_no_more_time_than_somebody_has():
    cem = replace(BEN, id=3)

    plan = propose([ANA, BEN, cem], read, pins=[PAIR, frozenset({1, 3})])

    assert plan.refused_pins == (frozenset({1, 3}),)


def test_nobody_is_pinned_who_is_not_due():
    plan = propose([ANA, replace(BEN, due_in=1)], read, pins=[PAIR])

    assert plan.introductions == ()
    assert plan.refused_pins == (PAIR,)
