import sqlite3

import pytest
from sqlalchemy import event

from matchmaker.extensions import db
from matchmaker.models import AccountRequest, Role
from matchmaker.refusal import Refusal
from tests.factories import make_member, make_space


def test_what_is_not_there_says_what_to_do(visitor):
    answer = visitor.get("/nowhere")

    assert answer.status_code == 404
    assert "start page" in answer.text


def test_a_refusal_is_shown_in_its_own_words(own_app):
    def refuse():
        raise Refusal("This <b>event</b> is full.")

    own_app.add_url_rule("/planted", "planted", refuse)

    answer = own_app.test_client().get("/planted")

    assert answer.status_code == 409
    assert "This &lt;b&gt;event&lt;/b&gt; is full." in answer.text


def test_a_fault_of_ours_shows_a_page_and_no_trace(own_app):
    own_app.add_url_rule("/planted", "planted", lambda: 1 / 0)

    answer = own_app.test_client().get("/planted")

    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "<h1>" in answer.text


def test_a_method_that_is_not_allowed_says_which_are(visitor):
    answer = visitor.get("/membership/resume")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_stranger_host_is_turned_away(visitor):
    answer = visitor.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_a_body_that_is_too_large_is_turned_away(visitor):
    answer = visitor.post("/sign-in", data={"email": "x" * 2_000_000})

    assert answer.status_code == 413


def test_a_full_disk_loses_nothing_and_passes_by_itself(app, visitor):
    db.session.commit()
    pages = db.session.connection().exec_driver_sql("PRAGMA page_count").scalar()
    disk = {"pages": pages}

    def no_larger(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {disk['pages']}")

    event.listen(db.engine, "connect", no_larger)

    def register(number):
        db.session.remove()
        db.engine.dispose()
        fields = {"email": f"ana{number}@example.org"}
        return visitor.post("/register", data=fields)

    def kept():
        return len(db.session.scalars(db.select(AccountRequest)).all())

    taken = 0
    while (full := register(taken)).status_code == 302:
        taken += 1
    assert full.status_code == 503
    assert "Traceback" not in full.text
    assert visitor.get("/").status_code == 200
    assert kept() == taken

    disk["pages"] = pages * 10
    assert register(taken).status_code == 302
    assert kept() == taken + 1
    check = db.session.connection().exec_driver_sql("PRAGMA integrity_check")
    assert check.scalar() == "ok"


def test_a_locked_database_answers_that_it_may_pass(app, as_member, monkeypatch):
    ana = make_member("Ana", space=make_space())
    browser = as_member(ana)
    db.session.remove()
    db.engine.dispose()
    monkeypatch.setattr("matchmaker.sqlite.PATIENCE", 0.05)
    holder = sqlite3.connect(db.engine.url.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    about = {"name": "Another", "headline": "x"}
    held = browser.post("/profile/about", data=about)
    holder.execute("ROLLBACK")
    holder.close()

    assert held.status_code == 503
    assert held.headers["Retry-After"]
    assert browser.post("/profile/about", data=about).status_code == 302


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/people/99999999999999999999", 404),
        ("/introductions/4294967296", 404),
        ("/organise/mill/members?page=99999999999999999999", 404),
        ("/organise/mill/members?page=abc", 200),
        ("/organise/mill/members?q=%00", 400),
        ("/organise/%00/", 400),
        ("/join/%00", 400),
    ],
)
def test_odd_addresses_get_an_answer(any_database, path, code):
    space = make_space("mill")
    olga = make_member("Olga", space=space, role=Role.ORGANISER)
    db.session.commit()

    assert any_database.test_client(user=olga).get(path).status_code == code


def test_a_number_of_hundreds_of_digits_is_a_mistake(as_member):
    fields = {"name": "Ana", "headline": "x", "years": "9" * 400}

    answer = as_member(make_member()).post("/profile/about", data=fields)

    assert answer.status_code == 422
    assert "too large" in answer.text
