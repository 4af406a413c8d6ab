import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matchmaker.matching.search import nearest

from matchmaker.matching import search


@pytest.fixture(params=["numba", "numpy"], autouse=True)
def _way(request, monkeypatch):
    """With the extra and without it."""
    if request.param == "numpy":
        monkeypatch.setattr(search, "find_spec", lambda _: None)


def gathered(n, seed, d=32, centres=40):
    """Rows of length 1 around some directions."""
    middles = np.random.default_rng(99).standard_normal((centres, d))
    random = np.random.default_rng(seed)
    rows = middles[random.integers(0, centres, n)]
    rows = rows + 1.1 * random.standard_normal((n, d))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def brute(queries, items, k):
    scores = queries @ items.T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(scores, order, axis=1)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9), st.integers(0, 70), st.integers(0, 40), st.integers(1, 5))
def test_few_items_are_searched_exactly(m, n, k, d):
    random = np.random.default_rng([m, n, k, d])
    queries = random.standard_normal((m, d), np.float32)
    items = random.standard_normal((n, d), np.float32)

    found, scores = nearest(queries, items, k)

    order, best = brute(queries, items, k)
    assert found.shape == scores.shape == (m, min(k, n))
    assert (found.dtype, scores.dtype) == (np.int32, np.float32)
    assert scores == pytest.approx(best, abs=1e-5)
    assert found.tolist() == order.tolist()


def test_items_in_many_cells_are_searched_exactly(monkeypatch):
    monkeypatch.setattr(search, "_CELL", 50)
    monkeypatch.setattr(search, "_BLOCK", 64)
    monkeypatch.setattr(search, "_CHUNK", 300)
    queries, items = gathered(700, 1), gathered(3000, 2)

    found, scores = nearest(queries, items, 20)

    order, best = brute(queries, items, 20)
    assert scores == pytest.approx(best, abs=1e-5)
    assert (np.sort(found) == np.sort(order)).mean() > 0.999  # but for near equals


def test_beyond_the_limit_most_are_found_and_scores_are_true(monkeypatch):
    monkeypatch.setattr(search, "EXACT", 1000)
    monkeypatch.setattr(search, "_PRODUCTS", 0)
    monkeypatch.setattr(search, "_CELL", 100)
    queries, items = gathered(300, 1), gathered(6000, 2)

    found, scores = nearest(queries, items, 50)

    order, _ = brute(queries, items, 50)
    hits = [len({*a} & {*b}) for a, b in zip(found, order, strict=True)]
    assert 0.95 <= np.mean(hits) / 50 < 1  # it did look into some cells only
    true = np.einsum("md,mkd->mk", queries, items[found])
    assert scores == pytest.approx(true, abs=1e-5)
    assert (np.diff(scores) <= 0).all()
    assert all(len({*row}) == 50 for row in found)


def test_the_same_question_has_the_same_answer(monkeypatch):
    monkeypatch.setattr(search, "EXACT", 1000)
    monkeypatch.setattr(search, "_PRODUCTS", 0)
    queries, items = gathered(300, 1), np.repeat(gathered(1500, 2), 2, axis=0)

    once, again = nearest(queries, items, 7, 3), nearest(queries, items, 7, 3)

    assert (once[0] == again[0]).all()
    assert (once[1] == again[1]).all()


def test_everybody_alike_is_no_trap(monkeypatch):
    monkeypatch.setattr(search, "EXACT", 1000)
    monkeypatch.setattr(search, "_PRODUCTS", 0)
    monkeypatch.setattr(search, "_LARGEST", 200)
    items = np.tile(gathered(1, 1), (9000, 1))

    found, scores = nearest(items[:50], items, 30)

    assert scores == pytest.approx(1)
    assert all(len({*row}) == 30 for row in found)


def test_few_probed_cells_still_fill_the_answer(monkeypatch):
    monkeypatch.setattr(search, "EXACT", 100)
    monkeypatch.setattr(search, "_CELL", 10)
    items = gathered(3000, 1)

    found, scores = nearest(items[:40], items, 500)

    assert all(len({*row}) == 500 for row in found)
    assert np.isfinite(scores).all()


def test_of_equal_items_the_lower_comes_first():
    items = np.tile(gathered(4, 1), (3, 1))

    found, _ = nearest(items[:4], items, 3)

    assert found.tolist() == [[at, at + 4, at + 8] for at in range(4)]


def test_silent_texts_are_near_nobody_and_hurt_nobody():
    items = np.vstack([np.zeros((5, 8), np.float32), gathered(9, 1, d=8)])

    found, scores = nearest(items, items, 14)

    assert (scores[:5] == 0).all()
    assert np.isfinite(scores).all()
    assert (np.sort(found) == np.arange(14)).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(bad):
    good = np.ones((3, 2), np.float32)
    broken = np.array([[1, bad]], np.float32)

    with pytest.raises(ValueError, match="finite"):
        nearest(broken, good, 1)
    with pytest.raises(ValueError, match="finite"):
        nearest(good, broken, 1)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="as many numbers"):
        nearest(np.ones((3, 2), np.float32), np.ones((3, 4), np.float32), 1)
    with pytest.raises(ValueError, match="no neighbours"):
        nearest(np.ones((3, 2), np.float32), np.ones((3, 2), np.float32), -1)
