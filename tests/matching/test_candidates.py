"""Which pairs are looked at, where there are too many to look at all."""

from dataclasses import replace

import numpy as np
import pytest
from matchmaker.matching.candidates import candidates as find
from matchmaker.matching.evidence import gather
from matchmaker.matching.mask import mask
from matchmaker.matching.meeting import meet, roughly

from matchmaker.matching import History, Person, Rules, Told, candidates, propose
from matchmaker.matching.profiles import offers, read, wants

NOTHING = History()
TOPICS = [
    "logo design",
    "tax advice",
    "bread baking",
    "guitar lessons",
    "Postgres",
    "grant writing",
    "a will",
    "house painting",
]


@pytest.fixture
def crowd(monkeypatch):
    """Forty people, each offering one thing and wanting the next; pairs are few."""
    monkeypatch.setattr(candidates, "ALL_PAIRS", 10)
    monkeypatch.setattr(candidates, "NEAREST", 3)
    monkeypatch.setattr(candidates, "BY_LOT", 0)
    count = len(TOPICS)
    return [
        Person(k, offers=(TOPICS[k % count],), wants=(TOPICS[(k + 1) % count],))
        for k in range(40)
    ]


def looked_at(people, history=NOTHING):
    profiles = read(people)
    found = find(profiles, Rules(), mask(profiles, Rules(), history), seed=1)
    return {*zip(found.first.tolist(), found.second.tolist(), strict=True)}


def test_those_who_would_both_gain_are_looked_at_first(crowd):
    """Ana has what eight want, but only one of them has what she wants."""
    ana = replace(crowd[0], wants=("house painting",))
    crowd[39] = replace(crowd[39], offers=("house painting",), wants=("logo design",))

    assert (0, 39) in looked_at([ana, *crowd[1:]])


def test_few_pairs_are_looked_at_and_none_that_may_not_meet(crowd):
    pairs = looked_at(crowd)
    apart = looked_at(crowd, History(apart=[frozenset({0, 1}), frozenset({1, 8})]))

    assert (0, 1) in pairs
    assert len(pairs) <= 40 * 3
    assert not apart & {(0, 1), (1, 8)}


def test_a_mentor_is_looked_at_by_whoever_asks(crowd):
    asks = Person(50, mentee_topics=("beekeeping",), years=1)
    mentor = Person(51, mentor_topics=("beekeeping",), mentor_places=1, years=20)

    assert (40, 41) in looked_at([*crowd, asks, mentor])


def test_who_wrote_nothing_is_nobodys_candidate(crowd):
    pairs = looked_at([*crowd, Person(60)])

    assert not any(40 in pair for pair in pairs)


def test_what_helped_before_is_seen_at_the_first_glance(crowd, monkeypatch):
    monkeypatch.setattr(candidates, "BY_LOT", 0)
    crowd[5] = replace(crowd[5], wants=("shipping parcels",))
    crowd[20] = replace(crowd[20], wants=(crowd[5].offers[0],))
    told = Told(99, "shipping parcels", giver=20, offers=(), got=True)

    plan = propose(crowd, History(told=[told]))

    together = [
        {side.person for side in introduction.sides}
        for introduction in plan.introductions
    ]
    assert {5, 20} in together


def test_a_rough_look_says_as_much_as_a_close_one_or_more():
    people = [
        Person(1, offers=("tax advice", "bookkeeping"), wants=("a modern logo",)),
        Person(2, offers=("accounting",), wants=("help with my taxes", "a website")),
        Person(3, offers=("logo design",), wants=("tax advice",)),
        Person(4, offers=(), wants=("designing web pages",)),
        Person(5, offers=("web design",)),
    ]
    profiles = read(people)
    gives, seeks = profiles.shelves[offers], profiles.shelves[wants]
    givers, seekers = (side.ravel() for side in np.indices((5, 5)))

    rough = roughly(profiles.vectors, gives, seeks)

    close = meet(profiles.vectors, gives, seeks, givers, seekers).strength
    close = close.reshape(5, 5)
    assert (rough >= close - 1e-3).all()
    assert (rough[3] == 0).all()  # offers nothing
    assert (rough[:, 4] == 0).all()  # wants nothing
    best = close.argmax(axis=0)[:4]
    assert rough[best, range(4)] == pytest.approx(close[best, range(4)], abs=1e-3)


def test_a_rough_look_changes_nothing_for_the_close_one():
    want = "help with my taxes"  # a table of one column has itself for its transpose
    people = [Person(1, offers=("tax advice",)), Person(2, wants=(want,))]
    profiles = read(people)
    gives, seeks = profiles.shelves[offers], profiles.shelves[wants]
    evidence = gather(profiles.vectors, gives, seeks).table.copy()

    roughly(profiles.vectors, gives, seeks)

    assert np.array_equal(gather(profiles.vectors, gives, seeks).table, evidence)
