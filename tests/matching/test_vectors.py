import socket
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matchmaker.matching import lexicon, sketch, vectors
from matchmaker.matching.sketch import Sketch
from matchmaker.matching.vectors import encode, warm_up
from matchmaker.matching.words import essence

MEMBERS = [
    f"{verb} {what}"
    for verb in ("teaching", "selling", "repairing", "designing", "buying")
    for what in (
        *("bicycles", "websites", "logos", "tax returns", "podcasts", "garden sheds"),
        *("contracts", "sourdough bread", "cameras", "mobile apps", "violins", "maps"),
    )
]


def alike(one, other):
    found = encode([essence(one), essence(other), "something else entirely"])
    return float(found.pairs(np.array([0]), np.array([1]))[0])


def everything(found):
    return found.table(np.arange(len(found)), np.arange(len(found)))


def test_the_embeddings_load_without_a_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("no network")

    monkeypatch.setattr(socket, "socket", refuse)
    lexicon._model.cache_clear()

    warm_up()

    _, embedding = lexicon._model()
    assert embedding.shape == (32_000, 256)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("tax advice", "help with my taxes", "logo design"),
        ("logo design", "a modern logo", "physiotherapy"),
        ("Kubernetes", "kubernets", "product photography"),
        ("physiotherapy", "a physiotherapist for back pain", "tax advice"),
        ("C++", "programming in C++", "C# programming"),
    ],
)
def test_the_same_matter_in_other_words_is_nearer(one, other, far):
    assert alike(one, other) > alike(one, far) + 0.1


def test_two_wants_of_one_frame_have_nothing_in_common():
    assert alike("I am looking for help with taxes", "I need help with my garden") < 0.3


@pytest.mark.parametrize(
    ("want", "subject", "context"),
    [
        ("photography for social media", "photography", "social media"),
        ("SEO for small websites", "SEO", "privacy law for small websites"),
        ("a venue for workshops", "venue", "workshops"),
    ],
)
def test_what_a_thing_is_for_is_not_the_thing(want, subject, context):
    assert alike(want, subject) > alike(want, context) + 0.2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=30), max_size=5))
def test_any_texts_have_finite_likenesses(texts):
    found = encode(texts)
    table = everything(found)

    assert np.isfinite(table).all()
    assert (np.abs(table) <= 1).all()
    assert np.allclose(table, table.T, atol=1.01e-4)


@pytest.mark.parametrize(
    "odd",
    [
        "",
        " \n",
        "🎸",
        "مرحبا بالعالم",
        "हिन्दी",
        "\ud800",
        "\x00\u202e",
        "word " * 10_000,
        "x" * 9000,
    ],
)
def test_odd_texts_are_like_themselves_or_like_nothing(odd):
    table = everything(encode([odd, "logo design"]))

    assert np.isfinite(table).all()
    assert table[0, 0] in (0, 1)
    assert abs(table[0, 1]) < 0.3


def test_the_empty_text_has_no_direction():
    found = encode(["", "logo design"])

    assert not everything(found)[0].any()


def test_singly_or_by_table_the_likeness_is_the_same(monkeypatch):
    found = encode(["tax", "taxes", "", "🎸", "logo design", "logo"])
    left, right = (side.ravel() for side in np.indices((6, 6)))
    by_table = found.pairs(left, right)
    monkeypatch.setattr(vectors, "_TABLE", 0)
    monkeypatch.setattr(vectors, "_CHUNK", 7)

    assert np.allclose(found.pairs(left, right), by_table, atol=2e-4)


def sketched(texts, groups=((),)):
    """The same texts as where there are very many."""
    held = sparse.csr_array(
        np.array([[g.count(k) for k in range(len(texts))] for g in groups], np.float32)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "EXACT_WORDS", 3)
        found = encode(texts).with_sums(held)
    assert isinstance(found, Sketch)
    return found


def test_with_too_many_words_likenesses_are_nearly_the_same():
    groups = [(0, 1), (2,), ()]
    exact = everything(
        encode(MEMBERS).with_sums(
            sparse.csr_array(
                np.array(
                    [[g.count(k) for k in range(len(MEMBERS))] for g in groups],
                    np.float32,
                )
            )
        )
    )

    nearly = everything(sketched(MEMBERS, groups))

    assert np.abs(nearly - exact).mean() < 0.04
    assert np.allclose(nearly, nearly.T, atol=2e-4)


def test_rows_of_a_sketch_multiply_to_its_likenesses():
    found = sketched(MEMBERS, [(0, 1)])
    rows = found.rows(np.arange(len(found)))

    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows @ rows.T, everything(found), atol=2e-4)


def test_likenesses_can_be_had_nearly():
    found = encode(MEMBERS)
    rows = found.nearly(np.arange(len(found)))

    assert np.abs(rows @ rows.T - everything(found)).mean() < 0.04


def test_what_texts_say_together_is_between_them():
    found = encode(["logo design", "tax advice", "sailing"])
    both = found.with_sums(
        sparse.csr_array(np.array([[1, 1, 0], [0, 0, 0]], np.float32))
    )
    table = everything(both)

    assert table[3, 0] == pytest.approx(table[3, 1], abs=0.1)
    assert table[3, 0] > 0.5 > table[3, 2]
    assert table[3, 3] == 1
    assert not table[4].any()


def test_a_sum_of_one_text_is_the_text():
    found = encode(["logo design", "logo"])
    one = found.with_sums(sparse.csr_array(np.array([[2, 0]], np.float32)))

    assert np.allclose(everything(one)[2], everything(one)[0], atol=1e-4)


def test_one_member_more_moves_nobody_else():
    with_all = everything(encode(MEMBERS))
    without = everything(encode(MEMBERS[:-1]))

    assert np.abs(with_all[:-1, :-1] - without).max() < 0.01
    before = np.argsort(-without, axis=1, kind="stable")[:, :10]
    after = np.argsort(-with_all[:-1, :-1], axis=1, kind="stable")[:, :10]
    assert (before == after).all()


@pytest.mark.parametrize(
    "words", [[], ["tax"], ["zzzq"], ["zzzq", "tax", "qqqz", "website", "bread"]]
)
def test_shipped_words_and_new_ones_are_read_alike(words):
    found = lexicon.look_up(words)
    expected = lexicon._read(words)

    assert np.array_equal(found.weights, expected.weights)
    assert np.allclose(found.meaning, expected.meaning, atol=1e-5)
    assert abs(found.letters - expected.letters).max() < 1e-5 if words else True


def test_tables_are_the_same_in_parts(monkeypatch):
    texts = encode([essence(text) for text in MEMBERS])
    at_once = everything(texts)

    monkeypatch.setattr(vectors, "_ROWS", 7)

    assert np.abs(everything(texts) - at_once).max() <= 1e-4
    assert np.allclose(at_once, at_once.T)


def test_the_order_of_the_texts_is_no_matter():
    backwards = everything(encode(MEMBERS[::-1]))[::-1, ::-1]

    assert np.allclose(everything(encode(MEMBERS)), backwards, atol=1.01e-4)


def test_an_alias_is_read_with_what_it_means():
    texts = ["logo design", "branding", "a logo for my bakery", "cooking"]

    as_written = everything(encode(texts))
    read = everything(encode(texts, canonical={"logo design": "branding"}))

    assert as_written[0, 1] < 0.3
    assert read[0, 1] > 0.6
    assert read[0, 2] > 0.3  # its own words count still
    assert abs(read[0, 3] - as_written[0, 3]) < 0.1


def test_what_an_alias_is_for_stays_apart():
    canonical = {"income tax": "tax | freelancers"}

    same = encode(["income tax", "tax income | freelancers"], canonical=canonical)

    assert everything(same)[0, 1] == 1


def test_another_embedding_stands_beside_the_shipped_one():
    def embed(texts):
        return np.array([[len(text), 1, 0] for text in texts], np.float64)

    texts = ["logo", "sing", "a much longer text", ""]
    alone, found = everything(encode(texts)), encode(texts, embed=embed)

    assert found.meaning.shape == (4, lexicon.MEANINGS + 3)
    said = vectors.MEANING * vectors.WHOLE  # that the two are the same
    assert everything(found)[0, 1] - alone[0, 1] == pytest.approx(said, abs=0.05)
    assert not everything(found)[3].any()


@pytest.mark.parametrize(
    "wrong", [lambda _texts: np.ones((1, 3)), lambda texts: np.ones(len(texts))]
)
def test_an_embedding_of_another_shape_is_refused(wrong):
    with pytest.raises(ValueError, match="one row for each text"):
        encode(["logo", "design"], embed=wrong)


def test_an_embedding_that_fails_on_a_text_spoils_nothing():
    found = encode(
        ["logo", "logo design"], embed=lambda _texts: [[np.nan] * 4, [1] * 4]
    )

    assert np.isfinite(everything(found)).all()
    assert everything(found)[0, 1] > 0


def test_it_says_which_texts_it_hardly_knows():
    known = encode(
        ["help with my tax return", "Строительство домов", "🎸", ""]
    ).readable

    assert known[0] > 0.9
    assert known[1] < 0.5
    assert known[2] == 0
    assert known[3] == 1


def test_german_is_known_less_than_english():
    german, english = encode(
        ["Steuererklärung und Buchhaltung für Vereine", "tax returns for charities"]
    ).readable

    assert german < 0.5 < english


def test_vectors_can_be_replaced_in_part():
    found = encode(["logo", "tax"])

    assert (
        replace(found, meaning=found.meaning * 0).table(*[np.array([0])] * 2) == 1
    ).all()


def test_pairs_of_a_sketch_are_as_in_its_table(monkeypatch):
    found = sketched(MEMBERS, [(0, 1)])
    left, right = (side.ravel() for side in np.indices((len(found),) * 2))
    by_table = found.pairs(left, right)
    monkeypatch.setattr(sketch, "_TABLE", 0)
    monkeypatch.setattr(sketch, "_CHUNK", 7)

    assert np.allclose(found.pairs(left, right), by_table, atol=2e-4)
