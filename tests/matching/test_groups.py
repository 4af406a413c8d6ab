from collections import Counter

import pytest

from matchmaker.matching import History, Person, Rules, groups, propose
from tests.matching.people import read

PAIR = (("logos",), ("taxes",))


@pytest.fixture
def _small(monkeypatch):
    """Groups of six, so that tests need no thousands of people."""
    monkeypatch.setattr(groups, "MOST", 8)
    monkeypatch.setattr(groups, "_SIZE", 6)


def make_crowd(count, **more):
    return [
        Person(id_, offers=PAIR[id_ % 2], wants=PAIR[1 - id_ % 2], **more)
        for id_ in range(1, count + 1)
    ]


def ids(group):
    return {person.id for person in group}


@pytest.mark.usefixtures("_small")
def test_everybody_is_in_one_group():
    drawn = groups.split(make_crowd(31), seed=1)

    assert Counter(id_ for group in drawn for id_ in ids(group)) == Counter(
        range(1, 32)
    )
    assert all(len(group) <= 6 for group in drawn)


@pytest.mark.usefixtures("_small")
def test_groups_are_drawn_anew_each_round_and_do_not_depend_on_order():
    crowd = make_crowd(30)

    drawn = groups.split(crowd, seed=1)

    assert [ids(g) for g in groups.split(crowd[::-1], seed=1)] == [
        ids(g) for g in drawn
    ]
    assert [ids(g) for g in groups.split(crowd, seed=2)] != [ids(g) for g in drawn]


@pytest.mark.usefixtures("_small")
def test_the_few_who_speak_another_language_stay_together():
    many = make_crowd(30, languages=frozenset({"en"}))
    few = [Person(id_, languages=frozenset({"uk"})) for id_ in range(101, 106)]

    drawn = groups.split([*many, *few], seed=3)

    assert any(ids(few) <= ids(group) for group in drawn)


@pytest.mark.usefixtures("_small")
def test_two_who_are_pinned_are_in_one_group():
    pins = [frozenset({1, 30}), frozenset({2, 29})]

    for seed in range(5):
        drawn = groups.split(make_crowd(30), pins, seed)
        assert all(any(pin <= ids(group) for group in drawn) for pin in pins)


@pytest.mark.usefixtures("_small")
def test_a_round_in_groups_is_one_plan():
    crowd = make_crowd(30)
    pins = [frozenset({1, 2}), frozenset({3, 404})]

    plan = propose(
        crowd, read, History(), Rules(explore=1.0, allow_trios=False), 1, pins=pins
    )

    met = Counter(side.person for made in plan.introductions for side in made.sides)
    unmatched = Counter(id_ for id_, _ in plan.unmatched)
    assert met + unmatched == Counter(range(1, 31))
    assert len(met) > 20
    assert plan.refused_pins == (frozenset({3, 404}),)
    assert plan.value <= plan.bound + 1e-9
    assert plan.blocks
    for number, block in enumerate(plan.blocks):
        chosen = [set(block.pairs[k]) for k in block.choices[block.chosen]]
        made = [plan.introductions[k] for k in block.introductions]
        assert [{side.person for side in each.sides} for each in made] == chosen
        assert all(each.block == number for each in made)


@pytest.mark.usefixtures("_small")
def test_an_id_that_two_have_is_refused_in_whichever_groups_they_are():
    with pytest.raises(ValueError, match="same id"):
        propose([*make_crowd(30), Person(7)], read)
