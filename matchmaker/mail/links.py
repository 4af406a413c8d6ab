"""Addresses in letters, and the tokens in them.

Every address begins with the configured base URL: what the request calls its host
is the visitor's to choose, and a letter must not follow it.
"""

import enum
import hashlib
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer


class Purpose(enum.Enum):
    """What a token is good for; one of another purpose is no token at all."""

    INVITATION = "invitation"  # a membership: accept it
    SIDE = "side"  # an introduction and a member: answer it, tell what came of it
    UNSUBSCRIBE = "unsubscribe"  # a membership: no more introductions
    COME_BACK = "come-back"  # a membership: introductions again, after a rest
    RSVP = "rsvp"  # an event and a member: come, give up the place, tell how it was
    CHECK_IN = "check-in"  # an event and a member: at its door, that they are there
    EVENT_MESSAGES = "event-messages"  # an event and a member: no more of its host
    GROUP_LETTERS = "group-letters"  # a group and a member: no more of its new events
    CALENDAR = "calendar"  # a member and a count: read the events that they see


_GOOD_FOR = {
    Purpose.INVITATION: timedelta(days=60),
    Purpose.SIDE: timedelta(days=120),
    Purpose.UNSUBSCRIBE: None,
    Purpose.COME_BACK: timedelta(days=365),
    Purpose.RSVP: None,  # until the event is over
    Purpose.CHECK_IN: None,
    Purpose.EVENT_MESSAGES: None,
    Purpose.GROUP_LETTERS: None,
    Purpose.CALENDAR: None,
}

_EVENT_PAGE = re.compile(r"/events/[0-9]{1,9}|/e/[0-9a-f]{32}")


def absolute(endpoint: str, **values: Any) -> str:
    """Give the address of a page as it stands in a letter."""
    base = urlsplit(current_app.config["SETTINGS"].base_url)
    adapter = current_app.url_map.bind(
        base.netloc, script_name=base.path or "/", url_scheme=base.scheme
    )
    return adapter.build(endpoint, values, force_external=True)


def event_page(path: str) -> str:
    """Give back the page of an event, to which somebody is led back; of all else nothing."""
    return path if _EVENT_PAGE.fullmatch(path) else ""


def sign(purpose: Purpose, *subject: int) -> str:
    """Make the token that acts for what the numbers name. It is kept nowhere."""
    token = _serializer(purpose).dumps(subject)
    return token if isinstance(token, str) else token.decode()


def read(purpose: Purpose, token: str) -> tuple[int, ...] | None:
    """Say what a token names; nothing where it is forged, too old or for another."""
    age = _GOOD_FOR[purpose]
    try:
        subject = _serializer(purpose).loads(
            token, max_age=int(age.total_seconds()) if age else None
        )
    except BadData:
        return None
    if not isinstance(subject, list) or not all(type(id_) is int for id_ in subject):
        return None
    return tuple(subject)


def _serializer(purpose: Purpose) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"],
        salt=f"matchmaker.mail.{purpose.value}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
