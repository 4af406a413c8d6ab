import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from urllib.parse import quote

import pytest

from matchmaker.config import Settings, flask_config, read_settings
from matchmaker.extensions import db
from matchmaker.setting_checks import SettingError
from tests.conftest import make_app

GOOD = {
    "MATCHMAKER_SECRET_KEY": "x" * 32,
    "MATCHMAKER_BASE_URL": "https://portal.example.org",
    "MATCHMAKER_SMTP_URL": "smtp://user:secret@mail.example.org:587",
    "MATCHMAKER_MAIL_FROM": "The Old Mill <hello@example.org>",
}


def test_the_environment_says_the_settings():
    settings = read_settings(GOOD | {"MATCHMAKER_PORT": "9000", "HOME": "/root"})

    assert (settings.base_url, settings.port) == ("https://portal.example.org", 9000)
    assert not settings.demonstration


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_without_what_it_needs_it_does_not_start(missing):
    given = {key: value for key, value in GOOD.items() if key != missing}

    with pytest.raises(SettingError, match=rf"{missing} is missing.*[Ss]et|with:"):
        read_settings(given)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SECRET_KEY", "short"),
        ("BASE_URL", "portal.example.org"),
        ("BASE_URL", "ftp://portal.example.org"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org:notaport"),
        ("SMTP_URL", "smtp://[::1:25"),
        ("MAIL_FROM", "The Old Mill"),
        ("MAIL_FROM", "hello@"),
        ("MAIL_FROM", "jürgen@example.org"),
        ("MAIL_FROM", "A, B <a@example.org>"),
        ("MAIL_FROM", "a@example.org, b@example.org"),
        ("MAIL_FROM", "Mill <a@example.org>\r\nBcc: b@example.org"),
        ("BASE_URL", "https://portal.example.org:port"),
        ("DATABASE_URL", "not a database"),
        ("DATABASE_URL", "postgres://host/name"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "sqlite://matchmaker.db"),
        ("DATABASE_URL", "postgresql://host"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DEMONSTRATION", "perhaps"),
        ("PROXY_ADDRESSES", ""),
        ("PROXY_ADDRESSES", "127.0.0.1, proxy.example.org"),
        ("PORT", "eighty"),
        ("PROT", "8000"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named(key, value):
    with pytest.raises(SettingError, match=f"MATCHMAKER_{key}"):
        read_settings(GOOD | {f"MATCHMAKER_{key}": value})


@pytest.mark.parametrize("sign", ["@", "#", "%", " ", "/", "?", "%z"])
@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("SMTP_URL", "smtp://mill:{}@mail.example.org:587"),
        ("SMTP_URL", "smtps://{}@mail.example.org"),
    ],
)
def test_a_password_that_would_be_misread_is_to_be_encoded(key, url, sign):
    with pytest.raises(SettingError, match="percent-encoding") as stopped:
        read_settings(GOOD | {f"MATCHMAKER_{key}": url.format(f"se{sign}cret")})

    assert "cret" not in str(stopped.value)
    encoded = url.format(quote(f"se{sign}cret", safe=""))
    assert read_settings(GOOD | {f"MATCHMAKER_{key}": encoded}).smtp_url == encoded


def test_a_password_of_the_database_is_to_be_encoded_too():
    url = "postgresql+psycopg://mill:se@cret@db.example.org/mill"

    with pytest.raises(SettingError, match="percent-encoding"):
        read_settings(GOOD | {"MATCHMAKER_DATABASE_URL": url})


@pytest.mark.parametrize(
    "sender",
    [
        "hello@example.org",
        "The Old Mill <hello@mill.local>",
        "“Mölle” <a@b.org>",
        "x@localhost",
        '"A, B" <a@b.org>',
    ],
)
def test_letters_may_come_from_any_one_address(sender):
    assert read_settings(GOOD | {"MATCHMAKER_MAIL_FROM": sender}).mail_from == sender


def test_postgresql_asks_for_its_library(monkeypatch):
    given = GOOD | {"MATCHMAKER_DATABASE_URL": "postgresql://host/name"}
    assert read_settings(given)

    monkeypatch.setattr("matchmaker.setting_checks.find_spec", lambda _name: None)

    with pytest.raises(SettingError, match=r"matchmaker\[postgres\]"):
        read_settings(given)


def test_a_demonstration_needs_no_settings(monkeypatch, tmp_path):
    monkeypatch.setattr("matchmaker.config.INSTANCE", tmp_path)

    settings = read_settings({"MATCHMAKER_DEMONSTRATION": "1"})

    assert settings.base_url == "http://127.0.0.1:8000"
    assert len(settings.secret_key) == 64
    assert read_settings({"MATCHMAKER_DEMONSTRATION": "1"}) == settings
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_cookies_are_for_https_where_the_portal_is():
    config = flask_config(read_settings(GOOD))

    assert config["SESSION_COOKIE_SECURE"]
    assert config["TRUSTED_HOSTS"] == ["portal.example.org"]


def test_every_setting_is_in_the_operating_guide():
    guide = Path("docs/operating.md").read_text()

    for field in fields(Settings):
        assert f"`MATCHMAKER_{field.name.upper()}`" in guide, field.name


def test_the_start_stops_with_a_sentence_and_no_stack_trace():
    plain = {k: v for k, v in os.environ.items() if not k.startswith("MATCHMAKER_")}

    done = subprocess.run(
        [sys.executable, "app.py"],
        capture_output=True,
        text=True,
        env=plain,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("Matchmaker cannot start. MATCHMAKER_SECRET_KEY")
    assert "Traceback" not in done.stderr


def test_behind_a_proxy_of_ours_https_is_https(settings):
    behind = replace(settings, base_url="https://portal.example.org", trusted_proxies=1)
    app = make_app(behind)
    with app.app_context():
        browser = app.test_client()
        here = {"Host": "portal.example.org"}

        plain = browser.get("/sign-in", headers=here)
        proxied = browser.get("/sign-in", headers=here | {"X-Forwarded-Proto": "https"})

        assert plain.location == "https://portal.example.org/sign-in"
        assert proxied.status_code == 200
        assert "Strict-Transport-Security" in proxied.headers
        db.session.remove()
        db.engine.dispose()
