import numpy as np
import pytest

from matchmaker.matching import Person, mutual_benefit, propose
from tests.matching.people import read

ANA = Person(7, offers=("grants",), wants=("python",))
BEN = Person(2, offers=("python",), wants=("grants",))
CEM = Person(5, offers=("gardens",), wants=("sailing",))


def test_two_who_help_each_other_are_worth_most_and_nobody_is_worth_anything_alone():
    benefit = mutual_benefit([ANA, BEN, CEM], read)

    assert benefit[0, 1] == benefit.max() > 0.3
    assert benefit[0, 2] == 0
    assert (np.diag(benefit) == 0).all()
    assert (benefit == benefit.T).all()


def test_it_stands_in_the_order_given_and_is_what_a_round_says():
    benefit = mutual_benefit([CEM, BEN, ANA], read)

    assert benefit[1, 2] == pytest.approx(mutual_benefit([ANA, BEN, CEM], read)[0, 1])
    (introduction,) = propose([ANA, BEN, CEM], read).introductions
    assert benefit[1, 2] >= introduction.value - 1e-6


@pytest.mark.parametrize("people", [[], [ANA]])
def test_few_are_worth_nothing_to_each_other(people):
    assert mutual_benefit(people, read).shape == (len(people), len(people))
    assert mutual_benefit(people, read).sum() == 0


def test_an_id_is_somebodys_alone():
    with pytest.raises(ValueError, match="same id"):
        mutual_benefit([ANA, ANA], read)
