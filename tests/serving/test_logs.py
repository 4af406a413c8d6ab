"""What the log tells of a request, an error and a job, and what it never tells."""

import logging
import re
import signal
import sys

import pytest
from flask_security import hash_password
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from matchmaker.extensions import db
from matchmaker.logs import Line
from matchmaker.mail import letters
from matchmaker.models import Member, utcnow
from tests.factories import make_member, make_space
from tests.serving.site import Site
from tests.waiting import free_port, wait_for

NAME, EMAIL = "Zebulon", "zebulon@canary.example"
PASSWORD = "seven quiet harbours"
TOKEN = "WzEsMTcz.Zm9vYmFy.k3yTh4tOpensAll"

# The application as it is, with faults that a library or a mistake of ours could have.
FAULTY = f"""
import threading
from flask import request
from app import app
from matchmaker import jobs
from matchmaker.serving import serve

WORDS = "{NAME} <{EMAIL}> cannot be read\\nas a line"  # frames quote their line of code

def fail(*_args, **_values):
    raise ValueError(WORDS)

def fail_late(response):
    if request.path.startswith("/late/"):
        fail()
    return response

app.add_url_rule("/planted/<token>", "planted", fail)
app.add_url_rule("/late/<token>", "late", lambda token: token)
app.after_request(fail_late)
jobs.sending.claim = jobs.answer_all = fail
threading.Thread(target=fail).start()
serve(app)
"""


def test_whatever_fails_is_told_in_a_line_and_nobody_is(app, start):
    make_member(NAME, email=EMAIL, space=make_space()).password = hash_password(
        PASSWORD
    )
    letters.password_changed(make_member(), utcnow())
    db.session.commit()
    db.session.remove()
    port = free_port()
    site = Site(f"http://127.0.0.1:{port}")
    server = start(
        ("-c", FAULTY),
        MATCHMAKER_DEMONSTRATION="0",
        MATCHMAKER_PORT=str(port),
        MATCHMAKER_BASE_URL=site.url,
        MATCHMAKER_SMTP_URL="smtp://127.0.0.1:9",
        MATCHMAKER_MAIL_FROM="mill@example.org",
    )
    wait_for(site.answers)

    with site.visitor() as visitor:
        site.post(visitor, "/register", data={"email": f"new-{EMAIL}"})
        site.post(visitor, "/reset-password", data={"email": EMAIL})
        wrong = {"email": EMAIL, "password": "guessed"}
        site.post(visitor, "/sign-in", data=wrong)
        site.post(visitor, "/sign-in", data=wrong | {"password": PASSWORD})
        for path in ("/confirm/", "/reset-password/", "/nowhere/"):
            visitor.get(f"{site.url}{path}{TOKEN}?email={EMAIL}")
        broken = visitor.get(f"{site.url}/planted/{TOKEN}")
        late = visitor.get(f"{site.url}/late/{TOKEN}")
    wait_for(
        lambda: _has_failed_job() and "Sending letters" in server.output.read_text()
    )
    server.send_signal(signal.SIGTERM)
    said = server.said(timeout=30)

    lines = [line for line in said.splitlines() if line.startswith("20")]
    (number,) = re.findall("<strong>([0-9a-f]{12})</strong>", broken.text)
    assert (broken.status_code, late.status_code) == (500, 500)
    told = [line for line in lines if number in line]
    assert "A request failed" in told[0]
    assert "/planted/<token> 500" in told[-1], said[-3000:]
    assert "ValueError" in told[0]
    assert "in fail" in told[0]
    for sign in (
        "A request failed after its view",
        "GET /late/<token> 500",
        "POST /sign-in 302",
        "GET (no route) 404",
        "CRITICAL - matchmaker.logs: Nobody caught this.",
        "background workflow",
        "Sending letters failed",
    ):
        assert any(sign in line for line in lines), sign
    for private in (NAME, EMAIL, EMAIL.partition("@")[0], TOKEN, TOKEN[-12:]):
        assert private.lower() not in said.lower()
    assert all(
        re.match(r"\S+ \S+ [A-Z]+ (-|[0-9a-f]{12}) \S+: ", line) for line in lines
    )
    assert "Traceback" not in said


def _has_failed_job():
    query = text("SELECT 1 FROM workflow_status WHERE status = 'ERROR'")
    with db.engine.connect() as connection:
        return connection.execute(query).first()


def _line(message, *args, exc_info=None):
    record = logging.LogRecord("x", logging.ERROR, "", 1, message, args, exc_info)
    return Line().format(record)


def test_a_statement_that_fails_is_told_without_its_values(any_database):
    make_member(NAME, email=EMAIL)
    db.session.add(Member(name=NAME, email=EMAIL, password="x"))
    with pytest.raises(IntegrityError) as failed:
        db.session.commit()
    db.session.rollback()

    told = [
        _line("It failed: %s", failed.value),
        _line("It failed.", exc_info=(failed.type, failed.value, failed.tb)),
    ]

    for line in told:
        assert "unique" in line.lower()
        assert NAME not in line
        assert "canary" not in line


def test_a_record_is_one_line_whatever_is_in_it():
    line = _line("one\ntwo\r\x1b[31m\u2028%s", "three\n2030-05-06 ERROR forged")

    assert line.splitlines() == [line]
    assert "\x1b" not in line


def test_an_error_of_the_code_keeps_its_words():
    try:
        None.missing  # noqa: B018
    except AttributeError:
        line = _line("It failed.", exc_info=sys.exc_info())

    assert "AttributeError: 'NoneType' object has no attribute 'missing'" in line
