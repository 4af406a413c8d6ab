import re

import pytest

from matchmaker.extensions import db
from matchmaker.models import ApiKey, Scope, utcnow
from matchmaker.services import api_keys
from tests.factories import NOON, make_api_key, make_member, make_space

SAID = {"name": "Bot", "scope": "events:rsvp", "days": "30"}


@pytest.fixture
def ana(app):
    return make_member(space=make_space(), password="unusable")


def secret_on(page):
    found = re.search(r'value="(mmk_[^"]+)"', page.text)
    return found[1] if found else None


def test_a_stranger_finds_the_page_from_the_profile_and_what_it_is_for(as_member, ana):
    browser = as_member(ana)

    assert 'href="/profile/keys/"' in browser.get("/profile/").text
    page = browser.get("/profile/keys/").text
    assert "No keys yet" in page
    assert 'href="/api"' in page


def test_a_key_is_shown_once(as_member, ana):
    browser = as_member(ana)

    answer = browser.post("/profile/keys/", data=SAID)

    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    secret = secret_on(answer)
    key = api_keys.find(secret, utcnow())
    assert (key.member, key.name, key.scope) == (ana, "Bot", Scope.RSVP)
    assert 29 < (key.expires_at - utcnow()).days + 1 <= 30
    again = browser.get("/profile/keys/")
    assert secret not in again.text
    assert key.prefix in again.text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": " "}, "Give it a name"),
        ({"name": "x" * 61}, "60 characters"),
        ({"days": "36500"}, "Not a valid choice"),
        ({"scope": "everything"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(as_member, ana, said, told):
    answer = as_member(ana).post("/profile/keys/", data=SAID | said)

    assert answer.status_code == 422
    assert told in answer.text
    assert secret_on(answer) is None


def test_a_double_press_makes_one_key(as_member, ana):
    browser = as_member(ana)

    browser.post("/profile/keys/", data=SAID)
    second = browser.post("/profile/keys/", data=SAID)

    assert second.status_code == 422
    assert "You have a key of this name" in second.text
    assert len(ana.api_keys) == 1


def test_a_press_revokes_it(as_member, ana):
    key, text = make_api_key(ana)

    answer = as_member(ana).post(
        f"/profile/keys/{key.id}/revoke", follow_redirects=True
    )

    assert "opens nothing any more" in answer.text
    assert api_keys.find(text, utcnow()) is None


def test_anothers_key_is_not_there_to_revoke(as_member, ana):
    key, text = make_api_key(make_member("Bo"))

    answer = as_member(ana).post(f"/profile/keys/{key.id}/revoke")

    assert answer.status_code == 404
    assert api_keys.find(text, utcnow())


def test_why_a_key_no_longer_counts_is_said(as_member, ana):
    make_api_key(ana, expires_at=NOON.replace(year=2020))
    assert "Expired" in as_member(ana).get("/profile/keys/").text

    make_api_key(ana, made_under="before")
    assert "Ended by your new password" in as_member(ana).get("/profile/keys/").text


def test_whoever_has_ten_is_told_to_revoke_one(as_member, ana):
    for _ in range(10):
        make_api_key(ana)

    page = as_member(ana).get("/profile/keys/")

    assert "the most there can be" in page.text
    assert "Make the key" not in page.text


def test_a_new_password_by_the_library_ends_keys(app, visitor):
    """Whichever of its pages it is chosen on: they all make the account a new one."""
    from flask_security.changeable import admin_change_password
    from flask_security.utils import hash_password

    ana = make_member(password=hash_password("a few words of mine"))
    text = make_api_key(ana)[1]
    with app.test_request_context():
        admin_change_password(ana, "some other words", notify=False)
    db.session.commit()

    assert api_keys.find(text, utcnow()) is None
    assert db.session.scalar(db.select(ApiKey)) is not None
