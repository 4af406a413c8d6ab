import numpy as np
import pytest
from matchmaker.matching.present import mutual_benefit

from matchmaker.matching import Person, propose

ANA = Person(7, offers=("grant writing",), wants=("Postgres",))
BEN = Person(2, offers=("Postgres",), wants=("grant writing",))
CEM = Person(5, offers=("beekeeping",), wants=("opera",))


def test_two_who_help_each_other_are_worth_most_and_nobody_is_worth_anything_alone():
    benefit = mutual_benefit([ANA, BEN, CEM])

    assert benefit[0, 1] == benefit.max() > 0.3
    assert benefit[0, 2] < 0.1
    assert (np.diag(benefit) == 0).all()
    assert (benefit == benefit.T).all()


def test_it_stands_in_the_order_given_and_is_what_a_round_says():
    benefit = mutual_benefit([CEM, BEN, ANA])

    assert benefit[1, 2] == mutual_benefit([ANA, BEN, CEM])[0, 1]
    (introduction,) = propose([ANA, BEN, CEM]).introductions
    assert benefit[1, 2] >= introduction.value


@pytest.mark.parametrize("people", [[], [ANA]])
def test_few_are_worth_nothing_to_each_other(people):
    assert mutual_benefit(people).shape == (len(people), len(people))
    assert mutual_benefit(people).sum() == 0
