import numpy as np
import pytest

from matchmaker.data import topics
from matchmaker.matching.scoring.relevance import FEATURES, Relation, fitted
from matchmaker.matching.text.encoders import encode
from matchmaker.matching.text.topics import build_index

SOME = 8  # one topic in so many: enough of a background, and quick
NEEDED = {"bookkeeping", "portrait-photos", "website", "running"}


@pytest.fixture(scope="module")
def read():
    every = topics.everything()
    kept = {topic for topic in every if topic.slug in NEEDED} | {*every[::SOME]}
    index = build_index({topic.slug: topic.aliases for topic in kept}, {})
    return lambda *texts: index.read(encode(texts))


def help_of(one, other):
    return fitted()[Relation.HELP].probability(one, other)


@pytest.mark.parametrize(
    ("want", "right", "wrong"),
    [
        (
            "somebody to do my books",
            "bookkeeper for freelancers",
            "jogging before work",
        ),
        (
            "een nieuwe website",
            "I build websites for shops",
            "boekhouding voor zzp'ers",
        ),
        ("a photo of me for LinkedIn", "portretfotografie", "WordPress sites"),
    ],
)
def test_who_can_help_is_told_from_who_cannot(read, want, right, wrong):
    probability = help_of(read(want), read(right, wrong))

    assert probability[0, 0] > 5 * probability[0, 1]


def test_one_more_helper_makes_no_other_less_relevant(read):
    alone = help_of(read("do my books"), read("bookkeeper for freelancers"))

    among = help_of(
        read("do my books"), read("bookkeeping", "bookkeeper for freelancers")
    )

    assert np.isclose(alone[0, 0], among[0, 1], atol=1e-5)


@pytest.mark.parametrize("relation", [Relation.GOAL, Relation.INTEREST, Relation.CRAFT])
def test_what_two_share_they_share_both_ways(read, relation):
    texts = read("jogging", "a run before work", "boekhouden", "headshots")

    probability = fitted()[relation].probability(texts, texts)

    assert np.allclose(probability, probability.T, atol=1e-5)


def test_there_is_a_model_for_each_relation():
    assert set(fitted()) == set(Relation)
    assert all(
        len(logistic.coefficients) == len(FEATURES)
        for model in fitted().values()
        for logistic in (model.read, model.confirmed)
    )


def test_topics_that_both_owners_confirmed_are_trusted_over_words(read):
    books, running = read("somebody for the books"), read("books for beginners")
    topic = {"bookkeeping": [0], "running": [1]}

    agree = help_of(books.confirm([topic["bookkeeping"]]), running.confirm([[0]]))
    differ = help_of(books.confirm([topic["bookkeeping"]]), running.confirm([[1]]))

    assert agree[0, 0] > 0.6
    assert differ[0, 0] < min(0.3, agree[0, 0] / 2)


def test_what_one_owner_confirmed_counts_too(read):
    one, other = read("somebody for the books"), read("quarterly bookkeeping")
    bookkeeping = int(other.probabilities[0].argmax())

    as_read = help_of(one, other)[0, 0]

    assert help_of(one.confirm([[bookkeeping]]), other)[0, 0] > as_read


def test_a_phrase_that_nobody_confirmed_is_read_as_before(read):
    texts = read("jogging", "boekhouden")

    assert np.allclose(
        texts.confirm([[], []]).probabilities, texts.probabilities, atol=1e-6
    )


@pytest.mark.parametrize("relation", Relation)
def test_the_best_of_many_is_no_less_likely_where_it_was_likelier(relation):
    model = fitted()[relation]

    of_best = model.probability_of_best(np.linspace(0, 1, 50, dtype=np.float32))

    assert (np.diff(of_best) >= 0).all()
    assert 0 <= of_best.min() <= of_best.max() <= 1
