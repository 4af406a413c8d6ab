import pytest

from matchmaker.matching import GainKind, History, Person, propose_for
from tests.matching.people import read

ANA = Person(1, offers=("logos",), wants=("taxes",))
BEN = Person(2, offers=("taxes",), wants=("logos",))
CEM = Person(3, interests=("chess",))


def partner(person, people, history=History()):  # noqa: B008 - frozen
    made = propose_for(person, people, read, history)
    return made and next(side.person for side in made.sides if side.person != person)


def test_the_one_who_suits_best_is_proposed():
    dan = Person(4, wants=("logos",))

    made = propose_for(1, [ANA, BEN, CEM, dan], read)

    assert [side.person for side in made.sides] == [1, 2]
    assert [side.gains[0].kind for side in made.sides] == [GainKind.HELP] * 2


def test_it_is_worth_what_it_would_be_worth_in_a_round():
    everybody = [ANA, BEN, CEM]

    made = propose_for(1, everybody, read)

    assert made.value == pytest.approx(propose_for(2, everybody, read).value)


@pytest.mark.parametrize(
    "history",
    [History(forbidden=[frozenset({1, 2})]), History(recent=[frozenset({1, 2})])],
)
def test_nobody_is_proposed_whom_the_history_keeps_away(history):
    assert partner(1, [ANA, BEN, CEM], history) is None


def test_with_nobody_who_suits_there_is_no_proposal():
    assert partner(3, [ANA, BEN, CEM]) is None
    assert partner(1, [ANA]) is None
