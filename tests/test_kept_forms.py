"""What somebody wrote is never lost, whatever became of their session meanwhile."""

import io
import re
import sqlite3

import pytest
from flask import abort
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import Answer, Member
from tests.conftest import make_app
from tests.factories import make_introduction, make_member, make_space
from tests.forms import Reader

PASSWORD = "a few words of mine"
HERE = {"Sec-Fetch-Site": "same-origin"}
BIO = "Two lines\nthat took <an hour> & more"
ABOUT = {"name": "Ana", "headline": "I bake bread", "bio": BIO, "years": "7"}


@pytest.fixture
def app(settings):
    app = make_app(settings, WTF_CSRF_ENABLED=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def people(app):
    from flask_security.utils import hash_password

    space = make_space()
    hashed = hash_password(PASSWORD)
    people = [
        make_member(
            name, space=space, email=f"{name}@example.org".lower(), password=hashed
        )
        for name in ("Ana", "Ben")
    ]
    db.session.commit()
    return people


def form_on(answer, url="/", *, to=None):
    forms = Reader(url, answer.text).forms
    return next(
        form
        for form in forms
        if form.method == "post"
        and (form.action == to if to else "sign-out" not in form.action)
    )


def send(browser, form, headers=HERE, **typed):
    return browser.post(form.action, data=form.filled() | typed, headers=headers)


def sign_in(browser, email="ana@example.org"):
    form = form_on(browser.get("/sign-in"), "/sign-in")
    return send(browser, form, email=email, password=PASSWORD)


@pytest.fixture
def browser(app, people):
    """Ana's, who has signed in."""
    browser = app.test_client()
    assert sign_in(browser).status_code == 302
    return browser


@pytest.fixture
def written(browser):
    """The form of a page as it stands, filled in by her and not sent yet."""
    return form_on(browser.get("/profile/about"), "/profile/about")


def bio_of(name):
    db.session.expire_all()
    return db.session.scalar(
        db.select(Member).where(Member.email == f"{name}@example.org")
    ).profile.bio


def test_a_form_outlives_its_session(browser, written):
    browser.post("/sign-out", data={"csrf_token": written.filled()["csrf_token"]})
    sign_in(browser)

    assert send(browser, written, **ABOUT).status_code == 302
    assert bio_of("ana") == BIO


def test_signed_out_while_writing_one_signs_in_and_it_is_one_click_from_saved(
    browser, written
):
    browser.delete_cookie("session")

    first = send(browser, written, **ABOUT)
    assert first.status_code == 401
    assert "Sign in to continue" in first.text
    assert "an hour" not in first.text  # somebody else may sit down here

    form = form_on(first, "/profile/about")
    wrong = send(browser, form, email="ana@example.org", password="not this one")
    assert wrong.status_code == 422
    again = send(
        browser, form_on(wrong, "/sign-in"), email="ana@example.org", password=PASSWORD
    )
    assert "Here’s what you wrote" in again.text
    assert again.headers["Cache-Control"] == "no-store"
    assert bio_of("ana") == ""

    kept = form_on(again, "/sign-in", to="/profile/about")
    assert send(browser, kept).status_code == 302
    assert bio_of("ana") == BIO


def test_another_account_is_not_shown_what_was_written(browser, written):
    browser.delete_cookie("session")
    first = send(browser, written, **ABOUT)

    form = form_on(first, "/profile/about")
    other = send(browser, form, email="ben@example.org", password=PASSWORD)

    assert other.location == "/"
    assert "an hour" not in browser.get("/").text
    assert (bio_of("ana"), bio_of("ben")) == ("", "")


def test_with_another_account_signed_in_the_writer_can_sign_in_and_go_on(
    browser, written
):
    browser.delete_cookie("session")
    sign_in(browser, "ben@example.org")

    first = send(browser, written, **ABOUT)
    assert (first.status_code, "an hour" in first.text) == (401, False)
    form = form_on(first, "/profile/about", to="/sign-in")
    again = send(browser, form, email="ana@example.org", password=PASSWORD)
    send(browser, form_on(again, "/sign-in", to="/profile/about"))

    assert (bio_of("ana"), bio_of("ben")) == (BIO, "")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_what_another_site_sends_is_neither_done_nor_filled_in(
    browser, written, headers
):
    forged = browser.post("/profile/about", data=ABOUT, headers=headers)
    assert forged.status_code in {400, 403}
    assert "an hour" not in forged.text

    browser.delete_cookie("session")
    forged = send(browser, written, headers, **ABOUT)
    assert forged.status_code in {400, 403}
    assert 'name="kept"' not in forged.text
    assert bio_of("ana") == ""


def test_a_form_that_nobody_signed_is_not_taken_back(browser):
    browser.delete_cookie("session")
    form = form_on(browser.get("/sign-in"), "/sign-in")

    answer = send(
        browser,
        form,
        email="ana@example.org",
        password=PASSWORD,
        kept="bm90IG91cnM.x.y",
    )

    assert (answer.status_code, answer.location) == (302, "/")


def test_passwords_are_typed_again(app, browser):
    form = form_on(browser.get("/change-password"), "/change-password")
    typed = {"new_password": "another few words", "new_password_confirm": "another few"}
    browser.delete_cookie("session")

    first = send(browser, form, password=PASSWORD, **typed)
    kept = re.search(r'name="kept" value="([^"]*)"', first.text)
    if kept:
        with app.test_request_context():
            from matchmaker.blueprints.kept import unpack

            assert "words" not in str(unpack(kept[1]))
    assert "another few words" not in first.text
    assert "password" not in app.test_client().get("/").headers.get("Set-Cookie", "")


def test_a_picture_that_is_too_large_takes_no_words_with_it(browser, people):
    space = people[0].spaces[0]
    url = f"/organise/{space.slug}/events/new"
    form = form_on(browser.get("/profile/about"), "/profile/about")
    picture = FileStorage(io.BytesIO(b"x" * 2_000_000), "a.jpg", "picture")
    data = form.filled() | ABOUT | {"picture": picture}
    boundary, body = encode_multipart(data)  # the client's own would stay open

    answer = browser.post(
        "/profile/about",
        data=body,
        headers=HERE,
        content_type=f"multipart/form-data; boundary={boundary}",
    )

    assert answer.status_code == 413
    assert Reader(url, answer.text).title.startswith("Error: ")
    kept = form_on(answer, url, to="/profile/about")
    assert kept.filled()["bio"] == [BIO]
    assert 'type="file"' in answer.text
    assert [c.name for c in kept.controls if c.tag == "textarea"] == ["bio"]
    assert send(browser, kept).status_code == 302
    assert bio_of("ana") == BIO


def test_a_busy_database_gives_back_what_was_written(browser, written, monkeypatch):
    db.session.remove()
    db.engine.dispose()
    monkeypatch.setattr("matchmaker.sqlite.PATIENCE", 0.05)
    holder = sqlite3.connect(db.engine.url.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    held = send(browser, written, **ABOUT)
    holder.execute("ROLLBACK")
    holder.close()

    assert held.status_code == 503
    assert send(browser, form_on(held, to="/profile/about")).status_code == 302
    assert bio_of("ana") == BIO


@pytest.mark.parametrize("code", [429, 500])
def test_a_limit_or_a_fault_of_ours_gives_back_what_was_written(
    app, browser, written, code
):
    def fail():
        return abort(429) if code == 429 else 1 / 0

    app.view_functions["profile.about"] = fail

    answer = send(browser, written, **ABOUT)

    assert answer.status_code == code
    assert form_on(answer, to="/profile/about").filled()["bio"] == [BIO]


def test_what_a_letters_page_was_told_needs_nobody_signed_in(app, people):
    introduction = make_introduction(*people)
    side = introduction.sides[0]
    token = links.sign(links.Purpose.SIDE, introduction.id, side.member_id)
    db.session.commit()
    url = f"/letters/{token}/answer"
    visitor = app.test_client()
    form = form_on(visitor.get(url), url)
    visitor.delete_cookie("session")

    stale = send(visitor, form, answer=Answer.LET_GO.value)
    assert (stale.status_code, side.answer) == (400, None)
    assert send(visitor, form_on(stale, url, to=url)).status_code == 302

    db.session.expire_all()
    assert side.answer is Answer.LET_GO


def test_what_is_gone_meanwhile_can_still_be_copied(browser, written):
    gone = browser.post(
        "/organise/mill/events/999/edit", data=written.filled() | ABOUT, headers=HERE
    )

    assert gone.status_code == 404
    assert "that took &lt;an hour&gt; &amp; more" in gone.text
