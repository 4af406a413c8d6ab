from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.text import fold, fold_words, join_list, split_list


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("web design, copywriting", ["web design", "copywriting"]),
        ("a; b,c\nd\r\ne", ["a", "b", "c", "d", "e"]),
        ("• tea\n- law\n* SEO\n1. wine\n2) rum", ["tea", "law", "SEO", "wine", "rum"]),
        ("tea • law · SEO", ["tea", "law", "SEO"]),
        ('"Berlin, Germany", law', ["Berlin, Germany", "law"]),
        ("“Berlin, Germany”; „Köln, Mitte“", ["Berlin, Germany", "Köln, Mitte"]),
        ("sales (B2B, retail), law", ["sales (B2B, retail)", "law"]),
        ("growing to 1,000 people, 2 taxes", ["growing to 1,000 people", "2 taxes"]),
        ("tax,2 kids", ["tax", "2 kids"]),
        ("C++, C#, UI/UX, R&D, .NET", ["C++", "C#", "UI/UX", "R&D", ".NET"]),
        ("e-mail, pop-up shops", ["e-mail", "pop-up shops"]),
        ("茶、法律、税", ["茶", "法律", "税"]),
        (' , ;;\n "" ', []),
        ('5" pipes, law', ['5" pipes', "law"]),
        ("O'Brien's, law", ["O'Brien's", "law"]),
        ("(tea, law", ["(tea", "law"]),
    ],
)
def test_a_list_is_taken_apart_in_one_way(text, items):
    assert split_list(text) == items


@given(st.text(alphabet="ab ,;\n\"()“”-1•'"))
def test_a_list_that_is_written_again_is_read_as_it_was(text):
    items = split_list(text)

    assert split_list(join_list(items)) == items


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("José DÍAZ", "jose diaz"),
        ("Łukasz Müller", "lukasz muller"),
        ("Zoë Strauß", "zoe strauss"),
        ("Søren Æbelø", "soren aebelo"),
        ("Şükrü İnce", "sukru ince"),
        ("Đorđe Þór Ŧ", "dorde thor t"),
        ("y\N{LATIN SMALL LETTER DOTLESS I}ld", "yild"),
        ("Nguyễn Thị Ánh", "nguyen thi anh"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
    ],
)
def test_letters_are_folded(name, plain):
    assert fold(name) == plain


def test_words_are_folded_without_what_stands_between_them():
    assert fold_words("  O’Brien-Müller, J.R. ") == "obrien muller j r"
    assert fold_words("हिन्दी").split() == [fold_words("हिन्दी")]


@pytest.mark.parametrize("sign", "([“„«\"',; a1,")
def test_a_text_of_one_sign_is_read_at_once(sign):
    began = perf_counter()

    split_list(sign * 200_000)

    assert perf_counter() - began < 5  # quadratic, it would be an hour
