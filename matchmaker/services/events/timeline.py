"""What happened to an event, for those who run it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.extensions import db
from matchmaker.models import Event, Member, TimelineEntry
from matchmaker.queries.blocks import blocked_either_way


def note(
    event: Event,
    what: str,
    now: datetime,
    by: Member | None,
    detail: str = "",
    *,
    about: Member | None = None,
) -> None:
    """Write down what was done; `about` is whom it was done to.

    `detail` names nobody and counts nobody: who reads it may not be one to see them.
    templates/attendance/_timeline.html says each `what` in a sentence.
    """
    db.session.add(
        TimelineEntry(
            event_id=event.id,
            what=what,
            detail=detail,
            member=by,
            about=about,
            made_at=now,
        )
    )


def of(event: Event, viewer: Member, limit: int) -> list[TimelineEntry]:
    """The latest entries first, without those that name somebody parted from the viewer."""
    names_parted = blocked_either_way(
        viewer.id, [TimelineEntry.member_id, TimelineEntry.about_id]
    )
    return list(
        db.session.scalars(
            select(TimelineEntry)
            .where(TimelineEntry.event_id == event.id, ~names_parted)
            .order_by(TimelineEntry.id.desc())
            .limit(limit)
            .options(joinedload(TimelineEntry.member), joinedload(TimelineEntry.about))
        )
    )
