from dataclasses import replace

from hypothesis import given, settings

from matchmaker.matching import (
    History,
    Person,
    Rules,
    Told,
    price_of_rules,
    propose,
)
from matchmaker.matching import (
    prices as pricing,
)
from tests.matching.people import worlds

ANA = Person(1, offers=("logo design",), wants=("tax advice",))
BEN = Person(2, offers=("tax advice",), wants=("a new logo design",))


def by_proposing(people, history):
    """The same figures with a whole round, from the words on, for each rule."""

    def outcome(rules):
        plan = propose(people, history, rules)
        return pricing._gain(plan), len(people) - len(plan.left_out)

    fair = Rules(explore=0, control=0)
    gain, served = outcome(fair)
    found = {}
    for rule, lifted in pricing.LIFTED.items():
        more, many = outcome(replace(fair, **lifted))
        found[rule] = (more - gain, many - served)
    return found


def prices(people, **more):
    return {price.rule: price for price in price_of_rules(people, **more)}


def test_a_rule_that_keeps_two_apart_costs_what_they_would_have_gained():
    people = [replace(ANA, company="Acme"), replace(BEN, company="Acme")]

    price = prices(people)["colleagues apart"]

    assert price.people == 2
    assert price.gain > 0.5


def test_a_rule_that_bars_nobody_costs_nothing():
    found = prices([ANA, BEN])

    assert {(price.gain, price.people) for price in found.values()} == {(0, 0)}


def test_a_rule_that_is_not_in_force_has_no_price():
    found = prices([ANA, BEN], rules=Rules(cool_down=False, industry_weight=0))

    assert "cool-down" not in found
    assert "different industries" not in found


def test_the_cool_down_has_a_price_and_a_block_has_none():
    pair = frozenset({1, 2})

    assert prices([ANA, BEN], history=History(lately=[pair]))["cool-down"].people == 2
    assert all(
        p.people == 0 for p in prices([ANA, BEN], history=History([pair])).values()
    )


@settings(max_examples=5, deadline=None)
@given(worlds)
def test_a_price_is_the_difference_of_two_rounds(world):
    people, apart = world
    told = [Told(p.id, 1, p.wants[0], ("chess",), False, 1) for p in people if p.wants]
    history = History(apart, told=told)

    found = {
        rule: (price.gain, price.people)
        for rule, price in prices(people, history=history).items()
    }

    assert found == by_proposing(people, history)


def test_what_people_wrote_is_read_once_for_all_rules(monkeypatch):
    read, times = pricing.read, []

    def counted(*args):
        times.append(1)
        return read(*args)

    monkeypatch.setattr(pricing, "read", counted)

    assert len(prices([ANA, BEN])) > 5
    assert len(times) == 1
