"""An account comes to belong to whoever reads the mail of its address."""

import secrets
from datetime import datetime

from sqlalchemy import select

from matchmaker.email_addresses import look_up
from matchmaker.extensions import db
from matchmaker.models import Member


def find(email: str) -> Member | None:
    """Find the account of an e-mail address, however it is spelt."""
    return db.session.scalar(select(Member).where(Member.email == look_up(email)))


def confirm(member: Member, password_hash: str, now: datetime) -> None:
    """Give an unconfirmed account to whoever was sent the letter.

    Somebody else may have made it, with a password of theirs: the password chosen now is
    the one that counts, and every session from before ends.
    """
    member.confirmed_at = now
    member.password = password_hash
    member.fs_uniquifier = secrets.token_urlsafe()
