"""An account comes to belong to whoever reads the mail of its address."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from matchmaker.email_addresses import look_up
from matchmaker.extensions import db
from matchmaker.mail import letters
from matchmaker.models import Letter, Member

TRY_AGAIN_AFTER = timedelta(hours=1)


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


def try_address_again(member: Member, now: datetime) -> None:
    """Write once more where a letter came back, once an hour at most."""
    tried = select(Letter.id).where(
        Letter.member_id == member.id,
        Letter.kind == "address_check",
        Letter.made_at > now - TRY_AGAIN_AFTER,
    )
    if member.bounced_at is not None and db.session.scalar(tried) is None:
        letters.address_check(member, now)
