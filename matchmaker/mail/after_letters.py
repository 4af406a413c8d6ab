"""The letter after an event: thanks, whom one met, and how it was."""

from collections.abc import Sequence
from datetime import datetime

from matchmaker.extensions import db
from matchmaker.mail import outbox
from matchmaker.mail.compose import compose
from matchmaker.mail.links import Purpose, absolute, sign
from matchmaker.mail.message import one_click
from matchmaker.models import Letter, Member, Rsvp, Verdict

MOST_NAMES = 30


def thanks(rsvp: Rsvp, met: Sequence[Member], now: datetime) -> Letter:
    """Thank somebody who came. `met` are those whom they may be told of."""
    db.session.flush()
    event = rsvp.event
    token = sign(Purpose.RSVP, rsvp.event_id, rsvp.member_id)
    stop_token = sign(Purpose.EVENT_MESSAGES, rsvp.event_id, rsvp.member_id)
    stop_url = absolute("events.stop_messages", token=stop_token)

    def url(verdict: Verdict) -> str:
        return absolute("feedback.by_letter", token=token, verdict=verdict.name.lower())

    composed = compose(
        "event_thanks",
        f"Thank you for coming: {event.title}",
        "Two taps say how it was.",
        member=rsvp.member,
        event=event,
        space=event.space,
        met=met[:MOST_NAMES],
        people_url=absolute("feedback.by_letter", token=token) + "#people",
        buttons=[
            ("It was good", url(Verdict.GOOD), "primary"),
            ("It was fine", url(Verdict.FINE), "secondary"),
            ("It was not for me", url(Verdict.NOT_FOR_ME), "secondary"),
        ],
        stop_url=stop_url,
    )
    return outbox.post(
        composed,
        kind="event_thanks",
        cause=f"event_thanks.event{rsvp.event_id}.member{rsvp.member_id}",
        member=rsvp.member,
        event=event,
        headers=one_click(stop_url),
        now=now,
    )
