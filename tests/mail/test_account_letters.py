import re

import pytest

from matchmaker.extensions import db
from matchmaker.mail import account_letters
from matchmaker.models import Member
from tests.factories import make_member

NEW = {"email": "new@example.org", "password": "a long enough one", "name": "Nia"}


def register(visitor, **given):
    return visitor.post("/register", data=NEW | given)


def member(email):
    return db.session.scalar(db.select(Member).where(Member.email == email))


def test_registering_writes_one_letter_with_a_link_that_confirms(visitor, letters):
    register(visitor)

    (letter,) = letters()
    assert letter.kind == "confirm_address"
    (path,) = re.findall(r"http://localhost(/confirm/\S+)", letter.text)
    assert visitor.post(path, data={"password": NEW["password"]}).status_code == 302
    assert member(NEW["email"]).confirmed_at is not None


def test_who_has_an_account_is_told_so_and_the_page_says_the_same(visitor, letters):
    ana = make_member("Ana")

    known = register(visitor, email=ana.email)
    unknown = register(visitor)

    assert (known.status_code, known.location) == (
        unknown.status_code,
        unknown.location,
    )
    assert [letter.kind for letter in letters()] == [
        "already_registered",
        "confirm_address",
    ]


def test_a_forgotten_password_is_replaced_by_the_link(visitor, letters):
    ana = make_member("Ana")

    visitor.post("/reset-password", data={"email": ana.email})

    (letter,) = letters()
    (path,) = re.findall(r"http://localhost(/reset-password/\S+)", letter.text)
    new = {"password": "quite another one", "password_confirm": "quite another one"}
    visitor.post(path, data=new)
    assert [letter.kind for letter in letters()] == [
        "reset_password",
        "password_changed",
    ]


def test_nobody_is_written_to_at_an_address_that_has_no_account(visitor, letters):
    visitor.post("/reset-password", data={"email": "nobody@example.org"})
    visitor.post("/confirm", data={"email": "nobody@example.org"})

    assert letters() == []


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example"])
def test_no_letter_follows_the_host_of_a_request(visitor, letters, host):
    ana = make_member("Ana")
    for headers in ({"Host": host}, {"X-Forwarded-Host": host}):
        visitor.post("/reset-password", data={"email": ana.email}, headers=headers)

    assert not any(host in letter.text + letter.html for letter in letters())


def test_a_letter_that_is_not_ours_is_an_error(app):
    mail = account_letters.AccountMail(app)

    with app.test_request_context(), pytest.raises(ValueError, match="two_factor"):
        mail.send_mail("two_factor", "", "", "", None, None, user=make_member("Ana"))
