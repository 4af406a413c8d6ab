import pytest

from matchmaker.data import languages


@pytest.mark.parametrize("name", ["nl", "NL", "Dutch", " nederlands "])
def test_a_language_has_one_code_whatever_it_is_called(name):
    assert languages.code(name) == "nl"


def test_another_language_is_itself():
    assert languages.code("Frysk") == languages.code("frysk") == "frysk"
