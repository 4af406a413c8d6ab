"""Failures are counted, by account and address; a space behind one address gets in."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import hash_password

from matchmaker.blueprints.accounts import signing_in
from matchmaker.extensions import db
from matchmaker.models import Throttle
from matchmaker.refusal import TooMany
from matchmaker.services import throttle
from matchmaker.services.throttle import Bucket
from tests.conftest import make_app
from tests.factories import NOON, make_member, make_space
from tests.racing import race

PASSWORD = "a few words to remember"
FEW = Bucket("few", 3, timedelta(minutes=1))


def sign_in(browser, password=PASSWORD, email="ana@example.org", source="192.0.2.1"):
    return browser.post(
        "/sign-in",
        data={"email": email, "password": password},
        environ_overrides={"REMOTE_ADDR": source},
    )


def gets_in(browser, **how):
    sign_in(browser, **how)
    return browser.get("/profile/").status_code == 200


@pytest.fixture
def ana(app):
    return make_member(email="ana@example.org", password=hash_password(PASSWORD))


@pytest.fixture
def hashed(app, monkeypatch):
    """The passwords that reach the hash."""
    reached = []
    verify = signing_in.verify_password

    def noted(password, kept_hash):
        reached.append(password)
        return verify(password, kept_hash)

    monkeypatch.setattr(signing_in, "verify_password", noted)
    return reached


@pytest.fixture
def clock(monkeypatch):
    """What the doors of accounts take for now."""
    now = [NOON]
    monkeypatch.setattr(signing_in, "utcnow", lambda: now[0])
    return now


def test_a_whole_space_signs_in_from_one_address(app):
    kept = hash_password(PASSWORD)
    emails = [make_member(password=kept).email for _ in range(40)]

    for email in emails:
        browser = app.test_client()
        sign_in(browser, "mistyped", email)
        assert gets_in(browser, email=email)


def test_forty_people_sign_up_from_one_address(app, letters):
    make_space()
    for number in range(40):
        fields = {"email": f"new{number}@example.org", "password": PASSWORD}
        assert app.test_client().post("/register", data=fields).status_code == 302
    links = [
        re.search(r"http://localhost(/\S+)", letter.text)[1] for letter in letters()
    ]
    assert len(links) == 40

    for link in links:
        answer = app.test_client().post(link, data={"password": PASSWORD})
        assert answer.status_code == 302


def test_the_owner_gets_in_while_somebody_guesses_from_elsewhere(app, ana, clock):
    thief = app.test_client()
    for minute in range(60):
        clock[0] = NOON + timedelta(minutes=minute)
        sign_in(thief, "a guess", source="203.0.113.9")
        sign_in(thief, "another", source="203.0.113.9")

    assert sign_in(thief, source="203.0.113.9").status_code == 429
    assert gets_in(app.test_client())


def test_guesses_from_200_addresses_hardly_reach_the_hash(app, ana, clock, hashed):
    known = app.test_client()
    assert gets_in(known)
    known.post("/sign-out")
    hashed.clear()

    for number in range(200):
        clock[0] = NOON + timedelta(seconds=1.5 * number)
        sign_in(app.test_client(), f"guess {number}", source=f"203.0.113.{number}")

    assert 1 <= len(hashed) <= 10
    # The owner's own browser is known, though signed out; by letter they get in anywhere.
    assert gets_in(known)
    fresh = app.test_client()
    assert not gets_in(fresh)
    with app.test_request_context():
        token = generate_reset_password_token(ana)
    again = "another few words of mine"
    fields = {"password": again, "password_confirm": again}
    fresh.post(f"/reset-password/{token}", data=fields)
    assert gets_in(fresh, password=again)


def test_it_grows_slower_the_longer_somebody_guesses(app, ana, clock, hashed):
    tries = []
    for second in range(0, 3600, 10):
        clock[0] = NOON + timedelta(seconds=second)
        before = len(hashed)
        sign_in(app.test_client(), "a guess")
        if len(hashed) > before:
            tries.append(second)

    waits = [later - sooner for sooner, later in pairwise(tries)]
    assert tries[3] <= 30
    assert waits == sorted(waits)
    assert waits[-1] >= 500


def test_the_page_says_when_to_try_again_and_keeps_what_was_typed(app, ana, clock):
    browser = app.test_client()
    for _ in range(4):
        answer = sign_in(browser, "a guess")
        assert answer.status_code == 422
        clock[0] += timedelta(seconds=1)

    answer = sign_in(browser)

    assert answer.status_code == 429
    assert "Try again in 2 minutes." in answer.text
    assert 'value="ana@example.org"' in answer.text
    assert 90 <= int(answer.headers["Retry-After"]) <= 100
    clock[0] += timedelta(seconds=int(answer.headers["Retry-After"]))
    assert gets_in(browser)


@pytest.mark.parametrize(
    "spelling", ["ANA@example.org", "ana@EXAMPLE.org", "ana@\uff45xample.org"]
)
def test_another_spelling_is_no_other_account(app, ana, clock, spelling):
    browser = app.test_client()
    for _ in range(4):
        sign_in(browser, "a guess")

    assert sign_in(browser, "a guess", spelling).status_code == 429


def test_an_unknown_account_is_slowed_down_alike(app, ana, clock):
    def answers(email):
        browser = app.test_client()
        return [sign_in(browser, "a guess", email).status_code for _ in range(6)]

    assert answers("ana@example.org") == answers("nobody@example.org")


@pytest.mark.parametrize(
    "addresses",
    [
        [f"2001:db8::{number:x}" for number in range(6)],
        ["203.0.113.9", "::ffff:203.0.113.9"] * 3,
    ],
)
def test_addresses_of_one_household_count_together(app, ana, clock, addresses):
    codes = [
        sign_in(app.test_client(), "a guess", source=address).status_code
        for address in addresses
    ]

    assert codes == [422] * 4 + [429] * 2


def test_a_header_is_no_other_address(app, ana, clock):
    codes = [
        app.test_client()
        .post(
            "/sign-in",
            data={"email": "ana@example.org", "password": "a guess"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )
        .status_code
        for number in range(6)
    ]

    assert codes == [422] * 4 + [429] * 2


def test_every_process_counts_the_same(app, settings, ana, clock):
    for _ in range(4):
        sign_in(app.test_client(), "a guess")
    other = make_app(settings)
    with other.app_context():
        assert sign_in(other.test_client()).status_code == 429
        db.session.remove()
        db.engine.dispose()


def test_mistyping_ones_own_password_is_slowed_down_too(app, ana):
    browser = app.test_client(user=ana)
    again = "another few words of mine"
    fields = {"new_password": again, "new_password_confirm": again}

    answers = [
        browser.post("/change-password", data=fields | {"password": f"guess {number}"})
        for number in range(12)
    ]

    assert [answer.status_code for answer in answers[:10]] == [422] * 10
    assert answers[-1].status_code == 429
    assert "Try again in a minute." in answers[-1].text


def test_of_many_at_once_no_more_get_through(any_database):
    results = race(any_database, 40, lambda _: throttle.take([FEW.of("Ana")], NOON))

    assert results.count(None) == 3
    assert len(results) == 40


def test_what_succeeds_is_given_back_and_what_is_over_is_forgotten(any_database):
    claims = [FEW.of("Ana"), FEW.of("Ben")]
    for _ in range(20):
        throttle.take(claims, NOON)
        throttle.give_back(claims, NOON)
    for _ in range(3):
        throttle.take(claims, NOON)
    with pytest.raises(TooMany):
        throttle.take([FEW.of("Ben"), FEW.of("Cas")], NOON)

    throttle.take([FEW.of("Ben")], NOON + timedelta(minutes=1))
    throttle.prune(NOON + timedelta(minutes=3))
    assert db.session.scalar(db.select(db.func.count()).select_from(Throttle)) == 1


def test_nobody_is_named_where_tries_are_counted(app, ana, clock):
    sign_in(app.test_client(), "a guess")

    rows = db.session.scalars(db.select(Throttle)).all()
    assert rows
    assert all(re.fullmatch("[0-9a-f]{64}", row.key) for row in rows)
