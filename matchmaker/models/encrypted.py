"""Columns that whoever finds a backup cannot read.

Letters that wait hold links that act for their readers. The key is made of SECRET_KEY.
"""

import json
from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Dialect, Text, TypeDecorator

CHANGED_KEY = "It can't be read. Was MATCHMAKER_SECRET_KEY changed?"
_BEGINS = "gAAAAA"  # every token of Fernet; what doesn't is from before


class EncryptedText(TypeDecorator[str]):
    """Text; empty where it was encrypted with another key."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return _fernet().encrypt(value.encode()).decode() if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if not value or not value.startswith(_BEGINS):
            return value
        try:
            return _fernet().decrypt(value.encode()).decode()
        except InvalidToken:
            return ""


class UnreadableError(LookupError):
    """A value was encrypted with another key. Says so in our own words."""


class EncryptedValues(TypeDecorator[dict[str, Any]]):
    """Values by name, of JSON; to ask for one that another key encrypted is an error."""

    impl = EncryptedText
    cache_ok = True

    def process_bind_param(
        self, value: dict[str, Any] | None, dialect: Dialect
    ) -> str | None:
        return json.dumps(value) if value else ""

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> dict[str, Any]:
        return json.loads(value) if value else _Unreadable()


class _Unreadable(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        raise UnreadableError(CHANGED_KEY)


def _fernet() -> Fernet:
    return _fernet_of(current_app.config["SECRET_KEY"])


@lru_cache(maxsize=8)
def _fernet_of(secret: str) -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=b"matchmaker.letter")
    return Fernet(urlsafe_b64encode(key.derive(secret.encode())))
