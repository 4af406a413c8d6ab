"""Members, as another sees them."""

from sqlalchemy import select

from matchmaker.extensions import db
from matchmaker.models import Member, Membership
from matchmaker.queries.visibility import visible_to


def find(viewer: Member, member_id: int) -> Member | None:
    """Find a member as the viewer sees them; whom they may not see does not exist."""
    query = select(Member).where(Member.id == member_id, visible_to(viewer))
    return db.session.scalar(query)


def get_membership(membership_id: int) -> Membership | None:
    """Find the membership of a letter's link."""
    return db.session.get(Membership, membership_id)
