import functools
import re
from email import message_from_bytes
from email.policy import default
from types import SimpleNamespace

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.mail.compose import Composed
from matchmaker.mail.message import message
from matchmaker.mail.names import in_a_row, shortened
from matchmaker.names import one_line, safe_name
from tests.conftest import SETTINGS
from tests.factories import NOON

EXPECTED = {
    "Message-ID",
    "Date",
    "From",
    "To",
    "Subject",
    "Auto-Submitted",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
}
nasty = st.text(
    st.one_of(
        st.sampled_from('\r\n\t\0\x0b\x0c\x85\u2028\u202e@:,;<>"()[]\\=?. '),
        st.characters(codec="utf-8"),
    ),
    max_size=80,
)
headerish = st.builds("{}\r\nBcc: {}\r\n\r\n{}".format, nasty, nasty, nasty)
text = nasty | headerish


def a_letter(
    name="Ana", subject="Hello", to="ana@example.org", reply_to="b@example.org"
):
    """Give a row, and what it says."""
    said = Composed(
        subject, "Hello,\n", "<p>Hello,</p>", headers={"Reply-To": reply_to}
    )
    return SimpleNamespace(id=7, to=to, member=SimpleNamespace(name=name)), said


@functools.cache
def settings_alone():
    """An application with settings and nothing else: an example each is quick."""
    app = Flask("tests")
    app.config.update(SETTINGS=SETTINGS, SECRET_KEY=SETTINGS.secret_key)
    return app


@pytest.fixture
def wire(app):
    return lambda letter: message_from_bytes(
        message(*letter, NOON).as_bytes(), policy=default
    )


@given(name=text, subject=text)
@settings(max_examples=400, deadline=None)
def test_no_name_and_no_subject_adds_a_header_or_a_recipient(name, subject):
    with settings_alone().app_context():
        raw = message(*a_letter(name, subject), NOON).as_bytes()
    parsed = message_from_bytes(raw, policy=default)

    assert set(parsed.keys()) == EXPECTED
    assert len(parsed.keys()) == len(EXPECTED)
    assert [a.addr_spec for a in parsed["To"].addresses] == ["ana@example.org"]
    assert not any(sign in parsed["To"].addresses[0].display_name for sign in '@:,"<>')
    assert not parsed.defects


@given(text)
def test_a_safe_name_is_short_and_safe_to_make_safe_again(name):
    safe = safe_name(name)

    assert len(safe) <= 60
    assert safe_name(safe) == safe
    assert not re.search(r"[@:,\"\r\n]|://|www\.", safe)


@given(text, st.integers(5, 90))
def test_shortened_text_is_short(words, length):
    assert len(shortened(words, length)) <= length


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Zoë Ångström-O’Neil", "Zoë Ångström-O’Neil"),
        ("Click http://evil.example now", ""),
        ("visit WWW.evil.example", ""),
        ("ana@evil.example", ""),
        ("J.R. Smith", "J. R. Smith"),
        ("evil.example", "evil. example"),
        ('Ana "the, boss": x', "Ana the boss x"),
        ("Ana\r\nBcc: b", "Ana Bcc b"),
        ("محمد", "محمد"),
    ],
)
def test_a_name_in_a_header_is_nothing_but_a_name(name, safe):
    assert safe_name(name) == safe


def test_words_on_one_line_and_in_a_row():
    assert one_line(" a\r\n\tb\u2028c\0 ") == "a b c"
    assert in_a_row(["Ana"]) == "Ana"
    assert in_a_row(["Ana", "Ben", "Cleo"]) == "Ana, Ben and Cleo"


def test_a_message_id_is_the_same_each_time_and_of_plain_signs(app, wire):
    first, again = wire(a_letter()), wire(a_letter("Other", "Other"))

    assert first["Message-ID"] == again["Message-ID"]
    assert re.fullmatch(r"<letter-7\.[0-9a-f]{8}@[a-z0-9.-]+>", first["Message-ID"])


def test_a_letter_has_text_and_html_and_says_that_no_person_sent_it(app, wire):
    mail = wire(a_letter())

    assert mail.get_content_type() == "multipart/alternative"
    assert mail.get_body(("plain",)).get_content().strip() == "Hello,"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Hello,</p>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOON
    assert mail["From"].addresses[0].addr_spec == "matchmaker@localhost"


def test_an_address_in_another_script_is_put_as_mail_servers_read_it(app, wire):
    mail = wire(a_letter(to="ana@bücher.example"))

    assert mail["To"].addresses[0].addr_spec == "ana@xn--bcher-kva.example"
