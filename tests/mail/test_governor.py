"""Nobody can be buried in letters by somebody who types their address."""

from datetime import timedelta
from random import Random

import pytest

from matchmaker.extensions import db
from matchmaker.mail import governor
from matchmaker.models import RequestedLetter
from tests import conftest
from tests.factories import NOON, make_member

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def clock(monkeypatch):
    now = [NOON]
    monkeypatch.setattr(conftest, "utcnow", lambda: now[0])
    return now


def spellings(count):
    """Ways to write to anaduarte@gmail.com."""
    chance = Random(7)
    for number in range(count):
        local = "".join(
            f"{letter}." if chance.random() < 0.3 else letter for letter in "anaduart"
        )
        host = chance.choice(["gmail.com", "GMAIL.com", "googlemail.com"])
        yield f"{chance.choice([local, local.upper()])}e+{number}@{host}"


def most_within(times, span):
    return max(sum(start <= time < start + span for time in times) for start in times)


@pytest.mark.parametrize(
    ("is_confirmed", "a_day", "ever"), [(False, 3, 5), (True, 10, None)]
)
def test_of_many_tries_in_six_days_few_reach_the_mailbox(
    any_database, is_confirmed, a_day, ever
):
    many = [*spellings(100)]
    sent = []
    for number in range(1_500):
        now = NOON + number * timedelta(days=6) / 1_500
        source = f"192.0.2.{number % 250}.{number % 4}"
        if governor.may_write(
            many[number % 100], source, is_confirmed=is_confirmed, now=now
        ):
            sent.append(now)

    assert most_within(sent, timedelta(minutes=10)) == 1
    assert most_within(sent, DAY) <= a_day
    assert ever is None or len(sent) <= ever
    assert len(sent) >= 3


def test_a_mailbox_that_has_had_five_hears_no_more_until_it_is_confirmed(app):
    def may(days, *, is_confirmed=False):
        return governor.may_write(
            "vic@example.org", "", is_confirmed=is_confirmed, now=NOON + days * DAY
        )

    assert [may(2 * number) for number in range(7)] == [True] * 5 + [False] * 2
    governor.prune(NOON + 300 * DAY)
    assert not may(300)
    assert may(300, is_confirmed=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana@Example.org", "ana@example.org"),
        ("ana+news@example.org", "ana@example.org"),
        ("a.n.a@gmail.com", "ana+x@googlemail.com"),
    ],
)
def test_these_are_one_mailbox(one, other):
    assert governor.normalise(one) == governor.normalise(other)


def test_these_are_two():
    assert governor.normalise("a.na@example.org") != governor.normalise(
        "ana@example.org"
    )


def test_sixty_five_spellings_draw_one_letter(app, letters, clock):
    for spelling in spellings(65):
        fields = {"email": spelling, "password": "a few words to remember"}
        answer = app.test_client().post("/register", data=fields)
        assert answer.status_code == 302
        clock[0] += timedelta(seconds=0.3)

    assert len(letters()) == 1


def test_every_way_to_ask_counts_in_the_same_mailbox(app, letters, clock):
    ana = make_member(email="ana@example.org")
    for path in ("/reset-password", "/register", "/reset-password"):
        app.test_client().post(path, data={"email": ana.email})
    assert [letter.kind for letter in letters()] == ["reset_password"]

    clock[0] += timedelta(minutes=10)
    app.test_client().post("/reset-password", data={"email": ana.email})

    assert len(letters()) == 2


def test_one_address_draws_no_flood_and_an_event_gets_in(app):
    def may(number, source):
        email = f"new{number}@example.org"
        return governor.may_write(email, source, is_confirmed=False, now=NOON)

    assert sum(may(number, "192.0.2.1") for number in range(300)) == 200
    assert may(301, "192.0.2.2")


def test_all_together_draw_no_flood(app, caplog):
    sent = sum(
        governor.may_write(f"{n}@example.org", f"{n}", is_confirmed=False, now=NOON)
        for n in range(1_010)
    )

    assert sent == 1_000
    assert "More letters are asked for" in caplog.text


def test_nobody_is_named_where_letters_are_counted(app):
    governor.may_write("ana@example.org", "192.0.2.1", is_confirmed=False, now=NOON)

    row = db.session.scalars(db.select(RequestedLetter)).one()
    assert {len(row.mailbox), len(row.source)} == {64}
