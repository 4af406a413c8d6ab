"""The people and counts of the benchmarks that have no labels to judge by."""

import demonstration
import rounds
import small_spaces
from community import Gain, Introduction, Round
from labelled import DATA, load

from matchmaker.matching import Choosiness


def test_made_up_members_write_what_real_ones_wrote():
    everybody = load(DATA / "people").people
    written = {text for person in everybody for text in person.offers}

    people = rounds.people(60)

    assert people == rounds.people(60)
    assert [person.id for person in people] == list(range(60))
    assert {text for person in people for text in person.offers} <= written
    assert len({person.offers for person in people}) > 30


def test_the_demonstration_takes_part_with_its_hours_and_cadences():
    community = demonstration.load()

    assert len(community.people) == len(community.members) == demonstration.TAKE_PART
    assert {member.cadence for member in community.members.values()} == {1, 2, 4}
    assert sum(bool(person.times) for person in community.people) > 200


def make_round(week, due, *pairs):
    made = [Introduction(pair, (Gain(*pair, "help"),)) for pair in pairs]
    return Round(week, due, tuple(made))


def test_covered_is_the_share_of_those_due_who_met_somebody():
    made = [make_round(0, (1, 2, 3), (1, 2)), make_round(1, (3,))]

    assert small_spaces.covered(made) == 2 / 4


def test_two_empty_rounds_in_a_row_are_counted_where_somebody_was_due():
    made = [
        make_round(0, (1, 2)),
        make_round(1, (1, 2)),
        make_round(2, ()),
        make_round(3, (1, 2)),
    ]

    assert small_spaces.empty_pairs(made) == 1


def test_everybody_may_be_made_glad_to_meet_anybody():
    glad = small_spaces.glad_to_meet_anybody(load(DATA / "people"))

    assert {person.choosiness for person in glad.people} == {Choosiness.ANYONE}
