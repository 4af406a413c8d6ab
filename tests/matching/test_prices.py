from dataclasses import replace

from matchmaker.matching import History, Person, Rules, price_of_rules

ANA = Person(1, offers=("logo design",), wants=("tax advice",))
BEN = Person(2, offers=("tax advice",), wants=("a new logo design",))


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
