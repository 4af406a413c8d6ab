import pytest
from community import measure, ours, perfect_eye, rounds
from labelled import DATA, load, sample


@pytest.fixture(scope="module")
def community():
    return load(DATA / "people")


def test_what_is_hidden_reaches_no_person(community):
    said = {phrase.text for phrase in community.phrases("offers", "wants", "interests")}

    for person in community.people:
        assert {*person.offers, *person.wants, *person.interests} <= said
    assert len(community.people) == 150


def test_a_gain_is_accepted_where_its_phrases_have_a_topic_in_common(community):
    wants = community.phrases("wants")
    offers = community.phrases("offers")
    want, offer = next(
        (want, offer)
        for want in wants
        for offer in offers
        if want.owner != offer.owner and want.topics & offer.topics
    )

    assert community.accepts(want.owner, want.text, offer.owner, offer.text) is True
    assert (
        community.accepts(want.owner, want.text, offer.owner, "something else") is None
    )


def test_a_lure_is_no_help(community):
    for receiver, want, giver, offer in community.lures:
        assert not community.accepts(receiver, want, giver, offer)


def test_a_perfect_eye_introduces_nobody_twice_and_only_those_due(community):
    some = sample(community, list(community.members)[:30])

    made = rounds(some, perfect_eye(some), 6)

    met = [frozenset(one.people) for round_ in made for one in round_.introductions]
    assert len(met) == len(set(met)) > 20
    assert all(round_.served <= set(round_.due) for round_ in made)


def test_the_engine_is_measured_on_what_it_tells(community):
    some = sample(community, list(community.members)[:20])

    found = measure(some, rounds(some, ours(some), 1))

    assert found["due person-rounds covered"].endswith("%")
    assert " of " in found["first gains accepted"]
