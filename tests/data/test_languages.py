import pytest

from matchmaker.data import languages


def one(name):
    (language,) = languages.read(name)
    return language.code


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "nl",
            "nl|NL|Dutch| nederlands |Niederländisch|néerlandais|holandés|NLD|Hollands",
        ),
        ("nl", "Flemish|Vlaams|Flämisch|flamand|West-Vlaams|Dutch (Belgium)|nl-BE"),
        ("de", "Deutsch|deutsch|Duits|allemand|alemán|German - native|Schwyzerdütsch"),
        ("de", "Schweizerdeutsch|Züridütsch|Swiss German|Hochdeutsch|Plattdeutsch"),
        ("es", "Spanish|Castellano|español|Español (nativo)|Spaans|Spanisch|castillan"),
        (
            "en",
            "english|ENGLISH|Engels|Englisch|anglais|inglés|inglese|en_GB|fluent English",
        ),
        ("fr", "français|francais|FRANÇAIS|French, C1|a little French|Frans"),
        ("zh", "Mandarin|中文|普通话|Chinees|Chinese (simplified)"),
        ("fa", "Farsi|Persian|فارسی|Dari"),
        ("sh", "Serbian|hrvatski|Bosnisch|српски|BCS"),
        ("no", "norsk|bokmål|Norwegian Nynorsk"),
        ("ca", "català|valencià|Catalan"),
        ("el", "Greek|ΕΛΛΗΝΙΚΆ|Griechisch"),
        ("hi", "हिन्दी|Hindi"),
        ("sgn-nl", "NGT|Nederlandse Gebarentaal"),
    ],
)
def test_a_language_has_one_code_whatever_it_is_called(code, names):
    assert {one(name) for name in names.split("|")} == {code}


@pytest.mark.parametrize(
    "text", ["EN/NL", "English and Dutch", "anglais et néerlandais"]
)
def test_two_in_one_breath_are_two(text):
    assert languages.codes((text,)) == {"en", "nl"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Englsh", "English"),
        ("Deutsh", "German"),
        ("Nederlnds", "Dutch"),
        ("Portugese", "Portuguese"),
        ("Klingon", None),
        ("17", None),
    ],
)
def test_a_typing_error_is_asked_about_and_never_guessed(typed, meant):
    with pytest.raises(languages.UnknownLanguage) as problem:
        languages.read(typed)

    assert problem.value.guess == meant
    assert f"We don't know the language “{typed}”" in str(problem.value)


def test_somebody_whose_languages_cannot_all_be_read_may_meet_anybody():
    assert languages.codes(("English", "Deutsch")) == {"en", "de"}
    assert languages.codes(("English", "Deutsh")) == frozenset()
    assert languages.codes(("any",)) == languages.codes(()) == frozenset()


@pytest.mark.parametrize("typed", ["Deut", "germ", "allem", "TEDE"])
def test_suggestions_come_in_every_language(typed):
    assert languages.suggest(typed)[0] == "German"
