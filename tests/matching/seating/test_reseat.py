import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching.seating import reseat, seat
from tests.matching.seating.tables import (
    benefits,
    kept_apart,
    meetings_of,
    tables_of,
)


@pytest.fixture(scope="module")
def evening():
    return seat(benefits(40), 6, 4, effort=0.2)


@settings(max_examples=40, deadline=None)
@given(
    absent=st.sets(st.integers(0, 39), max_size=12),
    from_round=st.integers(0, 6),
    new=st.integers(0, 3),
)
def test_after_a_repair_everybody_there_is_seated_and_the_past_stays(
    evening, absent, from_round, new
):
    people = 40 + new
    apart = kept_apart(people, (1, 2), (people - 1, 5))

    again = reseat(
        evening, benefits(people), 4, from_round, absent=sorted(absent), apart=apart
    )

    assert (again.tables[:from_round, :40] == evening.tables[:from_round]).all()
    assert (again.tables[:from_round, 40:] == -1).all()
    assert again.left_out == ()
    counts = meetings_of(again.tables)
    assert again.repeats == sum(counts.values()) - len(counts) >= again.repeats_bound
    assert again.benefit <= again.benefit_bound + 1e-9
    for row in again.tables[from_round:]:
        assert set(np.flatnonzero(row < 0)) == absent
        sizes = [len(members) for members in tables_of(row)]
        assert 2 <= min(sizes) <= max(sizes) <= 4
        assert not any(apart[pair] for pair in meetings_of([row]))


def test_a_repair_moves_few_and_nobody_meets_again(evening):
    again = reseat(evening, benefits(42), 4, 2, absent=[3, 17, 30])

    stayed = again.tables[:, :40] == evening.tables
    stayed[:, [3, 17, 30]] = True
    assert again.repeats == 0
    assert again.moves == (~stayed).sum() <= 12  # of 148 seats
    assert again.absent[2:, [3, 17, 30]].all()


def test_nothing_moves_when_nothing_has_happened(evening):
    again = reseat(evening, benefits(40), 4, 0)

    assert again.moves == (again.tables != evening.tables).sum() <= 6
    late = reseat(evening, benefits(40), 4, 6)
    assert late.tables.tolist() == evening.tables.tolist()


def test_whoever_left_may_come_back(evening):
    without = reseat(evening, benefits(40), 4, 1, absent=[7])
    again = reseat(without, benefits(40), 4, 3, arrived=[7])

    assert (again.tables[1:3, 7] == -1).all()
    assert (again.tables[3:, 7] >= 0).all()
    assert again.left_out == ()


def test_when_many_stay_away_tables_close_and_keep_their_numbers(evening):
    again = reseat(evening, benefits(40), 4, 0, absent=range(20))

    for row, before in zip(again.tables, evening.tables, strict=True):
        assert sorted(map(len, tables_of(row))) in ([4] * 5, [3, 3, 3, 3, 4, 4])
        assert set(row[row >= 0]) <= set(before)


def test_a_repair_can_leave_nobody():
    again = reseat(seat(benefits(6), 2, 3), benefits(6), 3, 0, absent=range(6))

    assert (again.tables == -1).all()
    assert again.left_out == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"from_round": 7}, "from_round"),
        ({"absent": [40]}, "absent"),
        ({"arrived": [-1]}, "arrived"),
        ({"benefit": benefits(39)}, "everybody"),
    ],
)
def test_a_repair_that_makes_no_sense_is_refused(evening, change, words):
    asked = {"benefit": benefits(40), "table_size": 4, "from_round": 1, **change}

    with pytest.raises(ValueError, match=words):
        reseat(evening, **asked)
