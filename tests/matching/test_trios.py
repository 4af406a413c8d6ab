from dataclasses import replace

import pytest

from matchmaker.matching import History, Kind, Person, Rules, Why, propose
from tests.matching.people import groups

ANA = Person(1, offers=("logo design",), wants=("tax advice", "public speaking"))
BEN = Person(2, offers=("tax advice",), wants=("logo design",))
ODD = Person(3, offers=("public speaking",), wants=("logo design",))


def test_the_odd_one_joins_a_pair_that_gains_from_them():
    plan = propose([ANA, BEN, replace(ODD, offers=("tax advice",))])

    assert groups(plan) == [(1, 2, 3)]
    assert plan.introductions[0].kind is Kind.PEERS
    assert plan.left_out == ()


def test_where_trios_are_not_wanted_the_odd_one_waits():
    plan = propose([ANA, BEN, ODD], rules=Rules(allow_trios=False))

    assert len(plan.left_out) == 1
    assert plan.left_out[0][1] is Why.ODD_ONE_OUT


@pytest.mark.parametrize("barred", [{1, 3}, {2, 3}])
def test_a_third_is_allowed_to_meet_both(barred):
    plan = propose([ANA, BEN, ODD], History([frozenset(barred)]))

    assert all(len(group) == 2 for group in groups(plan))
    assert len(plan.left_out) == 1


def test_a_third_is_of_neither_ones_company():
    plan = propose([replace(ANA, company="Acme"), BEN, replace(ODD, company="Acme")])

    assert groups(plan) == [(1, 2)]


def test_a_trio_has_a_time_that_suits_all_three():
    times = [{"morning", "noon"}, {"morning", "evening"}, {"noon", "evening"}]

    plan = propose(
        [
            replace(person, times=frozenset(of))
            for person, of in zip([ANA, BEN, ODD], times, strict=True)
        ]
    )

    assert [len(group) for group in groups(plan)] == [2]


def test_a_third_who_gives_nobody_anything_is_left_out():
    plan = propose([ANA, BEN, replace(ODD, offers=())])

    assert groups(plan) == [(1, 2)]


def test_nobody_joins_a_mentor_and_a_mentee():
    mentor = Person(1, mentor_topics=("sales",), mentor_places=2)
    mentee = Person(2, mentee_topics=("sales",), interests=("chess",))
    other = Person(3, mentee_topics=("sales",))

    plan = propose([mentor, mentee, other])

    assert len(groups(plan)) == 1
    assert len(groups(plan)[0]) == 2


def test_an_introduction_that_is_put_off_is_not_made_as_a_trio():
    """Cem is worth less to Ana than Ben is: he waits a week for somebody better."""
    cem = Person(3, offers=("tax law",), wants=("a logo",))

    assert groups(propose([ANA, BEN, cem])) == [(1, 2)]
    assert groups(propose([ANA, BEN, cem], rules=Rules(ambition=0))) == [(1, 2, 3)]
    assert groups(propose([ANA, BEN, replace(cem, weeks_waited=2)])) == [(1, 2, 3)]
