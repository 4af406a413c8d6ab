import numpy as np

from matchmaker.data import topics
from matchmaker.matching.text.alias_vectors import PATH, digest, shipped
from matchmaker.matching.text.encoders import encode

SOME = 900  # one alias in so many is encoded again


def test_every_alias_of_our_topics_ships_with_its_vectors():
    aliases = {alias for topic in topics.everything() for alias in topic.aliases}

    assert {digest(alias) for alias in aliases} == set(shipped().known)


def test_what_ships_is_what_the_encoders_say():
    aliases = sorted(a for topic in topics.everything() for a in topic.aliases)[::SOME]

    fresh = shipped().place(encode(aliases))

    for alias, place in zip(aliases, fresh, strict=True):
        known = shipped().known[digest(alias)]
        assert np.linalg.norm(known - place) < 0.02 * np.linalg.norm(place), alias


def test_an_alias_that_does_not_ship_is_encoded():
    places = shipped().of_aliases(["bookkeeping", "zorbing down a hill"])

    assert np.allclose(places[1], shipped().place(encode(["zorbing down a hill"]))[0])


def test_the_file_stays_small():
    assert PATH.stat().st_size < 12_000_000
