"""What somebody is told of why they have nobody, against the truth pair by pair."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matchmaker.matching import (
    Choosiness,
    History,
    Person,
    Rules,
    UnmatchedReason,
    propose,
    unmatched,
)
from matchmaker.matching import profiles as profiles_module
from matchmaker.matching.scoring.gains import find_gains
from matchmaker.matching.scoring.pairs import PairScores
from tests.matching.people import crowds, kept_apart, read

ANA = Person(1, offers=("logos",), wants=("taxes",))
BEN = Person(2, offers=("taxes",), wants=("logos and brands",))
PAIR = frozenset({1, 2})


@st.composite
def histories(draw):
    people = draw(crowds)
    return people, draw(kept_apart(people)), draw(kept_apart(people))


class Truth:
    """What is true of a round, by definition: one pair after the other."""

    def __init__(self, people, forbidden, recent, plan):
        self.people = {person.id: person for person in people}
        self.forbidden, self.recent = forbidden, recent
        self.met = {side.person for i in plan.introductions for side in i.sides}
        pairs = [*combinations(sorted(self.people), 2)]
        gains = find_gains(profiles_module.read(people, read))
        ends = gains.profiles.ranks(id_ for pair in pairs for id_ in pair)
        ends = ends.reshape(-1, 2).T
        worth = PairScores(gains, Rules(), *ends).values
        self.worth = {
            frozenset(pair): float(value)
            for pair, value in zip(pairs, worth, strict=True)
        }

    def bars(self, one, other):
        """The rules that bar two, but for what keeps them apart for good."""
        a, b = self.people[one], self.people[other]
        rules = set()
        if (a.company and a.company == b.company) or (a.manager, b.manager) in {
            (other, b.manager),
            (a.manager, one),
        }:
            rules.add(UnmatchedReason.COLLEAGUES)
        if a.languages and b.languages and not a.languages & b.languages:
            rules.add(UnmatchedReason.NO_COMMON_LANGUAGE)
        if frozenset({one, other}) in self.recent:
            rules.add(UnmatchedReason.MET_LATELY)
        return rules

    def suits(self, one, bars):
        """Who would suit somebody, and is barred by just these rules."""
        return {
            other
            for other, person in self.people.items()
            if other != one
            and frozenset({one, other}) not in self.forbidden
            and person.introductions
            and self.worth[frozenset({one, other})] >= Rules().reserve
            and self.bars(one, other) == bars
        }


@settings(max_examples=40, deadline=None)
@given(histories())
@example(([ANA, BEN], set(), {PAIR}))
@example(([ANA, replace(BEN, company="Acme")], set(), set()))
def test_every_reason_is_true(world):
    people, forbidden, recent = world

    plan = propose(people, read, History(forbidden=forbidden, recent=recent))

    truth = Truth(people, forbidden, recent, plan)
    for id_, why in plan.unmatched:
        me = truth.people[id_]
        due = {
            other for other in truth.suits(id_, set()) if not truth.people[other].due_in
        }
        barred = {
            rule
            for rule in (
                UnmatchedReason.NO_COMMON_LANGUAGE,
                UnmatchedReason.COLLEAGUES,
                UnmatchedReason.MET_LATELY,
            )
            if truth.suits(id_, {rule})
        }
        match why:
            case UnmatchedReason.NOTHING_WRITTEN:
                phrases = (*me.offers, *me.wants, *me.interests, *me.mentee_topics)
                assert not any(any(map(str.isalnum, phrase)) for phrase in phrases)
            case UnmatchedReason.NO_TIME:
                assert me.introductions == 0
            case UnmatchedReason.ODD_ONE_OUT:
                assert due
                assert due <= truth.met
            case UnmatchedReason.SAVED_FOR_LATER:
                assert due - truth.met
            case UnmatchedReason.NOTHING_IN_COMMON:
                assert not due
                assert not barred
            case _:
                assert not due
                assert why in barred


@pytest.mark.parametrize(
    "without",
    [
        {"history": History(forbidden=[PAIR])},
        {"history": History(forbidden=[PAIR], recent=[PAIR])},
        {"vetoes": [PAIR]},
    ],
)
@pytest.mark.parametrize("company", ["", "Acme"])
def test_who_is_kept_apart_counts_as_somebody_who_does_not_suit(without, company):
    people = [replace(person, company=company) for person in (ANA, BEN)]
    nothing = UnmatchedReason.NOTHING_IN_COMMON

    plan = propose(people, read, **without)

    assert plan.unmatched == ((1, nothing), (2, nothing))
    assert propose(people[:1], read).unmatched == plan.unmatched[:1]


def test_nobody_wrote_anything():
    people = [Person(1), Person(2, interests=("", " ", "…")), Person(3)]

    plan = propose(people, read)

    nothing = UnmatchedReason.NOTHING_WRITTEN
    assert plan.unmatched == ((1, nothing), (2, nothing), (3, nothing))


def test_whoever_meets_anybody_needs_no_words():
    silent = [Person(id_, choosiness=Choosiness.ANYONE) for id_ in (1, 2)]

    plan = propose(silent, read)

    assert {why for _, why in plan.unmatched} <= {UnmatchedReason.NOTHING_WRITTEN}


def test_no_reason_depends_on_how_many_pairs_are_looked_at(monkeypatch):
    people = [
        replace(ANA, id=id_, company="Acme", wants=ANA.offers) for id_ in range(9)
    ]
    whole = propose(people, read)
    monkeypatch.setattr(unmatched, "_LOOK", 30)

    assert propose(people, read).unmatched == whole.unmatched
    assert {why for _, why in whole.unmatched} == {UnmatchedReason.COLLEAGUES}
    assert np.shape(whole.unmatched) == (9, 2)
