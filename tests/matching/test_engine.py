from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from matchmaker.matching import (
    Choosiness,
    GainKind,
    History,
    Kind,
    Person,
    Plan,
    Role,
    Rules,
    UnmatchedReason,
    propose,
)
from matchmaker.matching.scoring.gains import MOST_GIVEN
from tests.matching.people import gains_of, groups, make_reader, read

ANA = Person(1, offers=("logos",), wants=("taxes",))


BEN = Person(2, offers=("taxes",), wants=("logos and brands",))


NO_TRIOS = Rules(allow_trios=False)


def test_nobody_is_due():
    assert propose([], read) == Plan()


def test_one_alone_is_unmatched():
    assert propose([ANA], read).unmatched == ((1, UnmatchedReason.NOTHING_IN_COMMON),)


def test_two_who_can_help_each_other_meet():
    plan = propose([ANA, BEN], read)

    (intro,) = plan.introductions
    ana, ben = intro.sides
    assert intro.kind is Kind.PEERS
    told = [(g.kind, g.giver, g.offer, g.want) for g in (ana.gains[0], ben.gains[0])]
    assert told == [
        (GainKind.HELP, 2, "taxes", "taxes"),
        (GainKind.HELP, 1, "logos", "logos and brands"),
    ]
    assert plan.unmatched == ()
    assert plan.gap == 0


def test_help_one_way_is_an_introduction_and_whoever_helps_is_told_so():
    cem = Person(3, wants=("logos",))

    (intro,) = propose([ANA, cem], read).introductions

    assert [side.gains[0].kind for side in intro.sides] == [
        GainKind.GIVING,
        GainKind.HELP,
    ]


def test_where_one_side_would_gain_nothing_there_is_no_introduction():
    tired = replace(ANA, gave_in_a_row=MOST_GIVEN)
    cem = Person(3, wants=("logos",))

    plan = propose([tired, cem], read)

    assert plan.introductions == ()
    assert {why for _, why in plan.unmatched} == {UnmatchedReason.NOTHING_IN_COMMON}


def test_help_comes_before_a_shared_interest():
    cem = Person(3, interests=("chess",))
    people = [replace(ANA, interests=("chess",)), BEN, cem]

    assert groups(propose(people, read, rules=NO_TRIOS)) == [(1, 2)]


def test_different_industries_are_favoured():
    ana = replace(ANA, industry=("J", "62", "620", "6201"))
    near = replace(BEN, id=2, industry=("J", "62", "620", "6201"))
    far = replace(BEN, id=3, industry=("M", "74", "741", "7410"))

    plan = propose([ana, near, far], read, rules=NO_TRIOS)

    assert (1, 3) in groups(plan)
    assert plan.introductions[0].industry_distance == 1


def test_who_has_waited_comes_first():
    served, waiting = replace(BEN, id=2), replace(BEN, id=3, rounds_waited=2)

    assert groups(propose([ANA, served, waiting], read, rules=NO_TRIOS)) == [(1, 3)]


def test_a_mentor_and_a_mentee_meet():
    mentor = Person(1, mentor_topics=("grants",), mentor_places=1, years=9)
    mentee = Person(2, mentee_topics=("finding grants",), years=2)

    (intro,) = propose([mentor, mentee], read).introductions

    assert intro.kind is Kind.MENTORING
    assert [side.role for side in intro.sides] == [Role.MENTOR, Role.MENTEE]
    assert [side.gains[0].kind for side in intro.sides] == [
        GainKind.GIVING,
        GainKind.MENTORING,
    ]


@pytest.mark.parametrize(("places", "years"), [(0, 9), (1, 2), (1, 1)])
def test_without_a_place_or_more_years_nobody_mentors(places, years):
    mentor = Person(1, mentor_topics=("grants",), mentor_places=places, years=years)
    mentee = Person(2, mentee_topics=("grants",), years=2)

    made = propose([mentor, mentee], read).introductions

    assert not any(intro.kind is Kind.MENTORING for intro in made)


def test_a_mentor_takes_no_more_than_they_have_places():
    mentor = Person(1, mentor_topics=("grants",), mentor_places=1, introductions=3)
    asking = [Person(id_, mentee_topics=("grants",)) for id_ in (2, 3)]

    plan = propose([mentor, *asking], read, rules=NO_TRIOS)

    kinds = [intro.kind for intro in plan.introductions]
    assert kinds.count(Kind.MENTORING) == 1


def test_who_has_time_for_two_gets_two():
    people = [
        replace(ANA, id=id_, wants=ANA.offers, introductions=2) for id_ in range(20)
    ]

    met = Counter(id_ for group in groups(propose(people, read)) for id_ in group)

    assert set(met.values()) == {2}


def test_everybody_identical_leaves_nobody_unmatched():
    people = [replace(ANA, id=id_, wants=ANA.offers) for id_ in range(21)]

    plan = propose(people, read)

    assert plan.unmatched == ()
    assert sorted(map(len, groups(plan))) == [2] * 9 + [3]


def test_of_many_identical_the_first_are_not_everybodys():
    people = [replace(ANA, id=id_, wants=ANA.offers) for id_ in range(200)]

    assert len(propose(people, read).introductions) == 100


def test_the_seed_decides_among_equals():
    people = [replace(ANA, id=id_, wants=ANA.offers) for id_ in range(20)]

    assert propose(people, read, seed=1) != propose(people, read, seed=2)


def test_whoever_is_glad_to_meet_anybody_meets_somebody():
    people = [
        Person(id_, interests=(hobby,), choosiness=Choosiness.ANYONE)
        for id_, hobby in enumerate(["chess", "sailing", "gardens", "photos"])
    ]

    plan = propose(people, read)

    assert plan.unmatched == ()
    kinds = {gain.kind for id_ in range(4) for gain in gains_of(plan, id_)}
    assert kinds == {GainKind.NOT_MET_YET}


def test_an_id_is_somebodys_alone():
    with pytest.raises(ValueError, match="same id"):
        propose([ANA, ANA], read)


def test_ids_of_people_who_are_not_here_may_be_kept_apart():
    apart = History([frozenset({1, 99}), frozenset({7})], [frozenset({98, 99})])

    assert groups(propose([ANA, BEN], read, apart)) == [(1, 2)]


def test_a_reader_reads_each_phrase():
    with pytest.raises(ValueError, match="2 phrases have 1 readings"):
        propose([ANA], lambda phrases: read(phrases[:1]))


def test_a_large_round_keeps_its_promises():
    kinds = [
        ANA,
        BEN,
        Person(0, interests=("chess",)),
        Person(0, wants=("grants",), interests=("chess",)),
    ]
    people = [replace(kinds[id_ % 4], id=id_) for id_ in range(300)]
    apart = {frozenset((id_, id_ + 1)) for id_ in range(299)}

    plan = propose(people, make_reader(blur=0.1), History(apart))

    met = [id_ for group in groups(plan) for id_ in group]
    assert len(met) == len(set(met)) >= 290
    assert not any(
        frozenset(p) in apart for g in groups(plan) for p in combinations(g, 2)
    )
    assert plan.is_optimal
