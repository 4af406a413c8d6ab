from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from unittest import mock

import pytest

from matchmaker.mail import links
from matchmaker.mail.links import Purpose

HOSTS = [
    "evil.example",
    "localhost:1",
    "localhost@evil.example",
    "evil.example#localhost",
]


def test_a_link_begins_with_the_base_url_also_behind_a_path(app):
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], base_url="https://portal.example.org:8443/mill"
    )

    url = links.absolute("unsubscribe.show", token="a.b")

    assert url == "https://portal.example.org:8443/mill/unsubscribe/a.b"


@pytest.mark.parametrize("host", HOSTS)
def test_a_link_never_follows_the_request_to_another_host(app, host):
    headers = {"X-Forwarded-Host": host, "Forwarded": f"host={host}"}
    with app.test_request_context(
        "/", headers=headers, environ_base={"HTTP_HOST": host}
    ):
        assert links.absolute("pages.home").startswith("http://localhost/")


@pytest.mark.parametrize(("made", "used"), list(product(Purpose, Purpose)))
def test_a_token_of_one_purpose_is_none_for_another(app, made, used):
    token = links.sign(made, 3, 17)

    assert links.read(used, token) == ((3, 17) if made is used else None)


def test_a_changed_token_is_none(app):
    token = links.sign(Purpose.SIDE, 3, 17)

    changed = [
        token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :]
        for i in range(len(token) - 1)  # the last character has bits to spare
    ]

    assert {
        links.read(Purpose.SIDE, other) for other in [*changed, "", "é", "a.b.c"]
    } == {None}


def test_a_token_of_another_key_is_none(app):
    token = links.sign(Purpose.SIDE, 3, 17)

    app.config["SECRET_KEY"] = "another key that is also long enough"

    assert links.read(Purpose.SIDE, token) is None


@pytest.mark.parametrize(
    ("purpose", "days", "still"),
    [
        (Purpose.SIDE, 119, True),
        (Purpose.SIDE, 121, False),
        (Purpose.INVITATION, 59, True),
        (Purpose.INVITATION, 61, False),
        (Purpose.UNSUBSCRIBE, 9999, True),
    ],
)
def test_a_token_is_good_for_its_time(app, purpose, days, still):
    then = datetime.now(UTC) - timedelta(days=days)
    with mock.patch("itsdangerous.timed.time.time", return_value=then.timestamp()):
        token = links.sign(purpose, 5)

    assert links.read(purpose, token) == ((5,) if still else None)
