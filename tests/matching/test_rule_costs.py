from dataclasses import replace

import pytest
from hypothesis import given, settings

from matchmaker.matching import (
    Feedback,
    History,
    Person,
    Rules,
    Tie,
    price_rules,
    propose,
    rule_costs,
)
from tests.matching.people import read, worlds

ANA = Person(1, offers=("logos",), wants=("taxes",))
BEN = Person(2, offers=("taxes",), wants=("logos and brands",))


def by_proposing(people, history):
    """The same figures with a whole round, from the words on, for each rule."""

    def outcome(rules):
        plan = propose(people, read, history, rules)
        served = {side.person for made in plan.introductions for side in made.sides}
        gained = sum(
            min(side.gains[0].strength for side in made.sides)
            for made in plan.introductions
        )
        return gained, len(served)

    fair = Rules(explore=0, control=0)
    gain, served = outcome(fair)
    found = {}
    for rule, lifted in rule_costs.LIFTED.items():
        more, many = outcome(replace(fair, **lifted))
        found[rule] = (pytest.approx(more - gain), many - served)
    return found


def costs(people, **more):
    return {cost.rule: cost for cost in price_rules(people, read, **more)}


def test_a_rule_that_keeps_two_apart_costs_what_they_would_have_gained():
    people = [replace(ANA, company="Acme"), replace(BEN, company="Acme")]

    cost = costs(people)["colleagues apart"]

    assert cost.people == 2
    assert cost.gain > 0.5


def test_a_rule_that_bars_nobody_costs_nothing():
    found = costs([ANA, BEN])

    assert {(cost.gain, cost.people) for cost in found.values()} == {(0, 0)}


def test_a_rule_that_is_not_in_force_has_no_cost():
    found = costs([ANA, BEN], rules=Rules(cool_down=False, industry_weight=0))

    assert "cool-down" not in found
    assert "different industries" not in found


def test_the_cool_down_has_a_cost_and_a_block_has_none():
    pair = frozenset({1, 2})

    assert costs([ANA, BEN], history=History(recent=[pair]))["cool-down"].people == 2
    blocked = costs([ANA, BEN], history=History([pair]))
    assert all(cost.people == 0 for cost in blocked.values())


def test_bridges_cost_the_help_that_was_passed_over_for_them():
    """The one pair of each would help each other, and belongs to one circle."""
    people = [
        replace(ANA, interests=("chess",)),
        replace(BEN, interests=("sailing",)),
        Person(3, offers=("photos",), wants=("grants",), interests=("chess",)),
        Person(4, offers=("grants",), wants=("photos",), interests=("sailing",)),
    ]
    history = History(ties=[Tie(1, 2), Tie(3, 4)])

    cost = costs(people, history=history, rules=Rules(bridge_weight=1))["bridges"]

    assert cost.gain > 0.1
    assert cost.people == 0


@settings(max_examples=5, deadline=None)
@given(worlds)
def test_a_cost_is_the_difference_of_two_rounds(world):
    people, apart = world
    told = [Feedback(p.id, p.wants[0], 1, True, 1) for p in people if p.wants]
    history = History(apart, feedback=told)

    found = costs(people, history=history)

    assert {
        rule: (cost.gain, cost.people) for rule, cost in found.items()
    } == by_proposing(people, history)


def test_what_people_wrote_is_read_once_for_all_rules():
    times = []

    def counted(phrases):
        times.append(1)
        return read(phrases)

    assert len(price_rules([ANA, BEN], counted)) > 5
    assert len(times) == 1
