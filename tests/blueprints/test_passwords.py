"""What is easy to guess is refused at every door at which a password is chosen."""

import pytest
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import hash_password

from matchmaker.mail import links
from tests.factories import make_invited, make_member, make_space

PASSWORD = "a few words to remember"
EASY = ["password123", "1234567890", "qwertyuiop", "iloveyou12", "aaaaaaaaaaaa"]
OWN = ["ana.duarte@example.org", "anaduarte2024", "TheOldMill1", "Matchmaker1"]
ANA = {"email": "ana.duarte@example.org", "name": "Ana Duarte"}


def confirm(app, password):
    member = make_member(**ANA, space=make_space(), confirmed_at=None)
    with app.test_request_context():
        token = generate_confirmation_token(member)
    return app.test_client().post(f"/confirm/{token}", data={"password": password})


def accept(app, password):
    member = make_invited(ANA["name"], space=make_space(), email=ANA["email"])
    token = links.sign(links.Purpose.INVITATION, member.memberships[0].id)
    return app.test_client().post(f"/invitations/{token}", data={"password": password})


def reset(app, password):
    member = make_member(**ANA, space=make_space())
    with app.test_request_context():
        token = generate_reset_password_token(member)
    fields = {"password": password, "password_confirm": password}
    return app.test_client().post(f"/reset-password/{token}", data=fields)


def change(app, password):
    member = make_member(**ANA, space=make_space(), password=hash_password(PASSWORD))
    fields = {"new_password": password, "new_password_confirm": password}
    browser = app.test_client(user=member)
    return browser.post("/change-password", data=fields | {"password": PASSWORD})


DOORS = [confirm, accept, reset, change]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("password", [EASY[0], OWN[0], OWN[1]])
def test_what_is_easy_to_guess_is_refused_at_every_door(app, door, password):
    answer = door(app, password)

    assert answer.status_code in {200, 422}
    assert "This password is easy to guess." in answer.text


@pytest.mark.parametrize("password", [*EASY[1:], *OWN[2:]])
def test_common_ones_and_the_name_of_ones_space_are_easy_to_guess(app, password):
    assert "This password is easy to guess." in change(app, password).text


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("password", ["tulip canal bicycle", "zwölf blaue Stühle"])
def test_a_few_words_will_do_at_every_door(app, door, password):
    assert door(app, password).status_code == 302


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("password", "why"), [("short", "at least 10"), ("xK4 " * 100, "at most 128")]
)
def test_a_length_is_the_same_at_every_door(app, door, password, why):
    assert why in door(app, password).text


def test_a_letter_typed_in_another_form_is_the_same_letter(app):
    """Phones and computers write "e with an accent" as one character, or as two."""
    accept(app, "tulip caf\u00e9 bicycle")

    fields = {"email": ANA["email"], "password": "tulip cafe\u0301 bicycle"}
    assert app.test_client().post("/sign-in", data=fields).status_code == 302
