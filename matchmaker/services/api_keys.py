"""Keys with which programs act for a member."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from matchmaker.extensions import db, lock
from matchmaker.mail import letters
from matchmaker.models import ApiKey, Member, Scope
from matchmaker.models.api_key import prefix_of
from matchmaker.refusal import Refusal, Unfit

MOST = 10
DAYS = (30, 90, 365)


def make(
    member: Member, name: str, scope: Scope, days: int, now: datetime
) -> tuple[ApiKey, str]:
    """Make a key, and give what to hand the program: nobody can read it again. Whose it
    is hears of it by letter."""
    lock(member)  # pressed twice it is made once
    keys = db.session.scalars(select(ApiKey).where(ApiKey.member_id == member.id)).all()
    if name in {key.name for key in keys}:
        raise Unfit(
            "name", "You have a key of this name. Choose another, or revoke that one."
        )
    if len(keys) >= MOST:
        raise Refusal(f"You have {MOST} keys, the most there can be. Revoke one first.")
    key = ApiKey(
        member=member,
        name=name,
        scope=scope,
        made_under=member.fs_uniquifier,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    text = key.give_secret()
    db.session.add(key)
    letters.key_made(key, now)
    return key, text


def find(text: str, now: datetime) -> ApiKey | None:
    """Find a key that counts today: by an account that is open, under its password."""
    prefix = prefix_of(text)
    if prefix is None:
        return None
    key = db.session.scalar(
        select(ApiKey)
        .join(ApiKey.member)
        .where(
            ApiKey.prefix == prefix,
            ApiKey.expires_at > now,
            ApiKey.made_under == Member.fs_uniquifier,
            Member.active,
        )
        .options(contains_eager(ApiKey.member))
    )
    return key if key is not None and key.is_written(text) else None


def revoke(key: ApiKey) -> None:
    key.member.api_keys.remove(key)
