import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from matchmaker.config import SettingError, Settings, flask_config, read_settings
from matchmaker.extensions import db
from tests.conftest import make_app

GOOD = {
    "MATCHMAKER_SECRET_KEY": "x" * 32,
    "MATCHMAKER_BASE_URL": "https://portal.example.org",
    "MATCHMAKER_SMTP_URL": "smtp://user:secret@mail.example.org:587",
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
        ("DATABASE_URL", "not a database"),
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


def test_a_transformer_that_is_not_installed_stops_the_start(monkeypatch):
    given = GOOD | {"MATCHMAKER_TRANSFORMER": "1"}
    assert read_settings(given).transformer

    monkeypatch.setattr("matchmaker.config.find_spec", lambda _name: None)

    assert not read_settings(GOOD).transformer
    with pytest.raises(SettingError, match=r"TRANSFORMER is on.*make transformer"):
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

    assert done.returncode != 0
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
