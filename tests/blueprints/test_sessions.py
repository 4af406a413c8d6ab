"""A cookie is worth what its row is worth: when the row ends, so does every copy."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import hash_password

from matchmaker.extensions import db
from matchmaker.mail import links
from matchmaker.models import MemberSession, utcnow
from matchmaker.models.base import digest
from matchmaker.services import accounts, memberships, sessions
from tests.conftest import make_app
from tests.factories import NOON, make_member, make_session, make_space
from tests.world import MEMBER, OWN, make_world, rules

PASSWORD = "a few words to remember"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


def make_ana(**fields):
    return make_member(
        email="ana@example.org", password=hash_password(PASSWORD), **fields
    )


def sign_in(browser, password=PASSWORD, **more):
    fields = {"email": "ana@example.org", "password": password} | more
    return browser.post("/sign-in", data=fields, headers={"User-Agent": CHROME})


def signed_in(browser):
    return browser.get("/profile/").status_code == 200


def cookie(browser):
    return browser.get_cookie("session").value


def set_cookie(answer, name):
    """What an answer says of one cookie."""
    cookies = answer.headers.getlist("Set-Cookie")
    (said,) = [one for one in cookies if one.startswith(f"{name}=")]
    return said


def with_cookie(app, value):
    thief = app.test_client()
    thief.set_cookie("session", value)
    return thief


def token_in(browser):
    with browser.session_transaction() as session:
        return session["_user_id"]


def sign_out(browser, _member):
    browser.post("/sign-out")


def choose_another(browser, _member):
    again = "another few words of mine"
    fields = {"password": PASSWORD, "new_password": again}
    browser.post("/change-password", data=fields | {"new_password_confirm": again})


def choose_another_by_letter(browser, member):
    with browser.application.test_request_context():
        token = generate_reset_password_token(member)
    again = "another few words of mine"
    fields = {"password": again, "password_confirm": again}
    assert browser.post(f"/reset-password/{token}", data=fields).status_code == 302


def suspend(_browser, member):
    memberships.suspend(member.memberships[0], utcnow())


def shut_out(_browser, member):
    member.active = False


def erase(_browser, member):
    db.session.delete(member)


ENDINGS = [
    sign_out,
    choose_another,
    choose_another_by_letter,
    suspend,
    shut_out,
    erase,
]


@pytest.mark.parametrize("remember", ["", "y"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_stolen_cookie_ends_with_the_session(app, visitor, ending, remember):
    ana = make_ana(space=make_space())
    sign_in(visitor, remember=remember)
    stolen = cookie(visitor)
    assert signed_in(with_cookie(app, stolen))

    ending(visitor, ana)

    assert not signed_in(with_cookie(app, stolen))


def test_an_ended_session_opens_no_route_at_all(app):
    world = make_world()
    ben = world.who(MEMBER)
    browser = app.test_client(user=ben)
    stolen = cookie(browser)
    browser.post("/sign-out")

    differs = set()
    for rule in rules(app, "GET", "POST", "PUT", "DELETE"):
        method = next(m for m in ("GET", "POST", "PUT", "DELETE") if m in rule.methods)
        with app.test_request_context():
            url = app.url_for(rule.endpoint, **world.arguments(rule, MEMBER, OWN))
        thiefs = with_cookie(app, stolen).open(url, method=method)
        strangers = app.test_client().open(url, method=method)
        thiefs.close(), strangers.close()
        if (thiefs.status_code, thiefs.location) != (
            strangers.status_code,
            strangers.location,
        ):
            differs.add((method, rule.endpoint))

    assert differs == set()


def test_staying_signed_in_is_the_session_itself(app, visitor):
    make_ana()

    answer = sign_in(visitor, remember="y")

    kept = set_cookie(answer, "session")
    assert "Expires=" in kept
    row = db.session.scalars(db.select(MemberSession)).one()
    assert row.expires_at - row.created_at == timedelta(days=30)
    assert row.device == "Chrome on Windows"


def test_a_session_that_is_not_to_stay_ends_with_the_browser_or_the_day(app, visitor):
    make_ana()

    answer = sign_in(visitor)

    assert "Expires=" not in set_cookie(answer, "session")
    row = db.session.scalars(db.select(MemberSession)).one()
    assert sessions.find(token_in(visitor), row.created_at + timedelta(hours=23))
    assert sessions.find(token_in(visitor), row.expires_at) is None


def test_signing_in_and_a_new_password_make_a_new_token(app, visitor):
    ana = make_ana()
    with visitor.session_transaction() as session:
        session["_user_id"], session["csrf_token"] = "planted", "planted too"

    sign_in(visitor)
    first = token_in(visitor)
    choose_another(visitor, ana)

    assert len({"planted", first, token_in(visitor)}) == 3
    assert signed_in(visitor)
    with visitor.session_transaction() as session:
        assert session.get("csrf_token") != "planted too"


def test_behind_tls_the_cookie_is_bound_to_the_host(settings):
    app = make_app(replace(settings, base_url="https://localhost"))
    with app.app_context():
        make_ana()
        browser = app.test_client()
        answer = browser.post(
            "/sign-in",
            base_url="https://localhost",
            data={"email": "ana@example.org", "password": PASSWORD},
        )
        db.session.remove()
        db.engine.dispose()

    for name in ("__Host-session", "__Host-browser"):
        kept = set_cookie(answer, name)
        parts = {part.strip() for part in kept.split(";")}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert "Domain" not in kept


def test_a_page_lists_where_one_is_signed_in_and_ends_each(app, visitor):
    ana = make_ana()
    sign_in(visitor)
    elsewhere = app.test_client(user=ana)
    other = make_session(make_member("Ben"))
    page = visitor.get("/profile/sessions").text
    assert page.index("Firefox on Linux") < page.index("Chrome on Windows")
    assert page.count("This browser") == 1

    theirs = next(one for one in ana.sessions if one.device == "Firefox on Linux")
    assert visitor.post(f"/profile/sessions/{other.id}/end").status_code == 404
    visitor.post(f"/profile/sessions/{theirs.id}/end")

    assert not signed_in(elsewhere)
    assert signed_in(visitor)


def test_all_others_end_at_once(app, visitor):
    ana = make_ana()
    sign_in(visitor)
    others = [app.test_client(), app.test_client()]
    for browser in others:
        sign_in(browser)

    visitor.post("/profile/sessions/end-others")

    assert signed_in(visitor)
    assert not any(signed_in(browser) for browser in others)
    assert len(ana.sessions) == 1


def test_looking_writes_nothing_and_changing_something_notes_the_hour(app):
    ana = make_ana()
    browser = app.test_client(user=ana)
    row = ana.sessions[0]
    row.last_seen_at = long_ago = utcnow() - timedelta(hours=2)

    browser.get("/profile/")
    db.session.refresh(row)
    assert row.last_seen_at == long_ago
    browser.post("/profile/sessions/end-others")
    db.session.refresh(row)
    seen = row.last_seen_at
    assert seen > long_ago
    browser.post("/profile/sessions/end-others")

    db.session.refresh(row)
    assert row.last_seen_at == seen


def test_what_has_expired_is_forgotten(any_database):
    ana = make_member()
    make_session(ana, digest="old", expires_at=NOON)
    make_session(ana, digest="new", expires_at=NOON + timedelta(seconds=1))

    sessions.prune(NOON)

    assert [row.digest for row in db.session.scalars(db.select(MemberSession))] == [
        "new"
    ]


def test_a_session_that_began_under_the_old_password_never_counts(any_database):
    """Somebody may sign in with the old password while the new one is being saved."""
    ana = make_member()
    token = sessions.start(ana, "Firefox", remember=True, now=NOON)
    db.session.flush()
    assert sessions.find(token, NOON)

    accounts.confirm(ana, "another hash", NOON)

    assert sessions.find(token, NOON) is None


def test_nobody_keeps_a_copy_of_what_is_one_persons(app, visitor):
    ana = make_ana(space=make_space())
    browser = app.test_client(user=ana)
    invitation = links.sign(links.Purpose.INVITATION, ana.memberships[0].id)

    def kept(who, path):
        return who.get(path).headers.get("Cache-Control", "")

    for path in ("/", "/profile/", "/change-password", "/no-such-page"):
        assert kept(browser, path) == "no-store", path
    assert kept(visitor, f"/invitations/{invitation}") == "no-store"
    with browser.get("/static/app.css") as file:
        assert "no-store" not in file.headers["Cache-Control"]
    assert "no-store" not in kept(visitor, "/")


@pytest.fixture
def protected(settings):
    """With CSRF protection, behind TLS."""
    tls = replace(settings, base_url="https://localhost")
    app = make_app(tls, WTF_CSRF_ENABLED=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def post_with_token(app, browser, path, site, **fields):
    """Send a form of ours as a browser would that calls its origin `site`."""
    page = browser.get("/sign-in", base_url="https://localhost").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    headers = {"Sec-Fetch-Site": site} if site else {}
    return browser.post(
        path,
        base_url="https://localhost",
        data=fields | {"csrf_token": token},
        headers=headers,
    )


@pytest.mark.parametrize(
    ("site", "status"),
    [
        ("", 302),
        ("same-origin", 302),
        ("none", 302),
        ("same-site", 403),
        ("cross-site", 403),
        ("something new", 403),
    ],
)
def test_a_form_counts_only_from_a_page_of_ours(protected, site, status):
    make_ana()
    browser = protected.test_client()

    answer = post_with_token(
        protected,
        browser,
        "/sign-in",
        site,
        email="ana@example.org",
        password=PASSWORD,
    )

    assert answer.status_code == status
    if status == 403:
        assert "came from another site" in answer.text


def test_a_mail_provider_may_unsubscribe_somebody_from_anywhere(protected):
    ana = make_ana(space=make_space())
    token = links.sign(links.Purpose.UNSUBSCRIBE, ana.memberships[0].id)

    answer = protected.test_client().post(
        f"/unsubscribe/{token}",
        base_url="https://localhost",
        data={"List-Unsubscribe": "One-Click"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 200


def test_nothing_in_the_database_opens_a_session(settings, app, visitor, caplog):
    """Even somebody who could sign cookies would find no token in it."""
    ana = make_ana()
    sign_in(visitor)
    assert sessions.find(token_in(visitor), utcnow())
    db.session.commit()

    path = Path(settings.database_url.removeprefix("sqlite:///"))
    raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    found = re.findall(r"[\w-]{43,}", raw.decode("latin-1") + caplog.text, re.ASCII)
    # Fields lie against each other in the file: a token may begin anywhere.
    tries = {text[at : at + 43] for text in found for at in range(len(text) - 42)}

    kept = {row.digest for row in ana.sessions}
    assert any(row in text for text in found for row in kept)
    assert not kept & {digest(text) for text in tries}
