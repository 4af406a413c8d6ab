"""Good partners are kept for those who have no other, and rounds are about alike."""

from dataclasses import replace

import numpy as np
import pytest

from matchmaker.matching import Person, Plan, Rules, UnmatchedReason, propose
from matchmaker.matching.groups import merge
from matchmaker.matching.rhythm import HORIZON, plan_ahead
from tests.matching.people import groups, make_reader

# Each likes what the next in the row likes: Ana suits Ben alone, Dan suits Cem alone.
ROW = [
    Person(id_, interests=liked, cadence=HORIZON)
    for id_, liked in enumerate(
        [("taxes",), ("taxes", "logos"), ("logos", "grants"), ("grants",)], start=1
    )
]
NO_TRIOS = Rules(allow_trios=False)
read = make_reader(blur=0.1)


def plan(pairs, gains, capacities):
    first, second = np.array(pairs).T
    return plan_ahead(np.array(capacities), first, second, np.array(gains, np.float32))


def test_nobody_is_spent_on_others_who_is_somebodys_only_partner():
    """Ben and Cem suit each other as well, but then Ana and Dan would have nobody."""
    assert groups(propose(ROW, read)) == [(1, 2), (3, 4)]


def test_a_scarce_partner_is_kept_for_somebody_who_is_due_later():
    ana, ben, cem, dan = ROW

    now = propose([replace(ana, due_in=1), ben, cem, dan], read, rules=NO_TRIOS)
    without = propose([ben, cem, dan], read, rules=NO_TRIOS)

    assert groups(now) == [(3, 4)]
    assert [id_ for id_, _ in now.unmatched] == [2]
    assert len(groups(without)) == 1
    assert without.unmatched[0][1] is UnmatchedReason.ODD_ONE_OUT


def test_whoever_comes_too_late_for_the_plan_keeps_nobody():
    ana, ben, cem, _ = ROW

    plan = propose([replace(ana, due_in=HORIZON), ben, cem], read)

    assert groups(plan) == [(2, 3)]


def test_the_plan_takes_what_is_worth_most_in_all():
    pairs = [(0, 1), (1, 2), (2, 3)]

    once = plan(pairs, [0.5, 0.8, 0.5], [1, 1, 1, 1])
    twice = plan(pairs, [0.5, 0.8, 0.5], [1, 2, 2, 1])
    best = plan(pairs, [0.3, 0.8, 0.3], [1, 1, 1, 1])

    assert once.is_spent.tolist() == [True, False, True]
    assert twice.is_spent.tolist() == [True, True, True]
    assert best.is_spent.tolist() == [False, True, False]


def test_a_round_serves_little_more_than_every_round_can():
    everybody = plan([(0, 1), (2, 3)], [0.5, 0.5], [1, 1, 1, 1])
    # Three who know each other after three of eight rounds.
    few = plan([(0, 1), (0, 2), (1, 2)], [0.5] * 3, [8, 8, 8])

    assert everybody.share == 1
    assert everybody.quota(4) >= 2
    assert few.share == pytest.approx(0.25)
    assert few.quota(3) == 1


def test_where_nobody_suits_nothing_is_planned():
    nothing = plan_ahead(np.array([8, 8]), *np.empty((2, 0), np.int64), np.empty(0))

    assert nothing.is_spent.tolist() == []
    assert nothing.share == 0


def test_a_house_spends_its_pairs_evenly_and_leaves_none():
    people = [
        Person(id_, interests=("chess", "grants")[id_ % 2 :], offers=("logos",))
        for id_ in range(6)
    ]
    met, waited, made = set(), dict.fromkeys(range(6), 0), []

    for week in range(HORIZON):
        due = [replace(person, rounds_waited=waited[person.id]) for person in people]
        vetoes = [frozenset(pair) for pair in met]
        pairs = groups(propose(due, read, vetoes=vetoes, seed=week))
        met |= set(pairs)
        served = {id_ for group in pairs for id_ in group}
        waited = {id_: 0 if id_ in served else n + 1 for id_, n in waited.items()}
        made.append(len(pairs))

    assert len(met) == 15  # every pair there is
    assert max(made) <= 3
    assert min(made[:5]) >= 1


def test_without_trios_an_odd_one_out_is_told_so():
    people = [replace(person, interests=("chess",)) for person in ROW[:3]]

    plan = propose(people, read, rules=NO_TRIOS)

    assert [why for _, why in plan.unmatched] == [UnmatchedReason.ODD_ONE_OUT]


def test_a_plan_says_for_how_much_of_the_time_there_is_somebody_new():
    two = [
        Person(1, offers=("taxes",), wants=("logos",)),
        Person(2, ("logos",), ("taxes",)),
    ]

    found = propose(two, read)

    assert found.share == pytest.approx(1 / HORIZON)  # one pair, and eight rounds each
    assert merge([Plan(), found, found]).share == pytest.approx(found.share)
    assert merge([Plan()]).share == 1
