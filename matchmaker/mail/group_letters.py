"""The letter that tells a follower of a group's new event, if they asked for it."""

from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.compose import compose
from matchmaker.mail.event_letters import when_words, where_words
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.mail.message import one_click
from matchmaker.mail.names import shortened
from matchmaker.mail.plain_text import plain_text
from matchmaker.models import Event, Group, Letter, Member
from matchmaker.names import one_line

KIND = "group_event"
TWO_LINES = 140


def new_event(
    event: Event, group: Group, reader: Member, rhythm: str, now: datetime
) -> Letter:
    """Once for an event or a series; `rhythm` says how often a series takes place."""
    db.session.flush()
    which = f"series{event.series.first_id}" if event.series else f"event{event.id}"
    token = sign(Purpose.GROUP_LETTERS, group.id, reader.id)
    stop_url = absolute("groups.by_letter", token=token)
    when = when_words(event, event)
    composed = compose(
        KIND,
        f"New from {group.name}: {event.title}",
        f"{when}. {one_line(plain_text(event.description))}",
        member=reader,
        event=event,
        group=group,
        space=event.space,
        when=when,
        where=where_words(event),
        rhythm=rhythm,
        words=shortened(plain_text(event.description), TWO_LINES),
        url=absolute("events.show", event_id=event.id),
        stop_url=stop_url,
    )
    return outbox.post(
        composed,
        kind=KIND,
        cause=f"{KIND}.{which}.member{reader.id}",
        member=reader,
        event=event,
        headers=one_click(stop_url),
        now=now,
    )
