"""The letter that tells a follower of a group's new event, if they asked for it."""

from collections.abc import Sequence
from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.arrangements import when_words, where_words
from matchmaker.mail.compose import Composed, compose
from matchmaker.mail.event_letters import event_of
from matchmaker.mail.kinds import composes
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.mail.message import one_click
from matchmaker.mail.names import shortened
from matchmaker.mail.plain_text import plain_text
from matchmaker.models import Event, Letter, Member
from matchmaker.names import one_line

KIND = "group_event"
TWO_LINES = 140


def new_event(
    event: Event, readers: Sequence[Member], rhythm: str, now: datetime
) -> None:
    """Once for an event or a series; `rhythm` says how often a series takes place."""
    db.session.flush()
    which = f"series{event.series.first_id}" if event.series else f"event{event.id}"
    outbox.post_all(
        [
            outbox.draft(
                KIND,
                reader,
                now,
                cause=f"{KIND}.{which}.member{reader.id}",
                event=event,
                details={"rhythm": rhythm},
            )
            for reader in readers
        ]
    )


@composes(KIND)
def _new_event(letter: Letter, _now: datetime) -> Composed:
    event, reader = event_of(letter), letter.member
    group = event.group
    assert group is not None  # noqa: S101  (or it is not sent: see recheck)
    token = sign(Purpose.GROUP_LETTERS, group.id, reader.id)
    stop_url = absolute("groups.by_letter", token=token)
    when = when_words(event, event)
    return compose(
        KIND,
        f"New from {group.name}: {event.title}",
        f"{when}. {one_line(plain_text(event.description))}",
        member=reader,
        event=event,
        group=group,
        space=event.space,
        when=when,
        where=where_words(event),
        rhythm=letter.details["rhythm"],
        words=shortened(plain_text(event.description), TWO_LINES),
        url=absolute("events.show", event_id=event.id),
        stop_url=stop_url,
        headers=one_click(stop_url),
    )
