"""Asking for a letter is the same work whoever has an account."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from matchmaker import jobs
from matchmaker.blueprints.accounts import signing_in
from matchmaker.extensions import db
from matchmaker.models import AccountRequest, Letter, utcnow
from tests.factories import make_invited, make_member, make_space

DOORS = ["/register", "/reset-password", "/confirm", "/sign-in"]
EMAILS = ["member", "invited", "unconfirmed", "shut.out", "nobody"]


@pytest.fixture
def work(app, monkeypatch):
    """What a request has the database and the hash do."""
    done = []
    verify = signing_in.verify_password
    monkeypatch.setattr(
        signing_in,
        "verify_password",
        lambda *of: done.append("hash") or verify(*of),
    )
    listener = lambda *said: done.append(said[2].split("(")[0][:60])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    yield done
    event.remove(db.engine, "before_cursor_execute", listener)


@pytest.mark.parametrize("door", DOORS)
def test_a_door_does_the_same_work_whoever_is_known(app, work, door):
    space = make_space()
    make_member(email="member@example.org")
    make_member(email="unconfirmed@example.org", confirmed_at=None)
    make_member(email="shut.out@example.org", active=False)
    make_invited(space=space, email="invited@example.org")
    fields = {"password": "a guess of somebody"}
    app.test_client().post(door, data=fields | {"email": "warm.up@example.org"})

    seen = {}
    for name in EMAILS:
        browser = app.test_client()
        db.session.commit()
        work.clear()
        browser.post(door, data=fields | {"email": f"{name}@example.org"})
        seen[name] = [*work]

    assert len(seen["nobody"]) > 2
    assert all(did == seen["nobody"] for did in seen.values()), seen


@pytest.mark.parametrize(
    ("door", "kinds"),
    [
        ("/register", {"already_registered": 1, "confirm_address": 3}),
        ("/reset-password", {"reset_password": 1}),
        ("/confirm", {"confirm_address": 2}),
    ],
)
def test_the_job_writes_to_those_it_is_for_and_keeps_no_request(
    any_database, door, kinds
):
    make_member(email="member@example.org")
    make_member(email="unconfirmed@example.org", confirmed_at=None)
    make_member(email="shut.out@example.org", active=False)
    make_invited(space=make_space(), email="invited@example.org")
    for name in EMAILS:
        any_database.test_client().post(door, data={"email": f"{name}@example.org"})

    jobs.answer_all(utcnow())
    jobs.answer_all(utcnow() + timedelta(hours=1))

    written = [letter.kind for letter in db.session.scalars(db.select(Letter))]
    assert {kind: written.count(kind) for kind in written} == kinds
    assert db.session.scalars(db.select(AccountRequest)).all() == []
