import pytest

from matchmaker.email_addresses import look_up, normalise, with_plain_domain
from matchmaker.refusal import Refusal


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ana.Q@Example.ORG ", "ana.q@example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ana@xn--bcher-kva.example"),
        ("ana@faß.example", "ana@xn--fa-hia.example"),
        ("ana+tag@例え.jp", "ana+tag@xn--r8jz45g.jp"),
        ("o'brien@example.org", "o'brien@example.org"),
    ],
)
def test_an_address_has_one_spelling_that_any_server_takes(typed, kept):
    assert normalise(typed) == normalise(kept) == look_up(typed) == kept


@pytest.mark.parametrize(
    "typed", ["jürgen@example.net", "зоя@example.net", "ü@bücher.de"]
)
def test_letters_that_could_get_lost_are_refused_with_what_to_do(typed):
    with pytest.raises(Refusal, match="plain letters before the @"):
        normalise(typed)

    local, _, _ = typed.partition("@")
    assert look_up(typed).startswith(f"{local}@")  # an account from before
    assert look_up(typed).rpartition("@")[2].isascii()


@pytest.mark.parametrize(
    "typed",
    ["", "ana", "ana@", "ana@localhost", "Ana <ana@example.org>", "a b@x.org", "@"],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Refusal, match="doesn’t look like an e-mail address"):
        normalise(typed)


def test_a_sender_of_other_letters_is_written_plainly():
    assert with_plain_domain("hallo@faß.example") == "hallo@xn--fa-hia.example"
    assert with_plain_domain("hallo@localhost") == "hallo@localhost"
    assert with_plain_domain("hallo@☃☃..") == "hallo@☃☃.."
