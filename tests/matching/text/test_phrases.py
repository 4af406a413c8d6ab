import pytest

from matchmaker.matching.text.phrases import essence, head


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (
            "I'm looking for somebody who can help me with stained glass",
            "stained glass",
        ),
        ("Ik zoek iemand die kan helpen met glas in lood", "glas in lood"),
        ("je cherche quelqu'un pour m'aider avec l'accordéon", "accordéon"),
        ("Suche jemanden, der mir bei der Imkerei hilft", "Imkerei hilft"),
        ("busco ayuda con la contabilidad", "contabilidad"),
        ("conseils pour d'anciens vitraux", "anciens vitraux"),
    ],
)
def test_an_opening_that_only_says_that_something_is_wanted_is_left_out(text, about):
    assert essence(text) == about


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("weaving, not knitting please", "weaving"),
        ("translation (no contracts)", "translation"),
        ("Spreadsheets, anything but macros", "Spreadsheets"),
        ("keramiek, maar geen draaischijf", "keramiek"),
        ("des vitraux, mais pas de miroirs", "vitraux"),
        ("Gärtnern, aber nicht im Regen", "Gärtnern"),
    ],
)
def test_what_is_ruled_out_is_left_out(text, about):
    assert essence(text) == about


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "not for profit",
        "a",
        "",
        "🙂",
        "no",
        "I want to",
        "who?",
        "C#",
        "no-code",
    ],
)
def test_nothing_that_says_something_is_left_empty(text):
    assert essence(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("violin repair, Tuesdays", "violin repair"),
        ("slides for lawyers", "slides"),
        ("portretten voor musici", "portretten"),
        ("a chess club", "a chess club"),
        (", and so on", ", and so on"),
    ],
)
def test_a_head_ends_where_detail_begins(text, beginning):
    assert head(text) == beginning
