from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.seating import seat, table_sizes
from tests.matching.seating.tables import (
    QUICK,
    benefits,
    kept_apart,
    meetings_of,
    tables_of,
)


@st.composite
def parties(draw, most=12):
    """People, rounds, size, and any pattern of people kept apart."""
    people = draw(st.integers(0, most))
    pairs = list(combinations(range(people), 2))
    apart = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    if draw(st.booleans()):
        apart = set(pairs) - apart
    rounds, size = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    return people, rounds, size, kept_apart(people, *apart)


@settings(max_examples=60, deadline=None)
@given(parties(), st.integers(0, 3))
def test_whoever_is_kept_apart_never_shares_a_table(party, seed):
    people, rounds, size, apart = party

    seating = seat(benefits(people), rounds, size, apart=apart, seed=seed, effort=QUICK)

    assert not any(apart[pair] for pair in meetings_of(seating.tables))
    for row in seating.tables:
        sizes = [len(members) for members in tables_of(row)]
        assert all(2 <= one <= max(size, 3) for one in sizes)


@settings(max_examples=60, deadline=None)
@given(parties())
def test_the_counts_are_right_and_within_their_bounds(party):
    people, rounds, size, apart = party
    benefit, met = benefits(people), benefits(people, 1)

    seating = seat(benefit, rounds, size, apart=apart, met=met, effort=QUICK)

    counts = meetings_of(seating.tables)
    assert seating.repeats == sum(counts.values()) - len(counts)
    assert seating.repeats >= seating.repeats_bound >= 0
    assert seating.benefit == pytest.approx(sum(benefit[pair] for pair in counts))
    assert seating.met == pytest.approx(sum(met[pair] for pair in counts))
    assert seating.benefit <= seating.benefit_bound + 1e-9


@pytest.mark.parametrize("people", range(2, 31))
@pytest.mark.parametrize("size", [2, 3, 5])
def test_everybody_sits_once_in_each_round_at_tables_of_like_size(people, size):
    seating = seat(benefits(people), 3, size, effort=0.01)

    assert seating.left_out == ()
    for row in seating.tables:
        sizes = sorted(map(len, tables_of(row)), reverse=True)
        assert sizes == table_sizes(people, size)
        assert sum(sizes) == people
        assert sizes[0] - sizes[-1] <= 1
        assert sizes[-1] >= 2
        assert sizes[0] <= size + (size == 2 and people % 2)


def test_twenty_three_people_at_tables_of_five():
    assert table_sizes(23, 5) == [5, 5, 5, 4, 4]


def test_the_odd_one_joins_a_table_of_two():
    assert table_sizes(7, 2) == [3, 2, 2]


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_sits_alone(people):
    seating = seat(benefits(people), 2, 4)

    assert seating.tables.tolist() == [[-1] * people] * 2
    assert (seating.repeats, seating.benefit, seating.benefit_bound) == (0, 0, 0)
    assert seating.left_out == tuple((number, 0) for number in range(2))[: 2 * people]


@pytest.mark.parametrize("people", [2, 3])
def test_a_few_people_share_the_only_table_and_meet_again(people):
    seating = seat(benefits(people), 3, 4)

    assert seating.tables.tolist() == [[0] * people] * 3
    assert seating.repeats == seating.repeats_bound == people * (people - 1)


def test_where_everybody_is_kept_apart_nobody_is_seated_and_all_are_listed():
    seating = seat(benefits(5), 2, 4, apart=np.ones((5, 5), bool))

    assert (seating.tables == -1).all()
    assert len(seating.left_out) == 10
    assert seating.benefit == seating.benefit_bound == 0


def test_for_a_rule_tables_are_smaller_than_they_could_be():
    apart = kept_apart(6, *((one, other) for one in range(3) for other in range(3, 6)))

    seating = seat(benefits(6), 2, 6, apart=apart)

    assert seating.left_out == ()
    for row in seating.tables:
        assert sorted(tables_of(row)) == [[0, 1, 2], [3, 4, 5]]


def test_only_whoever_has_no_company_left_stays_out():
    apart = kept_apart(9, *((0, other) for other in range(1, 9)))

    seating = seat(benefits(9), 2, 3, apart=apart)

    assert seating.left_out == ((0, 0), (1, 0))


@pytest.mark.parametrize(
    ("people", "size", "rounds"),
    [(100, 5, 6), (25, 5, 6), (23, 5, 4), (32, 4, 7), (16, 4, 5), (10, 2, 9)],
)
def test_nobody_meets_twice_where_there_are_people_enough(people, size, rounds):
    seating = seat(benefits(people), rounds, size, effort=0.3)

    assert seating.repeats == seating.repeats_bound == 0


def test_thirty_two_people_meet_nobody_twice_in_nine_rounds():
    seating = seat(benefits(32), 9, 4)

    assert seating.repeats == 0
    assert all(
        len(members) == 4 for row in seating.tables for members in tables_of(row)
    )


def test_more_rounds_than_there_are_people_for_repeat_as_little_as_can_be():
    seating = seat(benefits(8), 9, 2)  # everybody has met everybody after seven

    assert seating.repeats == seating.repeats_bound == 8


def test_the_best_seating_of_one_round_is_found():
    benefit = benefits(8)
    best = max(
        sum(benefit[pair] for half in (one, other) for pair in combinations(half, 2))
        for one in combinations(range(8), 4)
        for other in [tuple(set(range(8)) - set(one))]
    )

    seating = seat(benefit, 1, 4, effort=0.3)

    assert seating.benefit == pytest.approx(best)


def test_people_who_have_met_are_kept_apart_where_there_is_a_way():
    met = np.zeros((20, 20))
    met[:10, :10] = 1  # ten who know each other, at five tables: two at each
    np.fill_diagonal(met, 0)
    met[:, 10:], met[10:, :] = 0, 0

    seating = seat(benefits(20), 1, 4, met=met)

    assert seating.met == 5  # not one more than must be
    stranger = seat(benefits(6), 1, 3, met=kept_apart(6, (0, 1), (2, 3)).astype(float))
    assert stranger.met == 0


def test_tables_are_mixed_where_it_costs_nothing():
    groups = np.repeat(np.arange(4), 5)

    seating = seat(np.ones((20, 20)) - np.eye(20), 2, 4, groups=groups)

    for row in seating.tables:
        assert all(len(set(groups[members])) == 4 for members in tables_of(row))


def test_the_same_question_has_the_same_answer():
    first, second = (seat(benefits(20), 3, 4, seed=7, effort=QUICK) for _ in range(2))

    assert first.tables.tolist() == second.tables.tolist()
    other = seat(benefits(20), 3, 4, seed=8, effort=QUICK)
    assert first.tables.tolist() != other.tables.tolist()


def test_worth_more_together_than_at_random():
    benefit = benefits(40)
    at_random = np.random.default_rng(0).permuted(
        np.tile(np.arange(10), (3, 4)), axis=1
    )

    seating = seat(benefit, 3, 4, effort=0.2)

    luck = sum(benefit[pair] for pair in meetings_of(at_random))
    assert seating.benefit > 1.3 * luck
    assert seating.benefit > 0.85 * seating.benefit_bound


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rounds": 0}, "one round"),
        ({"table_size": 1}, "two chairs"),
        ({"benefit": np.full((4, 4), np.nan)}, "finite"),
        ({"benefit": -np.ones((4, 4))}, "not negative"),
        ({"benefit": np.ones((4, 3))}, "square"),
        ({"benefit": np.arange(16.0).reshape(4, 4)}, "symmetric"),
        ({"apart": np.zeros((3, 3), bool)}, "people by people"),
        ({"met": np.zeros((5, 5))}, "people by people"),
        ({"met": np.full((4, 4), 1.5)}, "between 0 and 1"),
        ({"met": np.full((4, 4), np.nan)}, "between 0 and 1"),
        ({"groups": np.zeros(3, int)}, "one number for each"),
        ({"effort": 0.0}, "effort"),
    ],
)
def test_what_makes_no_sense_is_refused(change, words):
    asked = {"benefit": benefits(4), "rounds": 2, "table_size": 2, **change}

    with pytest.raises(ValueError, match=words):
        seat(**asked)
