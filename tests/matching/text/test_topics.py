import numpy as np
import pytest

from matchmaker.matching.text.encoders import encode
from matchmaker.matching.text.topics import build_index

ALIASES = {
    "bookkeeping": ("bookkeeping", "do my books", "boekhouden", "Buchhaltung"),
    "vat": ("VAT return", "btw-aangifte", "Umsatzsteuer"),
    "cycling": ("cycling", "bike rides", "fietsen", "Radfahren"),
    "running": ("running", "jogging", "hardlopen"),
    "chess": ("chess",),
}


@pytest.fixture(scope="module")
def index():
    return build_index(ALIASES, {"bookkeeping": {"vat"}})


def first(index, *texts):
    best = index.read(encode(texts)).probabilities.argmax(axis=1)
    return [index.slugs[at] for at in best]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("somebody who can do the books of a small shop", "bookkeeping"),
        ("iemand voor mijn boekhouding", "bookkeeping"),
        ("Hilfe bei der Umsatzsteuererklärung", "vat"),
        ("a long ride by bicycle on Sundays", "cycling"),
        ("una partida de ajedrez", "chess"),
    ],
)
def test_a_phrase_is_read_as_the_topic_it_means(index, text, topic):
    assert first(index, text) == [topic]


def test_probabilities_of_a_phrase_add_up_to_one(index):
    read = index.read(encode(["chess", "fietsen", "", "🙂", "x" * 5000]))

    assert np.allclose(read.probabilities.sum(axis=1), 1, atol=1e-5)


def test_what_is_read_does_not_depend_on_the_other_phrases(index):
    alone = index.read(encode(["btw-aangifte"])).scores

    among = index.read(encode(["chess", "btw-aangifte", "running shoes"])).scores

    assert np.allclose(alone[0], among[1], atol=1e-4)


def test_nearness_counts_for_both(index):
    books, vat = (index.slugs.index(slug) for slug in ("bookkeeping", "vat"))

    assert index.near[books, vat] == index.near[vat, books] > 0


def test_a_topic_without_a_way_to_say_it_is_refused():
    with pytest.raises(ValueError, match="golf has no alias"):
        build_index({"golf": ()}, {})


def test_a_topic_near_none_of_ours_is_refused():
    with pytest.raises(ValueError, match="chess is near go, which is no topic"):
        build_index({"chess": ("chess",)}, {"chess": {"go"}})


def test_an_extended_index_reads_as_one_built_with_all_topics(index):
    all_ = build_index(
        {**ALIASES, "zz": ("falconry", "flying hawks")},
        {"bookkeeping": {"vat"}, "zz": {"vat"}},
    )
    extended = index.extended(
        {"zz": encode(["falconry", "flying hawks"])}, {"zz": {"vat"}}
    )

    assert extended.slugs == all_.slugs
    np.testing.assert_array_equal(extended.near, all_.near)
    vectors = encode(["valkenjacht", "btw"])
    np.testing.assert_allclose(
        extended.read(vectors).scores, all_.read(vectors).scores, atol=1e-4
    )
    assert index.extended({}, {}) is index
