"""What somebody is told of why they have nobody, against the truth pair by pair."""

from dataclasses import replace
from itertools import combinations
from statistics import median

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matchmaker.matching.benefit import weigh

from matchmaker.matching import History, Person, Rules, Why, propose
from matchmaker.matching.profiles import read
from tests.matching.people import crowds, kept_apart

ANA = Person(1, offers=("logo design",), wants=("tax advice",))
BEN = Person(2, offers=("tax advice",), wants=("a new logo design",))
PAIR = frozenset({1, 2})

# Enough of everybody in common for each reason to come up often.
busy = st.sampled_from([0, 1, 1, 1, 2])
spoken = st.frozensets(st.sampled_from(["nl", "en"]), max_size=1)


@st.composite
def histories(draw):
    people = [
        replace(person, introductions=draw(busy), languages=draw(spoken))
        for person in draw(crowds)
    ]
    return people, draw(kept_apart(people)), draw(kept_apart(people))


class Truth:
    """What is true of a round, by definition: one pair after the other, no arrays."""

    def __init__(self, people, apart, lately, plan):
        self.people = {person.id: person for person in people}
        self.apart, self.lately = apart, lately
        self.met = {side.person for i in plan.introductions for side in i.sides}
        ranks = {person.id: k for k, person in enumerate(sorted(people, key=_id))}
        pairs = [*combinations(sorted(self.people), 2)]
        ends = np.array([[ranks[a], ranks[b]] for a, b in pairs], np.int64)
        worth = weigh(read(people), Rules(), *ends.T).values if pairs else []
        self.worth = {
            frozenset(pair): np.float32(value)
            for pair, value in zip(pairs, worth, strict=True)
        }

    def bars(self, one, other):
        """The rules that bar two, but for what keeps them apart for good."""
        a, b = self.people[one], self.people[other]
        rules = set()
        if a.company and a.company == b.company:
            rules.add(Why.COLLEAGUES)
        for chosen in ("formats", "times", "languages"):
            mine, theirs = getattr(a, chosen), getattr(b, chosen)
            if mine and theirs and not mine & theirs:
                rules.add(Why.UNAVAILABLE)
        if frozenset({one, other}) in self.lately:
            rules.add(Why.MET_LATELY)
        return rules

    def suits(self, one, bars):
        """Who would suit somebody, and is barred by just these rules."""
        return {
            other
            for other, person in self.people.items()
            if other != one
            and frozenset({one, other}) not in self.apart
            and person.introductions
            and self.worth[frozenset({one, other})] > 0
            and self.bars(one, other) == bars
        }

    def is_put_off(self, one, other):
        allowed = {
            pair: value
            for pair, value in self.worth.items()
            if value > 0 and pair not in self.apart and not self.bars(*pair)
        }
        best = [
            max((v for pair, v in allowed.items() if id_ in pair), default=0)
            for id_ in self.people
        ]
        usual = median(value for value in best if value > 0)
        weeks = max(self.people[one].weeks_waited, self.people[other].weeks_waited)
        particular = max(1 - weeks / 2, 0)
        return allowed[frozenset({one, other})] < Rules().ambition * usual * particular


def _id(person):
    return person.id


@settings(max_examples=150, deadline=None)
@given(histories())
@example(([ANA, BEN], set(), {PAIR}))
@example(([ANA, replace(BEN, company="Acme"), BEN], set(), set()))
def test_every_reason_is_true(world):
    people, apart, lately = world
    people = [*{person.id: person for person in people}.values()]

    plan = propose(people, History(apart=apart, lately=lately))

    truth = Truth(people, apart, lately, plan)
    for id_, why in plan.left_out:
        me, suits = truth.people[id_], truth.suits(id_, set())
        barred = {
            rule
            for rule in (Why.UNAVAILABLE, Why.COLLEAGUES, Why.MET_LATELY)
            if truth.suits(id_, {rule})
        }
        match why:
            case Why.NOTHING_WRITTEN:
                assert not any(pair for pair in truth.worth if id_ in pair) or all(
                    truth.worth[pair] == 0 for pair in truth.worth if id_ in pair
                )
            case Why.NO_TIME:
                assert me.introductions == 0
            case Why.ODD_ONE_OUT:
                assert suits
                assert suits <= truth.met
            case Why.PUT_OFF:
                assert suits - truth.met
                assert all(truth.is_put_off(id_, k) for k in suits - truth.met)
            case Why.UNAVAILABLE | Why.COLLEAGUES | Why.MET_LATELY:
                assert not suits
                assert why in barred
            case Why.BELOW_THRESHOLD:
                assert not suits
                assert not barred


@pytest.mark.parametrize(
    "without",
    [
        {"history": History(apart=[PAIR])},
        {"history": History(apart=[PAIR], lately=[PAIR])},
        {"vetoes": [PAIR]},
    ],
)
@pytest.mark.parametrize("company", ["", "Acme"])
def test_who_is_kept_apart_counts_as_somebody_who_does_not_suit(without, company):
    people = [replace(person, company=company) for person in (ANA, BEN)]

    plan = propose(people, **without)

    assert plan.left_out == ((1, Why.BELOW_THRESHOLD), (2, Why.BELOW_THRESHOLD))
    assert propose(people[:1]).left_out == plan.left_out[:1]


def test_a_weak_pair_is_put_off_and_nobody_was_better_paired():
    crafts = [("pottery", "beekeeping"), ("beekeeping", "pottery")] * 2
    strong = [
        Person(id_, offers=(offer,), wants=(want,))
        for id_, (offer, want) in enumerate(crafts, start=10)
    ]
    weak = [  # to a mentor, being asked is worth less than help
        Person(1, mentor_topics=("chess",), mentor_places=1),
        Person(2, mentee_topics=("chess",)),
    ]

    plan = propose([*strong, *weak])

    assert plan.left_out == ((1, Why.PUT_OFF), (2, Why.PUT_OFF))
