"""What is left to chance, how likely it was, and that it breaks no rule."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from matchmaker.matching import FEATURES, Arm, History, Person, Rules, propose
from matchmaker.matching.exploration import PER_BLOCK
from tests.matching.people import groups, read, worlds

ANA = Person(1, offers=("logos",), wants=("logos",))
ALIKE = [replace(ANA, id=id_) for id_ in range(200)]


@pytest.mark.parametrize("arm", ["explore", "control"])
def test_the_share_drawn_is_the_share_asked_for(arm):
    drawn = sum(
        introduction.arm is not Arm.BEST
        for seed in range(3)
        for introduction in propose(
            ALIKE, read, rules=Rules(**{arm: 0.2}), seed=seed
        ).introductions
    )

    # Of 300 introductions; 5 standard deviations of a binomial with a share of 0.2.
    assert abs(drawn - 60) <= 5 * (300 * 0.2 * 0.8) ** 0.5


def test_without_a_share_nothing_is_drawn():
    plan = propose(ALIKE[:40], read)

    assert plan.blocks == ()
    assert {intro.arm for intro in plan.introductions} == {Arm.BEST}


@settings(max_examples=25, deadline=None)
@given(worlds)
def test_nobody_loses_an_introduction_to_chance(world):
    people, apart = world

    best = propose(people, read, History(apart))
    drawn = propose(people, read, History(apart), Rules(explore=0.5, control=0.5))

    assert Counter(id_ for group in groups(drawn) for id_ in group) == Counter(
        id_ for group in groups(best) for id_ in group
    )
    assert not any(
        frozenset(pair) in apart for g in groups(drawn) for pair in pairwise(g)
    )
    assert (drawn.value, drawn.bound) == (best.value, best.bound)


def test_each_block_tells_all_it_could_have_been_and_how_likely():
    plan = propose(ALIKE[:40], read, rules=Rules(control=1.0))

    assert len(plan.blocks) == 5
    for number, block in enumerate(plan.blocks):
        assert len({tuple(choice) for choice in block.choices}) == 105
        assert len(set(block.probabilities)) == 1
        assert all(len(choice) == PER_BLOCK for choice in block.choices)
        mine = [plan.introductions[place] for place in block.introductions]
        assert {intro.block for intro in mine} == {number}
        assert {intro.arm for intro in mine} == {Arm.CONTROL}
        assert [[side.person for side in intro.sides] for intro in mine] == [
            block.pairs[k] for k in block.choices[block.chosen]
        ]
        for intro in mine:
            assert intro.propensity == pytest.approx(1 / 7)  # one of seven others
            assert all(len(side.features) == len(FEATURES) for side in intro.sides)


def test_the_more_valuable_the_likelier_to_be_explored():
    plan = propose(
        [
            *(replace(person, industry=("A",)) for person in ALIKE[:4]),
            *(replace(person, industry=("M",)) for person in ALIKE[4:8]),
        ],
        read,
        rules=Rules(explore=1.0, allow_trios=False),
    )

    (block,) = plan.blocks
    across = [
        sum((a < 4) != (b < 4) for a, b in (block.pairs[k] for k in choice))
        for choice in block.choices
    ]
    likely = dict(zip(across, block.probabilities, strict=True))
    assert likely[4] > likely[2] > likely[0]


def test_who_has_two_introductions_is_in_no_block():
    people = [replace(person, introductions=2) for person in ALIKE[:12]]

    plan = propose(people, read, rules=Rules(control=1.0))

    often = Counter(id_ for group in groups(plan) for id_ in group)
    for block in plan.blocks:
        assert all(often[id_] == 1 for pair in block.pairs for id_ in pair)


def test_a_pinned_pair_is_never_drawn():
    pin = frozenset({0, 1})

    plan = propose(ALIKE[:8], read, rules=Rules(control=1.0), pins=[pin])

    place = groups(plan).index((0, 1))
    assert plan.introductions[place].arm is Arm.PINNED
    assert not any({0, 1} & set(pair) for b in plan.blocks for pair in b.pairs)
