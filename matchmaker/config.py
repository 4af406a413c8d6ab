"""Every setting: its default, its meaning, and how the environment overrides it.

`MATCHMAKER_X` in the environment sets the field `x`. A value that cannot be read,
or that is missing where it is needed, stops the start with a sentence.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from matchmaker.setting_checks import (
    SettingError,
    check_base_url,
    check_database_url,
    check_sender,
    check_smtp,
    read_networks,
)

ROOT = Path(__file__).parent.parent
INSTANCE = ROOT / "instance"
PREFIX = "MATCHMAKER_"


@dataclass(frozen=True)
class Settings:
    """What the operator may set; `read_settings` makes one from the environment."""

    # Signs sessions and the links in letters. Long, random, secret, kept for good:
    # a new one signs everybody out and breaks the links in letters already sent.
    secret_key: str = ""
    # The address under which members reach the portal. All links begin with it.
    base_url: str = ""
    # Where letters go: smtp://user:password@host:587 (STARTTLS where offered) or
    # smtps://user:password@host:465.
    smtp_url: str = ""
    # The sender of every letter: one address, with a name before it or without.
    mail_from: str = ""
    # SQLite for one space; postgresql+psycopg://… for many.
    database_url: str = f"sqlite:///{INSTANCE / 'matchmaker.db'}"
    # Made-up members, a mailbox page in place of a mail server, and sign-in help on
    # the sign-in page. Never with real people.
    demonstration: bool = False
    # How many proxies of ours stand in front and set X-Forwarded-*.
    trusted_proxies: int = 0
    # Where those proxies connect from: addresses or networks, separated by commas.
    # Nobody else's X-Forwarded-* is believed.
    proxy_addresses: str = "127.0.0.0/8, ::1"
    # Counts requests of programs; one memory for each process unless told otherwise.
    # Failures to sign in are counted in the database.
    rate_limit_storage: str = "memory://"
    # Where `python app.py` listens.
    host: str = "127.0.0.1"
    port: int = 8000


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raise `SettingError` for the first that cannot stand."""
    known = {field.name: field for field in fields(Settings)}
    given: dict[str, Any] = {}
    for key, text in environ.items():
        if not key.startswith(PREFIX):
            continue
        field = known.get(key.removeprefix(PREFIX).lower())
        if field is None:
            names = ", ".join(sorted(PREFIX + name.upper() for name in known))
            raise SettingError(f"{key} is not a setting. The settings are: {names}.")
        given[field.name] = _parse(key, text, type(field.default))
    settings = Settings(**given)
    _check(settings)
    return _with_demonstration_defaults(settings)


def _parse(key: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"", "0", "false", "no", "off"}:
            return False
        raise SettingError(f"{key} is {text!r}. Set it to 1 or 0.")
    if kind is int:
        if text.isdecimal() and len(text) < 10:
            return int(text)
        raise SettingError(f"{key} is {text!r}. Set it to a whole number.")
    return text.strip()


def _check(settings: Settings) -> None:
    if not settings.demonstration:
        _check_present(settings)
    if settings.base_url:
        check_base_url(settings.base_url)
    if settings.smtp_url:
        check_smtp(settings.smtp_url)
    if settings.mail_from:
        check_sender(settings.mail_from)
    check_database_url(settings.database_url)
    read_networks(settings.proxy_addresses)


def _check_present(settings: Settings) -> None:
    if len(settings.secret_key) < 32:
        raise SettingError(
            "MATCHMAKER_SECRET_KEY is missing or shorter than 32 characters. Make one "
            "with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    if not settings.base_url:
        raise SettingError(
            "MATCHMAKER_BASE_URL is missing. Set it to the address under which members "
            "reach the portal, such as https://portal.example.org."
        )
    if not settings.smtp_url:
        raise SettingError(
            "MATCHMAKER_SMTP_URL is missing, so letters have nowhere to go. Set it to "
            "your mail server, such as smtp://user:password@mail.example.org:587."
        )
    if not settings.mail_from:
        raise SettingError(
            "MATCHMAKER_MAIL_FROM is missing, so letters have no sender. Set it to an "
            "address of yours, such as “The Old Mill <hello@example.org>”."
        )


def _with_demonstration_defaults(settings: Settings) -> Settings:
    if not settings.demonstration:
        return settings
    missing: dict[str, Any] = {}
    if not settings.secret_key:
        missing["secret_key"] = _kept_secret_key()
    if not settings.base_url:
        missing["base_url"] = f"http://{settings.host}:{settings.port}"
    if not settings.mail_from:
        missing["mail_from"] = "Matchmaker <matchmaker@localhost>"
    return Settings(
        **{f.name: getattr(settings, f.name) for f in fields(Settings)} | missing
    )


def _kept_secret_key() -> str:
    """Keep the demonstration's key beside its database, so that links survive."""
    path = INSTANCE / "secret_key"
    try:
        if not path.exists():
            INSTANCE.mkdir(exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text()
    except OSError as problem:
        raise SettingError(
            f"The demonstration cannot keep its key in {path} ({problem.strerror}). Set "
            "MATCHMAKER_SECRET_KEY yourself."
        ) from None


def flask_config(settings: Settings) -> dict[str, Any]:
    """Say the settings in the words of Flask and its extensions."""
    base = urlsplit(settings.base_url)
    is_https = base.scheme == "https"
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,  # they are members'
            # A connection for each thread: requests that wait for one another's changes
            # must not keep the others from theirs.
            "pool_size": 24,
            "max_overflow": 16,
            "pool_timeout": 5,
        },
        "TRUSTED_HOSTS": [
            base.hostname,
            *(["localhost", "127.0.0.1"] if settings.demonstration else []),
        ],
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        # A name with __Host- is the browser's promise that no other host has set it.
        "SESSION_COOKIE_NAME": "__Host-session" if is_https else "session",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),  # "stay signed in"
        "WTF_CSRF_SSL_STRICT": False,  # no page says where it comes from; see `csrf`
        "WTF_CSRF_TIME_LIMIT": 30
        * 24
        * 60
        * 60,  # seconds; as long as a session can be
        "RATELIMIT_STORAGE_URI": settings.rate_limit_storage,
        "RATELIMIT_HEADERS_ENABLED": True,
        "API_TITLE": "Matchmaker",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
    } | _SECURITY


# Flask-Security: register, confirm, sign in, reset; the same answer to everybody.
_SECURITY: dict[str, Any] = {
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_CACHE_CONTROL": None,  # ours: see `blueprints.register`
    "SECURITY_CLI_USERS_NAME": "",  # commands of ours do what these would
    "SECURITY_CLI_ROLES_NAME": "",
    "SECURITY_REGISTERABLE": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_REGISTER_URL": "/register",
    "SECURITY_CONFIRM_URL": "/confirm",
    "SECURITY_RESET_URL": "/reset-password",
    "SECURITY_CHANGE_URL": "/change-password",
    "SECURITY_FRESHNESS": timedelta(minutes=-1),  # no page asks for the password twice
    "SECURITY_POST_LOGIN_VIEW": "pages.home",
    "SECURITY_POST_REGISTER_VIEW": "accounts.check_your_mail",
    "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(days=5),
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    "SECURITY_PASSWORD_LENGTH_MIN": 10,
    "SECURITY_EMAIL_PLAINTEXT": False,  # letters are ours: matchmaker/mail
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_MSG_INVALID_EMAIL_ADDRESS": (
        "This does not look like an e-mail address. Check it for a slip of the keys.",
        "error",
    ),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": ("Type your e-mail address.", "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": ("Type your password.", "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("The two are not the same.", "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": ("Choose at least 10 characters.", "error"),
    "SECURITY_MSG_INVALID_PASSWORD": ("This is not your password.", "error"),
    # Of the addresses in tokens, which are signed: not secrets, and to be had quickly,
    # or the time that a letter takes would tell who has an account.
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
    "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
    "SECURITY_JOIN_USER_ROLES": False,  # roles belong to a space: see Membership
    # One secret, many purposes: Flask-Security salts each kind of token by itself.
    "SECURITY_PASSWORD_SALT": "matchmaker",
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__memory_cost": 19 * 1024,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
}
