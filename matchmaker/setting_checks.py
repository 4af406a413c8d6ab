"""What a setting must look like, and what to do where it doesn't."""

import re
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ENCODE = (
    "Write each special character of the user name and the password in percent-encoding, "
    "such as %40 for @, %23 for #, %25 for % and %20 for a space. To encode a password: "
    "python3 -c 'from urllib.parse import quote; print(quote(input(), safe=\"\"))'"
)
# RFC 3986: what user names and passwords may hold as it is.
_USERINFO = re.compile(r"([\w.~!$&'()*+,;=:-]|%[0-9a-f]{2})*", re.ASCII | re.IGNORECASE)

_ADDRESS = r"[A-Za-z0-9_.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*"
_NAME = r'("[^"\r\n]*"|[^"<>@,;:()\r\n]*)'
_SENDER = re.compile(f"{_ADDRESS}|{_NAME} *<{_ADDRESS}>")


class SettingError(ValueError):
    """A setting is missing or can't be read; the message says what to set."""


def check_base_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        readable = bool(parts.hostname) and (parts.port or True)
    except ValueError:
        readable = False
    if not readable or parts.scheme not in {"http", "https"}:
        raise SettingError(
            f"MATCHMAKER_BASE_URL is {url!r}. Set it to the address of the portal, such "
            "as https://portal.example.org."
        )


def check_smtp(url: str) -> None:
    """Check the mail server's URL, without repeating the password that it may hold."""
    try:
        parts = urlsplit(url)
        readable = bool(parts.hostname) and (parts.port or True)
    except ValueError:
        readable = False
    if not readable or parts.scheme not in {"smtp", "smtps"}:
        raise SettingError(
            "MATCHMAKER_SMTP_URL can't be read. Set it to smtp://user:password@host:587 "
            f"or smtps://user:password@host:465. {ENCODE}"
        )
    beyond = parts.path.strip("/") or parts.query or parts.fragment
    userinfo, at, _ = parts.netloc.rpartition("@")
    if beyond or (at and not _USERINFO.fullmatch(userinfo)):
        raise SettingError(
            "MATCHMAKER_SMTP_URL holds a character with another meaning in a URL. "
            f"{ENCODE}"
        )


def check_sender(text: str) -> None:
    if not _SENDER.fullmatch(text):
        raise SettingError(
            f"MATCHMAKER_MAIL_FROM is {text!r}. Set it to the one address that letters "
            "come from, such as “The Old Mill <hello@example.org>”."
        )


def check_database_url(text: str) -> None:
    """Check which database it is, without repeating the password that it may hold."""
    form = (
        "Set it to sqlite:////path/file.db or "
        "postgresql+psycopg://user:password@host/name."
    )
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingError(
            f"MATCHMAKER_DATABASE_URL can't be read. {form} {ENCODE}"
        ) from None
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        if url.host:
            raise SettingError(
                "MATCHMAKER_DATABASE_URL has two slashes before the file. Write three "
                "before a path in the folder instance, and four before a whole one: "
                "sqlite:////path/file.db."
            )
        if url.database in {None, "", ":memory:"}:
            raise SettingError(f"MATCHMAKER_DATABASE_URL names no file. {form}")
    elif url.drivername not in {"postgresql", "postgresql+psycopg"}:
        raise SettingError(
            f"MATCHMAKER_DATABASE_URL begins with {url.drivername}://, which Matchmaker "
            f"doesn't know. {form}"
        )
    elif find_spec("psycopg") is None:
        raise SettingError(
            "MATCHMAKER_DATABASE_URL names PostgreSQL, but the extra matchmaker[postgres] "
            "isn't installed. Run: make .venv/run"
        )
    elif "@" in (url.host or "") or not url.database:
        raise SettingError(f"MATCHMAKER_DATABASE_URL can't be read. {form} {ENCODE}")


def read_networks(text: str) -> list[IPv4Network | IPv6Network]:
    """Read addresses and networks that are separated by commas."""
    try:
        return [ip_network(part.strip(), strict=False) for part in text.split(",")]
    except ValueError:
        raise SettingError(
            f"MATCHMAKER_PROXY_ADDRESSES is {text!r}. Set it to the addresses that your "
            "proxies connect from, such as 127.0.0.1 or 10.0.0.0/8, separated by commas."
        ) from None
