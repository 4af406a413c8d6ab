from itertools import combinations

import numpy as np
import pytest

from matchmaker.matching.seating import table_sizes
from matchmaker.matching.seating.cyclic_designs import cyclic_design
from matchmaker.matching.seating.designs import design
from matchmaker.matching.seating.finite_fields import ring
from tests.matching.seating.tables import (
    meetings_of,
    tables_of,
)


@pytest.mark.parametrize("order", [2, 3, 4, 6, 8, 9, 12, 16, 25, 27])
def test_elements_that_differ_can_be_divided_by_the_difference(order):
    add, multiply, different = ring(order)

    everything = set(range(order))
    assert all(set(row) == everything for row in add.tolist())
    assert (add == add.T).all()
    assert (multiply == multiply.T).all()
    for one, other in combinations(range(different), 2):
        (minus,) = np.flatnonzero(add[:, other] == 0)  # one - other
        assert set(multiply[add[one, minus]].tolist()) == everything


@pytest.mark.parametrize(
    ("people", "size", "rounds"),
    [
        (16, 4, 5),  # the affine planes: everybody meets everybody
        (25, 5, 6),
        (27, 3, 13),
        (49, 7, 8),
        (64, 4, 21),
        (12, 2, 11),
        (32, 4, 9),
        (23, 5, 5),
        (100, 4, 25),
        (100, 5, 12),
        (60, 6, 6),
        (7, 5, 1),
        (24, 4, 7),
        (23, 4, 7),
        (30, 3, 14),
    ],
)
def test_constructions_repeat_nothing(people, size, rounds):
    tables = design(people, size, rounds)

    assert len(tables) == rounds
    assert max(meetings_of(tables).values()) == 1
    for row in tables:
        sizes = sorted(map(len, tables_of(row)), reverse=True)
        assert sizes == table_sizes(people, size)


@pytest.mark.parametrize(
    ("people", "size", "rounds"),
    [
        *((15, 3, 7), (18, 3, 7), (21, 3, 9), (24, 3, 11), (24, 4, 7), (28, 4, 9)),
        *((30, 3, 14), (30, 5, 6), (33, 3, 15), (36, 3, 17), (36, 4, 10), (39, 3, 19)),
        *((40, 4, 11), (42, 3, 19), (44, 4, 12), (48, 4, 13), (8, 2, 7), (2, 2, 1)),
    ],
)
def test_a_turned_round_repeats_nothing(people, size, rounds):
    tables = cyclic_design(people, size)

    assert tables.shape == (rounds, people)
    assert max(meetings_of(tables).values()) == 1
    assert all(len(members) == size for row in tables for members in tables_of(row))


def test_of_some_sizes_no_round_to_turn_is_known():
    assert cyclic_design(13, 4).shape == (0, 13)
    assert cyclic_design(7, 2).shape == (0, 7)
