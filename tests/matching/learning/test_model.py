from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit

from matchmaker.matching.learning import (
    both_gain,
    evaluate,
    learn,
)
from matchmaker.matching.learning import model as model_module
from tests.matching.learning.histories import (
    histories,
    history,
    planted,
)


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers(0, 3))
def test_a_probability_is_a_probability_whatever_is_known(past, seed):
    features = np.array([[np.nan, np.inf], [0.0, -np.inf], [1.0, 1e300], [2.0, 0.0]])

    found = learn(past, seed).predict(features, np.arange(4), np.arange(4, 0, -1))

    assert ((found > 0) & (found < 1)).all()


@pytest.mark.parametrize("outcome", [0.0, 1.0, np.nan])
def test_of_one_kind_of_outcome_nothing_is_learnt(outcome):
    past = planted(0)
    past = replace(past, outcomes=np.full(len(past.rounds), outcome))

    found = learn(past).predict(past.features, past.receivers, past.givers)

    assert np.allclose(found, past.features[:, 0])


def test_constant_features_are_no_trouble():
    past = planted(0)
    past = replace(past, features=np.full_like(past.features, 0.3))

    found = learn(past).predict(past.features, past.receivers, past.givers)

    assert np.isfinite(found).all()
    assert not np.isnan(learn(past).predict(np.empty((0, 2)), *np.empty((2, 0)))).any()


@settings(deadline=None)
@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=8))
def test_without_history_a_probability_is_the_cold_strength(strengths):
    features = np.array([[strength, 7.0] for strength in strengths])
    people = np.arange(len(strengths))

    assert np.allclose(
        learn(history([])).predict(features, people, people), features[:, 0]
    )


def test_the_less_is_known_the_nearer_to_the_cold_strength():
    features = np.array([[0.5, 2.0]])
    ids = np.array([1000]), np.array([1001])

    found = [
        learn(planted(1, rounds=rounds)).predict(features, *ids)[0]
        for rounds in (0, 2, 4, 12)
    ]

    assert found[0] == pytest.approx(0.5)
    assert found == sorted(found)
    assert found[-1] > 0.9


def test_renumbering_people_changes_nothing():
    past = planted(2)
    new = np.random.default_rng(0).permutation(1000)
    renumbered = replace(past, receivers=new[past.receivers], givers=new[past.givers])

    one = learn(past).predict(past.features, past.receivers, past.givers)
    other = learn(renumbered).predict(
        past.features, renumbered.receivers, renumbered.givers
    )

    assert (one == other).all()
    assert evaluate(past) == evaluate(renumbered)


def test_the_same_question_has_the_same_answer():
    past = planted(3)

    assert evaluate(past, seed=5) == evaluate(past, seed=5)


def test_who_gives_much_is_expected_to_and_no_more_than_the_cap_allows():
    past = planted(4, effect=4.0)
    features = np.array([[0.5, 0.0]] * 3)
    model = learn(past)
    nobody = 1000

    stranger, poor, rich = model.predict(
        features, np.full(3, nobody), np.array([nobody, 2, 1])
    )

    assert poor < stranger < rich
    assert logit(rich) - logit(stranger) <= model_module.POPULARITY + 1e-9
    assert logit(stranger) - logit(poor) <= model_module.POPULARITY + 1e-9


def test_the_cap_holds_for_trees_too(monkeypatch):
    monkeypatch.setattr(model_module, "FEW", 500)
    monkeypatch.setattr(model_module, "_wins", lambda *_: True)
    monkeypatch.setattr(model_module, "MANY", 900)  # and with isotonic steps
    model = learn(planted(4, effect=4.0))

    features = np.random.default_rng(0).normal(size=(50, 2))
    found, stranger = (
        model.predict(features, np.full(50, 1000), givers)
        for givers in (np.arange(50), np.full(50, 1000))
    )

    assert model.boosted
    moved = np.abs(logit(found) - logit(stranger))
    assert 0.1 < moved.max() <= model_module.POPULARITY + 1e-9


def test_trees_are_taken_only_where_they_win(monkeypatch):
    monkeypatch.setattr(model_module, "FEW", 500)
    straight = planted(5)
    random = np.random.default_rng(5)
    bent = replace(
        straight,
        outcomes=(
            random.random(len(straight.rounds))
            < np.where(np.abs(straight.features[:, 1]) > 0.67, 0.9, 0.1)
        ).astype(float),
    )

    assert not learn(straight).boosted
    assert learn(bent).boosted


def test_both_gain_only_where_each_does():
    first, second = np.array([0.5, 0.9, 0.0, 0.0]), np.array([0.5, 0.1, 1.0, 0.0])

    assert both_gain(first, second) == pytest.approx([0.5, 0.18, 0, 0])
