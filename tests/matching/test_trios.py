from dataclasses import replace

import pytest

from matchmaker.matching import (
    History,
    Kind,
    Person,
    Rules,
    UnmatchedReason,
    propose,
)
from tests.matching.people import groups, read

ANA = Person(1, offers=("logos",), wants=("taxes", "grants"))
BEN = Person(2, offers=("taxes",), wants=("logos",))
ODD = Person(3, offers=("grants",), wants=("logos",))


def test_the_odd_one_joins_a_pair_that_gains_from_them():
    plan = propose([ANA, BEN, ODD], read)

    assert groups(plan) == [(1, 2, 3)]
    (intro,) = plan.introductions
    assert intro.kind is Kind.PEERS
    assert plan.unmatched == ()
    assert all(side.features == () for side in intro.sides)
    for side in intro.sides:
        strengths = [gain.strength for gain in side.gains]
        assert strengths == sorted(strengths, reverse=True)


def test_where_trios_are_not_wanted_the_odd_one_waits():
    plan = propose([ANA, BEN, ODD], read, rules=Rules(allow_trios=False))

    assert [why for _, why in plan.unmatched] == [UnmatchedReason.ODD_ONE_OUT]


def test_where_two_have_nobody_there_are_other_reasons_than_odd_numbers():
    people = [ANA, BEN, ODD, Person(4, offers=("sailing",))]

    assert [len(group) for group in groups(propose(people, read))] == [2]


@pytest.mark.parametrize("barred", [{1, 3}, {2, 3}])
def test_a_third_is_allowed_to_meet_both(barred):
    plan = propose([ANA, BEN, ODD], read, History([frozenset(barred)]))

    assert all(len(group) == 2 for group in groups(plan))
    assert len(plan.unmatched) == 1


def test_a_third_is_of_neither_ones_company():
    ana, odd = (replace(person, company="Acme") for person in (ANA, ODD))

    assert all(len(g) == 2 for g in groups(propose([ana, BEN, odd], read)))


def test_a_trio_has_a_language_that_all_three_speak():
    spoken = [{"nl", "en"}, {"nl", "fr"}, {"en", "fr"}]
    people = [
        replace(person, languages=frozenset(codes))
        for person, codes in zip([ANA, BEN, ODD], spoken, strict=True)
    ]

    assert [len(group) for group in groups(propose(people, read))] == [2]


def test_a_third_who_shares_nothing_with_either_is_unmatched():
    plan = propose([ANA, BEN, Person(3, interests=("sailing",))], read)

    assert groups(plan) == [(1, 2)]
    assert plan.unmatched == ((3, UnmatchedReason.NOTHING_IN_COMMON),)


def test_nobody_joins_a_mentor_and_a_mentee():
    mentor = Person(1, mentor_topics=("grants",), mentor_places=2)
    mentee = Person(2, mentee_topics=("grants",))
    other = Person(3, mentee_topics=("grants",), offers=("chess",))

    plan = propose([mentor, mentee, other], read)

    assert [len(group) for group in groups(plan)] == [2]


def test_nobody_who_is_not_due_joins_a_pair():
    plan = propose([ANA, BEN, replace(ODD, due_in=1)], read)

    assert all(3 not in group for group in groups(plan))
