"""Spaces, as anybody may find them."""

from collections.abc import Sequence

from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import (
    Joining,
    Member,
    Membership,
    MembershipStatus,
    Role,
    Space,
)


def find(slug: str) -> Space | None:
    return db.session.scalar(select(Space).where(Space.slug == slug))


def open_to_strangers() -> Sequence[Space]:
    """The spaces that a stranger can join, or ask to."""
    query = select(Space).where(Space.joining != Joining.INVITATION)
    return db.session.scalars(query.order_by(Space.name)).all()


def organisers(space: Space) -> Sequence[Member]:
    """Return who runs the space and gets the letters about it."""
    return db.session.scalars(
        select(Member)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            Membership.space_id == space.id,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.role == Role.ORGANISER,
            Member.active,
        )
        .order_by(Member.id)
    ).all()
