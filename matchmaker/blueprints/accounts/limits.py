"""How often somebody may fail at the doors of an account.

A whole space shares one IP address, so that is allowed much; one account from one address
little, and more slowly the longer it goes on. An account takes few guesses from all
browsers that it does not know together, however many addresses they come from; a browser
in which its owner has signed in before is known by a cookie and counts by itself (OWASP:
"Slow Down Online Guessing Attacks with Device Cookies").
"""

import secrets
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData, URLSafeSerializer

from matchmaker.models import Member
from matchmaker.services.throttle import Bucket, Claim


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


# An account from one address: four at once, then one in 100 seconds, then in ten minutes.
_PAIR = Bucket("account and address", 4, _seconds(100))
_PAIR_LATER = Bucket("account and address, later", 8, _seconds(600))
# An account from all browsers that are not known: at most ten in five minutes.
_ACCOUNT = Bucket("account", 6, _seconds(75))
_KNOWN_BROWSER = Bucket("account and browser", 10, _seconds(60))
_ADDRESS = Bucket("address", 100, _seconds(3))
_EVERYBODY = Bucket("everybody", 1000, _seconds(0.3))
# Letters asked for: forty people around one projector, each several times.
_LETTERS = Bucket("letters asked for", 200, _seconds(3))
_PASSWORD = Bucket("password", 10, _seconds(60))

_COOKIE_LASTS = timedelta(days=365)


def signing_in(email: str) -> list[Claim]:
    """Return the buckets in which a failure to sign in counts."""
    if browser := _known_browser(email):
        return [_KNOWN_BROWSER.of(email, browser)]
    return [
        _PAIR.of(email, source()),
        _PAIR_LATER.of(email, source()),
        _ACCOUNT.of(email),
        _ADDRESS.of(source()),
        _EVERYBODY.of(),
    ]


def asking_for_a_letter() -> list[Claim]:
    return [_LETTERS.of(source())]


def giving_the_password(member: Member) -> list[Claim]:
    """Return the bucket in which somebody who is signed in mistypes their password."""
    return [_PASSWORD.of(member.id)]


def remember_browser(member: Member) -> None:
    """Know this browser again, even signed out, as one that the member uses."""
    text = _serializer().dumps([member.email, secrets.token_urlsafe(16)])

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _cookie_name(),
            text,
            max_age=_COOKIE_LASTS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def source() -> str:
    """Return where the request comes from; of IPv6 the network, which is one household."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


def _known_browser(email: str) -> str:
    try:
        whose, browser = _serializer().loads(request.cookies.get(_cookie_name(), ""))
    except (BadData, ValueError):
        return ""
    return str(browser) if whose == email else ""


def _cookie_name() -> str:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    return "__Host-browser" if secure else "browser"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browser")
