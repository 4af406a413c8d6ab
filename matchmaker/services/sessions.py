"""Where a member is signed in. A session counts only as long as its row does."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    select,
)
from sqlalchemy.orm import contains_eager

from matchmaker.extensions import db
from matchmaker.models import Member, MemberSession, Membership
from matchmaker.models.base import digest

# From signing in, however much it is used: "stay signed in", and without it.
REMEMBERED = timedelta(days=30)
NOT_REMEMBERED = timedelta(days=1)
_PRECISION = timedelta(hours=1)


def start(member: Member, device: str, *, remember: bool, now: datetime) -> str:
    """Sign a browser in; return the token for its cookie, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        MemberSession(
            member=member,
            digest=digest(token),
            made_under=member.fs_uniquifier,
            device=device,
            created_at=now,
            last_seen_at=now,
            expires_at=now + (REMEMBERED if remember else NOT_REMEMBERED),
        )
    )
    return token


def find(token: str, now: datetime) -> MemberSession | None:
    """Find the session of a cookie, its member and their memberships, in one query."""
    known = {"digest": digest(token), "now": now}
    return db.session.scalars(_by_token(), known).unique().one_or_none()


def note_use(session: MemberSession, now: datetime) -> None:
    """Note, to the hour, that the session is used. Saved with what the member does."""
    if now - session.last_seen_at >= _PRECISION:
        session.last_seen_at = now


def list_for(member: Member, now: datetime) -> Sequence[MemberSession]:
    """List where a member is signed in, the latest first."""
    return db.session.scalars(
        select(MemberSession)
        .join(MemberSession.member)
        .where(MemberSession.member_id == member.id, _counts(now))
        .order_by(MemberSession.last_seen_at.desc(), MemberSession.id.desc())
    ).all()


def end(session: MemberSession) -> None:
    session.member.sessions.remove(session)


def end_all(member: Member, *, but: MemberSession | None = None) -> None:
    member.sessions[:] = [but] if but else []


def prune(now: datetime) -> None:
    """Delete what has expired."""
    db.session.execute(delete(MemberSession).where(MemberSession.expires_at <= now))


@cache
def _by_token() -> Select[MemberSession]:
    """Built once: it stands before every page."""
    member = contains_eager(MemberSession.member)
    return (
        select(MemberSession)
        .join(MemberSession.member)
        .where(
            MemberSession.digest == bindparam("digest"),
            _counts(bindparam("now", type_=MemberSession.expires_at.type)),
        )
        .options(
            member.joinedload(Member.memberships).joinedload(Membership.space),
        )
    )


def _counts(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(
        MemberSession.expires_at > now,
        MemberSession.made_under == Member.fs_uniquifier,
        Member.active,
    )
