"""What follows when two accounts may be one person's: they're taken apart, or let go."""

from collections.abc import Iterable
from datetime import datetime

from matchmaker.extensions import db
from matchmaker.models import Member, PossibleTwins, Space, TwinVerdict
from matchmaker.services import safety
from matchmaker.services.twins import look


def notice(member: Member, spaces: Iterable[Space], now: datetime) -> None:
    """Look for others like a member who signs up, joins or changes who they are."""
    db.session.flush()
    for space in spaces:
        for twins in look(space, now):
            if member.id in (twins.first_id, twins.second_id):
                safety.hold(twins.first, twins.second, now)


def decide(
    twins: PossibleTwins, verdict: TwinVerdict | None, by: Member, now: datetime
) -> None:
    """Say whether two accounts are one person's; None leaves it open again."""
    twins.verdict = verdict
    twins.decided_by, twins.decided_at = (by, now) if verdict else (None, None)
    if verdict is not TwinVerdict.DIFFERENT:
        db.session.flush()
        safety.hold(twins.first, twins.second, now)
