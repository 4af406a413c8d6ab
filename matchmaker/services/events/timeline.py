"""What happened to an event, for those who run it."""

from datetime import datetime

from matchmaker.extensions import db
from matchmaker.models import Event, Member, TimelineEntry


def note(
    event: Event, what: str, now: datetime, by: Member | None, detail: str = ""
) -> None:
    db.session.add(
        TimelineEntry(
            event_id=event.id, what=what, detail=detail, member=by, made_at=now
        )
    )
