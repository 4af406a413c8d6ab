"""Whatever is sent, the answer is a page or a sentence, never a failure of ours."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zlib import crc32

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from flask_wtf import FlaskForm
from werkzeug.routing import Rule

from matchmaker.blueprints.odd_input import to_number
from matchmaker.config import Settings
from matchmaker.extensions import db
from matchmaker.models import Scope
from tests.conftest import make_app
from tests.factories import make_member
from tests.world import ORGANISER, OWN, Clerk, World, make_world, rules

ODD = [
    "",
    "//evil.example",
    "\uff0f\uff0fevil.example",  # full-width slashes
    "/\uff0fevil.example",
    "http://[",
    "https://evil.example:99999999/",
    "javascript:alert(1)",
    "9" * 5000,  # more digits than int() takes
    "-" + "9" * 30,
    "1e400",
    "NaN",
    "-Infinity",
    "0",
    "-1",
    "2147483648",
    "\u00b2",  # a digit to isdigit(), not to int()
    "\u0661\u0662",  # digits to int(), not to a database
    "\ud800",  # half a character
    "a\0b",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "99999-01-01",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "0000-W00",
    "9999-W53",
    "23:59:60",
    "\u202e\u200d\U0001f469",
    "%",
    "%zz",
    "a@" + "b" * 300,
    "a" * 20_000,
    "[]",
    "../../etc/passwd",
]
JSON = [
    "9" * 5000,
    "[" * 100_000,
    '{"a":' * 100_000,
    "NaN",
    "[Infinity]",
    '{"acts": [{"at": 1e400, "member": ' + "9" * 400 + "}]}",
    '{"acts": [{"at": NaN}]}',
    '{"acts": [{"deed": "walk-in", "at": 1, "id": "a", "name": "\\ud800"}]}',
    '{"acts": {"a": 1}, "party": -1, "note": 5}',
    '{"acts": [null, 1, "x", [], {}]}',
    '"\\u0000"',
    "null",
    "{",
    "\ufeff{}",
    b"\xff\xfe{}",
]
HEADERS = [
    {"Host": "localhost\uff0f.evil.example".encode().decode("latin-1")},
    {"Host": "[::1"},
    {"Host": "localhost:99999999"},
    {"Host": "localhost:\u00b2".encode().decode("latin-1")},
    {"Host": ""},
    {"Referer": "http://["},
    {"Referer": "//\uff0f\uff0f".encode().decode("latin-1")},
    {"Cookie": "session=;;; =x; browser=%00; session=" + "a" * 5000},
    {"Cookie": 'session="\\377\\000"'},
    {"If-None-Match": 'W/"', "If-Modified-Since": "Mon, 99 Feb 99999 99:99:99 GMT"},
    {"If-Modified-Since": "Mon, 01 Jan 0001 00:00:00 +9999", "If-Range": "\xff"},
    {"Range": "bytes=-" + "9" * 5000},
    {"Range": "bytes=5-2,\u00b2-".encode().decode("latin-1")},
    {"Accept-Language": "en;q=NaN, " + "x" * 3000},
    {"Accept": "*/*;q=" + "9" * 5000},
    {"Authorization": "Bearer \xff"},
    {"Authorization": "Basic ///"},
    {"User-Agent": "\x7f\xff" * 500},
    {"X-Forwarded-For": "\xff,,", "X-Forwarded-Proto": "gopher"},
    {"Content-Type": "application/json; charset=\xff"},
    {"Content-Type": "multipart/form-data; boundary="},
    {"Content-Type": "multipart/form-data; boundary=" + "x" * 300},
    {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"},
    {"Content-Type": "\xff/\xff"},
    {"Content-Length": "9" * 5000},
    {"Content-Encoding": "gzip"},
    {"Sec-Fetch-Site": "\xff"},
    {"Origin": "http://["},
    {"HX-Request": "true", "HX-Current-URL": "http://["},
]
METHODS = ("GET", "POST", "PUT", "DELETE")


@pytest.fixture
def place(settings: Settings) -> Iterator[tuple[Flask, World]]:
    app = make_app(replace(settings, demonstration=True), RATELIMIT_ENABLED=False)
    with app.app_context():
        yield app, make_world()
        db.session.remove()
        db.engine.dispose()


@cache
def names() -> list[str]:
    """Every field of a form and every parameter that our code looks for."""
    asked = re.compile(r"""(?:args|form|values)(?:\.get|\.getlist)?[\[(]"(\w+)""")
    found = {
        name
        for path in Path("matchmaker/blueprints").rglob("*.py")
        for name in asked.findall(path.read_text())
    }
    forms = [FlaskForm]
    for form in forms:
        forms += form.__subclasses__()
        found |= {
            name for name in vars(form) if hasattr(vars(form)[name], "field_class")
        }
    return sorted(found - {"csrf_token", "_errors"})


def requests(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in rules(app)
        for method in METHODS
        if method in (rule.methods or ())
    ]


def encoded(fields: dict[str, str]) -> bytes:
    return urlencode(fields, errors="surrogatepass").encode()


class Prober:
    """An organiser whose browser sends anything, and notes what fails."""

    def __init__(self, place: tuple[Flask, World]) -> None:
        self.app, self.world = place
        self.key = self.world.api_keys[ORGANISER, Scope.RSVP][1]
        self.clerk = Clerk(self.app)
        self.cookie = ""
        self.failures: list[str] = []
        self.sent = 0

    def address(self, rule: Rule, odd: str | None = None) -> str:
        """The address of what is theirs, with something odd in place of each text."""
        arguments = self.world.arguments(rule, ORGANISER, OWN)
        with self.app.test_request_context():
            address = self.app.url_for(rule.endpoint, **arguments)
        if odd is None:
            return address
        written = quote(odd, safe="", errors="surrogatepass")
        return re.sub(r"<[^>]+>", written or "x", rule.rule)

    def browser(self) -> FlaskClient:
        """One that has signed in, afresh where what was sent may have ended that."""
        if not self.cookie or self.clerk.has_seen_a_change():
            browser = self.app.test_client(user=self.world.who(ORGANISER))
            signed_in = browser.get_cookie("session")
            assert signed_in is not None
            self.cookie = signed_in.value
            self.clerk.has_seen_a_change()  # that was us
        browser = self.app.test_client()
        browser.set_cookie("session", self.cookie)
        return browser

    def send(
        self,
        rule: Rule,
        method: str,
        address: str,
        headers: dict[str, str] | None = None,
        **how: Any,
    ) -> None:
        self.sent += 1
        db.session.rollback()
        browser = self.browser()
        if rule.endpoint.startswith("api."):
            headers = {"Authorization": f"Bearer {self.key}"} | (headers or {})
        try:
            answer = browser.open(address, method=method, headers=headers, **how)
            answer.close()
            status = answer.status_code
        except Exception as error:
            status, how = 599, {"failed": repr(error)}
        if status >= 500 and status != 503:
            said = f"{address[-80:]} {headers} {how}"
            self.failures.append(f"{method} {rule.endpoint} {said[:200]}: {status}")


def some(texts: list, rule: Rule, most: int) -> list:
    """So many of them, others for each route."""
    first = crc32(rule.endpoint.encode()) % len(texts)
    return [texts[(first + 7 * number) % len(texts)] for number in range(most)]


def probe(place: tuple[Flask, World], most: int, only: str = "") -> Prober:
    prober = Prober(place)
    for rule, method in requests(prober.app):
        if not rule.endpoint.startswith(only):
            continue
        at = prober.address(rule)
        for odd in some(ODD, rule, most):
            if rule.arguments:
                prober.send(rule, method, prober.address(rule, odd))
            fields = encoded(dict.fromkeys(names(), odd)).decode()
            if method == "GET":
                prober.send(rule, method, f"{at}?{fields[:200_000]}")
            else:
                prober.send(
                    rule,
                    method,
                    at,
                    data=fields.encode(),
                    content_type="application/x-www-form-urlencoded",
                )
        if method != "GET":
            for text in some(JSON, rule, most):
                prober.send(
                    rule, method, at, data=text, content_type="application/json"
                )
        for headers in some(HEADERS, rule, most):
            prober.send(rule, method, at, headers=headers)
    return prober


@pytest.mark.parametrize("most", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_nothing_that_is_sent_makes_a_page_fail(place, most):
    prober = probe(place, most)

    assert prober.failures == []
    assert prober.sent > 1000


def test_json_is_read_by_what_is_for_programs_alone(place):
    prober, read = Prober(place), set()
    browser = prober.app.test_client(user=prober.world.who(ORGANISER))
    for rule, method in requests(prober.app):
        if method != "GET" and not rule.endpoint.startswith("api."):
            at = prober.address(rule)
            if browser.open(at, method=method, json=["a", 1]).status_code != 415:
                read.add(rule.endpoint)

    assert read == {"door.replay"}


def test_a_page_that_fails_is_noticed(place):
    app, _ = place
    app.add_url_rule("/planted", "planted", lambda: str(int(request.args["page"])))

    assert probe(place, len(ODD), only="planted").failures


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "\uff0f\uff0fevil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "http://[",
        "https://evil.example/",
        "javascript:alert(1)",
        "/%0d%0aA: b",
        "",
    ],
)
def test_signing_in_leads_to_no_page_of_others(app, path):
    make_member(email="ana@example.org", password=hash_password("a few words of mine"))

    answer = app.test_client().post(
        "/sign-in",
        query_string={"next": path},
        data={"email": "ana@example.org", "password": "a few words of mine"},
    )

    assert answer.status_code == 302
    assert re.fullmatch(r"/(?![/\\])[ -~]*", answer.location)


@pytest.mark.parametrize("body", ["9" * 5000, "[" * 100_000, "NaN", "[-Infinity]"])
def test_a_program_is_told_that_its_json_cannot_be_read(place, body):
    prober = Prober(place)
    event = prober.world.mill_event

    answer = prober.app.test_client().put(
        f"/api/v1/events/{event}/rsvp",
        data=f'{{"guests": {body}}}',
        content_type="application/json",
        headers={"Authorization": f"Bearer {prober.key}"},
    )

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "text", ["9" * 5000, "2147483648", "-" + "9" * 30, "\u00b2", ""]
)
def test_a_number_that_no_database_holds_is_none_of_ours(text):
    with pytest.raises(ValueError):  # noqa: PT011  (as int() would raise it)
        to_number(text)
