"""What keeps people safe from each other."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.models import Block, Introduction, Letter, LetterStatus, Member, Side
from matchmaker.refusal import Refusal
from matchmaker.services.events import mentor_hours, seating


def block(blocker: Member, blocked: Member, now: datetime) -> None:
    """Part two members for good, silently: nothing of either reaches the other."""
    if blocker is blocked:
        raise Refusal("You cannot block yourself.")
    if db.session.get(Block, (blocker.id, blocked.id)):
        return
    db.session.add(Block(blocker_id=blocker.id, blocked_id=blocked.id, made_at=now))
    mine, theirs = aliased(Side), aliased(Side)
    shared = (
        select(Introduction)
        .join(mine, mine.introduction_id == Introduction.id)
        .join(theirs, theirs.introduction_id == Introduction.id)
        .where(mine.member_id == blocker.id, theirs.member_id == blocked.id)
    )
    for introduction in db.session.scalars(shared):
        introduction.withdrawn_at = introduction.withdrawn_at or now
        for letter in db.session.scalars(
            select(Letter).where(
                Letter.introduction_id == introduction.id,
                Letter.status == LetterStatus.QUEUED,
            )
        ):
            outbox.cancel(letter, "Withdrawn.")
    seating.part_everywhere(blocker, blocked, now)
    mentor_hours.part(blocker, blocked, now)
