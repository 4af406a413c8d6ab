from dataclasses import replace

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


def confirm(reading, *topics):
    return replace(reading, confirmed=topics)


def test_topics_that_both_owners_confirmed_are_trusted_over_words(read):
    books, running = read("somebody for the books"), read("books for beginners")

    agree = help_of(confirm(books, [0]), confirm(running, [0]))
    differ = help_of(confirm(books, [0]), confirm(running, [1]))

    assert agree[0, 0] > 0.6
    assert differ[0, 0] == 0


def test_what_one_owner_confirmed_counts_too(read):
    one, other = read("somebody for the books"), read("quarterly bookkeeping")
    bookkeeping = int(other.probabilities[0].argmax())

    as_read = help_of(one, other)[0, 0]

    assert help_of(confirm(one, [bookkeeping]), other)[0, 0] > as_read


def test_a_phrase_that_is_about_none_of_our_topics_answers_nothing(read):
    one, other = read("bookkeeping"), read("quarterly bookkeeping")

    assert help_of(confirm(one, []), other)[0, 0] == 0


def test_a_phrase_that_nobody_confirmed_is_read_as_before(read):
    texts = read("jogging", "boekhouden")

    assert np.array_equal(confirm(texts, None, None).probabilities, texts.probabilities)
