import socket

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.matching import vectors
from matchmaker.matching.vectors import encode, warm_up
from matchmaker.matching.words import essence


def alike(one, other):
    found = encode([essence(one), essence(other), "something else entirely"])
    return float(found.pairs(np.array([0]), np.array([1]))[0])


def test_the_embeddings_load_without_a_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("no network")

    monkeypatch.setattr(socket, "socket", refuse)
    vectors._model.cache_clear()

    warm_up()

    _, embedding = vectors._model()
    assert embedding.shape == (32_000, 256)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("tax advice", "help with my taxes", "logo design"),
        ("logo design", "a modern logo", "physiotherapy"),
        ("Kubernetes", "kubernets", "product photography"),
    ],
)
def test_the_same_matter_in_other_words_is_nearer(one, other, far):
    assert alike(one, other) > alike(one, far) + 0.2


def test_two_wants_of_one_frame_have_nothing_in_common():
    assert alike("I am looking for help with taxes", "I need help with my garden") < 0.3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text().map(essence), max_size=5))
def test_any_texts_have_finite_likenesses(texts):
    everything = np.arange(len(texts))

    table = encode(texts).table(everything, everything)

    assert np.isfinite(table).all()
    assert (table <= 1).all()
    assert (table == table.T).all()


def test_singly_or_by_table_the_likeness_is_the_same(monkeypatch):
    found = encode(["tax", "taxes", "", "🎸", "logo design", "logo"])
    left, right = (side.ravel() for side in np.indices((6, 6)))
    by_table = found.pairs(left, right)
    monkeypatch.setattr(vectors, "_TABLE", 0)
    monkeypatch.setattr(vectors, "_CHUNK", 7)

    assert np.allclose(found.pairs(left, right), by_table, atol=2e-4)
